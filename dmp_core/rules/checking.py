"""All checks on a document: the project's own, then the rules of ANS of the set chosen."""

from pathlib import Path
from typing import Final, Self

from dmp_core.documents import checks
from dmp_core.model.finding import Finding
from dmp_core.rules.book import RuleBook
from dmp_core.rules.installation import names

FOLDER: Final = "rules"  # in the data folder


class DocumentChecks:
    """What stands between a document and its sending. `book`: None where no set of rules is installed."""

    def __init__(self, book: RuleBook | None) -> None:
        self.book = book

    @classmethod
    def of(cls, data: Path, chosen: str | None) -> Self:
        """The checks with the set chosen; none chosen: the only set that stands there, if it is alone.

        Raises RulesAbsent where that set is not there, is damaged, or was installed by another version.
        """
        there = names(data / FOLDER)
        name = chosen or (there[0] if len(there) == 1 else None)
        return cls(RuleBook(data / FOLDER / name) if name else None)

    def check(self, cda: bytes) -> tuple[Finding, ...]:
        """Everything that is found. The rules of ANS say nothing of a file that is no document."""
        own = checks.check(cda)
        return own if self.book is None else (*own, *self.book.check(cda))

    def close(self) -> None:
        if self.book is not None:
            self.book.close()
