"""Damaged answers: whatever came, a reader gives a value or one of our errors, and no word of a patient in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmp_core import xml
from dmp_core.dmp import (
    soap,
    td02_existence,
    td03_authorisation,
    td04_patients,
    td13_administrative,
    td16_authorisations,
    td31_news,
    td31_search,
    td33_update,
)
from dmp_core.dmp.submission_sets import NewSet
from dmp_core.errors import DmpError
from dmp_core.model.document import Code, Visibility, XdsAuthor
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid, Status, Xds

INS = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
QUERY = UUID("11111111-2222-4333-8444-555555555555")
SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
NEW_SET = NewSet(
    unique_id="2.25.1", source_id="1.2", content_type=Code(code="x", system="y"), author=XdsAuthor(), patient_id=INS.cx
)

SERVICE = """<s:%sResponse xmlns:s='urn:si-dmp-%s'><s:output>%s<s:status>DMPOk</s:status><s:context>MARTIN</s:context>
</s:output></s:%sResponse>"""
PATIENT = """<s:patientlistData><s:patientIdentifier><s:nationalId>279035121518989</s:nationalId>
<s:nationalIdType>1.2.250.1.213.1.4.10</s:nationalIdType></s:patientIdentifier><s:lastName>MARTIN</s:lastName>
<s:MT>true</s:MT><s:lastAccessDate>20260101120000</s:lastAccessDate></s:patientlistData>"""
LINE = """<s:listOfAuthorizationByPatient><s:nationalId>8</s:nationalId><s:lastName>MARTIN</s:lastName>
<s:codeSpeciality>G15_21/A</s:codeSpeciality><s:startOfAuthorization>20260101120000</s:startOfAuthorization>
</s:listOfAuthorizationByPatient>"""
RECORD = f"""<PRPA_IN201308UV02 xmlns='urn:hl7-org:v3'><attentionLine><keyWordText code='AUTORISATION'/>
<value code='VALIDE'/></attentionLine><acknowledgement typeCode='AA'/><controlActProcess><subject><registrationEvent>
<subject1><patient><id root='1.2.250.1.213.1.4.10' extension='279035121518989'/><statusCode code='active'/>
<patientPerson><name><prefix>M</prefix><given>A</given><family qualifier='BR'>MARTIN</family></name>
<telecom value='tel:06'/><addr><streetAddressLine>1 rue</streetAddressLine><city>X</city></addr>
<personalRelationship><code code='FTH'/><relationshipHolder1><name><family>MARTIN</family></name></relationshipHolder1>
</personalRelationship></patientPerson><subjectOf><administrativeObservation><code code='RATTACHEMENT_ENS'/>
<value value='true'/></administrativeObservation></subjectOf></patient></subject1></registrationEvent></subject>
<queryAck><queryId extension='{QUERY}'/><queryResponseCode code='OK'/></queryAck></controlActProcess>
</PRPA_IN201308UV02>"""
OBJECTS = f"""<q:AdhocQueryResponse xmlns:q='urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0' status='{SUCCESS}'
 totalResultCount='3'><RegistryObjectList xmlns='urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0'>
<RegistryPackage id='urn:uuid:s' status='{Status.APPROVED}'><Slot name='submissionTime'><ValueList>
<Value>20260101</Value></ValueList></Slot><Classification classificationScheme='{Xds.SUBMISSION_SET_AUTHOR}'
 nodeRepresentation=''><Slot name='authorPerson'><ValueList><Value>MARTIN</Value></ValueList></Slot></Classification>
<ExternalIdentifier identificationScheme='{Xds.SUBMISSION_SET_UNIQUE_ID}' value='1.2'/></RegistryPackage>
<Association id='a' associationType='urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember'
 sourceObject='urn:uuid:s' targetObject='urn:uuid:d'><Slot name='PreviousVersion'><ValueList>
<Value>1</Value></ValueList></Slot></Association>
<ExtrinsicObject id='urn:uuid:d' lid='urn:uuid:d' objectType='{Xds.DOCUMENT_ENTRY}' status='{Status.APPROVED}'>
<Name><LocalizedString value='MARTIN'/></Name><VersionInfo versionName='1'/>
<Classification classificationScheme='{Xds.CONFIDENTIALITY_CODE}' nodeRepresentation='N'/>
<ExternalIdentifier identificationScheme='{Xds.UNIQUE_ID}' value='1.2.3'/></ExtrinsicObject>
</RegistryObjectList></q:AdhocQueryResponse>"""


def news(answer: soap.Answer) -> object:
    sets, associations = td31_search.read_submission_sets(answer), td31_search.read_associations(answer)
    return td31_news.news(sets, associations, td31_search.read(answer))


def masked(answer: soap.Answer) -> object:
    wanted = Visibility(masked_to_professionals=True)
    return td33_update.change_visibility(
        td33_update.target(answer, "1.2.3"), wanted, NEW_SET, submitted_at=datetime(2026, 1, 15, tzinfo=UTC)
    )


CASES: list[tuple[str, Callable[[soap.Answer], object]]] = [
    (SERVICE % ("setAuthorization", "habilitations", "", "setAuthorization"), td03_authorisation.read),
    (SERVICE % ("patientList", "patients", PATIENT, "patientList"), td04_patients.read),
    (
        SERVICE % ("listAuthorizationByPatient", "habilitations", LINE, "listAuthorizationByPatient"),
        td16_authorisations.read,
    ),
    (RECORD, lambda answer: td02_existence.read(answer, ins=INS, query_id=QUERY)),
    (RECORD, lambda answer: td13_administrative.read(answer, ins=INS, query_id=QUERY)),
    (OBJECTS, news),
    (OBJECTS, masked),
    (f"<RegistryResponse xmlns='urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0' status='{SUCCESS}'/>", td33_update.read),
]
IDS = ["td03", "td04", "td16", "td02", "td13", "news", "masked", "td33"]
WORDS = [
    b"<",
    b">",
    b"/",
    b"'",
    b"<!-- -->",
    b"<?p?>",
    b"<s:x/>",
    b"<name/>",
    b" id='x'",
    b"&#13;",
    b"&lt;",
    b"\xff",
    b"MT",
]


def assert_ours(read: Callable[[], object]) -> None:
    """It gives a value, or raises one of our errors without the patient's name."""
    try:
        read()
    except DmpError as error:
        assert "MARTIN" not in str(error)


@pytest.mark.parametrize(("text", "read"), CASES, ids=IDS)
def test_the_whole_answer_is_read(text: str, read: Callable[[soap.Answer], object]) -> None:
    assert read(soap.Answer(xml.parse(text.encode()))) is not None


@pytest.mark.parametrize(("text", "read"), CASES, ids=IDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_answer_raises_nothing_but_our_errors(
    text: str, read: Callable[[soap.Answer], object], data: st.DataObject
) -> None:
    body = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body)))
        body[place : place + data.draw(st.integers(0, 6))] = data.draw(st.sampled_from(WORDS))

    assert_ours(lambda: read(soap.Answer(xml.parse(bytes(body)))))


@pytest.mark.parametrize(("text", "read"), CASES, ids=IDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_answer_with_other_elements_raises_nothing_but_our_errors(
    text: str, read: Callable[[soap.Answer], object], data: st.DataObject
) -> None:
    """Well formed: elements are taken away, doubled or emptied, and attributes get any text."""
    body = xml.parse(text.encode())
    elements = [element for element in body.iter() if xml.is_element(element) and element is not body]
    for _ in range(data.draw(st.integers(1, 3)) if elements else 0):
        element = data.draw(st.sampled_from(elements))
        words = data.draw(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=12))
        action = data.draw(st.sampled_from(["remove", "double", "clear", "text", "attribute"]))
        parent = element.getparent()
        if action == "remove" and parent is not None:
            parent.remove(element)
        elif action == "double" and parent is not None:
            parent.append(xml.parse(xml.serialize(element)))
        elif action == "clear":
            element.clear()
        elif action == "text":
            element.text = words
        else:
            element.set(data.draw(st.sampled_from([*element.attrib, "id"])), words)

    assert_ours(lambda: read(soap.Answer(body)))
