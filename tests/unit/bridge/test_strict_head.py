"""Heads of HTTP requests: whatever two readers could cut differently is refused before anybody reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostbridge.transports.strict_head import HEAD_LIMIT, LINES_LIMIT, TARGET_LIMIT, HeadRefused, StrictHead

GOOD = b"POST /rpc HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 2\r\n\r\n"


def taken(*pieces: bytes) -> bytes:
    """All that passes."""
    head = StrictHead()
    return b"".join(allowed for piece in pieces for allowed in head.take(piece))


def status(*pieces: bytes) -> int | None:
    """The status that ends the connection; None where all of it passes or waits."""
    try:
        taken(*pieces)
    except HeadRefused as refused:
        return refused.status
    return None


def with_lines(*lines: bytes, request: bytes = b"POST /rpc HTTP/1.1") -> bytes:
    return b"\r\n".join((request, b"Host: 127.0.0.1:1", *lines, b"", b""))


def test_a_good_request_passes_unchanged():
    assert taken(GOOD + b"{}" + GOOD + b"[]") == GOOD + b"{}" + GOOD + b"[]"


@given(st.integers(min_value=1, max_value=len(GOOD) + 1))
def test_where_it_is_cut_changes_nothing(cut):
    whole = GOOD + b"{}"

    assert taken(whole[:cut], whole[cut:]) == whole


def test_half_a_head_waits():
    head = StrictHead()

    assert head.take(GOOD[:30]) == []
    assert head.waits


SMUGGLED = {
    "length and chunks": with_lines(b"Content-Length: 5", b"Transfer-Encoding: chunked"),
    "chunks": with_lines(b"Transfer-Encoding: chunked"),
    "chunks in disguise": with_lines(b"Transfer-Encoding : chunked"),
    "two lengths": with_lines(b"Content-Length: 5", b"Content-Length: 6"),
    "the same length twice": with_lines(b"Content-Length: 5", b"content-length: 5"),
    "a list of lengths": with_lines(b"Content-Length: 5, 5"),
    "a signed length": with_lines(b"Content-Length: +5"),
    "a hexadecimal length": with_lines(b"Content-Length: 0x5"),
    "a folded line": with_lines(b"X: a\r\n b"),
    "a folded line with a tab": with_lines(b"X: a\r\n\tb"),
    "a bare LF": b"GET / HTTP/1.1\nHost: 127.0.0.1:1\n\n",
    "a bare LF between good lines": with_lines(b"X: a\nY: b"),
    "a bare CR": with_lines(b"X: a\rY: b"),
    "NUL in a value": with_lines(b"X: a\0b"),
    "NUL in a name": with_lines(b"X\0: a"),
    "space before the colon": with_lines(b"X : a"),
    "no colon": with_lines(b"X"),
    "no name": with_lines(b": a"),
    "an expectation": with_lines(b"Expect: 100-continue"),
    "trailers": with_lines(b"Trailer: X"),
    "a body before the upgrade": with_lines(b"Upgrade: websocket", b"Content-Length: 5"),
}  # fmt: skip


@pytest.mark.parametrize("heads", [pytest.param(SMUGGLED, id="row-014")])
def test_two_readers_never_cut_a_request_differently(heads):
    assert {name: status(head) for name, head in heads.items()} == dict.fromkeys(heads, 400)


def test_what_comes_right_behind_an_upgrade_is_refused():
    upgrade = with_lines(b"Upgrade: websocket", b"Connection: Upgrade", request=b"GET /rpc HTTP/1.1")

    assert status(upgrade) is None
    assert status(upgrade + b"\x81\x80") == 400


UNADDRESSED = {
    "no Host": b"GET / HTTP/1.1\r\nX: a\r\n\r\n",
    "HTTP/1.0": b"GET / HTTP/1.0\r\nHost: 127.0.0.1:1\r\n\r\n",
    "HTTP/1.0 without Host": b"GET / HTTP/1.0\r\n\r\n",
    "HTTP/2.0": b"GET / HTTP/2.0\r\nHost: 127.0.0.1:1\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "two Hosts": with_lines(b"Host: 127.0.0.1:1"),
    "an absolute address": with_lines(request=b"GET http://evil.example/ HTTP/1.1"),
    "the authority alone": with_lines(request=b"CONNECT evil.example:80 HTTP/1.1"),
    "an asterisk": with_lines(request=b"OPTIONS * HTTP/1.1"),
    "a space in the address": with_lines(request=b"GET /a b HTTP/1.1"),
    "bytes beyond ASCII": with_lines(request="GET /é HTTP/1.1".encode()),
    "an unknown method": with_lines(request=b"PROPFIND / HTTP/1.1"),
    "a method in lower case": with_lines(request=b"get / HTTP/1.1"),
}  # fmt: skip


@pytest.mark.parametrize("heads", [pytest.param(UNADDRESSED, id="row-003")])
def test_a_request_says_once_and_plainly_where_it_goes(heads):
    assert {name: status(head) for name, head in heads.items()} == dict.fromkeys(heads, 400)


FORWARDED = ("Via: 1.1 proxy", "Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: evil.example")


@pytest.mark.parametrize("lines", [pytest.param(FORWARDED, id="row-025 by a proxy")])
def test_what_came_through_a_proxy_is_refused(lines):
    assert [status(with_lines(line.encode())) for line in lines] == [400] * len(lines)


LARGE = {
    "a header of a megabyte": (with_lines(b"X: " + b"a" * 1_000_000), 431),
    "a header of a megabyte that does not end": (b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000, 431),
    "ten thousand headers": (with_lines(*(b"X%d: a" % number for number in range(10_000))), 431),
    "one header too many": (with_lines(*(b"X%d: a" % number for number in range(LINES_LIMIT))), 431),
    "just above the limit": (with_lines(b"X: " + b"a" * HEAD_LIMIT), 431),
    "an address of a megabyte": (with_lines(request=b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1"), 414),
    "an address of a megabyte that does not end": (b"GET /" + b"a" * 1_000_000, 414),
    "an address just above the limit": (with_lines(request=b"GET /" + b"a" * (TARGET_LIMIT + 40) + b" HTTP/1.1"), 414),
}


@pytest.mark.parametrize("heads", [pytest.param(LARGE, id="row-015")])
def test_a_head_that_is_too_large_is_told_so(heads):
    assert {name: status(head) for name, (head, _) in heads.items()} == {
        name: code for name, (_, code) in heads.items()
    }


@given(st.lists(st.binary(max_size=60) | st.sampled_from([GOOD, b"\r\n", b"\r\n\r\n", b"Host: a\r\n"]), max_size=8))
def test_any_bytes_pass_wait_or_are_refused(pieces):
    assert status(*pieces) in (None, 400, 414, 431)
