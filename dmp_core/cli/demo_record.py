"""A small record to consult, where no folder of documents is given: written with the project's own parts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dmp_core.api.bodies import Act, PdfBody
from dmp_core.api.documents import DocumentType
from dmp_core.documents import frame
from dmp_core.documents.facts import Facts
from dmp_core.model import codes
from dmp_core.model.practitioner import Operator, Practitioner, Structure, Who
from dmp_core.simulator import tiny_pdf
from dmp_core.simulator.counter import demo_counter

_HOSPITAL: Final = Structure(national_id="1990000002", name="HOPITAL DE DEMONSTRATION", sector="SA01")
_LABORATORY: Final = Structure(national_id="1990000003", name="LABORATOIRE DE DEMONSTRATION", sector="SA25")
_DOCTOR: Final = Practitioner(national_id="899700000002", family="HOSPITALIER", given="ANNE", profession="10")
_BIOLOGIST: Final = Practitioner(
    national_id="899700000003", family="BIOLOGISTE", given="MARC", profession="21", section="G"
)
_RECORD: Final = (
    (
        "11490-0",
        "Lettre de liaison à la sortie de l’hôpital",
        _HOSPITAL,
        _DOCTOR,
        datetime(2025, 11, 3, 15, tzinfo=UTC),
    ),
    ("11502-2", "Bilan de coagulation (INR)", _LABORATORY, _BIOLOGIST, datetime(2026, 1, 8, 9, tzinfo=UTC)),
    ("78601-2", "Entretien pharmaceutique AVK, année 1", None, None, datetime(2026, 1, 12, 17, tzinfo=UTC)),
)


def write_record(folder: Path) -> Path:
    """`folder`, with one CDA file for each document of the first patient of the demonstration."""
    folder.mkdir(parents=True, exist_ok=True)
    for rank, (type_code, title, structure, author, when) in enumerate(_RECORD, 1):
        (folder / f"{rank}.xml").write_bytes(_document(rank, type_code, title, structure, author, when))
    return folder


def _document(
    rank: int,
    type_code: str,
    title: str,
    structure: Structure | None,
    author: Practitioner | None,
    when: datetime,
) -> bytes:
    counter = demo_counter()
    pharmacist = counter.operator.practitioner
    assert pharmacist is not None
    who = Who(
        structure=structure or counter.structure, operator=Operator(id="demonstration"), author=author or pharmacist
    )
    class_code, format_code = codes.class_of(type_code), codes.format_of_media("application/pdf")
    assert class_code is not None and format_code is not None
    kind = DocumentType(
        id="demonstration",
        label=title,
        type_code=codes.value_set("J07").code(type_code),
        class_code=class_code,
        format_code=format_code,
    )
    facts = Facts(
        document_type=kind,
        patient=counter.patients[0],
        who=who,
        unique_id=f"2.25.{rank}",
        set_id=f"2.25.{rank + 100}",
        version=1,
        effective_time=when,
    )
    return frame.compose(facts, PdfBody(act=Act(start=when), title=title, pdf=tiny_pdf.write([title])))
