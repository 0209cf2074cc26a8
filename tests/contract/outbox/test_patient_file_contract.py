"""What every PatientFile must do, whatever holds the rows."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dmp_core.errors import OutboxUnreadable
from dmp_core.ports import PatientFile
from dmp_core.testing.clock import ManualClock

MakePatients = Callable[[], PatientFile]
PHARMACY, OTHER = "1990000001", "1990000002"
DAY = timedelta(days=1)


def test_what_was_written_is_read_back(patients: PatientFile, clock: ManualClock) -> None:
    patients.write(PHARMACY, "patient-1", "consent", b"\x00\xffvalue", now=clock.now())

    assert patients.read(PHARMACY, "patient-1", "consent") == b"\x00\xffvalue"


def test_what_was_written_is_there_after_reopening(make_patients: MakePatients, clock: ManualClock) -> None:
    make_patients().write(PHARMACY, "patient-1", "consent", b"value", now=clock.now())

    assert make_patients().read(PHARMACY, "patient-1", "consent") == b"value"


def test_nothing_was_written_reads_as_none(patients: PatientFile) -> None:
    assert patients.read(PHARMACY, "patient-1", "consent") is None


def test_a_later_value_takes_the_place_of_the_earlier(patients: PatientFile, clock: ManualClock) -> None:
    for value in (b"first", b"second"):
        patients.write(PHARMACY, "patient-1", "consent", value, now=clock.now())

    assert patients.read(PHARMACY, "patient-1", "consent") == b"second"


def test_patients_kinds_and_pharmacies_are_kept_apart(patients: PatientFile, clock: ManualClock) -> None:
    places = [
        (PHARMACY, "patient-1", "consent"),
        (PHARMACY, "patient-1", "visit"),
        (PHARMACY, "patient-2", "consent"),
        (OTHER, "patient-1", "consent"),
    ]

    for number, place in enumerate(places):
        patients.write(*place, str(number).encode(), now=clock.now())

    assert [patients.read(*place) for place in places] == [b"0", b"1", b"2", b"3"]


def test_a_forgotten_patient_has_nothing_left_and_others_have_all(patients: PatientFile, clock: ManualClock) -> None:
    for host_id in ("patient-1", "patient-2"):
        for kind in ("consent", "visit"):
            patients.write(PHARMACY, host_id, kind, b"value", now=clock.now())

    patients.forget(PHARMACY, "patient-1")

    kept = [patients.read(PHARMACY, host, kind) for host in ("patient-1", "patient-2") for kind in ("consent", "visit")]
    assert kept == [None, None, b"value", b"value"]


def test_a_forgotten_patient_may_come_back(patients: PatientFile, clock: ManualClock) -> None:
    patients.write(PHARMACY, "patient-1", "consent", b"before", now=clock.now())
    patients.forget(PHARMACY, "patient-1")

    patients.write(PHARMACY, "patient-1", "consent", b"after", now=clock.now())

    assert patients.read(PHARMACY, "patient-1", "consent") == b"after"


def test_a_purge_destroys_the_old_values_of_its_kind_only(patients: PatientFile, clock: ManualClock) -> None:
    patients.write(PHARMACY, "patient-1", "visit", b"old", now=clock.now())
    patients.write(PHARMACY, "patient-1", "consent", b"old", now=clock.now())
    clock.advance(DAY)
    patients.write(PHARMACY, "patient-2", "visit", b"new", now=clock.now())

    destroyed = patients.purge(clock.now(), kind="visit")

    assert destroyed == 1
    assert patients.read(PHARMACY, "patient-1", "visit") is None
    assert patients.read(PHARMACY, "patient-1", "consent") == b"old"
    assert patients.read(PHARMACY, "patient-2", "visit") == b"new"


def test_a_value_written_again_is_as_young_as_its_last_writing(patients: PatientFile, clock: ManualClock) -> None:
    patients.write(PHARMACY, "patient-1", "visit", b"old", now=clock.now())
    clock.advance(DAY)
    patients.write(PHARMACY, "patient-1", "visit", b"new", now=clock.now())

    assert patients.purge(clock.now(), kind="visit") == 0
    assert patients.read(PHARMACY, "patient-1", "visit") == b"new"


def test_no_reference_and_no_value_stands_in_clear_on_the_disk(
    make_patients: MakePatients, clock: ManualClock, tmp_path: Path
) -> None:
    patients = make_patients()
    patients.write(PHARMACY, "HOSTREFERENCE42", "identity", b"279035121518989", now=clock.now())
    patients.close()

    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"HOSTREFERENCE42" not in written
    assert b"279035121518989" not in written


def test_a_lost_secret_is_told_and_never_read_as_nothing(
    make_patients: MakePatients, clock: ManualClock, tmp_path: Path
) -> None:
    patients = make_patients()
    patients.write(PHARMACY, "patient-1", "consent", b"opposed", now=clock.now())
    patients.close()
    for key in (tmp_path / "keys").iterdir():
        key.unlink()

    with pytest.raises(OutboxUnreadable):
        make_patients().read(PHARMACY, "patient-1", "consent")
