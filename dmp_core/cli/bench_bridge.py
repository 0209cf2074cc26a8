"""What `dmp bench` measures of the bridge: one call that does nothing, there and back, in each way to speak with it.

The floor is a bare program of the same shape: it echoes the same bytes over the same pipe or the same socket.
"""

import atexit
import http.client
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

from hostbridge.clients.python import announced
from hostbridge.clients.python.websocket import Line
from hostbridge.protocol.framing import FrameReader, encode

Work = Callable[[], object]
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
_ECHO_SOCKET: Final = """
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
client, _ = server.accept()
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
while data := client.recv(65536):
    client.sendall(data)
"""


def stdio() -> tuple[Work, Work]:
    source, sink = pipes("-m", "dmp_core.cli", "serve", "--stdio", "--config", str(simulated_config()))
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
    return lambda: _post(connection, body, headers), _bare_socket(body)


def websocket() -> tuple[Work, Work]:
    line, body = Line(_announced()), message("software/about")

    def there_and_back(message: bytes) -> bytes | None:
        line.write(message)
        return line.read()

    there_and_back(message("initialize", _INTRODUCTION))
    return lambda: there_and_back(body), _bare_socket(body)


def message(method: str, params: dict[str, Any] | None = None) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}).encode()


def simulated_config() -> Path:
    file = Path(tempfile.mkdtemp(prefix="dmp-bench-")) / "dmp.toml"
    file.write_text(_CONFIG, encoding="utf-8")
    return file


def _started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """A process that ends with this one."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, **options)
    atexit.register(process.terminate)
    return process


def _announced() -> Path:
    """The private file of a bridge that listens."""
    config = simulated_config()
    announce = config.parent / "run" / "bridge.json"
    command = ("-m", "dmp_core.cli", "serve", "--loopback", "--announce", str(announce), "--config", str(config))
    process = _started(*command, stderr=subprocess.DEVNULL)
    assert process.stdout is not None, "asked for as a pipe"
    process.stdout.readline()
    return announce


def pipes(*arguments: str) -> tuple[IO[bytes], IO[bytes]]:
    process = _started(*arguments, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
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


def _bare_socket(body: bytes) -> Work:
    process = _started("-I", "-c", _ECHO_SOCKET)
    assert process.stdout is not None, "asked for as a pipe"
    client = socket.create_connection(("127.0.0.1", int(process.stdout.readline())))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def there_and_back() -> None:
        client.sendall(body)
        left = len(body)
        while left:
            left -= len(client.recv(left))

    return there_and_back
