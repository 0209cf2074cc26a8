"""The code of the card: what may reach the card, and when. Pure: time comes in, the card is somebody else's.

none ──need──► asked ──take──► spent ──accepted──► none
                 ▲               └──refused──► asked (other number), or blocked
no path leads from `spent` to the card a second time: one entry by a human is one try at most.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from types import TracebackType
from typing import Final, Self

from dmp_core.errors import CardBlocked, CardSilent, PinFormat, PinScanned, PinUnconfirmed, WrongState

SHORTEST: Final = 4
LONGEST: Final = 8
SCANNER: Final = 0.1  # seconds; a barcode scanner types a whole code and Enter in less
_DIGITS: Final = frozenset(b"0123456789")


class Pin:
    """The digits as somebody typed them, in memory that is wiped. Neither shown, copied, compared nor pickled.

    Used as a context manager: on leaving, the digits are zeros, whatever happened.
    """

    __slots__ = ("_digits", "_lent", "_lock", "_over")

    def __init__(self, digits: bytearray) -> None:
        """Takes over `digits`: the caller's buffer is the one that is wiped."""
        self._digits = digits
        self._lock = Lock()
        self._lent = self._over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wipe()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """While a card may still read the digits nobody wipes them: zeros would spend a try. Raises CardSilent."""
        with self._lock:
            if self._over:
                raise CardSilent("the code was withdrawn before the card was free")
            self._lent = True
        try:
            yield
        finally:
            with self._lock:
                self._lent = False
            if self._over:
                self.wipe()

    def encode(self, _encoding: str = "utf-8") -> bytearray:
        """The digits themselves, no copy: what python-pkcs11 asks a code for."""
        return self._digits

    def wipe(self) -> None:
        """Zeros in place of the digits: now, or as soon as the card gives them back."""
        with self._lock:
            self._over = True
            if not self._lent:
                self._digits[:] = bytes(len(self._digits))

    @property
    def well_formed(self) -> bool:
        """4 to 8 digits 0-9 (PIN of a CPS)."""
        return SHORTEST <= len(self._digits) <= LONGEST and _DIGITS.issuperset(self._digits)

    def __repr__(self) -> str:
        return "Pin(…)"

    def __reduce__(self) -> str:
        raise TypeError("a code is never stored")


class Typing:
    """For a dialog that sees each key: the characters typed so far, and whether a hand typed them."""

    def __init__(self) -> None:
        self._typed = bytearray()
        self._started = 0.0

    def key(self, character: str, at: float) -> None:
        """One character at `at` (seconds, monotonic)."""
        if not self._typed:
            self._started = at
        self._typed += character.encode("utf-8", "replace")

    def enter(self, at: float) -> tuple[Pin, float]:
        """What stands there, and how many seconds it took from the first character to Enter; then nothing does."""
        typed, self._typed = self._typed, bytearray()
        return Pin(typed), at - self._started if typed else SCANNER


@dataclass(frozen=True, slots=True)
class PinRequest:
    """What the dialog shows. `number` comes back with the code; `tries_left` None: the card does not say."""

    number: int
    tries_left: int | None

    @property
    def last_try(self) -> bool:
        return self.tries_left == 1


class PinState(StrEnum):
    """Where the contract stands."""

    NONE = "none"
    ASKED = "asked"
    SPENT = "spent"
    BLOCKED = "blocked"


class PinContract:
    """One dialog at a time, one try for one entry, the last try only where somebody says so."""

    def __init__(self) -> None:
        self.state = PinState.NONE
        self._number = 0
        self._request: PinRequest | None = None

    @property
    def request(self) -> PinRequest | None:
        """What is asked at this moment; None: nothing."""
        return self._request if self.state is PinState.ASKED else None

    def need(self, tries_left: int | None) -> PinRequest:
        """Ask, or go on asking the same while the tries are the same. Raises CardBlocked."""
        if tries_left == 0:
            self._request, self.state = None, PinState.BLOCKED
            raise CardBlocked(tries_left=0)
        if self.state is not PinState.ASKED or self._request is None or self._request.tries_left != tries_left:
            self._number += 1
            self._request, self.state = PinRequest(self._number, tries_left), PinState.ASKED
        return self._request

    def take(self, number: int, pin: Pin, seconds: float, *, last_try: bool) -> None:
        """Let `pin` go to the card, once: the request is spent.

        `seconds` from the first character to Enter; `last_try`: the human confirmed it. Raises PinScanned, PinFormat
        and PinUnconfirmed, which spend nothing and leave the request standing; WrongState where nothing, or something
        else, is asked.
        """
        request = self.request
        if request is None or number != request.number:
            raise WrongState("this code was not asked for, or another dialog answered already")
        if seconds < SCANNER:
            raise PinScanned(tries_left=request.tries_left)
        if not pin.well_formed:
            raise PinFormat(tries_left=request.tries_left)
        if request.last_try and not last_try:
            raise PinUnconfirmed(tries_left=1)
        self.state = PinState.SPENT

    def done(self) -> None:
        """The card took the code, or nobody wants it any more: nothing is asked."""
        self._request, self.state = None, PinState.NONE
