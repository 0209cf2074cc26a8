"""The doctor before real readers (pcscd) and emulated cards, through OpenSC's own library."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cards import OPENSC, PutIn

from dmp_core.card_thread import CardThread
from dmp_core.cards.cps import CpsReaders
from dmp_core.cards.pin import Pin
from dmp_core.cards.readers import PcscReaders
from dmp_core.model.access import Environment
from dmp_core.services.doctor import cps, readers
from dmp_core.services.doctor.finding import Finding, Severity
from dmp_core.services.doctor.setup import Libraries, Setup
from dmp_core.simulator.cards.cps3 import Cps3


@pytest.fixture
def setup(tmp_path: Path, counter: Any) -> Setup:
    return Setup(
        environment=Environment.SIMULATION,
        structure=counter.structure.national_id,
        data=tmp_path,
        uses_card=True,
        libraries=Libraries(OPENSC, OPENSC),
        stunnel=None,
        pairs=(),
        services=(),
        clock_tolerance=timedelta(minutes=2),
    )


@pytest.fixture(scope="module")
def thread() -> Iterator[CardThread]:
    """One for the module: the library knows one user in a process."""
    if not OPENSC.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("opensc-pkcs11 is not installed")
        pytest.skip("NO OPENSC: the doctor was not tried with a card")
    thread = CardThread()
    yield thread
    thread.close()


@pytest.fixture
def reader(thread: CardThread) -> CpsReaders:
    return CpsReaders(thread, Environment.SIMULATION, library=OPENSC)


def look(setup: Setup, reader: CpsReaders, ask: Callable[[int], Pin | None] | None = None) -> dict[str, Finding]:
    return {one.check: one for one in cps.check(setup, reader, datetime.now(UTC), ask)}


def test_the_readers_are_named_empty(slots: object, setup: Setup) -> None:
    findings = list(readers.check(setup, PcscReaders))

    assert [one.check for one in findings] == ["cards.readers", "cards.readers"]
    assert all("vide" in one.text for one in findings)


def test_a_card_that_nobody_holds_is_told_and_is_still_free_afterwards(put_in: PutIn, cps3: Cps3, setup: Setup) -> None:
    name = put_in(cps3)

    for _ in range(2):
        found = {one.text: one.severity for one in readers.check(setup, PcscReaders)}
        assert found[f"Lecteur « {name} » : carte CPS."] is Severity.OK
        assert Severity.ERROR not in found.values()


def test_a_card_that_another_program_keeps_to_itself_is_told(put_in: PutIn, cps3: Cps3, setup: Setup) -> None:
    from smartcard import scard

    name = put_in(cps3)
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    result, handle, _ = scard.SCardConnect(
        context, name, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    )
    assert result == scard.SCARD_S_SUCCESS
    try:
        found = {one.check: one for one in readers.check(setup, PcscReaders)}
    finally:
        scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
        scard.SCardReleaseContext(context)

    assert (found["cards.held"].severity, found["cards.held"].code) == (Severity.ERROR, "DMP-CARD-042")


def test_the_card_is_read_without_its_code(put_in: PutIn, cps3: Cps3, setup: Setup, reader: CpsReaders) -> None:
    put_in(cps3)

    found = look(setup, reader)

    assert {name: one.severity for name, one in found.items()} == {
        "cps.library": Severity.OK,
        "cps.dates": Severity.OK,
        "cps.tries": Severity.OK,
        "cps.structure": Severity.INFO,
    }
    assert found["cps.tries"].text == "Essais de code restants : 3."
    assert cps3.pin.tries == 3


def test_with_the_code_the_structure_on_the_card_is_compared(
    put_in: PutIn, cps3: Cps3, setup: Setup, reader: CpsReaders
) -> None:
    put_in(cps3)

    same = look(setup, reader, lambda _: Pin(bytearray(b"1234")))

    assert (same["cps.code"].severity, same["cps.structure"].severity) == (Severity.OK, Severity.OK)


def test_another_structure_on_the_card_is_told(put_in: PutIn, cps3: Cps3, setup: Setup, reader: CpsReaders) -> None:
    put_in(cps3)
    other = Setup(**{**{name: getattr(setup, name) for name in Setup.__slots__}, "structure": "1990000009"})

    found = look(other, reader, lambda _: Pin(bytearray(b"1234")))

    assert found["cps.structure"].severity is Severity.ERROR
    assert "1990000009" in found["cps.structure"].text


def test_a_wrong_code_costs_one_try_and_is_told(put_in: PutIn, cps3: Cps3, setup: Setup, reader: CpsReaders) -> None:
    put_in(cps3)

    found = look(setup, reader, lambda _: Pin(bytearray(b"0000")))

    assert found["cps.code"].severity is Severity.ERROR
    assert cps3.pin.tries == 2


def test_with_one_try_left_the_code_is_not_even_asked_for(
    put_in: PutIn, cps3: Cps3, setup: Setup, reader: CpsReaders
) -> None:
    put_in(cps3)
    cps3.pin.tries = 1
    asked: list[int] = []

    def ask(left: int) -> Pin | None:
        asked.append(left)
        return None

    found = look(setup, reader, ask)

    assert (found["cps.tries"].severity, asked) == (Severity.WARNING, [])


def test_a_blocked_card_is_told(put_in: PutIn, cps3: Cps3, setup: Setup, reader: CpsReaders) -> None:
    put_in(cps3)
    cps3.pin.tries = 0

    found = look(setup, reader)

    assert found["cps.tries"].severity is Severity.ERROR
    assert "bloquée" in found["cps.tries"].text


def test_no_card_is_told(slots: object, setup: Setup, reader: CpsReaders) -> None:
    found = look(setup, reader)

    assert found["cps.card"].code == "DMP-CARD-011"
