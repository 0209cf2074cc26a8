"""Emulated cards that a command puts in and takes out: two readers of a simulation, as a file beside it says.

`tray.json` in the folder of `dmp simulate` says which card is in which reader. The program that has the readers looks
at it every 0.2 s; a card keeps its tries as long as that program runs.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from dmp_core.errors import ConfigInvalid
from dmp_core.ports import ReaderState
from dmp_core.simulator.cards.cps3 import Cps3, Cps3Contactless
from dmp_core.simulator.cards.cps4 import Cps4
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.cards.liars import LIARS
from dmp_core.simulator.cards.vitale import Vitale1, Vitale2, person_of
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.pki import Pki
from dmp_core.testing.readers import EmulatedCard, EmulatedReaders

READERS: Final = ("Lecteur 1", "Lecteur 2")
PIN: Final = "1234"
_FILE: Final = "tray.json"
_LOOK: Final = 0.2  # seconds
KINDS: Final[Mapping[str, str]] = {
    "cps": f"a CPS3 of the counter's pharmacist, PIN {PIN}",
    "cps4": f"a CPS4 of the same pharmacist, PIN {PIN}",
    "cps-blocked": "a CPS3 whose PIN is blocked",
    "cps-contactless": "a CPS3 laid on a contactless reader",
    "vitale": "the carte Vitale of the first patient",
    "vitale-2": "the carte Vitale of the second patient, with the third as a dependant",
    "vitale-1": "a carte Vitale of the first generation, unreadable",
    "mute": "a card that never answers",
}


class CardTray:
    """The file, for whoever puts cards in and takes them out."""

    def __init__(self, folder: Path) -> None:
        """`folder`: of `dmp simulate`. Raises ConfigInvalid where it is none."""
        if not (folder / "counter.json").is_file():
            raise ConfigInvalid("cards.emulated: no folder of `dmp simulate`")
        self._file = folder / _FILE

    def cards(self) -> dict[str, str | None]:
        """The kind of card in each reader, None where it is empty."""
        try:
            said = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            said = {}
        return {reader: said.get(reader) if said.get(reader) in KINDS else None for reader in READERS}

    def insert(self, kind: str, reader: str | None = None) -> str:
        """Put a card in, into the first empty reader where none is named; the reader. Raises ConfigInvalid."""
        now = self.cards()
        chosen = reader or next((name for name, card in now.items() if card is None), None)
        if kind not in KINDS or chosen not in now:
            raise ConfigInvalid("no such card or reader, or no reader is empty: see `dmp cards list`")
        if now[chosen] is not None:
            raise ConfigInvalid("that reader is not empty: `dmp cards remove` first")
        self._write({**now, chosen: kind})
        return chosen

    def remove(self, reader: str | None = None) -> Sequence[str]:
        """Take a card out, or all of them; the readers that are empty now and were not."""
        now = self.cards()
        taken = [name for name, card in now.items() if card is not None and reader in (None, name)]
        self._write({name: None if name in taken else card for name, card in now.items()})
        return taken

    def empty(self) -> None:
        self._write(dict.fromkeys(READERS))

    def _write(self, cards: Mapping[str, str | None]) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(cards, indent=2), encoding="utf-8")
        draft.replace(self._file)


class TrayReaders(EmulatedReaders):
    """The readers of a tray, for the program that uses the cards."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigInvalid."""
        super().__init__(*READERS)
        self._tray = CardTray(folder)
        self._folder = folder
        self._made: dict[str, EmulatedCard] = {}
        self._in: dict[str, str | None] = dict.fromkeys(READERS)
        self._look()

    def wait(self, seconds: float) -> Sequence[ReaderState]:
        slices = max(1, round(seconds / _LOOK))
        for _ in range(slices):
            self._look()
            before = self._told
            states = super().wait(seconds / slices)
            if self._told != before:
                break
        return states

    def _look(self) -> None:
        """Do what the tray says."""
        for reader, kind in self._tray.cards().items():
            if kind == self._in[reader]:
                continue
            if self._in[reader] is not None:
                self.remove(reader)
            if kind is not None:
                self.insert(reader, self._card(kind))
            self._in[reader] = kind

    def _card(self, kind: str) -> EmulatedCard:
        """The same card each time: its tries stay."""
        if kind not in self._made:
            self._made[kind] = _maker(self._folder)[kind]()
        return self._made[kind]


def _maker(folder: Path) -> Mapping[str, Callable[[], EmulatedCard]]:
    counter = Counter.model_validate_json((folder / "counter.json").read_bytes())
    practitioner = counter.operator.practitioner
    assert practitioner is not None, "the counter's operator is a professional"
    holder = Holder.of(Pki.load(folder / "pki"), practitioner, counter.structure)
    people = [person_of(patient) for patient in counter.patients]
    return {
        "cps": lambda: Cps3(holder),
        "cps4": lambda: Cps4(holder),
        "cps-blocked": lambda: _blocked(holder),
        "cps-contactless": lambda: Cps3Contactless(holder),
        "vitale": lambda: Vitale2(people[:1]),
        "vitale-2": lambda: Vitale2(people[1:3]),
        "vitale-1": lambda: Vitale1(people[:1]),
        "mute": lambda: LIARS["mute"](Vitale2(people[:1])),
    }


def _blocked(holder: Holder) -> Cps3:
    card = Cps3(holder)
    card.pin.tries = 0
    return card
