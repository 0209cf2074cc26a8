"""The readers of this computer through PC/SC (pyscard's plain functions): what is in them, and lines to the cards.

Every handle is opened shared and closed with SCARD_LEAVE_CARD: a card that another program uses is never reset, and its
PIN never lost. Each line has a context of its own, as a context serves one thread at a time (pcsc-lite).
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from dmp_core import errors
from dmp_core.ports import CardLine, ReaderState

_PLUGGED: Final = "\\\\?PnP?\\Notification"
"""The pseudo-reader whose state changes when a reader comes or goes; macOS has none."""
_UNTOLD: Final = 0.4  # seconds between looks where nothing tells of new readers
_AGAIN: Final = 3  # readers may go while they are asked about


class PcscReaders:
    """`ports.Readers` on PC/SC. Raises ExtraMissing at once where pyscard or the system's library is not there."""

    def __init__(self) -> None:
        self._api = _pyscard()
        self._context: Any = None
        self._states: dict[str, int] = {}
        self._stopped = threading.Event()

    def wait(self, seconds: float) -> Sequence[ReaderState]:
        for _ in range(_AGAIN):
            names = self._names()
            states = self._changed(names, seconds)
            if states is not None:
                return [self._state(*state) for state in states]
        raise errors.ReadersUnavailable("readers come and go")

    def interrupt(self) -> None:
        self._stopped.set()
        if self._context is not None:
            self._api.SCardCancel(self._context)

    @contextmanager
    def open(self, reader: str) -> Iterator[CardLine]:
        api = self._api
        context = self._establish()
        try:
            result, handle, protocol = api.SCardConnect(
                context, reader, api.SCARD_SHARE_SHARED, api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1
            )
            self._require(result)
            try:
                self._begin(handle)
                yield _Line(api, handle, protocol)
            finally:
                api.SCardEndTransaction(handle, api.SCARD_LEAVE_CARD)
                api.SCardDisconnect(handle, api.SCARD_LEAVE_CARD)
        finally:
            api.SCardReleaseContext(context)

    def close(self) -> None:
        self.interrupt()
        self._forget()

    # ------------------------------------------------------------ states

    def _names(self) -> Sequence[str]:
        """The readers there are. Raises ReadersUnavailable."""
        if self._context is None:
            self._context = self._establish()
        result, names = self._api.SCardListReaders(self._context, [])
        if result == self._api.SCARD_E_NO_READERS_AVAILABLE:
            return ()
        if result != self._api.SCARD_S_SUCCESS:
            self._forget()
            raise _error(result)
        return sorted(names)

    def _changed(self, names: Sequence[str], seconds: float) -> list[tuple[str, int, list[int]]] | None:
        """State and ATR of these readers once something changed; None where one of them is gone meanwhile."""
        api = self._api
        self._states = {name: state for name, state in self._states.items() if name in (*names, _PLUGGED)}
        asked = [(name, self._states.get(name, api.SCARD_STATE_UNAWARE)) for name in names]
        if sys.platform == "darwin":
            seconds = min(seconds, _UNTOLD)
        else:
            asked.append((_PLUGGED, self._states.get(_PLUGGED, api.SCARD_STATE_UNAWARE)))
        if not asked:
            self._stopped.wait(seconds)
            return []
        result, states = api.SCardGetStatusChange(self._context, round(seconds * 1000), asked)
        if result in (api.SCARD_E_UNKNOWN_READER, api.SCARD_E_READER_UNAVAILABLE):
            return None
        if result not in (api.SCARD_S_SUCCESS, api.SCARD_E_TIMEOUT, api.SCARD_E_CANCELLED):
            self._forget()
            raise _error(result)
        self._states = {name: state & ~api.SCARD_STATE_CHANGED for name, state, _ in states}
        return [each for each in states if each[0] != _PLUGGED]

    def _state(self, reader: str, state: int, atr: list[int]) -> ReaderState:
        """`turn` is PC/SC's count of cards that came or went, in the upper half of the state."""
        api = self._api
        present = bool(state & api.SCARD_STATE_PRESENT)
        return ReaderState(
            reader,
            atr=bytes(atr) if present else b"",
            mute=present and bool(state & api.SCARD_STATE_MUTE),
            busy=bool(state & api.SCARD_STATE_EXCLUSIVE),
            turn=state >> 16,
        )

    def _forget(self) -> None:
        context, self._context = self._context, None
        self._states = {}
        if context is not None:
            self._api.SCardReleaseContext(context)

    # ------------------------------------------------------------ handles

    def _establish(self) -> Any:
        result, context = self._api.SCardEstablishContext(self._api.SCARD_SCOPE_USER)
        self._require(result)
        return context

    def _begin(self, handle: Any) -> None:
        """Keep other programs out until the line ends; where one reset the card just before, join it again."""
        api = self._api
        result = api.SCardBeginTransaction(handle)
        if result == api.SCARD_W_RESET_CARD:
            protocols = api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1
            self._require(api.SCardReconnect(handle, api.SCARD_SHARE_SHARED, protocols, api.SCARD_LEAVE_CARD)[0])
            result = api.SCardBeginTransaction(handle)
        self._require(result)

    def _require(self, result: int) -> None:
        if result != self._api.SCARD_S_SUCCESS:
            raise _error(result)


class ServiceTurn:
    """Whether the PC/SC service is still the one that was there. Safe to call from several threads.

    A PKCS#11 library may outlive its service unawares, and take the card that stands there afterwards for the one of
    before: OpenSC 0.23 does, and would show the first one's code to the second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: Any = None
        self._turn = 0

    def now(self) -> int:
        """Another number once the service was gone since the last call. Without pyscard always the same."""
        try:
            api = _pyscard()
        except errors.ExtraMissing:
            return self._turn
        with self._lock:
            if self._context is not None and not self._answers(api):
                api.SCardReleaseContext(self._context)
                self._context = None
                self._turn += 1
            if self._context is None:
                result, context = api.SCardEstablishContext(api.SCARD_SCOPE_USER)
                self._context = context if result == api.SCARD_S_SUCCESS else None
            return self._turn

    def _answers(self, api: Any) -> bool:
        result, _ = api.SCardListReaders(self._context, [])
        return result in (api.SCARD_S_SUCCESS, api.SCARD_E_NO_READERS_AVAILABLE)


class _Line:
    """A handle within its transaction."""

    def __init__(self, api: Any, handle: Any, protocol: int) -> None:
        self._api = api
        self._handle = handle
        self._header = api.SCARD_PCI_T1 if protocol == api.SCARD_PROTOCOL_T1 else api.SCARD_PCI_T0

    def transmit(self, command: bytes) -> bytes:
        result, answer = self._api.SCardTransmit(self._handle, self._header, list(command))
        if result != self._api.SCARD_S_SUCCESS:
            raise _error(result)
        if len(answer) < 2:
            raise errors.CardMute("an answer without a status word")
        return bytes(byte & 0xFF for byte in answer)


@cache
def _pyscard() -> Any:
    """pyscard's functions. Raises ExtraMissing."""
    try:
        from smartcard import scard
    except ImportError as error:
        raise errors.ExtraMissing("cards: pyscard, and on Linux the system's libpcsclite") from error
    return scard


def _error(result: int) -> errors.CardError:
    """What PC/SC's code means; whatever is not of the card or its reader is of the service."""
    api = _pyscard()
    kind = {
        api.SCARD_E_SHARING_VIOLATION: errors.ReaderBusy,
        api.SCARD_E_UNKNOWN_READER: errors.ReaderUnplugged,
        api.SCARD_E_READER_UNAVAILABLE: errors.ReaderUnplugged,
        api.SCARD_E_NO_SMARTCARD: errors.CardPulled,
        api.SCARD_W_REMOVED_CARD: errors.CardPulled,
        api.SCARD_W_RESET_CARD: errors.CardPulled,
        api.SCARD_W_UNRESPONSIVE_CARD: errors.CardMute,
        api.SCARD_W_UNPOWERED_CARD: errors.CardMute,
        api.SCARD_W_UNSUPPORTED_CARD: errors.CardMute,
        api.SCARD_E_NOT_TRANSACTED: errors.CardMute,
        api.SCARD_E_PROTO_MISMATCH: errors.CardMute,
        api.SCARD_E_TIMEOUT: errors.CardMute,
    }.get(result, errors.ReadersUnavailable)
    return kind(origin=f"{result & 0xFFFFFFFF:08X}")
