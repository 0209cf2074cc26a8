"""One document of a plugin, made without outbox and without DMP: for the quick tests of what a document says."""

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from dmp_core.api.bodies import Body
from dmp_core.api.context import Context
from dmp_core.api.documents import DocumentType
from dmp_core.api.events import DocumentWanted
from dmp_core.documents import frame
from dmp_core.documents.facts import Facts
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Who
from dmp_core.testing import people
from dmp_core.testing.clock import ManualClock


def resolved(
    plugin: ModuleType,
    type_id: str,
    content: object,
    *,
    patient: Patient | None = None,
    who: Who | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Any:
    """What the plugin's `resolve_document` gives for this content, JSON or bytes. Raises what it raises."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    event = DocumentWanted(
        item="item-1", type_id=type_id, content=raw, patient=patient or people.patient(), who=who or people.who()
    )
    return plugin.resolve_document(event, Context(now=ManualClock().now(), settings=settings or {}))


def composed(kind: DocumentType, body: Body, *, patient: Patient | None = None, who: Who | None = None) -> bytes:
    """The CDA of a body, not checked, the same in every run. Raises DocumentInvalid, PdfRefused."""
    facts = Facts(
        kind,
        patient or people.patient(),
        who or people.who(),
        unique_id="2.25.1001",
        set_id="2.25.1000",
        version=1,
        effective_time=ManualClock().now(),
    )
    return frame.compose(facts, body)
