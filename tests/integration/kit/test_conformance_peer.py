"""A way in that calls another program is run beside one that plays the other side, in each of its scenarios."""

from collections.abc import Iterator

import pytest

from dmp_core.testing.conformance import suite
from dmp_core.testing.conformance.report import Outcome, Report
from dmp_core.testing.projects import in_folder

PROGRAM = """
import argparse, json, pathlib, signal, socket, sys
from hostbridge.clients.python import BridgeClient, BridgeError

parser = argparse.ArgumentParser()
parser.add_argument("--careful", action="store_true")
parser.add_argument("--bridge", nargs=argparse.REMAINDER)
chosen = parser.parse_args()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
operator = {"id": "x", "rights": ["read"], "practitioner": {
    "national_id": "899700000001", "family": "TITULAIRE", "given": "CAMILLE", "profession": "21", "section": "A"}}
with BridgeClient(chosen.bridge) as client:
    client.start({"host": {"name": "zz", "version": "1"}, "operator": operator})
    hub = socket.create_connection(("127.0.0.1", int(pathlib.Path("port").read_text())))
    with hub, hub.makefile("rw") as lines:
        for line in lines:
            try:
                client.call("patient/opened", json.loads(line))
                answer = "ok"
            except BridgeError:
                answer = "refused" if chosen.careful else "ok"
            lines.write(answer + "\\n")
            lines.flush()
    signal.pause()
"""
PEER = """
import pathlib, socket, sys

listener = socket.create_server(("127.0.0.1", 0))
pathlib.Path("port").write_text(str(listener.getsockname()[1]))
print("ready", flush=True)
connection, _ = listener.accept()
wanted = {"usual": {"ok"}, "dying": {"ok", "refused"}, "refusing": {"refused"}}[sys.argv[1]]
with connection, connection.makefile("rw") as lines:
    lines.write(pathlib.Path("patient.json").read_text())
    lines.flush()
    answer = lines.readline().strip()
sys.exit(None if answer in wanted else f"answered {answer} in the run {sys.argv[1]}")
"""
PATIENT = (
    '{"patient": {"host_id": "$host_id", "traits": {"birth_name": "$birth_name", "birth_given_names": "A",'
    ' "first_birth_given_name": "A", "sex": "F", "birth_date": "$birth_date"}}}\n'
)
SCENARIO = 'arguments = [{}]\nsays = ["patient/opened"]\npeer = "{}"\n'


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    root = tmp_path_factory.mktemp("caller")
    package, corpus = root / "zz_caller", root / "tests" / "corpus"
    package.mkdir()
    (corpus / "way_in").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (corpus / "way_in.toml").write_text(SCENARIO.format('"--careful"', "hub.py"), encoding="utf-8")
    (corpus / "way_in_careless.toml").write_text(SCENARIO.format("", "hub.py"), encoding="utf-8")
    (corpus / "way_in_gone.toml").write_text(SCENARIO.format("", "absent.py"), encoding="utf-8")
    (corpus / "way_in" / "patient.json").write_text(PATIENT, encoding="utf-8")
    (corpus / "way_in" / "hub.py").write_text(PEER, encoding="utf-8")
    (root / "pyproject.toml").write_text('[project]\nname = "zz-caller"\nversion = "1"\n', encoding="utf-8")
    yield suite.run(in_folder(root))


def found(report: Report, rule: str) -> list[str]:
    return [one.what for one in report.of(rule) if one.outcome is Outcome.FAILED]


def test_what_the_other_side_was_not_content_with_is_named_with_its_scenario(report: Report) -> None:
    assert found(report, "way-in.bears") == [
        "way_in_careless.toml: hub.py ended with 1: answered ok in the run refusing"
    ]


def test_a_careful_caller_passes_where_a_careless_one_does_not(report: Report) -> None:
    assert [len(report.of(rule)) for rule in ("way-in.answers", "way-in.survives", "way-in.bears")] == [2, 2, 2]
    assert [found(report, rule) for rule in ("way-in.answers", "way-in.survives", "way-in.runs")] == [[], [], []]


def test_a_scenario_without_its_peer_is_told(report: Report) -> None:
    assert found(report, "way-in.scenario") == ["way_in_gone.toml: way_in/ has no absent.py"]
