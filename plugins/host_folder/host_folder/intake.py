"""Hands each drop to the bridge, and moves it where it then belongs. Only the bridge's acceptance makes it *traité*."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from dmp_core.api import ContentInvalid
from dmp_core.api.mapping import FileMapping
from host_folder.drops import Drop, exports, saved, with_sidecars
from host_folder.waiting import Waiting
from hostbridge.clients.python import BridgeClient, BridgeError, BridgeGone, BridgeTimeout

DONE: Final = "traites"
REFUSED: Final = "refuses"
_REASON: Final = ".raison.txt"
_UNFINISHED: Final = (".tmp", ".part", ".partial", ".crdownload", "~")
_OF_THE_DOCUMENT: Final = ("DMP-INPUT-", "DMP-IDENT-", "DMP-CONS-")
"""Codes of what is wrong with a document itself; any other error is mended elsewhere, and the document waits."""

Tell = Callable[[str], None]
Seen = tuple[int, int]


class Kept(Exception):
    """A drop that stays where it is for now, and why, in French."""


class Unreachable(Kept):
    """The bridge does not answer: the other drops stay as well."""


class Intake:
    """One watched folder. `look` is one pass: it waits for nothing, and no file or folder makes it raise."""

    def __init__(self, folder: Path, client: BridgeClient, mapping: FileMapping | None) -> None:
        self._folder = folder
        self._client = client
        self._mapping = mapping
        self._seen: dict[Path, Seen] = {}
        self._handed: dict[tuple[tuple[Path, Seen], ...], list[str]] = {}  # handed over, and not moved yet
        self._waiting = Waiting(folder)
        self._make_folders()

    def look(self, tell: Tell = lambda _line: None) -> int:
        """Take every drop that is whole; gives how many left the folder. `tell` hears what happened, without names."""
        taken, reasons = 0, dict[str, str]()
        try:
            for drop in self._drops(reasons):
                try:
                    wrong = self._take(drop)
                except Unreachable as reason:
                    reasons[drop.name] = str(reason)
                    break
                except Kept as reason:
                    reasons[drop.name] = str(reason)
                else:
                    tell("traité" if not wrong else "refusé : la raison est à côté du fichier")
                    taken += 1
        except OSError:
            self._seen = {}
            reasons[""] = "Le dossier surveillé est absent ou illisible : vérifiez son chemin, le réseau et ses droits."
        for line in self._waiting.news(reasons):
            tell(f"en attente : {line}")
        return taken

    def _drops(self, reasons: dict[str, str]) -> list[Drop]:
        """The drops that nobody is still writing: same size and time as at the last look, and not empty."""
        now = {}
        for entry in os.scandir(self._folder):
            name = entry.name
            if name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED) or name == Waiting.NAME:
                continue
            if entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):  # renamed or taken away meanwhile
                    stat = entry.stat(follow_symlinks=False)
                    now[Path(entry.path)] = (stat.st_size, stat.st_mtime_ns)
        still = sorted(file for file, seen in now.items() if self._seen.get(file) == seen and seen[0])
        self._seen = now
        drops = list(with_sidecars(still) if self._mapping is None else exports(still, self._mapping))
        if self._mapping is None:
            alone = set(still).difference(*(drop.files for drop in drops))
            reasons.update({file.name: "Il manque le document ou sa fiche .json du même nom." for file in alone})
        return drops

    def _take(self, drop: Drop) -> list[str]:
        """Hand it over and move it; what is wrong with it, empty where it was accepted. Raises Kept."""
        mark = tuple((file, self._seen[file]) for file in drop.files)
        if mark in self._handed:
            wrong = self._handed[mark]
        else:
            drop, wrong = self._hand_over(drop)
            self._handed[mark] = wrong
        try:
            self._move(drop, wrong)
        except OSError:
            raise Kept("Le fichier ne peut pas être déplacé : vérifiez les droits du dossier.") from None
        self._handed.pop(mark)
        return wrong

    def _hand_over(self, drop: Drop) -> tuple[Drop, list[str]]:
        """The drop with all its files, and what is wrong with it. Raises Kept."""
        try:
            wanted, drop = saved(drop, self._mapping)
        except ContentInvalid as error:
            return drop, [f"{finding.path} : {finding.remedy}" for finding in error.findings] or [error.detail]
        except OSError:
            raise Kept(
                "Le fichier ne peut pas être lu : un autre programme le tient, ou les droits manquent."
            ) from None
        wrong: list[str] = []
        for params in wanted:
            try:
                self._client.call("document/saved", params)
            except (BridgeGone, BridgeTimeout) as error:
                raise Unreachable(_told(error)) from None
            except BridgeError as error:
                if not str(error.data.get("code", "")).startswith(_OF_THE_DOCUMENT):
                    raise Kept(_told(error)) from None
                wrong.append(_told(error))
        return drop, wrong

    def _make_folders(self) -> None:
        """The folder itself is never made: a path that is wrong must be seen."""
        for name in (DONE, REFUSED):
            with contextlib.suppress(OSError):  # told at the next look, or when a file must be moved
                (self._folder / name).mkdir(exist_ok=True)

    def _move(self, drop: Drop, wrong: list[str]) -> None:
        """Raises OSError where a file stays; a second try goes on with what is left."""
        self._make_folders()
        target = self._folder / (REFUSED if wrong else DONE)
        for file in drop.files:
            if file.exists():
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
