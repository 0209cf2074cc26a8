"""The hooks as the host reads them: which event belongs to which, what may be returned, who may read which field.

All of it is derived from `dmp_core.api.hookspecs`, so that a new hook needs one line here: what it may return.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final, get_type_hints

from pydantic import BaseModel

from dmp_core.api import actions, hookspecs
from dmp_core.api.bodies import CdaBody, FileBody, PdfBody
from dmp_core.api.documents import DocumentType
from dmp_core.api.events import Event, PatientClosed, PatientOpened, PatientUpdated, SavedDocument
from dmp_core.api.layout import LaidOut
from dmp_core.api.ui import Ui

HOOKS: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {name: get_type_hints(spec)["event"] for name, spec in vars(hookspecs).items() if hasattr(spec, "dmp_spec")}
)
"""Every hook of the api with the class of its event."""

HOOK_OF: Final[Mapping[type[Event], str]] = MappingProxyType({event: hook for hook, event in HOOKS.items()})
"""Every event that a hook tells of, with the name of that hook."""

ANSWERS: Final[Mapping[str, tuple[type[BaseModel], ...]]] = MappingProxyType(
    {
        "on_patient_opened": (actions.ConsultRecord, actions.ShowStatus, actions.ShowMessage),
        "on_patient_closed": (actions.ShowMessage,),
        "on_document_saved": (actions.FeedDocument, actions.AskFeedWindow, actions.Hold, actions.ShowMessage),
        "on_record_listed": (actions.Badge, actions.ShowMessage),
        "on_document_read": (actions.Badge, actions.ShowMessage),
        "on_card_changed": (actions.SuggestPatient, actions.ShowMessage),
        "on_feed_finished": (actions.ShowMessage,),
        "resolve_host_event": (PatientOpened, PatientUpdated, PatientClosed, SavedDocument),
        "resolve_document": (PdfBody, CdaBody, LaidOut, FileBody),
        "provide_document_types": (DocumentType,),
        "provide_ui": (Ui,),
    }
)
"""What each hook may return; subclasses are not these types."""

ONE_ANSWER: Final = frozenset({"resolve_document", "provide_ui"})
"""Hooks that return one value; the others return a list or a tuple."""


REPLAYED: Final = frozenset({"on_document_saved", "on_feed_finished"})
"""Facts that a plugin is told of later where it could not be told: their items are durable."""


class Read(StrEnum):
    """What a plugin may ask to read of an event: whom it is about, who works, what the host saved, the DMP, a card."""

    PATIENT = "patient"
    WHO = "who"
    CONTENT = "content"
    RECORD = "record"
    CARD = "card"


_GRANTED_BY: Final = MappingProxyType(
    {
        "patient": Read.PATIENT,
        "host_id": Read.PATIENT,
        "who": Read.WHO,
        "content": Read.CONTENT,
        "payload": Read.CONTENT,
        "entries": Read.RECORD,
        "entry": Read.RECORD,
        "document": Read.RECORD,
        "people": Read.CARD,
    }
)


@cache
def hidden_fields(hook: str, reads: frozenset[Read]) -> tuple[str, ...]:
    """Fields of the hook's event that `reads` does not grant."""
    return tuple(name for name in HOOKS[hook].model_fields if name in _GRANTED_BY and _GRANTED_BY[name] not in reads)


def needed_read(hook: str) -> Read | None:
    """What a plugin must read, or the hook could not be answered: the saved content, the message of the LGO."""
    return Read.CONTENT if hook.startswith("resolve_") else None
