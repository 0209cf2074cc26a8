"""The documents of a new simulator: one for each section of a consultation, such as could be fed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dmp_core.simulator import demo_documents, entry_rules, value_sets
from dmp_core.simulator.annuaire import Annuaire
from dmp_core.simulator.cda import read_header
from dmp_core.simulator.counter import demo_counter, record_of
from dmp_core.simulator.loading import Loader
from dmp_core.simulator.patients import Patients
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.submission import read_entry

AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
EXPECTED = {  # type: class
    "REMB": "60", "11490-0": "10", "60591-5": "11", "EXPPAT_3": "90", "EXPPAT_1": "90", "11369-6": "52",
    "11502-2": "10", "18748-4": "31", "60593-1": "43", "57833-6": "42", "DOCPAT05": "10",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    patient = demo_counter().patients[0]
    return demo_documents.write(tmp_path_factory.mktemp("demo") / "documents", patient, at=AT, uuid=uuid4)


@pytest.fixture
def registry(folder: Path) -> Any:
    storage = Storage(Path(":memory:"))
    patients, annuaire = Patients(storage), Annuaire(storage)
    patients.add(record_of(demo_counter().patients[0]))
    loaded = Loader(Registry(storage), patients, annuaire, uuid=uuid4, at=AT).load(folder, authorised_days=1)
    assert [one.reason for one in loaded] == [""] * len(EXPECTED)
    yield Registry(storage)
    storage.close()


def test_there_is_one_document_for_each_section_of_a_consultation(registry: Any) -> None:
    entries = [read_entry(document.element()) for document in registry.of_patient(1)]

    types = {entry.codes["urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"][0].code: entry for entry in entries}
    classes = {name: value_sets.CLASS_OF_TYPE[name] for name in types}
    assert classes == EXPECTED


def test_the_metadata_are_such_as_could_be_fed(registry: Any) -> None:
    patient = demo_counter().patients[0].ins.cx
    findings = [
        (reason.text, document.unique_id)
        for document in registry.of_patient(1)
        for reason in entry_rules.check(
            read_entry(document.element()),
            vihf_patient=patient,
            is_signature=False,
            values=True,
            cumulated=False,
            dated=False,
        )
    ]

    assert findings == []


def test_all_are_of_the_last_two_years_and_of_the_same_patient(folder: Path) -> None:
    for file in folder.glob("*.xml"):
        header = read_header(file.read_bytes())
        when = datetime.strptime(header.effective_time, "%Y%m%d%H%M%S%z")
        assert AT - timedelta(days=730) < when < AT
        assert header.patient_ids[0][1] == demo_counter().patients[0].ins.value


def test_what_the_patient_wrote_is_known_as_the_patients(registry: Any) -> None:
    of_patient = [document for document in registry.of_patient(1) if document.facets.is_of_patient]

    assert len(of_patient) == 3


def test_contacts_and_whom_to_warn_are_made_up_too() -> None:
    record = demo_documents.with_contacts(record_of(demo_counter().patients[0]))

    assert [relation.code for relation in record.relations] == ["ECON", "ECON"]
    assert record.address is not None
    assert all(".invalid" in value for value in record.telecoms if value.startswith("mailto:"))
