from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from dmp_core.dmp import td02_existence, td13_administrative
from dmp_core.dmp.td13_administrative import AdministrativeData, PersonKind, PostalAddress, Telecom
from dmp_core.errors import AnswerForeign, AnswerUnreadable, DmpAbsent, DmpClosed, DmpOtherRefusal
from dmp_core.xml import Element, local_name

FATHER = """<personalRelationship classCode="PRS"><code code="FTH" codeSystem="2.16.840.1.113883.1.11.19579"/>
 <addr><streetAddressLine>3 rue du Pont</streetAddressLine><additionalLocator>Bât. B</additionalLocator>
 <postalCode>59000</postalCode><city>LILLE</city></addr><telecom use="MC" value="tel:0600000001"/>
 <relationshipHolder1><name><prefix>M</prefix><given>Paul</given><family>DURAND</family></name></relationshipHolder1>
 </personalRelationship>"""
GUARDIANS = """<contactParty><contactPerson><name><given>Luc</given><family>VOISIN</family></name>
 <telecom value="tel:0600000002"/></contactPerson></contactParty>
 <guardian><guardianOrganization><name>ASSOCIATION TUTELAIRE</name></guardianOrganization></guardian>"""
PATIENT = f"""<subject><registrationEvent><statusCode code="completed"/><subject1><patient>
 <id root="1.2.250.1.213.1.4.2" extension="0123456789012345678901"/>
 <id root="1.2.250.1.213.1.4.10" extension="279035121518989"/><statusCode code="active"/><patientPerson>
 <name><prefix>MME</prefix><given>JEANNE</given><family qualifier="SP">MARTIN</family>
 <family qualifier="BR">DURAND</family></name>
 <telecom value="mailto:j@example.org"/><telecom use="MC" value="tel:0600000000"/>
 <telecom value="mailto:j@example.org"/><administrativeGenderCode code="F"/><birthTime value="19790315"/>
 <deceasedInd value="false"/><addr><streetAddressLine>1 rue Haute</streetAddressLine><postalCode>51100</postalCode>
 <city>REIMS</city><country>France</country></addr>{FATHER}
 <birthPlace classCode="BIRTHPL"><addr><county>51215</county></addr></birthPlace></patientPerson>
 <subjectOf><administrativeObservation><code code="OPPOSITION_BRIS_DE_GLACE"/><value value="true"/>
 </administrativeObservation></subjectOf><subjectOf><administrativeObservation>
 <code code="OPPOSITION_ACCES_URGENCE"/><value value="false"/></administrativeObservation></subjectOf>
 <subjectOf><administrativeObservation><code code="RATTACHEMENT_ENS"/><value value="true"/>
 </administrativeObservation></subjectOf></patient></subject1></registrationEvent></subject>"""
MESSAGE = f"""<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><acknowledgement typeCode="AA"/>
 <controlActProcess>{PATIENT}<queryAck><queryId root="1.2.3.2" extension="11111111-2222-4333-8444-555555555555"/>
 <queryResponseCode code="OK"/></queryAck></controlActProcess></PRPA_IN201308UV02>"""


@pytest.fixture
def read(answer, ins, query_id: UUID) -> Callable[[str], AdministrativeData]:
    return lambda message: td13_administrative.read(answer(message), ins=ins, query_id=query_id)


def test_the_question_is_that_of_td02_for_another_reason(ins, software, query_id) -> None:
    asked = {"message_id": UUID(int=1), "query_id": query_id, "at": datetime(2026, 1, 15, 9, 30, tzinfo=UTC)}

    message = td13_administrative.build(ins, software, **asked)

    def flat(body: Element) -> list[tuple[str, dict[str, str]]]:
        return [(local_name(e), dict(e.attrib)) for e in body.iter() if local_name(e) != "reasonCode"]

    existence = td02_existence.build(ins, software, **asked)
    assert flat(message.body) == flat(existence.body)
    assert [dict(each.attrib) for each in message.body.iter("{*}reasonCode")] == [
        {
            "code": "CNSLT_DATA",
            "codeSystem": "1.2.250.1.213.1.1.4.11",
            "displayName": "Consultation des données de gestion de dossier",
        }
    ]
    assert (message.transaction, message.service) == ("TD1.3a", "patients")
    assert (message.action, message.reply_action) == (existence.action, existence.reply_action)


def test_a_record_is_read_whole(read) -> None:
    data = read(MESSAGE)

    home = PostalAddress(lines=("1 rue Haute",), postal_code="51100", city="REIMS", country="France")
    assert data.is_open
    assert data.ins[1] == "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
    assert (data.traits.birth_name, data.traits.used_name, data.civility) == ("DURAND", "MARTIN", "MME")
    assert data.birth_place == PostalAddress(city="51215")
    assert data.deceased is False
    assert data.addresses == (home,)
    assert data.telecoms == (Telecom(value="mailto:j@example.org"), Telecom(value="tel:0600000000", use="MC"))
    assert (data.opposes_bris_de_glace, data.opposes_emergency_centre) == (True, False)
    assert (data.ens_attached, data.internet_account) == (True, None)


def test_a_representative_is_read_with_address_and_telephone(read) -> None:
    (father,) = read(MESSAGE).people

    assert father.model_dump(exclude_defaults=True) == {
        "kind": PersonKind.RELATION,
        "relation": "FTH",
        "civility": "M",
        "family": "DURAND",
        "given_names": ("Paul",),
        "addresses": ({"lines": ("3 rue du Pont", "Bât. B"), "postal_code": "59000", "city": "LILLE"},),
        "telecoms": ({"value": "tel:0600000001", "use": "MC"},),
    }


def test_people_to_warn_and_guardians_are_read_where_the_dmp_returns_them(read) -> None:
    data = read(MESSAGE.replace(FATHER, GUARDIANS))

    contact, guardian = data.people
    assert (contact.kind, contact.family, contact.telecoms[0].value) == (PersonKind.CONTACT, "VOISIN", "tel:0600000002")
    assert (guardian.kind, guardian.organisation) == (PersonKind.GUARDIAN, "ASSOCIATION TUTELAIRE")


def test_what_the_dmp_left_out_is_empty(read) -> None:
    person = PATIENT[PATIENT.index("<patientPerson>") : PATIENT.index("</patient>")]

    data = read(MESSAGE.replace(person, "<patientPerson><birthPlace><addr/></birthPlace></patientPerson>"))

    assert data.model_dump(exclude_defaults=True).keys() == {"is_open", "ins", "traits"}
    assert (data.ens_attached, data.opposes_bris_de_glace) == (None, None)


def test_an_address_in_one_piece_is_one_line(read) -> None:
    start, end = MESSAGE.index("<addr><streetAddressLine>1 rue Haute"), MESSAGE.index(FATHER)

    data = read(MESSAGE[:start] + "<addr> 1 rue Haute, Reims </addr>" + MESSAGE[end:])

    assert data.addresses == (PostalAddress(lines=("1 rue Haute, Reims",)),)


def test_a_closed_record_is_told(read) -> None:
    message = MESSAGE.replace('/><statusCode code="active"/>', '/><statusCode code="terminated"/>')

    assert not read(message).is_open


def test_no_person_stands_in_a_repr(read) -> None:
    data = read(MESSAGE)

    assert "DURAND" not in repr(data) + repr(data.people) + repr(data.addresses) + repr(data.telecoms)


def test_no_record_is_a_refusal(read) -> None:
    with pytest.raises(DmpAbsent) as caught:
        read(MESSAGE.replace('"OK"', '"NF"').replace(PATIENT, ""))

    assert caught.value.origin == "NF"


@pytest.mark.parametrize(
    ("code", "error"), [("DMPClosed", DmpClosed), ("DMPPatientNotFound", DmpAbsent), ("DMPAutre", DmpOtherRefusal)]
)
def test_a_negative_acknowledgement_is_a_refusal(read, code: str, error: type[Exception]) -> None:
    refused = f'<acknowledgement typeCode="AE"><acknowledgementDetail><code code="{code}"/><text>non</text>'
    message = MESSAGE.replace(
        '<acknowledgement typeCode="AA"/>', f"{refused}</acknowledgementDetail></acknowledgement>"
    )

    with pytest.raises(error) as caught:
        read(message)

    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("11111111-2222", "21111111-2222", AnswerForeign),
        ('"279035121518989"', '"279035121518988"', AnswerForeign),
        ("PRPA_IN201308UV02", "PRPA_IN201306UV02", AnswerForeign),
        (PATIENT, "", AnswerUnreadable),
        (PATIENT, PATIENT * 2, AnswerUnreadable),
        ("REIMS", "REI<!-- -->MS", AnswerUnreadable),
        ("DURAND", "DU<b/>RAND", AnswerUnreadable),
        ('"active"', '"nullified"', AnswerUnreadable),
    ],
)
def test_an_unusable_answer_is_refused(read, old: str, new: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        read(MESSAGE.replace(old, new))

    assert "DURAND" not in str(caught.value)
