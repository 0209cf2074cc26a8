"""Hands each drop to the bridge, and moves it where it then belongs. Only the bridge's acceptance makes it *traité*."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from dmp_core.api import ContentInvalid
from dmp_core.api.mapping import FileMapping
from host_folder.drops import Drop, exports, saved, with_sidecars
from hostbridge.clients.python import BridgeClient, BridgeError, BridgeGone, BridgeTimeout

DONE: Final = "traites"
REFUSED: Final = "refuses"
_REASON: Final = ".raison.txt"


class Intake:
    """One watched folder. `look` is one pass: it never waits for a file, and never raises for what one holds."""

    def __init__(self, folder: Path, client: BridgeClient, mapping: FileMapping | None) -> None:
        self._folder = folder
        self._client = client
        self._mapping = mapping
        self._sizes: dict[Path, tuple[int, int]] = {}
        for name in (DONE, REFUSED):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def look(self, tell: Callable[[str], None] = lambda _line: None) -> int:
        """Take every drop that is whole; gives how many left the folder. `tell` hears what happened, without names."""
        taken = 0
        for drop in self._drops():
            drop, outcome = self._hand_over(drop)
            if outcome is None:
                tell("en attente : le pont ne répond pas, le fichier reste dans le dépôt")
                break
            self._move(drop, outcome)
            tell("traité" if not outcome else "refusé : la raison est à côté du fichier")
            taken += 1
        return taken

    def _drops(self) -> list[Drop]:
        """The drops that nobody is still writing: same size and time as at the last look."""
        now = {}
        for entry in os.scandir(self._folder):
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".") and not entry.name.endswith("~"):
                stat = entry.stat(follow_symlinks=False)
                now[Path(entry.path)] = (stat.st_size, stat.st_mtime_ns)
        still = sorted(file for file, seen in now.items() if self._sizes.get(file) == seen)
        self._sizes = now
        return list(with_sidecars(still) if self._mapping is None else exports(still, self._mapping))

    def _hand_over(self, drop: Drop) -> tuple[Drop, list[str] | None]:
        """The drop with all its files, and what is wrong with it; empty: accepted; None: the bridge could not say."""
        try:
            wanted, drop = saved(drop, self._mapping)
        except ContentInvalid as error:
            return drop, [f"{finding.path} : {finding.remedy}" for finding in error.findings] or [error.detail]
        except OSError:
            return drop, ["Le fichier ne peut pas être lu : vérifiez les droits du dossier."]
        return drop, self._said(wanted)

    def _said(self, wanted: list[dict[str, Any]]) -> list[str] | None:
        wrong: list[str] = []
        for params in wanted:
            try:
                self._client.call("document/saved", params)
            except (BridgeGone, BridgeTimeout):
                return None
            except BridgeError as error:
                wrong.append(_told(error))
        return wrong

    def _move(self, drop: Drop, wrong: list[str]) -> None:
        target = self._folder / (REFUSED if wrong else DONE)
        for file in drop.files:
            file.replace(_free(target / file.name))
        if wrong:
            _free(target / f"{drop.name}{_REASON}").write_text("\n".join(wrong) + "\n", encoding="utf-8")


def _told(error: BridgeError) -> str:
    data: dict[str, Any] = error.data
    words = (data.get("sentence"), data.get("detail"), data.get("remedy"))
    return " ".join(word for word in words if word) or f"Erreur {error.code} du pont."


def _free(path: Path) -> Path:
    """`path`, or with a number where something stands there already: nothing is ever overwritten."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return found
