"""A PDF that the host hands over."""

import pytest

from dmp_core.documents import pdf
from dmp_core.errors import PdfRefused
from dmp_core.model import limits


def test_a_whole_pdf_passes(small_pdf: bytes) -> None:
    pdf.check(small_pdf)


def test_a_pdf_cut_anywhere_is_refused(small_pdf: bytes) -> None:
    whole = len(small_pdf.rstrip())

    for length in range(whole):
        with pytest.raises(PdfRefused):
            pdf.check(small_pdf[:length])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: b"PK" + data, "byte 0"),
        (lambda data: b"\n" + data, "byte 0"),
        (lambda data: data.replace(b"startxref", b"startxxxx"), "startxref"),
        (lambda data: data.replace(b"xref\n0 5", b"XREF\n0 5", 1), "cross-reference"),
        (lambda data: data.replace(b"/Size 5", b"/Encrypt 9 0 R/Size 5"), "encrypted"),
        (lambda data: data + b" " * 3000, "%%EOF"),
        (lambda data: data + b" " * limits.FED_DOCUMENT, "at most"),
        (lambda data: b"", "empty"),
    ],
)
def test_a_broken_pdf_is_refused_with_the_rule(small_pdf: bytes, change: object, told: str) -> None:
    with pytest.raises(PdfRefused) as refusal:
        pdf.check(change(small_pdf))  # type: ignore[operator]

    assert told in refusal.value.detail


def test_pdf_a_1_is_what_its_metadata_say(small_pdf: bytes) -> None:
    assert pdf.declares_pdf_a_1(small_pdf)
    assert not pdf.declares_pdf_a_1(small_pdf.replace(b'pdfaid:part="1"', b'pdfaid:part="3"'))
