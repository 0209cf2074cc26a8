"""The `patient` of the GDP answers (`dmp_protocol.md` 4.2): traits and options, or all administrative data.

How TD1.3a tells whom to warn apart from a legal representative is in no public example: both are a
`personalRelationship`, the former with the code `ECON`.
"""

from typing import Final

from dmp_core.simulator.markup import HL7, XSI, Maker
from dmp_core.simulator.patients import PatientRecord, Postal, RecordState, Relation
from dmp_core.xml import Element

ROLE_CODE: Final = "2.16.840.1.113883.1.11.19579"  # FTH, MTH, SPS...: in the official example
_ROLE_CLASS: Final = "2.16.840.1.113883.5.110"  # ECON
_GENDER: Final = "2.16.840.1.113883.5.1"
_INTERNET_ACCOUNT: Final = "1.2.250.1.213.4.1.2.9"
_RECORD_OPTIONS: Final = "1.2.250.1.213.4.1.2.3"
_TO_WARN: Final = "ECON"

_HL7: Final = Maker(HL7)


def existence(record: PatientRecord) -> Element:
    """For TD0.2."""
    person = _HL7(
        "patientPerson",
        {"classCode": "PSN", "determinerCode": "INSTANCE"},
        _name(record),
        *_telecoms(record.telecoms),
        _HL7("administrativeGenderCode", {"code": record.sex, "codeSystem": _GENDER}),
        _HL7("birthTime", {"value": record.birth_date}),
    )
    account = _option("COMPTE_INTERNET_OUVERT", _INTERNET_ACCOUNT, record.internet_account)
    attached = _option("RATTACHEMENT_ENS", _RECORD_OPTIONS, record.attached_to_ens)
    return _patient(record, person, account, attached, *_oppositions(record))


def administrative(record: PatientRecord) -> Element:
    """For TD1.3a."""
    place = _HL7("addr", None, _HL7("county", None, record.birth_place_code) if record.birth_place_code else None)
    person = _HL7(
        "patientPerson",
        {"classCode": "PSN", "determinerCode": "INSTANCE"},
        _name(record),
        *_telecoms(record.telecoms),
        _HL7("administrativeGenderCode", {"code": record.sex, "codeSystem": _GENDER}),
        _HL7("birthTime", {"value": record.birth_date}),
        _HL7("deceasedInd", {"value": "false"}),
        _address(record.address) if record.address else None,
        *[_relation(relation) for relation in record.relations],
        _HL7("birthPlace", {"classCode": "BIRTHPL"}, place),
    )
    return _patient(record, person, *_oppositions(record))


def boolean(value: bool) -> Element:
    return _HL7("value", {f"{{{XSI}}}type": "BL", "value": "true" if value else "false"})


def _patient(record: PatientRecord, person: Element, *options: Element) -> Element:
    closed = record.state is RecordState.CLOSED
    return _HL7(
        "patient",
        {"classCode": "PAT"},
        *[_HL7("id", {"root": cx.split("&")[1], "extension": cx.partition("^")[0]}) for cx in record.ins],
        _HL7("statusCode", {"code": "terminated" if closed else "active"}),
        person,
        *options,
    )


def _name(record: PatientRecord) -> Element:
    return _HL7(
        "name",
        None,
        _HL7("prefix", None, record.civility) if record.civility else None,
        _HL7("given", None, record.used_given or record.birth_given),
        _HL7("family", {"qualifier": "SP"}, record.used_name) if record.used_name else None,
        _HL7("family", {"qualifier": "BR"}, record.birth_name),
    )


def _oppositions(record: PatientRecord) -> tuple[Element, Element]:
    return (
        _option("OPPOSITION_BRIS_DE_GLACE", _RECORD_OPTIONS, record.opposes_bris_de_glace),
        _option("OPPOSITION_ACCES_URGENCE", _RECORD_OPTIONS, record.opposes_centre_15),
    )


def _option(code: str, system: str, value: bool) -> Element:
    observation = _HL7(
        "administrativeObservation",
        {"classCode": "OBS", "moodCode": "EVN"},
        _HL7("code", {"code": code, "codeSystem": system}),
        boolean(value),
    )
    return _HL7("subjectOf", {"typeCode": "SBJ"}, observation)


def _telecoms(addresses: tuple[str, ...]) -> list[Element]:
    return [_HL7("telecom", {"value": address}) for address in addresses]


def _address(address: Postal) -> Element:
    return _HL7(
        "addr",
        None,
        *[_HL7("streetAddressLine", None, line) for line in address.lines],
        _HL7("postalCode", None, address.postal_code) if address.postal_code else None,
        _HL7("city", None, address.city) if address.city else None,
    )


def _relation(relation: Relation) -> Element:
    system = _ROLE_CLASS if relation.code == _TO_WARN else ROLE_CODE
    name = _HL7(
        "name",
        None,
        _HL7("given", None, relation.given) if relation.given else None,
        _HL7("family", None, relation.family),
    )
    return _HL7(
        "personalRelationship",
        {"classCode": "PRS"},
        _HL7("code", {"code": relation.code, "codeSystem": system}),
        _address(relation.address) if relation.address else None,
        *_telecoms(relation.telecoms),
        _HL7("relationshipHolder1", {"classCode": "PSN", "determinerCode": "INSTANCE"}, name),
    )
