"""What is known of each plugin from one run to the next: rights granted, quarantine, what it missed.

One folder a plugin, one small file a fact, each replaced whole: the command line and a running bridge may write at the
same time. No file holds anything of a patient: an event that a plugin missed is kept as the id of its item.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from dmp_core.plughost.manifest import Manifest

_GRANT, _QUARANTINE, _DISABLED, _ENABLED, _MISSED = (
    "grant.json",
    "quarantine.json",
    "disabled",
    "enabled",
    "missed.jsonl",
)
MOST_MISSED: Final = 10_000
"""Events that wait for one plugin; later ones are not kept."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody saw and granted. `publisher`: the distribution, or the key that signed it."""

    publisher: str
    hooks: tuple[str, ...]
    reads: tuple[str, ...]
    settings: tuple[str, ...] = ()

    @classmethod
    def asked_by(cls, manifest: Manifest, publisher: str) -> "Grant":
        """All that the manifest asks for."""
        return cls(
            publisher,
            tuple(sorted(manifest.hooks)),
            tuple(sorted(manifest.reads)),
            tuple(sorted(manifest.settings or ())),
        )

    def beyond(self, earlier: "Grant") -> tuple[str, ...]:
        """What this one asks for and the earlier one did not."""
        return tuple(
            f"{kind} {name}"
            for kind in ("hooks", "reads", "settings")
            for name in getattr(self, kind)
            if name not in getattr(earlier, kind)
        )


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Since which version, and why."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A fact that a plugin was not told of: the hook, the item, its type, its state then; how often it failed."""

    hook: str
    item: str
    type_id: str
    state: str = ""
    tries: int = field(default=0)


class Ledger:
    """The facts under one folder. Raises OSError where the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()

    def grant(self, plugin: str) -> Grant | None:
        data = self._read(plugin, _GRANT)
        if data is None:
            return None
        return Grant(data["publisher"], *(tuple(data[name]) for name in ("hooks", "reads", "settings")))

    def forget(self, plugin: str) -> None:
        """It was removed: what it was granted, how it was switched, that it misbehaved. What it missed stays."""
        self.lift(plugin)
        self.switch(plugin, None)
        (self._folder / plugin / _GRANT).unlink(missing_ok=True)

    def keep_grant(self, plugin: str, grant: Grant) -> None:
        self._write(plugin, _GRANT, asdict(grant))

    def quarantine(self, plugin: str) -> Quarantine | None:
        data = self._read(plugin, _QUARANTINE)
        return Quarantine(data["version"], data["reason"]) if data else None

    def keep_quarantine(self, plugin: str, quarantine: Quarantine) -> None:
        self._write(plugin, _QUARANTINE, asdict(quarantine))

    def lift(self, plugin: str) -> None:
        """End the quarantine."""
        (self._folder / plugin / _QUARANTINE).unlink(missing_ok=True)

    def switched(self, plugin: str) -> bool | None:
        """True, False: switched on, off by hand; None: as the configuration says."""
        if (self._folder / plugin / _DISABLED).exists():
            return False
        return True if (self._folder / plugin / _ENABLED).exists() else None

    def switch(self, plugin: str, on: bool | None) -> None:
        for name, wanted in ((_ENABLED, on is True), (_DISABLED, on is False)):
            if wanted:
                self._write(plugin, name, {})
            else:
                (self._folder / plugin / name).unlink(missing_ok=True)

    def switches(self) -> Mapping[str, bool]:
        """Every plugin switched on or off by hand."""
        found = {path.parent.name: True for path in self._folder.glob(f"*/{_ENABLED}")}
        return found | {path.parent.name: False for path in self._folder.glob(f"*/{_DISABLED}")}

    def grants(self) -> Mapping[str, Grant | None]:
        """Every grant."""
        return {path.parent.name: self.grant(path.parent.name) for path in self._folder.glob(f"*/{_GRANT}")}

    def switched_on(self) -> tuple[str, ...]:
        """Plugins switched on by hand."""
        return tuple(sorted(path.parent.name for path in self._folder.glob(f"*/{_ENABLED}")))

    def miss(self, plugin: str, missed: Missed) -> bool:
        """Keep it for later; False where too much waits already."""
        file = self._folder / plugin / _MISSED
        line = json.dumps(asdict(missed)).encode() + b"\n"
        with self._turn:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if file.exists() and file.stat().st_size > MOST_MISSED * len(line):
                return False
            with file.open("ab") as stream:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
            return True

    def waiting(self) -> tuple[str, ...]:
        """Plugins that missed something."""
        return tuple(sorted(path.parent.name for path in self._folder.glob(f"*/{_MISSED}")))

    def missed(self, plugin: str) -> Sequence[Missed]:
        """What it missed, oldest first; a line that was cut by a stop is left out."""
        return tuple(self._lines(self._folder / plugin / _MISSED))

    def told(self, plugin: str, missed: Missed) -> None:
        """It waits no more."""
        file = self._folder / plugin / _MISSED
        with self._turn:
            left = list(self._lines(file))
            if missed in left:
                left.remove(missed)
            if left:
                _replace(file, b"".join(json.dumps(asdict(each)).encode() + b"\n" for each in left))
            else:
                file.unlink(missing_ok=True)

    def _lines(self, file: Path) -> Iterator[Missed]:
        if not file.exists():
            return
        for line in file.read_bytes().splitlines():
            try:
                yield Missed(**json.loads(line))
            except (ValueError, TypeError):
                continue

    def _read(self, plugin: str, name: str) -> dict[str, Any] | None:
        try:
            data: dict[str, Any] = json.loads((self._folder / plugin / name).read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return data

    def _write(self, plugin: str, name: str, data: dict[str, Any]) -> None:
        (self._folder / plugin).mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(self._folder / plugin / name, json.dumps(data, indent=1).encode())


def _replace(file: Path, content: bytes) -> None:
    """Write a file whole: after a stop there is the old one or the new one."""
    draft = file.with_name(f".{file.name}.new")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
