"""Does a PDF hold anything that acts? Its names are searched, those of compressed objects too (ISO 32000-1, 7.5.7).

It draws nothing and repairs nothing: what it cannot read (a password, an object stream out of the ordinary) is refused.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final

_HEAD: Final = re.compile(rb"%PDF-[12]\.[0-9]")
_MARKUP: Final = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_UNPACKED: Final = 64_000_000  # bytes of all object streams together
_PAGES: Final = 2000

# Only names long enough never to appear by chance in what is compressed: the whole file is searched, so that
# no comment or string can make a part of it look like a stream.
_NAMES: Final = re.compile(
    rb"/(?:(?P<password>Encrypt)|(?P<javascript>JavaScript)"
    rb"|(?P<action>Launch|ImportData|SubmitForm|GoToR|GoToE|SetOCGState|Rendition|Movie|Trans3D)"
    rb"|(?P<file>EmbeddedFiles?|Filespec)|(?P<form>XFA)|(?P<media>RichMedia|Flash)"
    rb"|(?P<by_itself>OpenAction|AA)|(?P<address>URI|Named)|(?P<page>Type\s*/Page))(?![A-Za-z0-9_.-])"
    rb"|/(?P<font>FontMatrix)\s*\[[^\]]{0,400}[(<]"  # CVE-2024-4367: a script where numbers are due
)
_REASONS: Final = {
    "password": "mot de passe",
    "javascript": "programme JavaScript",
    "action": "action vers l’extérieur",
    "file": "fichier caché dans le PDF",
    "form": "formulaire XFA",
    "media": "contenu multimédia",
    "font": "police piégée",
}


def _spelled(name: str) -> bytes:
    """A name in a regular expression, each character plain or escaped (ISO 32000-1, 7.3.5)."""
    return b"".join(b"(?:%c|#%02x)" % (ord(letter), ord(letter)) for letter in name)


_OBJECT_STREAM: Final = re.compile(rb"(?P<type>/(?i:" + _spelled("ObjStm") + rb"))|stream\r?\n")
_NUMBERS: Final = re.compile(rb"\s*(?:[0-9]+\s+[0-9]+(?:\s|$)|$)")


def is_pdf(data: bytes) -> bool:
    """A PDF from its first byte, and not a page of the web as well."""
    return bool(_HEAD.match(data)) and not _MARKUP.search(data, 0, 1024)


def danger(pdf: bytes) -> str | None:
    """What acts in it, in French; None where nothing does."""
    seen, pages = set(), 0
    for objects in _objects(pdf):
        if objects is None:
            return "objets compressés illisibles"
        for found in _NAMES.finditer(_ESCAPED.sub(_character, objects)):
            kind = found.lastgroup or ""
            if kind in _REASONS:
                return _REASONS[kind]
            pages += kind == "page"
            seen.add(kind)
    if {"by_itself", "address"} <= seen:
        return "adresse ouverte sans qu’on le demande"
    return f"plus de {_PAGES} pages" if pages > _PAGES else None


def _objects(pdf: bytes) -> Iterator[bytes | None]:
    """The file as it is, then each object stream unpacked; None for one that cannot be, or is too large."""
    yield pdf
    left, announced = _UNPACKED, False
    for found in _OBJECT_STREAM.finditer(pdf):
        if found["type"]:
            announced = True
        elif announced:
            announced = False
            end = pdf.find(b"endstream", found.end())
            unpacked = _unpack(pdf[found.end() : end], left) if end >= 0 else None
            yield unpacked
            left -= len(unpacked or b"")


def _unpack(data: bytes, most: int) -> bytes | None:
    """An object stream begins with pairs of numbers, unless a predictor hides what it holds."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, max(most, 1))
    except zlib.error:
        return None
    return unpacked if unpacker.eof and _NUMBERS.match(unpacked) else None


def _character(found: re.Match[bytes]) -> bytes:
    return bytes((int(found[1], 16),))
