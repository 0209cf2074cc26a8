"""Commands to a card and its answers (ISO 7816-4), and what every emulated card is to a reader."""

from dataclasses import dataclass
from typing import Final, Protocol

OK: Final = 0x9000
WRONG_PIN: Final = 0x63C0  # and the tries left in the last digit
NOT_VERIFIED: Final = 0x6982
PIN_BLOCKED: Final = 0x6983
NO_FILE_CHOSEN: Final = 0x6986
FILE_NOT_FOUND: Final = 0x6A82
DATA_NOT_FOUND: Final = 0x6A88
WRONG_OFFSET: Final = 0x6B00
WRONG_DATA: Final = 0x6A80
WRONG_LENGTH: Final = 0x6700
UNKNOWN_COMMAND: Final = 0x6D00


class Card(Protocol):
    """What a reader needs of a card."""

    @property
    def atr(self) -> bytes: ...

    @property
    def delay(self) -> float:
        """Seconds that the card takes for each answer."""
        ...

    def reset(self) -> None:
        """Power was cut, or the reader asked for a reset: what was verified and chosen is forgotten."""
        ...

    def apdu(self, command: bytes, /) -> bytes | None:
        """The answer with its status word; None: the card stays mute."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """A short command APDU. `expected` is Le, None where the command names none (T=0 cases 1 and 3)."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    expected: int | None = None

    @property
    def p1p2(self) -> tuple[int, int]:
        return self.p1, self.p2

    @property
    def offset(self) -> int:
        return self.p1 << 8 | self.p2


@dataclass(frozen=True, slots=True)
class Answer:
    """A status word, and data before it."""

    status: int
    data: bytes = b""

    def __bytes__(self) -> bytes:
        return self.data + self.status.to_bytes(2, "big")


def parse(raw: bytes) -> Command | None:
    """The command; None where its lengths contradict each other. Le 0 stands for 256."""
    if len(raw) < 4:
        return None
    cla, ins, p1, p2 = raw[:4]
    body = raw[4:]
    if not body:
        return Command(cla, ins, p1, p2)
    if len(body) == 1:
        return Command(cla, ins, p1, p2, expected=body[0] or 256)
    data, rest = body[1 : 1 + body[0]], body[1 + body[0] :]
    if len(data) != body[0] or len(rest) > 1:
        return None
    return Command(cla, ins, p1, p2, data, (rest[0] or 256) if rest else None)


class Waiting:
    """The data that a T=0 card keeps for GET RESPONSE, and the parts of a chained command."""

    def __init__(self) -> None:
        self._answer = b""
        self._chain = b""

    def clear(self) -> None:
        self._answer = self._chain = b""

    def gather(self, command: Command) -> bytes | None:
        """The whole data where this command ends a chain (bit 5 of CLA), None where more follows."""
        self._chain += command.data
        if command.cla & 0x10:
            return None
        whole, self._chain = self._chain, b""
        return whole

    def give(self, answer: Answer, command: Command) -> Answer:
        """The answer as T=0 gives it: data after a command with data and no Le are fetched by GET RESPONSE."""
        if not answer.data or not command.data or command.expected is not None:
            return answer
        self._answer = answer.data
        return self._more()

    def get_response(self, expected: int) -> Answer:
        part, self._answer = self._answer[:expected], self._answer[expected:]
        return Answer(self._more().status, part)

    def _more(self) -> Answer:
        left = len(self._answer)
        return Answer(0x6100 | (left if left < 256 else 0)) if left else Answer(OK)


class Pin:
    """A PIN of four to eight digits with three tries. Tries stay when the card is pulled, success does not."""

    TRIES: Final = 3

    def __init__(self, digits: bytes) -> None:
        self._digits = digits
        self.tries = self.TRIES
        self.verified = False

    def verify(self, entry: bytes) -> Answer:
        """Empty: where things stand. Else one try."""
        if not entry:
            return Answer(OK) if self.verified else self._left()
        if not self.tries:
            return Answer(PIN_BLOCKED)
        self.verified = entry.rstrip(b"\xff\0") == self._digits
        self.tries = self.TRIES if self.verified else self.tries - 1
        return Answer(OK) if self.verified else self._left()

    def _left(self) -> Answer:
        return Answer(WRONG_PIN | self.tries) if self.tries else Answer(PIN_BLOCKED)
