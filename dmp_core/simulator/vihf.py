"""Who asks, in which mode, for which patient: the VIHF, believed after every check (`dmp_protocol.md` section 3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol

from dmp_core.errors import XmlRefused
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.oids import ACCESS_MODE, PHARMACIST_SECTION, PROFESSION, SECTOR, InsOid
from dmp_core.simulator.assertion import SAML, Assertion, read_assertion
from dmp_core.simulator.dn import parse as parse_dn
from dmp_core.simulator.faults import INVALID_CERTIFICATE, INVALID_VIHF, fault, invalid_certificate, invalid_vihf
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.trust import Holder, Trust
from dmp_core.xml import Element, children, text_of

_IN_TRAINING: Final = "1.2.250.1.71.1.2.8"  # TRE_G16
_DOCTOR_SKILL: Final = "1.2.250.1.71.4.2.5"
_SECOND_ROLE: Final = {"10": _DOCTOR_SKILL, "21": PHARMACIST_SECTION}
_X509_SUBJECT: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
_XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"

_STRUCTURE: Final = "Identifiant_Structure"
_SECTOR: Final = "Secteur_Activite"
_NAME: Final = "urn:oasis:names:tc:xspa:1.0:subject:subject-id"
_ROLE: Final = "urn:oasis:names:tc:xacml:2.0:subject:role"
_VERSION: Final = "VIHF_Version"
_MODE: Final = "Authentification_mode"
_MODE_CAPITAL: Final = "Authentification_Mode"
_PATIENT: Final = "urn:oasis:names:tc:xacml:2.0:resource:resource-id"
_URN: Final = "Ressource_URN"
_PURPOSE: Final = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"
_CONFIDENTIALITY: Final = "urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code"
_SOFTWARE: Final = "LPS_Nom"
_HOMOLOGATION: Final = "LPS_ID_HOMOLOGATION_DMP"
_REQUIRED: Final = (_STRUCTURE, _SECTOR, _ROLE, _VERSION, _MODE, _URN, _PURPOSE, _SOFTWARE, _HOMOLOGATION)

_TYPE_CE: Final = re.compile(r"(\w[\w.-]*:)?CE").fullmatch
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_CX: Final = re.compile(rf"\d{{5}}[0-9AB]{{2}}\d{{8}}\^\^\^&({'|'.join(map(re.escape, InsOid))})&ISO\^NH")
_SECTOR_VALUE: Final = re.compile(rf"SA\d\d\^{re.escape(SECTOR)}")


class Directory(Protocol):
    """The structures and professionals that the DMP knows."""

    def is_active(self, structure_id: str) -> bool: ...

    def works_at(self, practitioner_id: str, structure_id: str) -> bool: ...


class VihfReader:
    """Verifies assertions against one authority and one directory, and remembers their IDs against replay."""

    def __init__(self, trust: Trust, directory: Directory, policy: Policy) -> None:
        self._trust = trust
        self._directory = directory
        self._policy = policy
        self._seen: dict[str, datetime] = {}
        self._lock = Lock()

    def read(self, security: Element | None, client: Holder, *, at: datetime, about_patient: bool = True) -> Vihf:
        """The caller behind the TLS `client` certificate. Raises Refused, a SOAP fault."""
        assertion = read_assertion(security, self._trust, at=at, sha1=self._policy.sha1_signatures)
        try:
            self._check_dates(assertion.root, at)
            vihf = self._claims(assertion.root, about_patient=about_patient)
            self._check_identity(assertion, vihf, client)
        except XmlRefused as error:
            raise invalid_vihf("du balisage coupe une valeur") from error
        self._remember(assertion.id, at)
        return vihf

    def _check_dates(self, root: Element, at: datetime) -> None:
        window = timedelta(minutes=self._policy.validity_minutes)
        if root.get("Version") != "2.0":
            raise invalid_vihf("Version 2.0 attendue")
        if not abs(_instant(root.get("IssueInstant")) - at) <= window:
            raise invalid_vihf("IssueInstant hors de la fenêtre de validité")
        statement = _one(root, "AuthnStatement")
        if _instant(statement.get("AuthnInstant")) > at + window:
            raise invalid_vihf("AuthnInstant dans le futur")
        for conditions in children(root, f"{{{SAML}}}Conditions"):
            start, end = conditions.get("NotBefore"), conditions.get("NotOnOrAfter")
            if (start and at < _instant(start) - window) or (end and at >= _instant(end) + window):
                raise invalid_vihf("Conditions non remplies")

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
        issuer = _one(assertion.root, "Issuer")
        if issuer.get("Format") != _X509_SUBJECT or not _names(text_of(issuer), signer or client):
            raise invalid_vihf("Issuer différent du sujet du certificat")
        if direct:
            self._check_professional(vihf, client)
        elif vihf.structure_id != client.identifier:
            raise fault(INVALID_VIHF, "Erreur d'authentification de la personne morale")
        if not vihf.practitioner_id:
            raise invalid_vihf("NameID vide")
        if not self._directory.is_active(vihf.structure_id):
            raise fault(INVALID_VIHF, "Structure introuvable ou Inactive")
        if vihf.homologation not in self._policy.homologations:
            raise invalid_vihf(f"{_HOMOLOGATION} inconnu")

    def _check_professional(self, vihf: Vihf, client: Holder) -> None:
        if vihf.practitioner_id != client.identifier:
            raise invalid_vihf("NameID différent du porteur de la CPS")
        active = self._directory.is_active(vihf.structure_id)
        if active and not self._directory.works_at(vihf.practitioner_id, vihf.structure_id):
            raise fault(INVALID_VIHF, "PS et Structure non liés")

    def _remember(self, identifier: str, at: datetime) -> None:
        """Each ID serves once within the window in which its assertion is valid."""
        window = timedelta(minutes=2 * self._policy.validity_minutes)
        with self._lock:
            self._seen = {seen: when for seen, when in self._seen.items() if at - when <= window}
            if identifier in self._seen:
                raise invalid_vihf("assertion déjà utilisée")
            self._seen[identifier] = at


def _names(issuer: str, holder: Holder) -> bool:
    try:
        return parse_dn(issuer) == holder.subject
    except ValueError:
        return False
