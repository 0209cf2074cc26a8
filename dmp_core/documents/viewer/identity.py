"""Is the patient of a document the one whose record is open?"""

import re
import unicodedata
from typing import Final

from dmp_core.documents.tree import attribute, every
from dmp_core.documents.viewer.view import Notice, ViewContext
from dmp_core.model.identity import Ins, Traits
from dmp_core.model.oids import InsOid
from dmp_core.xml import Element

_INS_ROOTS: Final = frozenset(str(oid) for oid in InsOid)
_CX: Final = re.compile(r"([0-9AB]{15})\^\^\^&([0-9.]+)&")


def compare(document: Element, context: ViewContext) -> Notice | None:
    """None where every patient that the document names is the expected one, or nobody is expected.

    By INS; one that is unknown or missing is a caution where names and date of birth agree, else another patient.
    """
    patient = context.patient
    expected = {_pair(ins) for ins in context.ins_history}
    if patient is not None and patient.ins is not None:
        expected.add(_pair(patient.ins))
    if patient is None and context.row is not None and (told := _CX.match(context.row.patient_id or "")):
        expected.add((told[2], told[1]))
    traits = patient.traits if patient is not None else None
    if not expected and traits is None:
        return None
    roles = every(document, "recordTarget/patientRole")
    found = [_compare(role, expected, traits) for role in roles] or [Notice.OTHER_PATIENT]
    return max(found, key=lambda notice: (notice is Notice.OTHER_PATIENT, notice is not None))


def _compare(role: Element, expected: set[tuple[str, str]], traits: Traits | None) -> Notice | None:
    carried = {
        (identifier.get("root", ""), identifier.get("extension", ""))
        for identifier in every(role, "id")
        if identifier.get("root") in _INS_ROOTS
    }
    if carried and carried <= expected:
        return None
    if traits is None or not _same_traits(role, traits):
        return Notice.OTHER_PATIENT
    return Notice.UNKNOWN_INS if carried else Notice.NO_INS


def _same_traits(role: Element, traits: Traits) -> bool:
    """Date of birth, one family name and one given name in common."""
    if attribute(role, "patient/birthTime", "value")[:8] != traits.birth_date.strftime("%Y%m%d"):
        return False
    families = {traits.birth_name, traits.used_name or ""}
    given = {traits.first_birth_given_name, traits.used_given_name or "", traits.birth_given_names}
    return bool(_names(role, "family") & _bare(families)) and bool(_names(role, "given") & _bare(given))


def _names(role: Element, tag: str) -> set[str]:
    """Names that no markup splits."""
    return _bare({name.text or "" for name in every(role, f"patient/name/{tag}") if not len(name)})


def _bare(names: set[str]) -> set[str]:
    """Capitals without accents, hyphens or apostrophes, as the civil register writes them."""
    bare = set()
    for name in names:
        letters = unicodedata.normalize("NFD", name.upper())
        bare.add("".join(character for character in letters if character.isalpha()))
    return bare - {""}


def _pair(ins: Ins) -> tuple[str, str]:
    return str(ins.oid), ins.value
