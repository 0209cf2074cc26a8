"""A record is opened: TD0.2 and TD0.3 when they are needed and never else, the emergency, the secret of minors."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dmp_core.dmp import td31_search
from dmp_core.dmp.td31_search import Filter
from dmp_core.errors import (
    DmpAbsent,
    DmpAccessDenied,
    DmpClosed,
    DmpVihfRefused,
    EmergencyOver,
    MessageInvalid,
    OutboxUnreadable,
    PatientRefuses,
    RightMissing,
    SecretConnectionUnanswered,
)
from dmp_core.model.access import Purpose
from dmp_core.model.consent import ConsentKind
from dmp_core.model.document import RecordStatus
from dmp_core.model.opening import Change, OpenWish, Question
from dmp_core.services.notices import StatusChanged
from dmp_core.services.record.agreements import LET_IN
from dmp_core.services.wire.exchange import Access
from dmp_core.simulator.patients import RecordState

PRESUMED = '[access]\nauthorisation = "presumed_consent"\n'


def opened(desk: Any, **wish: Any) -> Any:
    return desk.app.access.open(desk.patient, desk.who, OpenWish(**wish))


# ---------------------------------------------------------------- TD0.2, TD0.3


@pytest.mark.exigence("SC.DMP/UX.08")
def test_an_authorised_record_opens_with_one_question_to_the_dmp_however_often(desk: Any) -> None:
    first, second = opened(desk), opened(desk)

    assert (first.open, first.ask, first.status) == (True, None, RecordStatus.AUTHORISED)
    assert second == first
    assert desk.asked == ["TD0.2"]


@pytest.mark.exigence("EX_0.3-1010")
def test_where_nobody_was_let_in_the_counter_is_asked_for_the_patient_s_consent(desk: Any) -> None:
    desk.not_authorised()

    opening = opened(desk)

    assert (opening.open, opening.ask, opening.status) == (False, Question.CONSENT, RecordStatus.NOT_AUTHORISED)
    assert desk.asked == ["TD0.2"]


def test_the_consent_lets_the_professional_in_and_the_status_is_not_asked_again(desk: Any) -> None:
    desk.not_authorised()
    opened(desk)

    opening = opened(desk, consent=True)

    assert (opening.open, opening.status) == (True, RecordStatus.AUTHORISED)
    assert desk.asked == ["TD0.2", "TD0.3"]
    assert desk.authorised
    told = [notice.status for notice in desk.notices if isinstance(notice, StatusChanged)]
    assert told == [RecordStatus.NOT_AUTHORISED, RecordStatus.AUTHORISED]


def test_a_consent_that_was_recorded_today_is_not_asked_for(desk: Any) -> None:
    desk.not_authorised()
    desk.app.consents.record(desk.patient.host_id, ConsentKind.AGREES_TO_READING, desk.who)

    assert opened(desk).open
    assert desk.asked == ["TD0.2", "TD0.3"]


def test_a_patient_who_refuses_is_not_read_and_is_asked_again_next_time(desk: Any) -> None:
    refused = opened(desk, consent=False)

    with pytest.raises(PatientRefuses):
        desk.list()
    desk.reopen()
    assert (refused.open, refused.ask) == (False, None)
    assert opened(desk).ask is Question.CONSENT
    assert opened(desk, consent=True).open
    assert desk.asked == ["TD0.2"]


@pytest.mark.exigence("SC.DMP/UX.50")
def test_presumed_consent_asks_first_that_the_patient_is_informed(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(extra=PRESUMED)
    desk.not_authorised()

    before, after = opened(desk), opened(desk, informed=True)

    assert (before.open, before.ask) == (False, Question.INFORMATION)
    assert after.open
    assert desk.asked == ["TD0.2", "TD0.3"]


@pytest.mark.parametrize("said", [ConsentKind.OPPOSED_TO_FEEDING, ConsentKind.AGREES_TO_READING])
def test_nothing_is_presumed_of_a_patient_who_said_no(make_desk: Callable[..., Any], said: ConsentKind) -> None:
    desk = make_desk(extra=PRESUMED)
    desk.not_authorised()
    desk.app.consents.record(desk.patient.host_id, ConsentKind.INFORMED, desk.who)
    desk.app.consents.record(desk.patient.host_id, said, desk.who)
    if said is ConsentKind.AGREES_TO_READING:
        desk.app.consents.record(desk.patient.host_id, said, desk.who, given=False)

    assert opened(desk).ask is Question.CONSENT
    assert "TD0.3" not in desk.asked


def test_the_refusal_of_a_patient_whose_consent_was_presumed_holds_at_the_next_visit(
    make_desk: Callable[..., Any],
) -> None:
    desk = make_desk(extra=PRESUMED)
    desk.not_authorised()
    opened(desk, informed=True, consent=False)
    desk.reopen()

    assert opened(desk).ask is Question.CONSENT
    assert not desk.authorised


def test_an_authorisation_that_expired_is_renewed_where_the_patient_agreed_before(desk: Any) -> None:
    desk.not_authorised(expired=True)
    asked_before = opened(desk)
    desk.app.consents.record(desk.patient.host_id, ConsentKind.AGREES_TO_READING, desk.who)

    opening = opened(desk)

    assert (asked_before.ask, asked_before.status) == (Question.RENEWAL, RecordStatus.EXPIRED)
    assert opening.open
    assert desk.authorised


def test_an_authorisation_that_expires_while_the_status_is_known_is_renewed_when_a_list_is_denied(desk: Any) -> None:
    opened(desk, consent=True)
    desk.not_authorised(expired=True)
    assert desk.asked == ["TD0.2"]

    listing = desk.list()

    assert len(listing.rows) > 0
    assert desk.asked == ["TD3.1", "TD0.2", "TD0.3", "TD3.1"]


@pytest.mark.exigence("EX_0.3-1010")
def test_an_authorisation_that_the_patient_withdrew_is_never_renewed_by_itself(desk: Any) -> None:
    opened(desk, consent=True)
    desk.not_authorised()

    with pytest.raises(DmpAccessDenied):
        desk.list()

    assert "TD0.3" not in desk.asked
    assert not desk.authorised


@pytest.mark.exigence("EX_0.3-1010")
@pytest.mark.parametrize("authorisation", ["", PRESUMED])
def test_what_the_patient_withdrew_the_same_day_waits_for_their_word(
    make_desk: Callable[..., Any], authorisation: str
) -> None:
    """Withdrawn in Mon espace santé: neither today's agreement nor a presumed one adds it again."""
    desk = make_desk(extra=authorisation)
    desk.not_authorised()
    desk.app.consents.record(desk.patient.host_id, ConsentKind.INFORMED, desk.who)
    desk.app.consents.record(desk.patient.host_id, ConsentKind.AGREES_TO_READING, desk.who)
    opened(desk)
    desk.not_authorised()
    with pytest.raises(DmpAccessDenied):
        desk.list()
    desk.reopen()
    desk.asked.clear()
    asked_of_the_dmp = desk.asked

    asked = opened(desk)
    without_a_word = desk.authorised
    agreed = opened(desk, consent=True)

    assert (asked.open, asked.ask, without_a_word) == (False, Question.CONSENT, False)
    assert agreed.open
    assert desk.authorised
    assert [*asked_of_the_dmp, *desk.asked] == ["TD0.3"]


@pytest.mark.exigence("EX_0.3-1010")
def test_what_somebody_else_had_added_and_the_patient_withdrew_ends_with_an_authorisation_by_hand(desk: Any) -> None:
    opened(desk)
    desk.app.consents.record(desk.patient.host_id, ConsentKind.AGREES_TO_READING, desk.who)
    opened(desk)
    desk.not_authorised()
    desk.app.access._statuses.forget(desk.patient.ins, desk.who)

    asked = opened(desk).ask
    given = desk.app.access.authorise(desk.patient, desk.who, Change.ADD)

    assert asked is Question.CONSENT
    assert given == (RecordStatus.AUTHORISED, True)
    assert opened(desk).open


def test_an_agreement_of_today_lets_each_professional_in_once(desk: Any) -> None:
    """A colleague whom nobody let in yet may use the same word of the patient."""
    desk.app.consents.record(desk.patient.host_id, ConsentKind.AGREES_TO_READING, desk.who)
    desk.not_authorised()
    opened(desk)
    agreements = desk.app.access._agreements
    colleague = desk.who.model_copy(
        update={"author": desk.who.author.model_copy(update={"national_id": "899700000009"})}
    )
    said = agreements.of(desk.patient, desk.who)

    mine = agreements.lets_in(desk.patient, desk.who, said, RecordStatus.NOT_AUTHORISED)
    theirs = agreements.lets_in(desk.patient, colleague, said, RecordStatus.NOT_AUTHORISED)

    assert (mine, theirs) == (False, True)


def test_what_cannot_be_read_of_who_was_let_in_is_never_taken_for_a_yes(desk: Any) -> None:
    desk.not_authorised()
    desk.app.consents.record(desk.patient.host_id, ConsentKind.AGREES_TO_READING, desk.who)
    desk.app.patients.write(
        desk.who.structure.national_id, desk.patient.host_id, LET_IN, b'["x"]', now=desk.app.clock.now()
    )

    with pytest.raises(OutboxUnreadable):
        opened(desk)

    assert "TD0.3" not in desk.asked


@pytest.mark.exigence("SC.DMP/CONF.05")
def test_feeding_never_asks_for_an_authorisation(desk: Any) -> None:
    desk.not_authorised()

    desk.feed()

    assert [one for one in desk.asked if one != "TD2.1"] == []
    assert not desk.authorised


@pytest.mark.parametrize(
    ("state", "error"), [(RecordState.ABSENT, DmpAbsent), (RecordState.CLOSED, DmpClosed)], ids=["absent", "closed"]
)
def test_a_record_that_is_not_there_is_an_error_with_its_remedy(desk: Any, state: RecordState, error: Any) -> None:
    desk.record(state=state)

    with pytest.raises(error):
        opened(desk, consent=True)

    assert desk.asked == ["TD0.2"]


def test_a_professional_whom_the_patient_bars_is_refused_in_an_emergency_too(desk: Any) -> None:
    desk.simulator.patients.forbid(desk.cx, desk.who.author.national_id)

    for wish in ({}, {"consent": True}, {"emergency": True, "justification": "Patient inconscient"}):
        with pytest.raises(DmpAccessDenied):
            opened(desk, **wish)

    assert desk.asked == ["TD0.2"]


def test_who_may_not_read_opens_nothing(desk: Any) -> None:
    for call in (
        lambda: desk.app.access.open(desk.patient, desk.colleague),
        lambda: desk.app.access.authorise(desk.patient, desk.colleague, Change.ADD),
        lambda: desk.app.information.professionals(desk.patient, desk.colleague),
    ):
        with pytest.raises(RightMissing):
            call()

    assert desk.asked == []


def test_the_authorisation_is_withdrawn_and_given_again(desk: Any) -> None:
    withdrawn = desk.app.access.authorise(desk.patient, desk.who, Change.WITHDRAW)
    nothing_left = desk.app.access.authorise(desk.patient, desk.who, Change.WITHDRAW)
    given = desk.app.access.authorise(desk.patient, desk.who, Change.ADD)
    given_already = desk.app.access.authorise(desk.patient, desk.who, Change.ADD)

    assert (withdrawn, nothing_left) == ((RecordStatus.NOT_AUTHORISED, True), (RecordStatus.NOT_AUTHORISED, False))
    assert (given, given_already) == ((RecordStatus.AUTHORISED, True), (RecordStatus.AUTHORISED, False))
    assert desk.asked == ["TD0.2", "TD0.3", "TD0.3"]


def test_renewing_looks_whether_the_authorisation_has_expired(desk: Any) -> None:
    opened(desk)
    desk.not_authorised(expired=True)

    assert desk.app.access.authorise(desk.patient, desk.who, Change.RENEW) == (RecordStatus.AUTHORISED, True)
    assert desk.asked == ["TD0.2", "TD0.2", "TD0.3"]


# ---------------------------------------------------------------- emergency


def test_an_emergency_opens_only_with_its_reason(desk: Any) -> None:
    desk.not_authorised()

    without, blank = opened(desk, emergency=True), opened(desk, emergency=True, justification="  ")

    assert (without.open, without.ask, blank.ask) == (False, Question.JUSTIFICATION, Question.JUSTIFICATION)


def test_an_emergency_reads_without_an_authorisation_and_asks_for_none(desk: Any) -> None:
    desk.not_authorised()

    opening = opened(desk, emergency=True, justification="Patient inconscient, traitement inconnu")
    rows = desk.list().rows
    desk.app.consult.fetch(desk.patient, desk.who, rows[0].unique_id)

    assert (opening.open, opening.purpose) == (True, Purpose.BRIS_DE_GLACE)
    assert opening.open_until is not None
    assert desk.asked == ["TD0.2", "TD3.1", "TD3.2"]
    assert not desk.authorised


def test_the_reason_goes_to_the_dmp_and_is_kept_with_the_operator(desk: Any) -> None:
    opened(desk, emergency=True, justification="Patient inconscient, traitement inconnu")
    desk.list()

    [told] = [one for one in desk.actions() if one["action"] == "record.opened"]
    asking = [one for one in desk.app.audit.records() if one["action"] == "dmp.asking"][-1]
    assertion = desk.app.audit.enclosed(asking["number"])
    assert (told["purpose"], told["operator"]) == ("bris_de_glace", desk.who.operator.id)
    assert "inconscient" not in str(told)
    assert b"Patient inconscient, traitement inconnu" in assertion


def test_the_simulated_dmp_refuses_an_emergency_without_a_reason(desk: Any) -> None:
    message = td31_search.find_documents(Filter(), ins=desk.patient.ins)

    with pytest.raises(DmpVihfRefused):
        desk.raw(message, Access(Purpose.BRIS_DE_GLACE))


def test_a_patient_may_have_forbidden_emergencies(desk: Any) -> None:
    desk.record(opposes_bris_de_glace=True)
    opened(desk, emergency=True, justification="Patient inconscient")

    with pytest.raises(DmpAccessDenied):
        desk.list()

    assert "TD0.3" not in desk.asked


def test_an_emergency_ends_after_its_time_and_with_the_patient(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(extra='[access]\nemergency_lasts = "PT0.000001S"')
    opened(desk, emergency=True, justification="Patient inconscient")

    with pytest.raises(EmergencyOver):
        desk.list()
    desk.reopen()
    desk.asked.clear()
    assert desk.app.access.open(desk.patient, desk.who).purpose is Purpose.NORMAL
    assert len(desk.list().rows) > 0


def test_another_operator_does_not_inherit_an_emergency(desk: Any) -> None:
    desk.not_authorised()
    opened(desk, emergency=True, justification="Patient inconscient")
    other = desk.who.model_copy(update={"operator": desk.who.operator.model_copy(update={"id": "operateur-2"})})

    with pytest.raises(DmpAccessDenied):
        desk.app.consult.listing(desk.patient, other).whole()


def test_masked_documents_of_an_emergency_are_forgotten_at_the_normal_access_after_it(desk: Any) -> None:
    masked = desk.documents()[0]
    desk.patient_does.restrict(masked, {"MASQUE_PS"}, desk.app.clock.now())
    desk.record(masked_in_emergency=True)
    opened(desk, emergency=True, justification="Patient inconscient")
    [shown] = [row for row in desk.list().rows if row.unique_id == masked.unique_id]
    opened(desk)

    normal = [row.unique_id for row in desk.list("all").rows]

    assert "Masqué aux professionnels de santé" in shown.labels
    assert masked.unique_id not in normal
    with pytest.raises(Exception, match="DMP-INPUT-009"):
        desk.app.consult.fetch(desk.patient, desk.who, masked.unique_id)


def test_centre_15_is_known_to_the_simulated_dmp_and_never_offered(desk: Any) -> None:
    desk.not_authorised()
    message = td31_search.find_documents(Filter(), ins=desk.patient.ins)

    answer = desk.raw(message, Access(Purpose.CENTRE_15))

    assert len(list(td31_search.read(answer))) > 0
    assert "centre" not in str(OpenWish.model_json_schema()).lower()
    desk.record(opposes_centre_15=True)
    with pytest.raises(DmpAccessDenied):
        desk.raw(message, Access(Purpose.CENTRE_15))


# ---------------------------------------------------------------- minors


@pytest.mark.exigence("EX_0.1-1100")
def test_a_minor_is_asked_once_whether_the_connection_shall_be_secret(desk: Any, make_minor: Any) -> None:
    minor = make_minor()

    asked = desk.app.access.open(minor, desk.who)
    with pytest.raises(SecretConnectionUnanswered):
        desk.app.consult.entries(minor, desk.who)
    answered = desk.app.access.open(minor, desk.who, OpenWish(secret_connection=True))
    again = desk.app.access.open(minor, desk.who)

    assert (asked.open, asked.ask) == (False, Question.SECRET_CONNECTION)
    assert (answered.open, answered.secret_connection) == (True, True)
    assert (again.ask, again.secret_connection) == (None, True)
    assert desk.app.secrecy.holds(desk.who.structure.national_id, minor)


@pytest.mark.exigence("EX_0.1-1100")
def test_the_secret_is_told_to_the_dmp_and_to_the_audit(desk: Any, make_minor: Any) -> None:
    minor = make_minor()
    desk.app.access.open(minor, desk.who, OpenWish(secret_connection=True))

    desk.app.consult.entries(minor, desk.who)

    asking = [one for one in desk.app.audit.records() if one["action"] == "dmp.asking"][-1]
    assert b"INVISIBLE_REPRESENTANTS_LEGAUX" in desk.app.audit.enclosed(asking["number"])
    [told] = [one for one in desk.actions() if one["action"] == "record.opened"]
    assert (told["right"], told["operator"]) == ("secret_connection", desk.who.operator.id)


def test_a_minor_who_says_no_is_read_openly_and_closing_forgets_the_answer(desk: Any, make_minor: Any) -> None:
    minor = make_minor()
    desk.app.access.open(minor, desk.who, OpenWish(secret_connection=False))

    rows = list(desk.app.consult.entries(minor, desk.who))
    desk.app.consult.closed(minor.host_id)

    asking = [one for one in desk.app.audit.records() if one["action"] == "dmp.asking"][-1]
    assert rows == []
    assert b"INVISIBLE_REPRESENTANTS_LEGAUX" not in desk.app.audit.enclosed(asking["number"])
    assert desk.app.access.open(minor, desk.who).ask is Question.SECRET_CONNECTION


def test_an_adult_has_no_secret_connection(desk: Any) -> None:
    with pytest.raises(MessageInvalid):
        opened(desk, secret_connection=True)
    message = td31_search.find_documents(Filter(), ins=desk.patient.ins)
    with pytest.raises(DmpVihfRefused):
        desk.raw(message, Access(secret_connection=True))


@pytest.mark.exigence("EX_GEN-1550")
def test_the_age_of_majority_is_the_dmp_s_parameter(make_desk: Callable[..., Any], tmp_path: Any) -> None:
    file = tmp_path / "param-lps.txt"
    file.write_text("age-majorite = 30\nfonctions-gestion-mineurs = oui\n", encoding="utf-8")
    desk = make_desk(extra=f'[dmp]\nparameters = "{file}"')
    young = desk.patient.model_copy(
        update={"traits": desk.patient.traits.model_copy(update={"birth_date": replace_year(desk, 25)})}
    )
    desk.simulator.patients.add(
        replace(desk.simulator.patients.find(desk.cx), birth_date=young.traits.birth_date.strftime("%Y%m%d"))
    )

    desk.app.session.opened(young)

    asked = desk.app.access.open(young, desk.who).ask
    file.write_text("age-majorite = 18\nfonctions-gestion-mineurs = oui\n", encoding="utf-8")
    desk.app.parameters._read_at = None

    assert asked is Question.SECRET_CONNECTION
    assert desk.app.access.open(young, desk.who).open


def replace_year(desk: Any, years: int) -> Any:
    born, today = desk.patient.traits.birth_date, desk.app.clock.now().date()
    return born.replace(year=today.year - years - 1)
