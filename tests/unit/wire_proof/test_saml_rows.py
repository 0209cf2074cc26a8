"""Rows 66 to 84 of the catalogue of bad inputs, on a VIHF that our client made and that an attacker holds.

The classical wrappings (66 to 74) and the wrong signatures (75, 78 to 81) are with the simulator's own tests, on
assertions that other libraries signed.
"""

import re
from datetime import timedelta

import pytest

from dmp_core.dmp import td02_existence
from dmp_core.errors import DmpRefusal, DmpVihfRefused
from dmp_core.model.access import Mode


def existence(pharmacy):
    ids = {"message_id": pharmacy.ids.uuid(), "query_id": pharmacy.ids.uuid()}
    return td02_existence.build(pharmacy.ins, pharmacy.software, at=pharmacy.clock.now(), **ids)


def outcome(pharmacy, change, mode: Mode = Mode.INDIRECT) -> bytes | None:
    """What the simulator answers to a genuine signed question after `change`: its body, None where it refused."""
    line = pharmacy.line(mode)
    line.of_request = change
    try:
        pharmacy.ask(existence(pharmacy), mode)
    except DmpRefusal:
        return None
    finally:
        line.of_request = lambda data: data
    return line.passed[-1].answer.body


def swap(pattern: bytes, new: bytes):
    def change(data: bytes) -> bytes:
        changed, count = re.subn(pattern, new, data, count=1)
        assert count == 1, pattern
        return changed

    return change


def test_the_genuine_question_is_answered(pharmacy) -> None:
    assert outcome(pharmacy, lambda data: data) is not None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(swap(rb"<soap:Body>", rb'<soap:Body ID="%ID%">'), id="row-076 the ID of another element"),
        pytest.param(swap(rb"<soap:Body>", rb'<soap:Body xml:id="%ID%">'), id="row-076 xml:id"),
        pytest.param(swap(rb"<soap:Body>", rb'<soap:Body Id="%ID%">'), id="row-076 Id"),
        pytest.param(
            swap(rb"<soap:Header>", rb'<soap:Header><x xmlns="urn:x" ID="%ID%"/>'), id="row-076 in the header"
        ),
        pytest.param(
            swap(
                rb'<\?xml version="1.0" encoding="UTF-8"\?>',
                rb"<!DOCTYPE x [<!ATTLIST saml2:Assertion LPS ID #IMPLIED>]>",
            ),
            id="row-076 an ID made by a DTD",
        ),
    ],
)
def test_an_identifier_that_stands_twice_or_is_declared_elsewhere_is_refused(pharmacy, change) -> None:
    def with_id(data: bytes) -> bytes:
        identifier = re.search(rb'Assertion[^>]* ID="([^"]+)"', data)
        assert identifier
        return change(data).replace(b"%ID%", identifier[1])

    assert outcome(pharmacy, with_id) is None


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param(rb"\g<1><!---->\g<2>", id="row-077 a comment"),
        pytest.param(rb"\g<1><!--x-->\g<2>", id="row-077 a comment with text"),
    ],
)
def test_a_comment_within_the_name_leaves_the_signature_whole_and_is_refused(pharmacy, inside: bytes) -> None:
    """Exclusive C14N drops comments: only the reader can see that the name was split."""
    assert outcome(pharmacy, swap(rb"(<saml2:NameID>8997)(0000)", inside)) is None


@pytest.mark.parametrize(
    ("minutes", "accepted"), [(0, True), (4, True), (-4, True), (6, False), (-6, False), (5_256_000, False)]
)
def test_row_082_an_assertion_outside_its_window_is_refused(pharmacy, minutes: int, accepted: bool) -> None:
    pharmacy.dmp._now = lambda: pharmacy.clock.now() + timedelta(minutes=minutes)

    assert (outcome(pharmacy, lambda data: data) is not None) is accepted


def test_row_082_an_assertion_shown_twice_is_refused(pharmacy) -> None:
    pharmacy.ask(existence(pharmacy), Mode.INDIRECT)
    line = pharmacy.line(Mode.INDIRECT)
    first = line.passed[0].request

    again = pharmacy.dmp.handle(first.service, first.content_type, first.body, line.certificate)

    assert again.status >= 400
    assert "déjà utilisée".encode() in again.body


def test_row_082_conditions_that_ended_are_refused_and_none_is_needed(pharmacy) -> None:
    """The official examples have no Conditions; where there are some, they count (unsigned, or the digest would)."""
    ended = rb'</saml2:Subject><saml2:Conditions NotOnOrAfter="2026-01-15T09:00:00Z"/>'

    assert outcome(pharmacy, lambda data: data, Mode.DIRECT) is not None
    assert outcome(pharmacy, swap(rb"</saml2:Subject>", ended), Mode.DIRECT) is None


SAME = {
    "attributes in another order": swap(
        rb'<saml2:Assertion ([^>]*?)( ID="[^"]*")( IssueInstant="[^"]*")', rb"<saml2:Assertion \g<1>\g<3>\g<2>"
    ),
    "a namespace declared again": swap(
        rb"<saml2:Subject>", rb'<saml2:Subject xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">'
    ),
    "an unused namespace": swap(rb"<saml2:Subject>", rb'<saml2:Subject xmlns:odd="urn:odd">'),
    "xmlns:xml": swap(rb"<saml2:Subject>", rb'<saml2:Subject xmlns:xml="http://www.w3.org/XML/1998/namespace">'),
    "CDATA": swap(rb"<saml2:NameID>(\d+)</", rb"<saml2:NameID><![CDATA[\g<1>]]></"),
    "character references": swap(rb"<saml2:NameID>8", rb"<saml2:NameID>&#56;"),
    "single quotes": swap(rb'Version="2.0"', rb"Version='2.0'"),
    "a comment beside": swap(rb"<saml2:Subject>", rb"<!-- --><saml2:Subject>"),
    "white space in a tag": swap(rb"<saml2:Subject>", rb"<saml2:Subject   >"),
}
OTHER = {
    "an entity": swap(rb'<\?xml version="1.0" encoding="UTF-8"\?>', rb'<!DOCTYPE x [<!ENTITY e "8">]>'),
    "another prefix": lambda data: data.replace(b"saml2:", b"s:").replace(b"xmlns:saml2", b"xmlns:s"),
    "the default namespace": swap(
        rb"<saml2:Subject><saml2:NameID>(\d+)</saml2:NameID></saml2:Subject>",
        rb'<Subject xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><NameID>\g<1></NameID></Subject>',
    ),
    "another text": swap(rb"<saml2:NameID>899700000001", rb"<saml2:NameID>899700000039"),
    "white space in a text": swap(rb"<saml2:NameID>", rb"<saml2:NameID> "),
    "a namespace that means another": swap(rb"<saml2:Subject>", rb'<saml2:Subject xmlns:saml2="urn:evil">'),
    "an attribute more": swap(rb"<saml2:NameID>", rb'<saml2:NameID Format="urn:x">'),
    "UTF-7": swap(rb'encoding="UTF-8"', rb'encoding="UTF-7"'),
    "UTF-16 declared": swap(rb'encoding="UTF-8"', rb'encoding="UTF-16"'),
    "XML 1.1": swap(rb'version="1.0"', rb'version="1.1"'),
}


@pytest.mark.parametrize("way", SAME)
def test_row_083_another_way_to_write_the_same_is_read_as_the_same_or_refused(pharmacy, way: str) -> None:
    """What the verifier saw is what is read: never something in between."""
    told = outcome(pharmacy, SAME[way])

    assert told is None or b'code="VALIDE"' in told


@pytest.mark.parametrize("way", OTHER)
def test_row_083_what_means_something_else_is_refused(pharmacy, way: str) -> None:
    assert outcome(pharmacy, OTHER[way]) is None


@pytest.mark.parametrize("mode", Mode)
def test_a_vihf_of_another_professional_than_the_certificate_is_refused_in_direct_mode(pharmacy, mode: Mode) -> None:
    other = swap(rb"<saml2:NameID>899700000001", rb"<saml2:NameID>899700000039")
    pharmacy.line(mode).of_request = other

    with pytest.raises(DmpVihfRefused):
        pharmacy.ask(existence(pharmacy), mode)
