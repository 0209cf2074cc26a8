"""TD0.2 (does this patient have a DMP, may the caller look inside?) and TD1.3a (what the DMP knows of the patient).

One question and one answer of HL7 v3, PRPA_IN201307UV02 and IN201308UV02; the reasonCode tells which.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from dmp_core.errors import XmlRefused
from dmp_core.model.oids import DMP_DEVICE, GDP_REASON
from dmp_core.simulator import gdp_patient
from dmp_core.simulator.authorisations import Access
from dmp_core.simulator.faults import UNKNOWN_PATIENT, fault
from dmp_core.simulator.gdp_patient import boolean
from dmp_core.simulator.markup import HL7, XSI, Maker
from dmp_core.simulator.patients import PatientRecord, RecordState
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.xml import Element, text_of

ACTION: Final = "urn:hl7-org:v3:PRPA_IN201307UV02"
REPLY_ACTION: Final = "urn:hl7-org:v3:PRPA_IN201308UV02"
_TYPE: Final = f"{{{XSI}}}type"
_INTERACTIONS: Final = "2.16.840.1.113883.1.6"
_AUTHORISATION: Final = "1.2.250.1.213.4.1.2.6.1"
_AUTHORISATION_VALUES: Final = "1.2.250.1.213.4.1.2.6.2"
_MEDECIN_TRAITANT: Final = "1.2.250.1.213.4.1.2.6.3"
_HEADER: Final = {"processingCode": "D", "processingModeCode": "T", "acceptAckCode": "AL"}

_HL7: Final = Maker(HL7)
Id = tuple[str, str]


class Asked(StrEnum):
    """The reasonCode: TD0.2 or TD1.3a."""

    EXISTENCE = "TEST_EXST"
    DATA = "CNSLT_DATA"


_LABELS: Final = {Asked.DATA: "Consultation des données de gestion de dossier"}


@dataclass(frozen=True, slots=True)
class GdpQuery:
    """What is asked. Ids as (root, extension); `patient` is the CX of the INS."""

    asked: Asked
    message_id: Id
    sender: Id
    query_id: Id
    patient: str = field(repr=False)


def asked(body: Element) -> Asked:
    """Which of the two it is; TD0.2 where the message does not say."""
    reason = body.find(f"{{{HL7}}}controlActProcess/{{{HL7}}}reasonCode")
    return Asked.DATA if reason is not None and reason.get("code") == Asked.DATA else Asked.EXISTENCE


def read_query(body: Element) -> GdpQuery:
    """The question in a `PRPA_IN201307UV02`. Raises Refused, a SOAP fault naming the element.

    The empty `attentionLine` and `dataSource` of the official example are not asked for (`dmp_protocol.md` 12).
    """
    try:
        return _read(body)
    except XmlRefused as error:
        raise _malformed("balisage inattendu dans une valeur") from error


def _read(body: Element) -> GdpQuery:
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
    if reason.get("code") not in list(Asked) or reason.get("codeSystem") != GDP_REASON:
        raise _malformed("reasonCode : seuls TEST_EXST et CNSLT_DATA sont simulés")
    query = _one(process, "queryByParameter")
    identifier = _one(query, "parameterList/patientIdentifier")
    if text_of(_one(identifier, "semanticsText")) != "Patient.id" or _one(query, "statusCode").get("code") != "new":
        raise _malformed("queryByParameter")
    root, extension = _id(identifier, "value")
    return GdpQuery(
        asked=Asked(reason.get("code", "")),
        message_id=_id(body, "id"),
        sender=_id(body, "sender/device/id"),
        query_id=_id(query, "queryId"),
        patient=f"{extension}^^^&{root}&ISO^NH",
    )


def existence_answer(
    query: GdpQuery,
    record: PatientRecord | None,
    access: Access,
    *,
    medecin_traitant: bool = False,
    message_id: str,
    at: datetime,
) -> Element:
    """TD0.2: `NF` without a record, else status, traits, options and the caller's authorisation."""
    found = record if record is not None and record.state is not RecordState.ABSENT else None
    attention = [
        _attention("AUTORISATION", _AUTHORISATION, _authorisation(access)),
        _attention("STATUT_MT", _MEDECIN_TRAITANT, boolean(medecin_traitant)),
    ]
    patient = gdp_patient.existence(found) if found else None
    return _message(query, message_id, at, attention if found else [], "AA", [], _control_act(query, patient))


def data_answer(query: GdpQuery, record: PatientRecord, *, message_id: str, at: datetime) -> Element:
    """TD1.3a: traits, contacts, whom to warn, legal representatives, oppositions."""
    act = _control_act(query, gdp_patient.administrative(record))
    return _message(query, message_id, at, [], "AA", [], act)


def refusal(query: GdpQuery, reasons: tuple[Reason, ...], *, message_id: str, at: datetime) -> Element:
    """An acknowledgement `AE` with every reason; `NF` where there is no record."""
    if reasons[0].code == UNKNOWN_PATIENT:
        return _message(query, message_id, at, [], "AA", [], _control_act(query, None))
    details = [
        _HL7(
            "acknowledgementDetail",
            {"typeCode": "E"},
            _HL7("code", {"code": reason.code}),
            _HL7("text", None, reason.text),
        )
        for reason in reasons
    ]
    return _message(query, message_id, at, [], "AE", details, _control_act(query, None, response="AE"))


def _message(
    query: GdpQuery,
    message_id: str,
    at: datetime,
    attention: list[Element],
    acknowledgement: str,
    details: list[Element],
    control_act: Element,
) -> Element:
    target = _HL7("targetMessage", None, _written("id", query.message_id))
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
        *attention,
        _HL7("acknowledgement", {"typeCode": acknowledgement}, target, *details),
        control_act,
    )


def _control_act(query: GdpQuery, patient: Element | None, *, response: str = "") -> Element:
    """The reasonCode is echoed by TD1.3a alone, as in the examples."""
    reason = {"code": str(query.asked), "codeSystem": GDP_REASON, "displayName": _LABELS.get(query.asked, "")}
    answer = _HL7(
        "queryAck",
        None,
        _written("queryId", query.query_id),
        _HL7("queryResponseCode", {"code": response or ("OK" if patient is not None else "NF")}),
    )
    return _HL7(
        "controlActProcess",
        {"classCode": "CACT", "moodCode": "EVN"},
        _HL7("reasonCode", reason) if query.asked is Asked.DATA else None,
        _registration(query, patient) if patient is not None else None,
        answer,
    )


def _registration(query: GdpQuery, patient: Element) -> Element:
    custodian = _HL7("assignedEntity", {"classCode": "ASSIGNED"}, _HL7("id", {"root": DMP_DEVICE}))
    status = "completed" if query.asked is Asked.DATA else "active"
    event = _HL7(
        "registrationEvent",
        {"classCode": "REG", "moodCode": "EVN"},
        _HL7("statusCode", {"code": status}),
        _HL7("subject1", {"typeCode": "SBJ"}, patient),
        _HL7("custodian", {"typeCode": "CST"}, custodian),
    )
    return _HL7("subject", {"typeCode": "SUBJ"}, event)


def _attention(code: str, system: str, value: Element) -> Element:
    return _HL7("attentionLine", None, _HL7("keyWordText", {"code": code, "codeSystem": system}), value)


def _authorisation(access: Access) -> Element:
    return _HL7("value", {_TYPE: "CV", "code": str(access), "codeSystem": _AUTHORISATION_VALUES})


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
    return fault("DMPInvalidMessage", f"Message TD0.2 ou TD1.3a invalide : {what}")
