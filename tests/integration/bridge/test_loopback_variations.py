"""Requests that are almost the host's own, each with its token: one thing is wrong in each, and no method is done.

The first test shows that the request which they vary does reach a method.
"""

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from listening_bridge import INITIALIZE, Bridge, listening_bridge, upgrade

CALL = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}).encode()


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    with listening_bridge(tmp_path, monkeypatch) as found:
        yield found


def request(bridge: Bridge, *more: str, line: str = "POST /rpc HTTP/1.1", **instead: str | None) -> bytes:
    """The host's own request; `instead` changes or takes away a header, `more` stands behind them."""
    headers = {
        "Host": f"127.0.0.1:{bridge.port}",
        "Authorization": f"Bearer {bridge.token}",
        "Content-Type": "application/json",
        "Content-Length": str(len(CALL)),
        **{name.replace("_", "-"): value for name, value in instead.items()},
    }
    kept = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join((line, *kept, *more, "", "")).encode("latin-1") + CALL


def statuses(bridge: Bridge, requests: dict[str, bytes]) -> dict[str, int]:
    """What each is answered; 0 where the connection closes without a word."""
    found = {}
    for name, data in requests.items():
        answer = bridge.raw(data, seconds=3)
        found[name] = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0
    return found


def test_the_request_that_is_varied_here_reaches_its_method(bridge):
    assert bridge.status(request(bridge)) == 200
    assert bridge.handled == ["initialize"]


def test_no_other_spelling_of_the_host_is_let_in(bridge):
    port = bridge.port
    names = (
        f"127.0.0.1:{port}.", f"127.0.0.1.:{port}", f"LocalHost:{port}", f"localhost.:{port}", f"[::1]:{port}",
        f"[0:0:0:0:0:0:0:1]:{port}", f"[::ffff:127.0.0.1]:{port}", f"0x7f000001:{port}", f"2130706433:{port}",
        f"017700000001:{port}", f"127.0.0.1:0{port}", f"127.0.0.1:+{port}", f"127.0.0.1:{port + 65536}", "127.0.0.1",
        f"127.000.000.001:{port}", f"localtest.me:{port}", f"rebind.network:{port}", f"127.0.0.1:{port}#x",
        f"127.0.0.1:{port}\\x", f"evil.example, 127.0.0.1:{port}",
        f"127.0.0.1:{port} evil.example", f"%31%32%37.0.0.1:{port}",
        "\xe9vil:1", f"１27.0.0.1:{port}".encode().decode("latin-1"),
    )  # fmt: skip

    found = statuses(bridge, {name: request(bridge, Host=name) for name in names})

    assert [name for name, status in found.items() if status not in (400, 421)] == []
    assert bridge.handled == []


def test_no_page_is_let_in_whatever_it_says_of_itself(bridge):
    own = f"http://127.0.0.1:{bridge.port}"
    origins = ("null", "NULL", f"{own}/", f"{own}.", own.upper(), f"{own}, null", f"http://localhost:{bridge.port}",
               f"https://127.0.0.1:{bridge.port}", "http://127.0.0.1", "about:blank", "blob:null",
               "http://[::1]", "")  # fmt: skip
    sent = {f"Origin {each}": request(bridge, Origin=each) for each in origins}
    sent |= {
        "two Origins": request(bridge, f"Origin: {own}", "Origin: null"),
        "a form": request(bridge, Content_Type="application/x-www-form-urlencoded"),
        "a form of several parts": request(bridge, Content_Type="multipart/form-data; boundary=x"),
        "plain text": request(bridge, Content_Type="text/plain;charset=UTF-8"),
        "two types": request(bridge, "Content-Type: text/plain"),
        "no type": request(bridge, Content_Type=None),
        "UTF-16": request(bridge, Content_Type="application/json; charset=utf-16"),
    }

    found = statuses(bridge, sent)

    assert [name for name, status in found.items() if status not in (400, 403, 415)] == []
    assert bridge.handled == []


def test_no_preflight_is_granted_anything(bridge):
    for method in ("POST", "GET", "rpc"):
        answer = bridge.raw(
            request(
                bridge, f"Access-Control-Request-Method: {method}", "Access-Control-Request-Private-Network: true",
                line="OPTIONS /rpc HTTP/1.1", Origin=f"http://127.0.0.1:{bridge.port}",
            ),
            seconds=3,
        )  # fmt: skip

        assert answer.startswith(b"HTTP/1.1 403 ")
        assert b"access-control-allow" not in answer.lower()


def test_the_token_is_one_header_in_one_form(bridge):
    token = bridge.token
    forms = {
        "lower case scheme": f"bearer {token}", "no scheme": token,
        "two spaces": f"Bearer  {token}", "Basic": f"Basic {token}",
        "a list": f"Bearer {token}, Bearer {token}", "a tab": f"Bearer\t{token}", "quotes": f'Bearer "{token}"',
        "upper case": f"Bearer {token.upper()}", "half": f"Bearer {token[:32]}",
        "nothing": "Bearer ", "a proof": f"Proof {token}",
    }  # fmt: skip
    sent = {name: request(bridge, Authorization=form) for name, form in forms.items()}
    sent |= {
        "twice": request(bridge, f"Authorization: Bearer {token}"),
        "in a cookie": request(bridge, f"Cookie: token={token}", Authorization=None),
        "of a proxy": request(bridge, f"Proxy-Authorization: Bearer {token}", Authorization=None),
        "among subprotocols": request(bridge, f"Sec-WebSocket-Protocol: dmp-token.{token}", Authorization=None),
        "in the address": request(bridge, line=f"POST /rpc?access_token={token} HTTP/1.1", Authorization=None),
        "before the address": request(bridge, line=f"POST http://{token}@127.0.0.1/rpc HTTP/1.1", Authorization=None),
    }

    found = statuses(bridge, sent)

    assert [name for name, status in found.items() if status not in (400, 401)] == []
    assert bridge.handled == []


LINES = (
    "POST /rpc", "POST /rpc HTTP/0.9", "POST /rpc HTTP/1.0", "POST /rpc HTTP/1.2",
    "POST /rpc HTTP/2.0", "POST /rpc http/1.1",
    "POST /rpc\x00 HTTP/1.1", "POST /rpc\x00.json HTTP/1.1", "POST /rpc%00 HTTP/1.1", "POST //rpc HTTP/1.1",
    "POST /./rpc HTTP/1.1", "POST /x/../rpc HTTP/1.1", "POST /%2e/rpc HTTP/1.1",
    "POST /rpc/ HTTP/1.1", "POST /RPC HTTP/1.1",
    "POST /rpc;v=1 HTTP/1.1", "POST /rpc# HTTP/1.1", "POST /rpc#x HTTP/1.1", "POST /rpc? HTTP/1.1x",
    "POST /rpc?x HTTP/1.1", "POST rpc HTTP/1.1",
    "POST \\rpc HTTP/1.1", "POST  /rpc HTTP/1.1", "POST /rpc  HTTP/1.1", "POST\t/rpc HTTP/1.1", " POST /rpc HTTP/1.1",
    "TRACE /rpc HTTP/1.1", "TRACK /rpc HTTP/1.1", "CONNECT /rpc HTTP/1.1", "PUT /rpc HTTP/1.1", "PATCH /rpc HTTP/1.1",
    "HEAD /rpc HTTP/1.1", "DELETE /rpc HTTP/1.1", "PRI * HTTP/2.0", "post /rpc HTTP/1.1", "POST /r\xffpc HTTP/1.1",
)  # fmt: skip


def test_no_other_line_of_request_reaches_a_method(bridge):
    found = statuses(bridge, {line: request(bridge, line=line) for line in LINES})

    assert [line for line, status in found.items() if status not in (400, 401, 404, 405)] == []
    assert bridge.handled == []


SMUGGLED = {
    "a length of both": ("Transfer-Encoding: chunked",),
    "identity": ("Transfer-Encoding: identity",),
    "chunked in disguise": ("Transfer-Encoding: xchunked",),
    "chunked behind a tab": ("Transfer-Encoding:\tchunked",),
    "a second length": ("Content-Length: 0",),
    "an upgrade to h2c": ("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings",
    "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
    "a method in its place": ("X-HTTP-Method-Override: POST", "X-Forwarded-Host: evil.example"),
    "a path in its place": ("X-Forwarded-Prefix: /rpc", "X-Original-URL: /rpc"),
    "an address before": ("Forwarded: host=evil.example",),
    "a folded line": ("X: a\r\n b",),
    "a length with a low line": ("Content_Length: 0",),
    "another encoding of the body": ("Content-Encoding: gzip",),
}  # fmt: skip


@pytest.mark.parametrize("more", SMUGGLED.values(), ids=SMUGGLED)
def test_what_stands_behind_a_request_that_is_refused_is_not_read(more, bridge):
    behind = request(bridge)

    answer = bridge.raw(request(bridge, *more) + behind, seconds=3)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert bridge.handled == []


def test_requests_behind_one_another_are_each_looked_at(bridge):
    evil = request(bridge, Host="evil.example")
    with socket.create_connection(("127.0.0.1", bridge.port), 5) as client:
        client.sendall(evil * 3 + request(bridge))
        answer = b""
        with contextlib.suppress(OSError):
            while answer.count(b"HTTP/1.1 ") < 4 and (piece := client.recv(65_536)):
                answer += piece

    told = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert told == [421, 421, 421, 200]
    assert bridge.handled == ["initialize"]


def test_no_websocket_opens_but_the_hosts_own(bridge):
    token, port = bridge.token, bridge.port
    sent: dict[str, Any] = {
        "no token": upgrade(bridge),
        "a page of this very address, without a token": upgrade(bridge, f"Origin: http://127.0.0.1:{port}"),
        "a token cut short": upgrade(bridge, f"Sec-WebSocket-Protocol: dmp-bridge.1, dmp-token.{token[:-1]}"),
        "a token in capitals": upgrade(bridge, f"Sec-WebSocket-Protocol: dmp-bridge.1, DMP-TOKEN.{token}"),
        "a token with a blank": upgrade(bridge, f"Sec-WebSocket-Protocol: dmp-bridge.1, dmp-token. {token}"),
        "a token behind another": upgrade(bridge, f"Sec-WebSocket-Protocol: dmp-token.{'0' * 64}, dmp-token.{token}"),
        "a page with the token among subprotocols": upgrade(
            bridge, "Origin: https://evil.example", f"Sec-WebSocket-Protocol: dmp-token.{token}"
        ),
        "a page without origin": upgrade(bridge, "Origin: null", f"Authorization: Bearer {token}"),
        "another path": upgrade(bridge, f"Authorization: Bearer {token}", path="/prove"),
        "a window's path": upgrade(bridge, f"Authorization: Bearer {token}", path="/w/0123456789abcdef/"),
        "an old version": upgrade(bridge, f"Authorization: Bearer {token}").replace(b"Version: 13", b"Version: 8"),
        "no key": upgrade(bridge, f"Authorization: Bearer {token}").replace(b"Sec-WebSocket-Key", b"X-Key"),
        "a body before": upgrade(bridge, f"Authorization: Bearer {token}", "Content-Length: 2") + b"{}",
        "a frame before": upgrade(bridge, f"Authorization: Bearer {token}") + b"\x81\x82\0\0\0\0{}",
    }

    found = statuses(bridge, sent)

    assert [name for name, status in found.items() if status == 101] == []
    assert bridge.handled == []
    assert bridge.status(upgrade(bridge, f"Authorization: Bearer {token}")) == 101


def test_a_body_shorter_than_announced_is_not_done(bridge):
    data = request(bridge, Content_Length=str(len(CALL) + 1))
    with socket.create_connection(("127.0.0.1", bridge.port), 5) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            client.recv(65_536)

    assert bridge.handled == []
