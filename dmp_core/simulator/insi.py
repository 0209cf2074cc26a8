"""The simulated INSi: a search by traits or a verification in, `RESULTAT` or a fault of the SIRAM frame out.

Its answers have no header, as those of the test platform; RelatesTo and Action are the DMP's habit, not INSi's.
"""

from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Final

from dmp_core import log
from dmp_core.errors import XmlRefused
from dmp_core.simulator.answers import SOAP_TYPE, Reply
from dmp_core.simulator.envelope import SOAP12, EnvelopeRefused, Request, read_request
from dmp_core.simulator.insi_caller import sender
from dmp_core.simulator.insi_directory import Directory, Matricule, Person
from dmp_core.simulator.insi_rules import (
    CALLER_REFUSED,
    MALFORMED,
    SEARCH_ACTION,
    UNAVAILABLE,
    UNKNOWN_SOFTWARE,
    InsiRefused,
    Verification,
    read_contexts,
    read_search,
    read_verification,
)
from dmp_core.simulator.interference import Fault, NoFault
from dmp_core.simulator.markup import XML, Maker
from dmp_core.simulator.reasons import Refused
from dmp_core.simulator.trust import CertificateRefused, Trust
from dmp_core.xml import Element, children, serialize

SERVICE: Final = "lps"
TRANSACTION: Final = "INSi"
RESULT: Final = "http://www.cnamts.fr/INSiResultat"
_LABELS: Final = {"00": "OK", "01": "Aucune identite trouvee", "02": "Plusieurs identites trouvees"}
_SOAP, _RESULT, _SIRAM = Maker(SOAP12), Maker(RESULT), Maker("urn:siram")


class Insi:
    """The service behind the HTTPS server. `idams`: the authorisation numbers of software that may ask."""

    def __init__(
        self,
        directory: Directory,
        trust: Trust,
        *,
        now: Callable[[], datetime],
        idams: frozenset[str] = frozenset({"SIMULATION"}),
        names: Verification | None = None,
        fault: Fault | None = None,
    ) -> None:
        self._directory = directory
        self._trust = trust
        self._now = now
        self._idams = idams
        self._names = names or Verification()
        self._fault = fault or NoFault()

    def handle(self, _service: str, content_type: str, body: bytes, client_certificate: bytes | None) -> Reply:
        """The answer to one POST, and one event in the log. Raises Dropped where a `Fault` cuts the line."""
        started = perf_counter()
        code = "dropped"
        try:
            reply, code = self._answer(content_type, body, client_certificate)
            return self._fault.after(TRANSACTION, reply) or reply
        finally:
            log.event(
                "simulator.answered", transaction=TRANSACTION, code=code, ms=round((perf_counter() - started) * 1000)
            )

    def _answer(self, content_type: str, body: bytes, client_certificate: bytes | None) -> tuple[Reply, str]:
        message_id = ""
        try:
            request = read_request(content_type, body, SERVICE)
            message_id = request.message_id
            if replaced := self._fault_before():
                return replaced, "fault"
            self._admit(request, client_certificate)
            answer, code = self._result(request)
            return _reply(200, answer), code
        except EnvelopeRefused as refused:
            return _refusal(InsiRefused(MALFORMED, refused.text), message_id), MALFORMED[1]
        except XmlRefused as refused:
            return _refusal(InsiRefused(MALFORMED, f"XML refusé : {refused.detail}"), message_id), MALFORMED[1]
        except InsiRefused as refused:
            return _refusal(refused, message_id), refused.codes[1]

    def _fault_before(self) -> Reply | None:
        try:
            return self._fault.before(TRANSACTION)
        except Refused as refused:
            raise InsiRefused(UNAVAILABLE, refused.reasons[0].text, receiver=True) from None

    def _admit(self, request: Request, client_certificate: bytes | None) -> None:
        at = self._now()
        try:
            client = self._trust.identify(client_certificate or b"", at)
        except CertificateRefused:
            raise InsiRefused(CALLER_REFUSED, "Certificat de connexion refusé") from None
        if not client.authenticates:
            raise InsiRefused(CALLER_REFUSED, "Ce certificat n'ouvre pas de connexion")
        if not request.message_id.startswith(("uuid:", "urn:uuid:")):
            raise InsiRefused(MALFORMED, "MessageID : uuid: attendu")
        contexts = read_contexts(next(children(request.body.getroottree().getroot())))
        if contexts.idam not in self._idams:
            raise InsiRefused(UNKNOWN_SOFTWARE, "Numéro d'autorisation du logiciel inconnu.")
        if contexts.sender != sender(request.security, client, self._trust, at=at):
            raise InsiRefused(CALLER_REFUSED, "Emetteur différent de celui qui s'authentifie")

    def _result(self, request: Request) -> tuple[Element, str]:
        if request.action == SEARCH_ACTION:
            found = self._directory.search(read_search(request.body))
            code = {0: "01", 1: "00"}.get(len(found), "02")
            person = _individual(found[0]) if code == "00" else None
            return _RESULT("RESULTAT", None, _report(_RESULT, code), person), code
        if request.action == self._names.action:
            asked = read_verification(request.body, self._names)
            code = "00" if self._directory.verified(asked.number, asked.oid, asked.wanted) else "01"
            make = Maker(self._names.answer_namespace)
            return make(self._names.answer_root, None, _report(make, code)), code
        raise InsiRefused(MALFORMED, "Action inconnue")


def _report(make: Maker, code: str) -> Element:
    return make("CR", None, make("CodeCR", None, code), make("LibelleCR", None, _LABELS[code]))


def _individual(person: Person) -> Element:
    traits = _RESULT(
        "TIQ",
        None,
        _RESULT("NomNaissance", None, person.birth_name),
        _RESULT("ListePrenom", None, " ".join(person.given_names)),
        _RESULT("Sexe", None, person.sex),
        _RESULT("DateNaissance", None, person.birth_date),
        _RESULT("LieuNaissance", None, person.birth_place),
    )
    past = [_matricule("INSHISTO", one) for one in person.history]
    return _RESULT("INDIVIDU", None, _matricule("INSACTIF", person.ins), *past, traits)


def _matricule(tag: str, ins: Matricule) -> Element:
    number = _RESULT(
        "IdIndividu", None, _RESULT("NumIdentifiant", None, ins.number[:13]), _RESULT("Cle", None, ins.number[13:])
    )
    return _RESULT(
        tag,
        None,
        number,
        _RESULT("OID", None, ins.oid),
        _RESULT("DateDeb", None, ins.since) if ins.since else None,
        _RESULT("DateFin", None, ins.until) if ins.until else None,
    )


def _refusal(refused: InsiRefused, message_id: str) -> Reply:
    """500 with a SOAP fault: the frame's code as subcode, the application's in `siram:Erreur`."""
    frame, application = refused.codes
    about = {"messageID": message_id} if message_id else {}
    error = _SIRAM("Erreur", {"severite": "erreur", "code": application} | about, refused.text)
    subcode = _SOAP("Subcode", None, _SOAP("Value", None, f"soap:{frame}"))
    side = "soap:Receiver" if refused.receiver else "soap:Sender"
    fault = _SOAP(
        "Fault",
        None,
        _SOAP("Code", None, _SOAP("Value", None, side), subcode),
        _SOAP("Reason", None, _SOAP("Text", {f"{{{XML}}}lang": "fr"}, "La demande est refusée.")),
        _SOAP("Detail", None, error),
    )
    return _reply(500, fault)


def unavailable() -> Reply:
    """What INSi says when the registers behind it do not answer: for a `Fault`."""
    text = "L'appel au service de recherche avec les traits d'identité renvoie une erreur technique."
    return _refusal(InsiRefused(UNAVAILABLE, text, receiver=True), "")


def _reply(status: int, body: Element) -> Reply:
    return Reply(status, SOAP_TYPE, serialize(_SOAP("Envelope", None, _SOAP("Body", None, body))))
