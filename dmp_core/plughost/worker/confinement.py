"""What a worker takes from itself before it runs a plugin's code, and what of it holds on this system.

Each measure stands alone: where the kernel, a container or a policy denies one, the others still hold, and the report
names the one that does not. Windows and macOS have none of them but the deadline: a limited process.
"""

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Callable, Sequence
from typing import Final

HELD: Final = "held"
MEASURES: Final = ("limits", "namespaces", "scratch", "files", "calls")
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _SIGKILL = 1, 4, 38, 9
SCRATCH_SIZE: Final = 16_000_000
_SYSTEM: Final = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime",
    "/dev/null", "/dev/urandom",
)  # fmt: skip


def confine(readable: Sequence[str], scratch: str, memory: int) -> dict[str, str]:
    """Each measure with `held`, or why it does not hold. `memory`: bytes of address space."""
    if sys.platform != "linux":
        return dict.fromkeys(MEASURES, f"not on {sys.platform}")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    from dmp_core.plughost.worker import landlock, namespaces, seccomp

    state = {"namespaces": _tried(namespaces.leave)}
    apart = state["namespaces"] == HELD
    state["scratch"] = _tried(lambda: namespaces.mount_scratch(scratch, SCRATCH_SIZE)) if apart else "no namespaces"
    own = state["scratch"] == HELD
    os.chdir(scratch)
    state["limits"] = _tried(lambda: _limit(memory, processes=apart))
    state["files"] = _tried(lambda: landlock.restrict((*readable, *_SYSTEM), (scratch,) if own else ()))
    if apart:
        state["namespaces"] = _tried(lambda: namespaces.drop_capabilities(platform.machine()))
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)  # forgotten by a change of namespace: last
    state["calls"] = _tried(seccomp.restrict)
    return {name: state[name] for name in MEASURES}


def _tried(measure: Callable[[], object]) -> str:
    try:
        measure()
    except OSError as error:
        return f"refused: {errno.errorcode.get(error.errno or 0, 'unknown')}"
    return HELD


def _limit(memory: int, *, processes: bool) -> None:
    """Numbers that no plugin should need; that of processes counts those of the namespace, or of the whole user."""
    import resource

    if sys.platform != "linux":
        raise NotImplementedError
    limits = [
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, 3600),
        (resource.RLIMIT_FSIZE, SCRATCH_SIZE),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_MEMLOCK, 0),
        *([(resource.RLIMIT_NPROC, 32)] if processes else []),
    ]
    for kind, most in limits:
        resource.setrlimit(kind, (most, most))
