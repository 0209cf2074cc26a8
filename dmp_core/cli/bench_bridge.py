"""What `dmp bench` measures of the bridge: one call that does nothing, there and back, in each way to speak with it.

The floor is a bare program of the same shape: it echoes the same bytes over the same pipe, or from a bare endpoint of
the same server. Whatever is started runs from compiled bytecode, as an installed package does.
"""

import atexit
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from hostbridge.clients.python import announced
from hostbridge.clients.python.websocket import Line
from hostbridge.protocol.framing import FrameReader, encode

Work = Callable[[], object]
STARTED: Final = ExitStack()
"""What runs for the cases, ended with this program or by closing it."""
atexit.register(STARTED.close)
_CONFIG: Final = """
environment = "simulation"
data = "data"
[software]
name = "bench"
version = "1"
homologation = "SIMULATION"
oid = "2.25.1"
[dmp]
url = "https://127.0.0.1:1/services/"
ca = "ca.pem"
[structure.1990000001]
name = "PHARMACIE"
"""
BRIDGE: Final = ("-m", "dmp_core.cli", "serve", "--stdio", "--config")
_INTRODUCTION: Final = {"protocol_version": "1.0", "host": {"name": "bench", "version": "1"}}
_ECHO_PIPE: Final = """
import sys
source, sink = sys.stdin.buffer, sys.stdout.buffer
while head := source.readline():
    source.readline()
    body = source.read(int(head.split(b":")[1]))
    sink.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sink.flush()
"""
_ECHO_SERVER: Final = """
import socket, uvicorn
async def echo(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message.get("text") or message["bytes"].decode()})
        return
    body = (await receive())["body"]
    headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(listener.getsockname()[1], flush=True)
Server(uvicorn.Config(echo, http="httptools", ws="wsproto", ws_per_message_deflate=False, loop="asyncio",
    lifespan="off", log_config=None, access_log=False, server_header=False, date_header=False,
    timeout_keep_alive=600)).run([listener])
"""


def stdio() -> tuple[Work, Work]:
    source, sink = pipes(*BRIDGE, str(simulated_config()))
    bare_source, bare_sink = pipes("-I", "-c", _ECHO_PIPE)
    work, floor = _over_pipes(source, sink), _over_pipes(bare_source, bare_sink)
    framed(source, sink, message("initialize", _INTRODUCTION))
    return work, floor


def web() -> tuple[Work, Work]:
    bridge = announced.read(_announced())
    connection = announced.connect(bridge)
    headers = {"Authorization": f"Bearer {bridge.token}", "Content-Type": "application/json"}
    name = _post(connection, message("initialize", _INTRODUCTION), headers).getheader("Dmp-Connection")
    headers["Dmp-Connection"] = name or ""
    body = message("software/about")
    bare = http.client.HTTPConnection("127.0.0.1", _echoing())
    return lambda: _post(connection, body, headers), lambda: _post(bare, body, headers)


def websocket() -> tuple[Work, Work]:
    line, body = Line.to(_announced()), message("software/about")
    port = _echoing()
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the client has it
    bare = Line(replace(line.bridge, port=port), connection)

    def there_and_back(line: Line, message: bytes) -> bytes | None:
        line.write(message)
        return line.read()

    there_and_back(line, message("initialize", _INTRODUCTION))
    return lambda: there_and_back(line, body), lambda: there_and_back(bare, body)


def message(method: str, params: dict[str, Any] | None = None) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}).encode()


def simulated_config() -> Path:
    file = Path(tempfile.mkdtemp(prefix="dmp-bench-")) / "dmp.toml"
    file.write_text(_CONFIG, encoding="utf-8")
    return file


@cache
def compiled() -> dict[str, str]:
    """The environment of a process that keeps its bytecode, in a folder of its own: only the first one compiles."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": tempfile.mkdtemp(prefix="dmp-bench-")}


def python(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """A program, whose output can be read; it says nothing on standard error."""
    return subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=compiled(), **options
    )


def _started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """A program that ends with this one."""
    process = python(*arguments, **options)
    STARTED.callback(process.terminate)
    return process


def _announced() -> Path:
    """The private file of a bridge that listens."""
    config = simulated_config()
    announce = config.parent / "run" / "bridge.json"
    command = ("-m", "dmp_core.cli", "serve", "--loopback", "--announce", str(announce), "--config", str(config))
    process = _started(*command)
    assert process.stdout is not None, "asked for as a pipe"
    process.stdout.readline()
    return announce


def pipes(*arguments: str) -> tuple[IO[bytes], IO[bytes]]:
    process = _started(*arguments, stdin=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None, "asked for as pipes"
    return process.stdout, process.stdin


def _over_pipes(source: IO[bytes], sink: IO[bytes]) -> Work:
    body = message("software/about")
    return lambda: framed(source, sink, body)


def framed(source: Any, sink: IO[bytes], body: bytes) -> bytes | None:
    sink.write(encode(body))
    sink.flush()
    return FrameReader(source).read()


def _post(connection: http.client.HTTPConnection, body: bytes, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection.request("POST", "/rpc", body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer


def _echoing() -> int:
    """The port of a bare server of the same libraries."""
    process = _started("-c", _ECHO_SERVER)
    assert process.stdout is not None, "asked for as a pipe"
    return int(process.stdout.readline())
