"""HL7 times and the UTC of XDS."""

import pytest

from dmp_core.documents.times import as_utc, is_full_time, is_time


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("20210409153500+0100", "20210409143500"),
        ("20260715003000+0200", "20260714223000"),
        ("20260715003000-0400", "20260715043000"),
        ("20240106113623.1234+0100", "20240106103623"),
        ("202101040735+0100", "202101040635"),
        ("20200701134745", "20200701114745"),  # no zone: Paris, in summer
        ("20260115", "20260115"),
        ("202601", "202601"),
        ("2026", "2026"),
    ],
)
def test_a_time_becomes_utc_as_precise_as_it_was(written: str, utc: str) -> None:
    assert as_utc(written, "Europe/Paris") == utc


@pytest.mark.parametrize(
    "written",
    ["", "202", "20261301", "20260230", "20240106113623+100", "20240106113623+0175", "20260115+0100", "20260115T1030",
     "20260115103060+0100", "0000", "２０２６", "00010101000000+1400"],
)  # fmt: skip
def test_what_is_no_time_has_no_utc(written: str) -> None:
    assert as_utc(written, "Europe/Paris") is None


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("20260115103000+0100", True),
        ("202601151030+0100", True),
        ("2026011510+0100", False),
        ("20260115103000", False),
        ("20260115", False),
    ],
)
def test_a_full_time_has_minutes_and_a_zone(written: str, full: bool) -> None:
    assert is_full_time(written) is full
    assert is_time(written)
