"""What still stands in the watched folder and why: a small text beside it, for whoever opens the folder."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar


class Waiting:
    """The list of one folder. It is there only while something waits."""

    NAME: ClassVar = "en-attente.txt"

    def __init__(self, folder: Path) -> None:
        self._file = folder / self.NAME
        self._before: Mapping[str, str] = {}

    def news(self, reasons: Mapping[str, str]) -> list[str]:
        """Write the list; the reasons that were not told yet. `reasons`: name of a file, "" for the folder -> why."""
        if reasons == self._before:
            return []
        new = sorted({why for name, why in reasons.items() if self._before.get(name) != why})
        self._before = dict(reasons)
        lines = [f"{name} : {why}" if name else why for name, why in sorted(reasons.items())]
        with contextlib.suppress(OSError):  # a folder that cannot be written has its reason told all the same
            if lines:
                text = "\n".join(lines) + "\n"  # with a mark and CRLF: the Notepad of any Windows reads it
                self._file.write_text(text, encoding="utf-8-sig", errors="replace", newline="\r\n")
            else:
                self._file.unlink(missing_ok=True)
        return new
