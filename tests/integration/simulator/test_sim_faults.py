"""Faults on demand over HTTPS, and on the command line."""

import json
import subprocess
import sys

import httpx
import pytest

from dmp_core.simulator.fault_plan import FaultPlan
from dmp_core.simulator.pki import Pki
from dmp_core.simulator.server import running


@pytest.fixture
def broken(simulator, caller_of):
    """Calls a server with the faults of some SPECs, for as long as the test lasts."""
    opened = []

    def make(*specs, **options):
        context = running(simulator, fault=FaultPlan(specs, **options))
        url = context.__enter__().url
        opened.append(context)
        return caller_of(url, simulator.pki)

    yield make
    for context in opened:
        context.__exit__(None, None, None)


def arrived(simulator, unique_id) -> bool:
    return simulator.registry.find(unique_id) is not None


@pytest.mark.parametrize(
    ("spec", "unique_id", "done"), [("TD2.1:reset-before", "1.2.4.1", False), ("TD2.1:drop-after", "1.2.4.2", True)]
)
def test_a_feed_is_cut_before_or_after(broken, simulator, messages, spec, unique_id, done):
    caller = broken(spec)

    with pytest.raises(httpx.TransportError):
        caller.post("feed", messages.submission(unique_id), b"<CDA/>")

    assert arrived(simulator, unique_id) is done
    assert caller.existence().status_code == 200


@pytest.mark.parametrize("spec", ["TD0.2:cut", "TD0.2:cut:10", "TD0.2:cut:0"])
def test_an_answer_stops_on_the_way(broken, spec):
    with pytest.raises(httpx.RemoteProtocolError):
        broken(spec).existence()


def test_an_answer_is_late_and_the_client_gives_up(broken, simulator, messages):
    caller = broken("TD2.1:slow:1.5")

    with pytest.raises(httpx.ReadTimeout):
        caller.post("feed", messages.submission("1.2.4.3"), b"<CDA/>", timeout=0.5)
    patient = caller.post("feed", messages.submission("1.2.4.4"), b"<CDA/>", timeout=30)

    assert patient.status_code == 200
    assert arrived(simulator, "1.2.4.3")


@pytest.mark.parametrize(
    ("spec", "status", "said"),
    [
        ("*:html", 503, "<h1>"),
        ("*:html:200", 200, "<h1>"),
        ("*:http:500", 500, ""),
        ("*:busy", 503, "Unavailable"),
        ("*:invalid-certificate", 500, "soap:DMPInvalidCertificate"),
        ("*:refuse:DMPOther", 500, "soap:DMPOther"),
        ("*:empty", 200, ""),
    ],
)
def test_another_answer_comes(broken, spec, status, said):
    answer = broken(spec).existence()

    assert answer.status_code == status
    assert said in answer.text
    assert bool(said) is bool(answer.content)


def test_more_than_four_in_a_second_are_too_many(broken):
    clock = iter([0.0, 0.1, 0.2, 0.3, 0.4, 1.1])
    caller = broken("*:throttle", clock=lambda: next(clock))

    assert [caller.existence().status_code for _ in range(6)] == [200, 200, 200, 200, 429, 200]


def test_an_answer_is_altered_on_the_way(broken, caller, messages):
    caller.body("feed", messages.submission("1.2.4.5"), b"<CDA>content</CDA>")
    retrieval = messages.retrieval("1.2.4.5")

    torn = broken("TD3.2:mtom-broken").post("retrieve", retrieval)
    altered = broken("TD3.2:altered").post("retrieve", retrieval)
    related = broken("TD0.2:wrong-relatesto").existence()

    assert not torn.content.rstrip().endswith(b"--")
    assert b"<CDA>content</CDA>" not in altered.content
    assert "urn:uuid:00000000-0000-4000-8000-000000000000" in related.text


def test_an_expired_certificate_of_the_server_is_seen_before_anything_is_said(broken):
    with pytest.raises(httpx.ConnectError, match="certificate has expired"):
        broken("*:expired-certificate").existence()


def test_one_patient_alone_is_unlucky(broken, messages):
    unlucky = broken(f"TD0.2@{messages.patient[:15]}:html").existence()
    lucky = broken("TD0.2@181067511004222:html").existence()

    assert (unlucky.status_code, lucky.status_code) == (503, 200)


def simulate(data, *arguments):
    command = [sys.executable, "-m", "dmp_core.cli", "simulate", "--data", str(data), "--json", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_wrong_spec_on_the_command_line_lists_what_exists(tmp_path):
    with simulate(tmp_path / "sim", "--fault", "TD2.1:drop") as process:
        _, complained = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "'TD2.1:drop': unknown kind" in complained
    assert "drop-after" in complained
    assert not (tmp_path / "sim").exists()


def test_the_command_line_breaks_what_it_is_told_to_and_shows_its_pages(caller_of, tmp_path):
    data = tmp_path / "sim"
    with simulate(data, "--fault", "TD0.2:html", "--fault", "TD3.1:busy:0.3", "--admin", "--empty") as process:
        told = json.loads(process.stdout.readline())
        answer = caller_of(told["url"], Pki.load(data / "pki")).existence()
        page = httpx.get(told["admin"], follow_redirects=True)
        process.terminate()
        process.communicate(timeout=30)

    assert answer.status_code == 503
    assert "DMP simulé" in page.text
    assert json.loads((data / "loaded.json").read_text()) == []
