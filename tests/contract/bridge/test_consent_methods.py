"""`consent/*` over a real app: what the patient said is kept, shown, and stops what waits."""

import pytest

KINDS = ("informed", "opposed_to_feeding", "agrees_to_reading")


def test_nothing_holds_for_a_patient_who_said_nothing(open_desk):
    consent = open_desk.result("consent/show", {"host_id": "dossier-1"})["consent"]

    assert [consent[kind] for kind in KINDS] == [None, None, None]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_recorded_is_shown_with_its_date_and_by_whom(kind, open_desk):
    recorded = open_desk.result("consent/record", {"host_id": "dossier-1", "kind": kind})

    shown = open_desk.result("consent/show", {"host_id": "dossier-1"})["consent"]
    assert shown == recorded["consent"]
    assert (shown[kind]["by"], shown[kind]["given"]) == ("operateur-1", True)
    assert shown[kind]["at"]


def test_an_opposition_cancels_what_waits_and_says_which(open_desk, make_saved, patient):
    unqualified = patient | {"status": "provisoire"}
    item = open_desk.result("document/saved", make_saved(patient=unqualified))["item"]

    recorded = open_desk.result("consent/record", {"host_id": "dossier-1", "kind": "opposed_to_feeding"})

    shown = open_desk.result("outbox/show", {"item": item})
    assert recorded["cancelled"] == [item]
    assert (shown["state"], shown["fault"]["code"]) == ("cancelled", "DMP-CONS-001")


def test_a_later_save_of_a_patient_who_opposes_is_cancelled_with_its_reason(open_desk, make_saved):
    open_desk.result("consent/record", {"host_id": "dossier-1", "kind": "opposed_to_feeding"})

    item = open_desk.result("document/saved", make_saved())["item"]

    finished = open_desk.wait(lambda heard: heard.get("method") == "feed/finished")["params"]["item"]
    assert (finished["item"], finished["state"], finished["fault"]["code"]) == (item, "cancelled", "DMP-CONS-001")


def test_once_the_opposition_is_taken_back_a_new_save_goes_on(open_desk, make_saved, patient):
    for given in (True, False):
        open_desk.result("consent/record", {"host_id": "dossier-1", "kind": "opposed_to_feeding", "given": given})

    open_desk.result("document/saved", make_saved(patient=patient | {"status": "provisoire"}))

    waits = open_desk.wait(
        lambda heard: heard.get("method") == "outbox/changed" and heard["params"]["item"]["state"] == "waiting"
    )
    assert waits["params"]["item"]["reason"] == "identity"


def test_an_unknown_kind_is_refused(open_desk):
    assert open_desk.fault("consent/record", {"host_id": "dossier-1", "kind": "agrees"}) == (-32602, "DMP-INPUT-001")


def test_an_operator_without_any_right_to_the_dmp_records_nothing(desk, make_operator):
    desk.start(operator=make_operator("administer"))

    fault = desk.fault("consent/record", {"host_id": "dossier-1", "kind": "informed"})

    assert fault == (-32000, "DMP-RIGHT-001")
