"""Sets of rules beside each other: names, what is damaged, which one checks what is sent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.cli import documents_check
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import RuleSets, load
from dmp_core.documents import checks
from dmp_core.errors import ConfigInvalid, RulesAbsent
from dmp_core.model.item import State
from dmp_core.model.practitioner import Who
from dmp_core.rules.checking import DocumentChecks
from dmp_core.rules.installation import install, installed, remove
from dmp_core.simulator.counter import Counter

AT = datetime(2026, 1, 15, tzinfo=UTC)
Write = Callable[[dict[str, str]], Path]
Put = Callable[[str], Path]


@pytest.fixture
def put(files: dict[str, str], write: Write, tmp_path: Path) -> Put:
    """Install the small package under a name, in the data folder that it gives."""

    def made(name: str) -> Path:
        install(write(files), tmp_path / "data" / "rules", name=name, at=AT)
        return tmp_path / "data"

    return made


def test_sets_stand_beside_each_other_and_tell_what_they_are(put: Put) -> None:
    put("ans-2025")
    data = put("ans-2026")

    found = installed(data / "rules")

    assert [one.name for one in found] == ["ans-2025", "ans-2026"]
    assert (found[0].digest, found[0].source, found[0].installed_at) == (found[1].digest, "package", AT)
    assert len(found[0].digest) == 64


def test_a_name_that_is_taken_or_leaves_the_folder_is_refused(put: Put) -> None:
    data = put("ans")

    for name in ("ans", "../ans", ".ans", "a b", ""):
        with pytest.raises(ConfigInvalid):
            put(name or "/")
    assert [place.name for place in (data / "rules").iterdir()] == ["ans"]


def test_what_was_taken_out_is_gone_and_cannot_be_taken_out_again(put: Put) -> None:
    data = put("ans")

    remove(data / "rules", "ans")

    assert installed(data / "rules") == []
    with pytest.raises(RulesAbsent):
        remove(data / "rules", "ans")


def test_the_set_chosen_checks_else_the_only_one(put: Put, tmp_path: Path) -> None:
    nothing = DocumentChecks.of(tmp_path / "data", None)
    data = put("one")
    alone = DocumentChecks.of(data, None)
    put("two")

    assert nothing.book is None
    assert alone.book is not None
    assert alone.book.name == "one"
    assert DocumentChecks.of(data, None).book is None, "of two, neither is guessed"
    assert getattr(DocumentChecks.of(data, "two").book, "name", "") == "two"


def test_a_set_that_is_absent_damaged_or_of_another_version_is_told(put: Put) -> None:
    data = put("ans")
    file = data / "rules" / "ans" / "rules.json"
    whole = json.loads(file.read_bytes())

    for content in (json.dumps(whole | {"format": 0}), "{}", "not JSON"):
        file.write_text(content)
        with pytest.raises(RulesAbsent):
            DocumentChecks.of(data, "ans")
        with pytest.raises(RulesAbsent):
            DocumentChecks.of(data, None)
        assert installed(data / "rules") == []
    with pytest.raises(RulesAbsent):
        DocumentChecks.of(data, "another")


def test_a_target_is_an_environment_or_segur() -> None:
    sets = RuleSets(production="a", segur="b")

    assert [sets.of(name) for name in ("simulation", "production", "segur")] == [None, "a", "b"]
    with pytest.raises(ConfigInvalid, match="simulation, homologation, production, segur"):
        sets.of("elsewhere")


def test_own_checks_come_first_and_the_rules_after(put: Put) -> None:
    with_rules = DocumentChecks.of(put("ans"), None)
    document = b'<ClinicalDocument xmlns="urn:hl7-org:v3" classCode="x"/>'

    found = with_rules.check(document)
    with_rules.close()

    assert found[: len(checks.check(document))] == checks.check(document)
    assert found[-1].rule == "CDA_extended.xsd"


def test_without_a_configuration_our_own_checks_run_and_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.xml"
    file.write_text("<a/>")
    monkeypatch.chdir(tmp_path)

    told = CliRunner().invoke(documents_check.command, [str(file)])
    data = CliRunner().invoke(documents_check.command, [str(file), "--json"])

    assert told.exit_code == 1
    assert "no-document" in told.stdout
    assert "règles de l’ANS non installées" in told.stdout
    assert json.loads(data.stdout) == {
        "file": str(file),
        "rules": None,
        "findings": [
            {
                "path": "/",
                "rule": "no-document",
                "remedy": "Signalez-le à l’éditeur du logiciel qui a produit le document.",
                "severity": "error",
                "line": None,
                "detail": "",
            }
        ],
    }


def test_a_document_that_breaks_a_rule_of_ans_is_not_sent(
    files: dict[str, str],
    write: Write,
    make_schematron: Callable[..., str],
    make_rule: Callable[..., str],
    tmp_path: Path,
) -> None:
    files["schematrons/profils/IHE.sch"] = make_schematron(
        make_rule("cda:lotNumberText", '<assert test="false()">no lot is right</assert>')
    )
    data = tmp_path / "dmp"
    prepare(data)
    write_config(data, "https://127.0.0.1:1/si-dmp-server/v2/services/")
    install(write(files), load(data / CONFIG).data / "rules", name="strict", at=AT)
    app = App(load(data / CONFIG))

    item = _saved_vaccination(app, Counter.model_validate_json((data / COUNTER).read_bytes()))
    for _ in range(3):
        app.delivery.step()
    item = app.outbox.get(item.id)
    app.close()

    assert item.state is State.REFUSED
    assert item.fault.code == "DMP-INPUT-005"
    assert "IHE.sch at /ClinicalDocument/component/structuredBody" in item.fault.detail


def _saved_vaccination(app: App, counter: Counter) -> Any:
    vaccine = {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "lot": "4456672",
    }
    content = {"date": "2025-10-14", "vaccin": vaccine, "acte": "BOOSTER"}
    who = Who(structure=counter.structure, operator=counter.operator, author=counter.operator.practitioner)
    saved = SavedDocument(key="k", record="r", type_id="note-vaccination", patient=counter.patients[0], content=content)
    return app.intake.save(saved, who)
