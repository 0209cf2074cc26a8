import pytest

from dmp_core import xml
from dmp_core.dmp import answers
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpAccessDenied,
    DmpBusy,
    DmpClosed,
    DmpDocumentUnknown,
    DmpDuplicate,
    DmpIdentityRefused,
    DmpMetadataRefused,
    DmpOtherRefusal,
    DmpRefusal,
    DmpVihfRefused,
)
from dmp_core.xml import Element

STATUS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:"
SEVERITY = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:"


def response(status: str, *errors: str) -> Element:
    body = "".join(f"<r:RegistryError {each}/>" for each in errors)
    wrapped = f"<r:RegistryErrorList>{body}</r:RegistryErrorList>" if errors else ""
    return xml.parse(
        f"<r:RegistryResponse xmlns:r='{answers.RS}' status='{status}'>{wrapped}</r:RegistryResponse>".encode()
    )


def test_a_success_gives_its_warnings() -> None:
    element = response(
        f"{STATUS}Success",
        f"errorCode='urn:x:XDSExtraMetadataNotSaved' codeContext='kept apart' severity='{SEVERITY}Warning'",
    )

    assert answers.registry_response(element) == (answers.Warned("XDSExtraMetadataNotSaved", "kept apart"),)


@pytest.mark.parametrize("severity", [f"severity='{SEVERITY}Error'", "severity='urn:odd'", ""])
def test_row_058_a_success_with_an_error_is_a_failure(severity: str) -> None:
    element = response(f"{STATUS}Success", f"errorCode='XDSRepositoryBusy' codeContext='later' {severity}")

    with pytest.raises(DmpBusy):
        answers.registry_response(element)


@pytest.mark.parametrize("status", ["Failure", "PartialSuccess"])
def test_a_failure_without_errors_is_a_failure(status: str) -> None:
    with pytest.raises(DmpOtherRefusal) as caught:
        answers.registry_response(response(STATUS + status))

    assert caught.value.origin is None


def test_the_first_known_code_decides_and_the_words_of_all_are_kept() -> None:
    element = response(
        f"{STATUS}Failure",
        "errorCode='XDSRepositoryError' codeContext='un'",
        "errorCode='XDSDuplicateUniqueIdInRegistry' codeContext='deux'",
        f"errorCode='Odd' codeContext='trois' severity='{SEVERITY}Warning'",
    )

    with pytest.raises(DmpDuplicate) as caught:
        answers.registry_response(element)

    assert (caught.value.origin, caught.value.dmp_text) == ("XDSDuplicateUniqueIdInRegistry", "un\ndeux\ntrois")


@pytest.mark.parametrize(
    "status", ["", "Success", f"{STATUS}success", STATUS.upper() + "SUCCESS", f"{STATUS}Unavailable"]
)
def test_a_status_that_is_not_spelt_as_the_standard_says_is_unreadable(status: str) -> None:
    with pytest.raises(AnswerUnreadable):
        answers.registry_response(response(status))


def test_another_element_is_no_response() -> None:
    with pytest.raises(AnswerForeign):
        answers.registry_response(xml.parse(b"<RegistryResponse status='x'/>"))


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("XDSRegistryOutOfResources", "", DmpBusy),
        ("urn:ihe:XDSNonIdenticalHash", "", DmpDuplicate),
        ("XDSUnknownPatientId ", "", DmpIdentityRefused),
        ("XDSPatientIdDoesNotMatch", "INS du VIHF", DmpIdentityRefused),
        ("soap:DMPAccessDeniedByRightsService", "", DmpAccessDenied),
        ("{urn:x}DMPAccessDeniedOtherwise", "", DmpAccessDenied),
        ("XDSRegistryMetadataError", "typeCode", DmpMetadataRefused),
        ("DMPClosed", "", DmpClosed),
        ("soap:Sender", "Aucune spécialité dans le vihf. Spécialité obligatoire", DmpVihfRefused),
        ("XDSRegistryMetadataError", "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF", DmpVihfRefused),
        ("", "Structure introuvable ou Inactive", DmpVihfRefused),
        ("", "PS et Structure non liés", DmpVihfRefused),
        ("", "Erreur d'authentification de la personne morale", DmpVihfRefused),
        ("wsse:FailedAuthentication", "", DmpVihfRefused),
        ("XDSDocumentUniqueIdError", "", DmpDocumentUnknown),
        ("", "", DmpOtherRefusal),
    ],
)
def test_a_code_means_its_error(code: str, text: str, expected: type[DmpRefusal]) -> None:
    assert type(answers.refusal(code, text)) is expected


def acknowledged(inside: str) -> Element:
    return xml.parse(f"<m xmlns='urn:hl7-org:v3'>{inside}</m>".encode())


@pytest.mark.parametrize(
    "inside", ["<acknowledgement typeCode='AA'/>", "<acknowledgement><typeCode code='CA'/></acknowledgement>"]
)
def test_a_positive_acknowledgement_has_no_remarks(inside: str) -> None:
    assert answers.acknowledgement(acknowledged(inside)) == ()


def test_a_negative_acknowledgement_is_the_refusal_of_its_detail() -> None:
    detail = "<acknowledgementDetail><code code='DMPClosed'/><text>DMP fermé</text></acknowledgementDetail>"

    with pytest.raises(DmpClosed) as caught:
        answers.acknowledgement(acknowledged(f"<acknowledgement typeCode='AE'>{detail}</acknowledgement>"))

    assert (caught.value.origin, caught.value.dmp_text) == ("DMPClosed", "DMP fermé")


def test_a_message_without_acknowledgement_is_unreadable() -> None:
    with pytest.raises(AnswerUnreadable):
        answers.acknowledgement(acknowledged(""))


def test_a_fault_without_anything_inside_is_a_refusal() -> None:
    fault = answers.fault(xml.parse(b"<Fault xmlns='http://www.w3.org/2003/05/soap-envelope'/>"))

    assert (type(fault), fault.origin, fault.dmp_text) == (DmpOtherRefusal, None, "")
