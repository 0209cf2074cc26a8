"""Landlock (Linux 5.13, ABI 1, and later): from now on this process opens only the files that it was given.

Source: Documentation/userspace-api/landlock.rst; the numbers are the same on every architecture.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from typing import Final

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_OF_FILES: Final = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # execute, write, read, truncate, ioctl
_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15}  # ABI: how many rights to files there are; 16 later
_NETWORK: Final = 0b11  # bind, connect: TCP, since ABI 4
_SCOPES: Final = 0b11  # abstract sockets, signals: since ABI 6


class _Rules(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def restrict(readable: Iterable[str], writable: Iterable[str]) -> int:
    """Allow reading below `readable`, all but running programs below `writable`, nothing else. Gives the ABI.

    Asks for no_new_privs. Raises OSError where the kernel has no Landlock.
    """
    abi = _call(_CREATE, None, 0, _VERSION)
    every = (1 << _RIGHTS.get(abi, 16)) - 1
    rules = _Rules(every, _NETWORK if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = _call(_CREATE, ctypes.byref(rules), size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in writable:
            _allow(ruleset, path, every & ~1)
        _call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Nothing where there is no such path: what is not there is not opened."""
    if sys.platform != "linux":
        raise NotImplementedError
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = rights if os.path.isdir(path) else rights & _OF_FILES  # noqa: PTH112 - the child starts without pathlib
        _call(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(_Beneath(allowed, descriptor)), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result: int = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return result
