"""The hooks. Each takes `(event, ctx)` and returns values; the core does what they ask.

`on_<noun>_<past participle>` tells of a fact and gives actions, `resolve_<noun>` asks for one answer,
`provide_<nouns>` is asked once. A hook is plain and pure: no async, no wrapper, no default argument.
"""

from collections.abc import Sequence

import pluggy

from dmp_core.api.actions import Action
from dmp_core.api.bodies import Body
from dmp_core.api.context import Context
from dmp_core.api.documents import DocumentType
from dmp_core.api.events import (
    CardChanged,
    DocumentRead,
    DocumentSaved,
    DocumentWanted,
    Event,
    FeedFinished,
    HostEvent,
    PatientClosed,
    PatientOpened,
    RecordListed,
    TypesWanted,
    UiWanted,
)
from dmp_core.api.ui import Ui

hookspec = pluggy.HookspecMarker("dmp")
hookimpl = pluggy.HookimplMarker("dmp")


@hookspec
def on_patient_opened(event: PatientOpened, ctx: Context) -> Sequence[Action] | None:
    """The host opened a patient's file.

    When: after `patient/opened`, once an opening.
    Kind: fact.
    Where: behind the host, which never waits for it.
    Time: 1 s.
    Return: `ConsultRecord`, `ShowStatus`, `ShowMessage`, or None.
    Failure: recorded against the plugin, nothing else.
    Replay: never, the moment is over.
    Since: 1.0.
    """


@hookspec
def on_patient_closed(event: PatientClosed, ctx: Context) -> Sequence[Action] | None:
    """The host left a patient's file.

    When: after `patient/closed`.
    Kind: fact.
    Where: behind the host, which never waits for it.
    Time: 1 s.
    Return: `ShowMessage`, or None.
    Failure: recorded against the plugin, nothing else.
    Replay: never, the moment is over.
    Since: 1.0.
    """


@hookspec
def on_document_saved(event: DocumentSaved, ctx: Context) -> Sequence[Action] | None:
    """The host saved a document, and the outbox holds it.

    When: after the durable write, once the document is composed.
    Kind: fact.
    Where: behind the host, which never waits for it.
    Time: 1 s.
    Return: `FeedDocument` (manual policy), `AskFeedWindow`, `Hold`, `ShowMessage`, or None.
    Failure: recorded against the plugin; the document goes on by its type's policy.
    Replay: once the plugin works again; `patient` and `content` are None where the document was sent meanwhile.
    Since: 1.0.
    """


@hookspec
def on_record_listed(event: RecordListed, ctx: Context) -> Sequence[Action] | None:
    """The documents of a patient's record were listed.

    When: once the whole answer of the DMP was read and found to be the patient's.
    Kind: fact.
    Where: behind the host, once the rows are with it.
    Time: 1 s.
    Return: `Badge`, `ShowMessage`, or None.
    Failure: recorded against the plugin, nothing else.
    Replay: never, the moment is over.
    Since: 1.0.
    """


@hookspec
def on_document_read(event: DocumentRead, ctx: Context) -> Sequence[Action] | None:
    """A document of the record was read.

    When: once its bytes are those that the DMP announced.
    Kind: fact.
    Where: behind the host, once the document is with it.
    Time: 1 s.
    Return: `Badge`, `ShowMessage`, or None.
    Failure: recorded against the plugin, nothing else.
    Replay: never, the moment is over.
    Since: 1.0.
    """


@hookspec
def on_card_changed(event: CardChanged, ctx: Context) -> Sequence[Action] | None:
    """A CPS or a carte Vitale came or went.

    When: once the card was recognised, or is out.
    Kind: fact.
    Where: behind the host, which never waits for it.
    Time: 1 s.
    Return: `SuggestPatient`, `ShowMessage`, or None.
    Failure: recorded against the plugin, nothing else.
    Replay: never, the moment is over.
    Since: 1.0.
    """


@hookspec
def on_feed_finished(event: FeedFinished, ctx: Context) -> Sequence[Action] | None:
    """A document was sent, refused or cancelled.

    When: after the state is durable.
    Kind: fact.
    Where: behind the host, which never waits for it.
    Time: 1 s.
    Return: `ShowMessage`, or None.
    Failure: recorded against the plugin, nothing else.
    Replay: once the plugin works again.
    Since: 1.0.
    """


@hookspec(firstresult=True)
def resolve_host_event(event: HostEvent, ctx: Context) -> Sequence[Event] | None:
    """A raw message of the LGO arrived: what does it mean?

    When: after `host/event`, once the message is durable.
    Kind: answer of the active adapter.
    Where: behind the host, which never waits for it.
    Time: 2 s.
    Return: typed events, an empty sequence where there is nothing to do, None where it is not understood.
    Failure: the message waits in the outbox with its bytes, the plugin named; what it refuses to read is refused.
    Replay: by itself, once the plugin works again.
    Since: 1.0.
    """


@hookspec(firstresult=True)
def resolve_document(event: DocumentWanted, ctx: Context) -> Body | None:
    """A saved record must become a document.

    When: each time the item is composed, until it is ready.
    Kind: answer of the plugin that brings the type.
    Where: behind the host, which never waits for it.
    Time: 5 s.
    Return: `LaidOut`, `FileBody`, `PdfBody` or `CdaBody`; None where the type is another's.
    Failure: the item waits, with the plugin named; content that the model refuses makes it refused.
    Replay: by itself, once the plugin works again.
    Since: 1.0.
    """


@hookspec
def provide_document_types(event: TypesWanted, ctx: Context) -> Sequence[DocumentType] | None:
    """Which types of document does the plugin bring?

    When: once, at first use.
    Kind: asked once.
    Where: while the host connects.
    Time: 2 s.
    Return: the types.
    Failure: the plugin brings none until it is asked again.
    Replay: by itself, once the plugin works again.
    Since: 1.0.
    """


@hookspec(firstresult=True)
def provide_ui(event: UiWanted, ctx: Context) -> Ui | None:
    """Which menus and words does the host use for the DMP?

    When: once, when the adapter starts.
    Kind: asked once.
    Where: while the host connects.
    Time: 2 s.
    Return: the host's `Ui`.
    Failure: the core's own words are used.
    Replay: at the next start.
    Since: 1.0.
    """
