"""A client of another program's hub: it subscribes, follows the context, answers each event, and comes back."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import quote

import httpx
from way_in.counter import Refusal
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from host_fhircast.events import CLOSE, HEARTBEAT, OPEN, SYNC_ERROR, ContextEvent, EventRefused, read_event, read_json
from host_fhircast.follower import Follower
from host_fhircast.settings import ClientSettings, is_safe

BACK_OFF: Final = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before each new try
_MESSAGE: Final = 262_144
_SECONDS: Final = 20.0
_LONG_AGO: Final = "0001-01-02T00:00:00Z"
_SILENCE: Final = 3  # heartbeats that do not come: the connection is lost


class HubGone(Exception):
    """The hub cannot be reached, or let this subscriber go."""


class HubClient:
    """One subscription after the other, until the task is cancelled."""

    def __init__(self, settings: ClientSettings, token: str | None, follower: Follower) -> None:
        self._settings = settings
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._follower = follower
        self._trust = ssl.create_default_context(cafile=settings.ca) if settings.ca else ssl.create_default_context()

    async def run(self, back_off: tuple[float, ...] = BACK_OFF) -> None:
        """Follow the hub for ever."""
        tries = 0
        while True:
            try:
                async with self._subscribed() as socket:
                    tries = 0
                    await self._listen(socket)
            except HubGone:
                await asyncio.sleep(back_off[min(tries, len(back_off) - 1)])
                tries += 1

    @contextlib.asynccontextmanager
    async def _subscribed(self) -> AsyncIterator[ClientConnection]:
        """The channel, once the hub confirmed; left with a proper unsubscription. Raises HubGone."""
        async with httpx.AsyncClient(verify=self._trust, headers=self._headers, timeout=_SECONDS) as http:
            endpoint = await self._subscribe(http)
            try:
                async with connect(endpoint, ssl=self._tls(endpoint), max_size=_MESSAGE, proxy=None) as socket:
                    await self._present(http)
                    yield socket
            except (ConnectionClosed, OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
                raise HubGone from error
            except asyncio.CancelledError:
                await self._unsubscribe(http, endpoint)
                raise

    async def _subscribe(self, http: httpx.AsyncClient) -> str:
        form = self._form("subscribe") | {
            "hub.events": ",".join((OPEN, CLOSE, SYNC_ERROR)),
            "subscriber.name": self._settings.name,
        }
        try:
            answer = await http.post(self._settings.hub_url, data=form)
            endpoint = str(answer.json()["hub.channel.endpoint"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise HubGone from error
        if not is_safe(endpoint, "ws"):
            raise HubGone
        return endpoint

    async def _unsubscribe(self, http: httpx.AsyncClient, endpoint: str) -> None:
        with contextlib.suppress(httpx.HTTPError):
            await http.post(self._settings.hub_url, data=self._form("unsubscribe") | {"hub.channel.endpoint": endpoint})

    async def _present(self, http: httpx.AsyncClient) -> None:
        """Follow what stood before, where the hub tells it (2.9): no time stands with it, so any event is newer."""
        url = f"{self._settings.hub_url.rstrip('/')}/{quote(self._settings.topic, safe='')}"
        try:
            answer = await http.get(url)
            told = answer.json() if answer.status_code == 200 else {}
        except (httpx.HTTPError, ValueError):
            return
        if not isinstance(told, dict) or "context.type" not in told:
            return
        if not told["context.type"]:
            await asyncio.to_thread(self._follower.stand, None)
            return
        event = {"hub.topic": self._settings.topic, "hub.event": OPEN, "context": told.get("context")}
        with contextlib.suppress(EventRefused, Refusal):
            stood = (
                read_event({"id": "present", "timestamp": _LONG_AGO, "event": event}) if told.get("context") else None
            )
            await asyncio.to_thread(self._follower.stand, stood)

    async def _listen(self, socket: ClientConnection) -> None:
        """Raises HubGone once the hub is silent, closes, or ends the subscription."""
        silence: float | None = None
        while True:
            try:
                async with asyncio.timeout(silence):
                    told = read_json(await socket.recv())
            except (ConnectionClosed, TimeoutError, EventRefused) as error:
                raise HubGone from error
            if told.get("hub.mode") == "denied":
                raise HubGone
            if "event" in told:
                silence = await self._heard(socket, told) or silence

    async def _heard(self, socket: ClientConnection, told: dict[str, Any]) -> float | None:
        """Follow one event and answer it; the longest silence from now on, where the event says."""
        status, silence = "200", None
        try:
            event = read_event(told)
            if event.name == HEARTBEAT:
                silence = _SILENCE * _period(event)
            else:
                await self._follow(event)
        except EventRefused:
            status = "400"
        except Refusal as refusal:
            status = "409" if refusal.status < 500 else "500"
        with contextlib.suppress(ConnectionClosed):  # the next message says so
            await socket.send(json.dumps({"id": told.get("id"), "status": status}))
        return silence

    async def _follow(self, event: ContextEvent) -> None:
        if event.topic != self._settings.topic:
            raise EventRefused(400, "another session")
        await asyncio.to_thread(self._follower.follow, event)

    def _form(self, mode: str) -> dict[str, str]:
        return {"hub.channel.type": "websocket", "hub.mode": mode, "hub.topic": self._settings.topic}

    def _tls(self, endpoint: str) -> ssl.SSLContext | None:
        return self._trust if endpoint.startswith("wss:") else None


def _period(event: ContextEvent) -> float:
    """Seconds of a heartbeat; ten where it cannot be read."""
    told = next((each.get("decimal") for each in event.context if each["key"] == "period"), None)
    try:
        return min(max(float(str(told)), 0.1), 3600.0)
    except ValueError:
        return 10.0
