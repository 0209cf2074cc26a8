"""What a plugin cannot reach around its walls: files it may not change, processes it may not wake, the core's own parts.

Each attempt is made by a plugin in its worker, beside the kernel's own answer: refused, and nothing of the host changed.
"""
# ruff: noqa: E501 - the code of plugins, a line each

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dmp_core.api import ConsultRecord, PatientOpened
from dmp_core.plughost.host import PluginHost

pytestmark = [pytest.mark.reliability, pytest.mark.usefixtures("whole")]

SOUND = "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n"
REFUSED = ("PermissionError at hostile", "OSError at hostile")  # denied; or all but its scratch is read-only
CALL = "import ctypes\n    libc = ctypes.CDLL(None, use_errno=True)\n    "
REACHES = {
    "changes the mode of a file": "import os; os.chmod(SECRET, 0)",
    "changes the mode of a folder": "import os; os.chmod(os.path.dirname(SECRET), 0)",
    "changes the owner of a file": "import os; os.chown(SECRET, os.getuid(), os.getgid())",
    "changes the times of a file": "import os; os.utime(SECRET, (0, 0))",
    "sets an attribute of a file": "import os; os.setxattr(SECRET, 'user.dmp', b'x')",
    "cuts a file": "import os; os.truncate(SECRET, 0)",
    "removes a file": "import os; os.unlink(SECRET)",
    "renames a file": "import os; os.rename(SECRET, SECRET + '.old')",
    "writes into its own package": "open(__file__, 'a')",
    "changes the mode of its own package": "import os; os.chmod(__file__, 0)",
    "links to a file in its own folder": "import os; os.symlink(SECRET, os.path.join(os.path.dirname(__file__), 'data.json'))",
    "reads through a link in its scratch": "import os; os.symlink(SECRET, os.environ['HOME'] + '/x'); open(os.environ['HOME'] + '/x').read()",
    "changes a mode through a link": "import os; os.symlink(SECRET, os.environ['HOME'] + '/x'); os.chmod(os.environ['HOME'] + '/x', 0)",
    "reads through a hard link": "import os\n    try: os.link(SECRET, os.environ['HOME'] + '/y')\n    except OSError: raise PermissionError",
    "lists the folder of the core's data": "import os; os.listdir(os.path.dirname(SECRET))",
    "lists the processes": "import os; os.listdir('/proc')",
    "reads the memory of the host": "open(f'/proc/{HOST}/mem', 'rb')",
    "reads the command line of the host": "open(f'/proc/{HOST}/cmdline').read()",
    "reads the files that the host has open": "import os; os.listdir(f'/proc/{HOST}/fd')",
    "watches the folder of the core's data": CALL + "fd = libc.inotify_init1(0)\n    if fd < 0 or libc.inotify_add_watch(fd, SECRET.rpartition('/')[0].encode(), 0xfff) < 0: raise PermissionError",
    "signals the host through a pipe": "import fcntl, os\n    r, w = os.pipe()\n    fcntl.fcntl(r, fcntl.F_SETOWN, HOST)",
    "lowers what the host gets of the disk": CALL + "if libc.syscall(251, 1, HOST, 3 << 13) < 0: raise PermissionError",
    "uses io_uring": CALL + "if libc.syscall(425, 8, ctypes.create_string_buffer(128)) < 0: raise PermissionError",
    "opens a Unix socket": "import socket; socket.socket(socket.AF_UNIX).connect('/run/x')",
    "opens an abstract socket": "import socket; socket.socket(socket.AF_UNIX).bind('\\0dmp')",
    "speaks to the kernel by netlink": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "starts a program by posix_spawn": "import os; os.posix_spawn('/bin/true', ['true'], {})",
    "keeps memory of its own that has no name": "import os; os.memfd_create('x')",
    "leaves its namespace": "import os, ctypes\n    if ctypes.CDLL(None).unshare(0x10000000): raise PermissionError",
    "watches the whole machine": CALL + "if libc.syscall(298, ctypes.create_string_buffer(128), HOST, -1, -1, 0) < 0: raise PermissionError",
}  # fmt: skip


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "keys" / "outbox.key"
    file.parent.mkdir(parents=True)
    file.write_text("the outbox's key")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("how", REACHES)
def test_row_098_a_plugin_that_reaches_out_is_refused_and_nothing_changed(
    shelf: Any, host: Callable[..., PluginHost], state: Any, secret: Path, how: str
) -> None:
    known = f"SECRET = {str(secret)!r}\nHOST = {os.getpid()}\n"
    shelf.install("hostile", f"@hookimpl\ndef on_patient_opened(event, ctx):\n    {REACHES[how]}\n{known}")
    shelf.install("sound", SOUND)
    before, package = secret.lstat(), Path(shelf.folder / "hostile/__init__.py").lstat()
    plugins = host("hostile", "sound")

    actions = plugins.announce(PatientOpened())

    assert actions == (("sound", ConsultRecord()),)
    assert any(refused in state(plugins, "hostile").reason for refused in REFUSED)
    assert state(plugins, "hostile").failures == 1
    after = secret.lstat()
    assert (after.st_mode, after.st_mtime, after.st_ctime, after.st_size) == (
        before.st_mode, before.st_mtime, before.st_ctime, before.st_size,
    )  # fmt: skip
    assert stat.S_IMODE(secret.parent.lstat().st_mode) != 0
    assert Path(shelf.folder / "hostile/__init__.py").lstat().st_ctime == package.st_ctime
    assert [file.name for file in secret.parent.iterdir()] == [secret.name]
