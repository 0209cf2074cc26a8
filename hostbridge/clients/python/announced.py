"""A bridge that announced itself: its private file, and a connection that was proven before the token is sent.

Nothing here looks at a proxy, in the environment or elsewhere: 127.0.0.1 is spoken to directly or not at all.
"""

import hmac
import http.client
import json
import os
import secrets
import socket
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from . import proof

_LISTEN: Final = "0A"  # state of a listening socket in /proc/net/tcp


@dataclass(frozen=True, slots=True)
class Announced:
    """What the file says."""

    address: str
    port: int
    pid: int
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        return f"{self.address}:{self.port}"


def read(path: Path) -> Announced:
    """What stands in the private file. Raises OSError where it is absent, unreadable or not this user's alone."""
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        data = file.read(65_536)
    if sys.platform != "win32" and (found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077):
        raise PermissionError("the file that announces the bridge is not this user's alone")
    try:
        told = json.loads(data)
        return Announced(str(told["address"]), int(told["port"]), int(told["pid"]), str(told["token"]))
    except (ValueError, KeyError, TypeError) as error:
        raise OSError("the file that announces the bridge cannot be understood") from error


def connect(bridge: Announced, seconds: float = 10.0) -> http.client.HTTPConnection:
    """A connection to the bridge itself: what listens there proved that it knows the token. Raises OSError.

    `seconds`: how long a bridge that does not answer is waited for, at each step.
    It never connects again by itself: another program could have taken the port meanwhile.
    """
    _require_own_listener(bridge)
    connection = http.client.HTTPConnection(bridge.address, bridge.port, timeout=seconds)
    try:
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.auto_open = False
        _prove(connection, bridge)
    except (http.client.HTTPException, ValueError, KeyError) as error:
        connection.close()
        raise ConnectionError("what listens there is not the bridge") from error
    except OSError:
        connection.close()
        raise
    connection.sock.settimeout(None)
    return connection


def _prove(connection: http.client.HTTPConnection, bridge: Announced) -> None:
    """Ask for the proof. Raises ConnectionError where it is wrong, or where the bridge does not listen now."""
    challenge = secrets.token_hex(32)
    shown = proof.of_client(bridge.token, challenge, bridge.port)
    connection.request("GET", "/prove", headers={"Dmp-Challenge": challenge, "Authorization": f"Proof {shown}"})
    answer = connection.getresponse()
    body = answer.read(4096)
    if answer.status != 200:
        raise ConnectionError(f"the bridge does not answer: {answer.status}")
    expected = proof.of_server(bridge.token, challenge, bridge.port, bridge.pid)
    if not hmac.compare_digest(str(json.loads(body)["proof"]), expected):
        raise ConnectionError("what listens there is not the bridge")


def _require_own_listener(bridge: Announced) -> None:
    """Linux tells whose socket listens on a port: another user's is not the bridge. Raises ConnectionError."""
    if sys.platform == "win32":
        return  # the proof alone decides
    try:
        lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return  # nor does macOS tell
    owners = {
        int(columns[7])
        for columns in map(str.split, lines)
        if columns[3] == _LISTEN and int(columns[1].rpartition(":")[2], 16) == bridge.port
    }
    if owners and owners != {os.geteuid()}:
        raise ConnectionError("another user listens on the port of the bridge")
