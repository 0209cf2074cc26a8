"""Readers and cards through the real PC/SC service: what comes and goes, what other programs do."""

import threading
from collections.abc import Callable, Iterator

import pytest
from cards import PutIn
from smartcard import scard

from dmp_core.cards.atr import CardKind
from dmp_core.cards.monitor import CardChanged, CardMonitor
from dmp_core.cards.readers import PcscReaders
from dmp_core.cards.vitale import FreeZone
from dmp_core.errors import CardError, CardMute, CardPulled, ReaderBusy, ReadersUnavailable, ReaderUnplugged
from dmp_core.simulator.cards import liars
from dmp_core.simulator.cards.cps3 import Cps3, Cps3Contactless
from dmp_core.simulator.cards.cps4 import Cps4
from dmp_core.simulator.cards.pcsc import PrivatePcsc
from dmp_core.simulator.cards.vitale import DURAND, Vitale1, Vitale2
from dmp_core.simulator.cards.vpcd import Slot

STEPS = 20  # of half a second: a bound, no measure
VERIFY = bytes.fromhex("0020000104") + b"1234"
ASK_PIN = bytes.fromhex("00200001")
SELECT_CPS = bytes.fromhex("00A404000D") + bytes.fromhex("E828BD080F8025000001FF0010")


@pytest.fixture
def readers(pcsc: PrivatePcsc) -> Iterator[PcscReaders]:
    readers = PcscReaders()
    yield readers
    readers.close()


@pytest.fixture
def monitor(readers: PcscReaders) -> CardMonitor:
    monitor = CardMonitor(readers)
    monitor.step(0.5)
    return monitor


def changes(monitor: CardMonitor, count: int = 1) -> list[CardChanged]:
    """The next `count` changes, in the order of their coming."""
    found: list[CardChanged] = []
    for _ in range(STEPS):
        found += monitor.step(0.5)
        if len(found) >= count:
            break
    return found


class Other:
    """Another program with a handle of its own to a card."""

    def __init__(self, reader: str, share: int = scard.SCARD_SHARE_SHARED) -> None:
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, self._handle, _ = scard.SCardConnect(self._context, reader, share, protocols)
        assert result == scard.SCARD_S_SUCCESS, scard.SCardGetErrorMessage(result)

    def ask(self, command: bytes) -> tuple[int, bytes]:
        result, answer = scard.SCardTransmit(self._handle, scard.SCARD_PCI_T0, list(command))
        return result, bytes(answer)

    def leave(self, disposition: int = scard.SCARD_LEAVE_CARD) -> None:
        scard.SCardDisconnect(self._handle, disposition)
        scard.SCardReleaseContext(self._context)


# ---------------------------------------------------------------- coming and going


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        (Cps3, CardKind.CPS3),
        (Cps3Contactless, CardKind.CPS3_CONTACTLESS),
        (Cps4, CardKind.CPS4),
    ],
)
def test_a_cps_that_comes_and_goes_is_seen(
    monitor: CardMonitor,
    slots: tuple[Slot, ...],
    pcsc: PrivatePcsc,
    holder: object,
    card: Callable[..., Cps3],
    kind: CardKind,
) -> None:
    slots[0].insert(card(holder))
    came = changes(monitor)
    slots[0].remove()
    went = changes(monitor)

    assert came == [CardChanged(pcsc.readers[0], kind, present=True)]
    assert went == [CardChanged(pcsc.readers[0], kind, present=False)]


def test_both_slots_of_a_reader_are_seen_in_any_order(
    monitor: CardMonitor, slots: tuple[Slot, ...], pcsc: PrivatePcsc, cps3: Cps3
) -> None:
    slots[1].insert(cps3)
    slots[0].insert(Vitale1())

    came = changes(monitor, 2)

    assert set(came) == {
        CardChanged(pcsc.readers[1], CardKind.CPS3, present=True),
        CardChanged(pcsc.readers[0], CardKind.VITALE1, present=True),
    }


def test_a_card_changed_for_another_one_is_two_events(
    monitor: CardMonitor, slots: tuple[Slot, ...], cps3: Cps3
) -> None:
    slots[0].insert(cps3)
    changes(monitor)
    slots[0].remove()
    changes(monitor)
    slots[0].insert(Vitale2())

    assert [(each.kind, each.present) for each in changes(monitor)] == [(CardKind.VITALE2, True)]


def test_a_wait_without_news_comes_back_by_itself(monitor: CardMonitor) -> None:
    assert monitor.step(0.1) == ()


def test_a_wait_is_interrupted_from_another_thread(readers: PcscReaders, monitor: CardMonitor) -> None:
    for _ in range(3):
        monitor.step(0.05)
    back = threading.Event()

    def wait() -> None:
        readers.wait(60)
        back.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    for _ in range(STEPS):
        readers.interrupt()
        if back.wait(0.25):
            break

    assert back.is_set()


# ---------------------------------------------------------------- a carte Vitale is read


def test_the_free_zone_is_read_through_pcsc(readers: PcscReaders, put_in: PutIn) -> None:
    reader = put_in(Vitale2([DURAND, ("DURAND", "PAUL", "20120229", "112027505600127")]), slot=1)

    people = FreeZone(readers).on_card(reader)

    assert [(each.family, each.given) for each in people] == [("DURAND", "MARIE"), ("DURAND", "PAUL")]


def test_a_card_pulled_within_a_command_is_an_error_and_the_next_card_is_read(
    readers: PcscReaders, put_in: PutIn, slots: tuple[Slot, ...], pull_out: Callable[..., None]
) -> None:
    reader = put_in(liars.Mute(Vitale2()))
    caught: list[CardError] = []

    def read() -> None:
        try:
            FreeZone(readers).on_card(reader)
        except CardError as error:
            caught.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    asked = slots[0].asked.wait(5)
    pull_out()
    thread.join(5)
    put_in(Vitale2())

    assert asked
    assert len(caught) == 1
    assert isinstance(caught[0], CardPulled | CardMute)
    assert len(FreeZone(readers).on_card(reader)) == 1


def test_an_empty_reader_and_one_that_is_not_there_are_told_apart(readers: PcscReaders, pcsc: PrivatePcsc) -> None:
    with pytest.raises(CardPulled), readers.open(pcsc.readers[0]):
        pass
    with pytest.raises(ReaderUnplugged), readers.open("Lecteur débranché 00 00"):
        pass


# ---------------------------------------------------------------- other programs


@pytest.fixture
def unused(pcsc: PrivatePcsc) -> PrivatePcsc:
    """The service without a handle that an earlier test's library may still hold."""
    pcsc.stop()
    pcsc.start()
    return pcsc


@pytest.mark.usefixtures("unused")
def test_the_exclusive_use_by_another_program_is_an_error_until_it_ends(readers: PcscReaders, put_in: PutIn) -> None:
    reader = put_in(Vitale2())
    other = Other(reader, scard.SCARD_SHARE_EXCLUSIVE)

    with pytest.raises(ReaderBusy):
        FreeZone(readers).on_card(reader)
    other.leave()

    assert len(FreeZone(readers).on_card(reader)) == 1


@pytest.mark.usefixtures("unused")
def test_exclusive_use_is_seen_by_the_monitor(readers: PcscReaders, monitor: CardMonitor, put_in: PutIn) -> None:
    reader = put_in(Vitale2())
    other = Other(reader, scard.SCARD_SHARE_EXCLUSIVE)
    busy = _becomes(monitor, reader, busy=True)
    other.leave()
    free = _becomes(monitor, reader, busy=False)

    assert busy
    assert free


def _becomes(monitor: CardMonitor, reader: str, *, busy: bool) -> bool:
    for _ in range(STEPS):
        monitor.step(0.5)
        if any(state.reader == reader and state.atr and state.busy is busy for state in monitor.states):
            return True
    return False


def test_the_pin_that_another_program_gave_survives_our_reading(
    readers: PcscReaders, put_in: PutIn, cps3: Cps3
) -> None:
    reader = put_in(cps3)
    other = Other(reader)
    other.ask(SELECT_CPS)
    verified = other.ask(VERIFY)

    for _ in range(3):
        with readers.open(reader) as line:
            line.transmit(SELECT_CPS)
    after = other.ask(ASK_PIN)
    other.leave()

    assert verified == (scard.SCARD_S_SUCCESS, b"\x90\x00")
    assert after == (scard.SCARD_S_SUCCESS, b"\x90\x00")
    assert cps3.pin.tries == 3


def test_a_default_disconnect_would_have_lost_it(put_in: PutIn, cps3: Cps3) -> None:
    """The control of the test above: the same steps with PC/SC's usual ending."""
    reader = put_in(cps3)
    other = Other(reader)
    other.ask(VERIFY)

    Other(reader).leave(scard.SCARD_UNPOWER_CARD)
    result, _ = other.ask(ASK_PIN)
    other.leave()

    assert result != scard.SCARD_S_SUCCESS


def test_a_card_that_another_program_reset_is_read_nevertheless(readers: PcscReaders, put_in: PutIn) -> None:
    reader = put_in(Vitale2())
    with readers.open(reader):
        pass
    Other(reader).leave(scard.SCARD_RESET_CARD)

    assert len(FreeZone(readers).on_card(reader)) == 1


# ---------------------------------------------------------------- the service


def test_the_service_is_lost_and_found_again_with_its_cards(
    monitor: CardMonitor, slots: tuple[Slot, ...], pcsc: PrivatePcsc, cps3: Cps3
) -> None:
    slots[0].insert(cps3)
    changes(monitor)

    pcsc.stop()
    lost = _until_lost(monitor)
    pcsc.start()
    slots[0].insert(cps3)
    found = changes(monitor)

    assert lost == (CardChanged(pcsc.readers[0], CardKind.CPS3, present=False),)
    assert found == [CardChanged(pcsc.readers[0], CardKind.CPS3, present=True)]


def test_a_reader_that_is_not_there_any_more_is_gone_and_its_return_is_seen(
    monitor: CardMonitor, pcsc: PrivatePcsc, slots: tuple[Slot, ...], cps3: Cps3
) -> None:
    """pcscd does not let a virtual reader be unplugged while it runs: it comes back without it."""
    for plugged in (False, True):
        pcsc.stop()
        _until_lost(monitor)
        pcsc.start(plugged=plugged)
        monitor.step(0.5)
        found = [state.reader for state in monitor.states]
        assert found == (list(pcsc.readers) if plugged else [])
    slots[1].insert(cps3)

    assert changes(monitor) == [CardChanged(pcsc.readers[1], CardKind.CPS3, present=True)]


def _until_lost(monitor: CardMonitor) -> tuple[CardChanged, ...]:
    went: list[CardChanged] = []
    for _ in range(STEPS):
        try:
            went += monitor.step(0.5)
        except ReadersUnavailable:
            return (*went, *monitor.lost())
    raise AssertionError("the service is not missed")
