"""The private file of a bridge: for its owner alone, never over something that is not its own."""

import json
import os
import stat

import pytest

from dmp_core.errors import ConfigInvalid, OutboxLocked
from hostbridge.clients.python import announced
from hostbridge.transports.announce import Announcement, default_path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "bridge.json"


def test_the_file_and_its_folder_are_their_owners_alone(path):
    announcement = Announcement(path)
    announcement.write("127.0.0.1", 50123, "a" * 64)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(path.read_bytes()) == {
        "version": 1, "address": "127.0.0.1", "port": 50123, "token": "a" * 64, "pid": os.getpid(),
    }  # fmt: skip
    assert announced.read(path).token == "a" * 64


def test_it_is_gone_when_the_bridge_is(path):
    announcement = Announcement(path)
    announcement.write("127.0.0.1", 1, "a")

    announcement.withdraw()

    assert not path.exists()


def test_what_a_crashed_bridge_left_is_replaced(path):
    announcement = Announcement(path)
    announcement.write("127.0.0.1", 1, "old")
    announcement._owner.close()  # as the system does when a process dies

    again = Announcement(path)
    again.write("127.0.0.1", 2, "new")

    assert announced.read(path).token == "new"
    again.withdraw()


def test_a_second_bridge_does_not_take_the_place_of_the_first(path):
    first = Announcement(path)
    first.write("127.0.0.1", 1, "first")

    with pytest.raises(OutboxLocked):
        Announcement(path)

    assert announced.read(path).token == "first"
    first.withdraw()


def hostile(path, kind):
    """Put something in the way."""
    if kind != "link to a folder":
        path.parent.mkdir(mode=0o700)
    elsewhere = path.parent.parent / "elsewhere"
    if kind == "symbolic link":
        elsewhere.write_text("precious")
        path.symlink_to(elsewhere)
    elif kind == "dangling link":
        path.symlink_to(elsewhere)
    elif kind == "hard link":
        elsewhere.write_text("precious")
        elsewhere.chmod(0o600)
        os.link(elsewhere, path)
    elif kind == "file that others read":
        path.write_text("{}")
        path.chmod(0o644)
    elif kind == "folder in its place":
        path.mkdir(mode=0o700)
    elif kind == "pipe":
        os.mkfifo(path, 0o600)
    elif kind == "folder that others write":
        path.parent.chmod(0o777)
    elif kind == "folder that others read":
        path.parent.chmod(0o755)
    elif kind == "link to a folder":
        elsewhere.mkdir(mode=0o700)
        path.parent.symlink_to(elsewhere)
    elif kind == "linked lock":
        elsewhere.write_text("precious")
        path.with_suffix(".lock").symlink_to(elsewhere)
    return elsewhere


KINDS = (
    "symbolic link", "dangling link", "hard link", "file that others read", "folder in its place", "pipe",
    "folder that others write", "folder that others read", "link to a folder", "linked lock",
)  # fmt: skip


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-023 {kind}") for kind in KINDS])
def test_a_bridge_does_not_start_over_what_is_not_its_own(kind, path):
    elsewhere = hostile(path, kind)

    with pytest.raises(ConfigInvalid):
        Announcement(path)

    assert not elsewhere.is_file() or elsewhere.read_text() == "precious"


def test_a_file_prepared_under_the_temporary_name_is_not_followed(path):
    announcement = Announcement(path)
    elsewhere = path.parent.parent / "elsewhere"
    path.with_suffix(f".{os.getpid()}.new").symlink_to(elsewhere)

    announcement.write("127.0.0.1", 1, "secret")

    assert not elsewhere.exists()
    assert announced.read(path).token == "secret"
    announcement.withdraw()


def test_a_client_reads_no_file_that_others_can_read(path):
    Announcement(path).write("127.0.0.1", 1, "a")
    path.chmod(0o640)

    with pytest.raises(PermissionError):
        announced.read(path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"port": "x"}', "null"])
def test_a_client_refuses_a_file_that_is_none(text, path):
    path.parent.mkdir(mode=0o700)
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(OSError, match="announces"):
        announced.read(path)


def test_the_file_stands_in_the_users_runtime_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    assert default_path() == tmp_path / "dmp" / "bridge.json"
