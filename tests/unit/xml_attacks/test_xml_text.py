"""Rows 41 and 43 to 46 of the attacks: encodings, markup in identifiers, damage, deceiving characters, injection."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dmp_core
from dmp_core.documents import checks
from dmp_core.documents.reading import read_header
from dmp_core.documents.tree import first, open_document
from dmp_core.documents.viewer.characters import by_number, pieces
from dmp_core.errors import XmlRefused
from dmp_core.model.codes import value_set
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.xml import parse, text_of

ACCENTS = "<a>Hélène Œuvré</a>"
ENCODINGS = {
    "UTF-7": b"+ADw-a+AD4-x+ADw-/a+AD4-",
    "UTF-7 declared": b'<?xml version="1.0" encoding="UTF-7"?><a/>',
    "UTF-16 without mark, little": "<a>x</a>".encode("utf-16-le"),
    "UTF-16 without mark, big": "<a>x</a>".encode("utf-16-be"),
    "UTF-16 without mark, declared": '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16-le"),
    "UTF-16 cut in a character": ACCENTS.encode("utf-16")[:-1],
    "UTF-16 with a lone surrogate": b"\xff\xfe" + "<a>".encode("utf-16-le") + b"\x00\xd8" + "</a>".encode("utf-16-le"),
    "UTF-16 declared, UTF-8 found": b'<?xml version="1.0" encoding="UTF-16"?><a/>',
    "UTF-8 declared, UTF-16 found": '<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16"),
    "UTF-32 with its mark": "<a>x</a>".encode("utf-32"),
    "UTF-32 without mark": "<a>x</a>".encode("utf-32-le"),
    "EBCDIC": "<a>x</a>".encode("cp500"),
    "EBCDIC declared": '<?xml version="1.0" encoding="ebcdic-cp-fr"?><a/>'.encode("cp500"),
    "Latin 1 declared": ACCENTS.replace("Œ", "O")
    .encode("latin-1")
    .join([b'<?xml version="1.0" encoding="ISO-8859-1"?>', b""]),
    "Latin 1 found": b"<a>H\xe9l\xe8ne</a>",
    "Latin 1 found, UTF-8 declared": b'<?xml version="1.0" encoding="UTF-8"?><a>H\xe9l\xe8ne</a>',
    "ASCII declared, UTF-8 found": b'<?xml version="1.0" encoding="US-ASCII"?>' + ACCENTS.encode(),
    "overlong": b"<a>\xc0\xbc</a>",
    "a surrogate in UTF-8": b"<a>\xed\xa0\x80</a>",
    "beyond Unicode": b"<a>\xf4\x90\x80\x80</a>",
    "an unknown name": b'<?xml version="1.0" encoding="x-user-defined"?><a/>',
    "standalone maybe": b'<?xml version="1.0" encoding="UTF-8" standalone="maybe"?><a/>',
    "standalone before encoding": b'<?xml version="1.0" standalone="yes" encoding="UTF-16"?><a/>',
    "encoding twice": b'<?xml version="1.0" encoding="UTF-8" encoding="UTF-7"?><a/>',
    "XML 1.1": b'<?xml version="1.1"?><a/>',
    "XML 1.1 with a control": b'<?xml version="1.1"?><a>&#1;</a>',
    "XML 2.0": b'<?xml version="2.0"?><a/>',
    "no version": b'<?xml encoding="UTF-8"?><a/>',
    "two declarations": b'<?xml version="1.0"?><?xml version="1.0" encoding="UTF-7"?><a/>',
}
AGREED = {
    "UTF-8": ACCENTS.encode(),
    "UTF-8 declared": f'<?xml version="1.0" encoding="utf-8"?>{ACCENTS}'.encode(),
    "UTF-8 with its mark": ACCENTS.encode("utf-8-sig"),
    "UTF-16 with its mark": ACCENTS.encode("utf-16"),
    "UTF-16 declared": f'<?xml version="1.0" encoding="UTF-16"?>{ACCENTS}'.encode("utf-16"),
    "UTF-16, big": b"\xfe\xff" + ACCENTS.encode("utf-16-be"),
    "standalone": f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{ACCENTS}'.encode(),
}
SPLIT = {
    "a comment": b"<id>899700000001<!---->9</id>",
    "a comment before": b"<id><!-- 1 -->899700000001</id>",
    "an instruction": b"<id>8997<?x y?>00000001</id>",
    "an element": b"<id>8997<b/>00000001</id>",
}
DAMAGE = {
    "trailing garbage": b"<a/>garbage",
    "trailing bytes": b"<a/>\x00\x00",
    "trailing markup": b"<a/><",
    "two roots": b"<a/><b/>",
    "two documents": b'<?xml version="1.0"?><a/><?xml version="1.0"?><a/>',
    "no root": b"<!-- a -->",
    "nothing": b"",
    "blanks": b" \n",
    "text only": b"text",
    "crossed tags": b"<a><b></a></b>",
    "the same attribute twice": b'<a b="1" b="2"/>',
    "the same attribute of one namespace twice": b'<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>',
    "an unbound prefix in a declaration": b'<a xmlns:xml="urn:other"/>',
    "a bare ampersand": b"<a>&</a>",
}
XPATH = ("xpath", "XPath", "ETXPath", "XPathEvaluator")
INJECTIONS = (
    "' or '1'='1",
    '"] | //*["',
    "x') or doc('file:///etc/passwd",
    "]]>",
    "$x",
    "{{.}}",
    "*",
    "../*",
    "a/b",
    "",
)


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-041 {kind}") for kind in ENCODINGS])
def test_an_encoding_that_is_not_agreed_on_is_refused(kind: str) -> None:
    with pytest.raises(XmlRefused):
        parse(ENCODINGS[kind])


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-041 agreed: {kind}") for kind in AGREED])
def test_utf_8_and_utf_16_are_read_where_all_agree(kind: str) -> None:
    assert parse(AGREED[kind]).text == "Hélène Œuvré"


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-043 {kind}") for kind in SPLIT])
def test_an_identifier_with_markup_inside_is_refused(kind: str) -> None:
    with pytest.raises(XmlRefused, match="markup inside the text of id"):
        text_of(parse(SPLIT[kind]))


@pytest.mark.parametrize("file", [pytest.param("file:///etc/passwd", id="row-043 instructions")])
def test_instructions_are_never_followed_and_change_nothing(file: str) -> None:
    title = "<title>Essai</title>"
    plain = f'<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2"/>{title}</ClinicalDocument>'
    told = f'<?xml-stylesheet href="{file}" type="text/xsl"?><?php exit ?>{plain}<?xml-model href="{file}"?>'

    assert read_header(told.encode()) == read_header(plain.encode())
    assert [one.rule for one in checks.check(told.encode())] == [one.rule for one in checks.check(plain.encode())]


@pytest.mark.parametrize("ending", [pytest.param("\n", id="row-044 truncated at each byte")])
def test_a_document_cut_anywhere_is_refused(ending: str) -> None:
    parts = '<!-- c --><id root="1.2"/><t>Œ&amp;</t><![CDATA[x]]>'
    inner = f'<ClinicalDocument xmlns="urn:hl7-org:v3" a="é">{parts}</ClinicalDocument>'
    whole = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- before -->{inner}<!-- after -->{ending}'.encode()
    end = whole.index(b"</ClinicalDocument>") + len(b"</ClinicalDocument>")
    after = whole.index(b"<!-- after -->")

    accepted = [length for length in range(len(whole) + 1) if _is_read(whole[:length])]

    closed = after + len(b"<!-- after -->")
    assert accepted == [end, *range(closed, len(whole) + 1)], "whole, or whole but for what follows the root"


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-044 {kind}") for kind in DAMAGE])
def test_damage_is_refused_with_a_place_and_without_a_part_of_the_document(kind: str) -> None:
    with pytest.raises(XmlRefused) as refused:
        parse(DAMAGE[kind])

    assert re.fullmatch(r"not well formed at line [0-9]+, column [0-9]+", refused.value.detail)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("DURAND\u202eLUAP", id="row-045 bidirectional override"),
        pytest.param("DUR\u200bAND", id="row-045 zero width"),
        pytest.param("DUR\u2066AND", id="row-045 isolate"),
        pytest.param("DUR\ufeffAND", id="row-045 mark inside"),
        pytest.param("DUR\u00adAND", id="row-045 soft hyphen"),
        pytest.param("D\u0423RAND", id="row-045 homoglyph"),
    ],
)
def test_a_deceiving_character_in_a_name_is_told_and_shown_by_its_number(name: str) -> None:
    document = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><patient><name>'
        f"<family>{name}</family></name></patient></patientRole></recordTarget></ClinicalDocument>"
    ).encode()

    shown = "".join(by_number(part) if marked else part for part, marked in pieces(name, name=True))

    place = "/ClinicalDocument/recordTarget/patientRole/patient/name/family"
    assert place in {
        one.path for one in checks.check(document) if one.rule in ("invisible-character", "foreign-letter")
    }
    assert re.fullmatch(r"[A-Z]+‹U\+[0-9A-F]{4}›[A-Z]+", shown)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("&#0;", id="row-045 NUL by its number"),
        pytest.param("&#x0;", id="row-045 NUL in hexadecimal"),
        pytest.param("\0", id="row-045 NUL"),
        pytest.param("&#8;", id="row-045 control"),
        pytest.param("&#xFFFE;", id="row-045 no character"),
        pytest.param("&#xD800;", id="row-045 surrogate"),
        pytest.param("&#x110000;", id="row-045 beyond Unicode"),
    ],
)
def test_what_is_no_character_is_refused(text: str) -> None:
    with pytest.raises(XmlRefused):
        parse(f"<a>{text}</a>".encode())


@pytest.mark.parametrize("value", [pytest.param(value, id=f"row-046 {value}") for value in INJECTIONS])
def test_a_value_that_looks_like_a_question_is_a_value(value: str) -> None:
    quoted = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace(">", "&gt;")
    document = (
        f'<ClinicalDocument xmlns="urn:hl7-org:v3"><code code="{quoted}" codeSystem="{quoted}"/><title>{quoted}</title>'
        f'<recordTarget><patientRole><id root="1.2.250.1.213.1.4.10" extension="{quoted}"/></patientRole>'
        "</recordTarget></ClinicalDocument>"
    ).encode()

    header = read_header(document)

    assert (header.title, header.type_code.code, header.patient_ids[0][1]) == (value.strip(), value.strip(), value)
    assert value_set("J07").find(value, value) is None
    assert not header.is_of(Ins(value="279035121518989", oid=InsOid.NIR_TEST))
    place = first(open_document(document), "code")
    assert place is not None
    assert place.get("code") == value


@pytest.mark.parametrize("package", [pytest.param(dmp_core, id="row-046 no question is made of a value")])
def test_no_xpath_is_made_of_a_value(package: object) -> None:
    """Every XPath is a constant, or made of constants of its module; values go in as variables."""
    folder = Path(dmp_core.__file__).parent
    made = [
        f"{file.relative_to(folder)}:{call.lineno}"
        for file in sorted(folder.rglob("*.py"))
        if "xpath" in (text := file.read_text(encoding="utf-8")).lower()
        for call in _xpath_calls(ast.parse(text))
        if not _is_constant(call.args[0])
    ]

    assert made == []


def _xpath_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in XPATH:
            yield node


def _is_constant(node: ast.AST) -> bool:
    """A literal, a constant by its name, or an f-string or operation of such."""
    if isinstance(node, ast.Name):
        return node.id.strip("_").isupper()
    if isinstance(node, ast.Attribute):
        return node.attr.isupper()
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.BinOp)
        and all(_is_constant(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    )


def _is_read(data: bytes) -> bool:
    try:
        parse(data)
    except XmlRefused:
        return False
    return True
