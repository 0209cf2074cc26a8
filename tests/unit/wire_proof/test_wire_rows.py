"""Rows 47 to 60 of the catalogue of bad inputs, on client and simulator with a hostile line between them."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from dmp_core.dmp import mtom, td02_existence, td21_feed, td31_search, td31_stream, td32_retrieve
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpError,
    DmpRefusal,
    HttpRefused,
    NotTheDmp,
    PortalAsks,
    WrongAddress,
)
from dmp_core.model.access import Mode
from dmp_core.model.limits import UNIQUE_ID
from dmp_core.model.oids import DMP_REPOSITORY
from dmp_core.ports import HttpAnswer, HttpStream
from dmp_core.services.feed.feeding import Outcome, State

FIND = td31_search.find_documents(td31_search.Filter(), ins=None)


def existence(pharmacy):
    ids = {"message_id": pharmacy.ids.uuid(), "query_id": pharmacy.ids.uuid()}
    return td02_existence.build(pharmacy.ins, pharmacy.software, at=pharmacy.clock.now(), **ids)


def swap(old: bytes, new: bytes, count: int = 1):
    """An attacker who changes bytes on the way; a test that changes nothing proves nothing."""

    def change(data: bytes) -> bytes:
        assert old in data, old
        return data.replace(old, new, count)

    return change


def in_answer(change):
    return lambda answer: replace(answer, body=change(answer.body))


def other_question(data: bytes, message_id: bytes = b"urn:uuid:1") -> bytes:
    """The answer, to another question."""
    changed, count = re.subn(rb"(RelatesTo[^>]*>)[^<]+", rb"\g<1>" + message_id, data)
    assert count == 1
    return changed


ENVELOPE12, ENVELOPE11 = b"http://www.w3.org/2003/05/soap-envelope", b"http://schemas.xmlsoap.org/soap/envelope/"
SHAPES = {
    "SOAP 1.1": swap(ENVELOPE12, ENVELOPE11),
    "two Bodies": swap(b"</soap:Envelope>", b"<soap:Body><x/></soap:Body></soap:Envelope>"),
    "two elements": swap(b"<soap:Body>", b"<soap:Body><x/>"),
    "mustUnderstand": swap(b"<soap:Header>", b'<soap:Header><x xmlns="urn:x" soap:mustUnderstand="true"/>'),
    "DOCTYPE": lambda data: b"<!DOCTYPE x>" + data.removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>\n'),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_row_047_the_simulator_answers_a_bad_envelope_with_a_fault_and_does_nothing(pharmacy, shape: str) -> None:
    message = pharmacy.feed("2.25.47")
    line = pharmacy.line(Mode.DIRECT)
    line.of_request = (
        SHAPES[shape] if shape != "DOCTYPE" else swap(b'<?xml version="1.0" encoding="UTF-8"?>', b"<!DOCTYPE x>")
    )

    with pytest.raises(DmpRefusal):
        pharmacy.ask(message)

    assert pharmacy.simulator.registry.find("2.25.47") is None


def test_row_047_an_id_that_stands_twice_is_refused(pharmacy) -> None:
    message = existence(pharmacy)
    pharmacy.line(Mode.INDIRECT).of_request = lambda data: data.replace(
        b"<soap:Body>", b'<soap:Body ID="' + data.split(b' ID="')[1].split(b'"')[0] + b'">'
    )

    with pytest.raises(DmpRefusal):
        pharmacy.ask(message, Mode.INDIRECT)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(other_question, id="another question"),
        pytest.param(swap(b"PRPA_IN201308UV02</", b"PRPA_IN201309UV02</"), id="another action"),
    ],
)
def test_row_048_an_answer_to_another_question_is_discarded_and_looked_up(pharmacy, change) -> None:
    pharmacy.line(Mode.DIRECT).of_answer = in_answer(change)

    with pytest.raises(AnswerForeign) as caught:
        pharmacy.ask(existence(pharmacy))

    assert Outcome.of(caught.value, sending=True).state is State.UNCERTAIN


def test_row_048_an_answer_kept_from_an_earlier_call_is_not_taken_for_this_one(pharmacy) -> None:
    line = pharmacy.line(Mode.DIRECT)
    pharmacy.ask(existence(pharmacy))
    line.instead = line.passed[0].answer

    with pytest.raises(AnswerForeign):
        pharmacy.ask(existence(pharmacy))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (HttpAnswer(200, "text/html", b"<html>Bienvenue</html>"), PortalAsks),
        (HttpAnswer(200, "application/soap+xml", b"<!DOCTYPE html><html/>"), PortalAsks),
        (HttpAnswer(511, "text/html", b"<html>login</html>"), PortalAsks),
        (HttpAnswer(200, "image/png", b"\x89PNG"), NotTheDmp),
        (HttpAnswer(403, "text/html", b"<html>interdit</html>"), HttpRefused),
        (HttpAnswer(301, "text/html", b""), WrongAddress),
    ],
)
def test_row_049_and_row_050_whoever_answers_in_place_of_the_dmp_is_named(pharmacy, answer, error) -> None:
    pharmacy.line(Mode.DIRECT).instead = answer

    with pytest.raises(error) as caught:
        pharmacy.ask(existence(pharmacy))

    assert caught.value.sentence
    assert pharmacy.line(Mode.DIRECT).passed[-1].request.service == "patients"


def multipart(pharmacy) -> HttpAnswer:
    pharmacy.ask(td32_retrieve.build(["2.25.51"]))
    return pharmacy.line(Mode.DIRECT).passed[-1].answer


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(swap(b"cid:", b"http://evil.example/"), id="row-052 http"),
        pytest.param(swap(b"cid:", b"file:///etc/passwd#"), id="row-052 file"),
        pytest.param(swap(b"cid:", b"cid:missing-"), id="row-052 missing"),
        pytest.param(lambda data: data[: len(data) // 2], id="row-051 cut"),
        pytest.param(
            swap(b"Content-ID:", b"Content-Type: multipart/mixed; boundary=x\r\nContent-ID:"), id="row-051 nested"
        ),
    ],
)
def test_a_package_that_was_changed_gives_no_document(pharmacy, change) -> None:
    pharmacy.fed("2.25.51")
    pharmacy.line(Mode.DIRECT).of_answer = in_answer(change)

    with pytest.raises((AnswerUnreadable, AnswerForeign)):
        answer = pharmacy.ask(td32_retrieve.build(["2.25.51"]))
        td32_retrieve.read(answer, asked=["2.25.51"])


def test_row_052_a_part_serves_once_and_its_name_may_be_encoded(pharmacy) -> None:
    pharmacy.fed("2.25.51")

    answer = pharmacy.ask(td32_retrieve.build(["2.25.51"]))
    (document,) = td32_retrieve.read(answer, asked=["2.25.51"]).documents

    assert document.content.startswith(b"<ClinicalDocument")
    include = next(answer.body.iter("{http://www.w3.org/2004/08/xop/include}Include"))
    holder = include.getparent()
    twin = holder.makeelement(holder.tag)
    twin.append(holder.makeelement(include.tag, {"href": include.get("href")}))
    holder.addnext(twin)
    with pytest.raises(AnswerUnreadable):
        mtom.attach(answer.body, answer.parts)


def test_row_054_a_row_cannot_send_a_reading_to_another_repository(pharmacy) -> None:
    row = pharmacy.fed("2.25.54")
    pharmacy.line(Mode.DIRECT).of_answer = in_answer(swap(DMP_REPOSITORY.encode(), b"1.2.3.666"))

    (told,) = td31_search.read(pharmacy.found("2.25.54"))
    pharmacy.line(Mode.DIRECT).of_answer = lambda answer: answer
    pharmacy.ask(td32_retrieve.build([row.unique_id]))
    request = pharmacy.line(Mode.DIRECT).passed[-1].request

    assert told.unique_id == row.unique_id
    assert DMP_REPOSITORY.encode() in request.body
    assert b"1.2.3.666" not in request.body
    assert b"HomeCommunityId" not in request.body
    assert request.service == "repository"


LONG_ANSWER = """
import resource, sys
from uuid import UUID
from dmp_core.dmp import td31_search, td31_stream
from dmp_core.ports import HttpStream
message = td31_search.find_documents(td31_search.Filter(), ins=None)
head, entry, tail = sys.stdin.buffer.read().split(b"|SPLIT|")
def pieces():
    yield head
    for rank in range(100_000):
        yield entry.replace(b"2.25.55", b"2.25.55%d" % rank)
    yield tail
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = 0
for row in td31_stream.rows(HttpStream(200, "application/soap+xml", pieces()), message, message_id=UUID(int=1)):
    count += 1
    if count == int(sys.argv[1]):
        break
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_row_055_a_hundred_thousand_entries_are_read_as_they_come(pharmacy) -> None:
    """5 000 rows, where the list is capped, cost no more memory than the first one; the rest is never read."""
    pharmacy.fed("2.25.55")
    pharmacy.found("2.25.55")
    body = pharmacy.line(Mode.DIRECT).passed[-1].answer.body
    entry = re.search(rb"<(\w+:)?ExtrinsicObject .*</(\w+:)?ExtrinsicObject>", body, re.DOTALL)
    assert entry
    head = other_question(body[: entry.start()], b"urn:uuid:00000000-0000-0000-0000-000000000001")
    head = head.replace(b'totalResultCount="1"', b'totalResultCount="100000"')
    code = subprocess.run(
        [sys.executable, "-c", LONG_ANSWER, "5000"],
        input=b"|SPLIT|".join((head, entry[0], body[entry.end() :])),
        capture_output=True,
        check=False,
    )

    assert code.returncode == 0, code.stderr.decode()[-1500:]
    count, kilobytes = map(int, code.stdout.split())
    assert count == 5000
    assert kilobytes < 150_000


@pytest.mark.parametrize("size", [1_000, 1_000_000])
def test_row_055_an_entry_of_many_slots_or_a_long_title_is_read_or_refused(pharmacy, size: int) -> None:
    pharmacy.fed("2.25.55")
    pharmacy.line(Mode.DIRECT).of_answer = in_answer(swap(b"Entretien", b"E" * size))

    try:
        (row,) = td31_search.read(pharmacy.found("2.25.55"))
        title = len(row.title or "")
    except DmpError as error:
        assert isinstance(error, AnswerUnreadable)
        title = 0

    assert title <= size + 100


def test_row_058_success_with_an_error_is_a_failure_at_the_client(pharmacy) -> None:
    error = (
        b'<rs:RegistryErrorList xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"><rs:RegistryError'
        b' errorCode="XDSRegistryError" codeContext="non"'
        b' severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"/>'
        b"</rs:RegistryErrorList>"
    )

    def grown(data: bytes) -> bytes:
        at = data.index(b":Success")
        end = data.index(b">", at)
        if data[end - 1 : end] == b"/":
            tag = data[data.rindex(b"<", 0, at) + 1 : at].split()[0]
            return data[: end - 1] + b">" + error + b"</" + tag + b">" + data[end + 1 :]
        return data[: end + 1] + error + data[end + 1 :]

    message = pharmacy.feed("2.25.58")
    pharmacy.line(Mode.DIRECT).of_answer = in_answer(grown)

    with pytest.raises(DmpRefusal) as caught:
        td21_feed.read(pharmacy.ask(message))

    assert caught.value.origin == "XDSRegistryError"


@pytest.mark.parametrize("unique_id", [b"../../x", b"C:\\x", b"1" * 10_000, b"<b>", b""])
def test_row_059_a_unique_id_is_a_value_and_never_a_file_name(pharmacy, tmp_path: Path, unique_id: bytes) -> None:
    pharmacy.fed("2.25.59")
    escaped = unique_id.replace(b"<", b"&lt;")
    pharmacy.line(Mode.DIRECT).of_answer = in_answer(swap(b'value="2.25.59"', b'value="' + escaped + b'"'))
    before = sorted(str(each) for each in tmp_path.rglob("*"))

    try:
        rows = [row.unique_id for row in td31_search.read(pharmacy.found("2.25.59"))]
    except AnswerUnreadable:
        rows = []

    assert rows == ([] if not 0 < len(unique_id) <= UNIQUE_ID else [unique_id.decode()])
    assert sorted(str(each) for each in tmp_path.rglob("*")) == before


def test_row_060_markup_in_metadata_is_text(pharmacy) -> None:
    pharmacy.fed("2.25.60")
    evil = b"&lt;img src=x onerror=alert(1)&gt;"
    pharmacy.line(Mode.DIRECT).of_answer = in_answer(swap(b"Entretien", evil))

    (row,) = td31_search.read(pharmacy.found("2.25.60"))

    assert "<img src=x onerror=alert(1)>" in (row.title or "")
    assert not list(pharmacy.found("2.25.60").body.iter("{*}img"))


@pytest.mark.parametrize("piece", [1, 7, 4096])
def test_a_streamed_answer_gives_the_rows_of_a_whole_one(pharmacy, piece: int) -> None:
    pharmacy.fed("2.25.61")
    pharmacy.ask(FIND)
    answer = pharmacy.line(Mode.DIRECT).passed[-1].answer
    question = pharmacy.line(Mode.DIRECT).passed[-1].request.body
    message_id = question.split(b"MessageID")[1].split(b"urn:uuid:")[1][:36].decode()
    pieces = (answer.body[at : at + piece] for at in range(0, len(answer.body), piece))

    stream = HttpStream(answer.status, answer.content_type, pieces)
    rows = [row.unique_id for row in td31_stream.rows(stream, FIND, message_id=UUID(message_id))]

    assert rows == ["2.25.61"]
