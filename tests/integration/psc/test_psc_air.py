"""Without any card: fed under the structure's certificates, read in AIR by who Pro Santé Connect identified."""

import json
import logging
import queue
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from counters import who_of

from dmp_core.app import App
from dmp_core.cli import simulate_psc
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.errors import ProfessionalMissing, PscOtherPerson
from dmp_core.model.document import RecordStatus
from dmp_core.model.identification import Channel, PscState
from dmp_core.model.practitioner import Who
from dmp_core.services.notices import Notice, PscChanged, PscNeeded
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.interference import NoFault
from dmp_core.simulator.psc_server import Running
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator
from hostbridge.clients.python import BridgeClient


class Asked(NoFault):
    """What the DMP was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def before(self, transaction: str) -> Any:
        self.asked.append(transaction)
        return None


@dataclass
class Pharmacy:
    """One pharmacy without cards, its DMP and its Pro Santé Connect."""

    folder: Path
    layers: tuple[Path, Path]
    app: App
    counter: Counter
    psc: Running
    dmp: Asked
    simulator: Simulator
    heard: "queue.Queue[Notice]" = field(default_factory=queue.Queue)

    @property
    def who(self) -> Who:
        return who_of(self.counter)

    def wait(self, wanted: Callable[[Notice], bool]) -> Notice:
        """The next notice of that kind, ten seconds at most."""
        while True:
            notice = self.heard.get(timeout=10)
            if wanted(notice):
                return notice

    def identify(self, user: Any) -> None:
        session = self.app.psc
        assert session
        view = session.open(Channel.BROWSER, self.who)
        user.get(user.login(view.prompt.url if view.prompt else ""))
        self.wait(lambda one: isinstance(one, PscChanged) and one.view.state is PscState.IDENTIFIED)


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("air")
    prepare(folder, filled=True)
    return folder


@pytest.fixture(params=[simulate_psc.DIRECT, simulate_psc.PROXY])
def pharmacy(request: pytest.FixtureRequest, simulation: Path, tmp_path: Path) -> Iterator[Pharmacy]:
    """A pharmacy that runs, by each way to Pro Santé Connect."""
    folder = tmp_path / "dmp"
    shutil.copytree(simulation, folder)
    with ExitStack() as stack:
        simulator, dmp = Simulator.open(folder), Asked()
        stack.callback(simulator.close)
        write_config(folder, stack.enter_context(running(simulator, fault=dmp)).url)
        psc = stack.enter_context(simulate_psc.at_work(folder, COUNTER))
        layers = (folder / CONFIG, folder / request.param)
        app = App(load(*layers))
        stack.callback(app.close)
        counter = Counter.model_validate_json((folder / COUNTER).read_bytes())
        pharmacy = Pharmacy(folder, layers, app, counter, psc, dmp, simulator)
        app.subscribe(pharmacy.heard.put)
        app.start()
        app.session.operator_changed(pharmacy.who)
        yield pharmacy


@pytest.mark.exigence("EX_AIR-085", "SC.DMP/PSC.01", "SC.DMP/AIRS.04")
def test_the_record_is_read_once_the_professional_is_identified(pharmacy: Pharmacy, user: Any) -> None:
    patient = pharmacy.counter.patients[0]
    with pytest.raises(ProfessionalMissing):
        pharmacy.app.consult.status(patient, pharmacy.who)
    assert pharmacy.dmp.asked == []
    pharmacy.wait(lambda one: isinstance(one, PscNeeded))

    pharmacy.identify(user)

    assert pharmacy.app.consult.status(patient, pharmacy.who) is RecordStatus.AUTHORISED
    rows = list(pharmacy.app.consult.entries(patient, pharmacy.who, "all"))
    assert len(rows) > 3
    document = pharmacy.app.consult.fetch(patient, pharmacy.who, rows[0].unique_id)
    assert document.content == pharmacy.simulator.registry.content(rows[0].unique_id)


@pytest.mark.exigence("SC.DMP/AIRS.06")
def test_who_is_identified_stands_in_the_vihf_with_the_roles_of_the_directory(pharmacy: Pharmacy, user: Any) -> None:
    pharmacy.identify(user)
    session = pharmacy.app.psc
    assert session
    declared = pharmacy.who.author.model_copy(update={"family": "AUTRE-NOM", "section": "D"})
    who = pharmacy.who.model_copy(update={"author": declared})

    author = session.author(who)

    assert (author.family, author.specialty) == ("TITULAIRE", "G15_21/A")


def test_another_professional_s_reading_is_refused_before_anything_is_asked(pharmacy: Pharmacy, user: Any) -> None:
    pharmacy.identify(user)
    author = pharmacy.who.author.model_copy(update={"national_id": "899700000002"})
    who = pharmacy.who.model_copy(update={"author": author})

    with pytest.raises(PscOtherPerson):
        pharmacy.app.consult.existence(pharmacy.counter.patients[0].ins, who)

    assert pharmacy.dmp.asked == []


def test_another_operator_must_be_identified_anew(pharmacy: Pharmacy, user: Any) -> None:
    pharmacy.identify(user)
    before = pharmacy.psc.psc.sessions()

    pharmacy.app.session.operator_changed(None)

    pharmacy.wait(lambda one: isinstance(one, PscChanged) and one.view.ended == "operator-changed")
    with pytest.raises(ProfessionalMissing):
        pharmacy.app.consult.status(pharmacy.counter.patients[0], pharmacy.who)
    assert before == ["899700000001"]


def test_the_end_of_the_program_ends_the_session_at_the_service(pharmacy: Pharmacy, user: Any) -> None:
    pharmacy.identify(user)
    assert pharmacy.psc.psc.sessions() == ["899700000001"]

    pharmacy.app.close()

    assert pharmacy.psc.psc.sessions() == []


def test_the_audit_knows_who_was_identified_and_no_log_knows_a_token(
    pharmacy: Pharmacy, user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pharmacy.identify(user)
    pharmacy.app.consult.status(pharmacy.counter.patients[0], pharmacy.who)

    actions = [record["action"] for record in pharmacy.app.audit.records()]
    ours = " ".join(record.getMessage() for record in caplog.records if record.name == "dmp")
    secrets = [*pharmacy.psc.psc._access, *pharmacy.psc.psc._refresh, "secret-de-demonstration", "TITULAIRE"]

    assert "psc.identified" in actions
    assert "psc.changed" in ours
    assert [one for one in secrets if one in ours] == []
    files = [file for file in (pharmacy.folder / "host").rglob("*") if file.is_file()]
    assert [file.name for file in files for one in secrets if one.encode() in file.read_bytes()] == []


def test_a_host_does_it_all_over_the_bridge(pharmacy: Pharmacy, user: Any) -> None:
    pharmacy.app.close()
    command = [sys.executable, "-m", "dmp_core.cli", "serve", "--stdio"]
    for layer in pharmacy.layers:
        command += ["--config", str(layer)]
    patient = pharmacy.counter.patients[0].model_dump(mode="json", exclude_none=True)
    with BridgeClient(command) as bridge:
        operator = json.loads(pharmacy.counter.operator.model_dump_json(exclude_none=True))
        bridge.start({"host": {"name": "LGO", "version": "1"}, "operator": operator})
        bridge.call("patient/opened", {"patient": patient})

        asked = bridge.call("psc/open", {"channel": "browser"})
        user.get(user.login(asked["prompt"]["url"]))
        told = next(iter(notices_of(bridge, "psc/changed")))
        polled = bridge.call("psc/poll")
        listed = bridge.call("dmp/list", {"host_id": patient["host_id"], "since": "all"})
        bridge.call("psc/close")
        ended = next(iter(notices_of(bridge, "psc/changed")))

    assert (asked["state"], told["state"], polled["state"]) == ("asked", "identified", "identified")
    assert polled["exercise"]["practitioner"]["national_id"] == "899700000001"
    assert len(listed["entries"]) > 3
    assert (ended["state"], ended["ended"]) == ("none", "closed")


def notices_of(bridge: BridgeClient, method: str) -> Iterator[dict[str, Any]]:
    while (notice := bridge.next_notice(10)) is not None:
        if notice.method == method:
            yield notice.params
