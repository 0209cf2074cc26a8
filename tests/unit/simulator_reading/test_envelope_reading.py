"""SOAP 1.2 and WS-Addressing: one Header, one Body, nothing misunderstood, nothing processed else (quality row 47)."""

import pytest

from dmp_core import xml
from dmp_core.simulator import envelope

SOAP = "application/soap+xml; charset=UTF-8"
WSA = '<a:Action s:mustUnderstand="true">urn:x</a:Action><a:MessageID>urn:uuid:1</a:MessageID><a:To/>'
REPLY = "<a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>"
SECURITY = '<w:Security><x ID="i">  <!-- kept --> </x></w:Security>'


def soap(header: str, body: str = "<q/>", space: str = envelope.SOAP12) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{space}" xmlns:a="{envelope.WSA}" xmlns:w="{envelope.WSSE}" xmlns:u="{envelope.WSU}">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def test_a_request_is_read_with_its_assertion_untouched() -> None:
    read = envelope.read_request(SOAP, soap(WSA + REPLY + SECURITY), "registry")

    assert (read.service, read.action, read.message_id, read.to) == ("registry", "urn:x", "urn:uuid:1", "")
    assert xml.local_name(read.body) == "q"
    assert read.parts == {}
    assert read.security is not None
    assert b"  <!-- kept --> " in xml.serialize(read.security)


@pytest.mark.parametrize(
    ("data", "subcode"),
    [
        (b"", envelope.INVALID_MESSAGE),
        (b"<html/>", envelope.INVALID_MESSAGE),
        (soap(WSA)[:-1], envelope.INVALID_MESSAGE),
        (b"<!DOCTYPE x>" + soap(WSA), envelope.INVALID_MESSAGE),
        (soap(WSA, space=envelope.SOAP11), envelope.VERSION_MISMATCH),
        (soap(WSA, ""), envelope.INVALID_MESSAGE),
        (soap(WSA, "<q/><q/>"), envelope.INVALID_MESSAGE),
        (soap(WSA).replace(b"</s:Envelope>", b"<s:Body><q/></s:Body></s:Envelope>"), envelope.INVALID_MESSAGE),
        (soap(WSA).replace(b"<s:Body>", b"<s:Header/><s:Body>"), envelope.INVALID_MESSAGE),
        (soap(WSA).replace(b"</s:Envelope>", b"<x/></s:Envelope>"), envelope.INVALID_MESSAGE),
        (soap(WSA + '<x s:mustUnderstand="1"/>'), envelope.MUST_UNDERSTAND),
        (soap(WSA + '<x s:mustUnderstand="true" s:role=""/>'), envelope.MUST_UNDERSTAND),
        (soap(""), envelope.ADDRESSING_MISSING),
        (soap(WSA.replace("urn:uuid:1", "")), envelope.ADDRESSING_MISSING),
        (soap(WSA.replace("a:Action", "x").replace("s:mustUnderstand", "y")), envelope.ADDRESSING_MISSING),
        (soap(WSA + "<a:MessageID>urn:uuid:2</a:MessageID>"), envelope.ADDRESSING_INVALID),
        (soap(WSA + REPLY.replace("anonymous", "none")), envelope.ADDRESSING_INVALID),
        (soap(WSA.replace("urn:uuid:1", "urn:uuid:<!-- -->1")), envelope.INVALID_MESSAGE),
        (soap(WSA + SECURITY + SECURITY.replace('"i"', '"j"')), envelope.INVALID_MESSAGE),
        (soap(WSA + SECURITY, '<q u:Id="i"/>'), envelope.INVALID_MESSAGE),
    ],
    ids=[
        "empty", "not SOAP", "truncated", "DOCTYPE", "SOAP 1.1", "empty Body", "two elements", "two Bodies",
        "two Headers", "element after Body", "unknown mustUnderstand", "own role", "no addressing", "empty MessageID",
        "no Action", "two MessageID", "reply elsewhere", "comment in an identifier", "two Security", "twin identifiers",
    ],
)  # fmt: skip
def test_row_047_what_is_no_request_is_refused(data: bytes, subcode: str) -> None:
    with pytest.raises(envelope.EnvelopeRefused) as refusal:
        envelope.read_request(SOAP, data, "registry")

    assert refusal.value.subcode == subcode


def test_the_missing_header_is_told_in_the_words_of_the_dmp() -> None:
    with pytest.raises(envelope.EnvelopeRefused) as refusal:
        envelope.read_request(SOAP, soap(""), "registry")

    assert refusal.value.text == "A required header representing a Message Addressing Property is not present"


def test_a_header_for_another_role_is_nobodys_business() -> None:
    other = f'<x s:mustUnderstand="1" s:role="{envelope.SOAP12}/role/none"/>'

    assert envelope.read_request(SOAP, soap(WSA + other), "registry").action == "urn:x"


def test_soap_1_1_passes_where_it_is_switched_on() -> None:
    data = soap(WSA, space=envelope.SOAP11)

    assert envelope.read_request(SOAP, data, "repository", accept_soap11=True).action == "urn:x"


@pytest.mark.parametrize("kind", ["text/xml", "application/xml", "", "application/soap+xml; charset=ISO-8859-1"])
def test_another_content_type_is_refused(kind: str) -> None:
    with pytest.raises(envelope.EnvelopeRefused) as refusal:
        envelope.read_request(kind, soap(WSA), "registry")

    assert refusal.value.subcode == envelope.MEDIA_TYPE


def test_a_package_that_cannot_be_opened_is_refused() -> None:
    with pytest.raises(envelope.EnvelopeRefused, match="MIME"):
        envelope.read_request('multipart/related; type="application/xop+xml"; boundary=b', b"--b", "repository")
