"""What changed in the readers, as events: any number of readers, in any order."""

import pytest

from dmp_core.cards.atr import CardKind
from dmp_core.cards.monitor import CardChanged, CardMonitor
from dmp_core.errors import ReadersUnavailable
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.vitale import Vitale1, Vitale2
from dmp_core.testing.readers import EmulatedReaders


class Blank:
    """A card that gives no ATR: the wrong way round."""

    atr = b""

    def reset(self) -> None: ...

    def apdu(self, _command: bytes) -> bytes | None:
        return None


@pytest.fixture
def readers() -> EmulatedReaders:
    return EmulatedReaders("un 00", "un 01", "deux")


@pytest.fixture
def monitor(readers: EmulatedReaders) -> CardMonitor:
    return CardMonitor(readers)


def test_cards_that_are_in_at_the_start_came(readers: EmulatedReaders, monitor: CardMonitor, cps3: Cps3) -> None:
    readers.insert("deux", cps3)
    readers.insert("un 01", Vitale2())

    changes = monitor.step(0)

    assert set(changes) == {
        CardChanged("deux", CardKind.CPS3, present=True),
        CardChanged("un 01", CardKind.VITALE2, present=True),
    }


def test_a_card_comes_once_and_goes_once(readers: EmulatedReaders, monitor: CardMonitor) -> None:
    readers.insert("deux", Vitale1())
    came, nothing = monitor.step(0), monitor.step(0)
    readers.remove("deux")
    went = monitor.step(0)

    assert came == (CardChanged("deux", CardKind.VITALE1, present=True),)
    assert nothing == ()
    assert went == (CardChanged("deux", CardKind.VITALE1, present=False),)


def test_a_card_pulled_and_put_back_between_two_looks_went_and_came(
    readers: EmulatedReaders, monitor: CardMonitor, cps3: Cps3
) -> None:
    readers.insert("deux", cps3)
    monitor.step(0)
    readers.remove("deux")
    readers.insert("deux", cps3)

    changes = monitor.step(0)

    assert [change.present for change in changes] == [False, True]


def test_an_unplugged_reader_takes_its_card_along(readers: EmulatedReaders, monitor: CardMonitor, cps3: Cps3) -> None:
    readers.insert("deux", cps3)
    monitor.step(0)
    readers.unplug("deux")

    changes = monitor.step(0)

    assert changes == (CardChanged("deux", CardKind.CPS3, present=False),)
    assert [state.reader for state in monitor.states] == ["un 00", "un 01"]


def test_a_reader_plugged_in_later_is_seen(readers: EmulatedReaders, monitor: CardMonitor, cps3: Cps3) -> None:
    monitor.step(0)
    readers.plug("trois")
    readers.insert("trois", cps3)

    assert monitor.step(0) == (CardChanged("trois", CardKind.CPS3, present=True),)


def test_a_card_without_atr_is_mute(readers: EmulatedReaders, monitor: CardMonitor) -> None:
    readers.insert("deux", Blank())

    assert monitor.step(0) == (CardChanged("deux", CardKind.OTHER, present=True, mute=True),)


def test_a_reader_to_be_ignored_is_left_alone(readers: EmulatedReaders, cps3: Cps3) -> None:
    monitor = CardMonitor(readers, ignored=["un 0"])
    readers.insert("un 00", cps3)

    assert monitor.step(0) == ()
    assert [state.reader for state in monitor.states] == ["deux"]


def test_with_the_service_every_card_is_gone_and_with_its_return_there_again(
    readers: EmulatedReaders, monitor: CardMonitor, cps3: Cps3
) -> None:
    readers.insert("deux", cps3)
    monitor.step(0)
    readers.serve(False)

    with pytest.raises(ReadersUnavailable):
        monitor.step(0)
    lost = monitor.lost()
    readers.serve(True)

    assert lost == (CardChanged("deux", CardKind.CPS3, present=False),)
    assert monitor.step(0) == (CardChanged("deux", CardKind.CPS3, present=True),)
