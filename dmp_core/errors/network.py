"""The network between here and the DMP."""

from dmp_core.errors.root import DmpError, Mender


class TransportError(DmpError):
    """`after_send` is True where the DMP may have received and done what was asked: look up before asking again."""

    code = "DMP-NET-000"
    mender = Mender.NETWORK
    sentence = "Le DMP n’a pas pu être joint."
    remedy = "Un envoi repartira tout seul dès que la connexion sera revenue ; une consultation est à relancer."
    transient = True

    def __init__(self, detail: str = "", *, origin: str | None = None, after_send: bool = False) -> None:
        super().__init__(detail, origin=origin)
        self.after_send = after_send


class Unreachable(TransportError):
    code = "DMP-NET-001"


class ConnectionLost(TransportError):
    code = "DMP-NET-002"
    sentence = "La connexion au DMP a été coupée."


class TimedOut(TransportError):
    code = "DMP-NET-003"
    sentence = "Le DMP n’a pas répondu à temps."


class TlsRefused(TransportError):
    code = "DMP-NET-004"
    mender = Mender.VENDOR
    sentence = "La connexion sécurisée au DMP a été refusée."
    remedy = "Faites vérifier les certificats, et l’antivirus s’il inspecte les connexions."


class HttpRefused(TransportError):
    code = "DMP-NET-005"
    sentence = "Le DMP a répondu par une erreur technique."


class NotTheDmp(TransportError):
    """An answer that is no SOAP: a captive portal, a proxy's page, an intercepting antivirus."""

    code = "DMP-NET-006"
    sentence = "Un autre service a répondu à la place du DMP."
    remedy = "Vérifiez l’accès à Internet de la pharmacie (portail, proxy, antivirus)."


class Intercepted(TlsRefused):
    """The server shows a certificate of an issuer that is not the DMP's: HTTPS inspected on the way, or a wrong `ca`.

    An antivirus, a firewall or a proxy that opens HTTPS signs with an authority of its own. Never trusted.
    """

    code = "DMP-NET-007"
    mender = Mender.NETWORK
    sentence = "Un antivirus, un pare-feu ou un proxy intercepte la connexion sécurisée au DMP."
    remedy = "Faites exclure l’adresse du DMP de l’inspection HTTPS ; rien n’a été envoyé."


class OwnCertificateRefused(TlsRefused):
    """The server refused our certificate: unknown issuer, expired, revoked, or none shown."""

    code = "DMP-NET-008"
    mender = Mender.VENDOR
    sentence = "Le DMP refuse le certificat de la pharmacie ou de la carte."
    remedy = "Vérifiez la carte insérée ; sinon, faites vérifier les certificats de la pharmacie."
    transient = False


class CertificateOutOfDate(TlsRefused):
    """The server's certificate is not valid at the time of this computer: one of the two is wrong."""

    code = "DMP-NET-009"
    mender = Mender.PHARMACIST
    sentence = "Le certificat du DMP n’est pas valable à la date de cet ordinateur."
    remedy = "Vérifiez la date et l’heure de l’ordinateur, puis recommencez."


class ProxyAsks(Unreachable):
    """HTTP 407, or a proxy that refused to connect."""

    code = "DMP-NET-010"
    sentence = "Le proxy de la pharmacie refuse de joindre le DMP."
    remedy = "Faites vérifier l’adresse et le compte du proxy dans la configuration."


class PortalAsks(NotTheDmp):
    """A page for a person in the place of an answer, or HTTP 511: a captive portal, a page of the provider."""

    code = "DMP-NET-011"
    sentence = "Une page Web a répondu à la place du DMP."
    remedy = "Ouvrez un navigateur : si une page de connexion à Internet apparaît, identifiez-vous, puis recommencez."


class Filtered(HttpRefused):
    """A refusal that is no SOAP (HTTP 401, 403, 451): a filter on the way, or a door of the DMP before its service."""

    code = "DMP-NET-012"
    sentence = "L’accès au DMP est bloqué."
    remedy = "Faites vérifier le pare-feu et le filtrage Web ; s’ils laissent passer, transmettez ce code à l’éditeur."


class DmpDown(HttpRefused):
    code = "DMP-NET-013"
    mender = Mender.DMP
    sentence = "Le service DMP est momentanément indisponible."


class WrongAddress(HttpRefused):
    """The address answers, but serves no such thing: redirections, HTTP 404, 405, 410, 421."""

    code = "DMP-NET-014"
    mender = Mender.VENDOR
    sentence = "L’adresse configurée pour le DMP ne mène pas au service attendu."
    remedy = "Faites vérifier l’adresse du DMP par l’éditeur du LGO ; l’envoi reste en attente."
    transient = False


class TooFast(HttpRefused):
    """HTTP 429: how the DMP answers to whoever is too fast is not public [U]."""

    code = "DMP-NET-015"
    mender = Mender.NOBODY
    sentence = "Le DMP demande de ralentir."
