"""Sealed bytes open only with their key, in their place, unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.errors import OutboxUnreadable
from dmp_core.outbox.vault import Vault
from dmp_core.testing.ids import SeededIds

SECRET = bytes(range(32))


def vault(secret: bytes = SECRET) -> Vault:
    return Vault(secret, SeededIds())


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens(plain: bytes) -> None:
    safe = vault()
    key, wrapped = safe.new_key("item-1")

    sealed = safe.seal(key, plain, "item-1", "content")

    assert safe.open(safe.unwrap("item-1", wrapped), sealed, "item-1", "content") == plain


@pytest.mark.parametrize("bit", range(0, (12 + 5 + 16) * 8, 3))
def test_a_changed_bit_does_not_open(bit: int) -> None:
    safe = vault()
    sealed = bytearray(safe.seal(bytes(32), b"hello", "item-1"))
    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(OutboxUnreadable):
        safe.open(bytes(32), bytes(sealed), "item-1")


@pytest.mark.parametrize("place", [("item-2", "content"), ("item-1", "document"), ("item-1",), ("item-1", b"content")])
def test_sealed_bytes_do_not_open_in_another_place(place: tuple[object, ...]) -> None:
    safe = vault()
    sealed = safe.seal(bytes(32), b"hello", "item-1", "content")

    with pytest.raises(OutboxUnreadable):
        safe.open(bytes(32), sealed, *place)


@pytest.mark.parametrize("sealed", [b"", b"\x00" * 11, b"\x00" * 28, None, 7])
def test_what_was_never_sealed_does_not_open(sealed: object) -> None:
    with pytest.raises(OutboxUnreadable):
        vault().open(bytes(32), sealed, "item-1")  # type: ignore[arg-type]


def test_a_wrapped_key_belongs_to_its_item_and_its_secret() -> None:
    _, wrapped = vault().new_key("item-1")

    for safe, item in ((vault(), "item-2"), (vault(bytes(32)), "item-1")):
        with pytest.raises(OutboxUnreadable):
            safe.unwrap(item, wrapped)


def test_marks_tell_kind_structure_and_secret_apart() -> None:
    marks = {
        vault().mark("key", "1", b"2"),
        vault().mark("record", "1", b"2"),
        vault().mark("key", "12", b""),
        vault(bytes(32)).mark("key", "1", b"2"),
    }

    assert len(marks) == 4
    assert vault().mark("key", "1", b"2") in marks


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(OutboxUnreadable):
        vault(b"short")
