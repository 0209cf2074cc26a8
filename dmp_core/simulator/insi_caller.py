"""Who asks the simulated INSi: a CPS with its signed assertion, a structure alone, or a structure for a PSC user.

`dmp_protocol.md` 8.2; SEL-MP-043 section 3.2 as quoted there.
"""

from datetime import datetime, timedelta
from typing import Final

from dmp_core.errors import XmlRefused
from dmp_core.simulator.assertion import SAML, Assertion, read_assertion
from dmp_core.simulator.insi_rules import CALLER_REFUSED, InsiRefused
from dmp_core.simulator.reasons import Refused
from dmp_core.simulator.trust import Holder, Trust
from dmp_core.xml import Element, children, text_of

_WINDOW: Final = timedelta(minutes=5)  # of IssueInstant; the real one is unknown [U]


def sender(security: Element | None, client: Holder, trust: Trust, *, at: datetime) -> str:
    """Whom `Emetteur` must name: PS_IdNat where an assertion speaks, else Struct_IdNat. Raises InsiRefused."""
    if security is None:
        if client.is_person:
            raise _refused("une CPS est accompagnée d'une assertion")
        return client.identifier
    try:
        assertion = read_assertion(security, trust, at=at)
        return _named(assertion, client, at)
    except Refused as refused:
        raise _refused("; ".join(reason.text for reason in refused.reasons)) from None
    except XmlRefused:
        raise _refused("du balisage coupe une valeur") from None


def _named(assertion: Assertion, client: Holder, at: datetime) -> str:
    root, signer = assertion.root, assertion.signer
    if not _is_fresh(root.get("IssueInstant", ""), at):
        raise _refused("IssueInstant hors de la fenêtre de validité")
    name = _only(_only(root, "Subject"), "NameID")
    number = text_of(name)
    match name.get("NameQualifier"):
        case "CPS":
            if signer is None or not signer.is_person:
                raise _refused("l'assertion d'une CPS est signée par elle")
            if not client.is_person or not number == signer.identifier == client.identifier:
                raise _refused("NameID, signataire et certificat de connexion désignent la même personne")
        case "PSC":
            if signer is not None or client.is_person or not number:
                raise _refused("PSC : assertion non signée, certificat de connexion de la structure")
        case _:
            raise _refused("NameQualifier : CPS ou PSC")
    _check_attributes(root)
    return number


def _check_attributes(root: Element) -> None:
    statement = _only(root, "AttributeStatement")
    found = {
        attribute.get("Name"): text_of(_only(attribute, "AttributeValue"))
        for attribute in children(statement, f"{{{SAML}}}Attribute")
    }
    if missing := [name for name in ("identifiantFacturation", "secteurActivite") if not found.get(name)]:
        raise _refused(f"attribut absent : {', '.join(missing)}")


def _is_fresh(text: str, at: datetime) -> bool:
    try:
        issued = datetime.fromisoformat(text)
        return abs(issued - at) <= _WINDOW
    except (ValueError, TypeError, OverflowError):
        return False


def _only(parent: Element, name: str) -> Element:
    found = list(children(parent, f"{{{SAML}}}{name}"))
    if len(found) != 1:
        raise _refused(f"{name} : un et un seul attendu")
    return found[0]


def _refused(rule: str) -> InsiRefused:
    return InsiRefused(CALLER_REFUSED, f"Assertion refusée : {rule}")
