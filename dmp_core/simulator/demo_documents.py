"""Documents to look at in a new simulator: one for each section of a consultation, CDA R2 level 1, all fictitious.

They are written with code of the simulator's own, dated back from the day on which they are made.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from dmp_core.model.identity import Patient
from dmp_core.model.oids import (
    CI_SIS,
    HL7_ACT_CODE,
    HL7_CONFIDENTIALITY,
    HL7_FRANCE,
    HL7_GENDER,
    PS_IDNAT,
    STRUCT_IDNAT,
    XDS_SD,
)
from dmp_core.simulator import tiny_pdf
from dmp_core.simulator.markup import HL7, Maker
from dmp_core.simulator.patients import PatientRecord, Postal, Relation
from dmp_core.xml import Element, serialize

_HL7: Final = Maker(HL7)
_DMP: Final = "1.2.250.1.213.4.1"  # keeps what the patient deposits
_GENDERS: Final = {"F": "Féminin", "M": "Masculin"}
Coded = Sequence[str]  # code, label, nomenclature


@dataclass(frozen=True, slots=True)
class _Author:
    """Who wrote a document: `root` and `number` identify them, `structure` is '' for the patient."""

    root: str
    number: str
    family: str = field(repr=False)
    given: str = field(repr=False)
    specialty: Coded
    facility: Coded
    practice: Coded
    encounter: Coded
    structure: str = ""
    name: str = ""


def write(folder: Path, patient: Patient, *, at: datetime, uuid: Callable[[], UUID]) -> Path:
    """`folder`, with one CDA file for each document of the record of `patient`, whose INS is known."""
    folder.mkdir(parents=True, exist_ok=True)
    for rank, told in enumerate(_data()["documents"], start=1):
        document = _document(told, patient, at - timedelta(days=told["days"]), uuid)
        (folder / f"{rank:02}-{told['type'][0]}.xml").write_bytes(serialize(document))
    return folder


def with_contacts(record: PatientRecord) -> PatientRecord:
    """The record with what TD1.3a tells: an address, numbers, whom to warn."""
    told = _data()["contacts"]
    relations = tuple(Relation(**one | {"telecoms": tuple(one["telecoms"])}) for one in told["relations"])
    address = Postal(**told["address"] | {"lines": tuple(told["address"]["lines"])})
    return replace(record, address=address, telecoms=tuple(told["telecoms"]), relations=relations)


@cache
def _data() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("demo_record.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _document(told: dict[str, Any], patient: Patient, when: datetime, uuid: Callable[[], UUID]) -> Element:
    author, time = _author(told["author"], patient), when.strftime("%Y%m%d%H%M%S%z")
    kind = _code("code", *told["type"])
    return _HL7(
        "ClinicalDocument",
        None,
        _HL7("realmCode", {"code": "FR"}),
        _HL7("typeId", {"root": "2.16.840.1.113883.1.3", "extension": "POCD_HD000040"}),
        *[_HL7("templateId", {"root": root}) for root in (HL7_FRANCE, CI_SIS, XDS_SD)],
        _HL7("id", {"root": f"2.25.{uuid().int}"}),
        kind,
        _HL7("title", None, told["title"]),
        _HL7("effectiveTime", {"value": time}),
        _code("confidentialityCode", "N", "Normal", HL7_CONFIDENTIALITY),
        _HL7("languageCode", {"code": "fr-FR"}),
        _HL7("setId", {"root": f"2.25.{uuid().int}"}),
        _HL7("versionNumber", {"value": "1"}),
        _record_target(patient),
        _HL7("author", None, _HL7("time", {"value": time}), _assigned("assignedAuthor", author)),
        _custodian(author),
        _HL7(
            "legalAuthenticator",
            None,
            _HL7("time", {"value": time}),
            _HL7("signatureCode", {"code": "S"}),
            _assigned("assignedEntity", author),
        ),
        _service(told["type"], author, time),
        _encounter(author, time),
        _HL7("component", None, _HL7("nonXMLBody", None, _body(told))),
    )


def _author(name: str, patient: Patient) -> _Author:
    told = _data()["authors"][name]
    if "number" in told:
        return _Author(root=PS_IDNAT, **told)
    assert patient.ins is not None
    traits = patient.traits
    return _Author(
        root=patient.ins.oid,
        number=patient.ins.value,
        family=traits.birth_name,
        given=traits.first_birth_given_name,
        **told,
    )


def _record_target(patient: Patient) -> Element:
    assert patient.ins is not None
    traits = patient.traits
    name = _HL7(
        "name",
        None,
        _HL7("family", {"qualifier": "BR"}, traits.birth_name),
        _HL7("given", None, traits.birth_given_names),
        _HL7("given", {"qualifier": "BR"}, traits.first_birth_given_name),
    )
    county = _HL7("county", None, traits.birth_place_code or "99999")
    person = _HL7(
        "patient",
        None,
        name,
        _code("administrativeGenderCode", traits.sex, _GENDERS.get(traits.sex, "Indéterminé"), HL7_GENDER),
        _HL7("birthTime", {"value": traits.birth_date.strftime("%Y%m%d")}),
        _HL7("birthplace", None, _HL7("place", None, _HL7("addr", None, county))),
    )
    identifier = _HL7("id", {"root": patient.ins.oid, "extension": patient.ins.value})
    return _HL7("recordTarget", None, _HL7("patientRole", None, identifier, *_nowhere(), person))


def _assigned(name: str, author: _Author, *, practice: bool = False) -> Element:
    person = _HL7("name", None, _HL7("family", None, author.family), _HL7("given", None, author.given))
    return _HL7(
        name,
        None,
        _HL7("id", {"root": author.root, "extension": author.number}),
        _code("code", *author.specialty),
        *_nowhere(),
        _HL7("assignedPerson", None, person),
        _organization(author, practice=practice),
    )


def _organization(author: _Author, *, practice: bool) -> Element | None:
    """The structure; a patient has none, but where the kind of practice must be said."""
    if not author.structure and not practice:
        return None
    return _HL7(
        "representedOrganization",
        None,
        _HL7("id", {"root": STRUCT_IDNAT, "extension": author.structure}) if author.structure else None,
        _HL7("name", None, author.name) if author.name else None,
        _code("standardIndustryClassCode", *author.practice) if practice else None,
    )


def _custodian(author: _Author) -> Element:
    identifier = {"root": STRUCT_IDNAT, "extension": author.structure} if author.structure else {"root": _DMP}
    organization = _HL7(
        "representedCustodianOrganization",
        None,
        _HL7("id", identifier),
        _HL7("name", None, author.name or "DMP"),
        *reversed(_nowhere()),
    )
    return _HL7("custodian", None, _HL7("assignedCustodian", None, organization))


def _service(kind: Coded, author: _Author, time: str) -> Element:
    performer = _HL7("performer", {"typeCode": "PRF"}, _assigned("assignedEntity", author, practice=True))
    event = _HL7("serviceEvent", None, _code("code", *kind), _low(time), performer)
    return _HL7("documentationOf", None, event)


def _encounter(author: _Author, time: str) -> Element:
    place = _HL7("healthCareFacility", None, _code("code", *author.facility))
    encounter = _HL7(
        "encompassingEncounter",
        None,
        _code("code", author.encounter[0], author.encounter[1], HL7_ACT_CODE),
        _low(time),
        _HL7("location", None, place),
    )
    return _HL7("componentOf", None, encounter)


def _body(told: dict[str, Any]) -> Element:
    lines = [told["title"], "", *told["text"]]
    if told.get("pdf"):
        kind, data = "application/pdf", tiny_pdf.write(lines)
    else:
        kind, data = "text/plain", "\n".join(lines).encode()
    return _HL7("text", {"mediaType": kind, "representation": "B64"}, base64.b64encode(data).decode())


def _low(time: str) -> Element:
    return _HL7("effectiveTime", None, _HL7("low", {"value": time}))


def _nowhere() -> tuple[Element, Element]:
    return _HL7("addr", {"nullFlavor": "NAV"}), _HL7("telecom", {"nullFlavor": "NAV"})


def _code(name: str, code: str, label: str, system: str) -> Element:
    return _HL7(name, {"code": code, "displayName": label, "codeSystem": system})
