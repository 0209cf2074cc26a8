"""Hands each drop to the bridge, and moves it where it then belongs. Only the bridge's acceptance makes it *traité*."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dmp_core.api import ContentInvalid
from dmp_core.api.mapping import FileMapping
from host_folder.drops import Drop, Missing, exports, saved, with_sidecars
from host_folder.moves import DONE, PASSED_OVER, REASON, REFUSED, Moves, Seen, seen
from host_folder.one_seat import OneSeat
from host_folder.reasons import OF_THE_DOCUMENT, Verdict, told_by
from host_folder.waiting import Waiting
from hostbridge.clients.python import BridgeClient, BridgeError, BridgeGone, BridgeTimeout

_UNFINISHED: Final = (".tmp", ".part", ".partial", ".crdownload", "~")
_FOLDER_GONE: Final = "Le dossier surveillé est absent ou illisible : vérifiez son chemin, le réseau et ses droits."
_NOT_OURS: Final = (
    "Un autre poste surveille déjà ce dossier : un seul suffit, et celui-ci prendra la suite s’il s’arrête."
)
_STUCK: Final = (
    "Le fichier ne peut pas être déplacé : vérifiez les droits du dossier, ou fermez le programme qui le tient."
)
_HELD: Final = "Le fichier ne peut pas être lu : un autre programme le tient, ou les droits manquent."
_CHANGED: Final = "Le fichier a changé pendant qu’il était lu : il est repris dès qu’il ne change plus."
_EXPORT_WAITS: Final = "Cet export attend un fichier qu’il nomme."
_WANTED: Final = "Ce fichier n’est pas là, ou pas entier ; un export le nomme : déposez-le ici."
_OLD_REASON: Final = "Ce fichier expliquait un refus : effacez-le."
_SAID: Final = {
    DONE: "traité",
    REFUSED: "refusé : la raison est à côté du fichier",
    PASSED_OVER: "écarté : la table n’y trouve aucun document",
}

Tell = Callable[[str], None]


class Kept(Exception):
    """A drop that stays where it is for now, and why, in French."""


class Unreachable(Kept):
    """The bridge does not answer: the other drops stay as well."""


class Intake:
    """One watched folder. `look` is one pass: it waits for nothing, and no file or folder makes it raise.

    `encoding`: of the sidecars.
    """

    def __init__(
        self, folder: Path, client: BridgeClient, mapping: FileMapping | None, encoding: str = "utf-8"
    ) -> None:
        self._folder = folder
        self._client = client
        self._mapping = mapping
        self._encoding = encoding
        self._seen: dict[Path, Seen] = {}
        self._whole: frozenset[Path] = frozenset()
        self._handed: dict[tuple[tuple[Path, Seen], ...], tuple[Drop, Verdict]] = {}  # handed over, and not moved yet
        self._lost_at: set[str] = set()  # drops at which the bridge was lost: the others go first
        self._waiting, self._moves, self._seat = Waiting(folder), Moves(folder), OneSeat(folder)
        for name in (DONE, REFUSED):  # the folder itself is never made: a path that is wrong must be seen
            with contextlib.suppress(OSError):  # told at the next look, or when a file must be moved
                (folder / name).mkdir(exist_ok=True)

    def look(self, tell: Tell = lambda _line: None, stopped: Callable[[], bool] = lambda: False) -> int:
        """Take every drop that is whole; gives how many left the folder. `tell` hears what happened, without names.

        `stopped`: whether to leave the rest for another time.
        """
        reasons: dict[str, str] = {}
        if self._seat.ours():
            taken = self._look(reasons, tell, stopped)
        else:
            taken, reasons[""] = 0, _NOT_OURS
        if not stopped():
            for line in self._waiting.news(reasons):
                tell(f"en attente : {line}")
        return taken

    def close(self) -> None:
        """Leave the folder to another seat."""
        self._seat.close()

    def _look(self, reasons: dict[str, str], tell: Tell, stopped: Callable[[], bool]) -> int:
        taken = 0
        try:
            taken += self._finish(reasons, tell)
            drops = sorted(self._drops(reasons), key=lambda drop: (drop.name in self._lost_at, drop.name))
            for drop in drops:
                if stopped():
                    break
                try:
                    place = self._take(drop)
                except Unreachable as reason:
                    self._lost_at.add(drop.name)
                    reasons[drop.name] = str(reason)
                    break
                except Missing as wanted:
                    reasons.update({drop.name: _EXPORT_WAITS, wanted.name: _WANTED})
                except Kept as reason:
                    reasons[drop.name] = str(reason)
                else:
                    tell(_SAID[place])
                    taken += 1
        except OSError:
            self._seen = {}
            reasons[""] = _FOLDER_GONE
        return taken

    def _finish(self, reasons: dict[str, str], tell: Tell) -> int:
        """Finish the moves that a crash or a locked file left half done."""
        done = 0
        for plan in self._moves.unfinished():
            try:
                place = self._moves.finish(plan)
            except OSError:
                reasons.update(dict.fromkeys(self._moves.names(plan), _STUCK))
            else:
                if place:
                    tell(_SAID[place])
                    done += 1
        return done

    def _drops(self, reasons: dict[str, str]) -> list[Drop]:
        """The drops that nobody is still writing: same size and time as at the last look, and not empty."""
        now: dict[Path, Seen] = {}
        for entry in os.scandir(self._folder):
            name = entry.name
            if name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED) or name == Waiting.NAME:
                continue
            if name in reasons or not entry.is_file(follow_symlinks=False):
                continue
            if name.endswith(REASON):
                reasons[name] = _OLD_REASON
                continue
            with contextlib.suppress(FileNotFoundError):  # renamed or taken away meanwhile
                stat = entry.stat(follow_symlinks=False)
                now[Path(entry.path)] = (stat.st_size, stat.st_mtime_ns)
        self._whole = frozenset(file for file, this in now.items() if self._seen.get(file) == this and this[0])
        self._seen = now
        alone: dict[str, str] = {}
        if self._mapping is None:
            drops = list(with_sidecars(sorted(now), self._whole, alone))
        else:
            drops = list(exports(sorted(now), self._whole, self._mapping.file.format, alone))
        reasons.update(alone)
        return drops

    def _take(self, drop: Drop) -> str:
        """Hand it over and move it; where to. Raises Kept, Missing."""
        mark = tuple((file, self._seen[file]) for file in drop.files)
        if mark in self._handed:
            drop, verdict = self._handed[mark]
        else:
            drop, verdict = self._hand_over(drop)
            self._handed[mark] = drop, verdict
        if not self._unchanged(drop):
            self._handed.pop(mark)
            raise Kept(_CHANGED)
        try:
            plan = self._moves.begin(drop.files, self._seen, verdict.place, verdict.text)
        except OSError:
            raise Kept(_STUCK) from None
        self._handed.pop(mark)
        try:
            return self._moves.finish(plan)
        except OSError:
            raise Kept(_STUCK) from None

    def _unchanged(self, drop: Drop) -> bool:
        try:
            return all(seen(file) == self._seen[file] for file in drop.files)
        except OSError:
            return False

    def _hand_over(self, drop: Drop) -> tuple[Drop, Verdict]:
        """The drop with all its files, and what becomes of it. Raises Kept, Missing."""
        verdict = Verdict()
        try:
            wanted, drop = saved(drop, self._mapping, self._encoding, self._whole)
        except ContentInvalid as error:
            verdict.unreadable(error)
            return drop, verdict
        except OSError:
            raise Kept(_HELD) from None
        if not self._unchanged(drop):
            raise Kept(_CHANGED)
        for params in wanted:
            try:
                self._client.call("document/saved", params)
            except (BridgeGone, BridgeTimeout) as error:
                raise Unreachable(told_by(error)) from None
            except BridgeError as error:
                if not str(error.data.get("code", "")).startswith(OF_THE_DOCUMENT):
                    raise Kept(told_by(error)) from None
                verdict.refused(error)
            else:
                verdict.accepted()
        self._lost_at.discard(drop.name)
        return drop, verdict
