"""`dmp doctor` and `dmp support` as an installer types them, beside a pharmacy that works, and one that does not."""

import base64
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from dmp_core.model.identity import Patient
from dmp_core.model.item import State
from dmp_core.model.practitioner import Right

DMP = [sys.executable, "-m", "dmp_core.cli"]
CANARIES = ("PAT-TROIS", "DOMINIQUE", "279035121518989", "1979-03-28", "19790328", "TITULAIRE", "CAMILLE",
            "899700000001", "JETON-SECRET", "CODE-1234")  # fmt: skip


def dmp(pharmacy: Any, *arguments: str) -> Any:
    return subprocess.run(
        [*DMP, *arguments, *pharmacy.arguments], capture_output=True, text=True, timeout=120, check=False
    )


def findings(done: Any) -> dict[str, list[dict[str, Any]]]:
    told = json.loads(done.stdout)
    found: dict[str, list[dict[str, Any]]] = {}
    for group in told["groups"]:
        for finding in group["findings"]:
            found.setdefault(finding["check"], []).append(finding)
    return found


def test_a_pharmacy_that_works_has_nothing_to_mend(pharmacy: Any) -> None:
    done = dmp(pharmacy, "doctor", "--json")

    assert done.returncode == 0, done.stdout
    found = findings(done)
    assert json.loads(done.stdout)["ok"] is True
    assert {found[name][0]["severity"] for name in ("network.dmp", "network.insi", "clock", "plugins.working")} == {
        "ok"
    }
    assert {one["severity"] for one in found["certificates.dates"]} == {"ok"}


def test_what_is_wrong_is_named_in_french_with_its_remedy(make_pharmacy: Callable[..., Any]) -> None:
    pharmacy = make_pharmacy(extra='[dmp]\nurl = "https://127.0.0.1:1/si-dmp-server/v2/services/"')

    done = dmp(pharmacy, "doctor")

    assert done.returncode == 1
    assert "DMP : Le DMP n’a pas pu être joint." in done.stdout
    assert "→ Vérifiez l’accès à Internet de ce poste, le pare-feu, l’antivirus et le proxy." in done.stdout
    assert "1 point(s) à corriger." in done.stdout


def test_it_looks_beside_a_bridge_that_runs(pharmacy: Any) -> None:
    app = pharmacy.app()
    try:
        done = dmp(pharmacy, "doctor", "--json")
    finally:
        app.close()

    assert done.returncode == 0, done.stdout


def test_a_library_that_is_missing_is_a_finding(make_pharmacy: Callable[..., Any], tmp_path: Path) -> None:
    pharmacy = make_pharmacy(
        extra=f'[cps]\nlibrary = "{tmp_path}/none.so"', structure='read_mode = "direct"\n[keys]\nsource = "card"'
    )
    layer: Path = pharmacy.layers[1]
    text = layer.read_text(encoding="utf-8").replace('read_mode = "air"\n', "")
    layer.write_text(text.replace("[keys]", f"[structure.{pharmacy.structure}.keys]"), encoding="utf-8")

    done = dmp(pharmacy, "doctor", "--json")

    found = findings(done)
    assert done.returncode == 1
    assert found["cps.library"][0]["code"] == "DMP-CARD-010"
    assert found["program.card_tls"]


def encodings(text: str) -> set[bytes]:
    data = text.encode()
    shifted = {base64.b64encode(b"\0" * shift + data)[4 if shift else 0 : -4] for shift in range(3)}
    return {data, text.encode("utf-16-le"), data.hex().encode(), quote(text, safe="").encode()} | shifted


def hits(data: bytes) -> list[str]:
    return [text for text in CANARIES if any(form in data for form in encodings(text))]


@pytest.fixture
def busy(make_pharmacy: Callable[..., Any]) -> Any:
    """A pharmacy that fed and read while every exchange was recorded."""
    pharmacy = make_pharmacy(extra='[operator]\nrights = ["read", "feed", "administer"]')
    app = pharmacy.app()
    try:
        operator = pharmacy.counter.operator.model_copy(update={"rights": frozenset(Right)})
        pharmacy.counter = pharmacy.counter.model_copy(update={"operator": operator})
        patient: Patient = pharmacy.counter.patients[0]
        app.recorder.record_hour(pharmacy.who)
        pharmacy.until(app, pharmacy.save(app), State.SENT)
        app.consult.status(patient, pharmacy.who)
    finally:
        app.close()
    return pharmacy


def test_the_package_holds_the_exchanges_and_nobody(busy: Any, tmp_path: Path) -> None:
    log = tmp_path / "bridge.log"
    lines = [
        '{"event": "dmp.asked", "transaction": "TD2.1", "ms": 12, "result": "ok"}',
        '{"event": "psc.changed", "reason": "JETON-SECRET", "what": "PAT-TROIS DOMINIQUE", "token": "JETON-SECRET"}',
        "Traceback: le patient PAT-TROIS (279035121518989), CODE-1234",
    ]
    log.write_text("\n".join(lines).replace('"reason": "JETON-SECRET", ', ""), encoding="utf-8")
    target = tmp_path / "support.zip"

    done = dmp(busy, "support", "--output", str(target), "--log", str(log))

    assert done.returncode == 0, done.stderr
    assert "Non joint" not in done.stderr
    with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert {name: found for name, data in files.items() if (found := hits(data))} == {}
    assert hits(target.read_bytes()) == []
    exchanges = [json.loads(line) for line in files["exchanges.jsonl"].splitlines()]
    assert {"TD2.1", "TD0.2"} <= {one["transaction"] for one in exchanges}
    assert all("Envelope" in one["request"]["message"] for one in exchanges)
    assert b'"action": "dmp.asked"' in files["events.jsonl"]
    assert json.loads(files["log.jsonl"].splitlines()[0])["transaction"] == "TD2.1"
    assert json.loads(files["outbox.json"])["counts"]["sent"] == 1
    assert json.loads(files["versions.json"])["python"]
    assert json.loads(files["doctor.json"])["groups"]


def test_the_hunt_would_find_them(busy: Any) -> None:
    app = busy.app()
    try:
        kept = app.recorder.kept(busy.who)
        raw = b"".join(app.recorder.read(one.name, busy.who).request for one in kept)
    finally:
        app.close()

    assert "279035121518989" in hits(raw)


def test_beside_a_bridge_that_runs_the_package_says_what_it_lacks(pharmacy: Any, tmp_path: Path) -> None:
    app = pharmacy.app()
    try:
        done = dmp(pharmacy, "support", "--output", str(tmp_path / "support.zip"))
    finally:
        app.close()

    assert done.returncode == 0, done.stderr
    assert "fermez d’abord le logiciel" in done.stderr


def test_without_the_right_to_administer_no_exchange_is_packed(pharmacy: Any, tmp_path: Path) -> None:
    pharmacy.app().close()

    done = dmp(pharmacy, "support", "--output", str(tmp_path / "support.zip"))

    assert done.returncode == 0, done.stderr
    assert "DMP-RIGHT-001" in done.stderr
