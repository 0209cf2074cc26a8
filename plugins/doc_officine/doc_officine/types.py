"""The three types, with their official codes (JDV_J07, J57, J60; ASS_X04, A11, A12)."""

from typing import Any, Final

from dmp_core.api import DocumentType, FeedPolicy, value_set
from doc_officine import examples
from doc_officine.bilan_content import ContenuBilan
from doc_officine.content import NoteVaccination
from doc_officine.entretien_content import ContenuEntretien

_TYPE, _CLASS, _FORMAT = value_set("J07"), value_set("J57"), value_set("J60")

EXAMPLE_NOTE: Final[dict[str, Any]] = {
    "date": "2026-01-15",
    "vaccin": {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR, suspension injectable en seringue préremplie. Vaccin tétanique adsorbé",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "cip": "3400932857241",
        "lot": "4456672",
        "peremption": "2027-06-30",
    },
    "acte": "BOOSTER",
    "rang": 3,
    "voie": "20035000",
    "site": "16217701000119102",
}
NOTE_VACCINATION: Final = DocumentType(
    id="note-vaccination",
    label="Note de vaccination",
    type_code=_TYPE.code("87273-9"),
    class_code=_CLASS.code("52"),
    format_code=_FORMAT.code("urn:asip:ci-sis:vac-note:2021"),
    templates=(("1.3.6.1.4.1.19376.1.5.3.1.1.18.1.2", None), ("1.2.250.1.213.1.1.1.46", "2023.01")),
    content_model=NoteVaccination,
    example=EXAMPLE_NOTE,
    schematron="CI-SIS_VAC-NOTE_2023.01.sch",
    value_sets=("immunization-act", "immunization-route", "immunization-site"),
    policy=FeedPolicy.AUTOMATIC,
)
ENTRETIEN: Final = DocumentType(
    id="entretien-pharmaceutique",
    label="Compte rendu d’entretien pharmaceutique",
    type_code=_TYPE.code("78601-2"),
    class_code=_CLASS.code("10"),
    format_code=_FORMAT.code("urn:ihe:iti:xds-sd:pdf:2008"),
    content_model=ContenuEntretien,
    example=examples.ENTRETIENS["avk"],
    policy=FeedPolicy.AUTOMATIC,
)
BILAN: Final = DocumentType(
    id="bilan-medication",
    label="Bilan partagé de médication",
    type_code=_TYPE.code("56445-0"),
    class_code=_CLASS.code("11"),
    format_code=_FORMAT.code("urn:ihe:iti:xds-sd:pdf:2008"),
    content_model=ContenuBilan,
    example=examples.BILAN,
    policy=FeedPolicy.AUTOMATIC,
)
TYPES: Final = (NOTE_VACCINATION, ENTRETIEN, BILAN)
