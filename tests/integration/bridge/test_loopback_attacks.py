"""What other programs and pages on the same machine may try against a bridge that listens, over bare sockets."""

import contextlib
import hmac
import http.client
import json
import os
import resource
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from listening_bridge import CONFIG, INITIALIZE, Bridge, lines, listening_bridge, upgrade

from dmp_core.errors import ConfigInvalid
from dmp_core.model.limits import BRIDGE_FRAME
from hostbridge.clients.python import BridgeClient, BridgeGone, announced
from hostbridge.clients.python.websocket import Line
from hostbridge.methods.table import TABLE
from hostbridge.transports import wire
from hostbridge.transports.loopback import listening


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    with listening_bridge(tmp_path, monkeypatch) as found:
        yield found


# ---------------------------------------------------------------- where it goes, where it comes from, who asks


@pytest.mark.parametrize("name", [pytest.param("evil.example", id="row-001 over the socket")])
def test_a_name_that_leads_here_is_refused_before_anything_is_routed(name, bridge):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}).encode()
    headers = {**bridge.bearer, "Host": f"{name}:{bridge.port}"}

    assert bridge.ask("POST", "/rpc", headers, body)[::2] == (421, b"")
    assert bridge.handled == []


@pytest.mark.parametrize("tries", [pytest.param(60, id="row-005")])
def test_no_token_and_a_wrong_one_are_answered_alike_and_compared_the_whole_way(tries, bridge, monkeypatch):
    wrong = {"Authorization": f"Bearer {'0' * 64}", "Content-Type": "application/json"}
    none, answers = {"Content-Type": "application/json"}, []
    compared: list[tuple[int, int]] = []
    compare = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((len(a), len(b))) or compare(a, b))

    for number in range(tries):
        if number % 8 == 0:
            bridge.ask("GET", "/nowhere", bridge.bearer)  # the host's own calls: no pause comes about
        answers.append(bridge.ask("POST", "/rpc", none if number % 2 else wrong, b"{}"))

    assert {status for status, _, _ in answers} == {401}
    assert len({json.dumps([headers, body.decode()]) for _, headers, body in answers}) == 1
    assert len(compared) >= tries, "what is absent is compared too"
    assert set(compared) == {(128, 128)}, "of one length, whatever was sent: every byte is looked at"


@pytest.mark.parametrize("where", [pytest.param("query", id="row-007 not logged")])
def test_a_token_in_an_address_is_refused_and_stands_in_no_log(where, bridge, caplog):
    caplog.set_level(0)

    statuses = [bridge.ask("GET", f"/{path}?{where}={bridge.token}")[0] for path in ("rpc", "panel/x", "notices")]

    assert statuses == [400, 400, 400]
    assert bridge.token not in caplog.text


PATHS = (
    "/",
    "/rpc",
    "/notices",
    "/rotate",
    "/prove",
    "/panel/x",
    "/w/0123456789abcdef/",
    "/static/panel.js",
    "/favicon.ico",
)


@pytest.mark.parametrize("paths", [pytest.param(PATHS, id="row-009 headers")])
def test_who_has_no_token_learns_nothing_from_any_path(paths, bridge):
    for path in paths:
        status, headers, body = bridge.ask("GET", path, {"Sec-Fetch-Mode": "no-cors"})

        assert (status, body) == (401, b""), path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


@pytest.mark.parametrize("origin", [pytest.param("https://evil.example", id="row-010 headers")])
def test_a_preflight_gets_no_permission(origin, bridge):
    for path in ("/rpc", "/w/0123456789abcdef/do/send", "/prove"):
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
            "Access-Control-Request-Private-Network": "true",
            "Access-Control-Request-Local-Network": "true",
        }
        status, headers, _ = bridge.ask("OPTIONS", path, asked)

        assert status == 403
        assert [name for name in headers if name.startswith("access-control")] == []


@pytest.mark.parametrize("origin", [pytest.param("https://evil.example", id="row-011 over the socket")])
def test_a_websocket_is_refused_before_the_upgrade(origin, bridge):
    token = f"Authorization: Bearer {bridge.token}"

    assert bridge.status(upgrade(bridge, token, f"Origin: {origin}")) == 403
    assert bridge.status(upgrade(bridge)) == 401
    assert bridge.status(upgrade(bridge, path=f"/rpc?token={bridge.token}")) == 400
    assert bridge.status(upgrade(bridge, token, path="/notices")) == 405
    assert bridge.status(upgrade(bridge, token)) == 101


def test_the_token_may_stand_among_the_subprotocols(bridge):
    offered = f"Sec-WebSocket-Protocol: dmp-bridge.1, dmp-token.{bridge.token}"

    answer = bridge.raw(upgrade(bridge, offered), seconds=1)

    assert answer.startswith(b"HTTP/1.1 101")
    assert b"sec-websocket-protocol: dmp-bridge.1" in answer.lower()
    assert bridge.token.encode() not in answer


@pytest.mark.parametrize("way", [pytest.param("POST", id="row-012")])
def test_a_token_that_is_changed_ends_every_connection_before_the_change_is_answered(way, bridge):
    line = Line.to(bridge.announce)
    before = bridge.bearer
    name = bridge.ask("POST", "/rpc", before, _call("initialize", INITIALIZE))[1]["dmp-connection"]

    assert bridge.ask(way, "/rotate", before)[0] == 204

    assert select.select([line], [], [], 0)[0] == [line], "its end is there already"
    assert line.read() is None
    assert bridge.ask("POST", "/rpc", before | {"Dmp-Connection": name}, _call("outbox/list"))[0] == 401
    assert bridge.ask("POST", "/rpc", bridge.bearer | {"Dmp-Connection": name}, _call("outbox/list"))[0] == 404
    with BridgeClient.at(bridge.announce) as client:
        assert client.start({"host": INITIALIZE["host"]})["environment"] == "simulation"


def _call(method: str, params: dict[str, Any] | None = None) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}).encode()


# ---------------------------------------------------------------- floods


class Raw:
    """A WebSocket whose frames a test makes by hand."""

    def __init__(self, bridge: Bridge, *headers: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", bridge.port), 30)
        self.socket.sendall(upgrade(bridge, f"Authorization: Bearer {bridge.token}", *headers))
        self.answer = b""
        while b"\r\n\r\n" not in self.answer:
            self.answer += self.socket.recv(4096)

    def frame(self, head: int, data: bytes = b"", *, mask: bool = True) -> bytes:
        size = len(data)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size)
        if size > 65_535:
            length = b"\x7f" + struct.pack(">Q", size)
        bit = 0x80 if mask else 0
        return bytes([head]) + bytes([length[0] | bit]) + length[1:] + (b"\0\0\0\0" if mask else b"") + data

    def ends(self, *, seconds: float = 30) -> bool:
        """Whether the bridge closes it in that time."""
        self.socket.settimeout(seconds)
        try:
            while self.socket.recv(65_536):
                pass
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.socket.sendall(data)


def _hundred_megabytes(raw: Raw) -> None:
    raw.send(b"\x81\xff" + struct.pack(">Q", 100_000_000) + b"\0\0\0\0")
    for _ in range(100):
        raw.send(b"x" * 1_000_000)


def _fragments(raw: Raw) -> None:
    raw.send(raw.frame(0x01, b"["))
    many = raw.frame(0x00, b" ") * 10_000
    for _ in range(100):
        raw.send(many)


def _pings(raw: Raw) -> None:
    many = raw.frame(0x89) * 10_000
    for _ in range(100):
        raw.send(many)


def _unmasked(raw: Raw) -> None:
    raw.send(raw.frame(0x81, _call("outbox/list"), mask=False))


def _compressed(raw: Raw) -> None:
    raw.send(raw.frame(0xC1, b"\x00" * 100))


FLOODS = {
    "a message of 100 MB": _hundred_megabytes,
    "a million tiny fragments": _fragments,
    "a million pings": _pings,
    "a frame without a mask": _unmasked,
    "a compressed frame": _compressed,
}


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-013 {kind}") for kind in FLOODS])
def test_a_websocket_that_floods_is_closed_and_the_host_is_served(kind, bridge):
    host, raw = Line.to(bridge.announce), Raw(bridge, "Sec-WebSocket-Extensions: permessage-deflate")
    assert b"permessage-deflate" not in raw.answer.lower()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    FLOODS[kind](raw)

    assert raw.ends()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kB"
    host.write(_call("outbox/list"))
    assert json.loads(host.read() or b"")["error"]["code"] == -32002


@pytest.mark.parametrize(
    ("head", "data", "masked", "code"),
    [
        pytest.param(0x81, b"{}", False, 1002, id="row-013 no mask"),
        pytest.param(0xC1, b"{}", True, 1002, id="row-013 a bit that nobody agreed on"),
        pytest.param(0x83, b"{}", True, 1002, id="row-013 an unknown kind"),
        pytest.param(0x80, b"{}", True, 1002, id="row-013 the rest of nothing"),
        pytest.param(0x09, b"", True, 1002, id="row-013 a piece of a ping"),
        pytest.param(0x81, b"\xff", True, 1007, id="row-013 no UTF-8"),
    ],
)
def test_who_sends_what_is_no_frame_hears_why_it_is_closed(head, data, masked, code, bridge):
    raw = Raw(bridge)

    raw.send(raw.frame(head, data, mask=masked))

    kind, size, said = raw.socket.recv(1)[0], raw.socket.recv(1)[0], raw.socket.recv(2)
    assert (kind, size >= 2, struct.unpack(">H", said)[0]) == (0x88, True, code)
    assert raw.ends()


@pytest.mark.parametrize("part", [pytest.param("fragment", id="row-013 never ended"), "header"])
def test_a_message_that_never_ends_is_given_up(part, bridge, monkeypatch):
    monkeypatch.setattr(wire, "MESSAGE_SECONDS", 0.5)
    raw = Raw(bridge)

    raw.send(raw.frame(0x01, b"[") if part == "fragment" else b"\x81\xff\0\0")

    assert raw.ends(seconds=20)


def test_a_host_that_says_nothing_for_a_while_stays(bridge, monkeypatch):
    monkeypatch.setattr(wire, "MESSAGE_SECONDS", 0.2)
    raw = Raw(bridge)
    raw.send(raw.frame(0x8A))  # an unasked pong, and nothing behind it

    assert not raw.ends(seconds=0.8)


@pytest.mark.parametrize("head", [pytest.param("Transfer-Encoding: chunked", id="row-014 over the socket")])
def test_a_smuggled_request_is_answered_400_and_nothing_behind_it_is_done(head, bridge):
    token = f"Authorization: Bearer {bridge.token}"
    smuggled = b"5;x=y\r\n" + _call("initialize", INITIALIZE)[:5] + b"\r\n0\r\n\r\n"
    first = lines(f"Host: 127.0.0.1:{bridge.port}", token, "Content-Type: application/json", "Content-Length: 5", head,
                  request="POST /rpc HTTP/1.1")  # fmt: skip
    behind = lines(f"Host: 127.0.0.1:{bridge.port}", token, request="POST /rotate HTTP/1.1")

    answer = bridge.raw(first + smuggled + behind)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert bridge.ask("GET", "/nowhere", bridge.bearer)[0] == 404, "the token was not changed"


@pytest.mark.parametrize("size", [pytest.param(1_000_000, id="row-015 over the socket")])
def test_large_heads_are_told_so(size, bridge):
    host = f"Host: 127.0.0.1:{bridge.port}"

    assert bridge.status(lines(host, "X: " + "a" * size)) == 431
    assert bridge.status(lines(host, *(f"X{number}: a" for number in range(10_000)))) == 431
    assert bridge.status(lines(host, request=f"GET /{'a' * size} HTTP/1.1")) == 414


def test_a_body_that_announces_too_much_is_refused_before_it_comes(bridge):
    head = lines(f"Host: 127.0.0.1:{bridge.port}", f"Authorization: Bearer {bridge.token}",
                 "Content-Type: application/json", f"Content-Length: {BRIDGE_FRAME + 1}",
                 request="POST /rpc HTTP/1.1")  # fmt: skip

    assert bridge.status(head) == 413


def _answered(line: Line, calls: int) -> int:
    """How many of these calls are answered, one after the other."""
    count = 0
    for _ in range(calls):
        line.write(_call("outbox/list"))
        count += line.read() is not None
    return count


@pytest.mark.parametrize("strangers", [pytest.param(500, id="row-016 slow")])
def test_slow_strangers_keep_nobody_out_and_are_closed(strangers, bridge, monkeypatch):
    host = Line.to(bridge.announce)
    slow = []
    for _ in range(strangers):
        client = socket.create_connection(("127.0.0.1", bridge.port), 10)
        client.sendall(b"GET / HTTP/1.1\r\nX: ")
        slow.append(client)

    assert _answered(host, 30) == 30
    with contextlib.closing(announced.connect(announced.read(bridge.announce))):
        pass  # another program of the host is let in as well
    monkeypatch.setattr(wire, "STRANGER_SECONDS", 0.5)
    late = socket.create_connection(("127.0.0.1", bridge.port), 10)
    late.sendall(b"GET / HTTP/1.1\r\nX: ")
    assert _is_closed(late)
    assert sum(map(_is_closed, slow[: -wire.CONNECTIONS])) == strangers - wire.CONNECTIONS
    for client in slow:
        client.close()


def _is_closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("connections", [pytest.param(10_000, id="row-016 many")])
def test_ten_thousand_connections_keep_nobody_out(connections, bridge):
    host = Line.to(bridge.announce)
    descriptors = _descriptors()

    for _ in range(connections):
        socket.create_connection(("127.0.0.1", bridge.port), 20).close()

    assert _answered(host, 30) == 30
    assert _descriptors() < descriptors + 2 * wire.CONNECTIONS


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


STRANGE_PATHS = (
    "/../etc/passwd", "/static/../../run/bridge.json", "/%2e%2e%2fbridge.json", "/..%5c..%5cbridge.json",
    "/\\\\server\\share", "//server/share", "/%00", "/CON", "/aux.txt", "/run/bridge.json", "/bridge.json", "/rpc/",
    "/RPC", "/W/0123456789ABCDEF/", "/w/0123456789abcdef/static/%2e%2e/panel.css", "/./rpc", "/rpc;x", "/%72pc",
)  # fmt: skip


@pytest.mark.parametrize("paths", [pytest.param(STRANGE_PATHS, id="row-017")])
def test_a_path_is_one_of_a_closed_table(paths, bridge):
    for path in paths:
        head = lines(f"Host: 127.0.0.1:{bridge.port}", f"Authorization: Bearer {bridge.token}",
                     request=f"GET {path} HTTP/1.1")  # fmt: skip
        answer = bridge.raw(head)

        assert int(answer.split()[1]) in (400, 401, 404), path
        assert bridge.token.encode() not in answer
        assert answer.endswith(b"\r\n\r\n"), "no body"


# ---------------------------------------------------------------- other programs


class Squatter(threading.Thread):
    """A program that took the announced port: it answers as it likes, and keeps all that it is sent."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        super().__init__(daemon=True)
        self.listener = listening("127.0.0.1")
        self.listener.listen()
        self.port: int = self.listener.getsockname()[1]
        self.heard = b""
        self._answer = answer

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                with client:
                    head = client.recv(65_536)
                    self.heard += head
                    client.sendall(self._answer(head))


def _announced_at(path: Path, port: int, token: str) -> None:
    path.write_text(json.dumps({"version": 1, "address": "127.0.0.1", "port": port, "token": token, "pid": 1}))
    path.chmod(0o600)


def _made_up(_head: bytes) -> bytes:
    body = json.dumps({"proof": "0" * 64, "pid": 1}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


ANSWERS = {"a made-up proof": _made_up, "nothing": lambda _: b"", "noise": lambda _: b"\0" * 100}


@pytest.mark.parametrize("answer", [pytest.param(answer, id=f"row-020 {answer}") for answer in ANSWERS])
def test_a_program_that_took_the_port_never_gets_the_token(answer, tmp_path):
    squatter, file, token = Squatter(ANSWERS[answer]), tmp_path / "bridge.json", "ab" * 32
    squatter.start()
    _announced_at(file, squatter.port, token)

    for way in ("websocket", "http"):
        with BridgeClient.at(file, way, back_off=()) as client, pytest.raises(BridgeGone):
            client.start({"host": INITIALIZE["host"]})

    squatter.listener.close()
    assert b"GET /prove" in squatter.heard
    assert token.encode() not in squatter.heard
    assert b"Bearer" not in squatter.heard


@pytest.mark.parametrize("relay", [pytest.param("to the real port", id="row-021 over the socket")])
def test_a_program_that_passes_the_challenge_on_gets_no_proof(relay, bridge, tmp_path):
    file = tmp_path / "other.json"

    def passed_on(head: bytes) -> bytes:
        return bridge.raw(head.replace(b":%d" % squatter.port, b":%d" % bridge.port))

    squatter = Squatter(passed_on)
    squatter.start()
    _announced_at(file, squatter.port, bridge.token)

    with BridgeClient.at(file, back_off=()) as client, pytest.raises(BridgeGone):
        client.start({"host": INITIALIZE["host"]})

    squatter.listener.close()
    assert bridge.token.encode() not in squatter.heard


@pytest.mark.parametrize(
    "address", [pytest.param("0.0.0.0", id="row-024"), "::", "192.168.1.1", "localhost", "", "::1"]
)
def test_a_bridge_listens_for_this_machine_alone(address, tmp_path):
    file = tmp_path / "dmp.toml"
    file.write_text(f'{CONFIG}[bridge]\nlisten = "{address}"\n', encoding="utf-8")
    command = [sys.executable, "-m", "dmp_core.cli", "serve", "--loopback", "--announce", str(tmp_path / "run/b.json")]

    done = subprocess.run([*command, "--config", str(file)], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "DMP-CONF-001" in done.stderr
    assert not (tmp_path / "run" / "b.json").exists()
    with pytest.raises(ConfigInvalid):
        listening(address)


PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.mark.parametrize("names", [pytest.param(PROXIES, id="row-025 of the client")])
def test_proxies_of_the_environment_are_not_asked(names, bridge, monkeypatch):
    proxy = Squatter(lambda _: b"")
    proxy.start()
    for name in names:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

    for way in ("websocket", "http"):
        with BridgeClient.at(bridge.announce, way, back_off=()) as client:
            assert client.start({"host": INITIALIZE["host"]})["environment"] == "simulation"

    proxy.listener.close()
    assert proxy.heard == b""


@pytest.mark.parametrize("places", [pytest.param(("argv", "environment", "output", "files"), id="row-026")])
def test_the_token_stands_in_the_private_file_and_nowhere_else(places, house):
    errors = house.folder / "stderr.txt"
    house.command[-2:-2] = ["--log", "info"]
    with errors.open("wb") as file:
        command = [*("--loopback" if part == "--stdio" else part for part in house.command)]
        process = subprocess.Popen(
            [*command, "--announce", str(house.announce)], stdout=subprocess.PIPE, stderr=file,
            env={**os.environ, **house.environment},
        )  # fmt: skip
        assert process.stdout is not None
        printed = process.stdout.readline()
    token = announced.read(house.announce).token
    for way in ("websocket", "http"):
        with house.client_at(way) as client:
            client.start(house.introduction | {"capabilities": {"panels": True}})
            address = client.call("panel/open", {"panel": "about"})["address"]
            connection = http.client.HTTPConnection("127.0.0.1", announced.read(house.announce).port)
            connection.request("GET", address.partition("/panel/")[1] + address.partition("/panel/")[2])
            moved = connection.getresponse()
            assert "/panel/" not in (moved.getheader("Location") or "")
            assert moved.getheader("Referrer-Policy") == "no-referrer"
            connection.close()
    secrets = (token, address.rpartition("/")[2])
    proc = Path(f"/proc/{process.pid}")
    seen = {
        "argv": (proc / "cmdline").read_bytes(),
        "environment": (proc / "environ").read_bytes(),
        "output": printed + errors.read_bytes(),
    }
    process.terminate()
    rest = process.stdout.read()
    assert process.wait(30) == 0
    process.stdout.close()
    left = [path for path in house.folder.rglob("*") if path.is_file() and path.suffix not in (".lock",)]
    seen["output"] += rest + errors.read_bytes()
    seen["files"] = b"".join(path.read_bytes() for path in left)

    assert {place: [one for one in secrets if one.encode() in seen[place]] for place in places} == {
        place: [] for place in places
    }


def test_no_method_is_reached_by_any_request_without_the_token(bridge):
    for method in sorted(TABLE):
        bridge.ask("POST", "/rpc", {"Content-Type": "application/json"}, _call(method))

    assert bridge.handled == []
