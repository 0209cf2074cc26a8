"""Who the patient is: INSi and a document seen qualify, a divergence stops, and what waited goes on at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dmp_core.documents.datamatrix import ins_text
from dmp_core.errors import (
    ConfigInvalid,
    IdentityDocumentRefused,
    IdentityMarked,
    InsInvalid,
    InsNotQualified,
    NotFound,
    RightMissing,
    TraitsDiverge,
    TransportError,
    WrongState,
)
from dmp_core.identity.insi_query import InsiCode
from dmp_core.identity.traits import Source
from dmp_core.model.identity import IdentityDocumentKind, IdentityMark, IdentityStatus, Sex
from dmp_core.model.item import State, WaitReason
from dmp_core.model.practitioner import Right
from dmp_core.services.notices import IdentityChanged, IdentityDiverges
from dmp_core.system import SystemClock
from dmp_core.testing.clock import ManualClock

CARD = IdentityDocumentKind.CARTE_IDENTITE
PROVISOIRE, RECUPEREE, VALIDEE, QUALIFIEE = IdentityStatus


def with_traits(patient: Any, **changes: Any) -> Any:
    return patient.model_copy(update={"traits": patient.traits.model_copy(update=changes)})


# ---------------------------------------------------------------- what makes an identity qualified


def test_insi_alone_makes_an_identity_recovered_and_gives_its_ins(care: Any) -> None:
    care.open(care.newcomer)

    known = care.app.identities.search("dossier-1", care.who)

    assert (known.code, known.patient.status, known.patient.ins) == (InsiCode.FOUND, RECUPEREE, care.patient.ins)
    assert care.app.session.patient("dossier-1") == known.patient


def test_a_document_seen_alone_makes_it_validated(care: Any) -> None:
    care.open(care.newcomer)

    known = care.app.identities.document_seen("dossier-1", CARD, care.who)

    seen = known.patient.document
    assert (known.patient.status, seen.kind, seen.seen_by) == (VALIDEE, CARD, care.who.operator.id)
    assert known.patient.qualified_ins is None


@pytest.mark.parametrize("order", [("search", "document"), ("document", "search")])
def test_insi_and_a_document_seen_make_it_qualified_in_any_order(care: Any, order: tuple[str, str]) -> None:
    care.open(care.newcomer)
    ask = {
        "search": lambda: care.app.identities.search("dossier-1", care.who),
        "document": lambda: care.app.identities.document_seen("dossier-1", CARD, care.who),
    }

    known = [ask[each]() for each in order][-1]

    assert known.patient.qualified_ins == care.patient.ins
    assert [notice.patient.status for notice in care.notices if isinstance(notice, IdentityChanged)][-1] is QUALIFIEE


def test_what_waited_for_the_identity_goes_on_at_once_and_reaches_the_dmp(care: Any) -> None:
    care.open(care.newcomer)
    item = care.until(care.save(patient=care.newcomer), State.WAITING)
    care.app.identities.search("dossier-1", care.who)
    assert care.app.outbox.get(item.id).state is State.WAITING

    known = care.app.identities.document_seen("dossier-1", CARD, care.who)

    assert (item.reason, [one.id for one in known.resumed]) == (WaitReason.IDENTITY, [item.id])
    care.send(item)
    assert len(care.registered()) == 1


def test_what_was_established_counts_at_the_next_visit_without_asking_again(care: Any) -> None:
    care.open(care.newcomer)
    care.app.identities.search("dossier-1", care.who)
    care.app.identities.document_seen("dossier-1", CARD, care.who)
    care.reopen()

    known = care.app.identities.recalled(care.newcomer)

    assert known.qualified_ins == care.patient.ins
    assert care.fault.asked.count("INSi") == 1


def test_a_document_that_the_host_saves_unqualified_goes_with_the_identity_that_was_established(care: Any) -> None:
    care.open(care.newcomer)
    care.app.identities.search("dossier-1", care.who)
    care.app.identities.document_seen("dossier-1", CARD, care.who)

    care.send(care.save(patient=care.newcomer))

    assert len(care.registered()) == 1


def test_a_document_seen_for_other_traits_counts_no_more(care: Any) -> None:
    care.open(care.newcomer)
    care.app.identities.document_seen("dossier-1", CARD, care.who)

    other = care.app.identities.known(with_traits(care.newcomer, birth_name="PAT-QUATRE"))

    assert other.status is PROVISOIRE


def test_a_driving_licence_is_not_enough(care: Any) -> None:
    care.open(care.newcomer)

    with pytest.raises(IdentityDocumentRefused):
        care.app.identities.document_seen("dossier-1", IdentityDocumentKind.PERMIS_CONDUIRE, care.who)


@pytest.mark.parametrize("mark", [IdentityMark.DOUTEUX, IdentityMark.FICTIF])
def test_a_doubtful_or_fictitious_identity_asks_nobody_and_feeds_nothing(care: Any, mark: IdentityMark) -> None:
    marked = care.open(care.patient.model_copy(update={"marks": frozenset({mark})}))

    with pytest.raises(IdentityMarked):
        care.app.identities.search("dossier-1", care.who)
    with pytest.raises(IdentityMarked):
        care.app.identities.document_seen("dossier-1", CARD, care.who)
    with pytest.raises(IdentityMarked):
        care.app.identities.scanned("dossier-1", ins_text(care.patient), care.who)
    with pytest.raises(InsNotQualified):
        care.app.consult.status(marked, care.who)
    assert care.until(care.save(patient=marked), State.WAITING).reason is WaitReason.IDENTITY
    assert care.fault.asked == []


def test_a_mark_destroys_what_was_established(care: Any) -> None:
    care.open(care.newcomer)
    care.app.identities.search("dossier-1", care.who)
    care.app.identities.document_seen("dossier-1", CARD, care.who)

    care.app.identities.recalled(care.newcomer.model_copy(update={"marks": frozenset({IdentityMark.DOUTEUX})}))

    assert care.app.identities.recalled(care.newcomer).status is PROVISOIRE


# ---------------------------------------------------------------- INSi


def test_insi_is_never_asked_twice_for_the_same_traits_the_same_day(make_care: Callable[..., Any]) -> None:
    clock = ManualClock(SystemClock().now().replace(hour=11))
    care = make_care(clock=clock)
    care.open(care.newcomer)
    care.open(care.newcomer.model_copy(update={"host_id": "dossier-9"}))

    asked = []
    for host_id, later in (("dossier-1", 0), ("dossier-1", 10), ("dossier-9", 0), ("dossier-1", 5), ("dossier-1", 0)):
        clock.advance(timedelta(hours=later))
        care.app.identities.search(host_id, care.who)
        asked.append(care.fault.asked.count("INSi"))

    assert asked == [1, 1, 1, 2, 2]


def test_other_traits_are_asked_the_same_day(care: Any) -> None:
    care.open(care.newcomer)
    care.app.identities.search("dossier-1", care.who)
    care.open(with_traits(care.newcomer, birth_name="PERSONNE-INCONNUE"))

    known = care.app.identities.search("dossier-1", care.who)

    assert known.code is InsiCode.NOT_FOUND
    assert care.fault.asked.count("INSi") == 2


def test_several_persons_found_are_told_as_such(care: Any) -> None:
    sosie = with_traits(
        care.newcomer,
        birth_name="TEST-SOSIE",
        birth_given_names="LUC",
        first_birth_given_name="LUC",
        sex=Sex.MALE,
        birth_date=care.patient.traits.birth_date.replace(1988, 7, 19),
        birth_place_code="44109",
    )
    care.open(sosie)

    known = care.app.identities.search("dossier-1", care.who)

    assert (known.code, known.patient.status) == (InsiCode.SEVERAL, PROVISOIRE)


def test_a_failure_of_insi_is_asked_again(care: Any) -> None:
    care.open(care.newcomer)
    care.fault.drop_before.add("INSi")
    with pytest.raises(TransportError):
        care.app.identities.search("dossier-1", care.who)
    care.fault.drop_before.clear()

    known = care.app.identities.search("dossier-1", care.who)

    assert known.code is InsiCode.FOUND
    assert [record["result"] for record in care.audited("insi.asked")] == ["DMP-NET-002", "ok"]


def test_insi_answers_in_direct_mode_too(make_care: Callable[..., Any]) -> None:
    care = make_care(extra='[insi]\nmode = "direct"')
    care.open(care.newcomer)

    assert care.app.identities.search("dossier-1", care.who).code is InsiCode.FOUND


def test_a_patient_opened_without_ins_is_asked_behind_the_host(care: Any) -> None:
    care.open(care.newcomer)

    known = care.app.identities.opened(care.newcomer, care.who)

    assert known.patient.status is RECUPEREE
    assert care.app.identities.opened(care.patient, care.who) is None


def test_where_the_configuration_says_so_nobody_is_asked_unasked(make_care: Callable[..., Any]) -> None:
    care = make_care(extra="[insi]\non_opening = false")
    care.open(care.newcomer)

    assert care.app.identities.opened(care.newcomer, care.who) is None
    assert care.app.identities.search("dossier-1", care.who).code is InsiCode.FOUND


def test_an_insi_that_contradicts_the_file_changes_nothing_and_asks(care: Any) -> None:
    given = {"birth_given_names": "DOMINIQUE MARTINE", "first_birth_given_name": "DOMINIQUE"}
    care.open(with_traits(care.newcomer, **given))

    known = care.app.identities.search("dossier-1", care.who)

    assert (known.divergence.source, known.divergence.fields) == (Source.INSI, ("birth_given_names",))
    assert known.certified.ins == care.patient.ins
    assert care.app.session.patient("dossier-1").status is PROVISOIRE
    assert [notice.fields for notice in care.notices if isinstance(notice, IdentityDiverges)] == [
        ("birth_given_names",)
    ]


def test_somebody_who_compared_may_adopt_what_insi_says(care: Any) -> None:
    care.open(with_traits(care.newcomer, birth_given_names="DOMINIQUE MARTINE"))
    care.app.identities.search("dossier-1", care.who)

    known = care.app.identities.decide("dossier-1", Source.INSI, care.who, go_on=True)

    assert known.patient.traits.birth_given_names == "DOMINIQUE MARIE-LOUISE"
    assert known.patient.status is RECUPEREE
    (decided,) = care.audited("identity.decided")
    assert (decided["operator"], decided["reason"], decided["state"]) == (care.who.operator.id, "insi", "go_on")
    assert care.fault.asked.count("INSi") == 1


def test_an_ins_that_goes_with_the_traits_is_verified(care: Any) -> None:
    care.open(care.patient.model_copy(update={"status": PROVISOIRE}))

    known = care.app.identities.verify("dossier-1", care.who)

    assert (known.code, known.patient.status) == (InsiCode.FOUND, RECUPEREE)


def test_an_ins_that_does_not_is_taken_away_and_no_longer_feeds_whatever_the_host_says(care: Any) -> None:
    other = care.counter.patients[1]
    wrong = care.open(care.patient.model_copy(update={"ins": other.ins}))

    known = care.app.identities.verify("dossier-1", care.who)

    assert (known.code, known.patient.ins, known.patient.status) == (InsiCode.NOT_FOUND, None, PROVISOIRE)
    with pytest.raises(InsNotQualified):
        care.app.consult.status(wrong, care.who)
    assert care.until(care.save(patient=wrong), State.WAITING).reason is WaitReason.IDENTITY


def test_there_is_nothing_to_verify_without_an_ins(care: Any) -> None:
    care.open(care.newcomer)

    with pytest.raises(InsInvalid):
        care.app.identities.verify("dossier-1", care.who)


# ---------------------------------------------------------------- scans


@pytest.mark.exigence("EX_GEN-1270")
def test_the_ins_of_a_datamatrix_is_verified_and_qualifies_nobody_alone(care: Any) -> None:
    care.open(care.newcomer)

    known = care.app.identities.scanned("dossier-1", ins_text(care.patient), care.who)

    assert (known.patient.ins, known.patient.status) == (care.patient.ins, RECUPEREE)
    assert care.fault.asked.count("INSi") == 1


def test_a_datamatrix_of_somebody_else_stops_and_asks_nobody(care: Any) -> None:
    care.open(care.newcomer)

    known = care.app.identities.scanned("dossier-1", ins_text(care.counter.patients[1]), care.who)

    assert known.divergence.source is Source.DATAMATRIX
    assert "birth_name" in known.divergence.fields
    assert care.app.session.patient("dossier-1").ins is None
    assert care.fault.asked == []


def test_what_is_no_ins_datamatrix_is_refused(care: Any) -> None:
    care.open(care.newcomer)

    with pytest.raises(InsInvalid):
        care.app.identities.scanned("dossier-1", b"IS01 whatever this is, it is none", care.who)


def test_a_carte_vitale_that_agrees_lets_insi_be_asked(care: Any) -> None:
    care.open(care.newcomer)

    known = care.app.identities.card_read("dossier-1", care.patient.traits, care.who)

    assert known.patient.status is RECUPEREE


def test_a_carte_vitale_of_somebody_else_stops_and_asks_nobody(care: Any) -> None:
    care.open(care.newcomer)

    known = care.app.identities.card_read("dossier-1", care.counter.patients[1].traits, care.who)

    assert (known.divergence.source, care.fault.asked) == (Source.VITALE, [])


# ---------------------------------------------------------------- what TD0.2 says otherwise


def diverging(care: Any) -> Any:
    """The patient as the host has them, born on another day than the DMP knows."""
    day = care.patient.traits.birth_date
    return care.open(with_traits(care.patient, birth_date=day.replace(day=day.day - 1)))


@pytest.mark.exigence("SC.DMP/CONF.01", "SC.DMP/CONF.02")
def test_traits_of_the_dmp_that_differ_stop_reading_and_feeding_and_ask(care: Any) -> None:
    patient = diverging(care)

    with pytest.raises(TraitsDiverge) as stopped:
        care.app.consult.status(patient, care.who)

    assert stopped.value.fields == ("birth_date",)
    assert [(one.source, one.fields) for one in care.notices if isinstance(one, IdentityDiverges)] == [
        ("dmp", ("birth_date",))
    ]
    with pytest.raises(TraitsDiverge):
        list(care.app.consult.entries(patient, care.who))
    item = care.until(care.save(patient=patient), State.WAITING)
    assert (item.reason, item.fault.code) == (WaitReason.IDENTITY, "DMP-IDENT-005")
    assert care.fault.asked == ["TD0.2"]


def test_somebody_named_decides_that_it_goes_on_and_what_waited_leaves(care: Any) -> None:
    patient = diverging(care)
    with pytest.raises(TraitsDiverge):
        care.app.consult.status(patient, care.who)
    item = care.until(care.save(patient=patient), State.WAITING)

    known = care.app.identities.decide("dossier-1", Source.DMP, care.who, go_on=True)

    assert [one.id for one in known.resumed] == [item.id]
    (decided,) = care.audited("identity.decided")
    assert (decided["operator"], decided["reason"], decided["state"]) == (care.who.operator.id, "dmp", "go_on")
    assert care.app.consult.status(patient, care.who)
    care.reopen()
    assert care.until(item, State.AWAITING_CONFIRMATION)


def test_somebody_named_decides_that_it_stays_stopped(care: Any) -> None:
    patient = diverging(care)
    with pytest.raises(TraitsDiverge):
        care.app.consult.status(patient, care.who)

    care.app.identities.decide("dossier-1", Source.DMP, care.who, go_on=False)

    with pytest.raises(TraitsDiverge):
        care.app.consult.status(patient, care.who)
    assert [record["state"] for record in care.audited("identity.decided")] == ["stop"]


def test_a_decision_does_not_count_for_other_traits(care: Any) -> None:
    patient = diverging(care)
    with pytest.raises(TraitsDiverge):
        care.app.consult.status(patient, care.who)
    care.app.identities.decide("dossier-1", Source.DMP, care.who, go_on=True)

    other = care.open(with_traits(patient, birth_name="AUTRE-NOM"))

    with pytest.raises(TraitsDiverge):
        care.app.consult.status(other, care.who)


def test_corrected_traits_go_on_without_a_decision(care: Any) -> None:
    with pytest.raises(TraitsDiverge):
        care.app.consult.status(diverging(care), care.who)

    care.open(care.patient)

    assert care.app.consult.status(care.patient, care.who)


def test_there_is_nothing_to_decide_where_nothing_diverges(care: Any) -> None:
    care.open(care.patient)

    with pytest.raises(WrongState):
        care.app.identities.decide("dossier-1", Source.DMP, care.who, go_on=True)


# ---------------------------------------------------------------- who may


def test_a_patient_who_is_not_open_is_not_found(care: Any) -> None:
    with pytest.raises(NotFound):
        care.app.identities.search("dossier-1", care.who)


def test_an_operator_without_any_right_to_the_dmp_qualifies_nobody(care: Any) -> None:
    care.open(care.newcomer)

    with pytest.raises(RightMissing):
        care.app.identities.document_seen("dossier-1", CARD, care.by(Right.ADMINISTER))


def test_without_a_section_insi_the_search_says_so(make_care: Callable[..., Any], tmp_path: Any) -> None:
    care = make_care()
    bare = care.app.config.model_copy(update={"insi": None, "data": tmp_path / "bare"})
    care.app = type(care.app)(bare)
    care.open(care.newcomer)

    try:
        with pytest.raises(ConfigInvalid):
            care.app.identities.search("dossier-1", care.who)
    finally:
        care.app.close()
