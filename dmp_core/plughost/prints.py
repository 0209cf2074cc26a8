"""What plugins print, kept for whoever looks: a bounded file each, of which the newest part stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from dmp_core import log

MOST: Final = 200_000
"""Bytes of one file; two are kept."""


class Prints:
    """The files in one folder. Where `text` is False only the sizes are kept: what is printed may be a patient's."""

    def __init__(self, folder: Path, *, text: bool) -> None:
        self._folder = folder
        self._text = text

    def of(self, plugin: str) -> Callable[[bytes], None]:
        """Where the pieces of one plugin go. Never raises: a full disk stops no plugin."""

        def printed(piece: bytes) -> None:
            if not piece:
                return
            kept = piece[-MOST:] if self._text else f"[{len(piece)} bytes printed]\n".encode()
            try:
                self._append(plugin, kept)
            except OSError as error:
                log.warning("plughost.prints_lost", plugin=plugin, bytes=len(piece), error=type(error).__name__)

        return printed

    def read(self, plugin: str) -> str:
        """What is kept of one plugin, oldest first; what could steer a terminal is shown as it is written."""
        raw = b"".join(file.read_bytes() for file in (self._file(plugin, ".1"), self._file(plugin)) if file.exists())
        text = raw.decode("utf-8", "replace")
        return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)

    def _append(self, plugin: str, piece: bytes) -> None:
        file = self._file(plugin)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.exists() and file.stat().st_size + len(piece) > MOST:
            file.replace(self._file(plugin, ".1"))
        with file.open("ab") as stream:
            stream.write(piece)
        file.chmod(0o600)

    def _file(self, plugin: str, rank: str = "") -> Path:
        return self._folder / f"{plugin}.log{rank}"
