"""Whatever a host sends or leaves unread, the bridge answers, the documents go on, and no log tells of a patient."""

import logging
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
