"""A filter of system calls (Linux, seccomp): no other process, no socket, no signal to others, no way around files.

A list of what is denied, not of what is allowed: Python, lxml and every C library call the kernel in their own ways,
and what the files and the namespaces leave open is named here. Source: seccomp(2), the tables of syscalls of Linux.
"""

import ctypes
import os
import platform
from collections.abc import Mapping
from typing import Final

# call: its number on x86-64, on AArch64; None where it has none
_DENIED: Final[Mapping[str, tuple[int | None, int | None]]] = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "socket": (41, 198), "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280), "perf_event_open": (298, 241),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "memfd_create": (319, 279), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180), "setpriority": (141, 140), "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    "kcmp": (312, 272), "process_madvise": (440, 440), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "ioprio_set": (251, 30), "migrate_pages": (256, 238), "move_pages": (279, 239),
    # Landlock opens no file, but leaves these: modes, owners, times and attributes of files, news of folders
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466),
    "file_setattr": (469, 469), "inotify_init": (253, None), "inotify_init1": (294, 26), "fanotify_init": (300, 262),
}  # fmt: skip
_CLONE: Final = (56, 220)  # allowed for threads
_CLONE3: Final = (435, 435)  # its flags lie in memory that no filter sees: not there, libraries then use clone
_TGKILL: Final = (234, 131)  # allowed to this process
_PRLIMIT: Final = (302, 261)  # allowed on this process
_OWNERS: Final = (  # who is signalled when a pipe moves: call, its second arguments that name somebody
    ((72, 25), (8, 15)),  # fcntl: F_SETOWN, F_SETOWN_EX
    ((16, 29), (0x8901, 0x8902)),  # ioctl: FIOSETOWN, SIOCSPGRP
)
_MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_CLONE_THREAD: Final = 0x10000
_X32: Final = 0x40000000
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # in struct seccomp_data; the low halves of two arguments
_PR_SET_SECCOMP, _FILTER = 22, 2


class _Step(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step))]


def restrict() -> None:
    """Deny them to this process, for good. Asks for no_new_privs. Raises OSError where it cannot be."""
    if platform.machine() not in _MACHINES:
        raise OSError(_ENOSYS, f"no table of system calls for {platform.machine()[:20]}")
    steps = _steps(*_MACHINES[platform.machine()], os.getpid())
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def _steps(rank: int, architecture: int, process: int) -> list[_Step]:
    """The filter: one block a rule, each leaving the number of the call loaded for the next."""
    refuse, allow = _gives(_REFUSE | _EPERM), _gives(_ALLOW)
    steps = [
        _Step(_LOAD, 0, 0, _ARCHITECTURE),
        _Step(_EQUAL, 1, 0, architecture),
        _gives(_KILL),
        _Step(_LOAD, 0, 0, _NUMBER),
        _Step(_AT_LEAST, 0, 1, _X32),
        refuse,
    ]
    for number in (numbers[rank] for numbers in _DENIED.values()):
        if number is not None:
            steps += [_Step(_EQUAL, 0, 1, number), refuse]
    steps += [_Step(_EQUAL, 0, 1, _CLONE3[rank]), _gives(_REFUSE | _ENOSYS)]
    first = _Step(_LOAD, 0, 0, _FIRST)
    steps += [_Step(_EQUAL, 0, 4, _CLONE[rank]), first, _Step(_ANY_BIT, 0, 1, _CLONE_THREAD), allow, refuse]
    steps += [_Step(_EQUAL, 0, 4, _TGKILL[rank]), first, _Step(_EQUAL, 0, 1, process), allow, refuse]
    steps += [_Step(_EQUAL, 0, 4, _PRLIMIT[rank]), first, _Step(_EQUAL, 0, 1, 0), allow, refuse]
    for numbers, named in _OWNERS:
        steps += [_Step(_EQUAL, 0, len(named) + 3, numbers[rank]), _Step(_LOAD, 0, 0, _SECOND)]
        steps += [_Step(_EQUAL, len(named) - place, 0, value) for place, value in enumerate(named)]
        steps += [allow, refuse]
    return [*steps, allow]


def _gives(value: int) -> _Step:
    return _Step(_RETURN, 0, 0, value)
