"""A subscriber that knows nothing but the standard: it subscribes, opens a patient, hears of it, answers, closes."""

import json
import sys
from pathlib import Path

import httpx
from websockets.sync.client import connect

SECONDS = 20


def main(announced: Path) -> None:
    told = json.loads(announced.read_bytes())
    headers = {"Authorization": f"Bearer {told['token']}"}
    form = dict(pair.split("=") for pair in Path("subscribe.form").read_text(encoding="utf-8").split("&"))
    with httpx.Client(headers=headers, timeout=SECONDS) as http:
        endpoint = http.post(told["url"], data=form).raise_for_status().json()["hub.channel.endpoint"]
        with connect(endpoint, proxy=None) as socket:
            assert json.loads(socket.recv(timeout=SECONDS))["hub.mode"] == "subscribe"
            for file, name in (("open.json", "Patient-open"), ("close.json", "Patient-close")):
                event = json.loads(Path(file).read_text(encoding="utf-8"))
                http.post(told["url"], json=event).raise_for_status()
                heard = json.loads(socket.recv(timeout=SECONDS))
                assert (heard["id"], heard["event"]["hub.event"]) == (event["id"], name)
                socket.send(json.dumps({"id": heard["id"], "status": "200"}))


main(Path(sys.argv[1]))
