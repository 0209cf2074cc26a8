"""Messages about a reader that the counters of a pharmacy share."""

from typing import Literal, Self

from pydantic import AwareDatetime, Field

from dmp_core.model.row import Row
from dmp_core.model.sharing import PairedSeat, PairingView, SharingView
from hostbridge.protocol.messages import HostId, Message, Text


class PairSeats(Message):
    """`sharing/pair`: begin a pairing, two minutes. `address` (host:port): call that seat; null: wait to be called."""

    address: str | None = Field(
        default=None, max_length=255, pattern=r"^[^\s:]+:[0-9]{1,5}$|^\[[0-9a-fA-F:]+\]:[0-9]{1,5}$"
    )


class ConfirmPairing(Message):
    """`sharing/confirm`: the code that the *other* screen shows. One try."""

    code: str = Field(pattern=r"^[0-9]{6}$", repr=False)


class EnableSharing(Message):
    """`sharing/enable`: the holder of the open card lends it to the paired seats until then."""

    until: AwareDatetime


class ForgetSeat(Message):
    """`sharing/forget`: that seat is paired no more; its documents are looked up in the DMP."""

    seat: str = Field(pattern=r"^[0-9a-f]{64}$")


class TakeBack(Message):
    """`sharing/takeBack`: a document that another seat has, and has not sent, waits here again."""

    item: Text


class ConsultThere(Message):
    """`sharing/consult`: `show` the open patient at the seat with the card, or `list` and `fetch` from there."""

    what: Literal["show", "list", "fetch"] = "show"
    host_id: HostId = Field(repr=False)
    seat: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", description="where several are paired")
    unique_id: Text | None = Field(default=None, description="of the document to fetch")


class Consulted(Message):
    """Result of `sharing/consult`. `content` (base64) and `mime_type` of a document that was fetched."""

    rows: tuple[Row, ...] = Field(default=(), repr=False)
    mime_type: str | None = None
    content: str | None = Field(default=None, repr=False)


class PairingShown(Message):
    """A pairing under way; `code` null: the other seat has not spoken yet."""

    code: str | None
    name: str | None
    until: AwareDatetime

    @classmethod
    def of(cls, view: PairingView) -> Self:
        return cls(code=view.code, name=view.name, until=view.until)


class SeatShown(Message):
    """A paired seat. `holder`: who shares their card there, until `until`, as it said last."""

    seat: str
    name: str
    address: str | None
    holder: str = Field(repr=False)
    until: AwareDatetime | None
    silent: bool = Field(description="it did not answer last time")

    @classmethod
    def of(cls, seat: PairedSeat) -> Self:
        return cls(
            seat=seat.fingerprint,
            name=seat.name,
            address=seat.address,
            holder=seat.holder,
            until=seat.until,
            silent=seat.silent,
        )


class SharingShown(Message):
    """Result of most `sharing/*` methods, and `sharing/changed`. `until` null: this seat lends nothing now."""

    name: str
    port: int | None
    until: AwareDatetime | None
    holder: str = Field(repr=False)
    pairing: PairingShown | None
    seats: tuple[SeatShown, ...]

    @classmethod
    def of(cls, view: SharingView) -> Self:
        return cls(
            name=view.name,
            port=view.port,
            until=view.until,
            holder=view.holder,
            pairing=PairingShown.of(view.pairing) if view.pairing else None,
            seats=tuple(map(SeatShown.of, view.seats)),
        )


class ConsultationNotice(Message):
    """`sharing/consultationWanted`: another seat asks to consult here: show the patient to the holder of the card."""

    seat: str
    host_id: str = Field(repr=False)
    operator: str
