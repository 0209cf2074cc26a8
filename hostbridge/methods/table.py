"""The closed table of what a host may ask: name, parameters, result, and the function that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from dmp_core.app import App
from dmp_core.model.health import HealthModel
from dmp_core.services.feed.form import FeedForm
from hostbridge.methods import (
    acts,
    cards,
    consent,
    correct,
    counter,
    feed,
    identity,
    life,
    professional,
    psc,
    reading,
    record,
    review,
    sharing,
    support,
    windows,
)
from hostbridge.methods.seat import OpenApp, PanelAddresses, Seat
from hostbridge.methods.telling import Teller
from hostbridge.methods.windows import addressed
from hostbridge.protocol import acts as acts_messages
from hostbridge.protocol import cards as card_messages
from hostbridge.protocol import consent as consent_messages
from hostbridge.protocol import correct as correct_messages
from hostbridge.protocol import identity as identity_messages
from hostbridge.protocol import importing as import_messages
from hostbridge.protocol import messages
from hostbridge.protocol import outbox as outbox_messages
from hostbridge.protocol import professional as professional_messages
from hostbridge.protocol import psc as psc_messages
from hostbridge.protocol import reading as reading_messages
from hostbridge.protocol import record as record_messages
from hostbridge.protocol import review as review_messages
from hostbridge.protocol import sharing as sharing_messages
from hostbridge.protocol import support as support_messages
from hostbridge.protocol import windows as window_messages
from hostbridge.protocol.connection import Asked, Connection, Later, Method, Send, checked


@dataclass(frozen=True, slots=True)
class Row:
    """One method. `handle(seat, params, asked)` gives `result`, or the work that will."""

    params: type[HealthModel]
    result: type[HealthModel]
    handle: Callable[..., Any]


def _initialize(seat: Seat, params: messages.Initialize, _asked: object) -> messages.Initialized:
    return life.initialize(seat, params, tuple(sorted(TABLE)))


_PATIENT = messages.PatientReference
_ITEM = outbox_messages.ItemReference

TABLE: Final[dict[str, Row]] = {
    "initialize": Row(messages.Initialize, messages.Initialized, _initialize),
    "shutdown": Row(messages.Nothing, messages.ShutDown, life.shutdown),
    "operator/changed": Row(messages.OperatorChanged, messages.Nothing, counter.operator_changed),
    "patient/opened": Row(messages.PatientMessage, messages.PatientKnown, counter.patient_opened),
    "patient/updated": Row(messages.PatientMessage, messages.PatientKnown, counter.patient_updated),
    "patient/current": Row(messages.Nothing, messages.PatientShown, counter.patient_current),
    "patient/closed": Row(_PATIENT, messages.Nothing, counter.patient_closed),
    "consent/record": Row(consent_messages.RecordConsent, consent_messages.ConsentRecorded, consent.record),
    "consent/show": Row(_PATIENT, consent_messages.ConsentShown, consent.show),
    "identity/verify": Row(_PATIENT, identity_messages.IdentityView, identity.verify),
    "identity/search": Row(_PATIENT, identity_messages.IdentityView, identity.search),
    "identity/documentSeen": Row(
        identity_messages.DocumentSeen, identity_messages.IdentityView, identity.document_seen
    ),
    "identity/scan": Row(identity_messages.ScanIdentity, identity_messages.IdentityView, identity.scan),
    "identity/vitale": Row(_PATIENT, identity_messages.IdentityView, identity.vitale),
    "identity/decide": Row(identity_messages.DecideIdentity, identity_messages.IdentityView, identity.decide),
    "identity/show": Row(_PATIENT, identity_messages.IdentityKept, identity.show),
    "document/types": Row(messages.Nothing, messages.TypesListed, life.types),
    "document/saved": Row(messages.DocumentSaved, messages.Accepted, feed.document_saved),
    "host/event": Row(messages.HostEventMessage, messages.Accepted, feed.host_event),
    "feed/describe": Row(_ITEM, FeedForm, feed.describe),
    "feed/confirm": Row(outbox_messages.ConfirmFeed, outbox_messages.ItemView, feed.confirm),
    "feed/cancel": Row(window_messages.CancelFeed, outbox_messages.ItemView, feed.cancel),
    "feed/corrections": Row(
        correct_messages.ExplainCorrections, correct_messages.CorrectionsExplained, correct.explain
    ),
    "feed/withdraw": Row(correct_messages.WithdrawFeed, outbox_messages.ItemView, correct.withdraw),
    "feed/replace": Row(correct_messages.ReplaceFeed, messages.Accepted, correct.replace),
    "feed/setVisibility": Row(correct_messages.SetVisibility, outbox_messages.ItemView, correct.set_visibility),
    "feed/archive": Row(correct_messages.ArchiveFeed, outbox_messages.ItemView, correct.archive),
    "outbox/takeOver": Row(_ITEM, outbox_messages.ItemView, correct.take_over),
    "outbox/authorLeft": Row(correct_messages.ProfessionalLeft, correct_messages.ItemsChanged, correct.author_left),
    "acts/declare": Row(acts_messages.DeclareActs, messages.Nothing, acts.declare),
    "acts/report": Row(acts_messages.ReportActs, acts_messages.ActsReported, acts.report),
    "outbox/list": Row(outbox_messages.ListOutbox, outbox_messages.OutboxListed, feed.list_all),
    "outbox/show": Row(_ITEM, outbox_messages.ItemView, feed.show),
    "outbox/status": Row(outbox_messages.StatusOfKeys, outbox_messages.KeysKnown, feed.status),
    "outbox/retry": Row(_ITEM, outbox_messages.ItemView, feed.retry),
    "outbox/cancel": Row(window_messages.CancelFeed, outbox_messages.ItemView, feed.cancel),
    "feed/preview": Row(_ITEM, window_messages.FeedPreview, windows.preview),
    "panel/open": Row(window_messages.OpenPanel, window_messages.PanelOpened, windows.open_panel),
    "status/health": Row(messages.Nothing, window_messages.Health, life.health),
    "software/about": Row(messages.Nothing, window_messages.SoftwareShown, windows.about),
    "dmp/status": Row(_PATIENT, record_messages.BadgeKnown, record.status),
    "dmp/open": Row(record_messages.OpenRecord, record_messages.RecordOpened, record.open_record),
    "dmp/list": Row(record_messages.ListDocuments, record_messages.DocumentsListed, record.list_record),
    "dmp/fetch": Row(messages.FetchDocument, messages.DocumentFetched, record.fetch),
    "dmp/fetchAll": Row(record_messages.FetchDocuments, record_messages.DocumentsFetched, record.fetch_all),
    "dmp/authorise": Row(record_messages.Authorise, record_messages.Authorised, record.authorise),
    "dmp/authorisations": Row(
        record_messages.ListAuthorisations, record_messages.AuthorisationsListed, record.authorisations
    ),
    "dmp/patients": Row(record_messages.ListPatients, record_messages.PatientsListed, record.patients),
    "dmp/web": Row(record_messages.OpenPage, record_messages.PageAddress, record.web),
    "dmp/contacts": Row(_PATIENT, record_messages.ContactsKnown, record.contacts),
    "dmp/access": Row(_PATIENT, reading_messages.AccessShown, reading.access),
    "dmp/leave": Row(_PATIENT, messages.Nothing, reading.leave),
    "dmp/listBegin": Row(reading_messages.BeginList, reading_messages.ListShown, reading.begin_list),
    "dmp/listShow": Row(_PATIENT, reading_messages.ListShown, reading.show_list),
    "dmp/view": Row(reading_messages.ShowDocument, reading_messages.DocumentPage, reading.view),
    "document/import": Row(import_messages.ImportDocument, import_messages.ImportStanding, reading.import_document),
    "document/imported": Row(import_messages.ImportDocument, import_messages.ImportStanding, reading.imported),
    "document/imports": Row(_PATIENT, import_messages.ImportsShown, reading.imports),
    "audit/ofPatient": Row(review_messages.ReviewPatient, review_messages.PatientReviewed, review.of_patient),
    "card/list": Row(messages.Nothing, card_messages.CardsListed, cards.list_all),
    "card/scan": Row(card_messages.ScanCode, card_messages.PeopleFound, cards.scan),
    "psc/open": Row(psc_messages.OpenPsc, psc_messages.PscShown, psc.open_session),
    "psc/poll": Row(psc_messages.PollPsc, psc_messages.PscShown, psc.poll),
    "psc/choose": Row(psc_messages.ChoosePsc, psc_messages.PscShown, psc.choose),
    "support/record": Row(support_messages.RecordSupport, support_messages.Recording, support.record),
    "psc/close": Row(messages.Nothing, messages.Nothing, psc.close),
    "session/open": Row(
        professional_messages.OpenCardSession, professional_messages.CardSessionShown, professional.open_session
    ),
    "session/show": Row(messages.Nothing, professional_messages.CardSessionShown, professional.show),
    "session/close": Row(messages.Nothing, professional_messages.CardSessionShown, professional.close),
    "sharing/pair": Row(sharing_messages.PairSeats, sharing_messages.SharingShown, sharing.pair),
    "sharing/confirm": Row(sharing_messages.ConfirmPairing, sharing_messages.SharingShown, sharing.confirm),
    "sharing/enable": Row(sharing_messages.EnableSharing, sharing_messages.SharingShown, sharing.enable),
    "sharing/disable": Row(messages.Nothing, sharing_messages.SharingShown, sharing.disable),
    "sharing/show": Row(messages.Nothing, sharing_messages.SharingShown, sharing.show),
    "sharing/forget": Row(sharing_messages.ForgetSeat, sharing_messages.SharingShown, sharing.forget),
    "sharing/takeBack": Row(sharing_messages.TakeBack, outbox_messages.ItemView, sharing.take_back),
    "sharing/consult": Row(sharing_messages.ConsultThere, sharing_messages.Consulted, sharing.consult),
    "pin/enter": Row(professional_messages.EnterPin, professional_messages.CardSessionShown, professional.enter),
}
"""Beside them the host notifies `initialized`, `exit` and `$/cancelRequest {id}`."""


def _handle(seat: Seat, name: str, params: Any, asked: Asked) -> Any:
    """Do one method; a right that is missing enters the audit with who asked, now or when the work is done."""
    who, patient = seat.who if seat.opened else None, getattr(params, "host_id", None)
    outcome = seat.audited(name, who, lambda: TABLE[name].handle(seat, params, asked), patient)
    if isinstance(outcome, Later):
        work = outcome.work
        return replace(outcome, work=lambda: seat.audited(name, who, work, patient))
    return outcome


def answer(seat: Seat, name: str, params: Mapping[str, Any]) -> Any:
    """What a method answers at this seat, waited for, with the checks and the audit of a host's request.

    Raises DmpError where the method refuses, RpcError -32602 where the parameters are wrong.
    """
    asked = Asked(id=name, method=name, tell=lambda _method, _params: None)
    outcome = _handle(seat, name, checked(TABLE[name].params, dict(params)), asked)
    return outcome.work() if isinstance(outcome, Later) else outcome


def connect(
    open_app: OpenApp,
    send: Send,
    *,
    panels: Callable[[], PanelAddresses] | None = None,
    leave: Callable[[App], None] = App.close,
) -> tuple[Connection, Seat]:
    """A connection that speaks all of the table, and its seat, to be closed when the host is gone.

    `panels` gives the windows of this bridge, asked for once a host wants them; `leave` takes the app back.
    """

    def tell(method: str, params: Any) -> None:
        connection.tell(method, addressed(seat, params))

    seat = Seat(open_app, Teller(tell).listen, panels, leave)
    connection = Connection(
        {name: Method(row.params, partial(_handle, seat, name)) for name, row in TABLE.items()},
        send=send,
        submit=seat.submit,
    )
    return connection, seat
