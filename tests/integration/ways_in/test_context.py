"""A contextual call: a form or an address opens the window of a patient, and no address says anything of them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from host_context.calling import hand_over

PAGE = re.compile(r"http://127\.0\.0\.1:[0-9]+/panel/[A-Za-z0-9_-]{43}")
README = Path(__file__).resolve().parents[3] / "plugins/host_context/README.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("context")


@pytest.fixture(scope="module")
def settings(seat, folder) -> Path:
    file = folder / "context.toml"
    text = 'announce = "run/context.json"\ncontexts = "run/contexts"\norigins = ["http://lgo.exemple"]\n'
    file.write_text(text + seat.operator(), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def program(start, settings, folder) -> Any:
    return start("host_context", settings, announced=folder / "run" / "context.json")


@pytest.fixture
def fields(seat) -> dict[str, str]:
    patient = seat.patient
    return {
        "host_id": patient.host_id,
        "birth_name": patient.traits.birth_name,
        "birth_given_names": patient.traits.birth_given_names,
        "first_birth_given_name": patient.traits.first_birth_given_name,
        "sex": patient.traits.sex,
        "birth_date": patient.traits.birth_date.isoformat(),
        "ins": patient.ins.value,
        "ins_oid": patient.ins.oid,
        "status": "qualifiee",
    }


@pytest.fixture
def left(folder, program) -> Callable[..., str]:
    """Leaves a context as the LGO does; gives its address."""

    def leave(told: object) -> str:
        name = os.urandom(16).hex()
        file = folder / "run" / "contexts" / f"{name}.json"
        file.write_text(json.dumps(told), encoding="utf-8")
        file.chmod(0o600)
        return f"dmp-lgo://open?context={name}"

    return leave


def call(settings: Path, address: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "host_context", "--settings", str(settings), address, "--print", *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_form_is_answered_with_an_opaque_page_that_opens_once(program, fields) -> None:
    answer = httpx.post(f"{program.url}/open", data=fields, headers=program.bearer)

    page = answer.json()["address"]
    first, second = httpx.get(page, follow_redirects=True), httpx.get(page)
    assert PAGE.fullmatch(page)
    assert "Accéder au DMP" in first.text
    assert second.status_code == 401


def test_the_example_of_the_readme_works(program, fields) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"announced": program.announced, "fields": fields}

    exec(code, names)

    assert PAGE.fullmatch(names["page"])


def test_a_form_in_a_browser_is_sent_on_to_the_window(program, fields) -> None:
    form = fields | {"token": program.told["token"], "used_name": ""}

    answer = httpx.post(
        f"{program.url}/open", data=form, headers={"Accept": "text/html", "Origin": "http://lgo.exemple"}
    )

    assert answer.status_code == 303
    assert PAGE.fullmatch(answer.headers["location"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer faux"}, 401),
        ({"Host": "attaquant.exemple"}, 421),
        ({"Origin": "http://attaquant.exemple"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "application/json"}, 415),
    ],
)
def test_who_may_not_call_gets_nothing(program, fields, headers, status) -> None:
    shown = {**({} if status == 401 else program.bearer), **headers}

    assert httpx.post(f"{program.url}/open", data=fields, headers=shown).status_code == status


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ins": "279035121518990"}, "ins (15 caractères, clé juste)"),
        ({"ins_oid": "NIR"}, "ins_oid (1.2.250.1.213.1.4.8 à 1.2.250.1.213.1.4.11)"),
        ({"birth_date": "28/03/1979"}, "birth_date (comme 1979-03-28)"),
        ({"sex": "X"}, "sex (F, M ou UN)"),
        ({"status": "INS"}, "status (provisoire, validee, recuperee ou qualifiee)"),
        ({"birth_given_names": ""}, "birth_given_names (manque)"),
        ({"SECRET-PAT": "x"}, "un champ qui n’est pas prévu"),
        ({"document": "88"}, "host_id ou document, l’un des deux"),
        ({"host_id": ""}, "host_id ou document, l’un des deux"),
        ({"ins_oid": ""}, "ins et ins_oid, ensemble"),
    ],
)
def test_a_wrong_form_is_refused_in_french_without_its_values(program, fields, changes, named) -> None:
    answer = httpx.post(f"{program.url}/open", data=fields | changes, headers=program.bearer)

    refusal = answer.json()
    assert answer.status_code == 422
    assert refusal["sentence"] == f"L’appel du logiciel est incomplet ou incorrect : {named}."
    assert not any(value in answer.text for value in ("279035", "28/03", "SECRET", fields["birth_name"]))


def test_who_looks_at_a_browser_reads_why_it_does_not_open(program, fields) -> None:
    form = fields | {"token": program.told["token"], "sex": "SECRET"}

    answer = httpx.post(f"{program.url}/open", data=form, headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "sex (F, M ou UN)" in answer.text
    assert "SECRET" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "said"),
    [
        ("POST", "/open", {"Origin": "http://attaquant.exemple"}, 403, "n’est pas connue de ce poste"),
        ("POST", "/open", {"Host": "attaquant.exemple"}, 421, "sous un autre nom que ce poste"),
        ("POST", "/open", {"Authorization": "Bearer faux"}, 401, "n’est pas autorisé à ouvrir le DMP"),
        ("POST", "/open", {"Content-Type": "text/plain"}, 415, "n’est pas un formulaire"),
        ("GET", "/open", {}, 405, "n’est pas un appel du DMP"),
        ("GET", "/autre", {}, 404, "n’est pas un appel du DMP"),
    ],
)
def test_no_refusal_leaves_a_browser_blank(program, fields, method, path, headers, status, said) -> None:
    shown = program.bearer | {"Accept": "text/html"} | headers

    answer = httpx.request(method, f"{program.url}{path}", data=fields if method == "POST" else None, headers=shown)

    assert answer.status_code == status
    assert said in answer.text
    assert "Le DMP ne s’ouvre pas" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_a_long_or_doubled_form_is_refused(program, fields) -> None:
    url, bearer = f"{program.url}/open", program.bearer | {"Content-Type": "application/x-www-form-urlencoded"}

    assert httpx.post(url, content=b"host_id=" + b"a" * 20_000, headers=bearer).status_code == 413
    assert httpx.post(url, content=b"host_id=1&host_id=2", headers=bearer).status_code == 400
    assert httpx.post(url, content="host_id=é".encode(), headers=bearer).status_code == 400


def test_a_document_that_was_never_saved_is_said_to_be_unknown(program) -> None:
    answer = httpx.post(f"{program.url}/open", data={"document": "inconnu"}, headers=program.bearer)

    assert answer.status_code == 404
    assert answer.json()["sentence"] == "Ce document n’a pas été transmis au module DMP."


def test_a_second_call_reaches_the_first_instance_by_an_address(program, settings, fields, left) -> None:
    address = left(fields)

    called = call(settings, address)

    assert called.returncode == 0
    assert PAGE.fullmatch(called.stdout.strip())
    assert program.process.poll() is None


def test_an_address_serves_once(settings, fields, left) -> None:
    address = left(fields)
    call(settings, address)

    again = call(settings, address)

    assert again.returncode == 1
    assert "déjà servi" in again.stderr


def test_an_address_that_is_none_is_refused_in_french(program, settings) -> None:
    called = call(settings, "dmp-lgo://open?patient=PAT-TROIS")

    assert called.returncode == 1
    assert called.stderr.startswith("Cette adresse n’est pas un appel du DMP. Rouvrez le DMP depuis le LGO")
    assert "PAT-TROIS" not in called.stderr


def test_a_second_instance_does_not_start(seat, program, settings) -> None:
    command = [sys.executable, "-m", "host_context", "--settings", str(settings), "--bridge", *seat.bridge]

    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert second.returncode == 1
    assert "déjà en service" in second.stderr


def test_of_two_calls_at_once_one_becomes_the_instance_and_the_other_reaches_it(seat, tmp_path, fields) -> None:
    file, contexts = tmp_path / "context.toml", tmp_path / "run" / "contexts"
    file.write_text('announce = "run/context.json"\n' + seat.operator(), encoding="utf-8")
    for folder in (contexts.parent, contexts):
        folder.mkdir(mode=0o700)
    names = [os.urandom(16).hex() for _ in range(2)]
    for name in names:
        (contexts / f"{name}.json").write_text(json.dumps(fields), encoding="utf-8")
        (contexts / f"{name}.json").chmod(0o600)
    announced = tmp_path / "run/context.json"
    command = [sys.executable, "-m", "host_context", "--settings", str(file)]
    addresses = [f"dmp-lgo://open?context={name}" for name in names]
    end = ["--print", "--bridge", *seat.bridge]

    calls = [subprocess.Popen([*command, each, *end], stdout=subprocess.PIPE) for each in addresses]
    said = [until_page(call) for call in calls]
    instance = [call for call, lines in zip(calls, said, strict=True) if len(lines) == 2]
    for call in instance:
        call.terminate()

    assert [call.wait(30) for call in calls] == [0, 0]
    assert len(instance) == 1
    assert not announced.exists()


def until_page(call: subprocess.Popen[bytes]) -> list[str]:
    """What a call prints up to the address of its window: the instance announces itself before."""
    assert call.stdout
    lines: list[str] = []
    with call.stdout:
        while not lines or not PAGE.fullmatch(lines[-1]):
            line = call.stdout.readline()
            assert line, "it ended without a window"
            lines.append(line.decode().strip())
    return lines


def test_what_took_an_announced_port_is_not_believed(settings, program, fields, left, tmp_path) -> None:
    other = tmp_path / "context.json"
    other.write_text(json.dumps(program.told | {"token": "un-autre"}), encoding="utf-8")
    other.chmod(0o600)

    assert hand_over(other, left(fields)) is None


def test_without_a_bridge_and_an_instance_the_call_says_so(seat, tmp_path) -> None:
    file = tmp_path / "context.toml"
    file.write_text('announce = "run/context.json"\n' + seat.operator(), encoding="utf-8")

    called = call(file, f"dmp-lgo://open?context={'a' * 24}")

    assert called.returncode == 1
    assert "n’est pas démarré" in called.stderr
