"""A new simulator as the command line makes it: its record is consulted by the core, its documents are right."""

import json
from pathlib import Path
from typing import Any

import pytest

from dmp_core.app import App
from dmp_core.cli.simulate import CONFIG, COUNTER, DOCUMENTS, LOADED, prepare, write_config
from dmp_core.config import load
from dmp_core.model.practitioner import Who
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("filled") / "sim"
    prepare(data, filled=True)
    return data


def test_a_filled_record_is_listed_and_read_byte_for_byte(filled: Path) -> None:
    counter = Counter.model_validate_json((filled / COUNTER).read_bytes())
    patient, operator = counter.patients[0], counter.operator
    assert operator.practitioner is not None
    who = Who(structure=counter.structure, operator=operator, author=operator.practitioner)
    simulator = Simulator.open(filled)

    with running(simulator) as at_work:
        write_config(filled, at_work.url)
        app = App(load(filled / CONFIG))
        rows = list(app.consult.entries(patient, who, "all"))
        read = {row.unique_id: app.consult.fetch(patient, who, row.unique_id).content for row in rows}
        app.close()
    simulator.close()

    loaded = json.loads((filled / LOADED).read_text(encoding="utf-8"))
    written = {one["unique_id"]: (filled / DOCUMENTS / one["file"]).read_bytes() for one in loaded}
    assert len(written) == 11
    assert read == written


def test_the_second_patient_and_a_simulator_that_is_not_to_be_filled_have_nothing(filled: Path, tmp_path: Path) -> None:
    prepare(tmp_path / "empty")

    simulators = [Simulator.open(filled), Simulator.open(tmp_path / "empty")]
    counts = [len(one.registry.of_patient(number)) for one, number in zip(simulators, (2, 1), strict=True)]
    for one in simulators:
        one.close()

    assert counts == [0, 0]
    assert json.loads((tmp_path / "empty" / LOADED).read_text(encoding="utf-8")) == []


@pytest.mark.oracle
def test_no_rule_of_ans_finds_anything_in_the_documents(filled: Path, ans: Any) -> None:
    found = {file.name: ans(file.read_bytes()) for file in sorted((filled / DOCUMENTS).glob("*.xml"))}

    assert {name: findings for name, findings in found.items() if findings} == {}
