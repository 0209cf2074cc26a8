"""A reader that seats of a pharmacy share: whose card is where, which seats know each other."""

from dataclasses import dataclass
from datetime import datetime

from dmp_core.model.practitioner import Practitioner


@dataclass(frozen=True, slots=True)
class PairedSeat:
    """Another seat of the pharmacy, known by its certificate. `address` (host:port) None: it only ever calls us.

    `holder`: who shares their card there until `until`, as it said last; `silent`: it did not answer last time.
    """

    fingerprint: str
    name: str
    address: str | None = None
    holder: str = ""
    until: datetime | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class PairingView:
    """A pairing under way: the code that both screens must show, and the other seat's name once it spoke."""

    code: str | None
    name: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class SharingView:
    """What a host shows. `until`: this seat lends its reader until then; None: it does not."""

    name: str
    port: int | None
    until: datetime | None
    holder: str
    pairing: PairingView | None = None
    seats: tuple[PairedSeat, ...] = ()


def called(who: Practitioner) -> str:
    """A professional as the counter names them: `Mme Martin`, `M. Durand`, else given and family name."""
    family = "-".join(part.capitalize() for part in who.family.lower().split("-"))
    if who.civility is None:
        return f"{who.given.capitalize()} {family}"
    return f"{'Mme' if who.civility == 'MME' else 'M.'} {family}"


def at(name: str) -> str:
    """Where a seat is, after « est »: `au comptoir 2`; a name that begins otherwise stands after « à »."""
    return f"au {name}" if name.lower().startswith("comptoir") else f"à {name}"


def the(name: str) -> str:
    """A seat at the beginning of a sentence: `Le comptoir 2`."""
    return f"Le {name}" if name.lower().startswith("comptoir") else name
