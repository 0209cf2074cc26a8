"""Documents of a past period: dated by their act, and of professionals who may have left."""

import json
from typing import Any

import pytest

from dmp_core.cli.feed_batch import Batch
from dmp_core.documents.reading import read_header
from dmp_core.model.item import State


def line(road: Any, key: str, **changes: Any) -> bytes:
    patient = json.loads(road.patient.model_dump_json())
    entry = {"key": key, "record": key, "type_id": "note-vaccination", "patient": patient, "content": road.vaccination}
    return json.dumps(entry | changes).encode()


@pytest.mark.exigence("SC.DMP/HISTO.03")
def test_a_batch_feeds_every_line_with_the_date_of_its_act(road: Any) -> None:
    days = [f"2024-0{month}-15" for month in range(1, 7)]
    lines = [line(road, day, content=road.vaccination | {"date": day}) for day in days]
    batch = Batch(road.app, road.who)

    done = sum(batch.run(lines))

    assert (done, batch.counts, batch.failed) == (6, {State.SENT: 6}, [])
    dates = sorted(document.facets.times["serviceStartTime"][:8] for document in road.registered())
    assert [date[:6] for date in dates] == [day[:7].replace("-", "") for day in days]


def test_a_batch_repeated_feeds_only_what_is_missing(road: Any) -> None:
    lines = [line(road, "one"), line(road, "two")]
    sum(Batch(road.app, road.who).run(lines[:1]))

    again = Batch(road.app, road.who)
    sum(again.run(lines))

    assert again.counts == {State.SENT: 2}
    assert len(road.registered()) == 2


def test_a_line_that_cannot_be_fed_stops_no_other_and_is_named(road: Any) -> None:
    lines = [b"{", line(road, "bad", content={"date": "2024-01-01"}), line(road, "good")]
    batch = Batch(road.app, road.who)

    assert sum(batch.run(lines)) == 3
    assert batch.counts == {State.REFUSED: 1, State.SENT: 1}
    assert [(number, fault.code) for number, fault in batch.failed] == [(1, "DMP-INPUT-001"), (2, "DMP-INPUT-010")]


@pytest.mark.exigence("RG_2230", "SC.DMP/HISTO.04")
def test_the_document_of_somebody_who_has_left_names_the_pharmacy_as_author_too(road: Any) -> None:
    left = {
        "national_id": "899700000009",
        "family": "PARTIE",
        "given": "LOU",
        "profession": "21",
        "section": "D",
    }
    batch = Batch(road.app, road.who)

    sum(batch.run([line(road, "old", author=left, author_listed=False)]))

    assert (batch.counts, batch.failed) == ({State.SENT: 1}, [])
    (document,) = road.registered()
    header = read_header(road.simulator.registry.content(document.unique_id))
    assert header.authors == ("LOU PARTIE", "PHARMACIE DE DEMONSTRATION")
