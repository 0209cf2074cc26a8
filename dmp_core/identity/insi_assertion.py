"""The SAML assertion that tells INSi who asks: signed by the CPS, or unsigned under Pro Santé Connect.

Source: SEL-MP-043 section 3.2 as quoted publicly; `dmp_protocol.md` 8.2. A structure's certificate asks without any.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from lxml import etree

from dmp_core.dmp.vihf import SAML, Caller, instant
from dmp_core.errors import CardError, KeyUnusable, MessageInvalid
from dmp_core.identity.insi_settings import InsiSettings
from dmp_core.model.access import Mode
from dmp_core.ports import Signer
from dmp_core.xml import Element

_SUBJECT_NAME: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
_QUALIFIERS: Final = {Mode.DIRECT: "CPS", Mode.AIR: "PSC"}


def assertion(
    caller: Caller, settings: InsiSettings, *, assertion_id: UUID, at: datetime, signer: Signer | None
) -> Element | None:
    """Who asks; None in indirect mode, where the TLS certificate of the structure says it all.

    Raises CardError where the CPS's key is missing or fails, KeyUnusable, MessageInvalid.
    """
    if caller.mode is Mode.INDIRECT:
        return None
    try:
        root = _unsigned(caller, settings, assertion_id, instant(at))
    except ValueError:
        raise MessageInvalid("a control character in the names of the caller") from None
    if caller.mode is Mode.AIR:
        return root
    if signer is None:
        raise CardError("INSi in direct mode: the key of the CPS is needed")
    if signer.subject != caller.issuer:
        raise KeyUnusable("the Issuer must be the subject of the certificate that signs")
    # Imported late: signxml costs 100 ms, and most that is imported from here signs nothing.
    from dmp_core.dmp.signature import sign_enveloped

    return sign_enveloped(root, signer, hash_name=settings.signature_hash)


def _unsigned(caller: Caller, settings: InsiSettings, assertion_id: UUID, now: str) -> Element:
    root = etree.Element(
        f"{{{SAML}}}Assertion", {"ID": f"_{assertion_id}", "IssueInstant": now, "Version": "2.0"}, {"saml": SAML}
    )
    _child(root, "Issuer", caller.issuer, Format=_SUBJECT_NAME)
    subject = _child(root, "Subject")
    _child(subject, "NameID", caller.author.national_id, NameQualifier=_QUALIFIERS[caller.mode])
    statement = _child(root, "AttributeStatement")
    attributes = {
        "identifiantFacturation": settings.billing_id,
        settings.specialty_attribute: settings.specialty,
        "secteurActivite": settings.sector_activity or caller.structure.sector_activity,
        "gipProfessionCode": settings.profession_code if caller.mode is Mode.AIR else None,
    }
    for name, value in attributes.items():
        if value:
            _child(_child(statement, "Attribute", Name=name), "AttributeValue", value)
    return root


def _child(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    child = etree.SubElement(parent, f"{{{SAML}}}{tag}", attributes)
    child.text = text
    return child
