"""A host of the counter: the bridge as its child, real readers, cards that come, lie, and go."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from counters import OFFLINE
from smartcard import scard

from dmp_core.services.authentication.card_readings import READING_TIME
from dmp_core.simulator.cards import liars
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.pcsc import PrivatePcsc
from dmp_core.simulator.cards.vitale import DURAND, Vitale2, person_of
from dmp_core.simulator.cards.vpcd import Slot
from dmp_core.simulator.counter import Counter
from hostbridge.clients.python import BridgeClient, BridgeError

CONFIG = (
    OFFLINE
    + """
[structure.1990000001]
name = "PHARMACIE DES ESSAIS"
"""
)
FIVE_SECONDS = 5.0


class Counterside:
    """What the host asks, and hears of cards."""

    def __init__(self, client: BridgeClient) -> None:
        self.client = client

    def hear(self, method: str, seconds: float = 10.0) -> dict[str, Any]:
        """The next notice of that method; others are let pass."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            notice = self.client.next_notice(left)
            if notice is not None and notice.method == method:
                return notice.params
        raise AssertionError(f"no {method} within {seconds} s")

    def fault(self, seconds: float = 10.0) -> dict[str, Any]:
        """The next fault of a card."""
        while True:
            params = self.hear("card/changed", seconds)
            if params["fault"]:
                return params["fault"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, pcsc: PrivatePcsc, counter: Counter) -> Iterator[BridgeClient]:
    """One bridge for all tests: it goes on after each of them."""
    config = tmp_path_factory.mktemp("seat") / "dmp.toml"
    config.write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-m", "dmp_core.cli", "serve", "--stdio", "--config", str(config)]
    with BridgeClient(command) as client:
        operator = counter.operator.model_dump(mode="json")
        client.start({"host": {"name": "essai", "version": "1"}, "operator": operator})
        yield client


@pytest.fixture
def host(client: BridgeClient, slots: tuple[Slot, ...]) -> Counterside:
    """The host before two empty readers, with nothing left to hear."""
    _until(lambda: [each["card"] for each in client.call("card/list")["readers"]] == [None, None])
    while client.next_notice(0.1) is not None:
        pass
    return Counterside(client)


def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end, between = time.monotonic() + seconds, threading.Event()
    while not true():
        assert time.monotonic() < end, f"not so within {seconds} s"
        between.wait(0.02)


def test_a_host_hears_of_the_cps_as_it_comes_and_goes(
    host: Counterside, slots: tuple[Slot, ...], pcsc: PrivatePcsc, cps3: Cps3
) -> None:
    slots[1].insert(cps3)
    came = host.hear("card/changed")
    listed = host.client.call("card/list")
    slots[1].remove()
    went = host.hear("card/changed")

    assert came == {"reader": pcsc.readers[1], "card": "cps3", "present": True, "fault": None}
    assert [(each["reader"], each["card"]) for each in listed["readers"]] == [
        (pcsc.readers[0], None),
        (pcsc.readers[1], "cps3"),
    ]
    assert went["present"] is False


def test_the_persons_of_a_vitale_are_offered_to_the_host(host: Counterside, slots: tuple[Slot, ...]) -> None:
    slots[0].insert(Vitale2())

    told = host.hear("patient/suggested")

    person = {"family": "DURAND", "given": "MARIE", "birth_date": "19690713", "nir": "269054958815780"}
    assert told == {"plugin": None, "person": person, "people": [person], "fault": None}


def test_the_host_is_told_that_the_card_is_not_the_open_patient(
    host: Counterside, slots: tuple[Slot, ...], counter: Counter
) -> None:
    patient = counter.patients[0]
    host.client.call("patient/opened", {"patient": patient.model_dump(mode="json")})
    slots[0].insert(Vitale2([DURAND]))
    other = host.hear("patient/suggested")
    slots[0].remove()
    host.hear("card/changed")
    slots[0].insert(Vitale2([DURAND, person_of(patient)]))
    same = host.hear("patient/suggested")
    host.client.call("patient/closed", {"host_id": patient.host_id})

    assert other["fault"]["code"] == "DMP-IDENT-020"
    assert other["fault"]["sentence"] == "La carte Vitale n’est pas celle du patient dont la fiche est ouverte."
    assert same["fault"] is None


@pytest.mark.parametrize(
    ("liar", "code", "sentence"),
    [
        (liars.Mute, "DMP-CARD-043", "La carte ne répond pas."),
        (liars.Slow, "DMP-CARD-043", "La carte ne répond pas."),
        (liars.WrongLengths, "DMP-CARD-046", "La carte Vitale est illisible."),
        (liars.Garbage, "DMP-CARD-046", "La carte Vitale est illisible."),
        (liars.Refusing, "DMP-CARD-046", "La carte Vitale est illisible."),
    ],
)
def test_a_card_that_lies_is_told_in_french_within_five_seconds_and_the_host_goes_on(
    host: Counterside, slots: tuple[Slot, ...], cps3: Cps3, liar: Callable[..., Any], code: str, sentence: str
) -> None:
    slots[0].insert(liar(Vitale2()))
    host.hear("card/changed")
    fault = host.fault()
    slots[1].insert(cps3)
    other = host.hear("card/changed")

    assert (fault["code"], fault["sentence"]) == (code, sentence)
    assert fault["mender"] == "le pharmacien"
    assert READING_TIME < FIVE_SECONDS, "what a card is given"
    assert other["card"] == "cps3"


def test_a_reader_that_another_program_keeps_is_told_and_read_afterwards(
    host: Counterside, slots: tuple[Slot, ...], pcsc: PrivatePcsc
) -> None:
    keeper = _Keeper(pcsc.readers[0])
    slots[0].insert(liars.Slow(Vitale2(), 0.05))
    keeper.take()
    _until(lambda: host.client.call("card/list")["readers"][0]["busy"])
    keeper.leave()

    assert host.hear("patient/suggested")["person"]["family"] == "DURAND"


class _Keeper:
    """A program that takes a card for itself as soon as it is in."""

    def __init__(self, reader: str) -> None:
        self._reader = reader
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        self._handle: Any = None

    def take(self) -> None:
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1

        def taken() -> bool:
            result, self._handle, _ = scard.SCardConnect(
                self._context, self._reader, scard.SCARD_SHARE_EXCLUSIVE, protocols
            )
            return bool(result == scard.SCARD_S_SUCCESS)

        _until(taken)

    def leave(self) -> None:
        scard.SCardDisconnect(self._handle, scard.SCARD_LEAVE_CARD)
        scard.SCardReleaseContext(self._context)


def test_the_service_restarts_and_the_host_hears_of_its_cards_again(
    host: Counterside, slots: tuple[Slot, ...], pcsc: PrivatePcsc, cps3: Cps3
) -> None:
    slots[0].insert(cps3)
    host.hear("card/changed")
    pcsc.stop()
    lost = host.fault()
    away = host.client.call("card/list")
    pcsc.start()
    slots[0].insert(cps3)
    back = host.hear("card/changed")

    assert lost["code"] == away["fault"]["code"] == "DMP-CARD-040"
    assert away["readers"] == []
    assert (back["card"], back["present"]) == ("cps3", True)


def test_a_scanned_code_without_a_provider_is_said_in_french(host: Counterside) -> None:
    with pytest.raises(BridgeError) as caught:
        host.client.call("card/scan", {"code": "SECRET"})

    assert "DMP-CARD-048" in str(caught.value) + str(vars(caught.value))
    assert "SECRET" not in str(caught.value) + str(vars(caught.value))
