"""The gate of PDF/A-1b (ISO 19005-1): what pikepdf's validator does not pass is not PDF/A."""

import re
from io import BytesIO
from typing import TYPE_CHECKING, Final

from dmp_core.errors import ExtraMissing

if TYPE_CHECKING:
    from pikepdf import Pdf

_FLAVOUR: Final = "1b"
_WHEN_PREPARED: Final = re.compile(rb"\s*<xmp:MetadataDate>[^<]*</xmp:MetadataDate>")  # pikepdf reads the clock


_LEVEL: Final = "ISO_19005_1:6.7.11-3"  # the level declared is not B
_LEVEL_A: Final = re.compile(rb"pdfaid:conformance(?:\s*=\s*[\"']A[\"']|>\s*A\s*<)")


class NotPdfA(Exception):
    """The rules that are broken, as the validator names them; `.args[0]` is a short list."""


def broken_rules(pdf: bytes) -> tuple[str, ...]:
    """Rules of PDF/A-1b that the bytes break, or that the validator cannot check; none: it is PDF/A-1b.

    Raises ExtraMissing.
    """
    try:
        from pikepdf import pdfa
    except ImportError as error:
        raise ExtraMissing(f"{error.name}: install dmp-core[pdf]") from error
    report = pdfa.validate_written(BytesIO(pdf), _FLAVOUR)
    return tuple(sorted({finding.rule for finding in report.findings}))


def is_pdf_a_1(pdf: bytes) -> bool:
    """PDF/A-1b, or 1a, which asks for all of 1b and more. Raises ExtraMissing."""
    broken = broken_rules(pdf)
    return broken == () or (broken == (_LEVEL,) and _LEVEL_A.search(pdf) is not None)


def opened(pdf: bytes) -> "Pdf":
    """A document of ours, to be changed and sealed. Raises ExtraMissing."""
    try:
        import pikepdf
    except ImportError as error:
        raise ExtraMissing(f"{error.name}: install dmp-core[pdf]") from error
    return pikepdf.open(BytesIO(pdf))


def sealed(pdf: "Pdf") -> bytes:
    """The document as PDF/A-1b, the same document always as the same bytes. Writes no file, raises NotPdfA."""
    from pikepdf import pdfa

    pdfa.prepare(pdf, _FLAVOUR)
    pdf.Root.Metadata.write(_WHEN_PREPARED.sub(b"", pdf.Root.Metadata.read_bytes()))
    written = BytesIO()
    pdf.save(written, **pdfa.resolve_save_kwargs(_FLAVOUR, deterministic_id=True))
    if broken := broken_rules(written.getvalue()):
        raise NotPdfA(", ".join(broken[:8]))
    return written.getvalue()
