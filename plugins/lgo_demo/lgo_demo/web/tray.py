"""The hand at the readers of this seat where its cards are emulated: `tray.json`, which their simulation reads."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Tray:
    """`readers`: the card in each, None where it is empty; `cards`: those that there are, with words for each."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    @property
    def readers(self) -> Mapping[str, str | None]:
        readers: Mapping[str, str | None] = self._read()["readers"]
        return readers

    @property
    def cards(self) -> Mapping[str, str]:
        cards: Mapping[str, str] = self._read()["cards"]
        return cards

    def put(self, reader: str, card: str | None) -> None:
        """Put a card in, in the place of what is in; None: take it out. Raises KeyError where there is none such."""
        with self._lock:
            said = self._read()
            if reader not in said["readers"] or (card is not None and card not in said["cards"]):
                raise KeyError(reader)
            said["readers"][reader] = card
            draft = self._file.with_suffix(".hand")
            draft.write_text(json.dumps(said, ensure_ascii=False, indent=2), encoding="utf-8")
            draft.replace(self._file)

    def _read(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        return said
