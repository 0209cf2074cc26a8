"""Moves the files of a drop together: what a crash or a locked file leaves half done is finished at a later look.

What is to be done is written first, into a hidden file; a file that changed meanwhile is another one, and stays.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

DONE: Final = "traites"
REFUSED: Final = "refuses"
PASSED_OVER: Final = "ecartes"
REASON: Final = ".raison.txt"
Seen = tuple[int, int]
"""Size and time of a file: another pair is another file."""


def seen(file: Path) -> Seen:
    """Raises OSError."""
    stat = file.stat(follow_symlinks=False)
    return stat.st_size, stat.st_mtime_ns


@dataclass(frozen=True, slots=True)
class _Plan:
    place: str
    files: list[tuple[str, str, int, int]]  # name, name there, size, time
    reason: str
    reason_name: str


class Moves:
    """Of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, files: Sequence[Path], as_seen: Mapping[Path, Seen], place: str, reason: str) -> Path:
        """What is to be done, written down; `finish` does it. Raises OSError where nothing can be written."""
        target = self._folder / place
        target.mkdir(exist_ok=True)
        names = _free(target, [file.name for file in files])
        moved = [(file.name, name, *as_seen[file]) for file, name in zip(files, names, strict=True)]
        plan = _Plan(place, moved, reason, f"{names[0]}{REASON}" if reason else "")
        written = self._folder / f".dmp-{hashlib.sha256(ascii(files[0].name).encode()).hexdigest()[:24]}.plan"
        written.write_text(json.dumps(asdict(plan)), encoding="ascii")
        return written

    def finish(self, written: Path) -> str:
        """Do it; the place where the files are now. Raises OSError where one of them stays for now."""
        plan = _read(written)
        if plan is None:  # a crash while it was written: nothing was moved yet
            written.unlink(missing_ok=True)
            return ""
        target = self._folder / plan.place
        target.mkdir(exist_ok=True)
        if plan.reason_name:
            (target / plan.reason_name).write_text(plan.reason, encoding="utf-8-sig", newline="\r\n")
        for name, there, size, time in plan.files:
            file = self._folder / name
            with contextlib.suppress(FileNotFoundError):
                if seen(file) == (size, time):
                    file.replace(target / there)
        written.unlink(missing_ok=True)
        return plan.place

    def unfinished(self) -> list[Path]:
        """What was written down and not done. Raises OSError."""
        return sorted(self._folder.glob(".dmp-*.plan"))

    def names(self, written: Path) -> list[str]:
        """The files that it is about."""
        plan = _read(written)
        return [name for name, *_ in plan.files] if plan else []


def _read(written: Path) -> _Plan | None:
    """None for what is no plan."""
    try:
        told = json.loads(written.read_bytes())
        files = [(str(name), str(there), int(size), int(time)) for name, there, size, time in told["files"]]
        return _Plan(str(told["place"]), files, str(told["reason"]), str(told["reason_name"]))
    except (ValueError, KeyError, TypeError):
        return None


def _free(target: Path, names: Sequence[str]) -> list[str]:
    """The names, or all of them with the same number where one stands there already: nothing is ever overwritten."""
    number, found = 1, list(names)
    while any((target / name).exists() or (target / f"{name}{REASON}").exists() for name in found):
        number += 1
        found = [f"{Path(name).stem} ({number}){Path(name).suffix}" for name in names]
    return found
