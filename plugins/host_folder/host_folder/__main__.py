"""`python -m host_folder --settings FILE --bridge COMMAND...`: watch a folder until told to stop."""

import argparse
import contextlib
import signal
import sys
import threading
from pathlib import Path

from dmp_core.errors import DmpError
from host_folder.intake import Intake
from host_folder.settings import SettingsWrong, read_settings
from hostbridge.clients.python import BridgeClient, BridgeError


def main(arguments: list[str] | None = None) -> int:
    """0 after a stop or `--once`; 1 where the settings or the bridge do not allow a start, told on standard error."""
    parser = argparse.ArgumentParser(prog="python -m host_folder", description="Hand dropped files to the bridge.")
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--once", action="store_true", help="take what is there, then end")
    parser.add_argument("--bridge", nargs=argparse.REMAINDER, required=True, help="command that starts it; the rest")
    chosen = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = read_settings(chosen.settings)
        mapping = settings.table()
        with BridgeClient(chosen.bridge) as client:
            client.start(
                {
                    "host": {"name": "host_folder", "version": "0.1.0"},
                    "structure": settings.structure,
                    "operator": settings.operator.model_dump(mode="json"),
                    "beside": True,
                }
            )
            intake = Intake(settings.folder, client, mapping, settings.encoding)
            with contextlib.closing(intake):
                _watch(intake, settings.every, stop, once=chosen.once)
    except (SettingsWrong, DmpError, BridgeError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _watch(intake: Intake, every: float, stop: threading.Event, *, once: bool) -> None:
    intake.look(_tell, stop.is_set)  # the first look learns what is there
    while not stop.wait(every):
        intake.look(_tell, stop.is_set)
        if once:
            return


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
