"""The simulator over real HTTPS: who gets in, which paths there are, one transaction from end to end, broken lines."""

import ssl
import subprocess
import sys
from datetime import UTC, datetime
from threading import Event
from uuid import uuid4

import httpx
import pytest
from cryptography import x509

from dmp_core.simulator.answers import Reply
from dmp_core.simulator.interference import Dropped
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator

PHARMACIST, PHARMACY = "899700000001", "10B0000001"
SOAP = {"content-type": "application/soap+xml; charset=UTF-8"}


def ask(server, existence) -> bytes:
    """A TD0.2 of now."""
    pair = server.pki.professional_auth(PHARMACIST)
    issuer = x509.load_pem_x509_certificate(pair.certificate.read_bytes()).subject.rfc4514_string()
    return existence(issuer, str(uuid4()), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def refused(call) -> bool:
    try:
        call()
    except httpx.TransportError:
        return True
    return False


def test_without_a_certificate_nobody_gets_in(server, client):
    http = client(server.pki, None)

    assert refused(lambda: http.post(f"{server.url}patients", content=b"", headers=SOAP))


def test_a_certificate_of_another_authority_does_not_get_in(server, client, foreign):
    http = client(server.pki, foreign.professional_auth(PHARMACIST))

    assert refused(lambda: http.post(f"{server.url}patients", content=b"", headers=SOAP))


def test_a_client_that_trusts_another_authority_stays_away(server, client, foreign):
    http = client(foreign, server.pki.professional_auth(PHARMACIST))

    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        http.post(f"{server.url}patients", content=b"", headers=SOAP)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_3])
def test_row_062_only_tls_1_2_is_spoken(server, client, version):
    pair = server.pki.professional_auth(PHARMACIST)
    http = client(server.pki, pair, minimum_version=version)

    assert refused(lambda: http.post(f"{server.url}patients", content=b"", headers=SOAP))


@pytest.mark.parametrize("path", ["", "other", "patients/more", "patientCertif"])
def test_another_path_is_not_found(server, client, path):
    http = client(server.pki, server.pki.professional_auth(PHARMACIST))

    assert http.post(f"{server.url}{path}", content=b"", headers=SOAP).status_code == 404


def test_only_post_is_allowed(server, client):
    http = client(server.pki, server.pki.professional_auth(PHARMACIST))

    assert http.get(f"{server.url}patients").status_code == 405


def test_what_is_no_soap_gets_a_fault(server, client):
    http = client(server.pki, server.pki.professional_auth(PHARMACIST))

    answer = http.post(f"{server.url}patients", content=b"<x/>", headers=SOAP)

    assert answer.status_code == 500
    assert "<soap:Fault>" in answer.text


def test_td02_in_direct_mode_is_answered_on_one_connection_as_often_as_asked(server, client, existence):
    http = client(server.pki, server.pki.professional_auth(PHARMACIST))

    answers = [http.post(f"{server.url}patients", content=ask(server, existence), headers=SOAP) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert 'queryResponseCode code="OK"' in answers[0].text
    assert answers[0].headers["content-type"].startswith("application/soap+xml; charset=UTF-8")


def test_the_card_of_the_connection_is_the_one_that_counts(server, client, existence):
    http = client(server.pki, server.pki.organisation_auth(PHARMACY))

    answer = http.post(f"{server.url}patients", content=ask(server, existence), headers=SOAP)

    assert (answer.status_code, "soap:DMPInvalidCertificate" in answer.text) == (500, True)


def test_a_folder_opened_again_is_the_same_simulator(simulator):
    again = Simulator.open(simulator.folder)

    assert (again.policy, again.pki) == (simulator.policy, simulator.pki)
    assert [record.ins for record in again.patients.all()] == [record.ins for record in simulator.patients.all()]
    again.close()


class Cut:
    """Cuts the line, before or after, wholly or in the middle of the answer."""

    def __init__(self, *, before: bool = False, keep: int | None = None) -> None:
        self._before, self._keep = before, keep

    def before(self, transaction):
        if self._before:
            raise Dropped

    def after(self, transaction, reply):
        if self._keep is None:
            raise Dropped
        return Reply(reply.status, reply.content_type, reply.body, self._keep)


@pytest.mark.parametrize("fault", [Cut(before=True), Cut(), Cut(keep=0), Cut(keep=100)])
def test_a_line_can_be_cut(simulator, client, existence, fault):
    http = client(simulator.pki, simulator.pki.professional_auth(PHARMACIST))

    with running(simulator, fault=fault) as at_work, pytest.raises(httpx.TransportError):
        http.post(f"{at_work.url}patients", content=ask(simulator, existence), headers=SOAP)


class Slow:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.go = Event()

    def before(self, transaction):
        self.go.wait(30)

    def after(self, transaction, reply):
        return None


def test_an_answer_can_be_late_while_others_are_served(simulator, client, existence):
    http = client(simulator.pki, simulator.pki.professional_auth(PHARMACIST))
    slow = Slow()

    with running(simulator, fault=slow) as at_work:
        with pytest.raises(httpx.ReadTimeout):
            http.post(f"{at_work.url}patients", content=ask(simulator, existence), headers=SOAP, timeout=0.2)
        elsewhere = http.post(f"{at_work.url}other", content=b"")
        slow.go.set()

    assert elsewhere.status_code == 404


def test_a_server_in_a_process_of_its_own_tells_its_port_and_stops_when_interrupted(simulator, client, existence):
    program = (
        "import sys; from pathlib import Path\n"
        "from dmp_core.simulator.server import serve\n"
        "serve(Path(sys.argv[1]), 0, lambda port: print(port, flush=True))"
    )
    arguments = [sys.executable, "-c", program, str(simulator.folder)]
    http = client(simulator.pki, simulator.pki.professional_auth(PHARMACIST))

    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        port = int(process.stdout.readline())
        url = f"https://127.0.0.1:{port}/si-dmp-server/v2/services/patients"
        answer = http.post(url, content=ask(simulator, existence), headers=SOAP)
        http.close()
        process.terminate()
        printed, complained = process.communicate(timeout=30)

    assert answer.status_code == 200
    assert (printed, complained) == ("", "")
