"""What a window is made of: the method that it draws, what its buttons ask, its templates.

To write one: a module with a subclass of `Panel`, templates beside the others, one line in `registry.PANELS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol, Self

from hostbridge.protocol.messages import Message, Nothing


class Ask(Protocol):
    """The seat, as a window has it."""

    def __call__(self, method: str, params: Mapping[str, Any]) -> Any:
        """`ask("feed/describe", {"item": ...})` gives the method's result, for the operator who works there now.

        Raises DmpError where the method refuses, RpcError where its parameters are wrong.
        """
        ...

    @property
    def now(self) -> datetime:
        """The time of the app, in UTC."""
        ...

    @property
    def heard(self) -> int:
        """Another number after each thing that the core told."""
        ...


Form = Mapping[str, str]
"""What the window sends: names of fields and their text; a box that is not ticked is absent."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A template and what it is given. `status` 200 unless the page is no longer there; `onward`: where to go next."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    status: int = 200
    onward: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Same:
    """The window shows already what there is: nothing is drawn again."""


@dataclass(frozen=True, slots=True)
class File:
    """Bytes of a window that are no template of ours, with their own headers: a document that is shown."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str]

    @classmethod
    def table(cls, csv: str, name: str) -> Self:
        """A table to keep, with the mark that makes a spreadsheet read it as UTF-8. `name`: ASCII, no quotes."""
        disposition = f'attachment; filename="{name}"'
        headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": disposition}
        return cls(csv.encode("utf-8-sig"), headers)


class Panel:
    """One kind of window. `ask` is the only way to the pharmacy's data.

    `parts`, `actions` and `files` name methods of the class. Parts are read (GET), actions change something (POST).
    """

    name: ClassVar[str]
    """In addresses and in `panel/open`: lower-case letters and hyphens."""
    title: ClassVar[str]
    """At the top of the window, in French."""
    template: ClassVar[str]
    method: ClassVar[str]
    """The method whose answer the window draws, as `answer` in the template."""
    opened_with: ClassVar[type[Message]] = Nothing
    """What `panel/open` takes for it, as `opened` in the template."""
    parts: ClassVar[tuple[str, ...]] = ()
    actions: ClassVar[tuple[str, ...]] = ()
    files: ClassVar[tuple[str, ...]] = ()

    def question(self, opened: Any) -> Mapping[str, Any]:
        """Parameters of `method`: those that the window was opened with, unless a panel says otherwise."""
        asked: dict[str, Any] = opened.model_dump(mode="json")
        return asked

    def draw(self, ask: Ask, opened: Any) -> Drawn:
        """The whole window."""
        return Drawn(self.template, {"answer": ask(self.method, self.question(opened))})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every window shows besides its own: where it is, and in which environment."""

    environment: str
    words: str


WORDS: Final = {"simulation": "Simulation : aucun patient réel", "homologation": "Homologation : aucun patient réel"}
"""The banner where the environment is not production."""


def surroundings(environment: str) -> Surroundings:
    return Surroundings(environment, WORDS.get(environment, ""))
