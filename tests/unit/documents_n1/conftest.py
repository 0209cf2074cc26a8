"""A pharmacy, a test patient, what they print, and the files that a host hands over, good and hostile."""

import struct
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from dmp_core.api import Act, Bullets, DocumentType, LaidOut, LaidSection, Paragraph, Table
from dmp_core.api import Facts as Pairs
from dmp_core.documents.facts import Facts
from dmp_core.documents.typeface import file_of
from dmp_core.model.codes import value_set
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Address, Operator, Practitioner, Structure, Who


@pytest.fixture
def facts() -> Facts:
    """The head of an interview of a qualified test patient."""
    kind = DocumentType(
        id="entretien-pharmaceutique",
        label="Compte rendu d’entretien pharmaceutique",
        type_code=value_set("J07").code("78601-2"),
        class_code=value_set("J57").code("10"),
        format_code=value_set("J60").code("urn:ihe:iti:xds-sd:pdf:2008"),
    )
    patient = Patient(
        host_id="P1",
        traits=Traits(
            birth_name="PAT-TROIS",
            birth_given_names="DOMINIQUE MARIE-LOUISE",
            first_birth_given_name="DOMINIQUE",
            used_name="D’EXEMPLE",
            sex=Sex.FEMALE,
            birth_date=date(1979, 3, 28),
            birth_place_code="51215",
            birth_place_name="DOMPREMY",
        ),
        ins=Ins(value="279035121518989", oid=InsOid.NIR_TEST),
        status=IdentityStatus.QUALIFIEE,
    )
    who = Who(
        structure=Structure(
            national_id="1750000001",
            name="Pharmacie de l’Hôtel de Ville",
            telephone="01 02 03 04 05",
            address=Address(lines=("25 rue Pasteur",), postal_code="92100", city="BOULOGNE"),
        ),
        operator=Operator(id="seat-1"),
        author=Practitioner(
            national_id="810000000001", family="EXEMPLE", given="Claude", profession="21", section="A", title="DR"
        ),
    )
    return Facts(
        document_type=kind,
        patient=patient,
        who=who,
        unique_id="2.25.1001",
        set_id="2.25.1000",
        version=1,
        effective_time=datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
    )


@pytest.fixture
def body() -> LaidOut:
    """One section with each kind of block."""
    blocks = (
        Paragraph(text="Observance « bonne » – l’INR est ≤ 3.\n\nCœur, 5 µg, 3 €."),
        Bullets(points=("Oubli d’une prise", "Automédication")),
        Pairs(pairs=(("Traitement", "Apixaban 5 mg"),)),
        Table(headings=("Date", "INR"), rows=(("12/01/2026", "2,4"), ("02/01/2026", "1,8")), widths=(1, 2)),
    )
    return LaidOut(act=Act(start=date(2026, 1, 15)), sections=(LaidSection(title="Entretien", blocks=blocks),))


# ---------------------------------------------------------------- files of others

Change = Callable[[Pdf], None]


def ordinary_pdf(*, embedded: bool = True) -> bytes:
    """One page that says « Bonjour »; its font is inside, or one that each reader is to have."""
    pdf = FPDF()
    pdf.set_creation_date(datetime(2026, 1, 15, tzinfo=UTC))
    pdf.add_page()
    if embedded:
        pdf.add_font("House", "", str(file_of(bold=False)))
    pdf.set_font("House" if embedded else "Helvetica", size=20)
    pdf.text(20, 30, "Bonjour")
    return bytes(pdf.output())


def changed(change: Change, source: bytes | None = None, **options: Any) -> bytes:
    """The ordinary PDF with a change."""
    written = BytesIO()
    with pikepdf.open(BytesIO(source or ordinary_pdf())) as pdf:
        change(pdf)
        pdf.save(written, **options)
    return written.getvalue()


def javascript(pdf: Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    pdf.Root.AA = Dictionary(WC=script)
    pdf.pages[0].obj.AA = Dictionary(O=script)


def open_action(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def launch(pdf: Pdf) -> None:
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([0, 0, 100, 100]),
        F=4,
        A=Dictionary(S=Name.Launch, F=String("cmd.exe")),
    )
    pdf.pages[0].obj.Annots = pdf.make_indirect(Array([pdf.make_indirect(link)]))


def embedded_file(pdf: Pdf) -> None:
    pdf.attachments["a.exe"] = b"MZ"


def xfa(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def dynamic_xfa(pdf: Pdf) -> None:
    xfa(pdf)
    pdf.Root.NeedsRendering = True


def portfolio(pdf: Pdf) -> None:
    embedded_file(pdf)
    pdf.Root.Collection = Dictionary()


def no_page(pdf: Pdf) -> None:
    del pdf.pages[0]


def many_pages(pdf: Pdf) -> None:
    for _ in range(201):
        pdf.add_blank_page()


def decompression_bomb(pdf: Pdf) -> None:
    """A page of 2.5 gigabytes, 30 kB of file: one block of a million blanks, 2 500 times, deflated twice."""
    packer = zlib.compressobj(9)
    packer.compress(b" " * 1_000_000)
    head = packer.flush(zlib.Z_FULL_FLUSH)
    packer.compress(b" " * 1_000_000)
    block = packer.flush(zlib.Z_FULL_FLUSH)
    stream = pikepdf.Stream(pdf, zlib.compress(head + block * 2_500 + packer.flush(), 9))
    stream.Filter = Array([Name.FlateDecode, Name.FlateDecode])
    pdf.pages[0].obj.Contents = pdf.make_indirect(stream)


def png(width: int = 60, height: int = 40, mode: str = "RGBA") -> bytes:
    written = BytesIO()
    Image.new(mode, (width, height)).save(written, "PNG")
    return written.getvalue()


def jpeg(width: int = 60, height: int = 40) -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), "white").save(written, "JPEG")
    return written.getvalue()


def tiff(frames: int = 2) -> bytes:
    written = BytesIO()
    pages = [Image.new("1", (60, 40)) for _ in range(frames)]
    pages[0].save(written, "TIFF", save_all=True, append_images=pages[1:])
    return written.getvalue()


def png_that_promises(width: int, height: int) -> bytes:
    """A header alone."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def jpeg_that_promises(width: int, height: int) -> bytes:
    return b"\xff\xd8\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00\xff\xd9"


def tiff_that_promises(width: int, height: int, following: int = 0) -> bytes:
    entries = struct.pack("<HHII", 256, 4, 1, width) + struct.pack("<HHII", 257, 4, 1, height)
    return b"II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", following)


class Files:
    """The builders above, for the tests."""

    ordinary_pdf = staticmethod(ordinary_pdf)
    changed = staticmethod(changed)
    png, jpeg, tiff = staticmethod(png), staticmethod(jpeg), staticmethod(tiff)
    changes = {
        one.__name__: one
        for one in (
            javascript, open_action, launch, embedded_file, xfa, dynamic_xfa, portfolio, no_page, many_pages,
            decompression_bomb,
        )
    }  # fmt: skip
    promises = {"PNG": png_that_promises, "JPEG": jpeg_that_promises, "TIFF": tiff_that_promises}


@pytest.fixture(scope="session")
def files() -> type[Files]:
    return Files
