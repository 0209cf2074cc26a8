"""Where the browser comes back: what is heard is the redirect, whatever else knocks."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from dmp_core.errors import ConfigInvalid
from dmp_core.transport.loopback import LoopbackListener


@pytest.fixture
def listener() -> Iterator[LoopbackListener]:
    listener = LoopbackListener("http://127.0.0.1:0/psc")
    yield listener
    listener.close()


def knock(listener: LoopbackListener, request: str, host: str | None = None) -> socket.socket:
    """A connection on which `request` was sent; its answer comes once the listener takes."""
    address = urlsplit(listener.uri)
    connection = socket.create_connection((address.hostname, address.port), timeout=5)
    host = address.netloc if host is None else host
    connection.sendall(f"{request}\r\nHost: {host}\r\n\r\n".encode())
    return connection


def answer(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(4096):
        pieces.append(piece)
    connection.close()
    return b"".join(pieces)


def taken(listener: LoopbackListener) -> str | None:
    """What came; the kernel may take a moment to hand a connection over."""
    for _ in range(1000):
        query = listener.take()
        if query is not None:
            return query
    return None


def test_nothing_came_yet(listener: LoopbackListener) -> None:
    assert listener.take() is None


def test_the_query_of_the_redirect_is_taken_and_the_browser_reads_that_it_is_done(listener: LoopbackListener) -> None:
    connection = knock(listener, "GET /psc?code=abc&state=def HTTP/1.1")

    query = taken(listener)

    page = answer(connection)
    assert query == "code=abc&state=def"
    assert page.startswith(b"HTTP/1.1 200 OK")
    assert "revenir à votre logiciel" in page.decode()
    assert b"abc" not in page


def test_the_address_names_the_port_that_was_free(listener: LoopbackListener) -> None:
    address = urlsplit(listener.uri)

    assert (address.hostname, address.path) == ("127.0.0.1", "/psc")
    assert address.port


@pytest.mark.parametrize(
    ("request_line", "host"),
    [
        ("GET /favicon.ico HTTP/1.1", None),
        ("GET /psc HTTP/1.1", None),
        ("POST /psc?code=abc HTTP/1.1", None),
        ("GET /psc/../psc?code=abc HTTP/1.1", None),
        ("GET http://autre/psc?code=abc HTTP/1.1", None),
        ("GET /psc?code=abc HTTP/1.1", "evil.example"),
        ("GET /psc?code=abc HTTP/1.1", ""),
        ("nonsense", None),
    ],
)
def test_whatever_is_no_redirect_is_turned_away(
    listener: LoopbackListener, request_line: str, host: str | None
) -> None:
    other = knock(listener, request_line, host)
    redirect = knock(listener, "GET /psc?code=right HTTP/1.1")

    assert taken(listener) == "code=right"
    listener.take()
    assert answer(other).startswith(b"HTTP/1.1 404")
    redirect.close()


def test_connections_that_say_nothing_do_not_hold_the_redirect_up(listener: LoopbackListener) -> None:
    address = urlsplit(listener.uri)
    silent = [socket.create_connection((address.hostname, address.port)) for _ in range(40)]

    connection = knock(listener, "GET /psc?code=abc HTTP/1.1")

    assert taken(listener) == "code=abc"
    for one in (*silent, connection):
        one.close()


def test_a_request_without_end_is_cut(listener: LoopbackListener) -> None:
    address = urlsplit(listener.uri)
    endless = socket.create_connection((address.hostname, address.port))
    endless.sendall(b"GET /psc?code=abc HTTP/1.1\r\nX: " + b"a" * 20_000)

    assert taken(listener) is None
    endless.close()


def test_a_port_that_is_taken_is_an_error_of_the_configuration(listener: LoopbackListener) -> None:
    with pytest.raises(ConfigInvalid):
        LoopbackListener(listener.uri)


def test_it_listens_on_this_machine_alone(listener: LoopbackListener) -> None:
    assert listener._socket.getsockname()[0] == "127.0.0.1"
