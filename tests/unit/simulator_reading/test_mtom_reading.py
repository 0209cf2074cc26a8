"""MIME and XOP: byte for byte, only `cid:` of the message, each once, and no part that hides (quality rows 51, 52)."""

import pytest

from dmp_core import xml
from dmp_core.simulator import mtom

KIND = 'multipart/related; type="application/xop+xml"; start-info="application/soap+xml"; boundary="b:1+x=2"'
PDF = b"%PDF-1.4\r\n\x00\xff\n--b:1+x=23\n--almost\r\rend\n"
INCLUDE = '<d xmlns:xop="http://www.w3.org/2004/08/xop/include">{}</d>'


def message(*parts: bytes, end: bytes = b"\r\n", closed: bool = True) -> bytes:
    mark = end + b"--b:1+x=2"
    return b"".join(mark + end + part for part in parts) + mark + (b"--" if closed else b"") + end


def part(name: str, data: bytes, kind: str = "text/xml", end: bytes = b"\r\n", extra: bytes = b"") -> bytes:
    head = [f"Content-ID: <{name}>".encode(), f"Content-Type: {kind}".encode(), *([extra] if extra else [])]
    return end.join(head) + end + end + data


ROOT = part("root@x", b"<r/>", 'application/xop+xml; charset=UTF-8; type="application/soap+xml"')


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_parts_come_out_as_they_went_in(end: bytes) -> None:
    root = ROOT.replace(b"\r\n", end)

    read = mtom.read(KIND, b"preamble" + message(root, part("1@x", PDF, end=end), end=end) + b"epilogue")

    assert read == (b"<r/>", {"1@x": PDF})


def test_what_is_written_is_read_again() -> None:
    kind, body = mtom.write(b"<r/>", {"1@x": PDF, "2@x": b""}, action="urn:a")

    assert mtom.read(kind, body) == (b"<r/>", {"1@x": PDF, "2@x": b""})
    assert mtom.write(b"<r/>", {"1@x": PDF, "2@x": b""}, action="urn:a") == (kind, body)


def test_start_names_the_root_wherever_it_stands() -> None:
    kind = KIND + '; start="<root@x>"'

    assert mtom.read(kind, message(part("1@x", PDF), ROOT)) == (b"<r/>", {"1@x": PDF})


def test_base64_transfer_encoding_is_undone() -> None:
    coded = part("1@x", b"JVBE\r\nRg==", extra=b"Content-Transfer-Encoding: base64")

    assert mtom.read(KIND, message(ROOT, coded))[1] == {"1@x": b"%PDF"}


def test_folded_and_padded_headers_are_read() -> None:
    folded = b"Content-ID:   <1@x>  \r\nContent-Type: text/xml;\r\n charset=UTF-8\r\n\r\nx"

    assert mtom.read(KIND, message(ROOT, folded))[1] == {"1@x": b"x"}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (KIND.replace("b:1+x=2", "other"), message(ROOT)),
        (KIND.replace('; boundary="b:1+x=2"', ""), message(ROOT)),
        (KIND.replace("application/xop+xml", "text/xml"), message(ROOT)),
        (KIND, message(ROOT, closed=False)),
        (KIND, message(ROOT)[:-4]),
        (KIND, message(ROOT, part("1@x", b"x"), part("1@x", b"y"))),
        (KIND, message(ROOT, part("root@x", b"y"))),
        (KIND, message(ROOT, b"Content-Type: text/xml\r\n\r\nx")),
        (KIND, message(ROOT, b"no blank line")),
        (KIND, message(ROOT, part("1@x", b"x", "multipart/mixed"))),
        (KIND, message(ROOT, part("1@x", b"x", extra=b"Content-Transfer-Encoding: quoted-printable"))),
        (KIND, message(ROOT, part("1@x", b"*", extra=b"Content-Transfer-Encoding: base64"))),
        (KIND, message(ROOT, *(part(f"{n}@x", b"x") for n in range(100)))),
        (KIND + '; start="<other@x>"', message(ROOT)),
        (KIND, message(part("root@x", b"<r/>", "text/xml"))),
        (KIND, b""),
    ],
    ids=[
        "another boundary", "no boundary", "not XOP", "no end", "cut", "twin ids", "twin of the root", "no id",
        "no blank line", "nested", "quoted-printable", "bad base64", "100 parts", "start of nothing", "root not XOP",
        "empty",
    ],
)  # fmt: skip
def test_row_051_a_package_that_hides_or_lacks_something_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(mtom.MultipartRefused):
        mtom.read(kind, data)


def test_truncated_anywhere_it_is_refused() -> None:
    whole = message(ROOT, part("1@x", b"x")).removesuffix(b"\r\n")

    for length in range(len(whole)):
        with pytest.raises(mtom.MultipartRefused):
            mtom.read(KIND, whole[:length])


@pytest.mark.parametrize("href", ["cid:a%40urn%3Ab", "cid:a@urn:b"])
def test_a_cid_is_url_decoded(href: str) -> None:
    element = xml.parse(INCLUDE.format(f'<xop:Include href="{href}"/>').encode())

    assert mtom.included(element, {"a@urn:b": b""}) == "a@urn:b"


def test_a_content_id_that_is_itself_encoded_is_found() -> None:
    element = xml.parse(INCLUDE.format('<xop:Include href="cid:a%40b"/>').encode())

    assert mtom.included(element, {"a%40b": b""}) == "a%40b"


def test_without_include_there_is_no_part() -> None:
    assert mtom.included(xml.parse(INCLUDE.format("QUJD").encode()), {}) is None


@pytest.mark.parametrize(
    "content",
    [
        '<xop:Include href="http://host/a"/>',
        '<xop:Include href="file:///etc/passwd"/>',
        '<xop:Include href="cid:missing"/>',
        "<xop:Include/>",
        '<xop:Include href="cid:a"/><xop:Include href="cid:a"/>',
        'QUJD<xop:Include href="cid:a"/>',
    ],
)
def test_row_052_only_a_lone_cid_of_this_message_is_followed(content: str) -> None:
    with pytest.raises(mtom.MultipartRefused):
        mtom.included(xml.parse(INCLUDE.format(content).encode()), {"a": b""})
