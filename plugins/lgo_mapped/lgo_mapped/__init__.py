"""The adapter of any host that exports files: `host/event` names a mapping, and its payload holds the export."""

import json
from collections.abc import Sequence

from dmp_core.api import ContentInvalid, Context, Event, Finding, HostEvent, hookimpl
from dmp_core.api.mapping import documents, read_mapping

__all__ = ["resolve_host_event"]


@hookimpl
def resolve_host_event(event: HostEvent, ctx: Context) -> Sequence[Event] | None:
    """The documents of an export; None for an event that no mapping names. Raises ContentInvalid naming the fields.

    `payload` is `{"text": "..."}`, the export as it stands in its file, or for JSON `{"json": ...}`.
    """
    table = ctx.settings["mappings"].get(event.name)
    if table is None:
        return None
    mapping = read_mapping(table)
    return documents(mapping, _export(event, mapping.file.encoding))


def _export(event: HostEvent, encoding: str) -> bytes:
    match event.payload:
        case {"text": str(text), **rest} if not rest:
            return text.encode(encoding, "replace")
        case {"json": value, **rest} if not rest:
            return json.dumps(value).encode()
    finding = Finding("payload", "shape", "Transmettez l’export dans « text », ou dans « json ».")
    raise ContentInvalid(str(finding), findings=(finding,))
