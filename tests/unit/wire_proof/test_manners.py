"""Rate and manners: four feeds a second, a word beyond 30 000 a day, parameters read daily, upkeep."""

import os
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dmp_core.dmp import refusals, td03_authorisation
from dmp_core.errors import DmpError, ManyFeeds, OutboxUnreadable, ParametersStale
from dmp_core.model.limits import FEEDS_PER_DAY
from dmp_core.services.feed.manners import FeedPace
from dmp_core.services.notices import CareNeeded
from dmp_core.services.upkeep import Upkeep
from dmp_core.services.wire.parameters import DEFAULTS, Parameters, ParametersBook, parse
from dmp_core.transport import surroundings

ADD = td03_authorisation.build(td03_authorisation.Action.ADD)


def pace_of(pharmacy) -> FeedPace:
    """The pace as a new start of the program has it."""
    paris = ZoneInfo("Europe/Paris")
    return FeedPace(
        pharmacy.audit,
        pharmacy.structure.national_id,
        clock=pharmacy.clock,
        time_zone=paris,
        tell=pharmacy.notices.append,
    )


def test_no_sliding_second_holds_more_than_four_feeds(pharmacy) -> None:
    pace, clock, left = pharmacy.pace, pharmacy.clock, []
    for _ in range(200):
        while wait := pace.pause():
            clock.advance(wait)
        pace.feeding()
        left.append(clock.monotonic())
        clock.advance(timedelta(milliseconds=37))

    assert all(after - before >= 1 - 1e-9 for before, after in zip(left, left[4:], strict=False))


def test_a_restart_does_not_forget_what_was_fed_in_the_last_second_and_today(pharmacy) -> None:
    for rank in range(4):
        pharmacy.ask(pharmacy.feed(f"2.25.8{rank}"))
        pharmacy.clock.advance(timedelta(milliseconds=100))
    pharmacy.ask(ADD)

    again = pace_of(pharmacy)

    assert again.today == 4
    assert again.pause() == pytest.approx(timedelta(milliseconds=600), abs=timedelta(milliseconds=1))


def test_beyond_thirty_thousand_feeds_of_a_day_a_word_is_said_once(pharmacy) -> None:
    for _ in range(FEEDS_PER_DAY + 5):
        pharmacy.pace.feeding()

    cautions = [notice.caution for notice in pharmacy.notices if isinstance(notice, CareNeeded)]
    assert FEEDS_PER_DAY == 30_000
    assert [type(each) for each in cautions] == [ManyFeeds]


def test_a_new_day_counts_anew(pharmacy) -> None:
    pharmacy.pace.feeding()
    pharmacy.clock.advance(timedelta(hours=13, minutes=20))

    assert pharmacy.pace.today == 1
    pharmacy.clock.advance(timedelta(hours=1))
    assert pharmacy.pace.today == 0


# ---------------------------------------------------------------- parameters


def test_the_known_parameters_are_read_and_others_kept() -> None:
    text = "# DMP\nage-majorite = 18\nfonctions-gestion-mineurs;OUI\ncumul-invisible_patient-masque_ps: false\nx.y=1\n"

    read = parse(text)

    assert read == Parameters(others={"x.y": "1"})


@pytest.mark.exigence("EX_GEN-1550", "EX_2.1-1050")
def test_what_the_file_says_counts() -> None:
    read = parse("age-majorite=16\ncumul-invisible_patient-masque_ps=true\nfonctions-gestion-mineurs=non")

    assert (read.age_of_majority, read.hidden_and_masked_together, read.manages_minors) == (16, True, False)


@pytest.mark.parametrize("text", ["", "<html></html>", "age-majorite=dix-huit", "age-majorite=500", "x=1", "\x00"])
def test_a_file_without_usable_parameters_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_the_file_is_read_again_once_a_day_and_a_broken_one_changes_nothing(pharmacy, tmp_path: Path) -> None:
    file = tmp_path / "param-lps"
    write(file, "age-majorite=17", pharmacy)
    book = ParametersBook(file, clock=pharmacy.clock, tell=pharmacy.notices.append)
    seen = [book.current().age_of_majority]
    write(file, "age-majorite=18", pharmacy)
    seen.append(book.current().age_of_majority)
    pharmacy.clock.advance(timedelta(days=1))
    write(file, "age-majorite=18", pharmacy)
    seen.append(book.current().age_of_majority)
    assert pharmacy.notices == []
    pharmacy.clock.advance(timedelta(days=1))
    file.write_text("<html>")
    seen.append(book.current().age_of_majority)

    assert seen == [17, 17, 18, 18]
    assert [type(each.caution) for each in pharmacy.notices] == [ParametersStale]


def write(file: Path, text: str, pharmacy) -> None:
    """The file as the vendor's service downloads it now."""
    file.write_text(text)
    os.utime(file, times=(pharmacy.clock.now().timestamp(),) * 2)


def test_a_file_that_nobody_renews_or_that_is_missing_is_told(pharmacy, tmp_path: Path) -> None:
    file = tmp_path / "param-lps"
    write(file, "age-majorite=18", pharmacy)
    pharmacy.clock.advance(timedelta(days=3))

    ParametersBook(file, clock=pharmacy.clock, tell=pharmacy.notices.append).refresh()
    missing = ParametersBook(tmp_path / "none", clock=pharmacy.clock, tell=pharmacy.notices.append)

    assert missing.current() == DEFAULTS
    assert [type(each.caution) for each in pharmacy.notices] == [ParametersStale, ParametersStale]


def test_without_a_file_the_public_values_hold(pharmacy) -> None:
    assert ParametersBook(None, clock=pharmacy.clock, tell=pharmacy.notices.append).current() == DEFAULTS
    assert pharmacy.notices == []


def test_upkeep_works_once_an_hour_and_one_failure_stops_no_other(pharmacy) -> None:
    done: list[str] = []

    def fails() -> None:
        done.append("fails")
        raise OutboxUnreadable("x")

    upkeep = Upkeep((fails, lambda: done.append("works")), clock=pharmacy.clock)
    for _ in range(3):
        upkeep.step()
    pharmacy.clock.advance(timedelta(hours=1))
    upkeep.step()

    assert done == ["fails", "works"] * 2


# ---------------------------------------------------------------- environment, catalogue


def test_row_064_variables_that_would_change_tls_are_named() -> None:
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE", "OPENSSL_CONF")

    assert surroundings.ignored(dict.fromkeys(names, "/x")) == names
    assert surroundings.ignored({"PATH": "/bin", "SSL_CERT_FILE": ""}) == ()


# IHE ITI TF-3 table 4.2.4.1-2, and the codes of section 7 of the notes on the protocol
NAMED = [
    "XDSUnknownPatientId", "XDSPatientIdDoesNotMatch", "XDSRegistryError", "XDSRepositoryError", "XDSRegistryBusy",
    "XDSRepositoryBusy", "XDSRegistryOutOfResources", "XDSRepositoryOutOfResources", "XDSRegistryMetadataError",
    "XDSRepositoryMetadataError", "XDSRegistryDuplicateUniqueIdInMessage", "XDSRepositoryDuplicateUniqueIdInMessage",
    "XDSDuplicateUniqueIdInRegistry", "XDSNonIdenticalHash", "XDSNonIdenticalSize", "XDSMissingDocument",
    "XDSMissingDocumentMetadata", "XDSRegistryDeprecatedDocumentError", "XDSStoredQueryMissingParam",
    "XDSStoredQueryParamNumber", "XDSUnknownStoredQuery", "XDSUnknownRepositoryId", "XDSTooManyResults",
    "XDSExtraMetadataNotSaved", "XDSReplaceFailed", "XDSDocumentUniqueIdError", "DMPInvalidCertificate", "DMPFound",
    "DMPClosed", "DMPPatientAccessAlreadyExists", "DMPPatientAccessOTPAlreadyExists",
    "DMPAccessDeniedByRightsService", "DMPInvalidIdentifier", "DMPPatientNotFound",
]  # fmt: skip


@pytest.mark.exigence("PRE_ERR")
@pytest.mark.parametrize("code", NAMED)
def test_every_code_of_the_notes_is_in_the_catalogue_once(code: str) -> None:
    (row,) = [row for row in refusals.REFUSALS if row.code == code]

    assert row.meaning
    assert row.error().sentence
    assert row.error().remedy


def leaves(kind: type[DmpError]) -> list[type[DmpError]]:
    found = kind.__subclasses__()
    return [kind, *(leaf for each in found for leaf in leaves(each))]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in leaves(DmpError) if kind.__module__ == "dmp_core.errors"]

    assert len(codes) == len(set(codes))
