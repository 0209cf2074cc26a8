"""Readers and cards that are real to the code: a private pcscd with two slots, and emulated cards to put in them."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dmp_core.simulator.cards import pcsc as service
from dmp_core.simulator.cards.apdu import Card
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.cps4 import Cps4
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.cards.pcsc import PrivatePcsc
from dmp_core.simulator.cards.vpcd import Slot
from dmp_core.simulator.counter import Counter, demo_counter
from dmp_core.simulator.pki import Pki, make

OPENSC = next(iter(Path("/usr/lib").glob("*-linux-*/opensc-pkcs11.so")), Path("/usr/lib/opensc-pkcs11.so"))
"""Where Debian has OpenSC's PKCS#11 module, on whatever processor."""
FOLDER = Path(tempfile.gettempdir()) / f"dmp-pcsc-{os.getpid()}"
"""The library reads where the service is once a process: no test ever speaks to this machine's own readers."""
os.environ[service.SOCKET_VARIABLE] = str(service.socket_in(FOLDER))


@pytest.fixture(scope="session")
def pcsc() -> Iterator[PrivatePcsc]:
    """A running pcscd of this run alone."""
    if lacks := service.missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"readers cannot be tested: {lacks} not installed")
        pytest.skip(f"NO READERS: {lacks} not installed, nothing was tried with PC/SC")
    try:
        with PrivatePcsc(FOLDER) as running:
            yield running
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture
def slots(pcsc: PrivatePcsc) -> Iterator[tuple[Slot, ...]]:
    """The two slots of the reader, empty; emptied again at the end."""
    yield pcsc.slots
    for slot, reader in zip(pcsc.slots, pcsc.readers, strict=True):
        if slot.card is not None:
            slot.remove()
            wait_until(reader, present=False)  # else the next card is taken for the same one


PutIn = Callable[..., str]
"""`put_in(card, slot=0)`: the name of the reader, once PC/SC knows that the card is there."""


@pytest.fixture
def put_in(pcsc: PrivatePcsc, slots: tuple[Slot, ...]) -> PutIn:
    def insert(card: Card, slot: int = 0) -> str:
        slots[slot].insert(card)
        reader = pcsc.readers[slot]
        wait_until(reader, present=True)
        return reader

    return insert


@pytest.fixture
def pull_out(pcsc: PrivatePcsc, slots: tuple[Slot, ...]) -> Callable[..., None]:
    """`pull_out(slot=0)` comes back once PC/SC knows that the slot is empty."""

    def remove(slot: int = 0) -> None:
        slots[slot].remove()
        wait_until(pcsc.readers[slot], present=False)

    return remove


def wait_until(reader: str, *, present: bool, milliseconds: int = 5000) -> None:
    """Wait until PC/SC says that `reader` holds a card, or none, by its own blocking call."""
    from smartcard import scard

    wanted = scard.SCARD_STATE_PRESENT if present else scard.SCARD_STATE_EMPTY
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    try:
        state = scard.SCARD_STATE_UNAWARE
        while not state & wanted:
            result, states = scard.SCardGetStatusChange(context, milliseconds, [(reader, state)])
            assert result == scard.SCARD_S_SUCCESS, scard.SCardGetErrorMessage(result)
            state = states[0][1] & ~scard.SCARD_STATE_CHANGED
    finally:
        scard.SCardReleaseContext(context)


@pytest.fixture(scope="session")
def counter() -> Counter:
    """The people of the simulator: structure, pharmacist, patients."""
    return demo_counter()


@pytest.fixture(scope="session")
def card_pki(tmp_path_factory: pytest.TempPathFactory, counter: Counter) -> Pki:
    """A test authority that issued the certificates of the counter's pharmacist."""
    practitioner = counter.operator.practitioner
    assert practitioner is not None
    folder: Path = tmp_path_factory.mktemp("card-pki")
    return make(folder, [counter.structure], [practitioner], datetime.now(UTC))


@pytest.fixture(scope="session")
def holder(card_pki: Pki, counter: Counter) -> Holder:
    """The counter's pharmacist, as the holder of a card."""
    practitioner = counter.operator.practitioner
    assert practitioner is not None
    return Holder.of(card_pki, practitioner, counter.structure)


@pytest.fixture
def cps3(holder: Holder) -> Cps3:
    """A CPS3 of the counter's pharmacist, PIN 1234; in no reader yet."""
    return Cps3(holder)


@pytest.fixture
def cps4(holder: Holder) -> Cps4:
    """A CPS4 of the same pharmacist, PIN 1234; in no reader yet."""
    return Cps4(holder)
