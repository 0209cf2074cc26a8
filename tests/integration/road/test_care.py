"""What looks after the exchanges, in a whole app: the audit read back, recordings, the environment."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from click.testing import CliRunner

from dmp_core.cli import main
from dmp_core.cli.simulate import CONFIG
from dmp_core.errors import EnvironmentIgnored, RightMissing
from dmp_core.services.notices import CareNeeded


@pytest.fixture
def road(make_road: Callable[..., Any]) -> Any:
    """A road whose operator administers."""
    return make_road(extra='[operator]\nrights = ["read", "feed", "administer"]')


def dmp(tmp_path: Path, *arguments: str) -> Any:
    config = ["--config", str(tmp_path / "dmp" / CONFIG), "--config", str(tmp_path / "layer.toml")]
    return CliRunner().invoke(main, [*arguments, *config])


@pytest.mark.exigence("EX_AIR-070")
def test_dmp_audit_gives_back_the_vihf_of_a_feed(road: Any, tmp_path: Path) -> None:
    road.send(road.save())
    road.app.audit.close()

    listed = dmp(tmp_path, "audit", "list", "--transaction", "TD2.1", "--json")
    asking = next(one for one in json.loads(listed.output) if one["action"] == "dmp.asking")
    shown = dmp(tmp_path, "audit", "show", str(asking["number"]), "--vihf", "-")
    whole = dmp(tmp_path, "audit", "verify")
    exported = dmp(tmp_path, "audit", "export", str(tmp_path / "out.jsonl"), "--with-vihf")

    assert shown.exit_code == 0, shown.output
    assert f"_{asking['assertion_id']}" in shown.output
    assert road.patient.ins.value in shown.output
    assert whole.output == "The audit is whole.\n"
    assert exported.exit_code == 0, exported.output
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert "vihf" in next(one for one in lines if one["number"] == asking["number"])
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o077 == 0
    assert road.patient.ins.value not in listed.output


def test_reading_a_vihf_is_itself_recorded(road: Any, tmp_path: Path) -> None:
    road.send(road.save())
    number = next(one["number"] for one in road.app.audit.records() if "enclosed" in one)
    road.app.audit.close()

    dmp(tmp_path, "audit", "show", str(number), "--vihf", str(tmp_path / "vihf.xml"))
    listed = dmp(tmp_path, "audit", "list", "--json")

    assert (tmp_path / "vihf.xml").stat().st_mode & 0o077 == 0
    assert [one["action"] for one in json.loads(listed.output)][-1] == "audit.vihf_read"


def test_who_does_not_administer_reads_no_audit(make_road: Callable[..., Any], tmp_path: Path) -> None:
    make_road().app.audit.close()

    refused = dmp(tmp_path, "audit", "list", "--json")

    assert refused.exit_code == 1
    assert json.loads(refused.output)["error"]["code"] == RightMissing.code


def test_a_damaged_audit_is_told_with_status_1(road: Any, tmp_path: Path) -> None:
    road.send(road.save())
    road.app.audit.close()
    db = apsw.Connection(str(road.app.config.data / "audit.sqlite"))
    db.execute("DELETE FROM enclosure")
    db.close()

    checked = dmp(tmp_path, "audit", "verify")

    assert checked.exit_code == 1


def test_feeding_asks_nothing_that_is_not_needed(road: Any) -> None:
    """DNS/CNAM guide v1.5: no TD0.2 where the record is known, no TD0.3 and no TD3.2 before feeding."""
    road.send(road.save("save-1", "record-1"))
    road.send(road.save("save-2", "record-2"))

    assert road.fault.asked.count("TD0.2") <= 1
    assert not {"TD0.3", "TD3.2"} & set(road.fault.asked)


def test_the_clock_of_the_simulated_dmp_is_the_one_of_this_computer(road: Any) -> None:
    """The HTTP header `Date` comes through HTTPS to the watch, and says nothing is wrong."""
    road.send(road.save())

    assert not road.app.clock_watch.is_wrong
    assert [each for each in road.notices if isinstance(each, CareNeeded)] == []


def test_row_064_variables_that_are_ignored_are_told_at_the_start(
    make_road: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/elsewhere.pem")
    road = make_road()

    road.app.start()

    (told,) = [each.caution for each in road.notices if isinstance(each, CareNeeded)]
    assert isinstance(told, EnvironmentIgnored)
    assert "SSL_CERT_FILE" in told.detail
