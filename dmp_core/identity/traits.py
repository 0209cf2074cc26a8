"""The host's traits beside those of INSi and of the DMP: do they name the same person, and if not, where they differ.

Only names of fields leave this module, never a value. Sources: SC.DMP/CONF.01 and CONF.02; EX_GEN-1270; EXI ID 10.
"""

from dataclasses import dataclass
from enum import StrEnum

from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.errors import TraitsDiverge
from dmp_core.model.identity import CertifiedIdentity, Sex, Traits
from dmp_core.model.ins_rules import divergent_traits
from dmp_core.model.names import comparable


class Source(StrEnum):
    """Who says otherwise."""

    INSI = "insi"
    DMP = "dmp"


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
