"""The host's traits beside those of INSi, of the DMP, of a scan: the same person, and if not, where do they differ?

Only names of fields leave this module, never a value. Sources: SC.DMP/CONF.01 and CONF.02; EX_GEN-1270; EXI ID 10.
"""

from dataclasses import dataclass
from enum import StrEnum

from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.errors import TraitsDiverge
from dmp_core.model.identity import CertifiedIdentity, Patient, Sex, Traits
from dmp_core.model.ins_rules import divergent_traits
from dmp_core.model.names import comparable


class Source(StrEnum):
    """Who says otherwise."""

    INSI = "insi"
    DMP = "dmp"
    DATAMATRIX = "datamatrix"
    VITALE = "vitale"


@dataclass(frozen=True, slots=True)
class Divergence:
    """Traits of the host, by field name of `Traits`, that `source` contradicts: the pharmacist is asked."""

    source: Source
    fields: tuple[str, ...]

    def refusal(self) -> TraitsDiverge:
        """The error that stops what was begun, until somebody confirmed or corrected the traits."""
        return TraitsDiverge(origin=self.source, fields=self.fields)


def with_insi(traits: Traits, certified: CertifiedIdentity) -> Divergence | None:
    """Where INSi contradicts the host; None where it agrees or only completes it."""
    fields = divergent_traits(traits, certified)
    return Divergence(Source.INSI, fields) if fields else None


def with_datamatrix(patient: Patient, scanned: CertifiedIdentity) -> Divergence | None:
    """Where an INS datamatrix contradicts the host, another INS than the one in force included."""
    other = patient.ins is not None and patient.ins != scanned.ins
    fields = (*divergent_traits(patient.traits, scanned), *(("ins",) if other else ()))
    return Divergence(Source.DATAMATRIX, fields) if fields else None


def with_vitale(traits: Traits, card: Traits) -> Divergence | None:
    """Where the traits read from a carte Vitale contradict the host. A card gives one given name and no birthplace."""
    first = comparable(card.first_birth_given_name)
    same = {
        "birth_name": comparable(card.birth_name) == comparable(traits.birth_name),
        "first_birth_given_name": first == comparable(traits.first_birth_given_name),
        "sex": Sex.UNKNOWN in (card.sex, traits.sex) or card.sex is traits.sex,
        "birth_date": card.birth_date == traits.birth_date,
    }
    fields = tuple(name for name, agrees in same.items() if not agrees)
    return Divergence(Source.VITALE, fields) if fields else None


def with_dmp(traits: Traits, known: DmpTraits) -> Divergence | None:
    """Where the DMP (TD0.2) contradicts the host. What the DMP leaves out is not compared, nor are names in use."""
    same = {
        "birth_name": known.birth_name is None or comparable(known.birth_name) == comparable(traits.birth_name),
        "first_birth_given_name": _given_agrees(traits, known.given_names),
        "sex": known.sex not in (Sex.FEMALE, Sex.MALE) or traits.sex is Sex.UNKNOWN or known.sex == traits.sex,
        "birth_date": _date_agrees(traits.birth_date.isoformat().replace("-", ""), known.birth_date),
    }
    fields = tuple(name for name, agrees in same.items() if not agrees)
    return Divergence(Source.DMP, fields) if fields else None


def _given_agrees(traits: Traits, given: tuple[str, ...]) -> bool:
    """The DMP gives one name, several, or the whole list: the first name of birth must begin one of them."""
    first, whole = comparable(traits.first_birth_given_name), comparable(traits.birth_given_names)
    known = [comparable(name) for name in given if comparable(name)]
    return not known or any(f"{name} ".startswith(f"{first} ") or name == whole for name in known)


def _date_agrees(ours: str, known: str | None) -> bool:
    """HL7 TS: `yyyy`, `yyyyMM`, `yyyyMMdd`, a time may follow; zeros stand for what is unknown."""
    if not known:
        return True
    day = known[:8]
    while len(day) > 4 and day.endswith("00"):
        day = day[:-2]
    return len(day) in (4, 6, 8) and ours.startswith(day)
