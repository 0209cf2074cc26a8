"""Certificates are renewed under a pharmacy that works: nothing that waits is lost, nothing is sent twice."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dmp_core.errors import OwnCertificateRefused, TlsRefused
from dmp_core.model.item import State, WaitReason
from dmp_core.transport.file_key import Role
from dmp_core.transport.key_folder import Place

DMP = [sys.executable, "-m", "dmp_core.cli"]


def dmp(pharmacy: Any, *arguments: str, **more: Any) -> Any:
    return subprocess.run(
        [*DMP, *arguments, *pharmacy.arguments], capture_output=True, text=True, timeout=60, check=False, **more
    )


def with_files(pharmacy: Any, role: str, pair: Any) -> None:
    """The configuration names another pair."""
    layer: Path = pharmacy.layers[1]
    table = f"[structure.{pharmacy.structure}.keys.organisation_{role}]"
    layer.write_text(
        layer.read_text(encoding="utf-8")
        + f"\n{table}\ncertificate = {json.dumps(str(pair.certificate))}\nkey = {json.dumps(str(pair.key))}\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize(("role", "name"), [("auth", "auth"), ("sign", "sign")])
def test_what_waits_for_an_ended_certificate_leaves_once_the_new_one_is_imported(
    pharmacy: Any, role: str, name: str
) -> None:
    with_files(pharmacy, name, pharmacy.certificate(role, first=-100, last=-1))
    good = {"auth": pharmacy.pki.organisation_auth, "sign": pharmacy.pki.organisation_sign}[role](pharmacy.structure)
    app = pharmacy.app()
    try:
        item = pharmacy.until(app, pharmacy.save(app), State.WAITING)
        assert item.reason in (WaitReason.CARD, WaitReason.NETWORK)
        assert pharmacy.registered() == 0

        done = dmp(
            pharmacy, "certificate", "import", str(pharmacy.p12(good)), "--password-file", str(pharmacy.password)
        )
        assert done.returncode == 0, done.stderr
        app.delivery.retry(item.id, pharmacy.who)
        item = pharmacy.until(app, item, State.SENT)
    finally:
        app.close()

    assert pharmacy.registered() == 1


def test_a_bridge_that_runs_takes_the_new_certificate_without_a_new_start(pharmacy: Any) -> None:
    app = pharmacy.app()
    try:
        first = pharmacy.until(app, pharmacy.save(app), State.SENT)
        link = app.lines.exchanges
        before = {exchange.link.transport for exchange in link}

        done = dmp(
            pharmacy,
            "certificate",
            "import",
            str(pharmacy.p12(pharmacy.certificate("auth", first=-1, last=900))),
            "--password-file",
            str(pharmacy.password),
        )
        assert done.returncode == 0, done.stderr
        second = pharmacy.until(app, pharmacy.save(app, "save-2"), State.SENT)
        after = {exchange.link.transport for exchange in app.lines.exchanges}
        actions = [record["action"] for record in app.audit.records()]
    finally:
        app.close()

    assert first.id != second.id
    assert before.isdisjoint(after)
    assert "certificate.serves" in actions
    assert pharmacy.registered() == 2


def test_one_that_the_dmp_does_not_know_is_kept_aside_and_the_old_goes_on(pharmacy: Any, tmp_path: Path) -> None:
    from dmp_core.simulator import pki as test_pki
    from dmp_core.simulator.simulator import now

    app = pharmacy.app()
    try:
        app.certificates.take(pharmacy.p12(pharmacy.pki.organisation_auth(pharmacy.structure)), b"mot de passe")
        foreign = test_pki.make(tmp_path / "foreign", [pharmacy.counter.structure], [], now())
        imported = app.certificates.take(
            pharmacy.p12(foreign.organisation_auth(pharmacy.structure), "foreign"), b"mot de passe"
        )

        assert imported.stored.place is Place.COMING
        assert isinstance(imported.trouble, OwnCertificateRefused | TlsRefused)
        assert pharmacy.until(app, pharmacy.save(app), State.SENT)
    finally:
        app.close()


def test_the_command_lists_compares_and_goes_back(pharmacy: Any) -> None:
    password = ("--password-file", str(pharmacy.password))
    first = pharmacy.p12(pharmacy.pki.organisation_auth(pharmacy.structure), "first")
    second = pharmacy.p12(pharmacy.certificate("auth", first=-1, last=900), "second")
    for file in (first, second):
        assert dmp(pharmacy, "certificate", "import", str(file), *password).returncode == 0

    listed = json.loads(dmp(pharmacy, "certificate", "list", "--json").stdout)["certificates"]
    places = {one["fingerprint"]: (one["role"], one["place"]) for one in listed}
    kept = next(one for one in listed if one["place"] == "kept")
    used = next(one for one in listed if one["place"] == "used")
    back = dmp(pharmacy, "certificate", "use", kept["fingerprint"][:12])
    gone = dmp(pharmacy, "certificate", "remove", used["fingerprint"])
    shown = dmp(pharmacy, "certificate", "list")

    assert sorted(places.values()) == [
        ("authenticate", "kept"),
        ("authenticate", "used"),
        ("sign", "configuration"),
    ]
    assert used["structures"] == ["1990000001"]
    assert (back.returncode, gone.returncode) == (0, 0)
    assert "utilisé" in shown.stdout
    assert "connexion (AUTH_CLI)" in shown.stdout
    assert "jours" in shown.stdout


@pytest.mark.parametrize(("stdin", "status"), [("mot de passe\n", 0), ("faux\n", 1)], ids=["right", "wrong"])
def test_without_a_file_the_password_is_asked_for(pharmacy: Any, stdin: str, status: int) -> None:
    file = pharmacy.p12(pharmacy.pki.organisation_sign(pharmacy.structure))

    done = dmp(pharmacy, "certificate", "import", str(file), input=stdin)

    assert done.returncode == status
    assert "mot de passe\n" not in done.stdout + done.stderr


def test_no_option_takes_a_password(pharmacy: Any) -> None:
    done = subprocess.run([*DMP, "certificate", "import", "--help"], capture_output=True, text=True, check=False)

    assert "--password-file" in done.stdout
    assert "--password " not in done.stdout


def test_the_end_is_told_at_start_as_a_notice(make_pharmacy: Callable[..., Any]) -> None:
    pharmacy = make_pharmacy()
    with_files(pharmacy, "auth", pharmacy.certificate("auth", first=-100, last=20))
    app = pharmacy.app()
    told: list[Any] = []
    app.subscribe(told.append)
    try:
        app.step()
    finally:
        app.close()

    cautions = [one.caution for one in told if hasattr(one, "caution")]
    assert [caution.code for caution in cautions if caution.code.startswith("DMP-CAUT-02")] == ["DMP-CAUT-020"]
    assert app.certificates.in_use()[Role.AUTHENTICATE].days_left(app.clock.now()) in (19, 20)
