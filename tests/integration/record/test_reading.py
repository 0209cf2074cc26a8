"""An opened record as a window asks for it: how it stands open, a list while it grows, a document as a page."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from dmp_core.model.practitioner import Right


@pytest.fixture
def host(desk: Any, make_host: Any) -> Any:
    return make_host(desk)


def whole(host: Any) -> dict[str, Any]:
    """The list once it does not go on any more."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        shown: dict[str, Any] = host.about("dmp/listShow")
        if not shown["goes_on"]:
            return shown
    raise AssertionError("the list goes on for ever")


def test_a_record_stands_open_from_its_opening_until_it_is_left(host: Any) -> None:
    before = host.about("dmp/access")
    host.about("dmp/open")
    opened = host.about("dmp/access")
    host.about("dmp/leave")
    after = host.about("dmp/access")

    assert (before["open"], opened["open"], after["open"]) == (False, True, False)
    assert (opened["purpose"], opened["name"]) == ("normal", "PAT-TROIS DOMINIQUE")


def test_an_emergency_tells_its_end_and_then_that_it_is_over(make_desk: Any, make_host: Any) -> None:
    desk = make_desk(extra='[access]\nemergency_lasts = "PT1S"\n')
    host = make_host(desk)
    host.about("dmp/open", emergency=True, justification="Inconscient")
    during = host.about("dmp/access")
    until = datetime.fromisoformat(during["until"])
    while desk.app.clock.now() < until:
        pass

    after = host.about("dmp/access")

    assert (during["open"], during["purpose"]) == (True, "bris_de_glace")
    assert (after["open"], after["over"]) == (False, True)
    assert until - desk.app.clock.now() < timedelta(seconds=1)


def test_another_operator_does_not_find_it_open(host: Any, desk: Any) -> None:
    host.about("dmp/open")
    operator = desk.counter.operator.model_dump(mode="json") | {"id": "operateur-2"}
    host.result("operator/changed", {"operator": operator})

    assert host.about("dmp/access")["open"] is False


def test_a_list_that_was_begun_becomes_the_same_as_one_that_was_waited_for(host: Any, desk: Any) -> None:
    begun = host.about("dmp/listBegin", since="all")
    shown = whole(host)
    waited = host.about("dmp/list", since="all")

    assert begun["since"] == "all"
    assert [row["unique_id"] for row in shown["entries"]] == [row["unique_id"] for row in waited["entries"]]
    assert shown["listed"]["sections"] == waited["sections"]
    assert shown["withdrawn"] is None


def test_a_filter_narrows_it(host: Any) -> None:
    host.about("dmp/listBegin", since="all", filter={"author": "biologiste"})

    shown = whole(host)

    assert shown["filter"]["author"] == "biologiste"
    assert [row["section"] for row in shown["entries"]] == ["results"]


@pytest.mark.parametrize("spec", ["TD3.1:broken-xml", "TD3.1:cut", "TD3.1:partial"])
def test_rows_of_an_answer_that_is_not_whole_are_withdrawn_with_the_reason(host: Any, desk: Any, spec: str) -> None:
    for _ in range(4):
        desk.arrives(count=11)
    desk.dmp.fail(spec)
    host.about("dmp/listBegin", since="all")

    shown = whole(host)

    assert shown["entries"] == []
    assert shown["withdrawn"]["code"]
    assert shown["withdrawn"]["sentence"]


def test_without_a_list_there_is_none_to_show(host: Any) -> None:
    assert host.fault("dmp/listShow") == "DMP-INPUT-009"


def test_a_document_comes_as_a_page_that_runs_nothing(host: Any) -> None:
    row = host.about("dmp/list")["entries"][0]

    page = host.about("dmp/view", unique_id=row["unique_id"])

    assert page["entry"]["unique_id"] == row["unique_id"]
    assert "<script" not in page["html"]
    assert "sandbox" in page["headers"]["Content-Security-Policy"]
    assert page["blocked"] is False


@pytest.mark.parametrize("method", ["dmp/access", "dmp/leave", "dmp/listBegin", "dmp/listShow"])
def test_who_may_not_read_sees_nothing(host: Any, desk: Any, method: str) -> None:
    operator = desk.counter.operator.model_dump(mode="json") | {"rights": [Right.FEED]}
    host.result("operator/changed", {"operator": operator})

    assert host.fault(method) == "DMP-RIGHT-001"
