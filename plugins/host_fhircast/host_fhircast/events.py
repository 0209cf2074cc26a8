"""The messages of FHIRcast 3.0 (STU3), read strictly and written: events, confirmations, denials, errors.

Sources: « Event Notification » 2.5, « Send Event Notification » 2.6, « Subscribing » 2.4, `SyncError` 3.2.1.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

OPEN: Final = "Patient-open"
CLOSE: Final = "Patient-close"
SYNC_ERROR: Final = "syncerror"
HEARTBEAT: Final = "heartbeat"
SUPPORTED: Final = (OPEN, CLOSE, SYNC_ERROR)
_NAMES: Final = {name.lower(): name for name in (*SUPPORTED, HEARTBEAT)}
_DETAILS: Final = "https://fhircast.hl7.org/events/syncerror/"
_ID: Final = 200  # characters
CONTEXTS: Final = 10  # entries of one event


class EventRefused(Exception):
    """What the sender is told, in English and without a value: `status` is the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True)
class ContextEvent:
    """One event. `name` as the standard's examples spell it, whatever the sender's capitals."""

    id: str
    timestamp: str
    topic: str = field(repr=False)
    name: str
    context: tuple[Mapping[str, Any], ...] = field(repr=False)

    @property
    def moment(self) -> datetime:
        return moment_of(self.timestamp)

    @property
    def patient(self) -> Mapping[str, Any]:
        """The Patient of an open or a close."""
        return next(each["resource"] for each in self.context if each["key"] == "patient")

    def as_message(self, version: str | None = None) -> dict[str, Any]:
        """The notification; `version`: of the context that it made."""
        event: dict[str, Any] = {"hub.topic": self.topic, "hub.event": self.name, "context": list(self.context)}
        return {
            "timestamp": self.timestamp,
            "id": self.id,
            "event": event | ({"context.versionId": version} if version else {}),
        }


def read_json(data: bytes | str) -> dict[str, Any]:
    """A JSON object. Raises EventRefused."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        raise EventRefused(400, "not JSON") from None
    if not isinstance(told, dict):
        raise EventRefused(400, "not a JSON object")
    return told


def read_event(told: Mapping[str, Any]) -> ContextEvent:
    """An event that somebody sent. Raises EventRefused where it is none, or one that is not supported."""
    event = told.get("event")
    if not isinstance(event, dict):
        raise EventRefused(400, "event is missing")
    name = name_of(event.get("hub.event"))
    context = event.get("context")
    found = ContextEvent(
        id=_text(told.get("id"), "id"),
        timestamp=_text(told.get("timestamp"), "timestamp"),
        topic=_text(event.get("hub.topic"), "hub.topic"),
        name=name,
        context=_context(context),
    )
    try:
        found.moment  # noqa: B018 - asked for what it raises
    except ValueError:
        raise EventRefused(400, "timestamp is not ISO 8601") from None
    if name in (OPEN, CLOSE):
        _require_patient(found.context)
    elif name == SYNC_ERROR:
        _require_one(found.context, "operationoutcome", "OperationOutcome")
    return found


def name_of(told: object) -> str:
    """The event's name as the standard spells it. Raises EventRefused where it is not supported."""
    name = _NAMES.get(str(told).lower())
    if name is None:
        raise EventRefused(400, "hub.event is not supported")
    return name


def moment_of(timestamp: str) -> datetime:
    """ISO 8601, UTC where it names no zone. Raises ValueError."""
    found = datetime.fromisoformat(timestamp)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def confirmation(topic: str, events: Sequence[str], lease_seconds: int) -> dict[str, Any]:
    return {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.events": ",".join(events),
        "hub.lease_seconds": lease_seconds,
    }


def denial(topic: str, events: Sequence[str], reason: str) -> dict[str, Any]:
    return {"hub.mode": "denied", "hub.topic": topic, "hub.events": ",".join(events), "hub.reason": reason}


def heartbeat(identifier: str, timestamp: str, topic: str, period: int) -> ContextEvent:
    """`period`: seconds within which the next one comes."""
    return ContextEvent(identifier, timestamp, topic, HEARTBEAT, ({"key": "period", "decimal": str(period)},))


def sync_error(identifier: str, timestamp: str, about: ContextEvent, subscriber: str, words: str) -> ContextEvent:
    """That `subscriber` does not follow the event `about`; `words` for a person, without a value."""
    coding = [("eventid", about.id), ("eventname", about.name), ("subscriber", subscriber)]
    issue = {
        "severity": "warning",
        "code": "processing",
        "diagnostics": words,
        "details": {"coding": [{"system": _DETAILS + name, "code": code} for name, code in coding]},
    }
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    entry = {"key": "operationoutcome", "resource": outcome}
    return ContextEvent(identifier, timestamp, about.topic, SYNC_ERROR, (entry,))


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _ID:
        raise EventRefused(400, f"{name} is missing")
    return value


def _context(value: object) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list) or len(value) > CONTEXTS:
        raise EventRefused(400, "event.context is no list, or too long")
    if not all(isinstance(each, dict) and isinstance(each.get("key"), str) for each in value):
        raise EventRefused(400, "event.context: an entry without a key")
    return tuple(value)


def _require_patient(context: tuple[Mapping[str, Any], ...]) -> None:
    resource = _require_one(context, "patient", "Patient")
    if not isinstance(resource.get("id"), str) or not resource["id"]:
        raise EventRefused(400, "event.context: the Patient has no id")


def _require_one(context: tuple[Mapping[str, Any], ...], key: str, kind: str) -> Mapping[str, Any]:
    found = [each.get("resource") for each in context if each["key"] == key]
    if len(found) != 1 or not isinstance(found[0], dict) or found[0].get("resourceType") != kind:
        raise EventRefused(400, f"event.context: one {kind} is needed, key {key}")
    return found[0]
