"""The hub over HTTP and WebSocket: subscriptions, events, the present context. FHIRcast 3.0 (STU3)."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from way_in import moment
from way_in.counter import Refusal
from way_in.serving import HEADERS, body_of, media_type, shows_token

from host_fhircast.events import (
    CLOSE,
    HEARTBEAT,
    OPEN,
    SUPPORTED,
    ContextEvent,
    EventRefused,
    heartbeat,
    name_of,
    read_event,
    read_json,
)
from host_fhircast.follower import Follower
from host_fhircast.sessions import Session, Subscription
from host_fhircast.settings import HubSettings

BASE: Final = "/hub"
BODY: Final = 262_144
_FIELDS: Final = 20
_JSON: Final = frozenset({"application/json", "application/fhir+json"})
_FORM: Final = "application/x-www-form-urlencoded"
_BY_NAME: Final = "DMP"
_NORMAL: Final = frozenset({1000, 1001})


class Hub:
    """One session, followed by the bridge. `url`: how the hub is reached, e.g. `http://127.0.0.1:50123/hub`."""

    def __init__(self, settings: HubSettings, url: str, token: str, topic: str, follower: Follower) -> None:
        self._settings = settings
        self._socket = f"{'wss' if url.startswith('https') else 'ws'}://{urlsplit(url).netloc}{BASE}/ws/"
        self._token = token
        self._follower = follower
        self._to_follow: asyncio.Queue[ContextEvent] = asyncio.Queue(100)
        self._session = Session(
            topic,
            answer_seconds=settings.answer_seconds,
            monotonic=moment.seconds,
            timestamp=_timestamp,
            draw=moment.secret,
        )

    def app(self) -> Starlette:
        routes = [
            Route(BASE, self.post, methods=["POST"]),
            Route(f"{BASE}/.well-known/fhircast-configuration", self.configuration),
            Route(f"{BASE}/{{topic}}", self.current),
            WebSocketRoute(f"{BASE}/ws/{{secret}}", self.socket),
        ]
        handlers: Any = {EventRefused: _refusal, Refusal: _too_much}
        return Starlette(routes=routes, exception_handlers=handlers, lifespan=self._at_work)

    # ---------------------------------------------------------------- HTTP

    async def post(self, request: Request) -> Response:
        """A subscription (form) or an event (JSON)."""
        self._require_token(request)
        kind, body = media_type(request), await body_of(request, BODY)
        if kind == _FORM:
            return self._subscription(_form(body))
        if kind not in _JSON:
            raise EventRefused(415, "a form or JSON")
        event = read_event(read_json(body))
        if event.name == HEARTBEAT or self._to_follow.full():
            raise EventRefused(400 if event.name == HEARTBEAT else 503, "this event is the hub's, or it is busy")
        self._session.take(event)
        if event.name in (OPEN, CLOSE):
            self._to_follow.put_nowait(event)
        return Response(status_code=202, headers=HEADERS)

    async def configuration(self, _request: Request) -> Response:
        told = {
            "eventsSupported": list(SUPPORTED),
            "websocketSupport": True,
            "fhircastVersion": "STU3",
            "getCurrentSupport": True,
            "fhirVersion": "R4",
        }
        return JSONResponse(told, headers=HEADERS)

    async def current(self, request: Request) -> Response:
        self._require_token(request)
        if request.path_params["topic"] != self._session.topic:
            raise EventRefused(404, "there is no such session")
        return JSONResponse(self._session.current(), headers=HEADERS)

    def _subscription(self, form: dict[str, str]) -> Response:
        if form.get("hub.channel.type") != "websocket":
            raise EventRefused(400, "hub.channel.type: websocket")
        if form.get("hub.topic") != self._session.topic:
            raise EventRefused(404, "there is no such session")
        # @medplum/core (4, 5) names the endpoint so when it unsubscribes
        endpoint = form.get("hub.channel.endpoint") or form.get("endpoint")
        secret = self._secret(endpoint) if endpoint else None
        if form.get("hub.mode") == "subscribe":
            found = self._session.subscribe(
                _events(form), form.get("subscriber.name", "")[:80] or "unnamed", self._lease(form), secret
            )
        elif form.get("hub.mode") == "unsubscribe":
            if secret is None:
                raise EventRefused(400, "hub.channel.endpoint is missing")
            found = self._session.find(secret)
            self._session.remove(found, "unsubscribed")
        else:
            raise EventRefused(400, "hub.mode: subscribe or unsubscribe")
        return JSONResponse({"hub.channel.endpoint": self._socket + found.secret}, status_code=202, headers=HEADERS)

    def _secret(self, endpoint: str) -> str:
        if not endpoint.startswith(self._socket):
            raise EventRefused(404, "there is no such subscription")
        return endpoint.removeprefix(self._socket)

    def _lease(self, form: dict[str, str]) -> int:
        asked = form.get("hub.lease_seconds", str(self._settings.lease_seconds))
        if not asked.isdecimal() or len(asked) > 9 or int(asked) < 1:
            raise EventRefused(400, "hub.lease_seconds: a positive number")
        return min(int(asked), self._settings.lease_seconds)

    def _require_token(self, request: Request) -> None:
        if not shows_token(request, self._token):
            raise EventRefused(401, "Authorization: Bearer, with the token of this hub")

    # ---------------------------------------------------------------- WebSocket

    async def socket(self, socket: WebSocket) -> None:
        """The channel of one subscriber, found by the secret in its address; one connection at a time."""
        try:
            subscription = self._session.find(socket.path_params["secret"])
        except EventRefused:
            await socket.close(1008)
            return
        if subscription.connected:
            await socket.close(1008)
            return
        await socket.accept()
        self._session.connected(subscription)
        listening = asyncio.create_task(self._listen(socket, subscription))
        try:
            await self._speak(socket, subscription, listening)
        finally:
            listening.cancel()

    async def _listen(self, socket: WebSocket, subscription: Subscription) -> None:
        """Take answers until the subscriber goes."""
        try:
            while True:
                self._session.answered(subscription, read_json(await socket.receive_text()))
        except WebSocketDisconnect as gone:
            self._session.lost(subscription, normally=gone.code in _NORMAL)
        except (EventRefused, KeyError):
            self._session.remove(subscription, "what was sent is no answer to an event")
        subscription.say(None)

    @staticmethod
    async def _speak(socket: WebSocket, subscription: Subscription, listening: "asyncio.Task[None]") -> None:
        while (message := await subscription.out.get()) is not None:
            if listening.done():
                return
            try:
                await socket.send_text(json.dumps(message))
            except (WebSocketDisconnect, RuntimeError):
                return  # the subscriber is gone: who listens hears it
        if not listening.done():
            with contextlib.suppress(RuntimeError):  # the subscriber closed first
                await socket.close(1000)

    # ---------------------------------------------------------------- beside them

    @contextlib.asynccontextmanager
    async def _at_work(self, _app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._beat())]
        try:
            yield
        finally:
            self._session.end()
            for task in tasks:
                task.cancel()

    async def _follow(self) -> None:
        """The bridge is a subscriber like the others: in order, and what it refuses is told."""
        while True:
            event = await self._to_follow.get()
            try:
                await asyncio.to_thread(self._follower.follow, event)
            except Refusal as refusal:
                self._session.not_followed(event, _BY_NAME, refusal.sentence)

    async def _beat(self) -> None:
        period = self._settings.heartbeat_seconds
        while True:
            await asyncio.sleep(period / 2)
            self._session.beat(heartbeat(moment.secret(), _timestamp(), self._session.topic, period))


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS)
    except ValueError:
        raise EventRefused(400, "the form cannot be read") from None
    if len(dict(pairs)) != len(pairs):
        raise EventRefused(400, "a parameter stands there twice")
    return dict(pairs)


def _events(form: dict[str, str]) -> tuple[str, ...]:
    """Those that are supported among the events asked for. Raises EventRefused where none is."""
    granted: dict[str, None] = {}
    for told in form.get("hub.events", "").split(","):
        with contextlib.suppress(EventRefused):
            granted[name_of(told.strip())] = None
    if not granted.keys() & set(SUPPORTED):
        raise EventRefused(400, f"hub.events: some of {', '.join(SUPPORTED)}")
    return tuple(granted)


def _timestamp() -> str:
    return moment.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refusal(_request: Request, refused: Any) -> Response:
    return PlainTextResponse(refused.text, refused.status, headers=HEADERS)


def _too_much(_request: Request, refusal: Any) -> Response:
    return PlainTextResponse("the body is too long, or late", refusal.status, headers=HEADERS)
