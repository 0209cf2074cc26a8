"""TD0.2: does this patient have a DMP, and may the caller look inside? HL7 v3 PRPA_IN201307UV02 and IN201308UV02."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dmp_core.errors import XmlRefused
from dmp_core.model.oids import DMP_DEVICE, GDP_REASON
from dmp_core.simulator.faults import fault
from dmp_core.simulator.markup import HL7, XSI, Maker
from dmp_core.simulator.patients import Access, PatientRecord, RecordState
from dmp_core.simulator.reasons import Refused
from dmp_core.xml import Element, text_of

ACTION: Final = "urn:hl7-org:v3:PRPA_IN201307UV02"
REPLY_ACTION: Final = "urn:hl7-org:v3:PRPA_IN201308UV02"
_TYPE: Final = f"{{{XSI}}}type"
_INTERACTIONS: Final = "2.16.840.1.113883.1.6"
_AUTHORISATION: Final = "1.2.250.1.213.4.1.2.6.1"
_AUTHORISATION_VALUES: Final = "1.2.250.1.213.4.1.2.6.2"
_MEDECIN_TRAITANT: Final = "1.2.250.1.213.4.1.2.6.3"
_INTERNET_ACCOUNT: Final = "1.2.250.1.213.4.1.2.9"
_RECORD_OPTIONS: Final = "1.2.250.1.213.4.1.2.3"
_HEADER: Final = {"processingCode": "D", "processingModeCode": "T", "acceptAckCode": "AL"}

_HL7: Final = Maker(HL7)
Id = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExistenceQuery:
    """What TD0.2 asks. Ids as (root, extension); `patient` is the CX of the INS."""

    message_id: Id
    sender: Id
    query_id: Id
    patient: str = field(repr=False)


def read_existence_query(body: Element) -> ExistenceQuery:
    """The question in a `PRPA_IN201307UV02`. Raises Refused, a SOAP fault naming the element.

    The empty `attentionLine` and `dataSource` of the official example are not asked for (`dmp_protocol.md` 12).
    """
    try:
        return _read(body)
    except XmlRefused as error:
        raise _malformed("balisage inattendu dans une valeur") from error


def _read(body: Element) -> ExistenceQuery:
    if body.tag != f"{{{HL7}}}PRPA_IN201307UV02" or body.get("ITSVersion") != "XML_1.0":
        raise _malformed("PRPA_IN201307UV02 en XML_1.0 attendu")
    if _id(body, "interactionId") != (_INTERACTIONS, "PRPA_IN201307UV02"):
        raise _malformed("interactionId")
    for name, code in _HEADER.items():
        if _one(body, name).get("code") != code:
            raise _malformed(name)
    try:
        datetime.strptime(_one(body, "creationTime").get("value", ""), "%Y%m%d%H%M%S")  # noqa: DTZ007 - form only
    except ValueError:
        raise _malformed("creationTime") from None
    if _id(body, "receiver/device/id")[0] != DMP_DEVICE:
        raise _malformed("receiver")
    process = _one(body, "controlActProcess")
    reason = _one(process, "reasonCode")
    if (reason.get("code"), reason.get("codeSystem")) != ("TEST_EXST", GDP_REASON):
        raise _malformed("reasonCode : seul TEST_EXST est simulé")
    query = _one(process, "queryByParameter")
    identifier = _one(query, "parameterList/patientIdentifier")
    if text_of(_one(identifier, "semanticsText")) != "Patient.id" or _one(query, "statusCode").get("code") != "new":
        raise _malformed("queryByParameter")
    root, extension = _id(identifier, "value")
    return ExistenceQuery(
        message_id=_id(body, "id"),
        sender=_id(body, "sender/device/id"),
        query_id=_id(query, "queryId"),
        patient=f"{extension}^^^&{root}&ISO^NH",
    )


def existence_answer(
    query: ExistenceQuery, record: PatientRecord | None, access: Access, *, message_id: str, at: datetime
) -> Element:
    """`PRPA_IN201308UV02`: `NF` without a record, else status, traits, options and the caller's authorisation."""
    found = record is not None and record.state is not RecordState.ABSENT
    return _HL7(
        "PRPA_IN201308UV02",
        {"ITSVersion": "XML_1.0"},
        _HL7("id", {"root": f"{DMP_DEVICE}.1", "extension": message_id}),
        _HL7("creationTime", {"value": at.strftime("%Y%m%d%H%M%S")}),
        _HL7("interactionId", {"root": _INTERACTIONS, "extension": "PRPA_IN201308UV02"}),
        _HL7("processingCode", {"code": "P"}),
        _HL7("processingModeCode", {"code": "T"}),
        _HL7("acceptAckCode", {"code": "NE"}),
        _party("receiver", "RCV", query.sender, ""),
        _party("sender", "SND", (DMP_DEVICE, ""), "DMP"),
        _attention("AUTORISATION", _AUTHORISATION, _authorisation(access)) if found else None,
        _attention("STATUT_MT", _MEDECIN_TRAITANT, _boolean(False)) if found else None,
        _HL7("acknowledgement", {"typeCode": "AA"}, _HL7("targetMessage", None, _written("id", query.message_id))),
        _control_act(query, record if found else None),
    )


def _control_act(query: ExistenceQuery, record: PatientRecord | None) -> Element:
    answer = _HL7(
        "queryAck",
        None,
        _written("queryId", query.query_id),
        _HL7("queryResponseCode", {"code": "OK" if record else "NF"}),
    )
    return _HL7(
        "controlActProcess",
        {"classCode": "CACT", "moodCode": "EVN"},
        _registration(record) if record else None,
        answer,
    )


def _registration(record: PatientRecord) -> Element:
    custodian = _HL7("assignedEntity", {"classCode": "ASSIGNED"}, _HL7("id", {"root": DMP_DEVICE}))
    event = _HL7(
        "registrationEvent",
        {"classCode": "REG", "moodCode": "EVN"},
        _HL7("statusCode", {"code": "active"}),
        _HL7("subject1", {"typeCode": "SBJ"}, _patient(record)),
        _HL7("custodian", {"typeCode": "CST"}, custodian),
    )
    return _HL7("subject", {"typeCode": "SUBJ"}, event)


def _patient(record: PatientRecord) -> Element:
    closed = record.state is RecordState.CLOSED
    person = _HL7(
        "patientPerson",
        {"classCode": "PSN", "determinerCode": "INSTANCE"},
        _HL7(
            "name",
            None,
            _HL7("given", None, record.used_given or record.birth_given),
            _HL7("family", {"qualifier": "SP"}, record.used_name) if record.used_name else None,
            _HL7("family", {"qualifier": "BR"}, record.birth_name),
        ),
        _HL7("administrativeGenderCode", {"code": record.sex, "codeSystem": "2.16.840.1.113883.5.1"}),
        _HL7("birthTime", {"value": record.birth_date}),
    )
    options = (
        ("COMPTE_INTERNET_OUVERT", _INTERNET_ACCOUNT, record.internet_account),
        ("RATTACHEMENT_ENS", _RECORD_OPTIONS, record.attached_to_ens),
        ("OPPOSITION_BRIS_DE_GLACE", _RECORD_OPTIONS, record.opposes_bris_de_glace),
        ("OPPOSITION_ACCES_URGENCE", _RECORD_OPTIONS, record.opposes_centre_15),
    )
    return _HL7(
        "patient",
        {"classCode": "PAT"},
        *[_HL7("id", {"root": cx.split("&")[1], "extension": cx.partition("^")[0]}) for cx in record.ins],
        _HL7("statusCode", {"code": "terminated" if closed else "active"}),
        person,
        *[_option(code, system, value) for code, system, value in options],
    )


def _option(code: str, system: str, value: bool) -> Element:
    observation = _HL7(
        "administrativeObservation",
        {"classCode": "OBS", "moodCode": "EVN"},
        _HL7("code", {"code": code, "codeSystem": system}),
        _boolean(value),
    )
    return _HL7("subjectOf", {"typeCode": "SBJ"}, observation)


def _attention(code: str, system: str, value: Element) -> Element:
    return _HL7("attentionLine", None, _HL7("keyWordText", {"code": code, "codeSystem": system}), value)


def _authorisation(access: Access) -> Element:
    return _HL7("value", {_TYPE: "CV", "code": str(access), "codeSystem": _AUTHORISATION_VALUES})


def _boolean(value: bool) -> Element:
    return _HL7("value", {_TYPE: "BL", "value": "true" if value else "false"})


def _party(name: str, code: str, identifier: Id, software: str) -> Element:
    device = _HL7(
        "device",
        {"classCode": "DEV", "determinerCode": "INSTANCE"},
        _written("id", identifier),
        _HL7("softwareName", None, software) if software else None,
    )
    return _HL7(name, {"typeCode": code}, device)


def _written(name: str, identifier: Id) -> Element:
    root, extension = identifier
    return _HL7(name, {"root": root} | ({"extension": extension} if extension else {}))


def _one(parent: Element, path: str) -> Element:
    found = parent.findall("/".join(f"{{{HL7}}}{step}" for step in path.split("/")))
    if len(found) != 1:
        raise _malformed(path)
    return found[0]


def _id(parent: Element, path: str) -> Id:
    element = _one(parent, path)
    root = element.get("root", "")
    if not root:
        raise _malformed(path)
    return root, element.get("extension", "")


def _malformed(what: str) -> Refused:
    """The subcode is a placeholder: the DMP's own is not public."""
    return fault("DMPInvalidMessage", f"Message TD0.2 invalide : {what}")
