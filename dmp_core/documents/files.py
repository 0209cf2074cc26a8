"""A file that the host hands finished becomes what an unstructured document (N1) may carry, or is refused."""

import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Final

from dmp_core.documents import apart, pdf
from dmp_core.documents.images import JPEG, PDF, PNG, RTF, TEXT, TIFF, kind_of, size_of
from dmp_core.errors import ExtraMissing, FileKindRefused, FileLies, ImageRefused

_ALIASES: Final = {"application/rtf": RTF, "text/richtext": RTF, "image/jpg": JPEG, "image/tif": TIFF}
_NEEDED: Final = ("pikepdf", "pypdfium2", "PIL", "jsonschema", "referencing", "fontTools")
_ACTIVE_RTF: Final = re.compile(
    rb"\\(obj(?:ect|data|emb|link|autlink|ocx|html|class|name|sub|pub|icemb)|field|fldinst|template|linkself|bin|"
    rb"htmltag|fromhtml)(?![a-z])",
    re.IGNORECASE,
)
_JPEG_END: Final = b"\xff\xd9"
_TAIL: Final = 1024  # bytes in which the end of a JPEG must stand


@dataclass(frozen=True, slots=True)
class Carried:
    """What the `nonXMLBody` of an unstructured document carries (ASS_A12)."""

    media_type: str
    content: bytes = field(repr=False)


def conform(content: bytes, declared: str | None = None) -> Carried:
    """The file as the DMP takes it: a PDF made PDF/A-1b, a PNG laid in one, the others as they are once checked.

    A PDF that is PDF/A-1 keeps its bytes. Without the extra `pdf`, another one goes as it is: `checks` says so.
    Raises FileLies, FileKindRefused, ImageRefused, PdfRefused, PdfProtected, ExtraMissing.
    """
    kind = _kind(content, declared)
    if kind == PDF:
        pdf.check(content)
        return Carried(PDF, apart.run("pdf", content) if _can_make_pdf_a() else content)
    if kind == PNG:
        size_of(content)
        if not _can_make_pdf_a():
            raise ExtraMissing("a PNG becomes a PDF/A: install dmp-core[pdf]")
        return Carried(PDF, apart.run("png", content))
    if len(content) > pdf.LARGEST:
        raise ImageRefused(f"{len(content)} bytes, at most {pdf.LARGEST}")
    if kind in (JPEG, TIFF):
        size_of(content)
        if kind == JPEG and _JPEG_END not in content[-_TAIL:]:
            raise ImageRefused("the end of the JPEG is missing")
    elif kind == RTF:
        _check_rtf(content)
    return Carried(kind, content)


def _kind(content: bytes, declared: str | None) -> str:
    """The media type, told by the bytes. Raises FileLies, FileKindRefused."""
    if not content:
        raise FileKindRefused("empty")
    seen = kind_of(content)
    if declared is not None:
        told = declared.partition(";")[0].strip().lower()
        told = _ALIASES.get(told, told)
        if told != seen:
            raise FileLies(f"declared {told[:60]!r}, the bytes show {seen}")
    if seen not in (PDF, PNG, JPEG, TIFF, RTF, TEXT):
        raise FileKindRefused(seen)
    return seen


def _check_rtf(content: bytes) -> None:
    """Nothing embedded, nothing linked, nothing after its end. Raises FileKindRefused."""
    if found := _ACTIVE_RTF.search(content):
        raise FileKindRefused(f"byte {found.start()}: RTF with {found[1].decode().lower()}")
    if not content.rstrip(b"\0\r\n\t ").endswith(b"}"):
        raise FileKindRefused("the end of the RTF is missing")


def _can_make_pdf_a() -> bool:
    return all(find_spec(name) for name in _NEEDED)
