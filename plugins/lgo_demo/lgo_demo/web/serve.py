"""The pharmacy software on 127.0.0.1, with its bridge, until it is interrupted."""

import contextlib
import json
import logging
import secrets
import socket
import sys
from pathlib import Path
from typing import Final

import uvicorn

from hostbridge.clients.python import BridgeClient
from lgo_demo.case import Case
from lgo_demo.web.desk import Desk
from lgo_demo.web.gate import Gate
from lgo_demo.web.people import pharmacy_of
from lgo_demo.web.site import Site
from lgo_demo.web.tray import Tray

LISTEN: Final = "127.0.0.1"


def serve(client: BridgeClient, case: Case, *, port: int = 0, tray: Path | None = None) -> int:
    """Print one JSON line, `{"address": ...}`, and serve. `port` 0: any free one; `tray`: the file of emulated cards.

    Gives the exit status.
    """
    with socket.create_server((LISTEN, port)) as listener:
        desk = Desk(client, pharmacy_of(case))
        desk.arrive()
        host, token = f"{LISTEN}:{listener.getsockname()[1]}", secrets.token_urlsafe(24)
        server = _Server(Gate(Site(desk, Tray(tray) if tray else None).app(), host=host, token=token), desk)
        sys.stdout.write(json.dumps({"address": f"http://{host}/entrer/{token}"}) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn lets it pass once all is answered
            server.run([listener])
    return 0


class _Server(uvicorn.Server):
    """uvicorn, silent, that lets the desk go before it waits for what is still being answered."""

    def __init__(self, app: Gate, desk: Desk) -> None:
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # it would log the address of the entrance
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=2)
        super().__init__(config)
        self._desk = desk

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._desk.leave()
        await super().shutdown(sockets)
