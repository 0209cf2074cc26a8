"""A record of more documents than one list holds: the first ones are shown, it is said, and nothing counts as seen."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from dmp_core.cli.consult import command
from dmp_core.model.listing import Cut, Empty, RecordFilter, Scope

FEW = "[consultation]\nmost_rows = 5\n"


@pytest.fixture
def long_record(make_desk: Callable[..., Any]) -> Any:
    """A desk whose lists hold five rows, before a record of a dozen documents."""
    return make_desk(extra=FEW)


def test_a_list_ends_at_its_limit_and_says_what_to_do(long_record: Any) -> None:
    listing = long_record.list("all")

    assert len(listing.rows) == 5
    assert listing.cut.rows == 5
    assert "plus de 5 documents" in listing.cut.text
    assert "choisissez une période ou un type de document" in listing.cut.text


def test_the_limit_is_written_as_french_readers_write_it() -> None:
    text = Cut.after(5_000).text

    assert "plus de 5\u202f000 documents" in text


def test_a_record_of_just_as_many_documents_is_whole(make_desk: Callable[..., Any]) -> None:
    count = len(make_desk().list("all").rows)
    desk = make_desk(extra=f"[consultation]\nmost_rows = {count}\n")

    listing = desk.list("all")

    assert (len(listing.rows), listing.cut) == (count, None)


def test_no_section_is_called_empty_where_its_documents_may_be_among_the_others(long_record: Any) -> None:
    empties = {section.section: section.empty for section in long_record.list("all").sections if not section.count}

    assert empties.pop("contacts") is Empty.NOT_ASKED  # people, whom TD1.3a names
    assert set(empties.values()) == {Empty.CUT}


def test_what_was_not_read_does_not_count_as_seen(make_desk: Callable[..., Any], long_record: Any) -> None:
    long_record.list()
    long_record.reopen()

    again = long_record.list()

    assert again.scope is Scope.FIRST
    assert again.cut is not None


def test_a_narrower_question_shows_the_others(long_record: Any) -> None:
    shown = {row.unique_id for row in long_record.list("all").rows}

    found = long_record.list("all", RecordFilter(section="results"))

    assert found.cut is None
    assert {row.section for row in found.rows} == {"results"}
    assert {row.unique_id for row in found.rows} - shown


def test_a_list_that_was_cut_leaves_the_record_free_for_the_next(long_record: Any) -> None:
    long_record.list("all")

    other = long_record.list("all", RecordFilter(types=("11502-2",)))

    assert other.cut is None
    assert long_record.asked == ["TD3.1", "TD3.1"]


def test_the_host_is_told(long_record: Any, make_host: Callable[[Any], Any]) -> None:
    host = make_host(long_record)

    listed = host.about("dmp/list", since="all")

    assert len(listed["entries"]) == 5
    assert listed["cut"]["rows"] == 5
    assert listed["cut"]["text"].startswith("La liste n’est pas complète")


def test_the_command_line_says_it(long_record: Any) -> None:
    long_record.app.close()
    config = next(long_record.folder.glob("dmp-*/dmp.toml"))
    config.write_text(f"{config.read_text(encoding='utf-8')}\n{FEW}", encoding="utf-8")

    told = CliRunner().invoke(command, ["--all", "-", "--config", str(config)], input="279035121518989\n")

    assert "La liste n’est pas complète\u00a0: plus de 5 documents" in told.output
