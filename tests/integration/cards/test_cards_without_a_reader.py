"""A vendor without any card: `dmp simulate --cards`, `dmp cards`, and a host that meets all that cards do. No pcscd."""

import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from counters import VACCINATION

from dmp_core.cli import main, simulate_cards
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.errors import CardExpired, CardMissing, ConfigInvalid, StructureNotOnCard
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator
from hostbridge.clients.python import BridgeClient, BridgeError


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("emulated") / "sim"
    prepare(folder)
    return folder


@pytest.fixture
def simulation(prepared: Path, tmp_path: Path) -> Iterator[Path]:
    """The folder of a running `dmp simulate --cards`."""
    data = tmp_path / "sim"
    shutil.copytree(prepared, data)
    simulator = Simulator.open(data)
    with ExitStack() as stack:
        stack.callback(simulator.close)
        write_config(data, stack.enter_context(running(simulator)).url)
        simulate_cards.prepare(data, COUNTER)
        yield data


def files(data: Path) -> list[str]:
    return ["--config", str(data / CONFIG), "--config", str(data / simulate_cards.LAYER)]


@dataclass
class Host:
    client: BridgeClient
    data: Path
    counter: Counter

    def hear(self, method: str, seconds: float = 30.0) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            notice = self.client.next_notice(left)
            if notice is not None and notice.method == method:
                return notice.params
        raise AssertionError(f"no {method} within {seconds} s")

    def cards(self, *arguments: str) -> str:
        """The command, as somebody types it beside the host."""
        done = CliRunner().invoke(main, ["cards", *arguments, *files(self.data)])
        assert done.exit_code == 0, done.output
        return done.output

    def type(self, request: int, pin: str = "1234", *, last_try: bool = False) -> dict[str, Any]:
        asked = {"request": request, "pin": pin, "typed_ms": 1500, "last_try": last_try}
        result: dict[str, Any] = self.client.call("pin/enter", asked)
        return result

    def open(self) -> dict[str, Any]:
        """The card in, and its code typed."""
        self.cards("insert", "cps")
        self.hear("card/changed")
        return self.type(self.client.call("session/open", {})["pin"]["request"])


@pytest.fixture
def host(simulation: Path) -> Iterator[Host]:
    counter = Counter.model_validate_json((simulation / COUNTER).read_bytes())
    command = [sys.executable, "-m", "dmp_core.cli", "serve", "--stdio", *files(simulation)]
    with BridgeClient(command) as client:
        introduction = {"protocol_version": "1.0", "host": {"name": "essai", "version": "1"}}
        client.start(introduction | {"operator": counter.operator.model_dump(mode="json")})
        yield Host(client, simulation, counter)


def test_a_host_sees_cards_come_and_go_and_types_a_code(host: Host) -> None:
    host.cards("insert", "cps")
    came = host.hear("card/changed")
    asked = host.client.call("session/open", {})
    opened = host.type(asked["pin"]["request"])
    host.cards("remove")
    ended = host.hear("session/changed")
    while ended["state"] == "open":
        ended = host.hear("session/changed")

    assert (came["card"], came["present"]) == ("cps3", True)
    assert (asked["state"], asked["pin"]["tries_left"]) == ("pin", 3)
    assert opened["state"] == "open"
    assert ended["ended"] == "removed"


def test_a_document_and_a_record_go_through_the_emulated_keys(host: Host) -> None:
    host.open()
    patient = host.counter.patients[0].model_dump(mode="json")
    host.client.call("patient/opened", {"patient": patient})

    saved = {"key": "s1", "record": "r1", "type_id": "note-vaccination", "patient": patient, "content": VACCINATION}
    item = host.client.call("document/saved", saved)["item"]
    host.hear("window/show")
    host.client.call("feed/confirm", {"item": item})
    while (state := host.hear("outbox/changed")["item"]["state"]) not in ("sent", "waiting", "refused"):
        pass
    host.client.call("dmp/open", {"host_id": patient["host_id"]})
    listed = host.client.call("dmp/list", {"host_id": patient["host_id"]})

    assert state == "sent"
    assert len(listed["entries"] if "entries" in listed else listed["rows"]) == 1


def test_a_document_waits_for_the_card_and_the_code_is_asked(host: Host) -> None:
    patient = host.counter.patients[0].model_dump(mode="json")
    host.client.call("patient/opened", {"patient": patient})
    saved = {"key": "s1", "record": "r1", "type_id": "note-vaccination", "patient": patient, "content": VACCINATION}
    item = host.client.call("document/saved", saved)["item"]
    host.hear("window/show")
    host.client.call("feed/confirm", {"item": item})
    while (told := host.hear("outbox/changed")["item"])["state"] != "waiting":
        pass

    host.cards("insert", "cps")
    needed = host.hear("pin/needed")
    host.type(needed["pin"]["request"])
    while (state := host.hear("outbox/changed")["item"]["state"]) not in ("sent", "refused"):
        pass

    assert told["reason"] == "card"
    assert state == "sent"


def test_three_wrong_codes_block_the_card_and_it_stays_blocked(host: Host) -> None:
    host.cards("insert", "cps")
    host.hear("card/changed")
    request = host.client.call("session/open", {})["pin"]
    left = []
    for last in (False, False, True):
        with pytest.raises(BridgeError):
            host.type(request["request"], "9999", last_try=last)
        shown = host.client.call("session/show", {})
        left.append(shown["pin"]["tries_left"] if shown["pin"] else 0)
        request = shown["pin"]

    host.cards("remove")
    host.hear("card/changed")
    host.cards("insert", "cps")
    host.hear("card/changed")
    with pytest.raises(BridgeError) as blocked:
        host.client.call("session/open", {})

    assert left == [2, 1, 0]
    assert str(blocked.value.data and blocked.value.data["code"]).startswith("DMP-CARD-")


def test_a_carte_vitale_suggests_its_patient(host: Host) -> None:
    host.cards("insert", "vitale")

    suggested = host.hear("patient/suggested")

    assert suggested["person"]["family"] == host.counter.patients[0].traits.birth_name
    assert suggested["fault"] is None


@pytest.mark.parametrize(
    ("card", "kind"), [("cps4", "cps4"), ("cps-contactless", "cps3_contactless"), ("vitale-1", "vitale1")]
)
def test_every_kind_of_card_is_told(host: Host, card: str, kind: str) -> None:
    host.cards("insert", card, "--reader", "Lecteur 2")

    told = host.hear("card/changed")

    assert (told["reader"], told["card"]) == ("Lecteur 2", kind)


def test_the_card_of_a_colleague_serves_its_holder_alone(host: Host) -> None:
    colleague = host.counter.colleague
    assert colleague is not None
    host.cards("insert", "cps-colleague")
    host.hear("card/changed")
    with pytest.raises(BridgeError) as refused:
        host.client.call("session/open", {})
    operator = host.counter.operator.model_copy(update={"id": "adjointe", "practitioner": colleague})

    host.client.call("operator/changed", {"operator": operator.model_dump(mode="json")})
    opened = host.type(host.client.call("session/open", {})["pin"]["request"])

    assert refused.value.data and refused.value.data["code"] == "DMP-RIGHT-005"
    assert (opened["state"], opened["holder"]["family"]) == ("open", colleague.family)
    assert [one["national_id"] for one in opened["structures"]] == [host.counter.structure.national_id]


@pytest.mark.parametrize(
    ("card", "code"),
    [("cps-blocked", "DMP-CARD-035"), ("cps-expired", CardExpired.code), ("cps-contactless", CardMissing.code)],
)
def test_a_card_that_cannot_serve_is_refused_before_its_code(host: Host, card: str, code: str) -> None:
    host.cards("insert", card)
    host.hear("card/changed")

    with pytest.raises(BridgeError) as refused:
        host.client.call("session/open", {})

    assert refused.value.data and refused.value.data["code"] == code


def test_a_card_of_another_pharmacy_is_refused_once_its_structures_are_read(host: Host) -> None:
    host.cards("insert", "cps-elsewhere")
    host.hear("card/changed")
    request = host.client.call("session/open", {})["pin"]["request"]

    with pytest.raises(BridgeError) as refused:
        host.type(request)

    assert refused.value.data and refused.value.data["code"] == StructureNotOnCard.code


# ---------------------------------------------------------------- the command


def test_the_doctor_looks_at_the_emulated_cards(simulation: Path) -> None:
    run = CliRunner()
    run.invoke(main, ["cards", "insert", "cps", *files(simulation)])

    told = json.loads(run.invoke(main, ["doctor", "--json", *files(simulation)]).output)

    found = {one["check"]: one for group in told["groups"] for one in group["findings"]}
    assert found["cps.dates"]["severity"] == "ok"
    assert found["cps.tries"]["finding"] == "Essais de code restants : 3."
    assert "émulées" in found["cps.library"]["finding"]
    assert found["cards.card"]["finding"] == "Lecteur « Lecteur 1 » : carte CPS."


def test_the_command_lists_readers_and_cards(simulation: Path) -> None:
    run = CliRunner()
    run.invoke(main, ["cards", "insert", "vitale", *files(simulation)])

    shown = json.loads(run.invoke(main, ["cards", "list", "--json", *files(simulation)]).output)

    assert shown["readers"] == {"Lecteur 1": "vitale", "Lecteur 2": None}
    assert {"cps", "cps4", "vitale"} <= set(shown["cards"])


def test_a_third_card_finds_no_reader(simulation: Path) -> None:
    run = CliRunner()
    for card in ("cps", "vitale"):
        run.invoke(main, ["cards", "insert", card, *files(simulation)])

    refused = run.invoke(main, ["cards", "insert", "cps4", *files(simulation)])

    assert refused.exit_code == 1


@pytest.mark.parametrize("environment", ["homologation", "production"])
def test_emulated_cards_are_refused_outside_simulation(simulation: Path, tmp_path: Path, environment: str) -> None:
    layer = tmp_path / "layer.toml"
    layer.write_text(f'environment = "{environment}"\n')

    with pytest.raises(ConfigInvalid, match="emulated"):
        load(simulation / CONFIG, simulation / simulate_cards.LAYER, layer)


def test_the_command_says_what_is_missing_without_emulated_cards(simulation: Path) -> None:
    refused = CliRunner().invoke(main, ["cards", "list", "--config", str(simulation / CONFIG)])

    assert refused.exit_code == 1
    assert "simulate --cards" in refused.output
