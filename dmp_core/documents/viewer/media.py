"""A file inside a document: decoded, recognised by its bytes, allowed as far as it is harmless. Nothing is fetched.

`ED` of CDA R2: base64 or text, with the media type that its author claims.
"""

import re
from base64 import b64decode
from binascii import Error
from typing import Final

from dmp_core.documents.viewer import jpeg, pdf_screen, png
from dmp_core.documents.viewer.texts import whole
from dmp_core.documents.viewer.view import Access, Attachment
from dmp_core.xml import Element

PIXELS: Final = 40_000_000  # of one image: A4 at 600 dpi has 35
_SIDE: Final = 20_000
_UNKNOWN: Final = "application/octet-stream"
_BLANK: Final = re.compile(r"\s+")
_SIGNATURES: Final = (
    (png.SIGNATURE, "image/png"),
    (jpeg.SIGNATURE, "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"{\\rtf", "text/rtf"),
)
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!", b"PK\x03\x04")
_LABELS: Final = {
    "application/pdf": "PDF",
    "image/png": "image PNG",
    "image/jpeg": "image JPEG",
    "image/tiff": "image TIFF",
    "image/gif": "image GIF",
    "image/svg+xml": "image SVG",
    "text/html": "page web",
    "application/xhtml+xml": "page web",
    "text/rtf": "texte RTF",
    "text/plain": "texte",
}
_SAME: Final = {"application/rtf": "text/rtf", "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg"}
_ENDINGS: Final = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "text/plain": "txt"}
_SAVED: Final = {"image/tiff": "tif", "image/gif": "gif", "text/rtf": "rtf"}
_MISMATCH: Final = "son contenu n’est pas celui qu’il annonce"


def is_remote(data: Element) -> bool:
    """Does it name an address instead of holding the bytes?"""
    return not (data.text or "").strip() and any(True for _ in data.iterchildren("{*}reference"))


def read(data: Element, number: int) -> Attachment:
    """The file that an `ED` holds. `number` is its rank in the document, from which its name is made."""
    claimed = (data.get("mediaType") or "text/plain").partition(";")[0].strip().lower()
    claimed = _SAME.get(claimed, claimed)
    content = _decode(data)
    if content is None:
        return _refused(claimed, number, b"", "il est illisible")
    if claimed == "application/pdf":
        return _pdf(content, number)
    if claimed.startswith("image/") and claimed in _LABELS and claimed != "image/svg+xml":
        return _image(content, claimed, number)
    if claimed == "text/plain":
        return _text(content, number)
    return _other(content, claimed, number)


def as_text(content: bytes) -> str | None:
    """The text of a plain text file: UTF-8, else Windows 1252; None for what holds bytes that no text has."""
    if any(byte in content for byte in (b"\x00", b"\x01", b"\x02", b"\x03")):
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeError:
        return content.decode("cp1252", errors="replace")


def _decode(data: Element) -> bytes | None:
    text = whole(data)
    if data.get("compression"):
        return None
    if data.get("representation") != "B64":
        return text.strip().encode()
    try:
        return b64decode(_BLANK.sub("", text), validate=True)
    except (Error, ValueError):
        return None


def _pdf(content: bytes, number: int) -> Attachment:
    if not pdf_screen.is_pdf(content):
        return _refused("application/pdf", number, content, _MISMATCH)
    if (why := pdf_screen.danger(content)) is not None:
        return _refused("application/pdf", number, content, f"il contient de quoi agir sur votre poste ({why})")
    return _attachment("application/pdf", number, Access.OPEN, content)


def _image(content: bytes, claimed: str, number: int) -> Attachment:
    """PNG and JPEG are written anew, whichever of the two was claimed: what is shown holds nothing but the picture."""
    found = _sniff(content)
    if not found.startswith("image/"):
        return _refused(claimed, number, content, _MISMATCH)
    if found not in ("image/png", "image/jpeg"):
        why = "ce format d’image ne s’affiche pas ici"
        return _attachment(found, number, Access.WARNED, content, why)
    kind = png if found == "image/png" else jpeg
    pixels = kind.size(content)
    if pixels is None:
        return _refused(found, number, content, "l’image est illisible")
    if pixels[0] * pixels[1] > PIXELS or max(pixels) > _SIDE:
        return _refused(found, number, content, f"l’image est trop grande ({pixels[0]} × {pixels[1]} points)")
    drawn = kind.rebuild(content)
    if drawn is None:
        return _refused(found, number, content, "l’image est abîmée")
    return _attachment(found, number, Access.SHOWN, drawn)


def _text(content: bytes, number: int) -> Attachment:
    if _sniff(content) != _UNKNOWN or content.startswith((b"%PDF", *_PROGRAMS)) or as_text(content) is None:
        return _refused("text/plain", number, content, _MISMATCH)
    return _attachment("text/plain", number, Access.SHOWN, content)


def _other(content: bytes, claimed: str, number: int) -> Attachment:
    """A format that is not shown here: saved after a warning; its name ends so that no browser runs it."""
    found = _sniff(content)
    if content.startswith(_PROGRAMS) or (claimed == "text/rtf") != (found == "text/rtf"):
        return _refused(claimed, number, content, _MISMATCH)
    return _attachment(claimed, number, Access.WARNED, content, "ce format ne s’affiche pas ici")


def _sniff(content: bytes) -> str:
    return next((kind for signature, kind in _SIGNATURES if content.startswith(signature)), _UNKNOWN)


def _refused(claimed: str, number: int, content: bytes, why: str) -> Attachment:
    return _attachment(claimed, number, Access.REFUSED, content, why)


def _attachment(kind: str, number: int, access: Access, content: bytes, reason: str = "") -> Attachment:
    """The name is made from the number and the kind alone; whatever a reader could run is called `.bin`."""
    endings = _ENDINGS | _SAVED if access is not Access.REFUSED else {}
    ending = endings.get(kind, "bin")
    return Attachment(
        name=f"document-{number}.{ending}",
        media_type=kind if ending != "bin" else _UNKNOWN,
        label=_LABELS.get(kind, "format inconnu"),
        access=access,
        reason=reason,
        content=content,
    )
