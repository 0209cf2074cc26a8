"""TD0.2, does this patient have a DMP and may we read it: HL7 v3 PRPA_IN201307UV02, answered by PRPA_IN201308UV02."""

from datetime import datetime
from typing import Final
from uuid import UUID

from lxml import etree
from pydantic import Field

from dmp_core import xml
from dmp_core.dmp import answers
from dmp_core.dmp.answers import HL7
from dmp_core.dmp.soap import Answer, Message
from dmp_core.errors import AnswerForeign, AnswerUnreadable, XmlRefused
from dmp_core.model.document import RecordStatus
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.model.oids import DMP_DEVICE, GDP_REASON
from dmp_core.model.software import Software
from dmp_core.xml import Element

TRANSACTION: Final = "TD0.2"
ACTION: Final = "urn:hl7-org:v3:PRPA_IN201307UV02"
REPLY_ACTION: Final = "urn:hl7-org:v3:PRPA_IN201308UV02"
_INTERACTIONS: Final = "2.16.840.1.113883.1.6"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

# VALIDE is in the official example; the spelling of the others on the wire is uncertain [U], as a connector's
# documentation has it. Any other code is NOT_AUTHORISED, and stays readable in `Existence.authorisation`.
AUTHORISATIONS: Final[dict[str, RecordStatus]] = {
    "VALIDE": RecordStatus.AUTHORISED,
    "EXPIRE": RecordStatus.EXPIRED,
    "INTERDIT": RecordStatus.BLOCKED,
    "NON_EXISTE": RecordStatus.NOT_AUTHORISED,
}


class DmpTraits(HealthModel):
    """The patient's traits as the DMP holds them, raw, to compare with those of the host (SC.DMP/CONF.02)."""

    birth_name: str | None = Field(default=None, repr=False)
    used_name: str | None = Field(default=None, repr=False)
    given_names: tuple[str, ...] = Field(default=(), repr=False)
    sex: str | None = Field(default=None, repr=False, description="code of administrativeGenderCode")
    birth_date: str | None = Field(default=None, repr=False, description="HL7 TS, yyyyMMdd")


class Existence(HealthModel):
    """What TD0.2 says. Where the DMP is absent, only `status` is set."""

    status: RecordStatus
    authorisation: str | None = Field(default=None, description="the DMP's own code")
    medecin_traitant: bool | None = None
    ins: tuple[str, ...] = Field(default=(), repr=False, description="CX of each identifier, history included")
    traits: DmpTraits | None = Field(default=None, repr=False)
    ens_attached: bool | None = Field(default=None, description="Mon espace santé is open")


def build(ins: Ins, software: Software, *, message_id: UUID, query_id: UUID, at: datetime) -> Message:
    """The question about `ins`; `at` is written in its own time zone."""
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
    _add(act, "reasonCode", code="TEST_EXST", codeSystem=GDP_REASON, displayName="Test d'existence de dossier")
    query = _add(act, "queryByParameter")
    _add(query, "queryId", root=f"{software.oid}.2", extension=str(query_id))
    _add(query, "statusCode", code="new")
    parameters = _add(query, "parameterList")
    _add(parameters, "dataSource").set(f"{{{_XSI}}}nil", "true")
    identifier = _add(parameters, "patientIdentifier")
    _add(identifier, "value", root=ins.oid, extension=ins.value)
    _add(identifier, "semanticsText").text = "Patient.id"
    return Message(TRANSACTION, "patients", ACTION, REPLY_ACTION, body)


def _add(parent: Element, tag: str, /, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{HL7}}}{tag}", attributes)


def _add_device(body: Element, tag: str, type_code: str, oid: str, name: str) -> None:
    device = _add(_add(body, tag, typeCode=type_code), "device", classCode="DEV", determinerCode="INSTANCE")
    _add(device, "id", root=oid)
    _add(device, "softwareName").text = name


def read(answer: Answer, *, ins: Ins, query_id: UUID) -> Existence:
    """What the DMP says of `ins`.

    Raises the DmpRefusal of a negative acknowledgement, AnswerForeign (other query or patient), AnswerUnreadable.
    """
    if answer.body.tag != f"{{{HL7}}}PRPA_IN201308UV02":
        raise AnswerForeign("no answer to TD0.2")
    answers.acknowledgement(answer.body)
    act = answer.body.find(f"{{{HL7}}}controlActProcess")
    query = None if act is None else act.find(f"{{{HL7}}}queryAck")
    if act is None or query is None:
        raise AnswerUnreadable("an answer without queryAck")
    if _attribute(query, "queryId", "extension").lower() != str(query_id):
        raise AnswerForeign("the answer is to another query")
    code = _attribute(query, "queryResponseCode", "code")
    if code == "NF":
        return Existence(status=RecordStatus.ABSENT)
    if code != "OK":
        raise answers.refusal(code, "")
    try:
        return _existence(answer.body, act, ins)
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None


def _existence(body: Element, act: Element, ins: Ins) -> Existence:
    patients = list(act.iterfind(f"{{{HL7}}}subject/{{{HL7}}}registrationEvent/{{{HL7}}}subject1/{{{HL7}}}patient"))
    if len(patients) != 1:
        raise AnswerUnreadable(f"{len(patients)} patients, 1 expected")
    patient = patients[0]
    identifiers = [(each.get("root", ""), each.get("extension", "")) for each in _children(patient, "id")]
    if (ins.oid, ins.value) not in identifiers:
        raise AnswerForeign("the answer is about another patient")
    authorisation = _line(body, "AUTORISATION", "code")
    return Existence(
        status=_status(_attribute(patient, "statusCode", "code"), authorisation),
        authorisation=authorisation,
        medecin_traitant=_boolean(_line(body, "STATUT_MT", "value")),
        ins=tuple(f"{extension}^^^&{root}&ISO^NH" for root, extension in identifiers),
        traits=_traits(patient),
        ens_attached=_boolean(_observation(patient, "RATTACHEMENT_ENS")),
    )


def _status(record: str, authorisation: str | None) -> RecordStatus:
    if record == "terminated":
        return RecordStatus.CLOSED
    if record != "active":
        raise AnswerUnreadable("the status of the record is unknown")
    return AUTHORISATIONS.get(authorisation or "", RecordStatus.NOT_AUTHORISED)


def _line(body: Element, keyword: str, attribute: str) -> str | None:
    """The value of the attentionLine whose keyword is `keyword`."""
    for line in _children(body, "attentionLine"):
        if _attribute(line, "keyWordText", "code") == keyword:
            return _attribute(line, "value", attribute) or None
    return None


def _observation(patient: Element, code: str) -> str | None:
    for observation in patient.iter(f"{{{HL7}}}administrativeObservation"):
        if _attribute(observation, "code", "code") == code:
            return _attribute(observation, "value", "value") or None
    return None


def _traits(patient: Element) -> DmpTraits:
    found = patient.find(f"{{{HL7}}}patientPerson")
    person = patient if found is None else found
    names = list(_children(person, "name"))
    families = [each for name in names for each in _children(name, "family")]
    return DmpTraits(
        birth_name=_first(families, "BR") or _first(families, ""),
        used_name=_first(families, "SP") or _first(families, "CL"),
        given_names=tuple(dict.fromkeys(xml.text_of(each) for name in names for each in _children(name, "given"))),
        sex=_attribute(person, "administrativeGenderCode", "code") or None,
        birth_date=_attribute(person, "birthTime", "value") or None,
    )


def _first(families: list[Element], qualifier: str) -> str | None:
    """The first family name with that qualifier; '' asks for one without any."""
    return next((xml.text_of(each) for each in families if qualifier in each.get("qualifier", "").split(" ")), None)


def _children(element: Element, name: str) -> list[Element]:
    return list(xml.children(element, f"{{{HL7}}}{name}"))


def _attribute(element: Element, name: str, attribute: str) -> str:
    """An attribute of the first child `name`, '' where either is missing."""
    child = element.find(f"{{{HL7}}}{name}")
    return "" if child is None else child.get(attribute, "").strip()


def _boolean(text: str | None) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(text or "")
