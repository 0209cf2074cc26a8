from datetime import UTC, datetime

import pytest
from lxml import etree

from dmp_core.dmp import td16_authorisations
from dmp_core.dmp.td16_authorisations import Listed
from dmp_core.errors import AnswerForeign, AnswerUnreadable, DmpClosed

NS = "urn:si-dmp-habilitations"
LIBRE = """<h:listOfAuthorizationByPatient><h:nationalId>899700000123</h:nationalId>
 <h:nationalIdType>1.2.250.1.71.4.2.1</h:nationalIdType><h:firstName>MAX</h:firstName><h:lastName>LIBRE</h:lastName>
 <h:codeSpeciality>G15_21/A</h:codeSpeciality><h:libSpeciality>Pharmacien titulaire</h:libSpeciality>
 <h:startOfAuthorization>20260101120000</h:startOfAuthorization><h:lastActionDate>20260102120000</h:lastActionDate>
 <h:mode>ACTIVE</h:mode></h:listOfAuthorizationByPatient>"""


def listed(*professionals: str, status: str = "<h:status>DMPOk</h:status><h:context/>") -> str:
    return (
        f"<h:listAuthorizationByPatientResponse xmlns:h='{NS}'><h:output>{''.join(professionals)}{status}</h:output>"
        "</h:listAuthorizationByPatientResponse>"
    )


@pytest.mark.parametrize("mode", Listed)
def test_the_question_names_the_mode(mode: Listed) -> None:
    message = td16_authorisations.build(mode)

    assert [(etree.QName(child), child.text) for child in message.body] == [(etree.QName(NS, "mode"), str(mode))]
    assert message.body.tag == f"{{{NS}}}listAuthorizationByPatient"
    assert (message.transaction, message.service) == ("TD1.6", "habilitations")
    assert message.action == f"{NS}:HabilitationsEndPoint:listAuthorizationByPatient"
    assert message.reply_action == f"{message.action}Response"


def test_a_professional_is_read_whole(answer) -> None:
    (professional,) = td16_authorisations.read(answer(listed(LIBRE)))

    assert professional.model_dump() == {
        "national_id": "899700000123",
        "id_type": "1.2.250.1.71.4.2.1",
        "first_name": "MAX",
        "last_name": "LIBRE",
        "specialties": (
            {"code": "G15_21/A", "system": "1.2.250.1.213.1.1.4.5", "label": "Pharmacien titulaire"},
        ),
        "started_at": datetime(2026, 1, 1, 12, tzinfo=UTC),
        "last_action_at": datetime(2026, 1, 2, 12, tzinfo=UTC),
        "mode": "ACTIVE",
        "specific_rights": (),
    }  # fmt: skip
    assert not professional.is_barred


def test_a_barred_professional_and_a_doctor_in_charge_are_told(answer) -> None:
    barred = LIBRE.replace("ACTIVE", "INTERDITE")
    doctor = LIBRE.replace("<h:mode>", "<h:specificRight>MEDECIN_TRAITANT</h:specificRight><h:mode>")

    first, second = td16_authorisations.read(answer(listed(barred, doctor)))

    assert (first.is_barred, second.is_barred) == (True, False)
    assert second.specific_rights == ("MEDECIN_TRAITANT",)


def test_what_is_missing_is_none(answer) -> None:
    (bare,) = td16_authorisations.read(
        answer(
            listed("<h:listOfAuthorizationByPatient><h:nationalId>1</h:nationalId></h:listOfAuthorizationByPatient>")
        )
    )

    assert bare.model_dump(exclude_defaults=True) == {"national_id": "1"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (listed(LIBRE, LIBRE.replace("nationalId>", "autre>")), AnswerUnreadable),
        (listed(status="<h:status>DMPClosed</h:status>"), DmpClosed),
        (listed().replace("listAuthorizationByPatientResponse", "setAuthorizationResponse"), AnswerForeign),
    ],
)
def test_an_unusable_answer_is_refused(answer, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        td16_authorisations.read(answer(text))
