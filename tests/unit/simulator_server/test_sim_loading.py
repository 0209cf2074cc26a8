"""A folder of documents that others wrote becomes records."""

import shutil
from uuid import uuid4

import pytest
from lxml import etree

from dmp_core.simulator.answers import query_response
from dmp_core.simulator.loading import Loader
from dmp_core.simulator.patients import Access
from dmp_core.simulator.query import Query
from dmp_core.simulator.search import run
from dmp_core.simulator.view import View

FIND = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"


@pytest.fixture
def loader(kit, service):
    return Loader(service.registry, service.patients, service.annuaire, uuid=uuid4, at=kit.at)


@pytest.mark.oracle
def test_each_example_of_ans_stands_in_the_record_of_its_patient(oracle, kit, service, loader):
    folder = oracle / "ans" / "ExemplesCDA"
    files = sorted(folder.glob("*.xml"))

    loaded = loader.load(folder, authorised_days=183)

    assert [(one.file.name, one.reason) for one in loaded if one.reason] == []
    assert [one.file for one in loaded] == files
    deposits = {deposit.unique_id: deposit for deposit in service.registry.documents()}
    assert set(deposits) == {one.unique_id for one in loaded}
    for one in loaded:
        deposit = deposits[one.unique_id]
        assert service.registry.content(one.unique_id) == one.file.read_bytes()
        assert service.patients.access(deposit.patient, kit.pharmacist, kit.at) is Access.VALID


@pytest.mark.oracle
def test_what_was_loaded_is_found_by_its_type(oracle, service, loader):
    loader.load(oracle / "ans" / "ExemplesCDA", authorised_days=183)
    slots = {"$XDSDocumentEntryStatus": (APPROVED,), "$XDSDocumentEntryTypeCode": ("87273-9^^2.16.840.1.113883.6.1",)}
    everything = tuple(d for number in range(1, 20) for d in service.registry.of_patient(number))

    found = run(Query(FIND, "LeafClass", slots), View(everything))

    assert len(found) == 1


@pytest.mark.oracle
def test_what_was_loaded_is_answered_in_valid_metadata(oracle, service, loader):
    loader.load(oracle / "ans" / "ExemplesCDA", authorised_days=183)
    everything = [d for number in range(1, 20) for d in service.registry.of_patient(number)]
    rules = etree.XMLSchema(etree.parse(str(oracle / "schemas" / "ihe" / "query.xsd")))

    answer = etree.fromstring(etree.tostring(query_response(everything, references_only=False)))

    assert rules.validate(answer), rules.error_log
    identifiers = [node.get("id") for node in answer.iter() if node.get("id")]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.oracle
def test_what_cannot_be_read_is_told_and_stops_nothing(oracle, service, loader, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.xml").write_bytes(b"no XML")
    (folder / "b.xml").write_bytes(b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>")
    shutil.copy(oracle / "ans" / "ExemplesCDA" / "VAC-NOTE_2023.01.xml", folder / "c.xml")
    shutil.copy(folder / "c.xml", folder / "d.xml")

    loaded = loader.load(folder, authorised_days=183)

    assert [bool(one.reason) for one in loaded] == [True, True, False, True]
    assert "already there" in loaded[3].reason
    assert len(list(service.registry.documents())) == 1
