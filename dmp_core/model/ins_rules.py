"""How an identity gains and loses confidence: what INSi, an identity document, a mark or a correction make of it.

Pure: a patient and a fact give the new patient. Source: « Guide d’implémentation de l’identité INS » v3.0 (EXI ID 19,
24, 26, 29; EXI REC 08). What its public quotations leave open is decided for the lower status and said below.
"""

from typing import Final

from dmp_core.errors import IdentityDocumentRefused, IdentityMarked, MarksConflict
from dmp_core.model.identity import (
    CertifiedIdentity,
    IdentityDocument,
    IdentityDocumentKind,
    IdentityMark,
    IdentityStatus,
    PastIns,
    Patient,
    Traits,
)
from dmp_core.model.names import capitals, comparable

# EXI ID 19 lets each structure set its own. Birth certificates and family booklets are for minors with a parent's
# document (RNIV 3.3.3): the pharmacist sees to that.
HIGH_CONFIDENCE: Final = frozenset(
    {
        IdentityDocumentKind.CARTE_IDENTITE, IdentityDocumentKind.PASSEPORT, IdentityDocumentKind.TITRE_SEJOUR,
        IdentityDocumentKind.IDENTIFICATION_ELECTRONIQUE, IdentityDocumentKind.APPLI_CARTE_VITALE,
        IdentityDocumentKind.ACTE_NAISSANCE, IdentityDocumentKind.LIVRET_FAMILLE,
        IdentityDocumentKind.CIRCULATION_MINEUR, IdentityDocumentKind.ACTE_ET_CARTE_VITALE,
    }
)  # fmt: skip
FORBIDDING: Final = frozenset({IdentityMark.DOUTEUX, IdentityMark.FICTIF})
_TOGETHER: Final = frozenset({IdentityMark.DOUTEUX, IdentityMark.HOMONYME})

_PROVISOIRE, _RECUPEREE, _VALIDEE, _QUALIFIEE = IdentityStatus
AFTER_INSI: Final = {
    _PROVISOIRE: _RECUPEREE, _RECUPEREE: _RECUPEREE, _VALIDEE: _QUALIFIEE, _QUALIFIEE: _QUALIFIEE,
}  # fmt: skip
AFTER_DOCUMENT: Final = {
    _PROVISOIRE: _VALIDEE, _RECUPEREE: _QUALIFIEE, _VALIDEE: _VALIDEE, _QUALIFIEE: _QUALIFIEE,
}  # fmt: skip


def require_unmarked(patient: Patient) -> None:
    """Raises IdentityMarked where a mark forbids INSi, identity documents and the INS (EXI ID 26)."""
    if marks := patient.marks & FORBIDDING:
        raise IdentityMarked(", ".join(sorted(marks)))


def after_insi(patient: Patient, certified: CertifiedIdentity) -> Patient:
    """The patient with the INS, history and strict traits of INSi; names in use stay the host's.

    A document that was seen for other traits no longer counts. Raises IdentityMarked.
    """
    require_unmarked(patient)
    keeps_document = not divergent_traits(patient.traits, certified)
    status = AFTER_INSI[patient.status] if keeps_document else _RECUPEREE
    return patient.model_copy(
        update={
            "traits": certified_traits(patient.traits, certified),
            "ins": certified.ins,
            "ins_history": _history(patient, certified),
            "status": status,
            "document": patient.document if keeps_document else None,
        }
    )


def after_refusal(patient: Patient) -> Patient:
    """The patient whose INS does not go with their traits, as INSi says: without INS; a document seen stays [I]."""
    status = _VALIDEE if patient.document and patient.status in (_VALIDEE, _QUALIFIEE) else _PROVISOIRE
    return patient.model_copy(update={"ins": None, "ins_history": (), "status": status})


def after_document(
    patient: Patient,
    document: IdentityDocument,
    *,
    trusted: frozenset[IdentityDocumentKind] = HIGH_CONFIDENCE,
) -> Patient:
    """The patient whose traits somebody found in an identity document.

    Raises IdentityMarked, IdentityDocumentRefused (not among `trusted`).
    """
    require_unmarked(patient)
    if document.kind not in trusted:
        raise IdentityDocumentRefused(document.kind)
    return patient.model_copy(update={"status": AFTER_DOCUMENT[patient.status], "document": document})


def marked(patient: Patient, marks: frozenset[IdentityMark]) -> Patient:
    """The patient with exactly these marks. *Douteux* and *fictif* take status, INS and document away.

    Lifting them gives nothing back: INSi is asked again, a document seen again. Raises MarksConflict (EXI ID 24: only
    *douteux* and *homonyme* go together).
    """
    if len(marks) > 1 and marks != _TOGETHER:
        raise MarksConflict(", ".join(sorted(marks)))
    changed = patient.model_copy(update={"marks": marks})
    return _provisional(changed) if marks & FORBIDDING else changed


def with_traits(patient: Patient, traits: Traits) -> Patient:
    """The patient with corrected traits; a strict trait that changed makes the identity provisional, without INS [I].

    Case and accents are no change; names in use and the name of the birthplace never count.
    """
    changed = patient.model_copy(update={"traits": traits})
    return changed if _strict(patient.traits) == _strict(traits) else _provisional(changed)


def divergent_traits(traits: Traits, certified: CertifiedIdentity) -> tuple[str, ...]:
    """Names of the strict traits of the host that INSi contradicts. What the host left out is completed, no divergence.

    Spellings are one name where only case, accents, hyphens or apostrophes differ (EXI ID 10).
    """
    ours, theirs = comparable(traits.birth_given_names), comparable(certified.birth_given_names)
    first = comparable(traits.first_birth_given_name)
    place = traits.birth_place_code
    same = {
        "birth_name": comparable(traits.birth_name) == comparable(certified.birth_name),
        "birth_given_names": _begins(theirs, ours),
        "first_birth_given_name": _begins(theirs, first)
        and (certified.first_birth_given_name is None or comparable(certified.first_birth_given_name) == first),
        "sex": traits.sex is certified.sex,
        "birth_date": traits.birth_date == certified.birth_date,
        "birth_place_code": None in (place, certified.birth_place_code) or place == certified.birth_place_code,
    }
    return tuple(name for name, agrees in same.items() if not agrees)


def certified_traits(traits: Traits, certified: CertifiedIdentity) -> Traits:
    """The strict traits of INSi with the host's names in use.

    The first given name, where INSi leaves it out, is the host's if the list begins with it, else the first word.
    """
    same_place = traits.birth_place_code == certified.birth_place_code
    return Traits(
        birth_name=certified.birth_name,
        birth_given_names=certified.birth_given_names,
        first_birth_given_name=_first_given(traits, certified),
        used_name=traits.used_name,
        used_given_name=traits.used_given_name,
        sex=certified.sex,
        birth_date=certified.birth_date,
        birth_place_code=certified.birth_place_code or traits.birth_place_code,
        birth_place_name=traits.birth_place_name if same_place or not certified.birth_place_code else None,
    )


def _first_given(traits: Traits, certified: CertifiedIdentity) -> str:
    names, known = certified.birth_given_names, certified.first_birth_given_name
    if known and names.startswith(known):
        return known
    first = comparable(traits.first_birth_given_name)
    places = [place for place, char in enumerate(names + " ") if char == " "]
    return next((names[:place] for place in places if comparable(names[:place]) == first), names[: places[0]])


def _history(patient: Patient, certified: CertifiedIdentity) -> tuple[PastIns, ...]:
    """What INSi tells, then what was known before and INSi left out; never the INS in force."""
    before = () if patient.ins is None or patient.status in (_PROVISOIRE, _VALIDEE) else (PastIns(ins=patient.ins),)
    known = {past.ins for past in certified.history} | {certified.ins}
    kept: list[PastIns] = []
    for past in (*patient.ins_history, *before):
        if past.ins not in known:
            known.add(past.ins)
            kept.append(past)
    return (*certified.history, *kept)


def _provisional(patient: Patient) -> Patient:
    nothing = {"status": _PROVISOIRE, "ins": None, "ins_history": (), "document": None}
    return patient.model_copy(update=nothing)


def _strict(traits: Traits) -> tuple[object, ...]:
    names = (traits.birth_name, traits.birth_given_names, traits.first_birth_given_name)
    return (*map(capitals, names), traits.sex, traits.birth_date, traits.birth_place_code)


def _begins(whole: str, beginning: str) -> bool:
    """Whether a list of names begins with these: `JEAN` begins `JEAN PIERRE`, not `JEANNE`."""
    return f"{whole} ".startswith(f"{beginning} ")
