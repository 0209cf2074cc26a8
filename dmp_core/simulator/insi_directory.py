"""The persons whom the simulated INSi knows, and how it finds them by their traits.

`insi_people.json` holds fictitious persons under the test register; but for the two patients of ANS's examples their
numbers name a commune 999, which no department has. Dates are `yyyy-MM-dd`, `00` where day or month are unknown.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

PEOPLE: Final = Path(__file__).with_name("insi_people.json")


@dataclass(frozen=True, slots=True)
class Matricule:
    """An INS: 13 characters and key, register, and the days between which it was in force."""

    number: str = field(repr=False)
    oid: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the register, traits in INSi's spelling."""

    ins: Matricule
    birth_name: str = field(repr=False)
    given_names: tuple[str, ...] = field(repr=False)
    sex: str = field(repr=False)
    birth_date: str = field(repr=False)
    birth_place: str = field(repr=False)
    history: tuple[Matricule, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The traits of a question. `birth_place` '' where it was not given."""

    birth_name: str = field(repr=False)
    given_names: tuple[str, ...] = field(repr=False)
    sex: str = field(repr=False)
    birth_date: str = field(repr=False)
    birth_place: str = field(default="", repr=False)


class Directory:
    """The register. A person is found where every trait asked for is theirs; given names count from the first on."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = tuple(people)

    @classmethod
    def load(cls, file: Path = PEOPLE) -> "Directory":
        return cls([_person(data) for data in json.loads(file.read_text(encoding="utf-8"))["people"]])

    def with_people(self, people: Iterable[Person]) -> "Directory":
        """The register with these, too, where it does not know their number."""
        known = {person.ins.number for person in self._people}
        return Directory([*self._people, *(person for person in people if person.ins.number not in known)])

    def search(self, wanted: Wanted) -> list[Person]:
        """Everybody who has these traits."""
        return [person for person in self._people if _is(person, wanted)]

    def verified(self, number: str, oid: str, wanted: Wanted) -> bool:
        """Whether that INS is in force and its person has these traits."""
        return any((one.ins.number, one.ins.oid) == (number, oid) for one in self.search(wanted))


def _is(person: Person, wanted: Wanted) -> bool:
    return (
        person.birth_name == wanted.birth_name
        and person.sex == wanted.sex
        and person.given_names[: len(wanted.given_names)] == wanted.given_names
        and wanted.birth_date in (person.birth_date, _completed(person.birth_date))
        and wanted.birth_place in ("", person.birth_place)
    )


def _completed(written: str) -> str:
    """What a software sends for a date of which parts are unknown (Guide INS, EXI ID 12)."""
    year, month, day = written.split("-")
    if (month, day) == ("00", "00"):
        return f"{year}-12-31"
    return f"{year}-{'01' if month == '00' else month}-{'01' if day == '00' else day}"


def _person(data: dict[str, Any]) -> Person:
    traits = {name: data[name] for name in ("birth_name", "sex", "birth_date", "birth_place")}
    history = tuple(Matricule(**past) for past in data.get("history", ()))
    names = tuple(data["given_names"])
    return Person(ins=Matricule(data["number"], data["oid"]), given_names=names, history=history, **traits)
