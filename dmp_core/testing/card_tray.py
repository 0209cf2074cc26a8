"""Emulated cards that a hand puts in and takes out: two readers of a simulation, as a file beside it says.

`tray.json` in the folder of `dmp simulate --cards` says which card is in which reader (`readers`) and which there are
(`cards`, with words for whoever chooses one); any program may change it. The program that has the readers looks at it
every 0.2 s; a card keeps its tries as long as that program runs.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from dmp_core.errors import ConfigInvalid
from dmp_core.model.practitioner import Practitioner
from dmp_core.ports import ReaderState
from dmp_core.simulator.cards.apdu import UNKNOWN_COMMAND, Answer
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
FILE: Final = "tray.json"
EXPIRED: Final = "pki-expired"
"""The folder with the pairs of the same professional whose dates are over."""
_LOOK: Final = 0.2  # seconds
KINDS: Final[Mapping[str, str]] = {
    "cps": f"CPS3 de la titulaire, code {PIN}",
    "cps4": f"CPS4 de la titulaire, code {PIN}",
    "cps-colleague": f"CPS3 de l’adjointe, code {PIN}",
    "cps-elsewhere": f"CPS3 de la titulaire qui n’exerce pas dans cette pharmacie, code {PIN}",
    "cps-blocked": "CPS3 de la titulaire, code bloqué",
    "cps-expired": "CPS3 de la titulaire, certificats expirés",
    "cps-contactless": "CPS3 posée sur un lecteur sans contact",
    "vitale": "Vitale du premier patient",
    "vitale-2": "Vitale du deuxième patient, avec le premier comme ayant droit",
    "vitale-1": "Vitale de première génération, illisible",
    "other": "autre carte à puce",
    "mute": "carte qui ne répond jamais",
}


class CardTray:
    """The file, for whoever puts cards in and takes them out."""

    def __init__(self, folder: Path) -> None:
        """`folder`: of `dmp simulate`. Raises ConfigInvalid where it is none."""
        if not (folder / "counter.json").is_file():
            raise ConfigInvalid("cards.emulated: no folder of `dmp simulate`")
        self._file = folder / FILE

    def cards(self) -> dict[str, str | None]:
        """The kind of card in each reader, None where it is empty."""
        try:
            said = json.loads(self._file.read_bytes())["readers"]
            return {reader: said.get(reader) if said.get(reader) in KINDS else None for reader in READERS}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return dict.fromkeys(READERS)

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
        draft.write_text(json.dumps({"readers": cards, "cards": KINDS}, ensure_ascii=False, indent=2), encoding="utf-8")
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


class OtherCard:
    """A bank's card, or whatever is put in by mistake."""

    atr = bytes.fromhex("3B65000020630BA000")

    def reset(self) -> None:
        """It has no state."""

    def apdu(self, _command: bytes) -> bytes | None:
        return bytes(Answer(UNKNOWN_COMMAND))


def _maker(folder: Path) -> Mapping[str, Callable[[], EmulatedCard]]:
    counter = Counter.model_validate_json((folder / "counter.json").read_bytes())
    practitioner, structure = counter.operator.practitioner, counter.structure
    assert practitioner is not None, "the counter's operator is a professional"
    pki, people = Pki.load(folder / "pki"), [person_of(patient) for patient in counter.patients]
    elsewhere = structure.model_copy(update={"national_id": "1990000009", "name": "PHARMACIE D’AILLEURS"})

    def cps(person: Practitioner = practitioner, *, at: Pki = pki) -> Holder:
        return Holder.of(at, person, structure)

    return {
        "cps": lambda: Cps3(cps()),
        "cps4": lambda: Cps4(cps(), serial="2800123457"),
        "cps-colleague": lambda: Cps3(cps(counter.colleague or practitioner), serial="2800123458"),
        "cps-elsewhere": lambda: Cps3(replace(cps(), structures=(elsewhere,)), serial="2800123459"),
        "cps-blocked": lambda: _blocked(Cps3(cps(), serial="2800123460")),
        "cps-expired": lambda: Cps3(cps(at=Pki(folder / EXPIRED)), serial="2800123461"),
        "cps-contactless": lambda: Cps3Contactless(cps(), serial="2800123462"),
        "vitale": lambda: Vitale2(people[:1]),
        "vitale-2": lambda: Vitale2(people[1::-1]),
        "vitale-1": lambda: Vitale1(people[:1]),
        "other": OtherCard,
        "mute": lambda: LIARS["mute"](Vitale2(people[:1])),
    }


def _blocked(card: Cps3) -> Cps3:
    card.pin.tries = 0
    return card
