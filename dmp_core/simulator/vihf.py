"""Who asks, in which mode, for which patient: the VIHF, believed after every check (`dmp_protocol.md` section 3)."""

import re
from datetime import datetime, timedelta
from typing import Final, Protocol

from dmp_core.errors import XmlRefused
from dmp_core.model.access import Mode
from dmp_core.simulator.assertion import SAML, Assertion, read_assertion
from dmp_core.simulator.claims import Vihf, instant, one, read_claims
from dmp_core.simulator.dn import parse as parse_dn
from dmp_core.simulator.faults import INVALID_CERTIFICATE, INVALID_VIHF, fault, invalid_certificate, invalid_vihf
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.replays import Replays
from dmp_core.simulator.trust import Holder, Trust
from dmp_core.xml import Element, children, text_of

_HARMLESS: Final = (f"{{{SAML}}}OneTimeUse", f"{{{SAML}}}ProxyRestriction")  # the simulator takes each once anyway
_X509_SUBJECT: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"


class Directory(Protocol):
    """The structures and professionals that the DMP knows."""

    def is_active(self, structure_id: str) -> bool: ...

    def works_at(self, practitioner_id: str, structure_id: str) -> bool: ...


class VihfReader:
    """Verifies assertions against one authority and one directory, and remembers their IDs against replay."""

    def __init__(self, trust: Trust, directory: Directory, replays: Replays, policy: Policy) -> None:
        self._trust = trust
        self._directory = directory
        self._replays = replays
        self._policy = policy

    def read(self, security: Element | None, client: Holder, *, at: datetime, about_patient: bool = True) -> Vihf:
        """The caller behind the TLS `client` certificate. Raises Refused, a SOAP fault."""
        assertion = read_assertion(security, self._trust, at=at, sha1=self._policy.sha1_signatures)
        try:
            self._check_dates(assertion.root, at)
            vihf = read_claims(assertion.root, self._policy, about_patient=about_patient)
            self._check_identity(assertion, vihf, client)
        except XmlRefused as error:
            raise invalid_vihf("du balisage coupe une valeur") from error
        if not self._replays.is_first(assertion.id, at, kept=timedelta(minutes=2 * self._policy.validity_minutes)):
            raise invalid_vihf("assertion déjà utilisée")
        return vihf

    def _check_dates(self, root: Element, at: datetime) -> None:
        window = timedelta(minutes=self._policy.validity_minutes)
        if root.get("Version") != "2.0":
            raise invalid_vihf("Version 2.0 attendue")
        if not abs(instant(root.get("IssueInstant")) - at) <= window:
            raise invalid_vihf("IssueInstant hors de la fenêtre de validité")
        statement = one(root, "AuthnStatement")
        if instant(statement.get("AuthnInstant")) > at + window:
            raise invalid_vihf("AuthnInstant dans le futur")
        ends = statement.get("SessionNotOnOrAfter")
        if ends and at >= instant(ends):
            raise invalid_vihf("SessionNotOnOrAfter : session terminée")
        found = list(children(root, f"{{{SAML}}}Conditions"))
        if len(found) > 1:
            raise invalid_vihf("Conditions doit figurer une fois au plus")
        for conditions in found:
            self._check_conditions(conditions, at)

    def _check_conditions(self, conditions: Element, at: datetime) -> None:
        """SAML 2.0 core 2.5.1: all of them are met, and one that is not understood is not. Optional for the DMP."""
        skew = timedelta(seconds=self._policy.skew_seconds)
        start, end = conditions.get("NotBefore"), conditions.get("NotOnOrAfter")
        if (start and at < instant(start) - skew) or (end and at >= instant(end) + skew):
            raise invalid_vihf("Conditions non remplies")
        for condition in children(conditions):
            if condition.tag == f"{{{SAML}}}AudienceRestriction":
                audiences = [text_of(one) for one in children(condition, f"{{{SAML}}}Audience")]
                if not set(audiences) & set(self._policy.audiences):
                    raise invalid_vihf("Conditions non remplies : AudienceRestriction d'un autre service")
            elif condition.tag not in _HARMLESS:
                raise invalid_vihf("Conditions non remplies : condition inconnue")

    def _check_identity(self, assertion: Assertion, vihf: Vihf, client: Holder) -> None:
        """The TLS client, the signer, the Issuer and the claims all name the same person, or the same structure."""
        direct = vihf.mode is Mode.DIRECT
        signer = assertion.signer
        if signer is None and not direct:
            raise invalid_vihf("signature obligatoire en mode indirect")
        if client.is_person is not direct:
            raise fault(INVALID_CERTIFICATE, "Le certificat de connexion ne convient pas au mode d'authentification")
        if signer and (signer.is_person is not direct or signer.identifier != client.identifier):
            raise invalid_certificate("Not a valid signature certificate")
        issuer = one(assertion.root, "Issuer")
        if issuer.get("Format") != _X509_SUBJECT or not _names(text_of(issuer), signer or client):
            raise invalid_vihf("Issuer différent du sujet du certificat")
        if direct:
            self._check_professional(vihf, client)
        elif vihf.structure_id != client.identifier:
            raise fault(INVALID_VIHF, "Erreur d'authentification de la personne morale")
        if not _is_name(vihf):
            raise invalid_vihf("NameID : identifiant national attendu (PS_IdNat)")
        if not self._directory.is_active(vihf.structure_id):
            raise fault(INVALID_VIHF, "Structure introuvable ou Inactive")
        if vihf.homologation not in self._policy.homologations:
            raise invalid_vihf("LPS_ID_HOMOLOGATION_DMP inconnu")

    def _check_professional(self, vihf: Vihf, client: Holder) -> None:
        if vihf.practitioner_id != client.identifier:
            raise invalid_vihf("NameID différent du porteur de la CPS")
        active = self._directory.is_active(vihf.structure_id)
        if active and not self._directory.works_at(vihf.practitioner_id, vihf.structure_id):
            raise fault(INVALID_VIHF, "PS et Structure non liés")


def _is_name(vihf: Vihf) -> bool:
    """PS_IdNat; the number that a structure gives its own people may stand for it in indirect mode (S10)."""
    if re.fullmatch(r"8[0-9]{11}|0[0-9A-Z]{9}", vihf.practitioner_id, re.ASCII):
        return True
    return vihf.mode is Mode.INDIRECT and bool(re.fullmatch(r"[0-6][^\s/^&]+/[^\s^&]+", vihf.practitioner_id))


def _names(issuer: str, holder: Holder) -> bool:
    try:
        return parse_dn(issuer) == holder.subject
    except ValueError:
        return False
