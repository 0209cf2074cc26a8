"""Patients' records, the registry on disk, and what stored queries find."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.model.access import Mode, Purpose
from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.simulator.claims import Vihf
from dmp_core.simulator.patients import Access, PatientRecord, RecordState
from dmp_core.simulator.query import Query
from dmp_core.simulator.search import like, run
from dmp_core.simulator.view import Seer, View, visible

FIND = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"


def test_an_authorisation_is_valid_until_its_hour_then_expired(kit, service):
    later = kit.at + timedelta(days=1)

    assert service.patients.access(kit.patient, kit.pharmacist, later - timedelta(seconds=1)) is Access.VALID
    assert service.patients.access(kit.patient, kit.pharmacist, later) is Access.EXPIRED
    assert service.patients.access(kit.patient, kit.other_pharmacist, kit.at) is Access.NONE


def test_a_blocked_professional_stays_blocked(kit, service):
    service.patients.forbid(kit.patient, kit.pharmacist)

    assert service.patients.access(kit.patient, kit.pharmacist, kit.at) is Access.FORBIDDEN


def test_a_patient_goes_by_any_of_their_ins(kit, service):
    older = "279035121518989^^^&1.2.250.1.213.1.4.9&ISO^NH"
    service.patients.add(PatientRecord((kit.patient, older), "MARTIN", "ANNE", "F", "19790301"))

    assert service.patients.number(older) == service.patients.number(kit.patient)
    assert service.patients.access(older, kit.pharmacist, kit.at) is Access.VALID
    assert service.patients.find(older).ins == (kit.patient, older)


def test_closing_a_record_keeps_its_documents(kit, service):
    service.feed("1.2.3.1")
    record = service.patients.find(kit.patient)

    service.patients.add(replace(record, state=RecordState.CLOSED))

    assert service.patients.find(kit.patient).state is RecordState.CLOSED
    assert len(service.registry.of_patient(service.patients.number(kit.patient))) == 1


def test_who_works_where_can_be_said_and_a_structure_can_close(kit, service):
    structures = [Structure(national_id=number, name="PHARMACIE") for number in ("10B0000003", "10B0000004")]
    person = Practitioner(national_id="899700000003", family="DURAND", given="LUC", profession="21", section="D")

    service.annuaire.add(structures, [person], {"899700000003": ["10B0000003"]})
    service.annuaire.close_structure("10B0000004")

    assert service.annuaire.works_at("899700000003", "10B0000003")
    assert not service.annuaire.works_at("899700000003", "10B0000004")
    assert service.annuaire.is_active("10B0000003")
    assert not service.annuaire.is_active("10B0000004")
    assert "899700000003" in service.annuaire.practitioners()


def test_another_process_reads_what_was_deposited(service, tmp_path):
    service.feed("1.2.3.1")
    program = (
        "import sys; from pathlib import Path\n"
        "from dmp_core.simulator.registry import Registry; from dmp_core.simulator.storage import Storage\n"
        "print([d.unique_id for d in Registry(Storage(Path(sys.argv[1]))).documents()])"
    )

    seen = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "registry.sqlite")], capture_output=True, text=True, check=True
    )

    assert seen.stdout.strip() == "['1.2.3.1']"


@pytest.fixture
def three(service):
    """Three documents of different types and dates."""
    service.feed("1.2.3.1", start="20240101")
    service.feed("1.2.3.2", start="202501011200", type="56445-0", **{"class": "11"})
    service.feed("1.2.3.3", start="20260101")
    return service.registry.of_patient(1)


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({}, "123"),
        ({"TypeCode": ("56445-0^^2.16.840.1.113883.6.1",)}, "2"),
        ({"TypeCode": ("56445-0^^2.16.840.1.113883.6.1", "78601-2^^2.16.840.1.113883.6.1")}, "123"),
        ({"TypeCode": ("56445-0^^1.2.3",)}, ""),
        ({"ClassCode": ("11^^1.2.250.1.213.1.1.4.1",)}, "2"),
        ({"ServiceStartTimeFrom": ("20250101",)}, "23"),
        ({"ServiceStartTimeTo": ("20250101120000",)}, "1"),
        ({"ServiceStartTimeFrom": ("202501011200",), "ServiceStartTimeTo": ("202501011201",)}, "2"),
        ({"ServiceStopTimeFrom": ("2020",)}, ""),
        ({"CreationTimeFrom": ("20260110",)}, "123"),
        ({"AuthorPerson": ("899700000001^%",)}, "123"),
        ({"AuthorPerson": ("%MARTIN%",)}, ""),
        ({"ConfidentialityCode": ("N^^2.16.840.1.113883.5.25",)}, "123"),
        ({"EventCodeList": ("x^^1.2",)}, ""),
    ],
)
def test_find_documents_honours_each_filter(three, slots, expected):
    wanted = {f"$XDSDocumentEntry{name}": value for name, value in slots.items()}

    found = run(Query(FIND, "LeafClass", {"$XDSDocumentEntryStatus": (APPROVED,)} | wanted), View(tuple(three)))

    assert "".join(document.unique_id[-1] for document in found) == expected


def test_find_documents_wants_a_status(three):
    archived = {"$XDSDocumentEntryStatus": ("urn:asip:ci-sis:2010:StatusType:Archived",)}

    assert run(Query(FIND, "LeafClass", archived), View(tuple(three))) == []


def test_what_is_deleted_shows_to_nobody(kit, service, three):
    service.registry.set_status(three[0].entry_uuid, "urn:asip:ci-sis:2010:StatusType:Deleted")
    caller = Vihf(
        Mode.DIRECT, Purpose.NORMAL, kit.pharmacist, "", "21", "A", kit.pharmacy, "SA33", kit.patient, False, "", ""
    )

    assert len(visible(service.registry.of_patient(1), Seer(caller))) == 2


@given(st.text(max_size=20))
def test_like_takes_every_other_sign_as_it_is(text):
    plain = text.replace("%", "").replace("_", "")

    assert like(plain, plain)
    assert like(f"x{plain}y", f"%{plain}%")
