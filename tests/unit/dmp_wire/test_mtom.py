import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmp_core import xml
from dmp_core.dmp import mtom
from dmp_core.dmp.mtom import Attachment
from dmp_core.errors import AnswerUnreadable
from dmp_core.model import limits

HEADER = 'multipart/related; type="application/xop+xml"; boundary="b1"'
XOP = 'xmlns:x="http://www.w3.org/2004/08/xop/include"'
GOOD = (
    b"preamble\r\n--b1 \t\r\ncontent-type: application/xop+xml;\r\n charset=UTF-8\r\nCONTENT-ID: <root@x>\r\n"
    b"\r\n<a/>\r\n"
    b"--b1\r\nContent-ID: doc@urn:x\r\nContent-Transfer-Encoding: Binary\r\n\r\n%PDF\r\n--b12\r\n\r\n--b1--\r\nepilogue"
)


def test_what_was_written_is_read_again() -> None:
    parts = (Attachment("a@b", "application/pdf", b"\r\n--x\r\n"), Attachment("c", "text/xml", b""))

    content_type, body = mtom.write(b"<r/>", parts, action="urn:a", boundary="x")

    assert mtom.read(content_type, body) == (b"<r/>", {"a@b": b"\r\n--x\r\n", "c": b""})


def test_the_parts_announce_themselves_as_in_the_official_example() -> None:
    content_type, body = mtom.write(b"<r/>", (Attachment("d", "text/xml", b"<d/>"),), action="urn:a", boundary="x")

    assert content_type == (
        'multipart/related; type="application/xop+xml"; start="<root.message@dmp>"; '
        'start-info="application/soap+xml"; action="urn:a"; boundary="x"'
    )
    assert body == (
        b'--x\r\nContent-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"; action="urn:a"\r\n'
        b"Content-Transfer-Encoding: 8bit\r\nContent-ID: <root.message@dmp>\r\n\r\n<r/>\r\n"
        b"--x\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <d>\r\n\r\n<d/>\r\n"
        b"--x--\r\n"
    )


def test_a_header_that_would_break_the_lines_is_not_written() -> None:
    with pytest.raises(ValueError, match="printable"):
        mtom.write(b"", (Attachment("a\r\nX: y", "text/xml", b""),), action="a", boundary="x")


def test_padding_folds_case_and_lookalike_boundaries_are_read() -> None:
    root, parts = mtom.read(HEADER, GOOD)

    assert root == b"<a/>"
    assert parts == {"doc@urn:x": b"%PDF\r\n--b12\r\n"}


def test_lines_may_end_with_a_bare_line_feed() -> None:
    root, parts = mtom.read(HEADER, GOOD.replace(b"\r\n", b"\n"))

    assert (root, parts["doc@urn:x"]) == (b"<a/>", b"%PDF\n--b12\n")


@pytest.mark.parametrize("start", ["<doc@urn:x>", "doc@urn%3Ax"])
def test_start_names_the_root_part(start: str) -> None:
    root, parts = mtom.read(f'{HEADER}; start="{start}"', GOOD)

    assert root.startswith(b"%PDF")
    assert list(parts) == ["root@x"]


def test_an_unquoted_boundary_and_a_part_without_headers_are_read() -> None:
    root, parts = mtom.read("Multipart/Related;boundary=uuid:1+id=2;x=y", b"--uuid:1+id=2\n\n<a/>\n--uuid:1+id=2--")

    assert (root, parts) == (b"<a/>", {})


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("base64", b"JVBE\r\nRgA="), ("quoted-printable", b"%PDF=\r\n=00"), ("8bit", b"%PDF\x00"), ("7BIT", b"%PDF\x00")],
)
def test_every_transfer_encoding_is_undone(encoding: str, written: bytes) -> None:
    body = b"--b1\r\n\r\n<a/>\r\n--b1\r\nContent-ID: <d>\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--b1--" % (
        encoding.encode(),
        written,
    )

    assert mtom.read(HEADER, body)[1]["d"] == b"%PDF\x00"


def part(head: str, content: str = "x") -> bytes:
    return f"--b1\r\n{head}\r\n\r\n{content}\r\n".encode()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/related", GOOD),
        ('multipart/related; boundary=""', GOOD),
        (HEADER + "; boundary=b2", GOOD),
        (HEADER.replace("b1", "other"), GOOD),
        (HEADER + "; start=<nobody>", GOOD),
        (HEADER, b""),
        (HEADER, b"--b1--"),
        (HEADER, GOOD.replace(b"--b1--", b"")),
        (HEADER, part("Content-ID: <a>") * 2 + b"--b1--"),
        (HEADER, part("Content-ID: <a>\r\nContent-ID: <b>") + b"--b1--"),
        (HEADER, part("no colon") + b"--b1--"),
        (HEADER, part("Content-Type: multipart/mixed; boundary=c") + b"--b1--"),
        (HEADER, part("Content-Transfer-Encoding: x-uuencode") + b"--b1--"),
        (HEADER, part("Content-Transfer-Encoding: base64", "&&&&") + b"--b1--"),
        (HEADER, b"--b1\r\nContent-ID: <a>\r\n--b1--"),
        (HEADER, part("A: " + "x" * 20_000) + b"--b1--"),
        (HEADER, part("") * (limits.MIME_PARTS + 1) + b"--b1--"),
    ],
)
def test_row_051_a_malformed_package_is_unreadable(content_type: str, body: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        mtom.read(content_type, body)


def test_an_include_stands_for_its_part() -> None:
    root = xml.parse(f'<r><d><x:Include {XOP} href="cid:1@urn%3Ax"/></d><e>JVBE\nRg==</e></r>'.encode())

    attached = mtom.attach(root, {"1@urn:x": b"part", "unused": b""})

    assert mtom.content(root[0], attached) == b"part"
    assert mtom.content(root[1], attached) == b"%PDF"


@pytest.mark.parametrize(
    "content",
    [
        '<d><x:Include href="cid:2"/></d>',
        '<d><x:Include href="http://here/1"/></d>',
        '<d><x:Include href="file:///1"/></d>',
        "<d><x:Include/></d>",
        '<d><x:Include href="cid:1"/></d><d><x:Include href="cid:1"/></d>',
        '<d><x:Include href="cid:1"/>JVBE</d>',
        '<d>JVBE<x:Include href="cid:1"/></d>',
        '<d><x:Include href="cid:1"/><y/></d>',
    ],
)
def test_row_052_an_include_that_points_elsewhere_is_refused(content: str) -> None:
    with pytest.raises(AnswerUnreadable):
        mtom.attach(xml.parse(f"<r {XOP}>{content}</r>".encode()), {"1": b""})


@pytest.mark.parametrize("content", ["not base64!", "JVBE<!-- -->Rg==", "JVBERg=", "é"])
def test_inline_content_that_is_no_base64_is_refused(content: str) -> None:
    with pytest.raises(AnswerUnreadable):
        mtom.content(xml.parse(f"<d>{content}</d>".encode()), {})


IDENTIFIER = st.text("abcdefghijklmnopqrstuvwxyz0123456789@:.-", min_size=1, max_size=30)


@settings(deadline=None)
@given(
    root=st.binary(max_size=200),
    parts=st.dictionaries(
        IDENTIFIER, st.binary(max_size=200) | st.sampled_from([b"\r\n--b", b"--b--\r\n", b"\r", b"\n"])
    ),
)
def test_bytes_come_back_as_they_went(root: bytes, parts: dict[str, bytes]) -> None:
    attachments = [Attachment(name, "application/pdf", data) for name, data in parts.items() if name != mtom.ROOT_ID]

    content_type, body = mtom.write(root, attachments, action="urn:a", boundary="b")

    assert mtom.read(content_type, body) == (root, {each.content_id: each.data for each in attachments})


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged_bytes_raise_nothing_but_unreadable(data: st.DataObject) -> None:
    body = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(body)))
        body[place : place + data.draw(st.integers(0, 5))] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b"\r\n", b"\n\n", b"--b1", b"--b1--\r\n", b"Content-ID: <root@x>"])
        )
    header = data.draw(
        st.just(HEADER) | st.text(max_size=60) | st.text(max_size=20).map(lambda tail: HEADER + ";" + tail)
    )

    try:
        root, parts = mtom.read(header, bytes(body))
    except AnswerUnreadable:
        return
    assert isinstance(root, bytes)
    assert all(isinstance(content, bytes) for content in parts.values())
