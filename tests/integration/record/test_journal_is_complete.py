"""Every exchange with the DMP about a patient of the host names that patient in the audit, and nobody in clear."""

import json
from typing import Any

from dmp_core.model.access import Mode

ABOUT_NOBODY = {"TD0.4"}


def exchanges(desk: Any) -> list[dict[str, Any]]:
    return [dict(one) for one in desk.app.audit.records() if one["action"] in ("dmp.asking", "dmp.asked")]


def test_what_was_asked_and_answered_names_the_patient(desk: Any) -> None:
    patient, who = desk.patient, desk.who
    sent = desk.feed()
    desk.feed("save-2", rang=3)
    desk.app.access.open(patient, who)
    rows = desk.list("all").rows
    desk.app.consult.fetch(patient, who, rows[0].unique_id)
    desk.app.information.administrative(patient, who)
    desk.app.information.professionals(patient, who)
    desk.reopen()
    desk.list()

    asked = exchanges(desk)

    assert {one["transaction"][:5] for one in asked} >= {"TD0.2", "TD1.3", "TD1.6", "TD2.1", "TD3.1", "TD3.2"}
    assert [one for one in asked if one["transaction"] not in ABOUT_NOBODY and "patient" not in one] == []
    assert {one["patient"] for one in asked} == {desk.app.audit.as_told(patient.host_id)}
    assert sent.frozen is not None


def test_neither_an_ins_nor_a_name_stands_in_the_audit(desk: Any) -> None:
    desk.feed()
    desk.list("all")

    told = json.dumps([dict(one) for one in desk.app.audit.records()], default=str)

    assert desk.patient.ins.value not in told
    assert desk.patient.traits.birth_name not in told


def test_a_question_without_a_known_answer_stays_in_the_journal(desk: Any) -> None:
    desk.app.audit.record(
        "dmp.asking", patient=desk.patient.host_id, transaction="TD3.1", assertion_id="a-1", mode=str(Mode.DIRECT)
    )
    desk.list("all")
    administrator = desk.who.model_copy(
        update={"operator": desk.who.operator.model_copy(update={"rights": frozenset({"administer"})})}
    )

    done = desk.app.review.of_patient(desk.patient.host_id, administrator, action="dmp.")

    assert [one.transaction for one in done if one.result == "unanswered"] == ["TD3.1"]
    assert len(done) == len([one for one in exchanges(desk) if one["action"] == "dmp.asked"]) + 1
