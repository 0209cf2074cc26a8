"""Row 40 of the attacks: what is too deep, too wide or too much is refused in less than a second and 256 MB."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from dmp_core.documents.reading import read_header
from dmp_core.errors import XmlRefused
from dmp_core.model import limits
from dmp_core.xml import parse

TOO_MUCH = {
    "depth 300 000": (b"<a>" * 300_000 + b"</a>" * 300_000, "not well formed"),
    "depth 300 000, never closed": (b"<a>" * 300_000, "not well formed"),
    "depth 2 000": (b"<a>" * 2_000 + b"</a>" * 2_000, "more than 128 levels"),
    "10^6 siblings": (b"<a>" + b"<b/>" * 1_000_000 + b"</a>", "more than 800000 elements"),
    "300 000 siblings": (b"<a>" + b"<b/>" * 300_000 + b"</a>", "more than 200000 elements in one"),
    "200 000 attributes": (
        b"<a " + b" ".join(b'b%d=""' % n for n in range(200_000)) + b"/>",
        "more than 128 attributes",
    ),
    "200 000 attributes in quotes": (
        b"<a " + b" ".join(b"b%d='>'" % n for n in range(200_000)) + b"/>",
        "more than 128 attributes",
    ),
    "200 000 attributes that look like namespaces": (
        b"<a " + b" ".join(b'xmlns%d=""' % n for n in range(200_000)) + b"/>",
        "more than 128 attributes",
    ),
    "attributes in all": (
        b"<a>" + (b"<b " + b" ".join(b'c%d=""' % n for n in range(100)) + b"/>") * 16_000 + b"</a>",
        "more than 1500000 attributes",
    ),
    "50 000 namespaces": (
        b"<a " + b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(50_000)) + b"/>",
        "more than 256 namespaces",
    ),
    "50 000 namespaces, each in its element": (
        b"<a>" + b"".join(b'<n%d:b xmlns:n%d="u%d"/>' % (n, n, n) for n in range(50_000)) + b"</a>",
        "more than 256 namespaces",
    ),
    "50 000 namespaces one in the other": (
        b"".join(b'<n%d:b xmlns:n%d="u%d">' % (n, n, n) for n in range(50_000)),
        "more than 256 namespaces",
    ),
    "65 MB": (b"<a>" + b" " * 65_000_000 + b"</a>", "at most 64000000"),
}
ALLOWED = {
    "a text of 12 MB": b"<a><title>" + b"x" * 12_000_000 + b"</title></a>",
    "a file of 10 MB in base64": b"<a>" + b64encode(bytes(10_000_000)) + b"</a>",
    "a comment of 12 MB": b"<a><!--" + b"x" * 12_000_000 + b"--></a>",
}


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-040 {kind}") for kind in TOO_MUCH])
def test_what_is_too_much_is_refused_in_time_and_memory(
    kind: str, limited: Callable[[bytes, int], dict[str, Any]]
) -> None:
    document, reason = TOO_MUCH[kind]

    answer = limited(document, 256)

    assert reason in answer["refused"]


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-040 {kind}") for kind in ALLOWED])
def test_a_long_text_is_read_in_time_and_memory(kind: str, limited: Callable[[bytes, int], dict[str, Any]]) -> None:
    answer = limited(ALLOWED[kind], 256)

    assert answer["refused"] is None


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def attributes(count: int) -> bytes:
    return b"<a " + b" ".join(b'b%d="="' % n for n in range(count)) + b"/>"


def namespaces(count: int) -> bytes:
    return b"<a><b " + b" ".join(b"xmlns:n%d = 'u'" % n for n in range(count)) + b"/></a>"


def siblings(count: int) -> bytes:
    return b"<a>" + b"<b></b>" * count + b"</a>"


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (nested, limits.XML_DEPTH),
        (attributes, limits.XML_ATTRIBUTES),
        (namespaces, limits.XML_NAMESPACES),
        (siblings, limits.XML_SIBLINGS),
    ],
)
def test_the_limit_itself_is_allowed_and_one_more_is_refused(make: Callable[[int], bytes], most: int) -> None:
    parse(make(most))

    with pytest.raises(XmlRefused, match=f"more than {most}"):
        parse(make(most + 1))


def test_many_repetitions_of_a_few_namespaces_are_no_attack() -> None:
    parse(b"<a>" + b'<n:b xmlns:n="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"/>' * 5_000 + b"</a>")


def test_text_that_looks_like_attributes_is_no_attack() -> None:
    parse(b"<a>" + b' b="c"' * 10_000 + b'<b c="d"/><![CDATA[<' + b' b="c"' * 10_000 + b">]]></a>")


def test_a_reader_that_caps_the_depth_itself_may_go_deeper() -> None:
    parse(nested(limits.XML_DEPTH + 1), deep=True)


def test_a_field_longer_than_the_dmp_takes_is_told_by_its_own_limit() -> None:
    document = b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>' + b"x" * 12_000_000 + b"</title></ClinicalDocument>"

    assert len(read_header(document).title) == 12_000_000, "the limit of the parser is that of a file"
