"""The files inside one document: images and texts shown where they stand, the others named and listed at the end."""

from base64 import b64encode
from collections.abc import Callable
from typing import Final

from dmp_core.documents.pages import Drawing, Page
from dmp_core.documents.tree import HL7, first
from dmp_core.documents.viewer import jpeg, media
from dmp_core.documents.viewer.characters import visible
from dmp_core.documents.viewer.view import Access, Attachment, Removed
from dmp_core.documents.viewer.writer import Writer
from dmp_core.xml import Element

_MEDIA: Final = f"{{{HL7}}}observationMedia"
_REGION: Final = f"{{{HL7}}}regionOfInterest"
_FILES: Final = 100  # of one document
_DRAWN: Final = 3  # of one document: the others are files to open


class Files:
    """Finds the files that a narrative calls by name; each is decoded and shown once."""

    def __init__(self, document: Element, draw: Callable[[bytes], Drawing | None] | None = None) -> None:
        self._draw = draw
        self._drawn = 0
        self._named = {found.get("ID"): found for found in document.iter(_MEDIA, _REGION) if found.get("ID")}
        self._shown: set[str] = set()
        self.attachments: list[Attachment] = []

    def show(self, name: str, description: str, out: Writer) -> None:
        """`renderMultiMedia`: the file of this name, at this place."""
        found = self._named.get(name)
        if found is not None and found.tag == _REGION:
            found = next(found.iter(_MEDIA), None)
        value = first(found, "value") if found is not None else None
        if value is None:
            out.mark(Removed.MISSING)
        elif name in self._shown:
            out.mark(Removed.REPEATED)
        else:
            self._shown.add(name)
            self.write(value, description, out)

    def write(self, data: Element, description: str, out: Writer) -> None:
        """The file that this `ED` holds, as far as it may be shown."""
        if media.is_remote(data):
            out.mark(Removed.REMOTE)
            return
        if len(self.attachments) >= _FILES:
            out.mark(Removed.EXCESS)
            return
        number = len(self.attachments) + 1
        attachment = media.read(data, number)
        self.attachments.append(attachment)
        if attachment.access is Access.REFUSED:
            out.mark(Removed.FILE, f"{attachment.label} : {attachment.reason} ; demandez-le à son auteur")
        elif attachment.access is Access.OPEN and (drawing := self._drawing(attachment)) is not None:
            _pages(drawing, number, out)
        elif attachment.access is not Access.SHOWN:
            called = f"{description}, fichier" if description else "Fichier joint"
            out.leaf("a", f"{called} n° {number} ({attachment.label})", href=f"#file-{number}")
        elif attachment.media_type == "text/plain":
            out.leaf("pre", media.as_text(attachment.content) or "")
        else:
            _picture(attachment, description or f"Image n° {number} du document", out)

    def _drawing(self, attachment: Attachment) -> Drawing | None:
        """The pages of a PDF; pictures that are none are not shown."""
        if self._draw is None or self._drawn == _DRAWN:
            return None
        self._drawn += 1
        drawing = self._draw(attachment.content)
        if drawing is None:
            return None
        rebuilt = ((jpeg.rebuild(page.picture), page.text) for page in drawing.pages)
        pages = tuple(Page(picture, text) for picture, text in rebuilt if picture is not None)
        return Drawing(pages, drawing.count) if len(pages) == len(drawing.pages) else None


def _pages(drawing: Drawing, number: int, out: Writer) -> None:
    """Each page as a picture, then the text of all for whoever does not see it, searches or copies."""
    with out.inside("div", class_="pages"):
        for rank, page in enumerate(drawing.pages, 1):
            coded = b64encode(page.picture).decode()
            out.leaf("img", src=f"data:image/jpeg;base64,{coded}", alt=f"Page {rank} sur {drawing.count}")
        if drawing.count > len(drawing.pages):
            with out.inside("p"):
                out.text(f"Les pages suivantes, jusqu’à la {drawing.count}, sont dans le ")
                out.leaf("a", f"fichier n° {number}", href=f"#file-{number}")
        text = "\n\n".join(page.text for page in drawing.pages if page.text)
        if text:
            with out.inside("details", class_="text"):
                out.leaf("summary", "Texte du document")
                out.leaf("pre", text)


def _picture(attachment: Attachment, description: str, out: Writer) -> None:
    coded = b64encode(attachment.content).decode()
    out.leaf("img", src=f"data:{attachment.media_type};base64,{coded}", alt=visible(description))
