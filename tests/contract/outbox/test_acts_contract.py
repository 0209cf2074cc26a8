"""What every ActStore must do, whatever holds the rows."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dmp_core.errors import OutboxUnreadable
from dmp_core.model.act import Act
from dmp_core.ports import ActStore

MakeActs = Callable[[], ActStore]
PHARMACY, OTHER = "1990000001", "1990000002"


def act(record: str = "record-1", **given: Any) -> Act:
    return Act(**{"record": record, "type_id": "bilan-medication", "done_on": date(2026, 3, 2), **given})


def test_declared_acts_are_those_of_their_year_by_date(acts: ActStore) -> None:
    declared = [act("b"), act("a"), act("early", done_on=date(2026, 1, 1)), act("before", done_on=date(2025, 12, 31))]

    acts.declare(PHARMACY, declared)

    assert [one.record for one in acts.of_year(PHARMACY, 2026)] == ["early", "a", "b"]
    assert [one.record for one in acts.of_year(PHARMACY, 2025)] == ["before"]


def test_an_act_is_given_back_whole_after_reopening(make_acts: MakeActs) -> None:
    whole = act(host_id="patient-1", operator="operator-1", refused=True)
    make_acts().declare(PHARMACY, [whole])

    assert make_acts().of_year(PHARMACY, 2026) == [whole]


def test_the_same_record_again_takes_its_place_also_in_another_year(acts: ActStore) -> None:
    acts.declare(PHARMACY, [act()])

    acts.declare(PHARMACY, [act(done_on=date(2025, 3, 2))])

    assert acts.of_year(PHARMACY, 2026) == []
    assert len(acts.of_year(PHARMACY, 2025)) == 1


def test_one_record_may_be_two_acts_of_two_types(acts: ActStore) -> None:
    acts.declare(PHARMACY, [act(), act(type_id="entretien-pharmaceutique")])

    assert len(acts.of_year(PHARMACY, 2026)) == 2


def test_what_was_taken_back_is_gone(acts: ActStore) -> None:
    acts.declare(PHARMACY, [act("kept"), act("gone")])

    acts.retract(PHARMACY, [act("gone"), act("never")])

    assert [one.record for one in acts.of_year(PHARMACY, 2026)] == ["kept"]


def test_pharmacies_are_kept_apart(acts: ActStore) -> None:
    acts.declare(PHARMACY, [act()])

    assert acts.of_year(OTHER, 2026) == []


def test_no_record_and_no_patient_stands_in_clear_on_the_disk(make_acts: MakeActs, tmp_path: Path) -> None:
    acts = make_acts()
    acts.declare(PHARMACY, [act("ZQRECORD42", host_id="ZQPATIENT42")])
    acts.close()

    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"ZQRECORD42" not in written
    assert b"ZQPATIENT42" not in written


def test_a_lost_secret_is_told(make_acts: MakeActs, tmp_path: Path) -> None:
    acts = make_acts()
    acts.declare(PHARMACY, [act()])
    acts.close()
    for key in (tmp_path / "keys").iterdir():
        key.unlink()

    with pytest.raises(OutboxUnreadable):
        make_acts()
