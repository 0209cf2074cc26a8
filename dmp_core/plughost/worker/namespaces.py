"""Namespaces (Linux): this process sees no network, no other mount than those it had, and may write in one tmpfs.

Source: user_namespaces(7), mount_namespaces(7), capabilities(7).
"""

import ctypes
import os
import sys
from typing import Final

_USER, _NETWORK, _MOUNTS, _IPC, _UTS = 0x10000000, 0x40000000, 0x00020000, 0x08000000, 0x04000000
_PRIVATE: Final = 0x4000 | 1 << 18  # MS_REC | MS_PRIVATE
_NO_PROGRAMS: Final = 2 | 4 | 8  # nosuid, nodev, noexec
_MOUNT_SETATTR, _RECURSIVE, _READ_ONLY = 442, 0x8000, 1  # the same on every architecture
_CAPSET: Final = {"x86_64": 126, "aarch64": 91}
_CAPABILITIES_3: Final = 0x20080522


def leave() -> None:
    """Enter new namespaces of users, network, mounts and IPC. Raises OSError where the system denies them."""
    if sys.platform != "linux":
        raise NotImplementedError
    user, group = os.geteuid(), os.getegid()
    _must(_libc().unshare(_USER | _NETWORK | _MOUNTS | _IPC | _UTS), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def mount_scratch(folder: str, size: int) -> None:
    """Put an empty tmpfs of `size` bytes over `folder`; all else can only be read. For this process alone.

    Raises OSError. On a kernel before 5.12 the rest stays as it is: Landlock and the filter of calls stand before it.
    """
    libc = _libc()
    _must(libc.mount(b"none", b"/", None, ctypes.c_ulong(_PRIVATE), None), "mount")
    attributes = (ctypes.c_uint64 * 4)(_READ_ONLY, 0, 0, 0)  # set, clear, propagation, namespace
    libc.syscall(ctypes.c_long(_MOUNT_SETATTR), -1, b"/", _RECURSIVE, ctypes.byref(attributes), ctypes.c_size_t(32))
    options = f"size={size},nr_inodes=1000,mode=700".encode()
    _must(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", ctypes.c_ulong(_NO_PROGRAMS), options), "mount")


def drop_capabilities(machine: str) -> None:
    """Give up every capability that this process has in its namespaces. Raises OSError."""
    if machine not in _CAPSET:
        raise OSError(38, f"no number of capset for {machine[:20]}")
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    none = (ctypes.c_uint32 * 6)()
    _must(_libc().syscall(ctypes.c_long(_CAPSET[machine]), ctypes.byref(header), ctypes.byref(none)), "capset")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _must(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), what)
