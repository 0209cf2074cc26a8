"""Answers that are a little wrong: to each transaction the same changes, and the same declared outcome.

`SAME` where a standard allows what was changed: then the client reads what it would have read.
"""

import codecs
import re
from dataclasses import replace

import pytest
from good_answers import Change, Good, both, good_answers, sub

from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpDown,
    DmpError,
    DmpOtherRefusal,
    Filtered,
    NotTheDmp,
    PortalAsks,
    ProxyAsks,
    TooFast,
    WrongAddress,
)
from dmp_core.ports import HttpAnswer

SAME = None
NOBODY = b"urn:uuid:00000000-0000-4000-8000-000000000000"
TRANSACTIONS = (
    "TD0.2", "TD0.3", "TD0.4", "TD1.3a", "TD1.6", "TD2.1", "TD3.1 stream", "TD3.1 documents", "TD3.1 references",
    "TD3.1 sets", "TD3.1 associations", "TD3.2", "TD3.3a", "TD3.3d", "TD3.3c",
)  # fmt: skip
BETWEEN = rb"><(?=[a-z])(?!title|xop)"  # not in the document, and an Include stands alone (XOP 1.0, 2.1)
PAGE = b"<html><body><h1>Authentification requise</h1></body></html>"
SOAP_11, SOAP_12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
FAULT_11 = "<s:Fault><faultcode>s:Client.DMPNouveau</faultcode><faultstring>Le motif</faultstring></s:Fault>"
FAULT_12 = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>s:DMPNouveau</s:Value></s:Subcode></s:Code>"
    '<s:Reason><s:Text xml:lang="fr">Le motif</s:Text></s:Reason></s:Fault>'
)


def instead(status: int, content_type: str = "text/html", body: bytes = PAGE) -> Change:
    return lambda http: HttpAnswer(status, content_type, body)


def encoded(codec: str, mark: bytes, declared: str) -> Change:
    """The envelope in another encoding; that of a package stands alone, it is refused for its parts else."""

    def change(http: HttpAnswer) -> HttpAnswer:
        text = http.body.decode().replace("encoding='UTF-8'", f"encoding='{declared}'")
        return replace(http, body=mark + text.encode(codec, "xmlcharrefreplace"))

    return change


def fault(status: int, body: str, namespace: str) -> Change:
    def change(http: HttpAnswer) -> HttpAnswer:
        relates = re.search(rb"<wsa:RelatesTo.*?</wsa:RelatesTo>", http.body)
        assert relates
        header = f"<s:Header>{relates[0].decode()}</s:Header>"
        envelope = f'<s:Envelope xmlns:s="{namespace}">{header}<s:Body>{body}</s:Body></s:Envelope>'
        kind = "application/soap+xml" if namespace == SOAP_12 else "text/xml"
        return HttpAnswer(status, f"{kind}; charset=UTF-8", envelope.encode())

    return change


def without(start: float, length: int) -> Change:
    """A piece of the answer is missing."""

    def change(http: HttpAnswer) -> HttpAnswer:
        at = int(len(http.body) * start)
        return replace(http, body=http.body[:at] + http.body[at + length :])

    return change


CHANGES: dict[str, tuple[Change, type[DmpError] | None]] = {
    # the headers of WS-Addressing
    "RelatesTo of another question": (sub(rb"(RelatesTo[^>]*>)[^<]+", rb"\g<1>" + NOBODY), AnswerForeign),
    "no RelatesTo": (sub(rb"<wsa:RelatesTo.*?</wsa:RelatesTo>", b""), AnswerForeign),
    "two RelatesTo": (sub(rb"(<wsa:RelatesTo.*?</wsa:RelatesTo>)", rb"\1\1"), AnswerUnreadable),
    "a comment in RelatesTo": (sub(rb"(RelatesTo[^>]*>.{12})", rb"\1<!-- -->"), AnswerUnreadable),
    "RelatesTo in capitals": (sub(rb"(RelatesTo[^>]*>urn:uuid:)([^<]+)", lambda it: it[1] + it[2].upper()), SAME),
    "blanks around RelatesTo": (sub(rb"(RelatesTo[^>]*>)([^<]+)", b"\\1\n  \\2\t\r\n"), SAME),
    "RelatesTo as CDATA": (sub(rb"(RelatesTo[^>]*>)([^<]+)", rb"\1<![CDATA[\2]]>"), SAME),
    "another Action": (sub(rb"(wsa:Action [^>]*>)[^<]+", rb"\1urn:autre"), AnswerForeign),
    "no Action": (sub(rb"<wsa:Action.*?</wsa:Action>", b""), AnswerForeign),
    # the envelope
    "another payload": (
        sub(rb"<soap:Body>.*</soap:Body>", b"<soap:Body><x xmlns='urn:x'/></soap:Body>"),
        AnswerForeign,
    ),
    "an empty Body": (sub(rb"<soap:Body>.*</soap:Body>", b"<soap:Body/>"), AnswerUnreadable),
    "two payloads": (sub(rb"</soap:Body>", b"<x/></soap:Body>"), AnswerUnreadable),
    "two envelopes": (sub(rb"</soap:Envelope>", b"</soap:Envelope><x/>"), AnswerUnreadable),
    "SOAP 1.1": (sub(SOAP_12.encode(), SOAP_11.encode(), 0), AnswerUnreadable),
    "other prefixes": (sub(rb"(</?|xmlns:)(wsa|soap|rim|rs|query|xds|xop)\b", rb"\1\2-x", 0), SAME),
    "comments between elements": (sub(BETWEEN, b"><!-- x --><", 0), SAME),
    "instructions between elements": (sub(BETWEEN, b"><?x y?><", 0), SAME),
    "blanks between elements": (sub(BETWEEN, b">\r\n\t<", 0), SAME),
    # what HTTP says
    "a fault under 200": (fault(200, FAULT_12, SOAP_12), DmpOtherRefusal),
    "a fault under 400": (fault(400, FAULT_12, SOAP_12), DmpOtherRefusal),
    "a fault of an unknown code": (fault(500, FAULT_12, SOAP_12), DmpOtherRefusal),
    "a fault of SOAP 1.1": (fault(500, FAULT_11, SOAP_11), DmpOtherRefusal),
    "a fault of SOAP 1.1 under 200": (fault(200, FAULT_11, SOAP_11), DmpOtherRefusal),
    "a good answer under 500": (lambda http: replace(http, status=500), SAME),  # SOAP 1.2 part 2, 7.5.1.2
    "204": (instead(204, "", b""), NotTheDmp),
    "202 without a body": (instead(202, "application/soap+xml", b""), NotTheDmp),
    "JSON": (instead(200, "application/json", b"{}"), NotTheDmp),
    "a page under 200": (instead(200), PortalAsks),
    "a page said to be SOAP": (instead(200, "application/soap+xml"), PortalAsks),
    "a page under 403": (instead(403), Filtered),
    "a page under 407": (instead(407), ProxyAsks),
    "a page under 404": (instead(404), WrongAddress),
    "a page under 429": (instead(429), TooFast),
    "a page under 503": (instead(503), DmpDown),
    "no Content-Type": (lambda http: replace(http, content_type=""), NotTheDmp),
    "plain text": (lambda http: replace(http, content_type="text/plain"), NotTheDmp),
    # what was lost on the way
    "the half of it": (without(0.5, 10**9), AnswerUnreadable),
    "a missing piece": (without(0.4, 64), AnswerUnreadable),
    "the end": (lambda http: replace(http, body=http.body.rstrip()[:-3]), AnswerUnreadable),
}
OF_XML_ALONE: dict[str, tuple[Change, type[DmpError] | None]] = {
    "a mark of UTF-8": (lambda http: replace(http, body=codecs.BOM_UTF8 + http.body), SAME),
    "UTF-16 with its mark": (encoded("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"), SAME),
    "UTF-16 of the other order": (encoded("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"), SAME),
    "UTF-16 without mark": (encoded("utf-16-le", b"", "UTF-16"), AnswerUnreadable),
    "UTF-8 said to be UTF-16": (encoded("utf-8", b"", "UTF-16"), AnswerUnreadable),
    "ISO-8859-1": (encoded("iso-8859-1", b"", "ISO-8859-1"), AnswerUnreadable),
    "parts announced": (lambda http: replace(http, content_type="multipart/related"), AnswerUnreadable),
}
OF_REGISTRIES: dict[str, tuple[Change, type[DmpError] | None]] = {
    "an unknown status": (sub(rb"(ResponseStatusType:)Success", rb"\1Perhaps"), AnswerUnreadable),
    "no status": (sub(rb' status="[^"]*ResponseStatusType[^"]*"', b""), AnswerUnreadable),
    "a failure without error": (sub(rb"(ResponseStatusType:)Success", rb"\1Failure"), DmpOtherRefusal),
    "a requestId": (sub(rb'(Type:Success")', rb'\1 requestId="urn:uuid:0"'), SAME),  # our question has no id to compare
}
REGISTRIES = tuple(name for name in TRANSACTIONS if name.startswith(("TD2", "TD3")))
CASES = [
    *((name, what, *CHANGES[what]) for name in TRANSACTIONS for what in CHANGES),
    *((name, what, *OF_XML_ALONE[what]) for name in TRANSACTIONS if name != "TD3.2" for what in OF_XML_ALONE),
    *((name, what, *OF_REGISTRIES[what]) for name in REGISTRIES for what in OF_REGISTRIES),
]


@pytest.fixture(scope="module")
def goods(pharmacy_of_the_module) -> dict[str, Good]:
    return good_answers(pharmacy_of_the_module)


@pytest.mark.parametrize(
    ("name", "change", "error"),
    [pytest.param(name, change, error, id=f"{name}-{what}") for name, what, change, error in CASES],
)
def test_an_answer_that_is_a_little_wrong_has_the_declared_outcome(
    goods, name: str, change: Change, error: type[DmpError] | None
) -> None:
    good = goods[name]
    changed = change(good.http)

    assert changed != good.http
    if error is SAME:
        assert good.read(changed) == good.read()
    else:
        with pytest.raises(error) as caught:
            good.read(changed)
        assert type(caught.value) is error
        assert caught.value.sentence


@pytest.mark.parametrize(("body", "namespace"), [(FAULT_11, SOAP_11), (FAULT_12, SOAP_12)])
def test_a_fault_of_either_version_keeps_the_code_and_the_words_of_the_dmp(goods, body: str, namespace: str) -> None:
    good = goods["TD2.1"]

    with pytest.raises(DmpOtherRefusal) as caught:
        good.read(fault(500, body, namespace)(good.http))

    assert (caught.value.origin or "").endswith("DMPNouveau")
    assert caught.value.dmp_text == "Le motif"


def test_a_fault_of_soap_1_1_to_another_question_is_foreign(goods) -> None:
    good = goods["TD2.1"]
    foreign = both(fault(500, FAULT_11, SOAP_11), sub(rb"(RelatesTo[^>]*>)[^<]+", rb"\g<1>" + NOBODY))

    with pytest.raises(AnswerForeign):
        good.read(foreign(good.http))
