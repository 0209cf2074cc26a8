"""What a VIHF says (`dmp_protocol.md` 3.2 and 3.3), read from an assertion that was verified before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dmp_core.model.access import Mode, Purpose
from dmp_core.model.oids import ACCESS_MODE, PHARMACIST_SECTION, PROFESSION, SECTOR, InsOid
from dmp_core.simulator.assertion import SAML
from dmp_core.simulator.entry_rules import is_cx
from dmp_core.simulator.faults import INVALID_VIHF, fault, invalid_vihf
from dmp_core.simulator.policy import Policy
from dmp_core.xml import Element, children, text_of

_IN_TRAINING: Final = "1.2.250.1.71.1.2.8"  # TRE_G16
_DOCTOR_SKILL: Final = "1.2.250.1.71.4.2.5"
_CONTEXTS: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
_STRONG: Final = ("SmartcardPKI", "TLSClient", "MobileTwoFactorUnregistered")
_LOCAL: Final = ("Password", "unspecified")
_SECTIONS: Final = re.compile(r"[ABCDEGHM]|D[AM]|E[ABCDGH]|FQ0[1-5]", re.ASCII)  # TRE_G05, as JDV_J01 has them
_SECOND_ROLE: Final = {"10": _DOCTOR_SKILL, "21": PHARMACIST_SECTION}
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
_REASON: Final = "Mode_Acces_Raison"  # generic CI-SIS name; none of the DMP's examples shows an emergency
_SOFTWARE: Final = "LPS_Nom"
_HOMOLOGATION: Final = "LPS_ID_HOMOLOGATION_DMP"
_REQUIRED: Final = (_STRUCTURE, _SECTOR, _ROLE, _VERSION, _MODE, _URN, _PURPOSE, _SOFTWARE, _HOMOLOGATION)

_TYPE_CE: Final = re.compile(r"(\w[\w.-]*:)?CE").fullmatch
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_CX: Final = re.compile(rf"\d{{5}}[0-9AB]{{2}}\d{{8}}\^\^\^&({'|'.join(map(re.escape, InsOid))})&ISO\^NH", re.ASCII)
_SECTOR_VALUE: Final = re.compile(rf"SA\d\d\^{re.escape(SECTOR)}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Vihf:
    """A caller who is who they say. `patient` is the CX of the INS, None for calls about no patient."""

    mode: Mode
    purpose: Purpose
    practitioner_id: str
    name: str = field(repr=False)
    profession: str
    section: str  # TRE_G05 of a pharmacist, skill of a doctor; '' for others
    structure_id: str
    sector: str
    patient: str | None = field(repr=False)
    secret_connection: bool  # of a minor, hidden from the legal representatives
    software: str
    homologation: str
    reason: str = field(default="", repr=False)  # why the glass was broken


def read_claims(root: Element, policy: Policy, *, about_patient: bool) -> Vihf:
    """What a verified assertion says. Raises Refused naming what is wrong, XmlRefused for markup inside a value."""
    values = _attributes(root, policy)
    mode = _mode(values[_MODE])
    if mode is not Mode.DIRECT and _NAME not in values:
        raise invalid_vihf(f"attribut {_NAME} absent")
    if about_patient and _PATIENT not in values:
        raise invalid_vihf(f"attribut {_PATIENT} absent")
    context = one(one(root, "AuthnStatement"), "AuthnContext")
    _check_context(context, mode)
    profession, section = _roles(values[_ROLE])
    purpose, reason = _purpose(values[_PURPOSE]), _text(values[_REASON]) if values.get(_REASON) else ""
    if purpose is Purpose.BRIS_DE_GLACE and not reason and not policy.bris_de_glace_without_reason:
        raise invalid_vihf(f"attribut {_REASON} absent : un bris de glace est justifié")
    return Vihf(
        mode=mode,
        purpose=purpose,
        practitioner_id=text_of(one(one(root, "Subject"), "NameID")),
        name=_text(values[_NAME]) if _NAME in values else "",
        profession=profession,
        section=section,
        structure_id=_text(values[_STRUCTURE]),
        sector=_matching(_SECTOR, _SECTOR_VALUE, values),
        patient=_matching(_PATIENT, _CX, values) if _PATIENT in values else None,
        secret_connection=_CONFIDENTIALITY in values,
        software=_text(values[_SOFTWARE]),
        homologation=_text(values[_HOMOLOGATION]),
        reason=reason,
    )


def patient_of(security: Element | None) -> str:
    """The CX that an assertion names, read before anything of it is verified; '' without a readable one."""
    for attribute in () if security is None else security.iter(f"{{{SAML}}}Attribute"):
        if attribute.get("Name") == _PATIENT:
            value = next(children(attribute, f"{{{SAML}}}AttributeValue"), None)
            return (value.text or "").strip() if value is not None else ""
    return ""


def _check_context(context: Element, mode: Mode) -> None:
    """How the user logged in: strongly, but in indirect mode (EX_AIR-085; list of `dmp_protocol.md` 3.3)."""
    how = text_of(one(context, "AuthnContextClassRef"))
    if not how:
        raise invalid_vihf("AuthnContextClassRef vide")
    means = how.removeprefix(_CONTEXTS)
    if means == how or means not in (*_STRONG, *_LOCAL):
        raise invalid_vihf("AuthnContextClassRef inconnu")
    if mode is not Mode.INDIRECT and means not in _STRONG:
        raise invalid_vihf("AuthnContextClassRef : authentification forte attendue dans ce mode")
    declared = context.find(f"{{{SAML}}}AuthnContextDecl")
    if mode is Mode.AIR and (declared is None or not text_of(declared)):
        raise invalid_vihf("AuthnContextDecl absent : professionnel non authentifié par Pro Santé Connect")


def _attributes(root: Element, policy: Policy) -> Mapping[str, list[Element]]:
    """The AttributeValues by name. The mandatory ones are there, each name stands once."""
    values: dict[str, list[Element]] = {}
    for attribute in children(one(root, "AttributeStatement"), f"{{{SAML}}}Attribute"):
        name = attribute.get("Name", "")
        if name == _MODE_CAPITAL and policy.capital_mode:
            name = _MODE
        if name in values:
            raise invalid_vihf("un attribut est répété")
        values[name] = list(children(attribute, f"{{{SAML}}}AttributeValue"))
    if missing := [name for name in _REQUIRED if not values.get(name)]:
        raise invalid_vihf(f"attribut {missing[0]} absent")
    versions = ("3.0", "4.0") if policy.version_4 else ("3.0",)
    if _text(values[_VERSION]) not in versions:
        raise invalid_vihf(f"{_VERSION} : {' ou '.join(versions)} attendu")
    if _text(values[_URN]) != "urn:dmp":
        raise invalid_vihf(f"{_URN} : urn:dmp attendu")
    return values


def one(parent: Element, name: str) -> Element:
    """The only child of that SAML name. Raises Refused."""
    found = list(children(parent, f"{{{SAML}}}{name}"))
    if len(found) != 1:
        raise invalid_vihf(f"{name} doit figurer une fois")
    return found[0]


def instant(text: str | None) -> datetime:
    """A time of SAML: UTC with a Z, fractions of a second allowed. Raises Refused."""
    if not text or not _INSTANT.fullmatch(text):
        raise invalid_vihf("instant UTC attendu, terminé par Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise invalid_vihf("instant impossible") from None


def _text(values: list[Element]) -> str:
    if len(values) != 1 or not text_of(values[0]):
        raise invalid_vihf("un attribut doit porter une valeur et une seule")
    return text_of(values[0])


def _matching(name: str, pattern: re.Pattern[str], values: Mapping[str, list[Element]]) -> str:
    text = _text(values[name])
    if not pattern.fullmatch(text) or (name == _PATIENT and not is_cx(text, dated=False)):
        raise invalid_vihf(f"attribut {name} mal formé")
    return text


def _mode(values: list[Element]) -> Mode:
    try:
        return Mode(_text(values))
    except ValueError:
        raise invalid_vihf(f"{_MODE} inconnu") from None


def _coded(value: Element, name: str) -> tuple[str, str]:
    """Code and codeSystem of the one HL7 `CE` in an AttributeValue."""
    found = list(children(value))
    if len(found) != 1 or found[0].tag != f"{{urn:hl7-org:v3}}{name}" or not _TYPE_CE(found[0].get(_XSI_TYPE, "")):
        raise invalid_vihf(f"un élément {name} de type CE attendu")
    return found[0].get("code", ""), found[0].get("codeSystem", "")


def _roles(values: list[Element]) -> tuple[str, str]:
    """Profession, then what specialises it: mandatory for doctors and pharmacists."""
    if len(values) > 2:
        raise invalid_vihf("deux rôles au plus")
    (profession, system), *others = [_coded(value, "Role") for value in values]
    if system not in (PROFESSION, _IN_TRAINING) or not profession:
        raise invalid_vihf("le premier rôle doit être la profession")
    wanted = _SECOND_ROLE.get(profession) if system == PROFESSION else None
    if wanted and (not others or others[0][1] != wanted or not others[0][0]):
        text = "Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins et les Pharmaciens"
        raise fault(INVALID_VIHF, text)
    section = others[0] if others else ("", "")
    if section[1] == PHARMACIST_SECTION and (profession != "21" or not _SECTIONS.fullmatch(section[0])):
        raise invalid_vihf("le second rôle n'est pas une section de la profession (TRE_G05)")
    return profession, section[0]


def _purpose(values: list[Element]) -> Purpose:
    if len(values) != 1:
        raise invalid_vihf("une finalité et une seule")
    code, system = _coded(values[0], "PurposeOfUse")
    if system != ACCESS_MODE or code not in list(Purpose):
        raise invalid_vihf("finalité inconnue")
    return Purpose(code)
