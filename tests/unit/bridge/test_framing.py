"""Frames of the bridge: whole messages, counted in bytes, or nothing."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.errors import FrameTooLarge, InputError, MessageInvalid
from dmp_core.model.limits import BRIDGE_FRAME
from hostbridge.protocol.framing import HEADER_LIMIT, SKIPPED_LIMIT, FrameReader, FramingLost, encode


def reader(data: bytes) -> FrameReader:
    return FrameReader(io.BytesIO(data))


def all_bodies(data: bytes) -> list[bytes | type[InputError]]:
    """What comes out until the end or until the stream is lost; a refusal stands as its class."""
    frames, found = reader(data), []
    while True:
        try:
            body = frames.read()
        except FramingLost:
            return [*found, FramingLost]
        except InputError as error:
            found.append(type(error))
            continue
        if body is None:
            return found
        found.append(body)


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_what_was_encoded_is_read_again(bodies):
    stream = b"".join(encode(body) for body in bodies)

    assert all_bodies(stream) == bodies


def test_the_length_counts_bytes_and_not_characters():
    body = '{"name":"Hélène"}'.encode()

    assert all_bodies(b"Content-Length: 19\r\n\r\n" + body) == [body]
    assert all_bodies(b"Content-Length: 17\r\n\r\n" + body + encode(b"{}")) == [body[:17], FramingLost]


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 2\r\n",
        b"CONTENT-LENGTH:2\r\n",
        b"Content-Length:  2 \r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n",
        b"Content-Length: 2\r\nContent-Type: application/json; charset=utf8\r\n",
        b'Content-Length: 2\r\nContent-Type: application/json; charset="UTF-8"\r\n',
        b"Content-Length: 2\r\nContent-Type: application/json\r\n",
        b"Content-Length: 2\r\nX-Other: value\r\n",
        b"Content-Length: 0002\r\n",
    ],
)
def test_a_header_is_read_without_case_and_order(header):
    assert all_bodies(header + b"\r\n{}") == [b"{}"]


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: -2\r\n",
        b"Content-Length: +2\r\n",
        b"Content-Length: 2.0\r\n",
        b"Content-Length: 0x2\r\n",
        b"Content-Length: 1_0\r\n",
        "Content-Length: ٢\r\n".encode(),
        b"Content-Length: 2 2\r\n",
        b"Content-Length: \r\n",
        b"Content-Length: 2\n",
        b"Content-Length 2\r\n",
        b"Content-Length : 2\r\n",
        b"Content-Length: 2\r\nContent-Length: 2\r\n",
        b"Content-Length: 2\r\ncontent-length: 4\r\n",
        b"Content-Type: application/json\r\n",
        b" Content-Length: 2\r\n",
        b"Content-Length: %d\r\n" % (SKIPPED_LIMIT + 1),
        b"Content-Length: " + b"9" * 100 + b"\r\n",
        b"",
        b"\x00\xff\r\n",
        b"X: " + b"a" * HEADER_LIMIT + b"\r\n",
        b"X: " + b"a" * 1_000_000 + b"\r\n",
        b"".join(b"X-%s: 1\r\n" % bytes([97 + i % 26] * (1 + i // 26)) for i in range(3000)),
    ],
)
def test_a_wrong_header_loses_the_stream_and_nothing_after_it_is_read(header):
    smuggled = encode(b'{"jsonrpc":"2.0","id":1,"method":"shutdown"}')

    assert all_bodies(header + b"\r\n{}" + smuggled) == [FramingLost]


def test_a_body_that_is_too_large_is_read_away_and_the_next_one_understood():
    large = encode(b"x" * (BRIDGE_FRAME + 1))

    assert all_bodies(large + encode(b"{}")) == [FrameTooLarge, b"{}"]


def test_the_refusal_of_a_large_body_says_the_limit():
    with pytest.raises(FrameTooLarge, match="16000001 bytes, 16000000 at most"):
        reader(encode(b"x" * (BRIDGE_FRAME + 1))).read()


def test_another_character_set_is_refused_and_the_next_message_understood():
    latin = b"Content-Length: 2\r\nContent-Type: application/json; charset=iso-8859-1\r\n\r\n{}"

    assert all_bodies(latin + encode(b"[]")) == [MessageInvalid, b"[]"]


@given(st.integers(min_value=0, max_value=60))
def test_a_message_cut_at_any_byte_is_never_given_out(cut):
    whole = encode(b'{"jsonrpc":"2.0","id":1,"method":"outbox/list"}')

    assert all_bodies(whole + whole[: min(cut, len(whole) - 1)]) == [whole.split(b"\r\n\r\n")[1]]


@given(st.binary(max_size=400))
def test_any_bytes_end_in_bodies_or_a_declared_error(data):
    all_bodies(data)
