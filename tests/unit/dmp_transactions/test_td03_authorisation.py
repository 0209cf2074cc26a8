import pytest
from lxml import etree

from dmp_core.dmp import td03_authorisation
from dmp_core.dmp.td03_authorisation import Action
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpAccessDenied,
    DmpClosed,
    DmpOtherRefusal,
    DmpRefusal,
    DmpVihfRefused,
)

NS = "urn:si-dmp-habilitations"
ANSWER = (
    f"<a:setAuthorizationResponse xmlns:a='{NS}'><a:output><a:status>%s</a:status><a:context>%s</a:context>"
    "</a:output></a:setAuthorizationResponse>"
)


@pytest.mark.parametrize(("action", "word"), [(Action.ADD, "AJOUT"), (Action.REMOVE, "SUPPRESSION")])
def test_the_wish_names_its_action_and_leaves_the_people_to_the_vihf(action: Action, word: str) -> None:
    message = td03_authorisation.build(action)

    assert etree.tostring(message.body).decode() == (
        f'<si:setAuthorization xmlns:si="{NS}"><si:action>{word}</si:action></si:setAuthorization>'
    )
    assert (message.transaction, message.service) == ("TD0.3", "habilitations")
    assert message.action == f"{NS}:HabilitationsEndPoint:setAuthorization"
    assert message.reply_action == f"{NS}:HabilitationsEndPoint:setAuthorizationResponse"


@pytest.mark.parametrize(
    ("status", "context", "changed"),
    [
        ("DMPOk", "", True),
        ("DMPOK", "Autorisation ajoutée", True),
        ("DMPOk", "Autorisation déjà présente aucune action effectuée", False),
        ("DMPOk", "AUTORISATION DEJA PRESENTE", False),
    ],
)
def test_a_yes_tells_whether_anything_changed(answer, status: str, context: str, changed: bool) -> None:
    done = td03_authorisation.read(answer(ANSWER % (status, context)))

    assert (done.changed, done.text) == (changed, context)


@pytest.mark.parametrize(
    ("status", "context", "error"),
    [
        ("DMPAccessDeniedByRightsService", "Droits insuffisants", DmpAccessDenied),
        ("DMPClosed", "DMP fermé", DmpClosed),
        ("DMPAutre", "PS et Structure non liés", DmpVihfRefused),
        ("DMPAutre", "?", DmpOtherRefusal),
    ],
)
def test_a_no_is_a_refusal_with_the_words_of_the_dmp(
    answer, status: str, context: str, error: type[DmpRefusal]
) -> None:
    with pytest.raises(error) as caught:
        td03_authorisation.read(answer(ANSWER % (status, context)))

    assert (type(caught.value), caught.value.origin, caught.value.dmp_text) == (error, status, context)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (ANSWER % ("", "rien"), AnswerUnreadable),
        (f"<a:setAuthorizationResponse xmlns:a='{NS}'/>", AnswerUnreadable),
        ((ANSWER % ("DMPOk", "")).replace("setAuthorization", "patientList"), AnswerForeign),
        ((ANSWER % ("DMPOk", "")).replace(NS, "urn:si-dmp-patients"), AnswerForeign),
    ],
)
def test_what_is_no_answer_is_refused(answer, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        td03_authorisation.read(answer(text))


def test_the_words_of_the_dmp_stay_out_of_a_repr(answer) -> None:
    done = td03_authorisation.read(answer(ANSWER % ("DMPOk", "MARTIN Jeanne")))

    assert "MARTIN" not in repr(done)
