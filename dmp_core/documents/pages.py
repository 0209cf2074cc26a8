"""The pages of a PDF as pictures, for a frame in which nothing of a document runs, and their text beside them.

They are drawn in a process of its own (`apart`); what comes out of it is taken for hostile as what went in.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from io import BytesIO
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dmp_core.documents import apart
from dmp_core.errors import ExtraMissing, PdfProtected, PdfRefused

MOST: Final = 20  # pages of one file
_DPI: Final = 132
_POINTS: Final = 72  # in an inch
_PIXELS: Final = 4_000_000  # of one page
_QUALITY: Final = 88
_TEXT: Final = 20_000  # characters of one page
_NEEDED: Final = ("pypdfium2", "PIL")


@dataclass(frozen=True, slots=True)
class Page:
    """A JPEG, and the text that a reader who does not see it needs; empty for a scan."""

    picture: bytes = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The first pages of a file; `count`: how many it has."""

    pages: tuple[Page, ...]
    count: int


class _Drawn(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    count: int = Field(ge=1)
    pages: list[tuple[str, str]] = Field(min_length=1, max_length=MOST)


def draw(pdf: bytes) -> Drawing | None:
    """The pages of a PDF that was found harmless; None where they cannot be drawn here: it is handed over as a file."""
    if not all(find_spec(name) for name in _NEEDED):
        return None
    try:
        told = _Drawn.model_validate_json(apart.run("pages", pdf))
        pages = tuple(Page(b64decode(picture, validate=True), readable(text)) for picture, text in told.pages)
    except (PdfRefused, PdfProtected, ExtraMissing, ValidationError, ValueError):
        return None
    return Drawing(pages, told.count)


def readable(text: str) -> str:
    """Text without what no reader sees: controls, marks of direction, characters of a font's own."""
    kept = (one if one == "\n" or one.isprintable() else " " if one.isspace() else "" for one in text[:_TEXT])
    return "".join(kept).strip()


# ---------------------------------------------------------------- in the process apart


def drawn(pdf: bytes) -> bytes:
    """The drawing as JSON. Raises PdfRefused."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
        document.init_forms()
        return json.dumps({"count": len(document), "pages": list(_pages(document))}).encode()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise PdfRefused("its pages cannot be drawn") from error


def _pages(document: "object") -> Iterator[tuple[str, str]]:
    for number, page in enumerate(document):  # type: ignore[var-annotated, arg-type]  # pypdfium2 has no types
        if number == MOST:
            return
        width, height = page.get_size()
        scale = min(_DPI / _POINTS, (_PIXELS / max(width * height, 1.0)) ** 0.5)
        written = BytesIO()
        page.render(scale=scale).to_pil().convert("RGB").save(written, "JPEG", quality=_QUALITY, subsampling=0)
        text = page.get_textpage().get_text_bounded()
        yield b64encode(written.getvalue()).decode(), text[:_TEXT].replace("\r\n", "\n")
