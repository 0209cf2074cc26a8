"""`dmp documents`: what a developer of a host or of a plugin sees, without a configuration."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dmp_core.cli.documents import COMMANDS
from dmp_core.simulator.counter import demo_counter
from dmp_core.xml import Element

Dmp = Callable[..., Result]
Built = Callable[..., Element]
HL7 = "{urn:hl7-org:v3}"
NOTE = {
    "date": "2026-01-15",
    "vaccin": {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "lot": "4456672",
    },
    "acte": "BOOSTER",
}


def test_the_group_lists_its_commands_without_loading_them(dmp: Dmp) -> None:
    result = dmp("documents", "--help")

    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)


def test_the_types_are_told_with_code_policy_and_plugin(dmp: Dmp) -> None:
    result = dmp("documents", "types", "--json")

    rows = {row["id"]: row for row in json.loads(result.stdout)}
    assert (result.exit_code, result.stderr) == (0, "")
    assert rows["intervention-pharmaceutique"] == {
        "id": "intervention-pharmaceutique",
        "type_code": "61357-0",
        "label": "Intervention pharmaceutique",
        "policy": "automatic",
        "plugin": "doc_intervention",
        "class_code": "42",
        "format_code": "urn:ihe:iti:xds-sd:pdf:2008",
        "level": 1,
        "example": True,
    }
    assert (rows["note-vaccination"]["level"], rows["note-vaccination"]["class_code"]) == (3, "52")
    assert {"consultation-pharmaceutique", "renouvellement-correspondant"} <= rows.keys()


def test_the_types_are_listed_for_people_too(dmp: Dmp) -> None:
    result = dmp("documents", "types")

    (line,) = [line for line in result.stdout.splitlines() if line.startswith("note-vaccination")]
    assert line.split()[1:4] == ["87273-9", "automatic", "doc_officine"]


def test_the_schema_of_a_type_is_json_schema(dmp: Dmp) -> None:
    result = dmp("documents", "schema", "note-vaccination")

    schema = json.loads(result.stdout)
    assert set(schema["required"]) == {"date", "vaccin", "acte"}
    assert "datamatrix" in schema["$defs"]["Vaccin"]["properties"]


@pytest.mark.parametrize("command", ["schema", "build"])
def test_a_type_that_nobody_brings_is_told_with_a_remedy(dmp: Dmp, command: str) -> None:
    result = dmp("documents", command, "recette-de-cuisine", *(["--example"] if command == "build" else []))

    assert result.exit_code == 1
    assert "DMP-PLUG-" in result.stderr


def test_a_content_becomes_a_document_of_the_demonstration_counter(built: Built) -> None:
    document = built("note-vaccination", NOTE)

    counter = demo_counter()
    assert document.tag == f"{HL7}ClinicalDocument"
    (ins,) = document.iterfind(f"{HL7}recordTarget/{HL7}patientRole/{HL7}id[@root='1.2.250.1.213.1.4.10']")
    assert counter.patients[0].ins is not None
    assert ins.get("extension") == counter.patients[0].ins.value
    (author,) = document.iterfind(f"{HL7}author/{HL7}assignedAuthor/{HL7}id")
    assert counter.operator.practitioner is not None
    assert author.get("extension") == counter.operator.practitioner.national_id


def test_the_example_of_a_type_is_built_at_once(built: Built) -> None:
    assert built("note-vaccination").find(f"{HL7}component/{HL7}structuredBody") is not None


def test_another_patient_may_be_given(built: Built, tmp_path: Path) -> None:
    second = demo_counter().patients[1]
    (tmp_path / "patient.json").write_text(second.model_dump_json(), encoding="utf-8")

    document = built("note-vaccination", NOTE, "--patient", "patient.json")

    assert second.ins is not None
    (ins,) = document.iterfind(f"{HL7}recordTarget/{HL7}patientRole/{HL7}id[@root='1.2.250.1.213.1.4.10']")
    assert ins.get("extension") == second.ins.value


def test_without_a_file_the_document_goes_to_stdout(dmp: Dmp) -> None:
    result = dmp("documents", "build", "note-vaccination", "--example")

    assert result.exit_code == 0
    assert result.stdout.startswith("<?xml")


def test_wrong_content_names_each_field_with_its_remedy_and_writes_nothing(dmp: Dmp, tmp_path: Path) -> None:
    wrong = json.dumps(NOTE | {"acte": "SECRET", "rang": 0}).encode()

    result = dmp("documents", "build", "note-vaccination", "-", "-o", "out.xml", stdin=wrong)

    assert result.exit_code == 1
    assert "at acte. Corrigez" in result.stderr
    assert "at rang. Corrigez" in result.stderr
    assert "SECRET" not in result.output
    assert not (tmp_path / "out.xml").exists()


TYPE_OF_A_BEGINNER = """
from datetime import date

@hookimpl
def provide_document_types(event, ctx):
    return [DocumentType(
        id="{id}",
        label="Essai",
        type_code=value_set("J07").code("87273-9"),
        class_code=value_set("J57").code("52"),
        format_code=value_set("J60").code("urn:asip:ci-sis:vac-note:2021"),
        templates=[("1.2.250.1.213.1.1.1.46", "2023.01")],
        example={{"libre": 1}},
    )]

@hookimpl
def resolve_document(event, ctx):
    body = cda.structured_body([cda.part("section", cda.part("title", "Sans texte"))])
    return CdaBody(act=Act(start=date(2026, 1, 15)), structured_body=body)
"""


def test_a_document_that_breaks_a_rule_is_written_and_ends_with_1(
    dmp: Dmp, install: Callable[[str, str], None], tmp_path: Path
) -> None:
    install("doc_essai", TYPE_OF_A_BEGINNER.format(id="essai"))

    result = dmp("documents", "build", "essai", "--example", "-o", "out.xml")

    assert result.exit_code == 1
    assert "error: section-text at " in result.stderr
    assert (tmp_path / "out.xml").read_bytes().startswith(b"<?xml")


def test_a_type_without_a_content_model_has_no_schema(dmp: Dmp, install: Callable[[str, str], None]) -> None:
    install("doc_essai", TYPE_OF_A_BEGINNER.format(id="essai"))

    result = dmp("documents", "schema", "essai")

    assert result.exit_code == 1
    assert "DMP-INPUT-009" in result.stderr


def test_a_type_that_two_plugins_bring_is_named_with_both(dmp: Dmp, install: Callable[[str, str], None]) -> None:
    install("doc_essai", TYPE_OF_A_BEGINNER.format(id="note-vaccination"))

    result = dmp("documents", "types", "--json")

    assert "note-vaccination" not in {row["id"] for row in json.loads(result.stdout)}
    assert "note-vaccination is brought by" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["content.json", "--example"]])
def test_either_a_content_or_the_example_is_asked_for(dmp: Dmp, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "content.json").write_text(json.dumps(NOTE))

    assert dmp("documents", "build", "note-vaccination", *arguments).exit_code == 2


def test_a_patient_s_file_that_is_none_is_refused_without_its_values(dmp: Dmp, tmp_path: Path) -> None:
    (tmp_path / "patient.json").write_text('{"host_id": "1", "traits": {"birth_name": "SECRET"}}')

    result = dmp("documents", "build", "note-vaccination", "--example", "--patient", "patient.json")

    assert result.exit_code == 1
    assert "traits.birth_date" in result.stderr
    assert "SECRET" not in result.output
