"""HL7 v3 of the DMP's record management: the question PRPA_IN201307UV02, the patient of its answer PRPA_IN201308UV02.

TD0.2 and TD1.3a share both messages; a reason code tells them apart. Source: official message examples of the DMP
(`dmp_protocol.md` sections 4.1, 4.2).
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from lxml import etree
from pydantic import Field

from dmp_core import xml
from dmp_core.dmp import answers
from dmp_core.dmp.answers import HL7
from dmp_core.errors import AnswerForeign, AnswerUnreadable
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.model.oids import DMP_DEVICE, GDP_REASON
from dmp_core.model.software import Software
from dmp_core.xml import Element

ACTION: Final = "urn:hl7-org:v3:PRPA_IN201307UV02"
REPLY_ACTION: Final = "urn:hl7-org:v3:PRPA_IN201308UV02"
_INTERACTIONS: Final = "2.16.840.1.113883.1.6"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


class DmpTraits(HealthModel):
    """The patient's traits as the DMP holds them, raw, to compare with those of the host (SC.DMP/CONF.02)."""

    birth_name: str | None = Field(default=None, repr=False)
    used_name: str | None = Field(default=None, repr=False)
    given_names: tuple[str, ...] = Field(default=(), repr=False)
    sex: str | None = Field(default=None, repr=False, description="code of administrativeGenderCode")
    birth_date: str | None = Field(default=None, repr=False, description="HL7 TS, yyyyMMdd")


def question(
    reason: str, label: str, ins: Ins, software: Software, *, message_id: UUID, query_id: UUID, at: datetime
) -> Element:
    """PRPA_IN201307UV02 about `ins`, asked for `reason`; `at` is written in its own time zone."""
    body = etree.Element(f"{{{HL7}}}PRPA_IN201307UV02", {"ITSVersion": "XML_1.0"}, {"v3": HL7, "xsi": _XSI})
    _add(body, "id", root=f"{software.oid}.1.1", extension=str(message_id))
    _add(body, "creationTime", value=at.strftime("%Y%m%d%H%M%S"))
    _add(body, "interactionId", root=_INTERACTIONS, extension="PRPA_IN201307UV02")
    _add(body, "processingCode", code="D")
    _add(body, "processingModeCode", code="T")
    _add(body, "acceptAckCode", code="AL")
    _add_device(body, "receiver", "RCV", DMP_DEVICE, "DMP")
    _add_device(body, "sender", "SND", software.oid, software.name)
    _add(body, "attentionLine").set(f"{{{_XSI}}}nil", "true")
    act = _add(body, "controlActProcess", classCode="CACT", moodCode="EVN")
    _add(act, "reasonCode", code=reason, codeSystem=GDP_REASON, displayName=label)
    query = _add(act, "queryByParameter")
    _add(query, "queryId", root=f"{software.oid}.2", extension=str(query_id))
    _add(query, "statusCode", code="new")
    parameters = _add(query, "parameterList")
    _add(parameters, "dataSource").set(f"{{{_XSI}}}nil", "true")
    identifier = _add(parameters, "patientIdentifier")
    _add(identifier, "value", root=ins.oid, extension=ins.value)
    _add(identifier, "semanticsText").text = "Patient.id"
    return body


def _add(parent: Element, tag: str, /, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{HL7}}}{tag}", attributes)


def _add_device(body: Element, tag: str, type_code: str, oid: str, name: str) -> None:
    device = _add(_add(body, tag, typeCode=type_code), "device", classCode="DEV", determinerCode="INSTANCE")
    _add(device, "id", root=oid)
    _add(device, "softwareName").text = name


def patient(body: Element, *, ins: Ins, query_id: UUID, message_id: UUID | None = None) -> Element | None:
    """The one `patient` of an answer, which is that of `ins`; None where there is no record of theirs.

    `message_id`: the id of the question, which the acknowledgement names; None where it is not known any more.

    Raises the DmpRefusal of a negative acknowledgement, AnswerForeign (other query or patient), AnswerUnreadable.
    """
    if body.tag != f"{{{HL7}}}PRPA_IN201308UV02":
        raise AnswerForeign("no answer about a record")
    answers.acknowledgement(body)
    if message_id is not None and not answers.target_messages(body) <= {str(message_id)}:
        raise AnswerForeign("the answer acknowledges another message")
    act = body.find(f"{{{HL7}}}controlActProcess")
    queries = [] if act is None else children(act, "queryAck")
    if act is None or len(queries) != 1:
        raise AnswerUnreadable(f"{len(queries)} queryAck, 1 expected")
    query = queries[0]
    if attribute(query, "queryId", "extension").lower() != str(query_id):
        raise AnswerForeign("the answer is to another query")
    code = attribute(query, "queryResponseCode", "code")
    found = list(act.iterfind(f"{{{HL7}}}subject/{{{HL7}}}registrationEvent/{{{HL7}}}subject1/{{{HL7}}}patient"))
    if code == "NF":
        if found:
            raise AnswerUnreadable("no record, and a patient beside")
        return None
    if code != "OK":
        raise answers.refusal(code, "")
    return _only_patient(found, ins)


def _only_patient(found: list[Element], ins: Ins) -> Element:
    if len(found) != 1:
        raise AnswerUnreadable(f"{len(found)} patients, 1 expected")
    if (ins.oid, ins.value) not in _identifiers(found[0]):
        raise AnswerForeign("the answer is about another patient")
    return found[0]


def _identifiers(of: Element) -> list[tuple[str, str]]:
    return [(each.get("root", ""), each.get("extension", "")) for each in children(of, "id")]


def cx_identifiers(of: Element) -> tuple[str, ...]:
    """CX of each identifier of a patient, the history of the INS included."""
    return tuple(f"{extension}^^^&{root}&ISO^NH" for root, extension in _identifiers(of))


def is_open(of: Element) -> bool:
    """False where the patient's record is closed. Raises AnswerUnreadable for a status that is neither."""
    status = attribute(of, "statusCode", "code")
    if status not in ("active", "terminated"):
        raise AnswerUnreadable("the status of the record is unknown")
    return status == "active"


def person(of: Element) -> Element:
    """The `patientPerson` of a patient, or the patient where it has none."""
    found = of.find(f"{{{HL7}}}patientPerson")
    return of if found is None else found


def traits(of: Element) -> DmpTraits:
    """The traits of a patient. Raises XmlRefused where markup splits a name."""
    who = person(of)
    names = children(who, "name")
    families = [each for name in names for each in children(name, "family")]
    return DmpTraits(
        birth_name=_first(families, "BR") or _first(families, ""),
        used_name=_first(families, "SP") or _first(families, "CL"),
        given_names=tuple(dict.fromkeys(xml.text_of(each) for name in names for each in children(name, "given"))),
        sex=attribute(who, "administrativeGenderCode", "code") or None,
        birth_date=attribute(who, "birthTime", "value") or None,
    )


def _first(families: list[Element], qualifier: str) -> str | None:
    """The first family name with that qualifier; '' asks for one without any."""
    return next((xml.text_of(each) for each in families if qualifier in each.get("qualifier", "").split(" ")), None)


def flags(of: Element) -> dict[str, bool]:
    """The yes and no of a patient's record, by the code of each administrativeObservation."""
    found: dict[str, bool] = {}
    for observation in of.iter(f"{{{HL7}}}administrativeObservation"):
        code = attribute(observation, "code", "code")
        value = boolean(attribute(observation, "value", "value"))
        if code and value is not None:
            found.setdefault(code, value)
    return found


def children(element: Element, name: str) -> list[Element]:
    """The children of that local name."""
    return list(xml.children(element, f"{{{HL7}}}{name}"))


def attribute(element: Element, name: str, attribute_name: str) -> str:
    """An attribute of the first child `name`, '' where either is missing."""
    child = element.find(f"{{{HL7}}}{name}")
    return "" if child is None else child.get(attribute_name, "").strip()


def boolean(text: str | None) -> bool | None:
    """An xs:boolean; None for anything else."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text or "")
