"""The header of a CDA (CI-SIS, structuration minimale): every element before `component`, in the schema's order."""

from typing import Final

from dmp_core.api import cda
from dmp_core.api.bodies import Body, CdaBody
from dmp_core.api.cda import Part, part
from dmp_core.documents.facts import Facts
from dmp_core.documents.patient import record_target
from dmp_core.model.codes import value_set
from dmp_core.model.document import Code
from dmp_core.model.oids import CI_SIS, HL7_CONFIDENTIALITY, HL7_FRANCE, XDS_SD
from dmp_core.model.practitioner import Practitioner

LANGUAGE: Final = "fr-FR"


def header(facts: Facts, body: Body) -> list[Part]:
    """All parts of the header. Raises InsNotQualified, DocumentInvalid, ContentInvalid."""
    return [
        *_identification(facts, body),
        record_target(facts.patient),
        *(cda.author(one, facts.structure, facts.written_at) for one in authors(facts, body)),
        *([] if facts.who.author_listed else [cda.structure_author(facts.structure, facts.written_at)]),
        _custodian(facts),
        _legal_authenticator(facts),
        *(_order(order) for order in (body.orders if isinstance(body, CdaBody) else ())),
        *(_act(facts, body, code) for code in body.act.codes or (facts.document_type.type_code,)),
        *([_replacement(facts.replaces)] if facts.replaces else []),
        *(_consent(code) for code in (body.consents if isinstance(body, CdaBody) else ())),
        _encounter(facts, body),
    ]


def authors(facts: Facts, body: Body) -> tuple[Practitioner, ...]:
    """The author of the item, the other authors of the body, and who did the act; each once (EX_2.1-2020)."""
    known = [facts.who.author, *body.other_authors]
    if body.act.performer:
        known.append(body.act.performer)
    return tuple(
        {one.national_id: one for one in reversed(known)}[key] for key in dict.fromkeys(k.national_id for k in known)
    )


def title(facts: Facts, body: Body) -> str:
    """The title that the body or the operator gave, else the one of the type's rule."""
    day = facts.local(body.act.start)
    return body.title or facts.document_type.title_rule.format(label=facts.document_type.label, date=f"{day:%d/%m/%Y}")


def _identification(facts: Facts, body: Body) -> list[Part]:
    of_type = facts.document_type
    models = of_type.templates if isinstance(body, CdaBody) else ((XDS_SD, None),)
    return [
        part("realmCode", code="FR"),
        part("typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040"),
        cda.template(HL7_FRANCE),
        cda.template(CI_SIS),
        *(cda.template(root, extension) for root, extension in models),
        cda.identifier(facts.unique_id),
        cda.coded("code", of_type.type_code),
        part("title", title(facts, body)),
        cda.time(facts.written_at),
        cda.coded("confidentialityCode", value_set("J08").code("N", HL7_CONFIDENTIALITY)),
        part("languageCode", code=LANGUAGE),
        cda.identifier(facts.set_id, tag="setId"),
        part("versionNumber", value=facts.version),
    ]


def _custodian(facts: Facts) -> Part:
    structure = facts.structure
    keeper = cda.organization(structure, tag="representedCustodianOrganization")
    return part("custodian", part("assignedCustodian", keeper))


def _legal_authenticator(facts: Facts) -> Part:
    return part(
        "legalAuthenticator",
        cda.time(facts.written_at, tag="time"),
        part("signatureCode", code="S"),
        cda.assigned_entity(facts.who.acting, facts.structure),
    )


def _order(order: Code) -> Part:
    return part("inFulfillmentOf", part("order", cda.identifier(order.system, order.code or None)))


def _act(facts: Facts, body: Body, code: Code) -> Part:
    event = part(
        "serviceEvent",
        cda.coded("code", code),
        _duration(facts, body),
        cda.performer(body.act.performer or facts.who.author, facts.structure),
    )
    return part("documentationOf", event)


def _replacement(unique_id: str) -> Part:
    root, _, extension = unique_id.partition("^")
    return part("relatedDocument", part("parentDocument", cda.identifier(root, extension or None)), typeCode="RPLC")


def _consent(code: Code) -> Part:
    consent = part("consent", cda.coded("code", code), cda.status("completed"), classCode="CONS", moodCode="EVN")
    return part("authorization", consent, typeCode="AUTH")


def _encounter(facts: Facts, body: Body) -> Part:
    place = part("healthCareFacility", cda.coded("code", value_set("J02").code(facts.structure.sector)))
    encounter = part(
        "encompassingEncounter",
        cda.coded("code", value_set("J142").code(facts.encounter)),
        _duration(facts, body),
        part("location", place),
    )
    return part("componentOf", encounter)


def _duration(facts: Facts, body: Body) -> Part:
    stop = body.act.stop
    return cda.interval(facts.local(body.act.start), facts.local(stop) if stop else None)
