"""The closed table of what a host may ask: name, parameters, result, and the function that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from dmp_core.model.health import HealthModel
from dmp_core.services.form import FeedForm
from hostbridge.methods import counter, feed, life, record
from hostbridge.methods.seat import OpenApp, Seat
from hostbridge.methods.telling import Teller
from hostbridge.protocol import messages
from hostbridge.protocol.connection import Asked, Connection, Later, Method, Send


@dataclass(frozen=True, slots=True)
class Row:
    """One method. `handle(seat, params, asked)` gives `result`, or the work that will."""

    params: type[HealthModel]
    result: type[HealthModel]
    handle: Callable[..., Any]


def _initialize(seat: Seat, params: messages.Initialize, _asked: object) -> messages.Initialized:
    return life.initialize(seat, params, tuple(sorted(TABLE)))


_PATIENT = messages.PatientReference
_ITEM = messages.ItemReference

TABLE: Final[dict[str, Row]] = {
    "initialize": Row(messages.Initialize, messages.Initialized, _initialize),
    "shutdown": Row(messages.Nothing, messages.ShutDown, life.shutdown),
    "operator/changed": Row(messages.OperatorChanged, messages.Nothing, counter.operator_changed),
    "patient/opened": Row(messages.PatientMessage, messages.PatientKnown, counter.patient_opened),
    "patient/updated": Row(messages.PatientMessage, messages.PatientKnown, counter.patient_updated),
    "patient/closed": Row(_PATIENT, messages.Nothing, counter.patient_closed),
    "document/saved": Row(messages.DocumentSaved, messages.Accepted, feed.document_saved),
    "host/event": Row(messages.HostEventMessage, messages.Accepted, feed.host_event),
    "feed/describe": Row(_ITEM, FeedForm, feed.describe),
    "feed/confirm": Row(messages.ConfirmFeed, messages.ItemView, feed.confirm),
    "feed/cancel": Row(_ITEM, messages.ItemView, feed.cancel),
    "outbox/list": Row(messages.ListOutbox, messages.OutboxListed, feed.list_all),
    "outbox/show": Row(_ITEM, messages.ItemView, feed.show),
    "outbox/retry": Row(_ITEM, messages.ItemView, feed.retry),
    "dmp/status": Row(_PATIENT, messages.RecordStatusKnown, record.status),
    "dmp/open": Row(_PATIENT, messages.RecordStatusKnown, record.open_record),
    "dmp/list": Row(messages.ListRecord, messages.RecordListed, record.list_record),
    "dmp/fetch": Row(messages.FetchDocument, messages.DocumentFetched, record.fetch),
}
"""Beside them the host notifies `initialized`, `exit` and `$/cancelRequest {id}`."""


def _handle(seat: Seat, name: str, params: Any, asked: Asked) -> Any:
    """Do one method; a right that is missing enters the audit, now or when the work is done."""
    outcome = seat.audited(name, lambda: TABLE[name].handle(seat, params, asked))
    if isinstance(outcome, Later):
        work = outcome.work
        return Later(lambda: seat.audited(name, work))
    return outcome


def connect(open_app: OpenApp, send: Send) -> tuple[Connection, Seat]:
    """A connection that speaks all of the table, and its seat, to be closed when the host is gone."""

    def tell(method: str, params: Any) -> None:
        connection.tell(method, params)

    seat = Seat(open_app, Teller(tell).listen)
    connection = Connection(
        {name: Method(row.params, partial(_handle, seat, name)) for name, row in TABLE.items()},
        send=send,
        submit=lambda work, done: seat.app.submit(work, done),
    )
    return connection, seat
