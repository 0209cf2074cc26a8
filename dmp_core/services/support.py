"""What is packed for whoever helps: only what is listed here, so that nothing of a patient can be among it."""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from dmp_core import log
from dmp_core.services.wire.recorder import Exchanged
from dmp_core.services.wire.redaction import redacted

MOST_EVENTS: Final = 1000
MOST_LINES: Final = 2000
_FACTS: Final = frozenset(
    {
        "number", "at", "action", "transaction", "mode", "purpose", "result", "origin", "code", "reason", "count",
        "state", "type_id", "version", "right", "plugin",
    }
)  # fmt: skip
"""Facts of an audit record that name nobody: neither patient, professional, operator, document nor structure."""
_EVENT: Final = re.compile(r"[a-z_]{2,30}\.[a-z_]{2,40}")
_KEYS: Final = (log.KEYS | {"event"}) - {"name", "item", "session", "structure"}
_CODE: Final = re.compile(r"[A-Za-z0-9_.:/+-]{0,60}(, [A-Za-z0-9_]{1,60}){0,20}")
_NUMBER: Final = re.compile(r"[0-9]{9}")
_READ_ME: Final = (
    "Diagnostic du module DMP, à transmettre à l’éditeur du LGO.\n"
    "Il ne contient ni nom, ni INS, ni code, ni document d’un patient.\n\n"
    "doctor.json      ce qui fonctionne sur ce poste, et ce qui ne fonctionne pas\n"
    "versions.json    versions des programmes\n"
    "outbox.json      nombre de documents par état\n"
    "events.jsonl     derniers événements du journal des accès, sans les personnes\n"
    "log.jsonl        derniers événements du programme, si un fichier a été donné\n"
    "exchanges.jsonl  échanges enregistrés à la demande, sans leur contenu\n"
)


def pack(
    *,
    doctor: Mapping[str, Any],
    versions: Mapping[str, Any],
    outbox: Mapping[str, Any],
    events: Iterable[Mapping[str, Any]],
    lines: Iterable[str] = (),
    exchanges: Sequence[Exchanged] = (),
) -> bytes:
    """The ZIP. `events`: the audit, newest first; `lines`: of a log as the bridge writes it."""
    files = {
        "LISEZMOI.txt": _READ_ME,
        "doctor.json": _json(doctor),
        "versions.json": _json(versions),
        "outbox.json": _json(outbox),
        "events.jsonl": _as_lines(map(event, islice(events, MOST_EVENTS))),
        "log.jsonl": _as_lines(log_lines(lines)),
        "exchanges.jsonl": _as_lines(map(redacted, exchanges)),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def event(record: Mapping[str, Any]) -> dict[str, Any]:
    """One record of the audit without the people."""
    return {name: value for name, value in record.items() if name in _FACTS}


def log_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The last events of a log: lines that the program wrote, their keys those of the closed list."""
    found: list[dict[str, Any]] = []
    for line in lines:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict) and _EVENT.fullmatch(str(told.get("event"))):
            found.append({key: value for key, value in told.items() if key in _KEYS and _is_harmless(value)})
            del found[:-MOST_LINES]
    yield from found


def _is_harmless(value: object) -> bool:
    """A number, or a short code: a long number may be somebody's."""
    text = "" if value is None else str(value)
    return isinstance(value, str | int | float | None) and bool(_CODE.fullmatch(text)) and not _NUMBER.search(text)


def _as_lines(values: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False, default=str) + "\n" for value in values)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)
