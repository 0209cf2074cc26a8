from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

from dmp_core.dmp import td04_patients
from dmp_core.dmp.td04_patients import DateType
from dmp_core.errors import AnswerForeign, AnswerUnreadable, DmpAccessDenied, MessageInvalid
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid

NS = "urn:si-dmp-patients"
SINCE = datetime(2026, 1, 15, 10, 30, tzinfo=timezone(timedelta(hours=1)))
IDENTIFIER = (
    "<p:patientIdentifier><p:nationalId>%s</p:nationalId><p:nationalIdType>%s</p:nationalIdType></p:patientIdentifier>"
)
INS = IDENTIFIER % ("279035121518989", "1.2.250.1.213.1.4.10")
INS_C = IDENTIFIER % ("0123456789012345678901", "1.2.250.1.213.1.4.2")
MARTIN = f"""<p:patientlistData>{INS_C}{INS}<p:lastName>MARTIN</p:lastName>
 <p:patronymicalName>DURAND</p:patronymicalName><p:firstName>JEANNE</p:firstName><p:civility>MME</p:civility>
 <p:dateOfBirth>19790315</p:dateOfBirth><p:MT>false</p:MT><p:message>true</p:message>
 <p:lastAccessDate>20260110094105</p:lastAccessDate><p:lastUpdateDate>20260109</p:lastUpdateDate>
 <p:lastAddDate>hier</p:lastAddDate></p:patientlistData>"""


def listed(*patients: str, status: str = "<p:status>DMPOk</p:status>") -> str:
    output = f"<p:output>{''.join(patients)}{status}</p:output>"
    return f"<p:patientListResponse xmlns:p='{NS}'>{output}</p:patientListResponse>"


def test_the_question_is_written_in_utc() -> None:
    message = td04_patients.build(SINCE, DateType.LAST_AUTHORISATION)

    assert [(etree.QName(child).localname, child.text) for child in message.body] == [
        ("startDate", "20260115093000"),
        ("dateType", "LASTAUTORIZATION"),
    ]
    assert {etree.QName(each).namespace for each in message.body.iter()} == {NS}
    assert (message.transaction, message.service) == ("TD0.4", "patientsSpecific")
    assert message.action == "urn:si-dmp-patients:PatientSpecificEndPoint:patientList"
    assert message.reply_action == "urn:si-dmp-patients:PatientSpecificEndPoint:patientListResponse"


def test_the_owner_of_the_list_can_be_named() -> None:
    message = td04_patients.build(SINCE, DateType.LAST_DOCUMENT, ps_owner_id="899700000123")

    assert [child.text for child in message.body] == ["20260115093000", "LASTDOC", "899700000123"]


def test_a_control_character_is_refused() -> None:
    with pytest.raises(MessageInvalid):
        td04_patients.build(SINCE, DateType.LAST_DOCUMENT, ps_owner_id="8\x00")


def test_a_patient_is_read_whole(answer) -> None:
    (patient,) = td04_patients.read(answer(listed(MARTIN)))

    assert patient.model_dump() == {
        "identifiers": (
            {"value": "0123456789012345678901", "oid": "1.2.250.1.213.1.4.2"},
            {"value": "279035121518989", "oid": "1.2.250.1.213.1.4.10"},
        ),
        "last_name": "MARTIN",
        "birth_name": "DURAND",
        "first_name": "JEANNE",
        "civility": "MME",
        "birth_date": "19790315",
        "medecin_traitant": False,
        "message": True,
        "last_access": datetime(2026, 1, 10, 9, 41, 5, tzinfo=UTC),
        "last_update": datetime(2026, 1, 9, tzinfo=UTC),
        "last_addition": None,
    }
    assert patient.ins == Ins(value="279035121518989", oid=InsOid.NIR_TEST)
    assert "MARTIN" not in repr(patient)


def test_an_identifier_with_a_wrong_key_is_no_ins(answer) -> None:
    (patient,) = td04_patients.read(answer(listed(MARTIN.replace("279035121518989", "279035121518988"))))

    assert patient.ins is None


def test_an_empty_list_is_no_error(answer) -> None:
    assert td04_patients.read(answer(listed())) == ()


def test_a_refusal_is_raised_even_beside_patients(answer) -> None:
    status = "<p:status>DMPAccessDeniedByRightsService</p:status><p:context>non</p:context>"

    with pytest.raises(DmpAccessDenied):
        td04_patients.read(answer(listed(MARTIN, status=status)))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (listed(MARTIN, MARTIN.replace(INS, "").replace(INS_C, "")), AnswerUnreadable),
        (listed(MARTIN, MARTIN.replace("DURAND", "DU<!-- -->RAND")), AnswerUnreadable),
        (listed(status=""), AnswerUnreadable),
        (listed(MARTIN).replace("patientListResponse", "patientList"), AnswerForeign),
    ],
)
def test_an_unusable_answer_is_refused(answer, text: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        td04_patients.read(answer(text))

    assert "DURAND" not in str(caught.value)


def test_an_unusable_patient_is_named_by_rank(answer) -> None:
    with pytest.raises(AnswerUnreadable, match="patient 2: patientIdentifier"):
        td04_patients.read(answer(listed(MARTIN, "<p:patientlistData/>")))
