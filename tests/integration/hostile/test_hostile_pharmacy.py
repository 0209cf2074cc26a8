"""A pharmacy whose plugins misbehave while it works: no document is lost, no call waits, all goes on after the repair."""
# ruff: noqa: E501 - the code of plugins, a line each

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import pytest
from counters import who_of
from plugin_wheels import make_plugin

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.errors import KeyConflict
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.model.practitioner import Who
from dmp_core.plughost.guard import Status
from dmp_core.plughost.lanes import Lanes
from dmp_core.plughost.report import PluginState
from dmp_core.services.notices import MessageWanted, Notice
from dmp_core.simulator.counter import Counter
from dmp_core.system import SystemClock

pytestmark = pytest.mark.reliability

NOTE = """
NOTE = DocumentType(
    id="note-saine", label="Intervention pharmaceutique", type_code=value_set("J07").code("61357-0"),
    class_code=value_set("J57").code("42"), format_code=value_set("J60").code("urn:ihe:iti:xds-sd:pdf:2008"),
    policy=FeedPolicy.{policy},
)
@hookimpl
def provide_document_types(event, ctx):
    return [NOTE]
@hookimpl
def resolve_document(event, ctx):
    {before}
    import datetime, json
    text = json.loads(event.content)["texte"]
    section = LaidSection(title="{title}", blocks=(Paragraph(text=text),))
    return LaidOut(act=Act(start=datetime.date(2026, 1, 15)), sections=(section,))
"""
BRINGS = {"hooks": ("provide_document_types", "resolve_document"), "kind": "document", "reads": ("content",)}
HOSTILE = {
    "h_raises": "1 / 0",
    "h_hangs": "import time; time.sleep(600)",
    "h_spins": "while True: pass",
    "h_segfaults": "import ctypes; ctypes.string_at(0)",
    "h_leaves": "import os; os._exit(0)",
    "h_floods": "while True: print('x' * 10_000)",
    "h_allocates": "return bytearray(4 * 10**9)",
    "h_forks": "import os\n    while True: os.fork()",
    "h_fills": "import os\n    while True: open(f'{os.environ[\"HOME\"]}/{os.urandom(9).hex()}', 'wb').write(bytes(10**6))",
    "h_changes": "event.content = b'{}'",
    "h_html": "return '<b>bonjour</b>'",
    "h_100_mb": "return [ShowMessage.model_construct(text='x' * 10**8)]",
    "h_socket": "import socket; socket.socket()",
    "h_outbox": "open(DATA + '/outbox.sqlite', 'rb').read()",
    "h_tokens": "open(DATA + '/keys/outbox.key', 'rb').read()",
    "h_others": "open(DATA + '/plugins/installed/h_raises/current').read()",
    "h_core": "import dmp_core.outbox.sqlite as s; s.SqliteOutbox.accept = None",
    "h_kills": "import os; os.kill(os.getppid(), 9)",
    "h_wrong": "return [Hold.model_construct(duration='always')]",
    "h_other_hook": "return [SuggestPatient(person=0)]",
}  # fmt: skip
FACTS = ("on_document_saved", "on_patient_opened", "on_patient_closed")


@dataclass
class Pharmacy:
    """One seat without network; `app` is not started: a test takes the steps of the delivery itself."""

    app: App
    counter: Counter
    wheels: Path
    notices: list[Notice] = field(default_factory=list)

    @property
    def who(self) -> Who:
        return who_of(self.counter)

    @property
    def lanes(self) -> Lanes:
        return Lanes(self.app.config.plugins.trust(self.app.config.data, self.app.config.environment), self.app.clock)

    def install(self, plugin: str, version: str = "1.0.0", code: str = "", **more: Any) -> None:
        install(self.lanes, self.wheels, plugin, version, code, **more)

    def save(self, key: str = "save-1", **content: Any) -> OutboxItem:
        saved = SavedDocument(
            key=key, record=f"record-{key}", type_id="note-saine", patient=self.counter.patients[0],
            content={"texte": "Bonjour"} | content,
        )  # fmt: skip
        return self.app.intake.save(saved, self.who)

    def step(self, item: OutboxItem) -> OutboxItem:
        self.app.step()
        return self.app.outbox.get(item.id)

    def state(self, plugin: str) -> PluginState:
        return next(state for state in self.app.plugins.report() if state.id == plugin)

    def said(self) -> list[str]:
        return [notice.text for notice in self.notices if isinstance(notice, MessageWanted)]


def install(lanes: Lanes, wheels: Path, plugin: str, version: str, code: str, **more: Any) -> None:
    path = make_plugin(wheels / f"{plugin}-{version}", plugin, version, code, **more)
    lanes.store.install(lanes.store.candidate(path))


@pytest.fixture(scope="session")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulation")
    prepare(folder)
    return folder


@pytest.fixture
def pharmacy(simulation: Path, tmp_path: Path) -> Iterator[Callable[..., Pharmacy]]:
    """`pharmacy({"plugin": (code, more)})`: opens a seat with these plugins installed and enabled."""
    opened: list[App] = []

    def open_(plugins: dict[str, tuple[str, dict[str, Any]]], *, limits: str = "") -> Pharmacy:
        data = tmp_path / "dmp"
        if not data.exists():
            shutil.copytree(simulation, data)
            write_config(data, "https://127.0.0.1:1/services/")
        layer = tmp_path / "layer.toml"
        layer.write_text(
            f"[plugins]\nenabled = {list(plugins)}\nin_process = []\n[plugins.limits]\nstart = 30\nload = 10\n"
            f"on_document_saved = 0.5\non_feed_finished = 0.5\n{limits}",
            encoding="utf-8",
        )
        config = load(data / CONFIG, layer)
        lanes = Lanes(config.plugins.trust(config.data, config.environment), SystemClock())
        for name, (code, more) in plugins.items():
            if not lanes.store.current(name):
                install(lanes, tmp_path / "wheels", name, "1.0.0", code, **more)
        opened.append(App(config))
        counter = Counter.model_validate_json((data / COUNTER).read_bytes())
        made = Pharmacy(opened[-1], counter, tmp_path / "wheels")
        opened[-1].subscribe(made.notices.append)
        return made

    yield open_
    for app in opened:
        app.close()


def brings(*, policy: str = "MANUAL", before: str = "pass", title: str = "Texte") -> tuple[str, dict[str, Any]]:
    return NOTE.format(policy=policy, before=before, title=title), dict(BRINGS)


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    end = perf_counter() + seconds
    while not condition() and perf_counter() < end:
        sleep(0.02)
    assert condition()


def test_row_099_twenty_hostile_plugins_lose_no_document_and_hold_up_no_call(pharmacy: Any, tmp_path: Path) -> None:
    data = str(tmp_path / "dmp" / "host")
    plugins = {"doc_sound": brings()}
    for name, body in HOSTILE.items():
        hooks = "".join(f"@hookimpl\ndef {hook}(event, ctx):\n    {body}\n" for hook in FACTS)
        plugins[name] = (f"DATA = {data!r}\n{hooks}", {"hooks": FACTS, "reads": ("content", "patient")})
    seat = pharmacy(plugins, limits="on_patient_opened = 0.5\non_patient_closed = 0.5\n")
    seat.app.start()
    saved: list[OutboxItem] = []

    patient = seat.counter.patients[0]
    seat.app.submit(lambda: seat.app.consult.opened(patient, None), lambda _: None)
    for rank in range(2):
        saved.append(seat.save(f"save-{rank}"))
        seat.app.outbox.in_states(frozenset(State))
        seat.app.plugins.report()
        seat.app.plugins.known_types()
    seat.app.consult.closed(patient.host_id)
    until(lambda: all(seat.app.outbox.get(item.id).state is State.COMPOSED for item in saved), 200)
    until(lambda: all(seat.state(name).failures for name in HOSTILE))

    assert sum(seat.app.outbox.counts().values()) == len(saved)
    assert all(b"Bonjour" in seat.app.outbox.content(item.id) for item in saved)
    assert [item.state for item in saved] == [State.ACCEPTED] * 2, "answered before any plugin was asked"
    assert [name for name in HOSTILE if not seat.state(name).reason] == []
    assert seat.state("doc_sound").reason == ""


def test_a_document_waits_for_its_plugin_and_goes_on_by_itself_after_the_repair(pharmacy: Any) -> None:
    seat = pharmacy({"doc_sound": brings(before="import time; time.sleep(600)")}, limits="resolve_document = 0.5\n")
    item = seat.step(seat.save())

    assert (item.state, item.reason) == (State.WAITING, WaitReason.PLUGIN)
    assert "doc_sound 1.0.0" in item.fault.detail
    assert "took more than 0.5 s: killed" in item.fault.detail

    code, more = brings()
    seat.install("doc_sound", "1.0.1", code, **more)
    item = seat.step(item)

    assert (item.state, item.plugin) == (State.COMPOSED, "doc_sound 1.0.1")


def test_after_three_strikes_a_document_waits_until_the_plugin_is_enabled_again(pharmacy: Any) -> None:
    seat = pharmacy({"doc_sound": brings(before="import os; os._exit(1)")})
    item = seat.save()
    for _ in range(3):
        item = seat.app.delivery.retry(item.id, seat.who) if item.state is State.WAITING else item
        item = seat.step(item)
    assert seat.state("doc_sound").status is Status.QUARANTINED

    seat.lanes.ledger.lift("doc_sound")
    seat.app.step()

    assert seat.state("doc_sound").status is Status.ENABLED
    assert seat.app.outbox.get(item.id).state is State.WAITING


def test_an_accepted_document_whose_plugin_is_gone_waits_with_that_reason(pharmacy: Any) -> None:
    seat = pharmacy({"doc_sound": brings()})
    item = seat.save()
    seat.lanes.store.remove("doc_sound")

    item = seat.step(item)

    assert (item.state, item.reason, item.fault.code) == (State.WAITING, WaitReason.PLUGIN, "DMP-PLUG-004")
    code, more = brings()
    seat.install("doc_sound", "1.0.0", code, **more)
    assert seat.step(item).state is State.COMPOSED


def test_a_document_keeps_the_version_that_composed_it(pharmacy: Any) -> None:
    seat = pharmacy({"doc_sound": brings(title="Avant")})
    old = seat.step(seat.save("save-1"))
    before = seat.app.outbox.document(old.id)
    code, more = brings(title="Apres")
    seat.install("doc_sound", "2.0.0", code, **more)

    new = seat.step(seat.save("save-2"))

    assert [seat.app.outbox.get(old.id).plugin, new.plugin] == ["doc_sound 1.0.0", "doc_sound 2.0.0"]
    assert seat.app.outbox.document(old.id) == before


def test_a_plugin_cannot_change_a_document_after_it_was_accepted(pharmacy: Any) -> None:
    """F38: what the plugin gets is a copy in another process; what it gives is no document but a wish."""
    changes = (
        "@hookimpl\ndef on_document_saved(event, ctx):\n"
        "    object.__setattr__(event, 'content', b'{}'); event.__dict__['item'] = 'another'\n    return [FeedDocument()]\n"
    )
    seat = pharmacy({
        "doc_sound": brings(), "h_changes": (changes, {"hooks": ("on_document_saved",), "reads": ("content",)}),
    })  # fmt: skip

    item = seat.step(seat.save())

    assert item.state is State.HELD
    assert seat.app.outbox.content(item.id) == b'{"texte":"Bonjour"}'


def test_what_a_plugin_missed_is_told_once_it_works_again(pharmacy: Any) -> None:
    asks = "@hookimpl\ndef on_document_saved(event, ctx):\n    {}\n    return [FeedDocument(), ShowMessage(text=event.item)]\n"
    more = {"hooks": ("on_document_saved",)}
    seat = pharmacy({"doc_sound": brings(), "h_late": (asks.format("import os; os._exit(1)"), more)})
    items = [seat.step(seat.save(f"save-{rank}")) for rank in range(5)]
    assert [item.state for item in items] == [State.COMPOSED] * 5
    assert seat.state("h_late").status is Status.QUARANTINED
    assert seat.state("h_late").events_wait

    seat.install("h_late", "1.0.1", asks.format("pass"), **more)
    seat.app.step()

    assert [seat.app.outbox.get(item.id).state for item in items] == [State.HELD] * 5
    assert seat.said() == [item.id for item in items]
    assert not seat.state("h_late").events_wait


def test_what_a_plugin_missed_survives_a_stop(pharmacy: Any) -> None:
    asks = "@hookimpl\ndef on_document_saved(event, ctx):\n    {}\n    return [ShowMessage(text=event.item)]\n"
    more = {"hooks": ("on_document_saved",)}
    plugins = {"doc_sound": brings(), "h_late": (asks.format("1 / 0"), more)}
    seat = pharmacy(plugins)
    item = seat.step(seat.save())
    seat.app.close()

    again = pharmacy(plugins)
    again.install("h_late", "1.0.1", asks.format("pass"), **more)
    again.app.step()
    again.app.step()

    assert again.said() == [item.id]


def test_an_event_that_kills_its_plugin_is_given_up_after_three_tries(pharmacy: Any) -> None:
    code = "@hookimpl\ndef on_document_saved(event, ctx):\n    if event.content and b'poison' in event.content: 1 / 0\n"
    seat = pharmacy({
        "doc_sound": brings(), "h_fragile": (code, {"hooks": ("on_document_saved",), "reads": ("content",)}),
    })  # fmt: skip

    seat.step(seat.save("save-0", texte="poison"))
    for rank in range(1, 5):
        seat.step(seat.save(f"save-{rank}"))

    assert not seat.state("h_fragile").events_wait
    assert seat.state("h_fragile").status is Status.ENABLED
    assert seat.state("h_fragile").failures == 1 + 3


def test_two_plugins_that_want_the_same_document_give_one_and_the_second_is_named(pharmacy: Any) -> None:
    asks = (
        "@hookimpl\ndef on_document_saved(event, ctx):\n    return [FeedDocument()]\n",
        {"hooks": ("on_document_saved",)},
    )
    seat = pharmacy({"doc_sound": brings(), "h_first": asks, "h_second": asks})

    item = seat.step(seat.save())

    assert item.state is State.HELD
    assert sum(seat.app.outbox.counts().values()) == 1
    assert (seat.state("h_first").repeats, seat.state("h_second").repeats) == (0, 1)
    assert "asked again for one document of type note-saine, which h_first asked for" in seat.state("h_second").reason


def test_one_key_of_the_host_and_one_type_give_one_further_document(pharmacy: Any) -> None:
    """A further document of a type is made once, whoever asks, and however often."""
    other = NOTE.replace("note-saine", "note-autre").format(policy="MANUAL", before="pass", title="Autre")
    asks = "@hookimpl\ndef on_document_saved(event, ctx):\n    return [FeedDocument(type_id='note-autre', content={{'texte': '{}'}})]\n"
    more = {"hooks": ("on_document_saved",)}
    seat = pharmacy({
        "doc_sound": brings(), "doc_other": (other, dict(BRINGS)),
        "h_first": (asks.format("un"), more), "h_second": (asks.format("deux"), more),
    })  # fmt: skip

    seat.save()
    for _ in range(3):
        seat.app.step()

    made = [item for item in seat.app.outbox.in_states(frozenset(State)) if item.type_id == "note-autre"]
    assert [seat.app.outbox.content(item.id) for item in made] == [b'{"texte":"un"}']
    assert made[0].state is State.COMPOSED
    assert seat.state("h_second").repeats >= 1
    assert "asked again for one document of type note-autre" in seat.state("h_second").reason
    with pytest.raises(KeyConflict):
        seat.save(texte="autre contenu sous la même clé")
