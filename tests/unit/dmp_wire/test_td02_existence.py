from datetime import UTC, datetime
from uuid import UUID

import pytest

from dmp_core import xml
from dmp_core.dmp import soap, td02_existence
from dmp_core.errors import AnswerForeign, AnswerUnreadable, DmpOtherRefusal
from dmp_core.model.document import RecordStatus
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.model.software import Software
from dmp_core.testing.ids import SeededIds

INS = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
QUERY = UUID("11111111-2222-4333-8444-555555555555")
PATIENT = """<subject><registrationEvent><statusCode code="active"/><subject1><patient>
 <id root="1.2.250.1.213.1.4.2" extension="0123456789012345678901"/>
 <id root="1.2.250.1.213.1.4.10" extension="279035121518989"/><statusCode code="active"/>
 <patientPerson><name><prefix>MME</prefix><given>JEANNE</given><given>MARIE</given>
 <family qualifier="SP">MARTIN</family><family qualifier="BR">DURAND</family></name>
 <administrativeGenderCode code="F"/><birthTime value="19790315"/></patientPerson>
 <subjectOf><administrativeObservation><code code="COMPTE_INTERNET_OUVERT"/><value value="false"/>
 </administrativeObservation></subjectOf><subjectOf><administrativeObservation><code code="RATTACHEMENT_ENS"/>
 <value value="true"/></administrativeObservation></subjectOf></patient></subject1></registrationEvent></subject>"""
MESSAGE = f"""<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">
 <attentionLine><keyWordText code="AUTORISATION"/><value code="VALIDE"/></attentionLine>
 <attentionLine><keyWordText code="STATUT_MT"/><value value="false"/></attentionLine>
 <acknowledgement typeCode="AA"/><controlActProcess>{PATIENT}<queryAck>
 <queryId root="1.2.3.2" extension="{QUERY}"/><queryResponseCode code="OK"/></queryAck></controlActProcess>
 </PRPA_IN201308UV02>"""


def read(message: str = MESSAGE) -> td02_existence.Existence:
    return td02_existence.read(soap.Answer(xml.parse(message.encode())), ins=INS, query_id=QUERY)


def test_the_question_names_the_patient_and_the_software() -> None:
    software = Software(name="lgo", version="1", homologation="SIM", oid="1.2.3")
    message_id = SeededIds().uuid()

    message = td02_existence.build(
        INS, software, message_id=message_id, query_id=QUERY, at=datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
    )

    names = [xml.local_name(element) for element in message.body]
    assert names == [
        "id", "creationTime", "interactionId", "processingCode", "processingModeCode", "acceptAckCode", "receiver",
        "sender", "attentionLine", "controlActProcess",
    ]  # fmt: skip
    found = {(xml.local_name(element), *sorted(element.attrib.items())) for element in message.body.iter()}
    assert ("id", ("extension", str(message_id)), ("root", "1.2.3.1.1")) in found
    assert ("creationTime", ("value", "20260115093000")) in found
    assert ("queryId", ("extension", str(QUERY)), ("root", "1.2.3.2")) in found
    assert ("value", ("extension", INS.value), ("root", INS.oid)) in found
    assert (message.transaction, message.service) == ("TD0.2", "patients")


def test_an_open_and_authorised_record_is_read_whole() -> None:
    existence = read()

    assert existence.model_dump() == {
        "status": RecordStatus.AUTHORISED,
        "authorisation": "VALIDE",
        "medecin_traitant": False,
        "ins": (
            "0123456789012345678901^^^&1.2.250.1.213.1.4.2&ISO^NH",
            "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH",
        ),
        "traits": {
            "birth_name": "DURAND",
            "used_name": "MARTIN",
            "given_names": ("JEANNE", "MARIE"),
            "sex": "F",
            "birth_date": "19790315",
        },
        "ens_attached": True,
    }
    assert "DURAND" not in repr(existence)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("EXPIRE", RecordStatus.EXPIRED),
        ("INTERDIT", RecordStatus.BLOCKED),
        ("NON_EXISTE", RecordStatus.NOT_AUTHORISED),
        ("AUTRE", RecordStatus.NOT_AUTHORISED),
        ("", RecordStatus.NOT_AUTHORISED),
    ],
)
def test_each_authorisation_has_its_status(code: str, status: RecordStatus) -> None:
    existence = read(MESSAGE.replace('"VALIDE"', f'"{code}"'))

    assert (existence.status, existence.authorisation) == (status, code or None)


def test_a_terminated_record_is_closed() -> None:
    message = MESSAGE.replace('/><statusCode code="active"/>', '/><statusCode code="terminated"/>')

    assert read(message).status is RecordStatus.CLOSED


def test_no_record_for_this_ins_is_absent() -> None:
    message = MESSAGE.replace('"OK"', '"NF"').replace(PATIENT, "")

    assert read(message) == td02_existence.Existence(status=RecordStatus.ABSENT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (str(QUERY), "22222222-2222-4333-8444-555555555555"),
        ('"279035121518989"', '"279035121518988"'),
        ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.8"),
        ("PRPA_IN201308UV02", "PRPA_IN201306UV02"),
    ],
)
def test_an_answer_about_something_else_is_foreign(old: str, new: str) -> None:
    with pytest.raises(AnswerForeign):
        read(MESSAGE.replace(old, new))


def test_a_new_ins_beside_the_one_asked_for_is_history() -> None:
    newer = '<id root="1.2.250.1.213.1.4.9" extension="279035121518989"/><id root="1.2.250.1.213.1.4.2"'

    existence = read(MESSAGE.replace('<id root="1.2.250.1.213.1.4.2"', newer))

    assert len(existence.ins) == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PATIENT, ""),
        (PATIENT, PATIENT * 2),
        ('/><statusCode code="active"/>', "/>"),
        ("<queryAck>", "<other>"),
        ("DURAND", "DU<!-- -->RAND"),
    ],
)
def test_an_answer_that_lacks_the_essential_is_unreadable(old: str, new: str) -> None:
    message = MESSAGE.replace(old, new)
    if "<other>" in message:
        message = message.replace("</queryAck>", "</other>")

    with pytest.raises(AnswerUnreadable):
        read(message)


def test_an_error_of_the_query_is_a_refusal() -> None:
    with pytest.raises(DmpOtherRefusal) as caught:
        read(MESSAGE.replace('"OK"', '"QE"'))

    assert caught.value.origin == "QE"
