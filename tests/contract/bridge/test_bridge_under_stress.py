"""Whatever a host sends or leaves unread, the bridge answers, the documents go on, and no log tells of a patient."""

import contextlib
import logging
import shutil
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dmp_core.app import App
from hostbridge.methods.table import TABLE

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["1.0", "dossier-1", "save-1", "all", "sent", "note-vaccination", "", "2024-02-30"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["host_id", "cda", "x"]), inner),
    max_leaves=6,
)  # fmt: skip


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_parameters_of_any_method_cause_an_unforeseen_error(open_desk, patient, data):
    method = data.draw(st.sampled_from(sorted(set(TABLE) - {"shutdown"})))
    fields = [*sorted(TABLE[method].params.model_fields), "other"]
    params = data.draw(st.dictionaries(st.sampled_from(fields), VALUES | st.just(patient)))

    answer = open_desk.ask(method, params)

    assert answer.get("error", {}).get("code") not in (-32603, -32700)


def test_a_host_that_does_not_read_its_notices_holds_nothing_up_and_hears_them_later_in_order(open_desk, make_saved):
    open_desk.reads_notices.clear()
    moved = threading.Semaphore(0)
    open_desk.apps[0].subscribe(lambda notice: moved.release())

    items = [
        open_desk.result("document/saved", make_saved(key=f"save-{number}", record=f"record-{number}"))["item"]
        for number in range(20)
    ]
    assert all(moved.acquire(timeout=20) for _ in items), "each waits for its plugin"
    for item in items:
        open_desk.result("feed/cancel", {"item": item})
    counts = open_desk.result("outbox/list")["counts"]
    open_desk.reads_notices.set()
    open_desk.wait(
        lambda heard: heard.get("method") == "feed/finished" and heard["params"]["item"]["item"] == items[-1]
    )

    assert counts["cancelled"] == 20
    assert [notice["item"]["item"] for notice in open_desk.notices("feed/finished")] == items


@contextlib.contextmanager
def network_hangs(app: App) -> Iterator[None]:
    """All that asks the network waits, until the block is left."""
    goes_on = threading.Event()
    for _ in range(20):
        app.submit(goes_on.wait, lambda _: None)
    try:
        yield
    finally:
        goes_on.set()


def test_while_the_network_hangs_notices_come_and_what_needs_this_machine_alone_is_answered(open_desk, make_saved):
    with network_hangs(open_desk.apps[0]):
        item = open_desk.result("document/saved", make_saved())["item"]

        heard = open_desk.wait(lambda heard: heard.get("method") == "outbox/changed")
        known = open_desk.result("outbox/status", {"keys": ["save-1"]})
        code = open_desk.fault("feed/confirm", {"item": item})

    assert [heard["params"]["item"]["item"], *(one["item"] for one in known["items"])] == [item, item]
    assert code == (-32000, "DMP-INPUT-007")


@pytest.mark.parametrize("desk", ["memory"], indirect=True)
def test_what_is_refused_behind_the_host_is_recorded_with_who_asked(desk, make_operator, patient):
    desk.start(operator=make_operator("feed"))
    desk.result("patient/opened", {"patient": patient})
    with network_hangs(desk.apps[0]):
        desk.say(b'{"jsonrpc":"2.0","id":"a","method":"dmp/status","params":{"host_id":"dossier-1"}}')
        desk.result("operator/changed", {"operator": make_operator("read", id="operateur-2")})

    answer = desk.wait(lambda heard: heard.get("id") == "a")

    assert answer["error"]["data"]["code"] == "DMP-RIGHT-001"
    refused = [one for one in desk.apps[0].audit.records() if one["action"] == "refused.dmp/status"]
    assert [one["operator"] for one in refused] == ["operateur-1"]


def test_a_patient_who_was_left_stays_closed_whatever_still_goes_on_about_them(open_desk, patient):
    second = patient | {"host_id": "dossier-2"}
    with network_hangs(open_desk.apps[0]):
        open_desk.result("patient/opened", {"patient": patient})
        open_desk.result("patient/opened", {"patient": second})
        open_desk.result("patient/closed", {"host_id": "dossier-1"})
    all_did = threading.Barrier(5)  # the four threads that did what hung, and this one
    for _ in range(4):
        open_desk.apps[0].submit(all_did.wait, lambda _: None)
    all_did.wait(20)

    assert open_desk.fault("dmp/status", {"host_id": "dossier-1"}) == (-32000, "DMP-INPUT-009")
    assert open_desk.result("patient/current")["host_id"] == "dossier-2"


def test_supervision_hears_that_the_data_folder_is_gone_and_nothing_is_accepted(open_desk, make_saved):
    shutil.rmtree(open_desk.apps[0].config.data)

    health = open_desk.result("status/health")

    assert health["accepting"] is False
    assert open_desk.fault("document/saved", make_saved()) == (-32000, "DMP-OUT-002")


def test_the_first_day_of_the_calendar_is_a_day(open_desk):
    assert open_desk.fault("dmp/patients", {"since": "0001-01-01"})[0] == -32000


CANARIES = ("PAT-TROIS", "DOMINIQUE", "279035121518989", "1979-03-28", "dossier-1", "TITULAIRE", "SECRET-DE-LOT")


@pytest.mark.parametrize("canaries", [CANARIES])
def test_no_log_tells_of_a_patient(canaries, open_desk, make_saved, patient, caplog):
    caplog.set_level(logging.DEBUG)
    open_desk.result("patient/opened", {"patient": patient})
    open_desk.result("document/saved", make_saved(content={"lot": "SECRET-DE-LOT"}))
    open_desk.fault("document/saved", make_saved(content={"lot": "SECRET-DE-LOT", "autre": 1}))
    open_desk.fault("document/saved", make_saved(patient=patient | {"status": "DOMINIQUE"}))
    open_desk.fault("patient/opened", {"patient": patient | {"PAT-TROIS": 1}})
    open_desk.fault("dmp/status", {"host_id": "dossier-1"})
    open_desk.say(b'{"jsonrpc":"2.0","method":"PAT-TROIS","params":{"x":"279035121518989"}}')
    open_desk.fault("PAT-TROIS", {})

    assert [word for word in canaries if word in caplog.text] == []
    assert "bridge.refused" in caplog.text
