"""Secrets in files: private, the same ever after, and honest when they are damaged."""

import os
import stat
from pathlib import Path

import pytest

from dmp_core.errors import OutboxUnreadable
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.testing.ids import SeededIds


def test_a_secret_is_made_once_and_is_the_same_ever_after(tmp_path: Path) -> None:
    first = FileKeyStore(tmp_path / "keys", SeededIds(1)).secret("outbox")

    again = FileKeyStore(tmp_path / "keys", SeededIds(2)).secret("outbox")

    assert (len(first), again) == (32, first)


def test_secrets_of_other_names_differ(tmp_path: Path, ids: SeededIds) -> None:
    keys = FileKeyStore(tmp_path, ids)

    assert keys.secret("outbox") != keys.secret("audit")


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead of modes")
def test_files_and_folder_are_private(tmp_path: Path, ids: SeededIds) -> None:
    FileKeyStore(tmp_path / "keys", ids).secret("outbox")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}

    assert modes == {"outbox.key": 0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_one_flipped_bit_anywhere_loses_nothing(tmp_path: Path, ids: SeededIds) -> None:
    keys = FileKeyStore(tmp_path, ids)
    secret = keys.secret("outbox")
    path = tmp_path / "outbox.key"
    whole = path.read_bytes()

    for bit in range(len(whole) * 8):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)

        assert keys.secret("outbox") == secret


@pytest.mark.parametrize("content", [b"", b"\n", b"00" * 40 + b"\n", b"\xff" * 100])
def test_a_file_with_no_whole_copy_is_unreadable(tmp_path: Path, ids: SeededIds, content: bytes) -> None:
    keys = FileKeyStore(tmp_path, ids)
    keys.secret("outbox")
    (tmp_path / "outbox.key").write_bytes(content)

    with pytest.raises(OutboxUnreadable):
        keys.secret("outbox")


def test_who_makes_a_secret_second_takes_the_first_one(tmp_path: Path) -> None:
    class Late(SeededIds):
        """Its owner is overtaken between the look and the making."""

        def token(self, size: int) -> bytes:
            FileKeyStore(tmp_path, SeededIds(1)).secret("outbox")
            return super().token(size)

    late = FileKeyStore(tmp_path, Late(2)).secret("outbox")

    assert late == FileKeyStore(tmp_path, SeededIds(3)).secret("outbox")
    assert [path.name for path in tmp_path.iterdir()] == ["outbox.key"]


def test_a_folder_that_cannot_be_used_is_an_outbox_error(tmp_path: Path, ids: SeededIds) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(OutboxUnreadable):
        FileKeyStore(tmp_path / "file" / "keys", ids).secret("outbox")


def test_a_name_is_no_path(tmp_path: Path, ids: SeededIds) -> None:
    with pytest.raises(ValueError, match="name"):
        FileKeyStore(tmp_path, ids).secret("../outbox")
