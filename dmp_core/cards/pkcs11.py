"""Cards through PKCS#11: the only place that knows python-pkcs11. What its library says becomes values and CardErrors.

The libraries are told that one thread at a time calls them (C_Initialize without locks): every call goes through one
`CardCalls`, which also bounds its time. A session ends with its card, and with the PC/SC service: handles of a card
that left, or that another program reset, are dropped and never used again.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from dmp_core.cards.pin import Pin
from dmp_core.cards.readers import ServiceTurn
from dmp_core.errors import (
    CardBlocked,
    CardError,
    CardLibraryMissing,
    CardMissing,
    CardRemoved,
    CardSilent,
    CardUnreadable,
    ExtraMissing,
    PinFormat,
    PinWrong,
    SignatureKeyUnavailable,
)
from dmp_core.ports import CardCalls

T = TypeVar("T")
CALL: Final = 4.5  # seconds for one use of a card; a signature takes 0.06 to 0.7
_TRIES: Final = 3
_MOST_OBJECTS: Final = 128
_LARGEST: Final = 65_536
_MISBEHAVIOUR: Final = (ValueError, TypeError, KeyError, IndexError, OverflowError, NotImplementedError, MemoryError)
"""What python-pkcs11 lets through where a library answers nonsense."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate object. `id`: CKA_ID, which its private key has as well."""

    label: str
    id: bytes
    der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeenToken:
    """A card as it shows itself to everybody, without a code. `tries_left`: 0 is blocked."""

    slot: int
    label: str
    model: str
    serial: bytes = field(repr=False)
    tries_left: int
    certificates: tuple[Certificate, ...] = ()
    data: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    turn: int = 0  # of the PC/SC service


_SERVICE: Final = ServiceTurn()
_UNKNOWN: Final = -1
_STARTED: Final[dict[Path, int]] = {}
"""The turn of the service in which each library was started: once a process, as the libraries are."""


class Module:
    """One PKCS#11 library, loaded once in the process."""

    def __init__(self, library: Path, calls: CardCalls) -> None:
        """Raises ExtraMissing, CardLibraryMissing."""
        self.library = library
        self._calls = calls
        self._lib = calls(lambda: _loaded(library), CALL, None)

    def tokens(self) -> Sequence[SeenToken]:
        """The cards in the readers, read without a code. Raises CardSilent, CardUnreadable.

        For when no card is open: a library whose reader service was gone, which finds no card, or fails, is started
        anew, once.
        """

        def look() -> Sequence[SeenToken]:
            if _STARTED.get(self.library) == _SERVICE.now():
                with contextlib.suppress(CardSilent):
                    if found := self._seen():
                        return found
            self._restart()
            return self._seen()

        return self._call(look)

    def forget(self) -> None:
        """A card or its reader went: the next look starts the library anew, whatever the library noticed of it."""
        _STARTED.pop(self.library, None)

    def present(self, seen: SeenToken) -> bool:
        """True as long as a card is in that slot; the card itself is not asked."""

        def work() -> bool:
            slots = self._lib.get_slots(token_present=True)
            return seen.turn == _SERVICE.now() and any(slot.slot_id == seen.slot for slot in slots)

        return self._call(work)

    def tries_left(self, seen: SeenToken) -> int:
        """What the card allows now; 0: blocked. Raises CardRemoved."""
        return self._call(lambda: _tries(self._token(seen).flags))

    def login(self, seen: SeenToken, pin: Pin) -> "OpenToken":
        """Show the code to the card, once, and open it.

        Raises PinWrong, CardBlocked, PinFormat, each with what is left; CardRemoved where another card stands there.
        """

        def work() -> OpenToken:
            with pin.lent():
                return self._opened(seen, pin)

        return self._call(work, undo=OpenToken.close)

    # ------------------------------------------------------------ on the thread of the cards

    def _opened(self, seen: SeenToken, pin: Pin) -> "OpenToken":
        from pkcs11 import exceptions

        try:
            return OpenToken(self._lib, self._session(seen, pin), self._calls, seen.turn)
        except exceptions.PinIncorrect as error:
            left = _tries(self._token(seen).flags)
            raise (PinWrong(tries_left=left) if left else CardBlocked(tries_left=0)) from error
        except exceptions.PinLocked as error:
            raise CardBlocked(tries_left=0) from error
        except (exceptions.PinInvalid, exceptions.PinLenRange, exceptions.ArgumentsBad) as error:
            raise PinFormat("the card refused the format", tries_left=_tries(self._token(seen).flags)) from error

    def _session(self, seen: SeenToken, pin: Pin) -> Any:
        """A session in which the card itself saw the code: one left open by us would accept any."""
        from pkcs11 import exceptions

        try:
            return self._token(seen).open(user_pin=pin)
        except exceptions.UserAlreadyLoggedIn:  # nothing was shown to the card
            self._restart()
            return self._token(seen).open(user_pin=pin)

    def _restart(self) -> None:
        turn = _SERVICE.now()  # before: a service that goes meanwhile is noticed by the next look
        self._lib.reinitialize()
        _STARTED[self.library] = turn

    def _token(self, seen: SeenToken) -> Any:
        """The token of `seen`, with its flags as they are now. Raises CardRemoved."""
        _require(seen.turn)
        for slot in self._lib.get_slots(token_present=True):
            if slot.slot_id == seen.slot and (token := slot.get_token()).serial == seen.serial:
                return token
        raise CardRemoved("no card, or another one, in that reader")

    def _seen(self) -> Sequence[SeenToken]:
        turn = _STARTED.get(self.library, _UNKNOWN)
        with _translated():
            slots = self._lib.get_slots(token_present=True)
        found, fault = [], None
        for slot in slots:
            try:
                with _translated():
                    found.append(_read(slot, turn))
            except (CardRemoved, CardMissing):
                continue  # no card that this library knows: a carte Vitale, another maker's
            except CardError as error:
                fault = error
        if fault is not None and not found:
            raise fault
        return tuple(found)

    def _call(self, work: Callable[[], T], undo: Callable[[T], object] | None = None) -> T:
        def translated() -> T:
            with _translated():
                return work()

        return self._calls(translated, CALL, undo)


class OpenToken:
    """A card that accepted its code."""

    def __init__(self, lib: Any, session: Any, calls: CardCalls, turn: int) -> None:
        """On the thread of the cards. `turn`: of the PC/SC service."""
        from pkcs11 import Attribute, ObjectClass

        self._lib = lib
        self._session = session
        self._calls = calls
        self._turn = turn
        self._keys = {
            _label(key): key
            for key in islice(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}), _MOST_OBJECTS)
        }
        self.key_ids: Mapping[str, bytes] = {label: bytes(key[Attribute.ID]) for label, key in self._keys.items()}
        self.certificates: Sequence[Certificate] = _certificates(session)
        self.data: Sequence[tuple[str, bytes]] = _data(session)

    def sign(self, label: str, digest_info: bytes) -> bytes:
        """CKM_RSA_PKCS over a DigestInfo: the one mechanism that every CPS and both of its keys accept.

        Raises CardRemoved, CardSilent, SignatureKeyUnavailable.
        """
        from pkcs11 import Mechanism, exceptions

        refusals = (
            exceptions.FunctionNotSupported,
            exceptions.KeyTypeInconsistent,
            exceptions.MechanismInvalid,
            exceptions.MechanismParamInvalid,
        )

        def work() -> bytes:
            with _translated():
                self._notice_removal()
                try:
                    return bytes(self._keys[label].sign(digest_info, mechanism=Mechanism.RSA_PKCS))
                except refusals as error:
                    raise SignatureKeyUnavailable(label, origin=type(error).__name__) from error

        return self._calls(work, CALL, None)

    def alive(self) -> bool:
        """False once the card left, even if it came back, or was reset: the library then forgot this session."""
        from pkcs11 import Attribute, ObjectClass

        def work() -> bool:
            with _translated():
                self._notice_removal()
                private = self._session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
                return len(list(islice(private, _MOST_OBJECTS))) >= len(self._keys)

        try:
            return self._calls(work, CALL, None)
        except CardError:
            return False

    def _notice_removal(self) -> None:
        """Let the library see what left its readers, which ends sessions: OpenSC would show the code it remembers to
        whatever card stands there now. That the service was gone it does not see. Raises CardRemoved."""
        _require(self._turn)
        self._lib.get_slots(token_present=True)

    def close(self) -> None:
        """Log out. Never raises: the card may be gone."""
        with contextlib.suppress(CardError):
            self._calls(self._end, CALL, None)

    def _end(self) -> None:
        with _translated():
            self._session.close()


def _require(turn: int) -> None:
    """Raises CardRemoved where the PC/SC service is not the one of that turn."""
    if _SERVICE.now() != turn:
        raise CardRemoved("the service of the readers was started again")


_loading: Final = threading.Lock()


def _loaded(library: Path) -> Any:
    try:
        import pkcs11
    except ModuleNotFoundError as error:
        raise ExtraMissing(f"{error.name}: install dmp-core[cards]") from error
    with _loading:
        try:
            return pkcs11.lib(str(library))
        except (pkcs11.PKCS11Error, OSError) as error:
            raise CardLibraryMissing(f"{library.name} cannot be loaded: wrong file, or of another bitness") from error


def _read(slot: Any, turn: int) -> SeenToken:
    token = slot.get_token()
    session = token.open()
    try:
        return SeenToken(
            slot=slot.slot_id,
            label=str(token.label),
            model=str(token.model),
            serial=bytes(token.serial),
            tries_left=_tries(token.flags),
            certificates=_certificates(session),
            data=_data(session),
            turn=turn,
        )
    finally:
        with contextlib.suppress(Exception):
            session.close()


def _certificates(session: Any) -> tuple[Certificate, ...]:
    from pkcs11 import Attribute, ObjectClass

    objects = islice(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}), _MOST_OBJECTS)
    return tuple(Certificate(_label(one), bytes(one[Attribute.ID]), _bounded(one[Attribute.VALUE])) for one in objects)


def _data(session: Any) -> tuple[tuple[str, bytes], ...]:
    """Label and value of the data objects; one without a value that we may read is left aside."""
    from pkcs11 import Attribute, ObjectClass, exceptions

    found = []
    for one in islice(session.get_objects({Attribute.CLASS: ObjectClass.DATA}), _MOST_OBJECTS):
        with contextlib.suppress(exceptions.AttributeSensitive, exceptions.AttributeTypeInvalid):
            found.append((_label(one), _bounded(one[Attribute.VALUE])))
    return tuple(found)


def _label(one: Any) -> str:
    from pkcs11 import Attribute, exceptions

    try:
        return str(one[Attribute.LABEL])
    except exceptions.AttributeTypeInvalid:
        return ""


def _bounded(value: object) -> bytes:
    data = bytes(value)  # type: ignore[call-overload]  # whatever the library gave
    if len(data) > _LARGEST:
        raise CardUnreadable("an object larger than any card holds")
    return data  # type: ignore[no-any-return]


def _tries(flags: Any) -> int:
    """Tries left of the three of a CPS, which PKCS#11 tells by flags."""
    from pkcs11 import TokenFlag

    if TokenFlag.USER_PIN_LOCKED in flags:
        return 0
    if TokenFlag.USER_PIN_FINAL_TRY in flags:
        return 1
    return _TRIES - 1 if TokenFlag.USER_PIN_COUNT_LOW in flags else _TRIES


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """What the library raises, as one of our errors; a wrong code is told apart before, by `_opened`."""
    import pkcs11
    from pkcs11 import exceptions as of_library

    gone = (
        of_library.SessionHandleInvalid,
        of_library.SessionClosed,
        of_library.DeviceRemoved,
        of_library.TokenNotPresent,
        of_library.UserNotLoggedIn,
        of_library.ObjectHandleInvalid,
        of_library.KeyHandleInvalid,
        of_library.SlotIDInvalid,
    )
    try:
        yield
    except gone as error:
        raise CardRemoved(origin=type(error).__name__) from error
    except of_library.TokenNotRecognised as error:
        raise CardMissing("a card that this library does not know", origin=type(error).__name__) from error
    except pkcs11.PKCS11Error as error:
        raise CardSilent(origin=type(error).__name__) from error
    except _MISBEHAVIOUR as error:
        raise CardUnreadable("the card's library gave nonsense", origin=type(error).__name__) from error
