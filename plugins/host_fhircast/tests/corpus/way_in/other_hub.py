"""A hub that knows nothing but the standard: it takes one subscription, tells events, and hears how each is answered.

Given the run: `usual`, each event is followed; `dying`, one may fail, and the same is followed when it is told again;
`refusing`, an open is answered by an error, and a close is followed.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from websockets.sync.server import ServerConnection, serve

SECONDS = 60
TRIES = 10
TOPIC = "poste-1-session"
token, run = Path("hub-token").read_text(encoding="ascii"), sys.argv[1]
asked: "Queue[dict[str, str]]" = Queue()
ended: "Queue[str]" = Queue()


class Http(BaseHTTPRequestHandler):
    """Subscriptions, and a context in which nobody stands yet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.headers["Authorization"] != f"Bearer {token}" or form.get("hub.topic") != TOPIC:
            self.answer(401, {})
            return
        asked.put(form)
        self.answer(202, {"hub.channel.endpoint": f"ws://127.0.0.1:{sockets.socket.getsockname()[1]}/one"})

    def do_GET(self) -> None:
        self.answer(200, {"context.type": "", "context": []})

    def answer(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def talk(socket: ServerConnection) -> None:
    """Tell the events of this run; what was wrong, or an empty text, is put into `ended`."""
    form = asked.get(timeout=SECONDS)
    events = form["hub.events"]
    socket.send(
        json.dumps({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.events": events, "hub.lease_seconds": 60})
    )
    try:
        for file in ("open.json", "close.json"):
            follow(socket, json.loads(Path(file).read_text(encoding="utf-8")))
    except (AssertionError, TimeoutError) as error:
        ended.put(str(error) or type(error).__name__)
    else:
        ended.put("")


def follow(socket: ServerConnection, event: dict[str, Any]) -> None:
    name = event["event"]["hub.event"]
    refused = run == "refusing" and name == "Patient-open"
    wanted = {"409", "500"} if refused else {"200"}
    for _ in range(TRIES if run == "dying" else 1):
        status = tell(socket, event)
        if status in wanted:
            return
    raise AssertionError(f"{name} was answered {status}, not {' or '.join(sorted(wanted))}")


def tell(socket: ServerConnection, event: dict[str, Any]) -> str:
    socket.send(json.dumps(event))
    answer = json.loads(socket.recv(timeout=SECONDS))
    assert answer["id"] == event["id"], "an answer without the id of its event"
    return str(answer["status"])


sockets = serve(talk, "127.0.0.1", 0)
Thread(target=sockets.serve_forever, daemon=True).start()
http = ThreadingHTTPServer(("127.0.0.1", 0), Http)
Thread(target=http.serve_forever, daemon=True).start()
settings = Path("client.toml")
settings.write_text(settings.read_text(encoding="utf-8").replace("PORT", str(http.server_port)), encoding="utf-8")
print("ready", flush=True)  # noqa: T201
try:
    wrong = ended.get(timeout=2 * SECONDS)
except Empty:
    wrong = "nobody subscribed"
sys.exit(wrong or 0)
