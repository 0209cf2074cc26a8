"""What `dmp bench` measures of a bridge that rests: the memory that it keeps while a host asks nothing. Linux alone.

The floor is a process that imports the same libraries, and nothing of ours.
"""

import re
import subprocess
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from dmp_core.cli.bench_bridge import python, simulated_config
from dmp_core.cli.bench_start import imported, introduced

_LOOK_EVERY: Final = 0.25  # seconds
_MOST_LOOKS: Final = 120
_FLOOR: Final = """
import importlib, json, sys
for name in json.loads(sys.stdin.readline())["modules"]:
    try:
        importlib.import_module(name)
    except Exception:
        pass
print("{}", flush=True)
sys.stdin.read()
"""


def at_rest() -> tuple[Callable[[], float], Callable[[], float]]:
    """Mebibytes resident of a bridge on stdio that answered `initialize`, and of a process with its libraries."""
    config = simulated_config()
    told = imported(config)

    def bridge() -> float:
        with introduced(config) as one:
            return _resident(one)

    def floor() -> float:
        with python("-c", _FLOOR, stdin=subprocess.PIPE) as one:
            assert one.stdin is not None and one.stdout is not None, "asked for as pipes"
            one.stdin.write(told + b"\n")
            one.stdin.flush()
            one.stdout.readline()
            return _resident(one)

    return cache(bridge), cache(floor)  # each comes to rest at the same figure: one start tells it


def _resident(process: "subprocess.Popen[bytes]") -> float:
    """Mebibytes, once the process uses no more of the processor; it is ended then."""
    place, spent, pause = Path(f"/proc/{process.pid}"), b"", threading.Event()
    for _ in range(_MOST_LOOKS):
        before, spent = spent, b" ".join((place / "stat").read_bytes().rpartition(b")")[2].split()[11:13])
        if before == spent:
            break
        pause.wait(_LOOK_EVERY)
    found = re.search(r"^VmRSS:\s+(\d+) kB$", (place / "status").read_text(), re.MULTILINE)
    assert found is not None, "a living process has memory"
    process.kill()
    return int(found[1]) / 1024
