"""A way in that listens carelessly is caught: by the pages of elsewhere, by nonsense, by what it leaves behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dmp_core.testing.conformance import suite
from dmp_core.testing.conformance.report import Outcome, Report
from dmp_core.testing.projects import in_folder

PROGRAM = """
import argparse, http.server, json, pathlib, signal, sys
from hostbridge.clients.python import BridgeClient

parser = argparse.ArgumentParser()
parser.add_argument("--bridge", nargs=argparse.REMAINDER)
client = BridgeClient(parser.parse_args().bridge)
operator = {"id": "x", "rights": ["read"], "practitioner": {
    "national_id": "899700000001", "family": "TITULAIRE", "given": "CAMILLE", "profession": "21", "section": "A"}}
client.start({"host": {"name": "zz", "version": "1"}, "operator": operator})

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            client.call("patient/opened", json.loads(body))
            status = 200
        except Exception:
            status = 500
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
def stop(*_):
    raise KeyboardInterrupt
signal.signal(signal.SIGTERM, stop)
file = pathlib.Path("where.json")
file.write_text(json.dumps({"url": f"http://127.0.0.1:{server.server_port}", "token": "secret"}))
file.chmod(0o644)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
client.close()
"""
SCENARIO = """
says = ["patient/opened", "patient/closed"]
listens = "where.json"
[[calls]]
path = "/open"
body = "patient.json"
answers = ["DMP"]
"""
PATIENT = (
    '{"patient": {"host_id": "$host_id", "traits": {"birth_name": "$birth_name", "birth_given_names": "A",'
    ' "first_birth_given_name": "A", "sex": "F", "birth_date": "$birth_date"}}}'
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    root = tmp_path_factory.mktemp("careless")
    package, corpus = root / "zz_careless", root / "tests" / "corpus"
    package.mkdir()
    (corpus / "way_in").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (corpus / "way_in.toml").write_text(SCENARIO, encoding="utf-8")
    (corpus / "way_in" / "patient.json").write_text(PATIENT, encoding="utf-8")
    (root / "pyproject.toml").write_text('[project]\nname = "zz-careless"\nversion = "1"\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dmp_core.testing.conformance.program.SECONDS", 30)
        yield suite.run(in_folder(root))


def found(report: Report, rule: str) -> str:
    return "\n".join(one.what for one in report.of(rule) if one.outcome is Outcome.FAILED)


def test_what_was_not_answered_or_said_as_promised_is_named(report: Report) -> None:
    assert found(report, "way-in.answers") == "call 1 (POST /open): its answer has no 'DMP'"
    assert found(report, "way-in.says") == "it never says patient/closed"


@pytest.mark.parametrize(
    "who",
    [
        "a page of elsewhere",
        "a page without an origin",
        "another name for this machine",
        "nobody's token",
        "no token",
    ],
)
def test_whoever_should_get_nothing_and_got_something_is_named(report: Report, who: str) -> None:
    assert f"POST /open by {who}: answered 200" in found(report, "way-in.gate")
    assert "the bridge heard of a call that was to be refused" in found(report, "way-in.gate")


def test_nonsense_that_breaks_it_is_named(report: Report) -> None:
    assert "POST /open with half a body: answered 500" in found(report, "way-in.nonsense")
    assert "POST /open as text/plain: answered 200" in found(report, "way-in.nonsense")


def test_an_announcement_that_others_read_or_that_stays_is_named(report: Report) -> None:
    assert found(report, "way-in.listens") == "others can read where.json\nwhere.json still stands after its end"


def test_a_refusal_of_the_bridge_that_breaks_it_is_named(report: Report) -> None:
    assert "POST /open: answered 500" in found(report, "way-in.bears")
    assert "ZZCANARI" not in report.as_text()


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ('says = ["a"]\nlistens = "x.json"\n', "`listens` and [[calls]] go together"),
        ('says = ["a"]\nlistens = "x.json"\n[[calls]]\nbody = "none.json"\n', "way_in/ has no none.json"),
        ('says = ["a"]\n[[calls]]\nverb = "GET"\n', "calls.0.verb"),
        ("says = [", "Invalid"),
        ('says = ["a"]\npeer = "x.py"\ndrive = "y.py"\n', "`peer` goes without `listens` and `drive`"),
    ],
)
def test_a_wrong_scenario_is_told(tmp_path: Path, scenario: str, reason: str) -> None:
    (tmp_path / "zz").mkdir()
    (tmp_path / "zz" / "__main__.py").touch()
    (tmp_path / "tests" / "corpus").mkdir(parents=True)
    (tmp_path / "tests" / "corpus" / "way_in.toml").write_text(scenario, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "zz"\n', encoding="utf-8")

    report = suite.run(in_folder(tmp_path))

    assert reason in found(report, "way-in.scenario")
