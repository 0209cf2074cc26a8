"""A process killed at any change of the outbox, at any byte of an exchange: after a restart the document is there once.

What arrived is counted in the registry of the simulated DMP, never by the client's word.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from reliability.deadly_line import ANSWER, REQUEST, DeadlyLine, Death

from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator

pytestmark = pytest.mark.reliability

HOST = Path(__file__).with_name("host_process.py")
KILLED = -9
LAYER = 'data = "%s"\n[documents]\nhold = 0\n[documents.policies]\nnote-vaccination = "automatic"\n'
CONTENT = json.dumps(
    {
        "date": "2025-10-14",
        "vaccin": {
            "cis": "68747507",
            "libelle": "VACCIN TETANIQUE PASTEUR",
            "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
            "lot": "4456672",
        },
        "acte": "BOOSTER",
    }
)


class Site:
    """A simulated DMP, and one folder for each life of the pharmacy."""

    def __init__(self, folder: Path, simulator: Simulator, port: int) -> None:
        self.folder = folder
        self.simulator = simulator
        self.port = port
        self._lives = 0

    def new_pharmacy(self) -> Path:
        """The layer of a pharmacy that has saved nothing yet."""
        self._lives += 1
        layer = self.folder / f"{self._lives}.toml"
        layer.write_text(LAYER % (self.folder / f"host-{self._lives}"), encoding="utf-8")
        return layer

    def through(self, line: DeadlyLine) -> None:
        write_config(self.folder, f"https://127.0.0.1:{line.port}/si-dmp-server/v2/services/")

    def run(self, layer: Path, *death: str, line: DeadlyLine | None = None) -> tuple[int, dict[str, str]]:
        """Let the host live once; its exit status, and what it said."""
        arguments = [str(part) for part in (HOST, self.folder / CONFIG, layer, self.folder / COUNTER, CONTENT, *death)]
        process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if line is not None:
            line.victim = process.pid
        out, err = process.communicate(timeout=60)
        assert process.returncode in (0, KILLED), err.decode()
        return process.returncode, json.loads(out or b"{}")

    def count(self) -> int:
        """Documents in the registry, signatures left aside; it is emptied for the next life."""
        patient = Counter.model_validate_json((self.folder / COUNTER).read_bytes()).patients[0]
        number = self.simulator.patients.number(patient.ins.cx if patient.ins else "")
        assert number is not None
        documents = [one for one in self.simulator.registry.of_patient(number) if not one.facets.is_signature]
        with self.simulator.storage.transaction() as connection:
            for table in ("association", "document", "submission_set"):
                connection.execute(f"DELETE FROM {table}")
        return len(documents)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("reliability")
    prepare(folder)
    simulator = Simulator.open(folder)
    with running(simulator) as server:
        write_config(folder, server.url)
        yield Site(folder, simulator, urlsplit(server.url).port or 0)
    simulator.close()


def test_killed_before_and_after_every_change_of_the_outbox(site: Site) -> None:
    _, told = site.run(site.new_pharmacy())
    changes = int(told["changes"])
    assert (told["state"], site.count()) == ("sent", 1)
    assert changes >= 6

    arrived = {}
    for number in range(1, changes + 1):
        for side in ("before", "after"):
            layer = site.new_pharmacy()
            status, _ = site.run(layer, side, str(number))
            _, again = site.run(layer)
            arrived[side, number] = (status, again["state"], site.count())

    assert set(arrived.values()) == {(KILLED, "sent", 1)}


def test_killed_at_the_first_a_middle_and_the_last_byte_of_request_and_answer(site: Site) -> None:
    whole = DeadlyLine(site.port)
    site.through(whole)
    site.run(site.new_pharmacy())
    whole.close()
    assert site.count() == 1

    arrived = {}
    for direction in (REQUEST, ANSWER):
        for offset in (1, whole.passed[direction] // 2, whole.passed[direction]):
            line, layer = DeadlyLine(site.port, Death(direction, offset)), site.new_pharmacy()
            site.through(line)
            status, _ = site.run(layer, line=line)
            _, again = site.run(layer)
            line.close()
            arrived[direction, offset] = (status, again["state"], site.count())

    assert set(arrived.values()) == {(KILLED, "sent", 1)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")
def test_killed_while_the_look_up_after_a_lost_answer_is_under_way(site: Site) -> None:
    layer = site.new_pharmacy()
    line = DeadlyLine(site.port, Death(ANSWER, 1))
    site.through(line)
    site.run(layer, line=line)
    line.close()

    for offset in (1, 200):
        line = DeadlyLine(site.port, Death(REQUEST, offset))
        site.through(line)
        status, _ = site.run(layer, line=line)
        line.close()
        assert status == KILLED
    write_config(site.folder, f"https://127.0.0.1:{site.port}/si-dmp-server/v2/services/")
    _, told = site.run(layer)

    assert (told["state"], site.count()) == ("sent", 1)
