"""The tests: what each one looks for, under which codes (BIO-TROD 2024.01; LOINC, CIM-10)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dmp_core.api import Code, oids


class Test(StrEnum):
    """A test, as the host names it."""

    ANGINE = "angine"
    CYSTITE = "cystite"
    COVID = "covid-19"
    COVID_GRIPPE = "covid-19-grippe"


class Examen(StrEnum):
    """What a test looks for, as the host names it."""

    STREPTOCOQUE_A = "streptocoque-a"
    LEUCOCYTES = "leucocytes"
    NITRITES = "nitrites"
    SARS_COV_2 = "sars-cov-2"
    GRIPPE_A = "grippe-a"
    GRIPPE_B = "grippe-b"


@dataclass(frozen=True, slots=True)
class Kind:
    """One test: its name in the title, what it screens for, chapter and kind of examination, what it looks for."""

    name: str
    pathologies: tuple[Code, ...]
    chapter: Code
    battery: Code
    exams: tuple[Examen, ...]


def _loinc(code: str, label: str) -> Code:
    return Code(code=code, system=oids.LOINC, label=label)


def _cim_10(code: str, label: str) -> Code:
    return Code(code=code, system=oids.CIM_10, label=label)


_MICROBIOLOGY: Final = _loinc("18725-2", "Microbiologie")
_BIOCHEMISTRY: Final = _loinc("18719-5", "Biochimie")
_BACTERIA: Final = _loinc("92894-5", "Sérologie bactérienne")
_VIRUSES: Final = _loinc("92893-7", "Sérologie virale")
_URINE: Final = _loinc("18729-4", "Examens urinaires - cristallurie")
_COVID: Final = _cim_10("U07.1", "COVID-19")

KINDS: Final = {
    Test.ANGINE: Kind(
        "TROD Angine",
        (_cim_10("J02.0", "Pharyngite à streptocoques"),),
        _MICROBIOLOGY,
        _BACTERIA,
        (Examen.STREPTOCOQUE_A,),
    ),
    Test.CYSTITE: Kind(
        "TROD Cystite",
        (_cim_10("N30", "Cystite"),),
        _BIOCHEMISTRY,
        _URINE,
        (Examen.LEUCOCYTES, Examen.NITRITES),
    ),
    Test.COVID: Kind("TROD Covid-19", (_COVID,), _MICROBIOLOGY, _VIRUSES, (Examen.SARS_COV_2,)),
    Test.COVID_GRIPPE: Kind(
        "TROD Covid 19 / Grippe A / Grippe B",
        (
            _COVID,
            _cim_10("J09", "Grippe, à virus grippal zoonotique ou pandémique identifié"),
            _cim_10("J10", "Grippe, à virus grippal saisonnier identifié"),
        ),
        _MICROBIOLOGY,
        _VIRUSES,
        (Examen.SARS_COV_2, Examen.GRIPPE_A, Examen.GRIPPE_B),
    ),
}
EXAMS: Final = {
    Examen.STREPTOCOQUE_A: _loinc(
        "78012-2", "Streptococcus pyogenes Ag [Présence/Seuil] Gorge ; Qualitatif ; Immunoanalyse rapide"
    ),
    Examen.LEUCOCYTES: _loinc("5799-2", "Leucocyte estérase [Présence/Seuil] Urine ; Qualitatif ; Bandelette réactive"),
    Examen.NITRITES: _loinc("5802-4", "Nitrites [Présence/Seuil] Urine ; Qualitatif ; Bandelette réactive"),
    Examen.SARS_COV_2: _loinc(
        "94558-4", "Coronavirus SARS-CoV-2 Ag [Présence/Seuil] Respiratoire ; Qualitatif ; Immunoanalyse rapide"
    ),
    Examen.GRIPPE_A: _loinc(
        "80382-5",
        "Influenza virus A Ag [Présence/Seuil] Voies respiratoires supérieures ; Qualitatif ; Immunoanalyse rapide",
    ),
    Examen.GRIPPE_B: _loinc(
        "80383-3",
        "Influenza virus B Ag [Présence/Seuil] Voies respiratoires supérieures ; Qualitatif ; Immunoanalyse rapide",
    ),
}
WORDS: Final = {
    Examen.STREPTOCOQUE_A: "Dépistage Angine (S. pyogenes)",
    Examen.LEUCOCYTES: "Recherche de leucocytes estérases",
    Examen.NITRITES: "Recherche de nitrites urinaires",
    Examen.SARS_COV_2: "Dépistage SARS-CoV-2",
    Examen.GRIPPE_A: "Dépistage Grippe A",
    Examen.GRIPPE_B: "Dépistage Grippe B",
}
CONSENT: Final = Code(
    code="GEN-366",
    system="1.2.250.1.213.1.1.4.322",
    label="Le patient (ou son représentant légal) a donné son consentement pour la réalisation du test.",
)
