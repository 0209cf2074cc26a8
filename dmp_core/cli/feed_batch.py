"""`dmp feed --batch FILE`: documents of a past period, one JSON object a line, each with the date of its act.

A line holds what `document/saved` holds, and may name who wrote it: `author` (a practitioner), `author_listed` false
for somebody who has left the national directory.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
from pydantic import Field, ValidationError

from dmp_core.api.events import SavedDocument
from dmp_core.app import App
from dmp_core.cli.delivering import deliver
from dmp_core.cli.setting import show_json
from dmp_core.errors import DmpError, MessageInvalid
from dmp_core.model.item import Fault, OutboxItem, State
from dmp_core.model.practitioner import Practitioner, Who
from dmp_core.outbox.states import label
from dmp_core.services.feed.feeding import fault_of

_AT_ONCE: Final = 20  # items under way together: the DMP takes four a second


class BatchLine(SavedDocument):
    """One document of the past."""

    author: Practitioner | None = Field(default=None, description="None: who uses the command line")
    author_listed: bool = True

    def who(self, user: Who) -> Who:
        """Who answers for it: its author, or the user for an author who has left."""
        return user.model_copy(update={"author": self.author or user.author, "author_listed": self.author_listed})


class Batch:
    """Feeds the lines of a file; a line that cannot be fed stops no other. Repeated, it feeds what is missing."""

    def __init__(self, app: App, user: Who) -> None:
        self._app = app
        self._user = user
        self.failed: list[tuple[int, Fault]] = []
        self.counts: dict[State, int] = {}

    def run(self, lines: Sequence[bytes]) -> Iterator[int]:
        """Gives the number of lines done, as they are done."""
        numbered = iter(enumerate(lines, 1))
        while chunk := list(islice(numbered, _AT_ONCE)):
            accepted = {}
            for number, line in chunk:
                try:
                    accepted[self._accept(line).id] = number
                except DmpError as error:
                    self.failed.append((number, fault_of(error)))
                    yield 1
            for item in deliver(self._app, list(accepted)):
                self._note(accepted[item.id], item)
                yield 1

    def _accept(self, line: bytes) -> OutboxItem:
        try:
            entry = BatchLine.model_validate_json(line)
        except ValidationError as error:
            places = ", ".join(".".join(map(str, one["loc"])) or "line" for one in error.errors())
            raise MessageInvalid(places) from None
        saved = SavedDocument.model_validate({name: getattr(entry, name) for name in SavedDocument.model_fields})
        return self._app.intake.save(saved, entry.who(self._user))

    def _note(self, number: int, item: OutboxItem) -> None:
        self.counts[item.state] = self.counts.get(item.state, 0) + 1
        if item.state is not State.SENT and item.fault is not None:
            self.failed.append((number, item.fault))


def feed_batch(app: App, user: Who, file: Path, *, as_json: bool) -> None:
    """Feed every line of `file`, tell what became of them, and end with status 1 where one is not in the DMP."""
    lines = [line for line in file.read_bytes().splitlines() if line.strip()]
    app.outbox.recover(app.clock.now())
    batch = Batch(app, user)
    with click.progressbar(length=len(lines), label="DMP", file=sys.stderr, hidden=as_json) as bar:
        for done in batch.run(lines):
            bar.update(done)
    _show(batch, len(lines), as_json=as_json)
    if batch.counts.get(State.SENT, 0) < len(lines):
        sys.exit(1)


def _show(batch: Batch, total: int, *, as_json: bool) -> None:
    failures: list[dict[str, Any]] = [{"line": number, **fault.model_dump()} for number, fault in batch.failed]
    if as_json:
        show_json({"lines": total, "states": batch.counts, "failures": failures})
        return
    click.echo(f"{total} documents : " + ", ".join(f"{count} {label(state)}" for state, count in batch.counts.items()))
    for number, fault in batch.failed:
        click.echo(f"  ligne {number} : {fault.sentence} {fault.detail} [{fault.code}]\n    {fault.remedy}", err=True)
