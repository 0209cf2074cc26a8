"""Identity, corrections, take-over and acts over a real app: what a host may count on where nobody is reached."""

import pytest

from hostbridge.methods.table import TABLE


@pytest.fixture
def opened(open_desk, patient):
    """A patient at the counter whose identity nobody has qualified."""
    open_desk.result("patient/opened", {"patient": patient | {"status": "provisoire", "ins": None}})
    return open_desk


def test_a_document_seen_is_kept_and_the_host_hears_the_new_identity(opened):
    shown = opened.result("identity/documentSeen", {"host_id": "dossier-1", "kind": "CN"})

    assert (shown["patient"]["status"], shown["patient"]["document"]["seen_by"]) == ("validee", "operateur-1")
    told = opened.wait(lambda heard: heard.get("method") == "identity/changed")["params"]
    assert told["patient"] == shown["patient"]
    kept = opened.result("identity/show", {"host_id": "dossier-1"})
    assert kept["document"] == shown["patient"]["document"]


def test_an_identity_known_from_an_earlier_visit_is_told_when_the_patient_is_opened_again(opened, patient):
    opened.result("identity/documentSeen", {"host_id": "dossier-1", "kind": "PA"})
    opened.result("patient/closed", {"host_id": "dossier-1"})

    opened.result("patient/opened", {"patient": patient | {"status": "provisoire", "ins": None}})

    opened.wait(lambda heard: heard.get("method") == "identity/changed" and heard["params"]["patient"]["document"])


def test_without_insi_a_search_says_what_is_missing(opened):
    assert opened.fault("identity/search", {"host_id": "dossier-1"}) == (-32000, "DMP-CONF-001")


@pytest.mark.parametrize(
    "scan", [{}, {"datamatrix": "IS01" + "0" * 22, "vitale": None, "other": 1}, {"datamatrix": "short"}]
)
def test_a_scan_is_one_of_both(scan, opened):
    assert opened.fault("identity/scan", {"host_id": "dossier-1"} | scan) == (-32602, "DMP-INPUT-001")


def test_what_is_no_datamatrix_of_an_ins_is_refused(opened):
    fault = opened.fault("identity/scan", {"host_id": "dossier-1", "datamatrix": "IS01" + "0" * 22})

    assert fault == (-32000, "DMP-IDENT-001")


def test_a_patient_who_is_not_open_has_no_identity_to_qualify(open_desk):
    assert open_desk.fault("identity/documentSeen", {"host_id": "dossier-9", "kind": "CN"}) == (-32000, "DMP-INPUT-009")


def test_what_may_be_done_to_a_document_is_explained_in_french(open_desk, make_saved):
    item = open_desk.result("document/saved", make_saved())["item"]

    possible = open_desk.result("feed/corrections", {"item": item})["possible"]

    assert [one["kind"] for one in possible] == ["withdraw", "visibility", "archive", "replace"]
    assert all(one["label"] and one["effect"] for one in possible)
    assert {one["fault"]["code"] for one in possible} == {"DMP-INPUT-007"}


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("feed/withdraw", {"reason": "wrong_patient"}),
        ("feed/setVisibility", {"visibility": {}}),
        ("feed/archive", {}),
        ("feed/replace", {"key": "save-2", "content": {}}),
    ],
)
def test_what_was_not_sent_is_not_corrected(method, more, opened, make_saved):
    item = opened.result("document/saved", make_saved())["item"]

    fault = opened.fault(method, {"item": item, "host_id": "dossier-1"} | more)

    assert fault == (-32000, "DMP-INPUT-007")


def test_a_withdrawal_needs_a_reason(opened):
    assert opened.fault("feed/withdraw", {"item": "x", "host_id": "dossier-1"}) == (-32602, "DMP-INPUT-001")


def test_a_file_of_a_replacement_is_base64(opened):
    params = {"item": "x", "host_id": "dossier-1", "key": "k", "content": {"pdf": "not base64!"}}

    assert opened.fault("feed/replace", params) == (-32602, "DMP-INPUT-001")


def test_declared_acts_are_reported_with_what_is_missing(open_desk):
    act = {"record": "bilan-1", "type_id": "bilan-medication", "done_on": "2026-03-02"}
    open_desk.result("acts/declare", {"acts": [act, act | {"record": "bilan-2", "refused": True}]})

    report = open_desk.result("acts/report", {"year": 2026, "csv": True})

    assert report["total"] == {
        "finished": 2,
        "fed": 0,
        "missing": 1,
        "refused_by_patient": 1,
        "percent": 0.0,
        "percent_without_refusals": 0.0,
        "target": 90,
        "reached": False,
    }
    assert [one["record"] for one in report["missing"]] == ["bilan-1"]
    assert [one["record"] for one in report["refused"]] == ["bilan-2"]
    assert report["operators"] is None
    assert report["csv"].startswith("annee;type;compte;dossier;date;etat;detail\r\n")


def test_an_act_taken_back_is_reported_no_more(open_desk):
    act = {"record": "bilan-1", "type_id": "bilan-medication", "done_on": "2026-03-02"}
    open_desk.result("acts/declare", {"acts": [act]})

    open_desk.result("acts/declare", {"acts": [act], "finished": False})

    assert open_desk.result("acts/report", {"year": 2026})["total"]["finished"] == 0


def test_whoever_does_not_administer_takes_nothing_over_and_sees_no_operators(open_desk, make_saved):
    item = open_desk.result("document/saved", make_saved())["item"]

    faults = [
        open_desk.fault("outbox/takeOver", {"item": item}),
        open_desk.fault("outbox/authorLeft", {"national_id": "899700000009"}),
        open_desk.fault("acts/report", {"year": 2026, "per_operator": True}),
    ]

    assert faults == [(-32000, "DMP-RIGHT-001")] * 3


def test_each_method_of_this_area_is_in_the_table():
    asked = {"identity/verify", "identity/search", "identity/documentSeen", "identity/scan", "identity/decide"}
    corrected = {"feed/withdraw", "feed/replace", "feed/setVisibility", "feed/archive", "outbox/takeOver"}
    assert asked | corrected | {"consent/record", "consent/show", "acts/declare", "acts/report"} <= set(TABLE)
