"""The record over the bridge: questions as data, provisional rows and their withdrawal, rights."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

READING = [
    ("dmp/status", {}), ("dmp/open", {}), ("dmp/list", {}), ("dmp/fetch", {"unique_id": "1.2.3"}),
    ("dmp/fetchAll", {"unique_ids": ["1.2.3"]}), ("dmp/authorise", {"change": "add"}), ("dmp/authorisations", {}),
    ("dmp/contacts", {}), ("dmp/web", {"page": "DossierPatient"}),
]  # fmt: skip


@pytest.fixture
def host(desk: Any, make_host: Callable[..., Any]) -> Any:
    return make_host(desk)


def long_record(desk: Any) -> None:
    """Twice the rows of a page."""
    for _ in range(9):
        desk.arrives(count=11)


def test_opening_asks_a_question_and_opens_with_its_answer(host: Any, desk: Any) -> None:
    desk.not_authorised()

    question = host.about("dmp/open")
    opened = host.about("dmp/open", consent=True)

    assert (question["open"], question["ask"], question["status"]) == (False, "consent", "not_authorised")
    assert question["ask_text"] == "Le patient est-il d’accord pour que vous consultiez son DMP\u00a0?"
    assert (opened["open"], opened["ask"], opened["ask_text"]) == (True, None, None)
    assert opened["text"] == "DMP ouvert, consultation autorisée."


def test_an_emergency_asks_for_its_reason_and_tells_until_when(host: Any) -> None:
    question = host.about("dmp/open", emergency=True)
    opened = host.about("dmp/open", emergency=True, justification="Patient inconscient")

    assert question["ask"] == "justification"
    assert (opened["purpose"], opened["open_until"] is not None) == ("bris_de_glace", True)


def test_centre_15_cannot_be_asked_for(host: Any) -> None:
    answer = host.ask("dmp/open", {"host_id": host.desk.patient.host_id, "purpose": "centre_15"})

    assert answer["error"]["code"] == -32602


def test_rows_carry_section_marks_and_labels_and_the_answer_its_counts(host: Any, desk: Any) -> None:
    desk.list()
    [arrived] = desk.arrives()
    desk.reopen()

    listed = host.about("dmp/list", since="all")

    rows = {row["unique_id"]: row for row in listed["entries"]}
    assert [row["unique_id"] for row in rows.values() if row["new"]] == [arrived]
    assert rows[arrived]["section"] in {section["section"] for section in listed["sections"]}
    assert any(row["labels"] == ["Déposé par le patient"] for row in rows.values() if row["from_patient"])
    assert [one["count"] for one in listed["new"]] == [1]
    told = host.told_of("dmp/statusChanged", lambda one: one["new"])
    assert told["new"] == listed["new"]
    assert host.about("dmp/status")["new"] == listed["new"]


def test_a_filter_is_part_of_the_question(host: Any) -> None:
    listed = host.about("dmp/list", since="all", filter={"section": "results", "author": "biologiste"})

    assert (listed["scope"], [row["section"] for row in listed["entries"]]) == ("filtered", ["results"])


def test_provisional_rows_come_by_fifties_before_the_answer(host: Any, desk: Any) -> None:
    long_record(desk)

    listed = host.about("dmp/list", since="all", progressive=True)

    pages = host.told("dmp/rows")
    assert [len(page["entries"]) for page in pages] == [50, 50]
    assert all(page["withdrawn"] is None for page in pages)
    assert [row["unique_id"] for page in pages for row in page["entries"]] == [
        row["unique_id"] for row in listed["entries"][:100]
    ]
    assert pages[0]["entries"][0]["section"]


@pytest.mark.parametrize("progressive", [False, True])
def test_long_work_tells_how_far_it_is_under_the_number_of_its_request(host: Any, desk: Any, progressive: bool) -> None:
    long_record(desk)

    host.about("dmp/list", since="all", progressive=progressive)

    told = host.told("$/progress")
    assert [one["done"] for one in told] == [50, 100]
    assert len({one["request"] for one in told}) == 1


@pytest.mark.parametrize(
    ("spec", "code"),
    [("TD3.1:broken-xml", "DMP-ANS-001"), ("TD3.1:cut", "DMP-NET-002"), ("TD3.1:partial", None)],
    ids=["broken", "cut", "partial"],
)
def test_rows_of_an_answer_that_is_not_whole_are_withdrawn_with_the_reason(
    host: Any, desk: Any, spec: str, code: str | None
) -> None:
    long_record(desk)
    desk.dmp.fail(spec)

    fault = host.fault("dmp/list", since="all", progressive=True)

    pages = host.told("dmp/rows")
    assert code in (None, fault)
    assert [page["withdrawn"]["code"] for page in pages if page["withdrawn"]] == ([fault] if pages else [])
    assert all(page["withdrawn"]["remedy"] and not page["entries"] for page in pages if page["withdrawn"])
    if spec != "TD3.1:partial":  # its status stands before the rows: none was told
        assert [len(page["entries"]) for page in pages][-2:] == [50, 0]


def test_rows_before_another_patient_s_document_are_withdrawn(host: Any, desk: Any) -> None:
    long_record(desk)
    last = desk.documents()[-1].unique_id
    change = "UPDATE document SET metadata = CAST(replace(CAST(metadata AS TEXT), ?, ?) AS BLOB) WHERE unique_id = ?"
    with desk.simulator.storage.transaction() as connection:
        for old, new in (("279035121518989", "181067511004222"), ("PAT-TROIS", "PAT-QUATRE")):
            connection.execute(change, (old, new, last))

    fault = host.fault("dmp/list", since="all", progressive=True)

    assert fault == "DMP-ANS-002"
    assert [page["withdrawn"] and page["withdrawn"]["code"] for page in host.told("dmp/rows")] == [None, None, fault]


def test_several_documents_come_in_one_answer(host: Any, desk: Any) -> None:
    wanted = [row["unique_id"] for row in host.about("dmp/list")["entries"]]

    fetched = host.about("dmp/fetchAll", unique_ids=wanted)
    one = host.about("dmp/fetch", unique_id=wanted[0])

    assert [document["unique_id"] for document in fetched["documents"]] == wanted
    assert (fetched["refused"], fetched["left"]) == ([], [])
    assert fetched["documents"][0] == one
    content = base64.b64decode(one["content"])
    assert hashlib.sha256(content).hexdigest() == one["sha256"]
    assert desk.asked.count("TD3.2") == 1


def test_what_does_not_fit_into_one_answer_is_left_and_not_asked_of_the_dmp_again(
    host: Any, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [row["unique_id"] for row in host.about("dmp/list")["entries"]][:4]
    monkeypatch.setattr("hostbridge.methods.record._CONTENTS", 12_000)

    first = host.about("dmp/fetchAll", unique_ids=wanted)
    rest, rounds = first["left"], 1
    got = [document["unique_id"] for document in first["documents"]]
    while rest and rounds < 5:
        more = host.about("dmp/fetchAll", unique_ids=rest)
        got, rest, rounds = got + [one["unique_id"] for one in more["documents"]], more["left"], rounds + 1

    assert (got, rest) == (wanted, [])
    assert rounds > 1
    assert desk.asked.count("TD3.2") == 1


def test_a_document_that_cannot_be_had_is_refused_in_words_and_the_others_come(host: Any, desk: Any) -> None:
    wanted = [row["unique_id"] for row in host.about("dmp/list")["entries"]][:2]
    with desk.simulator.storage.transaction() as connection:
        connection.execute("UPDATE document SET content = ? WHERE unique_id = ?", (b"<other/>", wanted[0]))

    fetched = host.about("dmp/fetchAll", unique_ids=wanted)

    assert [one["unique_id"] for one in fetched["documents"]] == wanted[1:]
    assert [(one["unique_id"], one["code"]) for one in fetched["refused"]] == [(wanted[0], "DMP-ANS-003")]


def test_the_authorisation_is_withdrawn_and_the_list_is_denied(host: Any) -> None:
    withdrawn = host.about("dmp/authorise", change="withdraw")

    assert withdrawn == {"status": "not_authorised", "changed": True}
    assert host.fault("dmp/list") == "DMP-SRV-003"
    assert host.about("dmp/authorise", change="add") == {"status": "authorised", "changed": True}
    assert host.about("dmp/list")["entries"] != []


def test_professionals_patients_and_contacts_are_told(host: Any, desk: Any) -> None:
    professionals = host.about("dmp/authorisations", which="active")["professionals"]
    patients = host.result("dmp/patients", {"since": "2020-01-01", "about": "LASTAUTORIZATION"})["patients"]
    contacts = host.about("dmp/contacts")["contacts"]

    assert [(one["national_id"], one["barred"]) for one in professionals] == [(desk.who.author.national_id, False)]
    assert [one["ins"]["value"] for one in patients] == [one.ins.value for one in desk.counter.patients]
    assert contacts[0]["to_warn"]
    assert contacts[0]["telecoms"]


@pytest.mark.parametrize(("method", "params"), READING, ids=[method for method, _ in READING])
def test_who_may_not_read_reads_nothing_and_it_is_recorded(host: Any, desk: Any, method: str, params: Any) -> None:
    operator = {"id": "preparateur-1", "rights": ["feed"], "practitioner": desk.who.author.model_dump(mode="json")}
    host.result("operator/changed", {"operator": operator})
    desk.asked.clear()

    assert host.fault(method, **params) == "DMP-RIGHT-001"

    assert desk.asked == []
    assert [one["action"] for one in desk.app.audit.records() if one.get("operator") == "preparateur-1"] == [
        f"refused.{method}"
    ]


def test_who_may_not_read_is_not_told_the_patients(host: Any) -> None:
    host.result("operator/changed", {"operator": {"id": "stagiaire", "rights": ["feed"]}})

    assert host.ask("dmp/patients", {"since": "2020-01-01"})["error"]["data"]["code"].startswith("DMP-RIGHT")
