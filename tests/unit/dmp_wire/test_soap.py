from collections.abc import Callable

import pytest
from lxml import etree

from dmp_core import xml
from dmp_core.dmp import mtom, soap
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpOtherRefusal,
    DmpVihfRefused,
    HttpRefused,
    NotTheDmp,
    TransportError,
)
from dmp_core.ports import HttpAnswer
from dmp_core.testing.ids import SeededIds

Receive = Callable[[HttpAnswer], soap.Answer]
Envelope = Callable[[str], HttpAnswer]

SIGNED = (
    b'<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:soap="urn:x" ID="_1">\n'
    b'<a xmlns="urn:y" xmlns:xs="http://www.w3.org/2001/XMLSchema" b="xs:string">\xc3\xa9 </a></saml2:Assertion>'
)
FAULT = """<soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value><soap:Subcode>
 <soap:Value>soap:DMPInvalidCertificate</soap:Value></soap:Subcode></soap:Code><soap:Reason>
 <soap:Text xml:lang="en">no</soap:Text><soap:Text xml:lang="fr">Le certificat est invalide</soap:Text>
 </soap:Reason></soap:Fault>"""


def replaced(http: HttpAnswer, *pairs: tuple[str, str]) -> HttpAnswer:
    body = http.body.decode()
    for old, new in pairs:
        assert old in body
        body = body.replace(old, new)
    return HttpAnswer(http.status, http.content_type, body.encode())


def test_a_request_carries_the_headers_in_the_order_of_the_official_examples(question, ids: SeededIds) -> None:
    message_id = ids.uuid()

    http = soap.request(question, message_id=message_id, security=xml.parse(SIGNED))

    header = xml.parse(http.body)[0]
    assert [xml.local_name(each) for each in header] == ["MessageID", "To", "ReplyTo", "Action", "Security"]
    assert header[0].text == f"urn:uuid:{message_id}"
    assert header[1].text is None
    assert header[2][0].text == "http://www.w3.org/2005/08/addressing/anonymous"
    assert header[3].text == "urn:test:ask"
    assert [each.get(f"{{{soap.SOAP}}}mustUnderstand") for each in header] == [None, None, "true", "true", None]
    assert http.content_type == 'application/soap+xml; charset=UTF-8; action="urn:test:ask"'
    assert (http.service, http.transaction) == ("registry", "TD3.1")


def test_a_signed_assertion_travels_without_a_changed_byte(question, ids: SeededIds) -> None:
    http = soap.request(question, message_id=ids.uuid(), security=xml.parse(SIGNED))

    assert SIGNED in http.body
    canonical = etree.tostring(xml.parse(http.body)[0][4][0], method="c14n", exclusive=True)
    assert canonical == etree.tostring(xml.parse(SIGNED), method="c14n", exclusive=True)


def test_a_request_without_assertion_has_no_security_header(question, ids: SeededIds) -> None:
    http = soap.request(question, message_id=ids.uuid(), security=None)

    assert b"Security" not in http.body


@pytest.mark.oracle
def test_a_request_obeys_the_schema_of_soap(question, ids: SeededIds, assert_valid) -> None:
    http = soap.request(question, message_id=ids.uuid(), security=xml.parse(SIGNED))

    assert_valid("soap/soap-1.2-envelope.xsd", xml.parse(http.body))


@pytest.mark.exigence("EX_2.1-1260")
def test_a_request_with_attachments_is_multipart(question, ids: SeededIds) -> None:
    pdf = soap.Attachment("doc@lps", "application/pdf", b"%PDF\r\n\x00\xff")
    message = soap.Message("TD2.1", "repository", "urn:a", "urn:b", question.body, (pdf,))

    http = soap.request(message, message_id=ids.uuid(), security=None)

    root, parts = mtom.read(http.content_type, http.body)
    assert xml.local_name(xml.parse(root)) == "Envelope"
    assert parts == {"doc@lps": pdf.data}


def test_an_answer_gives_its_payload(receive: Receive, envelope: Envelope) -> None:
    answer = receive(envelope("<ok xmlns='urn:z'/>"))

    assert answer.body.tag == "{urn:z}ok"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html; charset=utf-8", b"<html><body>Bienvenue</body></html>"),
        ("application/json", b"{}"),
        ("", b""),
        ("application/soap+xml", b" \n"),
        ("text/xml", b"<html/>"),
    ],
)
def test_what_is_no_soap_is_not_the_dmp(receive: Receive, content_type: str, body: bytes) -> None:
    with pytest.raises(NotTheDmp) as caught:
        receive(HttpAnswer(200, content_type, body))

    assert caught.value.after_send


@pytest.mark.parametrize(("status", "after_send"), [(301, False), (307, False), (403, False), (500, True), (503, True)])
def test_a_status_without_soap_is_an_http_refusal(receive: Receive, status: int, after_send: bool) -> None:
    with pytest.raises(HttpRefused) as caught:
        receive(HttpAnswer(status, "text/html", b"<html>"))

    assert caught.value.origin == str(status)
    assert isinstance(caught.value, TransportError)
    assert caught.value.after_send is after_send


def test_a_redirection_is_refused_whatever_it_holds(receive: Receive, envelope: Envelope) -> None:
    http = envelope("<ok/>")

    with pytest.raises(HttpRefused):
        receive(HttpAnswer(302, http.content_type, http.body))


def test_a_fault_under_status_500_is_the_refusal_that_it_means(receive: Receive, envelope: Envelope) -> None:
    http = envelope(FAULT)

    with pytest.raises(DmpVihfRefused) as caught:
        receive(HttpAnswer(500, http.content_type, http.body))

    assert caught.value.origin == "DMPInvalidCertificate"
    assert caught.value.dmp_text == "Le certificat est invalide"


def test_a_fault_needs_neither_relates_to_nor_our_action(question) -> None:
    body = f'<soap:Envelope xmlns:soap="{soap.SOAP}"><soap:Body>{FAULT}</soap:Body></soap:Envelope>'
    http = HttpAnswer(500, "application/soap+xml", body.encode())

    with pytest.raises(DmpVihfRefused):
        soap.answer(http, question, message_id=SeededIds().uuid())


def test_a_fault_in_a_multipart_answer_is_read(receive: Receive, envelope: Envelope) -> None:
    code = "<soap:Fault><soap:Code><soap:Value>soap:Receiver</soap:Value></soap:Code></soap:Fault>"
    content_type, body = mtom.write(envelope(code).body, (), action="a", boundary="b")

    with pytest.raises(DmpOtherRefusal) as caught:
        receive(HttpAnswer(200, content_type, body))

    assert caught.value.origin == "Receiver"


@pytest.mark.parametrize(
    "pairs",
    [
        [("urn:test:reply", "urn:test:other")],
        [("11111111-2222", "11111111-2223")],
        [("<RelatesTo", "<Other"), ("</RelatesTo", "</Other")],
        [("<Action", "<Other"), ("</Action", "</Other")],
    ],
)
def test_row_048_an_answer_to_something_else_is_foreign(
    receive: Receive, envelope: Envelope, pairs: list[tuple[str, str]]
) -> None:
    with pytest.raises(AnswerForeign):
        receive(replaced(envelope("<ok/>"), *pairs))


@pytest.mark.parametrize("prefix", ["", "uuid:", "URN:UUID:"])
def test_relates_to_is_compared_whatever_its_prefix(receive: Receive, envelope: Envelope, prefix: str) -> None:
    http = replaced(envelope("<ok/>"), ("urn:uuid:", prefix))

    assert receive(http).body.tag == "ok"


def test_an_answer_to_an_unknown_question_is_read_on_request(question, envelope: Envelope) -> None:
    answer = soap.answer(envelope("<ok/>"), question, message_id=SeededIds().uuid(), require_relates_to=False)

    assert answer.body.tag == "ok"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"),
        ("<soap:Body>", "<soap:Body><ok/></soap:Body><soap:Body>"),
        ("<soap:Body>", "<soap:Body><ok/>"),
        ("<soap:Header>", "<soap:Header><x xmlns='urn:x' soap:mustUnderstand='1'/>"),
        ("<soap:Header>", "<soap:Header><Action xmlns='http://www.w3.org/2005/08/addressing'>urn:test:reply</Action>"),
        ("urn:test:reply<", "urn:test:<!-- -->reply<"),
        ("</soap:Envelope>", "<x/></soap:Envelope>"),
        ("</soap:Envelope>", ""),
        ("<ok/>", ""),
        ("<soap:Envelope", "<!DOCTYPE x><soap:Envelope"),
    ],
)
def test_row_047_an_envelope_of_another_shape_is_unreadable(
    receive: Receive, envelope: Envelope, old: str, new: str
) -> None:
    with pytest.raises(AnswerUnreadable):
        receive(replaced(envelope("<ok/>"), (old, new)))


@pytest.mark.parametrize(
    "block",
    [
        "<x xmlns='urn:x'/>",
        "<x xmlns='urn:x' soap:mustUnderstand='false'/>",
        "<x xmlns='urn:x' soap:mustUnderstand='1' soap:role='http://www.w3.org/2003/05/soap-envelope/role/none'/>",
        f"<Security xmlns='{soap.WSSE}' soap:mustUnderstand='true'/>",
    ],
)
def test_a_header_for_others_changes_nothing(receive: Receive, envelope: Envelope, block: str) -> None:
    assert receive(replaced(envelope("<ok/>"), ("<soap:Header>", f"<soap:Header>{block}"))).body.tag == "ok"


def test_an_answer_cut_at_any_byte_is_an_error(receive: Receive, envelope: Envelope) -> None:
    content_type, body = mtom.write(envelope("<ok/>").body, (), action="a", boundary="b")
    end = body.rindex(b"--") + 2

    for length in range(1, end):
        with pytest.raises((AnswerUnreadable, NotTheDmp)):
            receive(HttpAnswer(200, content_type, body[:length]))


def test_a_part_of_five_megabytes_comes_back_whole(question, envelope: Envelope, receive: Receive) -> None:
    pdf = soap.Attachment("doc", "application/pdf", bytes(range(256)) * 20_000)
    content_type, body = mtom.write(envelope("<ok/>").body, (pdf,), action="a", boundary="b")

    answer = receive(HttpAnswer(200, content_type, body))

    assert answer.parts["doc"] == pdf.data
