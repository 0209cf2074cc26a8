"""The table of methods over a real app: what a host may count on."""

import base64
import json

import pytest

from dmp_core.model.limits import FED_DOCUMENT
from hostbridge.methods.table import TABLE
from hostbridge.protocol.messages import NOTICES

PUBLISHED = {
    "sharing/pair", "sharing/confirm", "sharing/enable", "sharing/disable", "sharing/show", "sharing/forget",
    "sharing/takeBack", "sharing/consult",
    "session/open", "session/show", "session/close", "pin/enter",
    "initialize", "shutdown", "operator/changed", "patient/opened", "patient/updated", "patient/closed",
    "document/saved", "host/event", "feed/describe", "feed/confirm", "feed/cancel", "outbox/list", "outbox/show",
    "outbox/retry", "outbox/cancel", "outbox/status", "dmp/open", "dmp/status", "dmp/list", "dmp/fetch",
    "dmp/fetchAll", "dmp/authorise", "dmp/authorisations", "dmp/patients", "dmp/web", "dmp/contacts",
    "consent/record", "consent/show", "acts/declare", "acts/report", "outbox/takeOver", "outbox/authorLeft",
    "feed/corrections", "feed/withdraw", "feed/replace", "feed/setVisibility", "feed/archive",
    "feed/preview", "panel/open", "software/about", "status/health",
    "psc/open", "psc/poll", "psc/choose", "psc/close", "support/record",
    "identity/vitale", "dmp/access", "dmp/leave", "dmp/listBegin", "dmp/listShow", "dmp/view", "audit/ofPatient",
    "document/import", "document/imported", "document/imports",
    "card/list", "card/scan", "patient/current", "document/types",
    "identity/verify", "identity/search", "identity/documentSeen", "identity/scan", "identity/decide", "identity/show",
}  # fmt: skip


def test_the_table_holds_what_was_published_and_nothing_else():
    assert set(TABLE) == PUBLISHED


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_every_message_is_closed(row):
    assert row.params.model_config["extra"] == "forbid"
    assert row.result.model_config["extra"] == "forbid"


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_names_of_fields_are_snake_case(row):
    schema = json.dumps([row.params.model_json_schema(), row.result.model_json_schema(mode="serialization")])

    names = [name for node in _nodes(json.loads(schema)) for name in node.get("properties", {})]

    assert [name for name in names if name != name.lower() or "-" in name] == []


def _nodes(value):
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def test_initialize_says_what_can_be_asked_and_told(desk):
    result = desk.start()

    assert set(result["capabilities"]["methods"]) == PUBLISHED
    assert result["capabilities"]["notices"] == list(NOTICES)
    assert (result["protocol_version"], result["environment"]) == ("1.0", "simulation")


@pytest.mark.parametrize("version", ["2.0", "1", "1.0.0", "", "0.9"])
def test_another_major_version_is_refused(version, desk):
    params = {"protocol_version": version, "host": {"name": "a", "version": "1"}}

    assert desk.fault("initialize", params) == (-32602, "DMP-INPUT-001")


def test_after_a_wrong_structure_the_host_may_ask_again(desk):
    params = {"protocol_version": "1.0", "host": {"name": "a", "version": "1"}}

    assert desk.fault("initialize", params | {"structure": "1990000009"}) == (-32000, "DMP-CONF-001")
    assert desk.start()["environment"] == "simulation"


def test_a_saved_document_is_answered_once_it_is_on_disk(open_desk, make_saved):
    result = open_desk.result("document/saved", make_saved())

    [app] = open_desk.apps
    assert app.outbox.by_key("1990000001", "save-1").id == result["item"]
    assert result["state"] == "accepted"


@pytest.mark.parametrize(
    "changes",
    [pytest.param([{"content": {"lot": "B2"}}, {"content": {}}, {"content": {"lot": "A1", "x": None}}], id="row-034")],
)
def test_other_bytes_under_the_same_key_are_refused_and_the_first_are_kept(changes, open_desk, make_saved):
    first = open_desk.result("document/saved", make_saved())["item"]

    faults = [open_desk.fault("document/saved", make_saved(**change)) for change in changes]

    [app] = open_desk.apps
    assert faults == [(-32000, "DMP-INPUT-008")] * len(changes)
    assert app.outbox.content(first) == b'{"lot":"A1"}'
    assert len(open_desk.result("outbox/list")["items"]) == 1


def test_the_same_save_again_is_the_same_item(open_desk, make_saved):
    first = open_desk.result("document/saved", make_saved())

    again = open_desk.result("document/saved", make_saved())

    assert again["item"] == first["item"]


def test_what_became_of_keys_is_told_in_their_order_and_what_was_never_saved_is_named(open_desk, make_saved):
    for key in ("save-1", "save-2"):
        open_desk.result("document/saved", make_saved(key=key, record=key))

    told = open_desk.result("outbox/status", {"keys": ["save-2", "never", "save-1"]})

    assert [item["key"] for item in told["items"]] == ["save-2", "save-1"]
    assert told["unknown"] == ["never"]
    assert open_desk.fault("outbox/status", {"keys": []}) == (-32602, "DMP-INPUT-001")


BAD_FILES = [
    "JVBERi0 xLjQK",
    "JVBERi0x\nLjQK",
    "JVBERi0xLjQ",
    "JVBERi0xLjQK=",
    "JVBERi0xLjQ===",
    "JVBERi0xLj_-",
    "JVBERi0xLjQé",
    7,
    None,
    ["JVBERi0xLjQK"],
    base64.b64encode(bytes(FED_DOCUMENT + 3)).decode(),
]


@pytest.mark.parametrize("files", [pytest.param(BAD_FILES, id="row-033")])
def test_a_file_that_is_no_plain_base64_or_too_large_is_refused(files, open_desk, make_saved):
    for name in ("pdf", "cda"):
        for file in files:
            assert open_desk.fault("document/saved", make_saved(content={name: file})) == (-32602, "DMP-INPUT-001")

    assert open_desk.result("outbox/list")["items"] == []


def test_the_largest_file_is_accepted(open_desk, make_saved):
    file = base64.b64encode(bytes(FED_DOCUMENT)).decode()

    assert open_desk.result("document/saved", make_saved(content={"pdf": file}))["state"] == "accepted"


REFUSED_TO_A_PREPARATEUR = [
    ("dmp/status", {"host_id": "dossier-1"}),
    ("dmp/open", {"host_id": "dossier-1"}),
    ("dmp/list", {"host_id": "dossier-1"}),
    ("dmp/fetch", {"host_id": "dossier-1", "unique_id": "1.2.3"}),
    ("document/saved", None),
    ("host/event", {"name": "x", "payload": {}, "key": "k"}),
    ("feed/describe", {"item": "x"}),
    ("feed/confirm", {"item": "x"}),
    ("feed/cancel", {"item": "x"}),
    ("outbox/list", {}),
    ("outbox/show", {"item": "x"}),
    ("outbox/retry", {"item": "x"}),
    ("outbox/cancel", {"item": "x"}),
    ("outbox/status", {"keys": ["save-1"]}),
]


@pytest.mark.parametrize("calls", [pytest.param(REFUSED_TO_A_PREPARATEUR, id="row-037")])
def test_an_operator_without_the_right_is_refused_and_it_is_recorded(
    calls, open_desk, make_operator, make_saved, patient
):
    open_desk.result("operator/changed", {"operator": make_operator()})
    open_desk.result("patient/opened", {"patient": patient})

    faults = {method: open_desk.fault(method, make_saved() if params is None else params) for method, params in calls}

    [app] = open_desk.apps
    recorded = [record["action"] for record in app.audit.records() if record.get("operator") == "operateur-1"]
    assert faults == {method: (-32000, "DMP-RIGHT-001") for method, _ in calls}
    assert recorded == [f"refused.{method}" for method, _ in calls]


@pytest.mark.parametrize("operator", [None, {"id": "stagiaire", "rights": ["feed", "read"]}])
def test_without_a_professional_nothing_is_fed(operator, open_desk, make_saved):
    open_desk.result("operator/changed", {"operator": operator})

    assert open_desk.fault("document/saved", make_saved()) == (-32000, "DMP-RIGHT-003")


@pytest.mark.parametrize("reference", ["opérateur", "a b", "x" * 101, ""])
def test_an_operator_is_named_by_a_reference(reference, open_desk, make_operator):
    assert open_desk.fault("operator/changed", {"operator": make_operator(id=reference)})[0] == -32602


def test_what_waits_is_seen_retried_and_cancelled(open_desk, make_saved):
    item = open_desk.result("document/saved", make_saved())["item"]
    open_desk.wait(lambda heard: heard.get("method") == "outbox/changed")

    shown = open_desk.result("outbox/show", {"item": item})
    cancelled = open_desk.result("feed/cancel", {"item": item})

    assert (shown["state"], shown["reason"], shown["fault"]["code"]) == ("waiting", "plugin", "DMP-PLUG-004")
    assert cancelled["state"] == "cancelled"
    assert open_desk.wait(lambda heard: heard.get("method") == "feed/finished")["params"]["item"]["item"] == item
    assert open_desk.fault("outbox/retry", {"item": item}) == (-32000, "DMP-INPUT-007")


def test_a_saved_document_without_a_qualified_identity_goes_on_once_it_is_qualified(open_desk, make_saved, patient):
    unknown = patient | {"status": "provisoire"}
    item = open_desk.result("document/saved", make_saved(patient=unknown))["item"]
    open_desk.wait(lambda heard: heard.get("method") == "outbox/changed")

    assert open_desk.result("patient/updated", {"patient": unknown})["resumed"] == []
    assert open_desk.result("patient/opened", {"patient": patient})["resumed"] == [item]


def test_an_item_of_another_pharmacy_is_neither_listed_nor_shown(open_desk, make_saved, tmp_path):
    item = open_desk.result("document/saved", make_saved())["item"]
    open_desk.close()
    other = type(open_desk)(tmp_path, open_desk.way)
    other.start(structure="1990000002")

    listed, shown = other.result("outbox/list")["items"], other.fault("outbox/show", {"item": item})
    known = other.result("outbox/status", {"keys": ["save-1"]})

    other.close()
    assert listed == []
    assert known == {"items": [], "unknown": ["save-1"]}
    assert shown == (-32000, "DMP-INPUT-009")


def test_a_raw_message_that_no_adapter_reads_stands_in_the_outbox(open_desk):
    params = {"name": "vaccination.enregistree", "payload": {"a": 1}, "key": "k"}

    item = open_desk.result("host/event", params)["item"]

    refused = open_desk.wait(lambda heard: heard.get("method") == "feed/finished")["params"]["item"]
    assert (refused["item"], refused["state"], refused["host_id"]) == (item, "refused", None)


def test_a_patient_that_is_not_open_has_no_record(open_desk):
    assert open_desk.fault("dmp/list", {"host_id": "dossier-9"}) == (-32000, "DMP-INPUT-009")


def test_a_closed_patient_has_no_record_any_more(open_desk, patient):
    open_desk.result("patient/opened", {"patient": patient})
    open_desk.result("patient/closed", {"host_id": "dossier-1"})

    assert open_desk.fault("dmp/status", {"host_id": "dossier-1"}) == (-32000, "DMP-INPUT-009")


def test_the_reason_why_the_record_cannot_be_read_is_an_answer(open_desk, patient):
    open_desk.result("patient/opened", {"patient": patient})

    assert open_desk.fault("dmp/status", {"host_id": "dossier-1"}) == (-32000, "DMP-CONF-001")


@pytest.mark.parametrize("since", ["yesterday", 20240101, "2024-13-01", None])
def test_since_is_a_date_or_one_of_two_words(since, open_desk, patient):
    open_desk.result("patient/opened", {"patient": patient})

    assert open_desk.fault("dmp/list", {"host_id": "dossier-1", "since": since})[0] == -32602


def test_shutdown_says_what_is_still_on_its_way(open_desk, make_saved):
    open_desk.result("document/saved", make_saved())
    open_desk.wait(lambda heard: heard.get("method") == "outbox/changed")

    assert open_desk.result("shutdown") == {"unfinished": {"waiting": 1}}


def test_a_wrong_patient_is_told_by_the_fields_alone(open_desk, make_saved, patient):
    wrong = patient | {"ins": {"value": "279035121518988", "oid": "1.2.250.1.213.1.4.10"}, "surnom": "DODO"}

    error = open_desk.ask("document/saved", make_saved(patient=wrong))["error"]

    text = json.dumps(error)
    assert error["code"] == -32602
    assert "patient.ins.value" in text
    assert [word for word in ("279035121518988", "DODO", "surnom") if word in text] == []
