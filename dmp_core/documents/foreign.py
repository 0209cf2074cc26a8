"""Makes a PDF/A-1b of a PDF or a PNG that others made. It runs in a process of its own (`apart`), under limits."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from dmp_core.documents import pages, pdfa
from dmp_core.documents.pdf import LARGEST
from dmp_core.errors import DmpError, ImageRefused, PdfProtected, PdfRefused

if TYPE_CHECKING:
    from pikepdf import Object, Pdf
    from PIL.Image import Image

MOST_PAGES: Final = 200
MOST_DRAWN: Final = 50  # pages, where they must become images
DPI: Final = 200
_MOST_PIXELS: Final = 12_000_000  # of one page: A3 at 200 dpi has 7.7 million
_POINTS: Final = 72  # in an inch
_JPEG_QUALITY: Final = 85
_WHITE: Final = 255
_A4: Final = (595.28, 841.89)
_STREAM: Final = 200_000_000  # bytes of one, decompressed
_MEMORY: Final = 1_500_000_000
_CPU_SECONDS: Final = 50
_SCREEN_DOTS: Final = 0.75  # points a pixel, of an image that says nothing: 96 dpi
_ACTIVE_ROOT: Final = ("/OpenAction", "/AA", "/AF", "/Legal", "/Perms", "/Requirements")
_ACTIVE_NAMES: Final = ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations", "/Renditions", "/URLS")
_ALLOWED_ACTIONS: Final = frozenset({"/GoTo", "/URI", "/Named", "/Thread"})
_ACTIVE_ANNOTATIONS: Final = frozenset({"/FileAttachment", "/Movie", "/Sound", "/Screen", "/3D", "/RichMedia"})


def main(task: str) -> None:
    """Standard input to standard output: one line (`made`, or an error's class and detail), then the bytes."""
    _limit()
    content, out = sys.stdin.buffer.read(), sys.stdout.buffer
    try:
        made = _TASKS[task](content)
    except DmpError as error:
        out.write(f"{type(error).__name__} {error.detail}\n".encode("ascii", "replace"))
    except (MemoryError, RecursionError) as error:
        out.write(f"broken {type(error).__name__}\n".encode())
    else:
        out.write(b"made\n" + made)


def from_pdf(content: bytes) -> bytes:
    """The same bytes where they are PDF/A-1, else the same pages without what acts, else images of the pages.

    Raises PdfRefused, PdfProtected, ExtraMissing.
    """
    if pdfa.is_pdf_a_1(content):
        _opened(content).close()
        return content
    import pikepdf

    with _opened(content) as pdf:
        try:
            _disarm(pdf)
            made = pdfa.sealed(pdf)
        except (pdfa.NotPdfA, pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
            made = _laid(_drawn(content))
    return _small_enough(made)


def from_png(content: bytes) -> bytes:
    """The image on one page, on white, as large as it says or as A4 allows. Raises ImageRefused, ExtraMissing."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the header was checked
    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as opened:
            picture = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise ImageRefused("the PNG cannot be decoded") from error
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    scale = min(_SCREEN_DOTS, *(side / pixels for side, pixels in zip(_A4, picture.size, strict=True)))
    size = (picture.width * scale, picture.height * scale)
    if (thinner := (_MOST_PIXELS / (paper.width * paper.height)) ** 0.5) < 1:
        paper = paper.resize((max(int(paper.width * thinner), 1), max(int(paper.height * thinner), 1)))
    return _small_enough(_laid(iter([(paper, size)])))


def _opened(content: bytes) -> "Pdf":
    """Raises PdfProtected, PdfRefused: unreadable, no page, too many of them, a form that only a program can draw."""
    import pikepdf

    try:
        pdf = pikepdf.open(BytesIO(content))
        pages = len(pdf.pages)
        if "/Collection" in pdf.Root:
            raise PdfRefused("a portfolio: its content is other files")
        if pdf.Root.get("/NeedsRendering"):
            raise PdfRefused("a dynamic form (XFA), which has no pages of its own")
    except pikepdf.PasswordError:
        raise PdfProtected("a password is asked for") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        raise PdfRefused("its structure cannot be read") from None
    if pdf.is_encrypted:
        raise PdfProtected("encrypted")
    if not 0 < pages <= MOST_PAGES:
        raise PdfRefused(f"{pages} pages; at least one and at most {MOST_PAGES}")
    return pdf


# ---------------------------------------------------------------- the same pages, without what acts


def _disarm(pdf: "Pdf") -> None:
    """Take away what acts, hides or carries something else; what is seen on paper stays."""
    import pikepdf

    root = pdf.Root
    for key in _ACTIVE_ROOT:
        _drop(root, key)
    if names := root.get("/Names"):
        for key in _ACTIVE_NAMES:
            _drop(names, key)
    _flatten(pdf)
    for page in pdf.pages:
        _drop(page.obj, "/AA")
        annotations = page.obj.get("/Annots", pikepdf.Array())
        for place in reversed(range(len(annotations))):
            if annotations[place].get("/Subtype") in _ACTIVE_ANNOTATIONS:
                del annotations[place]
    for one in pdf.objects:
        _disarm_object(one)


def _flatten(pdf: "Pdf") -> None:
    """A form whose fields all show what they hold becomes part of its pages; another one is left, and will be drawn."""
    form = pdf.Root.get("/AcroForm")
    if form is None or form.get("/NeedAppearances"):
        return
    annotations = (one for page in pdf.pages for one in page.obj.get("/Annots", ()))
    if all("/AP" in one for one in annotations if one.get("/Subtype") == "/Widget"):
        pdf.flatten_annotations()
        _drop(pdf.Root, "/AcroForm")


def _disarm_object(one: Any) -> None:
    """Actions of annotations, fields and bookmarks, and the chains of actions."""
    import pikepdf

    if not isinstance(one, pikepdf.Dictionary):
        return
    action = one.get("/A")
    if isinstance(action, pikepdf.Dictionary) and action.get("/S", "/GoTo") not in _ALLOWED_ACTIONS:
        del one["/A"]
    if "/AA" in one:
        del one["/AA"]
    if "/S" in one and "/Next" in one:
        del one["/Next"]


def _drop(holder: "Object", key: str) -> None:
    if key in holder:
        del holder[key]


# ---------------------------------------------------------------- images of the pages


def _drawn(content: bytes) -> "Iterator[tuple[Image, tuple[float, float]]]":
    """Each page as an image, with its size in points. Raises PdfRefused."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        document.init_forms()
        if len(document) > MOST_DRAWN:
            raise PdfRefused(f"{len(document)} pages, at most {MOST_DRAWN} where they must become images")
        blank = True
        for page in document:
            width, height = page.get_size()
            scale = min(DPI / _POINTS, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
            image = page.render(scale=scale).to_pil().convert("RGB")
            blank = blank and all(darkest == _WHITE for darkest, _ in image.getextrema())
            yield image, (width, height)
        if blank:
            raise PdfRefused("its pages show nothing")
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise PdfRefused("its pages cannot be drawn") from error


def _laid(pages: "Iterator[tuple[Image, tuple[float, float]]]") -> bytes:
    """A PDF/A-1b with one image a page."""
    import pikepdf

    pdf = pikepdf.new()
    for image, (width, height) in pages:
        written = BytesIO()
        image.save(written, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
        picture = pikepdf.Stream(
            pdf,
            written.getvalue(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=image.width,
            Height=image.height,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page = pdf.add_blank_page(page_size=(width, height))
        page.add_resource(picture, pikepdf.Name.XObject, pikepdf.Name.Page)
        page.obj.Contents = pdf.make_stream(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Page Do Q".encode())
    try:
        return pdfa.sealed(pdf)
    except pdfa.NotPdfA as error:
        raise PdfRefused(f"its images are no PDF/A-1b: {error}") from error


def _small_enough(made: bytes) -> bytes:
    if len(made) > LARGEST:
        raise PdfRefused(f"{len(made)} bytes as PDF/A-1b, at most {LARGEST}")
    return made


def _limit() -> None:
    """Of one stream: its size; of the process: memory, processor time, no file written, where the system can say so."""
    with suppress(ImportError):
        from pikepdf import settings

        settings.set_qpdf_limits(
            max_stream_filters=4,
            flate_max_memory=_STREAM,
            run_length_max_memory=_STREAM,
            png_max_memory=_STREAM,
            tiff_max_memory=_STREAM,
            dct_max_memory=_STREAM,
        )
    if sys.platform != "win32":
        with suppress(ValueError, OSError):
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


_TASKS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"pdf": from_pdf, "png": from_png, "pages": pages.drawn}
