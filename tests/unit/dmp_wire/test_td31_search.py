import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dmp_core import xml
from dmp_core.dmp import answers, entries, soap, td31_search
from dmp_core.dmp.td31_search import Filter
from dmp_core.errors import AnswerForeign, AnswerUnreadable, DmpBusy, DmpError
from dmp_core.model.document import Code
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid, Status, Xds

INS = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
LOINC = "2.16.840.1.113883.6.1"


def slots(message: soap.Message) -> dict[str, list[str | None]]:
    return {slot.get("name", ""): [value.text for value in slot[0]] for slot in message.body.iter("{*}Slot")}


def test_values_are_quoted_as_ihe_says() -> None:
    wanted = Filter(
        statuses=(Status.APPROVED, Status.ARCHIVED),
        service_start_from=datetime(2024, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))),
        type_codes=(Code(code="11488-4", system=LOINC), Code(code="O'x", system="1.2")),
        author_person="%MARTIN%",
    )

    message = td31_search.find_documents(wanted, ins=INS)

    assert slots(message) == {
        "$XDSDocumentEntryPatientId": ["'279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH'"],
        "$XDSDocumentEntryStatus": [f"('{Status.APPROVED}','{Status.ARCHIVED}')"],
        "$XDSDocumentEntryServiceStartTimeFrom": ["20231231230000"],
        "$XDSDocumentEntryTypeCode": [f"('11488-4^^{LOINC}','O''x^^1.2')"],
        "$XDSDocumentEntryAuthorPerson": ["('%MARTIN%')"],
    }
    assert (message.transaction, message.service) == ("TD3.1", "registry")
    assert message.reply_action == "urn:ihe:iti:2007:RegistryStoredQueryResponse"


@pytest.mark.exigence("RG_3010")
def test_the_patient_may_be_left_to_the_vihf() -> None:
    message = td31_search.find_documents(Filter(), ins=None)

    assert slots(message) == {"$XDSDocumentEntryStatus": [f"('{Status.APPROVED}')"]}


def test_a_long_list_takes_several_values() -> None:
    codes = tuple(Code(code=f"{rank:05}-1", system=LOINC) for rank in range(40))

    values = slots(td31_search.find_documents(Filter(class_codes=codes), ins=INS))["$XDSDocumentEntryClassCode"]

    assert max(len(value or "") for value in values) <= 256
    assert ",".join((value or "")[1:-1] for value in values) == ",".join(f"'{code.code}^^{LOINC}'" for code in codes)


def test_documents_are_looked_up_by_unique_id() -> None:
    message = td31_search.get_documents(["1.2.3", "1.2.4"], references_only=True)

    assert slots(message) == {"$XDSDocumentEntryUniqueId": ["('1.2.3','1.2.4')"]}
    assert message.body[0].get("returnType") == "ObjectRef"
    assert message.body[1].get("id") == Xds.GET_DOCUMENTS


@pytest.mark.oracle
def test_the_questions_obey_the_schema_of_ihe(assert_valid) -> None:
    code = (Code(code="a" * 30, system="1.2.3"),) * 20
    day = datetime(2024, 1, 1, tzinfo=UTC)
    everything = Filter(tuple(Status), day, day, day, day, code, code, code, code, code, code, code, "x", True)

    assert_valid("ihe/query.xsd", td31_search.find_documents(everything, ins=INS).body)
    assert_valid("ihe/query.xsd", td31_search.get_documents(["1.2.3"], references_only=False, ins=INS).body)


def answer(objects: str, *, status: str = SUCCESS, errors: str = "") -> soap.Answer:
    return soap.Answer(
        xml.parse(
            f"<q:AdhocQueryResponse xmlns:q='{answers.QUERY}' xmlns:rs='{answers.RS}' status='{status}'>{errors}"
            f"<RegistryObjectList xmlns='{entries.RIM}'>{objects}</RegistryObjectList></q:AdhocQueryResponse>".encode()
        )
    )


def entry(inside: str = "", unique_id: str = "1.2.3", attributes: str = "") -> str:
    return (
        f"<ExtrinsicObject id='urn:uuid:1' objectType='{Xds.DOCUMENT_ENTRY}' status='{Status.APPROVED}' {attributes}>"
        f"{inside}<ExternalIdentifier identificationScheme='{Xds.UNIQUE_ID}' value='{unique_id}'/></ExtrinsicObject>"
    )


def test_what_an_entry_leaves_out_is_empty() -> None:
    (row,) = td31_search.read(answer(entry()))

    assert row.model_dump(exclude_defaults=True) == {
        "unique_id": "1.2.3",
        "entry_uuid": "urn:uuid:1",
        "status": Status.APPROVED,
    }


def test_odd_but_allowed_entries_are_read() -> None:
    inside = f"""<!-- c --><?pi?><Slot name='size'><ValueList><Value> 12 </Value></ValueList></Slot>
      <Slot name='hash'><ValueList/></Slot><Slot name='unknown'/><Slot name='creationTime'><ValueList>
      <Value>20240101</Value><Value>2</Value></ValueList></Slot>
      <Name><LocalizedString value=''/><LocalizedString xml:lang='en' value='Note'/>
      <LocalizedString xml:lang='FR' value='Écrit'/></Name><Description><LocalizedString value='c'/></Description>
      <Classification classificationScheme='{Xds.TYPE_CODE}' nodeRepresentation='11488-4'/>
      <Classification classificationScheme='{Xds.TYPE_CODE}' nodeRepresentation='second'/>
      <Classification classificationNode='urn:uuid:9'/>
      <Classification classificationScheme='{Xds.AUTHOR}' nodeRepresentation=''/>"""

    (row,) = td31_search.read(answer(entry(inside, attributes="home='' lid='urn:uuid:l'")))

    assert (row.size, row.hash, row.creation_time, row.title, row.comments) == (12, None, "20240101", "Écrit", "c")
    assert row.type_code == Code(code="11488-4", system="")
    assert len(row.authors) == 1
    assert (row.home_community_id, row.logical_id) == (None, "urn:uuid:l")


@pytest.mark.parametrize("size", ["-1", "1e3", "٣", "9" * 5000])
def test_a_size_that_is_no_number_is_left_out(size: str) -> None:
    (row,) = td31_search.read(answer(entry(f"<Slot name='size'><ValueList><Value>{size}</Value></ValueList></Slot>")))

    assert row.size is None


def test_an_empty_list_gives_no_row() -> None:
    assert list(td31_search.read(answer(""))) == []
    assert td31_search.read_references(answer("")) == ()


@pytest.mark.parametrize(
    "bad",
    [
        entry().replace("id='urn:uuid:1'", ""),
        entry().replace("status=", "state="),
        entry().replace("objectType=", "kind="),
        entry(unique_id=""),
        entry(unique_id="1" * 129),
        entry("<Slot name='hash'><ValueList><Value>ab<!-- -->cd</Value></ValueList></Slot>"),
    ],
)
def test_an_unusable_entry_is_named_by_its_rank(bad: str) -> None:
    rows = td31_search.read(answer(entry() + bad))

    assert next(rows).unique_id == "1.2.3"
    with pytest.raises(AnswerUnreadable, match="entry 2"):
        next(rows)


def test_a_refusal_is_raised_before_the_first_row() -> None:
    errors = (
        "<rs:RegistryErrorList><rs:RegistryError errorCode='XDSRegistryBusy' codeContext=''/></rs:RegistryErrorList>"
    )

    with pytest.raises(DmpBusy):
        td31_search.read(answer(entry(), errors=errors))


def test_another_response_is_foreign() -> None:
    body = xml.parse(f"<RegistryResponse xmlns='{answers.RS}' status='{SUCCESS}'/>".encode())

    with pytest.raises(AnswerForeign):
        td31_search.read(soap.Answer(body))


def test_references_are_read_and_whole_entries_in_their_place() -> None:
    references = "<ObjectRef id='urn:uuid:1' home=''/><ObjectRef id='urn:uuid:2'/>"

    assert td31_search.read_references(answer(references)) == ("urn:uuid:1", "urn:uuid:2")
    assert td31_search.read_references(answer(entry() + "<ObjectRef id='urn:uuid:scheme'/>")) == ("urn:uuid:1",)
    with pytest.raises(AnswerUnreadable):
        td31_search.read_references(answer("<ObjectRef/>"))


WORDS = [
    b"<",
    b">",
    b"/",
    b"'",
    b"<!-- -->",
    b"<Slot/>",
    b" id='x'",
    b"&#13;",
    b"&lt;",
    b"\x00",
    b"\xff",
    b"size",
    b"q:",
]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_answer_raises_nothing_but_our_errors(data: st.DataObject) -> None:
    inside = (
        "<Slot name='size'><ValueList><Value>12</Value></ValueList></Slot><Name><LocalizedString value='a'/></Name>"
    )
    body = bytearray(etree.tostring(answer(entry(inside) * 2).body))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body)))
        body[place : place + data.draw(st.integers(0, 4))] = data.draw(st.sampled_from(WORDS))

    with contextlib.suppress(DmpError):
        list(td31_search.read(soap.Answer(xml.parse(bytes(body)))))


def test_five_hundred_entries_are_all_read() -> None:
    slot = "<Slot name='creationTime'><ValueList><Value>20240101</Value></ValueList></Slot>"
    scheme = "<Slot name='codingScheme'><ValueList><Value>1.2</Value></ValueList></Slot>"
    codes = "".join(
        f"<Classification classificationScheme='{each}' nodeRepresentation='c'>{scheme}"
        "<Name><LocalizedString value='label'/></Name></Classification>"
        for each in (Xds.TYPE_CODE, Xds.CLASS_CODE, Xds.FORMAT_CODE, Xds.PRACTICE_SETTING, Xds.EVENT_CODE)
    )
    data = etree.tostring(answer(entry(slot * 6 + codes) * 500).body)

    rows = list(td31_search.read(soap.Answer(xml.parse(data))))

    assert len(rows) == 500
