"""The VIHF: the SAML 2.0 assertion that says who asks the DMP, from which pharmacy, about which patient.

Sources: official message examples of the DMP (`dmp_protocol.md` section 3); where they differ, what a client reports
as accepted by a test platform (section 12). What is not certain is a field of `VihfSettings`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from lxml import etree
from pydantic import Field

from dmp_core.errors import CardError, KeyUnusable, MessageInvalid, ProfessionalMissing
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.model.oids import ACCESS_MODE, PHARMACIST_SECTION, PROFESSION
from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.model.professions import PROFESSIONS, SECTIONS
from dmp_core.model.software import Software
from dmp_core.ports import Hash, Signer
from dmp_core.xml import Element

SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
_HL7: Final = "urn:hl7-org:v3"
_XS: Final = "http://www.w3.org/2001/XMLSchema"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_SUBJECT_NAME: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
_SMARTCARD: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
_CONFIDENTIALITY: Final = "urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code"
_PHARMACIST: Final = "21"
_PURPOSES: Final[Mapping[Purpose, str]] = {
    Purpose.NORMAL: "Accès normal",
    Purpose.BRIS_DE_GLACE: "Accès en bris de glace",
    Purpose.CENTRE_15: "Accès par un centre de régulation médicale",
}


class VihfSettings(HealthModel):
    """What the public texts leave open. The defaults were accepted by a test platform, or stand in the examples."""

    version: str = Field(default="3.0", description="VIHF_Version; one table of ANS says 4.0")
    mode_attribute: str = Field(default="Authentification_mode", description="ANS also writes Authentification_Mode")
    signed_in_direct: bool = Field(default=False, description="direct mode: sign with the CPS signature key")
    authn_context_class_direct: str = _SMARTCARD
    authn_context_class_indirect: str = Field(default=_SMARTCARD, description="must fit how users log in: `Password`…")
    authn_context_class_air: str = _SMARTCARD
    air_context_declaration: str = Field(default="APP_BROWSER_AUTH", description="AuthnContextDecl in AIR")
    access_mode_system_name: str = Field(default="mode acces VIHF 2.0", description="DRIMbox writes 1.0")
    profession_system_name: str = "G15"
    section_system_name: str = Field(default="G05", description="by analogy with G15 and R01, which were accepted")
    signature_hash: Hash = Field(default=Hash.SHA256, description="the examples of 2019 use sha1")
    justification_attribute: str = Field(
        default="Mode_Acces_Raison", description="where bris de glace says why: name of the generic VIHF [U]"
    )
    secret_connection_code: str = Field(
        default="INVISIBLE_REPRESENTANTS_LEGAUX", description="confidentiality-code of a minor's secret connection [I]"
    )


class Caller(HealthModel):
    """Who asks, and how. `issuer` is the subject of the certificate that vouches: the one that signs, or the CPS's.

    `justification` says why the glass was broken: the service asks for it, only it can show the question [T].
    `secret_connection`: a minor asks that their representatives do not learn of it (EX_0.1-1100).
    """

    mode: Mode
    purpose: Purpose = Purpose.NORMAL
    author: Practitioner
    structure: Structure
    software: Software
    issuer: str
    justification: str | None = Field(default=None, repr=False)
    secret_connection: bool = False


def assertion(
    caller: Caller,
    ins: Ins | None,
    *,
    assertion_id: UUID,
    at: datetime,
    settings: VihfSettings,
    signer: Signer | None,
) -> Element:
    """The VIHF about the patient of `ins` (None: the call is about no single patient), signed where the mode asks it.

    Raises ProfessionalMissing where the author lacks what the DMP demands, CardError where the key is missing or fails,
    MessageInvalid (a justification without bris de glace, a control character).
    """
    _check(caller, settings, signer)
    now = instant(at)
    try:
        root = _unsigned(caller, ins, assertion_id, now, settings)
    except ValueError:
        raise MessageInvalid("a control character in what the caller says") from None
    if signer is None:
        return root
    # Imported late: signxml costs 100 ms, and whoever only reads the settings of a VIHF signs nothing.
    from dmp_core.dmp.signature import sign_enveloped

    return sign_enveloped(root, signer, hash_name=settings.signature_hash)


def instant(at: datetime) -> str:
    """`2026-01-15T09:30:00Z`, to the second. Raises ValueError for a time without zone: a mistake of ours."""
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check(caller: Caller, settings: VihfSettings, signer: Signer | None) -> None:
    if caller.author.profession == _PHARMACIST and not caller.author.section:
        raise ProfessionalMissing("the section of the pharmacist (TRE_G05): the DMP refuses a VIHF without")
    if caller.justification and caller.purpose is not Purpose.BRIS_DE_GLACE:
        raise MessageInvalid("a justification goes with bris de glace, and with nothing else")
    if signer is None:
        if caller.mode is not Mode.DIRECT or settings.signed_in_direct:
            raise CardError("this mode signs the VIHF: a signature key is needed")
    elif signer.subject != caller.issuer:
        raise KeyUnusable("the Issuer of the VIHF must be the subject of the certificate that signs it")


def _unsigned(caller: Caller, ins: Ins | None, assertion_id: UUID, now: str, settings: VihfSettings) -> Element:
    root = etree.Element(
        _saml("Assertion"),
        {"ID": f"_{assertion_id}", "IssueInstant": now, "Version": "2.0"},
        nsmap={"saml2": SAML, "xs": _XS, "xsi": _XSI},
    )
    _child(root, "Issuer", caller.issuer, Format=_SUBJECT_NAME)
    _child(_child(root, "Subject"), "NameID", caller.author.national_id)
    _add_authentication(root, caller.mode, now, settings)
    _add_attributes(_child(root, "AttributeStatement"), caller, ins, settings)
    return root


def _add_authentication(root: Element, mode: Mode, now: str, settings: VihfSettings) -> None:
    context_class = {
        Mode.DIRECT: settings.authn_context_class_direct,
        Mode.INDIRECT: settings.authn_context_class_indirect,
        Mode.AIR: settings.authn_context_class_air,
    }[mode]
    context = _child(_child(root, "AuthnStatement", AuthnInstant=now), "AuthnContext")
    _child(context, "AuthnContextClassRef", context_class)
    if mode is Mode.AIR:
        _child(context, "AuthnContextDecl", settings.air_context_declaration)


def _add_attributes(statement: Element, caller: Caller, ins: Ins | None, settings: VihfSettings) -> None:
    """The attributes in the order of the official examples."""
    author, software = caller.author, caller.software
    _text(statement, "Identifiant_Structure", caller.structure.national_id)
    _text(statement, "Secteur_Activite", caller.structure.sector_activity)
    if caller.mode is not Mode.DIRECT:
        _text(statement, "urn:oasis:names:tc:xspa:1.0:subject:subject-id", f"{author.given} {author.family}")
    _add_roles(statement, author, settings)
    _text(statement, "VIHF_Version", settings.version)
    _text(statement, settings.mode_attribute, caller.mode)
    if ins is not None:
        _text(statement, "urn:oasis:names:tc:xacml:2.0:resource:resource-id", ins.cx)
    _text(statement, "Ressource_URN", "urn:dmp")
    purpose = _attribute(statement, "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse")
    name = settings.access_mode_system_name
    _coded(purpose, "PurposeOfUse", caller.purpose, ACCESS_MODE, name, _PURPOSES[caller.purpose])
    if caller.justification:
        _text(statement, settings.justification_attribute, caller.justification.strip())
    if caller.secret_connection:
        _text(statement, _CONFIDENTIALITY, settings.secret_connection_code)
    if software.installation:
        _text(statement, "LPS_ID", software.installation)
    _text(statement, "LPS_Nom", software.name)
    _text(statement, "LPS_Version", software.version)
    _text(statement, "LPS_ID_HOMOLOGATION_DMP", software.homologation)


def _add_roles(statement: Element, author: Practitioner, settings: VihfSettings) -> None:
    """The profession, then the section of a pharmacist, each in an AttributeValue of its own."""
    roles = _attribute(statement, "urn:oasis:names:tc:xacml:2.0:subject:role")
    profession, section = author.profession, author.section
    label = PROFESSIONS.get(profession, "")
    _coded(roles, "Role", profession, PROFESSION, settings.profession_system_name, label)
    if section:
        label = SECTIONS.get(section, "")
        _coded(roles, "Role", section, PHARMACIST_SECTION, settings.section_system_name, label)


def _attribute(statement: Element, name: str) -> Element:
    return _child(statement, "Attribute", Name=name)


def _text(statement: Element, name: str, value: str) -> None:
    content = _child(_attribute(statement, name), "AttributeValue", value)
    content.set(f"{{{_XSI}}}type", "xs:string")


def _coded(attribute: Element, tag: str, code: str, system: str, system_name: str, label: str) -> None:
    """One AttributeValue with an HL7 v3 CE: `type="CE"` needs the default namespace that stands on the element."""
    parts = {"code": code, "codeSystem": system, "codeSystemName": system_name, "displayName": label}
    value = _child(attribute, "AttributeValue")
    names = {None: _HL7}
    element = etree.SubElement(value, f"{{{_HL7}}}{tag}", parts, nsmap=names)  # type: ignore[arg-type]  # lxml-stubs: no None
    element.set(f"{{{_XSI}}}type", "CE")


def _child(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    child = etree.SubElement(parent, _saml(tag), attributes)
    child.text = text
    return child


def _saml(tag: str) -> str:
    return f"{{{SAML}}}{tag}"
