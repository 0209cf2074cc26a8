"""A PDF that the host made: is it whole, readable by all, and small enough to be fed?"""

import re
from typing import Final

from dmp_core.errors import PdfProtected, PdfRefused
from dmp_core.model import limits

_HEAD: Final = re.compile(rb"%PDF-[12]\.[0-9]")
_TAIL: Final = 2048  # bytes in which the end of a PDF must stand
LARGEST: Final = limits.FED_DOCUMENT * 3 // 4 - 50_000
"""Bytes of a file inside a document: base64 adds a third, header and frame the rest."""
_START: Final = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF")
_OBJECT_OR_TABLE: Final = re.compile(rb"xref|[0-9]{1,10}\s+[0-9]{1,5}\s+obj")
_ENCRYPTED: Final = re.compile(rb"/Encrypt(?:\s+[0-9]+\s+[0-9]+\s+R|\s*<<)")
_PDF_A_1: Final = re.compile(rb"pdfaid:part(?:\s*=\s*[\"']1[\"']|>\s*1\s*<)")


def check(pdf: bytes) -> None:
    """Raises PdfRefused with the rule, and the byte where it fails (ISO 32000-1, 7.5)."""
    if not pdf:
        raise PdfRefused("empty")
    if not _HEAD.match(pdf):
        raise PdfRefused("byte 0: no %PDF- header")
    if len(pdf) > LARGEST:
        raise PdfRefused(f"{len(pdf)} bytes, at most {LARGEST}")
    start = len(pdf) - _TAIL
    if b"%%EOF" not in pdf[max(start, 0) :]:
        raise PdfRefused(f"byte {len(pdf)}: no %%EOF at the end, the file is cut")
    _check_cross_references(pdf)
    if found := _ENCRYPTED.search(pdf):
        raise PdfProtected(f"byte {found.start()}: encrypted")


def _check_cross_references(pdf: bytes) -> None:
    """The last `startxref` must point at a cross-reference table or stream inside the file."""
    starts = list(_START.finditer(pdf, max(len(pdf) - _TAIL, 0)))
    if not starts:
        raise PdfRefused(f"byte {len(pdf)}: no startxref before %%EOF")
    found = starts[-1]
    if not _OBJECT_OR_TABLE.match(pdf[int(found[1]) : int(found[1]) + 40].lstrip()):
        raise PdfRefused(f"byte {found.start()}: startxref points at no cross-reference table")


def declares_pdf_a_1(pdf: bytes) -> bool:
    """Does it call itself PDF/A-1? Its XMP metadata are never compressed (ISO 19005-1, 6.7.2)."""
    return bool(_PDF_A_1.search(pdf))
