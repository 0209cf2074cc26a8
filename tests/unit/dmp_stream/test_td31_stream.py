"""Rows read as they come are the rows of the whole answer, and end with the error that the whole answer would have."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmp_core import xml
from dmp_core.dmp import soap, td31_search, td31_stream
from dmp_core.dmp.soap import Message
from dmp_core.errors import AnswerForeign, AnswerUnreadable, DmpError, DmpRefusal, TransportError
from dmp_core.model import limits
from dmp_core.model.document import RecordEntry
from dmp_core.ports import HttpAnswer, HttpStream

ASKED = UUID(int=7)
TYPE = "application/soap+xml; charset=UTF-8"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
PARTIAL = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
ERRORS = (
    "<RegistryErrorList xmlns='urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0'><RegistryError errorCode='XDSRegistryBusy'"
    " severity='urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error' codeContext='occupé'/></RegistryErrorList>"
)
MESSAGE = Message(
    "TD3.1", "registry", td31_search.ACTION, f"{td31_search.ACTION}Response", xml.parse(b"<ask xmlns='urn:x'/>")
)


def entry(number: int, *, more: str = "") -> str:
    return (
        f"<r:ExtrinsicObject id='urn:uuid:{UUID(int=number)}' mimeType='text/xml'"
        " objectType='urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1'"
        " status='urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'>"
        "<r:Slot name='hash'><r:ValueList><r:Value> 0a </r:Value></r:ValueList></r:Slot>"
        f"<r:Name><r:LocalizedString xml:lang='fr' value='Titre &amp; {number}'/></r:Name>{more}"
        "<r:ExternalIdentifier identificationScheme='urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab'"
        f" value='2.25.{number}'/></r:ExtrinsicObject>\n"
    )


def answer(
    objects: str,
    *,
    status: str = SUCCESS,
    before: str = "",
    after: str = "",
    relates_to: UUID = ASKED,
    count: str = "",
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- ok -->\n',
) -> bytes:
    return (
        f'{prolog}<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>'
        f'<Action xmlns="http://www.w3.org/2005/08/addressing">{MESSAGE.reply_action}</Action>'
        f'<RelatesTo xmlns="http://www.w3.org/2005/08/addressing">{relates_to.urn}</RelatesTo></s:Header><s:Body>'
        f"<AdhocQueryResponse xmlns='urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0' status='{status}' {count}>{before}"
        f"<r:RegistryObjectList xmlns:r='{RIM}'>{objects}</r:RegistryObjectList>{after}"
        "</AdhocQueryResponse></s:Body></s:Envelope>"
    ).encode()


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def streamed(data: bytes, size: int = 700) -> list[RecordEntry]:
    return list(td31_stream.rows(HttpStream(200, TYPE, pieces(data, size)), MESSAGE, message_id=ASKED))


def whole(data: bytes) -> list[RecordEntry]:
    return list(td31_search.read(soap.answer(HttpAnswer(200, TYPE, data), MESSAGE, message_id=ASKED)))


def outcome(read: object, data: bytes) -> object:
    try:
        return read(data)  # type: ignore[operator]
    except DmpError as error:
        return type(error)


MANY = "".join(entry(number) for number in range(1, 60))
ANSWERS = {
    "many rows": answer(MANY, count="totalResultCount='59'"),
    "no row": answer(""),
    "no list": answer("").replace(f"<r:RegistryObjectList xmlns:r='{RIM}'></r:RegistryObjectList>".encode(), b""),
    "comments and references between": answer("<!-- a --><r:ObjectRef id='x'/>".join(entry(n) for n in range(1, 40))),
    "partial success": answer(MANY, status=PARTIAL, before=ERRORS),
    "success with an error": answer(MANY, before=ERRORS),
    "failure": answer("", status=SUCCESS.replace("Success", "Failure"), before=ERRORS),
    "too few": answer(MANY, count="totalResultCount='60'"),
    "another question": answer(MANY, relates_to=UUID(int=8)),
    "a row without uniqueId": answer(MANY + entry(99).replace("2e82c1f6", "00000000")),
    "a comment inside a value": answer(MANY + entry(99).replace("0a", "0<!-- -->a")),
    "utf-16": answer(MANY, prolog="").decode().encode("utf-16"),
    "a mark before": b"\xef\xbb\xbf" + answer(MANY),
    "a fault": answer("").split(b"<s:Body>")[0] + b"<s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code>"
    b"<s:Reason><s:Text xml:lang='fr'>non</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>",
}


@pytest.mark.parametrize("size", [1, 16, 4096, 1_000_000])
@pytest.mark.parametrize("name", ANSWERS)
def test_what_comes_in_pieces_is_read_as_the_whole(name: str, size: int) -> None:
    data = ANSWERS[name]

    assert outcome(lambda data: streamed(data, size), data) == outcome(whole, data)


def test_a_row_is_given_before_the_answer_ended() -> None:
    def coming() -> Iterator[bytes]:
        yield answer(MANY)[:16_000]
        raise AssertionError("the first row needs no more than the first 16 000 bytes")

    first = next(td31_stream.rows(HttpStream(200, TYPE, coming()), MESSAGE, message_id=ASKED))

    assert first.unique_id == "2.25.1"


@pytest.mark.parametrize("cut", [10, 5_000, 12_000, -2])
def test_an_answer_that_is_cut_ends_with_an_error(cut: int) -> None:
    with pytest.raises((AnswerUnreadable, TransportError)):
        streamed(answer(MANY)[:cut])


@pytest.mark.parametrize(
    "data",
    [
        answer(MANY, after=ERRORS),
        answer(MANY, after=f"<r:RegistryObjectList xmlns:r='{RIM}'>{entry(99)}</r:RegistryObjectList>"),
        answer(MANY).replace(b"</s:Body>", b"<x xmlns='urn:x'/></s:Body>"),
        answer(MANY).replace(b"</s:Envelope>", b"<s:Body/></s:Envelope>"),
        answer(MANY) + b"<x/>",
        answer(MANY + f"<r:ObjectRef id='x'>{entry(98)}</r:ObjectRef>"),
    ],
    ids=["errors after", "a second list", "a second payload", "a second body", "a second root", "a hidden row"],
)
def test_what_ends_otherwise_than_it_began_is_refused(data: bytes) -> None:
    with pytest.raises((AnswerUnreadable, AnswerForeign, DmpRefusal)):
        streamed(data)


def test_a_doctype_is_refused_before_anything_is_read() -> None:
    with pytest.raises(AnswerUnreadable, match="DOCTYPE"):
        streamed(answer(MANY, prolog="<!DOCTYPE x [<!ENTITY a 'b'>]>"))


def test_a_row_of_more_than_a_megabyte_is_refused() -> None:
    filler = "<r:Slot name='x'/>" * (2 * limits.XML_UNFINISHED // 18)

    with pytest.raises(AnswerUnreadable, match=str(limits.XML_UNFINISHED)):
        streamed(answer(entry(1, more=filler)), 65_536)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=40), st.integers(0, len(ANSWERS["many rows"])), st.integers(0, 60))
def test_damage_gives_the_rows_of_the_whole_or_a_declared_error(noise: bytes, place: int, gone: int) -> None:
    data = ANSWERS["many rows"]
    damaged = data[:place] + noise + data[place + gone :]

    result = outcome(streamed, damaged)

    expected = outcome(whole, damaged)
    both_refuse = isinstance(result, type) and isinstance(expected, type)
    assert result == expected or both_refuse
