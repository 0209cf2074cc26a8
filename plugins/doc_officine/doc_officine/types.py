"""The three types, with their official codes (JDV_J07, J57, J60; ASS_X04, A11, A12)."""

from typing import Final

from dmp_core.api import DocumentType, FeedPolicy, value_set
from doc_officine.content import NoteVaccination, RenduPdf

_TYPE, _CLASS, _FORMAT = value_set("J07"), value_set("J57"), value_set("J60")

NOTE_VACCINATION: Final = DocumentType(
    id="note-vaccination",
    label="Note de vaccination",
    type_code=_TYPE.code("87273-9"),
    class_code=_CLASS.code("52"),
    format_code=_FORMAT.code("urn:asip:ci-sis:vac-note:2021"),
    templates=(("1.3.6.1.4.1.19376.1.5.3.1.1.18.1.2", None), ("1.2.250.1.213.1.1.1.46", "2023.01")),
    content_model=NoteVaccination,
    policy=FeedPolicy.AUTOMATIC,
)
ENTRETIEN: Final = DocumentType(
    id="entretien-pharmaceutique",
    label="Compte rendu d’entretien pharmaceutique",
    type_code=_TYPE.code("78601-2"),
    class_code=_CLASS.code("10"),
    format_code=_FORMAT.code("urn:ihe:iti:xds-sd:pdf:2008"),
    content_model=RenduPdf,
    policy=FeedPolicy.AUTOMATIC,
)
BILAN: Final = DocumentType(
    id="bilan-medication",
    label="Bilan partagé de médication",
    type_code=_TYPE.code("56445-0"),
    class_code=_CLASS.code("11"),
    format_code=_FORMAT.code("urn:ihe:iti:xds-sd:pdf:2008"),
    content_model=RenduPdf,
    policy=FeedPolicy.AUTOMATIC,
)
TYPES: Final = (NOTE_VACCINATION, ENTRETIEN, BILAN)
