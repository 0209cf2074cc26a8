"""JSON that two readers could understand differently is refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.errors import MessageInvalid
from hostbridge.protocol.strict_json import COMMAS, DEPTH, loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_ordinary_json_is_read_as_the_standard_library_reads_it(value):
    data = json.dumps(value, ensure_ascii=False).encode("utf-8")

    assert loads(data) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{} {}",
        b"{}x",
        b"'a'",
        b"\xff\xfe{\x00}\x00",
        b'{"a":"\xe9"}',
        b"\xef\xbb\xbf{}",
        rb'"\ud800"',
        rb'{"\udc00":1}',
        rb'["\ud83d x"]',
        b"NaN",
        b"[Infinity]",
        b'{"a":-Infinity}',
        b"1e999",
        b"-1e999",
        b"1" * 100_000,
        b'{"a":1,"a":1}',
        rb'{"a":1,"\u0061":2}',
        b'[{"x":{"b":1,"b":2}}]',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
        b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1),
        b"[" + b"1," * (COMMAS + 1) + b"1]",
        b"[" + b"1," * 1_000_000 + b"1]",
    ],
    ids=range(26),
)
def test_what_is_ambiguous_or_excessive_is_refused(data):
    with pytest.raises(MessageInvalid):
        loads(data)


def test_the_deepest_that_is_allowed_is_read():
    assert loads(b"[" * DEPTH + b"]" * DEPTH)


def test_a_pair_of_surrogates_is_one_character():
    assert loads(rb'"\ud83d\udc8a"') == "💊"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(MessageInvalid):
        loads(data)
