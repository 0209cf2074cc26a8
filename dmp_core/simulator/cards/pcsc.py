"""A PC/SC service of its own for tests: Debian's pcscd with a virtual reader of two slots, seen by nobody else.

pcscd's folder and, for root, its network are private (namespaces of Linux): neither the system's pcscd nor its readers
are touched, and the virtual reader listens nowhere outside. A client finds it by PCSCLITE_CSOCK_NAME.
"""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from dmp_core.simulator.cards.vpcd import Slot

SOCKET_VARIABLE: Final = "PCSCLITE_CSOCK_NAME"
READER: Final = "Lecteur bi-fente virtuel"
SLOTS: Final = 2
DRIVER: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_START: Final = 200  # looks, 25 ms apart
_STOP: Final = 5.0
_COMMANDS: Final = (
    "mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind {run} /run/pcscd"
    " && {{ ip link set lo up || true; }} && exec pcscd --foreground --config {readers}"
)


def missing() -> str:
    """What the machine lacks to run one, in words; "" where it can."""
    lacks = [name for name in ("pcscd", "unshare", "ip") if shutil.which(name, path=_PATH) is None]
    if not DRIVER.exists():
        lacks.append("vsmartcard-vpcd")
    return ", ".join(lacks)


_PATH: Final = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


def socket_in(folder: Path) -> Path:
    """Where a service in `folder` is spoken to."""
    return folder / "run" / "pcscd.comm"


class PrivatePcsc:
    """One pcscd with two slots, in `folder`. `socket` is what a client is pointed to.

    It can be stopped and started again in the same place, as a service is; cards do not stay in over that.
    """

    def __init__(self, folder: Path) -> None:
        self.socket = socket_in(folder)
        self.readers = tuple(f"{READER} 00 {slot:02d}" for slot in range(SLOTS))
        self.slots = tuple(Slot() for _ in range(SLOTS))
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, plugged: bool = True) -> None:
        """Start, with the reader or without, and wait until it answers. Raises RuntimeError."""
        port = random.randrange(20000, 60000, SLOTS)  # noqa: S311 - no secret; private to root's network namespace
        self._prepare()
        if plugged:
            self._describe_reader(port)
        command = _COMMANDS.format(run=self._folder / "run", readers=self._folder / "readers")
        private = ["--net"] if _is_root() else ["--map-root-user"]
        with (self._folder / "pcscd.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["unshare", "--mount", *private, "--", "sh", "-c", command],  # noqa: S607 - found on _PATH
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "PATH": _PATH},
            )  # fmt: skip
        network = Path(f"/proc/{self._process.pid}/ns/net") if _is_root() else None
        for rank, slot in enumerate(self.slots):
            slot.port, slot.network = port + rank, network
        self._wait_for_service()

    def stop(self) -> None:
        """Pull the cards out, end the process and wait for its end."""
        for slot in self.slots:
            slot.remove()
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP)
        self.socket.unlink(missing_ok=True)

    def __enter__(self) -> "PrivatePcsc":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _prepare(self) -> None:
        (self._folder / "run").mkdir(parents=True, exist_ok=True)
        (self._folder / "readers").mkdir(exist_ok=True)
        (self._folder / "readers" / "vpcd").unlink(missing_ok=True)

    def _describe_reader(self, port: int) -> None:
        (self._folder / "readers" / "vpcd").write_text(
            f'FRIENDLYNAME "{READER}"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {DRIVER}\nCHANNELID 0x{port:X}\n',
            encoding="ascii",
        )

    def _wait_for_service(self) -> None:
        between = threading.Event()
        for _ in range(_START):
            if self._process is None or self._process.poll() is not None:
                break
            if self._answers():
                return
            between.wait(0.025)
        self.stop()
        raise RuntimeError(f"pcscd did not start: see {self._folder / 'pcscd.log'}")

    def _answers(self) -> bool:
        if sys.platform == "win32":
            return False
        with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
            line.connect(str(self.socket))
            return True
        return False


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
