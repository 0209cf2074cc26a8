"""What the hub holds: who is subscribed, what is the context, which answers are still to come. It opens no socket."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from host_fhircast.events import CLOSE, OPEN, ContextEvent, EventRefused, confirmation, denial, sync_error

SUBSCRIPTIONS: Final = 32
_WAITING: Final = 100  # messages that a subscriber which does not read may leave behind
_UNANSWERED: Final = 100
_CONNECT_SECONDS: Final = 30.0

Say = dict[str, Any] | None
"""A message, or None: the connection closes."""


@dataclass(eq=False)
class Subscription:
    """One subscriber. `secret` stands in the address of its WebSocket; `due`: event -> when its answer is missed."""

    secret: str = field(repr=False)
    topic: str = field(repr=False)
    events: tuple[str, ...]
    name: str
    lease_seconds: int
    until: float
    connect_by: float
    connected: bool = False
    out: "asyncio.Queue[Say]" = field(default_factory=lambda: asyncio.Queue(_WAITING), repr=False)
    due: dict[str, tuple[float, ContextEvent]] = field(default_factory=dict, repr=False)

    def confirm(self) -> None:
        self.say(confirmation(self.topic, self.events, self.lease_seconds))

    def notify(self, event: ContextEvent, version: str | None, answer_by: float) -> None:
        """Tell the event where it was subscribed to, and expect an answer to it."""
        if event.name in self.events and self.say(event.as_message(version)) and len(self.due) < _UNANSWERED:
            self.due[event.id] = (answer_by, event)

    def end(self, reason: str) -> None:
        if not self.say(denial(self.topic, self.events, reason)) or not self.say(None):
            self.out.get_nowait()  # whoever did not read that much hears no reason
            self.out.put_nowait(None)

    def say(self, message: Say) -> bool:
        """False where the subscriber did not read for so long that there is no more room."""
        try:
            self.out.put_nowait(message)
        except asyncio.QueueFull:
            return False
        return True


class Session:
    """The one session of a hub. Everything here happens on one event loop."""

    def __init__(
        self,
        topic: str,
        *,
        answer_seconds: float,
        monotonic: Callable[[], float],
        timestamp: Callable[[], str],
        draw: Callable[[], str],
    ) -> None:
        """`draw()` gives identifiers nobody guesses, `timestamp()` this instant in ISO 8601."""
        self.topic = topic
        self._answer_seconds = answer_seconds
        self._monotonic = monotonic
        self._timestamp = timestamp
        self._draw = draw
        self._subscriptions: dict[str, Subscription] = {}
        self._context: ContextEvent | None = None
        self._version = draw()
        self._newest: ContextEvent | None = None

    # ---------------------------------------------------------------- subscriptions

    def subscribe(self, events: tuple[str, ...], name: str, lease_seconds: int, secret: str | None) -> Subscription:
        """A new subscription, or another choice of events for the one of `secret`. Raises EventRefused."""
        until = self._monotonic() + lease_seconds
        if secret is not None:
            found = self.find(secret)
            found.events, found.lease_seconds, found.until = events, lease_seconds, until
            if found.connected:
                found.confirm()
            return found
        if len(self._subscriptions) >= SUBSCRIPTIONS:
            raise EventRefused(503, "too many subscriptions")
        connect_by = self._monotonic() + _CONNECT_SECONDS
        made = Subscription(self._draw(), self.topic, events, name, lease_seconds, until, connect_by)
        self._subscriptions[made.secret] = made
        return made

    def find(self, secret: str) -> Subscription:
        """Raises EventRefused."""
        found = self._subscriptions.get(secret)
        if found is None:
            raise EventRefused(404, "there is no such subscription")
        return found

    def connected(self, subscription: Subscription) -> None:
        """Its WebSocket stands: confirm, then tell the present context (2.4)."""
        subscription.connected = True
        subscription.confirm()
        if self._context is not None:
            subscription.notify(self._context, self._version, self._monotonic() + self._answer_seconds)

    def remove(self, subscription: Subscription, reason: str) -> None:
        """It leaves, or is left: it hears why, and its connection closes."""
        if self._subscriptions.pop(subscription.secret, None) is not None:
            subscription.end(reason)

    def lost(self, subscription: Subscription, *, normally: bool) -> None:
        """Its WebSocket is gone; where it did not say goodbye, the others hear of it."""
        if self._subscriptions.pop(subscription.secret, None) is not None and not normally and self._newest:
            self.not_followed(self._newest, subscription.name, "the connection was lost", but=subscription)

    # ---------------------------------------------------------------- events

    def take(self, event: ContextEvent) -> None:
        """Make it the context and tell everyone, whoever sent it as well. Raises EventRefused."""
        if event.topic != self.topic:
            raise EventRefused(404, "there is no such session")
        if event.name in (OPEN, CLOSE):
            if self._newest is not None and event.moment < self._newest.moment:
                raise EventRefused(409, "a newer context stands")
            self._newest = event
            self._change(event)
        self._tell(event, self._subscriptions.values())

    def not_followed(self, about: ContextEvent, who: str, words: str, *, but: Subscription | None = None) -> None:
        """A subscriber does not follow: tell the others."""
        error = sync_error(self._draw(), self._timestamp(), about, who, words)
        self._tell(error, [each for each in self._subscriptions.values() if each is not but])

    def answered(self, subscription: Subscription, told: dict[str, Any]) -> None:
        """An answer to a notification: `id` and `status`. Some clients of others send no status: that is received."""
        _, event = subscription.due.pop(str(told.get("id")), (0.0, None))
        status = str(told.get("status", "200"))
        if event is None or event.name not in (OPEN, CLOSE) or (status.startswith("2") and len(status) == 3):
            return
        words = "the event was refused" if status.startswith("4") else "the event was not delivered"
        self.not_followed(event, subscription.name, words, but=subscription)

    def current(self) -> dict[str, Any]:
        """What `GET hub/topic` answers (2.9)."""
        context = list(self._context.context) if self._context else []
        kind = "Patient" if self._context else ""
        return {"context.type": kind, "context.versionId": self._version, "context": context}

    # ---------------------------------------------------------------- time

    def beat(self, heartbeat: ContextEvent) -> None:
        """Tell all that are connected that the hub lives; let go whoever is over, or does not answer."""
        now = self._monotonic()
        for subscription in list(self._subscriptions.values()):
            missed = next((event for until, event in subscription.due.values() if until < now), None)
            if subscription.until < now or (not subscription.connected and subscription.connect_by < now):
                self.remove(subscription, "the lease is over")
            elif missed is not None:
                self.remove(subscription, "no answer came in time")
                self.not_followed(missed, subscription.name, "no answer came in time")
            elif subscription.connected and not subscription.say(heartbeat.as_message()):
                self.lost(subscription, normally=False)

    def end(self) -> None:
        for subscription in list(self._subscriptions.values()):
            self.remove(subscription, "the hub stops")

    def _change(self, event: ContextEvent) -> None:
        if event.name == OPEN:
            self._context, self._version = event, self._draw()
        elif self._context is not None and self._context.patient["id"] == event.patient["id"]:
            self._context, self._version = None, self._draw()

    def _tell(self, event: ContextEvent, subscriptions: Iterable[Subscription]) -> None:
        answer_by = self._monotonic() + self._answer_seconds
        for subscription in list(subscriptions):
            if subscription.connected:
                subscription.notify(event, self._version if event.name == OPEN else None, answer_by)
