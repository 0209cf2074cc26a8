"""What the counter reads of a record that was listed, and what is left unsaid."""

import doctest
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import deja_au_dmp
import deja_au_dmp.words
import pytest

from dmp_core.api import Badge, Code, Context, RecordEntry, RecordListed, ShowMessage
from dmp_core.plughost.manifest import read

MANIFEST = read(Path(deja_au_dmp.__file__).with_name("dmp-plugin.toml"))
DEFAULTS: dict[str, Any] = {name: one.default for name, one in (MANIFEST.settings or {}).items()}


def told(*entries: RecordEntry, **settings: Any) -> tuple[list[str], list[str]]:
    """The messages, with plain spaces, and the documents that are marked."""
    ctx = Context(now=datetime(2026, 1, 15, 9, 30, tzinfo=UTC), settings=DEFAULTS | settings)
    actions = deja_au_dmp.on_record_listed(RecordListed(host_id="p", entries=entries), ctx) or []
    messages = [each.text.replace("\u00a0", " ") for each in actions if isinstance(each, ShowMessage)]
    return messages, [each.unique_id for each in actions if isinstance(each, Badge)]


def entry(unique_id: str, when: str | None, type_code: str = "11502-2") -> RecordEntry:
    code = Code(code=type_code, system="2.16.840.1.113883.6.1")
    return RecordEntry(unique_id=unique_id, entry_uuid="u", status="s", type_code=code, service_start_time=when)


@pytest.mark.parametrize(
    ("type_code", "when", "sentence"),
    [
        ("11502-2", "20260112", "Un examen de biologie du 12 janvier est déjà au DMP."),
        ("18748-4", "20260101083000", "Un examen d’imagerie du 1er janvier est déjà au DMP."),
        ("11502-2", "20260111230000", "Un examen de biologie du 12 janvier est déjà au DMP."),
        ("60593-1", "20251220", "Une dispensation du 20 décembre 2025 est déjà au DMP."),
        ("87273-9", "20260115", "Une vaccination du 15 janvier est déjà au DMP."),
    ],
)
def test_a_recent_document_is_told_in_one_sentence_and_marked(type_code: str, when: str, sentence: str) -> None:
    assert told(entry("1.1", when, type_code)) == ([sentence], ["1.1"])


def test_each_kind_is_told_once_by_its_newest_document() -> None:
    rows = (entry("1.1", "20260102"), entry("1.2", "20260112"), entry("1.3", "20260110", "87273-9"))

    messages, marked = told(*rows)

    assert messages == [
        "Un examen de biologie du 12 janvier est déjà au DMP.",
        "Une vaccination du 10 janvier est déjà au DMP.",
    ]
    assert marked == ["1.2", "1.3", "1.1"]


@pytest.mark.parametrize(
    "row",
    [
        entry("1.1", "20251016"),
        entry("1.1", "20260116"),
        entry("1.1", None),
        entry("1.1", "2026"),
        entry("1.1", "20260112", "34133-9"),
        RecordEntry(unique_id="1.1", entry_uuid="u", status="s", service_start_time="20260112"),
    ],
    ids=["older", "yet to come", "no time", "no day", "another type", "no type"],
)
def test_nothing_else_is_told(row: RecordEntry) -> None:
    assert told(row) == ([], [])


def test_days_and_types_are_settings() -> None:
    old, radio = entry("1.1", "20251017"), entry("1.2", "20260112", "34133-9")

    assert told(old)[1] == ["1.1"]
    assert told(old, days=7) == ([], [])
    assert told(radio, types={"34133-9": "imagerie"})[1] == ["1.2"]
    assert told(radio, types={"34133-9": "autre chose"}) == ([], [])


def test_a_long_record_gives_a_hundred_marks_at_most() -> None:
    assert len(told(*(entry(f"1.{n}", "20260112") for n in range(150)))[1]) == 100


def test_an_empty_record_is_silent() -> None:
    assert told() == ([], [])


def test_the_example_of_the_docstring_is_so() -> None:
    assert doctest.testmod(deja_au_dmp.words).failed == 0
