"""`dmp outbox` after sending: what was sent is corrected, what is missing is counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dmp_core.cli import main
from dmp_core.cli.simulate import CONFIG
from dmp_core.model.act import Act
from dmp_core.model.item import State
from dmp_core.model.oids import Status


@pytest.fixture
def sent(care: Any, tmp_path: Path) -> Any:
    """A vaccination that was sent, and the outbox free for a command."""
    item = care.send(care.save())
    act = Act(record="bilan-1", type_id="bilan-medication", done_on=care.app.clock.now().date())
    care.app.bonus.declare([act], care.who)
    care.app.close()
    (tmp_path / "patient.json").write_text(care.patient.model_dump_json(), encoding="utf-8")
    return item


@pytest.fixture
def run(care: Any, tmp_path: Path) -> Any:
    def run(*arguments: str, answer: str = "") -> Result:
        config = ["--config", str(care.simulator.folder / CONFIG)]
        return CliRunner().invoke(main, ["outbox", *arguments, *config], input=answer)

    return run


def test_a_withdrawal_says_what_the_dmp_will_do_and_asks_once(care: Any, sent: Any, run: Any, tmp_path: Path) -> None:
    asked = ["withdraw", sent.id, "--reason", "wrong-document", "--patient", str(tmp_path / "patient.json")]

    refused = run(*asked, answer="n\n")
    done = run(*asked, answer="y\n")

    assert "définitif" in refused.output
    assert (refused.exit_code, done.exit_code) == (1, 0)
    assert "Retiré du DMP" in done.output
    assert [document.status for document in care.registered()] == [Status.DELETED]


def test_a_visibility_is_told_in_json(care: Any, sent: Any, run: Any, tmp_path: Path) -> None:
    patient = ["--patient", str(tmp_path / "patient.json")]

    done = run("visibility", sent.id, "--mask", *patient, "--json")

    (correction,) = json.loads(done.output)["corrections"]
    assert (correction["kind"], correction["state"], correction["by"]) == ("visibility", "done", care.who.operator.id)
    assert care.patient.traits.birth_name not in done.output


def test_an_archived_document_comes_out_again(care: Any, sent: Any, run: Any, tmp_path: Path) -> None:
    patient = ["--patient", str(tmp_path / "patient.json"), "--yes"]

    codes = [run("archive", sent.id, *more, *patient).exit_code for more in ([], ["--out"])]

    assert codes == [0, 0]
    assert [document.status for document in care.registered()] == [Status.APPROVED]


def test_a_replacement_is_delivered(care: Any, sent: Any, run: Any, tmp_path: Path) -> None:
    content = tmp_path / "content.json"
    content.write_text(json.dumps(care.vaccination | {"rang": 3}), encoding="utf-8")

    done = run("replace", sent.id, str(content), "--patient", str(tmp_path / "patient.json"), "--yes", "--json")

    assert json.loads(done.output)["state"] == State.SENT
    assert [document.status for document in care.registered()] == [Status.DEPRECATED, Status.APPROVED]


def test_a_correction_that_is_refused_ends_with_status_1(care: Any, sent: Any, run: Any, tmp_path: Path) -> None:
    (tmp_path / "patient.json").write_text(care.counter.patients[1].model_dump_json(), encoding="utf-8")

    done = run("withdraw", sent.id, "--reason", "wrong-patient", "--patient", str(tmp_path / "patient.json"), "--yes")

    assert (done.exit_code, "DMP-IDENT-004" in done.output) == (1, True)


def test_the_gauge_of_the_year_names_what_is_missing_and_writes_a_table(
    care: Any, sent: Any, run: Any, tmp_path: Path
) -> None:
    table = tmp_path / "bonus.csv"

    shown = run("bonus", "--csv", str(table))
    told = json.loads(run("bonus", "--json").output)

    assert "0 sur 1, 1 manquant(s)" in shown.output
    assert [one["record"] for one in told["missing"]] == ["bilan-1"]
    assert "bilan-1;" in table.read_text(encoding="utf-8-sig")


def test_only_whoever_administers_takes_over(sent: Any, run: Any) -> None:
    done = run("take-over", sent.id)

    assert (done.exit_code, "DMP-RIGHT-001" in done.output) == (1, True)
