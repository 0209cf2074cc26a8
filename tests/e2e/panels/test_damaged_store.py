"""A file that no longer reads: what was accepted is told by the windows, the notices, the health, the commands."""

import json
from pathlib import Path
from typing import Any

import apsw
import pytest
from click.testing import CliRunner
from counters import VACCINATION
from playwright.sync_api import Page, expect
from windows import axe, fits

from dmp_core.cli import main
from dmp_core.cli.simulate import CONFIG
from dmp_core.errors import ItemsUnreadable
from dmp_core.services.store_watch import EVERY

DAMAGE = "UPDATE part SET sealed = randomblob(length(sealed)) WHERE name = 'content' AND seq = 1"


@pytest.fixture
def damaged(desk: Any) -> str:
    """The item whose bytes are no longer what was written, beside one that is whole; the daily look has found it."""
    desk.open_patient()
    item: str = desk.save("save-1")
    desk.save("save-2", 1)
    damage(desk.app.config.data)
    desk.app.store_watch.look()
    return item


def damage(folder: Path) -> None:
    """What a disk does to the first item."""
    db = apsw.Connection(str(folder / "outbox.sqlite"))
    db.set_busy_timeout(5000)
    db.execute(DAMAGE)
    db.close()


def dmp(desk: Any, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--config", str(desk.app.config.data.parent / CONFIG)])


def test_the_host_is_told_once_with_what_to_do(desk: Any, damaged: str) -> None:
    desk.wait(lambda one: one.get("params", {}).get("code") == ItemsUnreadable.code)

    desk.app.store_watch.look()
    desk.ask("status/health")

    (notice,) = [one["params"] for one in desk.heard if one.get("params", {}).get("code") == ItemsUnreadable.code]
    assert (notice["detail"], notice["remedy"]) == ("1 items", ItemsUnreadable.remedy)


def test_the_list_names_type_date_and_what_becomes_of_it(desk: Any, damaged: str) -> None:
    listed = desk.ask("outbox/list")

    (one,) = listed["damaged"]
    assert (one["item"], one["type_id"], one["state"]) == (damaged, "note-vaccination", "awaiting_confirmation")
    assert one["accepted_at"]
    assert "enregistrez-le de nouveau" in one["label"]


def test_the_health_says_how_many_and_names_none(desk: Any, damaged: str) -> None:
    health = desk.ask("status/health")

    assert health["unreadable"] == 1
    assert damaged not in json.dumps(health)


def test_the_windows_say_which_documents_and_what_to_do(desk: Any, damaged: str, tab: Page) -> None:
    tab.goto(desk.open("outbox"))
    section = tab.get_by_role("region", name="Ne se lisent plus (1)")

    expect(section).to_contain_text("Note de vaccination")
    expect(section).to_contain_text("enregistrez-le de nouveau dans votre logiciel")
    expect(section).to_contain_text("copie de sauvegarde")
    assert axe(tab) == []
    assert fits(tab)
    tab.goto(desk.open("bonus"))
    expect(tab.get_by_text("1 document ne se lit plus sur ce poste")).to_be_visible()


def test_an_open_window_shows_by_itself_what_the_daily_look_found(desk: Any, tab: Page) -> None:
    desk.open_patient()
    desk.save("save-1")
    tab.goto(desk.open("outbox"))
    expect(tab.get_by_role("heading", name="À confirmer (1)")).to_be_visible()

    damage(desk.app.config.data)
    desk.app.store_watch.look()

    expect(tab.get_by_role("heading", name="Ne se lisent plus (1)")).to_be_visible()


def test_the_commands_say_it(desk: Any, damaged: str) -> None:
    busy = dmp(desk, "doctor", "--all", "--json")
    desk.app.close()

    listed, doctor = dmp(desk, "outbox", "list"), dmp(desk, "doctor", "--json")

    groups = {group["id"]: group for group in json.loads(doctor.stdout)["groups"]}
    open_there = {group["id"]: group for group in json.loads(busy.stdout)["groups"]}
    assert ItemsUnreadable.code in listed.stderr
    assert damaged in listed.stderr
    assert [one["check"] for one in groups["store"]["findings"]] == ["store.damaged", "store.item"]
    assert "note-vaccination" in groups["store"]["findings"][1]["finding"]
    assert [one["check"] for one in open_there["store"]["findings"]] == ["store.open"]
    assert doctor.exit_code == 1


def test_the_store_is_looked_through_at_the_start_and_then_once_a_day(desk: Any) -> None:
    looks: list[object] = []
    watch = desk.app.store_watch
    watch._behind = looks.append
    watch._due = desk.app.clock.monotonic() + EVERY.total_seconds()

    watch.step()
    before = len(looks)
    watch._due = desk.app.clock.monotonic()
    watch.step()
    watch.step()

    assert (before, len(looks)) == (0, 1)


def test_a_save_goes_through_while_the_store_is_looked_through(desk: Any) -> None:
    desk.open_patient()
    desk.save("save-1")
    store = desk.app.outbox
    seen = store._all()
    next(seen)

    params = {"key": "save-2", "record": "r-2", "type_id": "note-vaccination", "content": VACCINATION}
    saved = desk.ask("document/saved", params | {"patient": desk.patient()})

    assert saved["item"]
    assert saved["item"] not in store.verify()
