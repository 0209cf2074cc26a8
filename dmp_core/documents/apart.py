"""Reads what others made in a process of its own: what a hostile file breaks, hangs or fills up is that process."""

import os
import subprocess
import sys
from typing import Final

from dmp_core.errors import DmpError, ExtraMissing, ImageRefused, PdfProtected, PdfRefused

SECONDS: Final = 60
_PROGRAM: Final = (
    "import sys; sys.path[:] = sys.argv[2:]; from dmp_core.documents.foreign import main; main(sys.argv[1])"
)
_REFUSALS: Final[dict[str, type[DmpError]]] = {
    kind.__name__: kind for kind in (PdfRefused, PdfProtected, ImageRefused, ExtraMissing)
}


def run(task: str, content: bytes) -> bytes:
    """What `foreign` makes of `content`; `task`: `pdf`, `png` (a PDF/A-1b), `pages` (`pages.drawn`).

    Raises PdfRefused, PdfProtected, ImageRefused; ExtraMissing where this program cannot start a process of Python.
    """
    if getattr(sys, "frozen", False):
        raise ExtraMissing("a program frozen into one file cannot make a PDF/A of a foreign file")
    command = [sys.executable, "-I", "-c", _PROGRAM, task, *filter(None, sys.path)]
    broken: type[DmpError] = ImageRefused if task == "png" else PdfRefused
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env=_environment(),
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        raise broken(f"not read in {SECONDS} s") from None
    except OSError as error:
        raise ExtraMissing("no process could be started") from error
    if done.returncode:
        raise broken(f"the reader broke, exit status {done.returncode}")
    verdict, _, made = done.stdout.partition(b"\n")
    name, _, detail = verdict.decode("ascii", "replace").partition(" ")
    if name == "made":
        return made
    raise _REFUSALS.get(name, broken)(detail)


def _environment() -> dict[str, str]:
    """Nothing of ours but what Windows needs to start a program; one time zone everywhere."""
    return {"TZ": "UTC"} | {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
