"""A row of the record as the pharmacy sees it: what the DMP said, and what is to be known of it here."""

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from dmp_core.model.document import RecordEntry, UniqueId
from dmp_core.model.oids import Status
from dmp_core.model.sections import section_of, words

_RESTRICTIONS: Final = {
    "MASQUE_PS": "masked",
    "INVISIBLE_PATIENT": "hidden_from_patient",
    "INVISIBLE_REPRESENTANTS_LEGAUX": "hidden_from_representatives",
}
_STATUSES: Final[dict[str, str]] = {
    Status.ARCHIVED: "archived",
    Status.DEPRECATED: "replaced",
    Status.DELETED: "deleted",
}
_PATIENT_CLASS: Final = "90"
_PATIENT_TYPE: Final = "DOCPAT"


class Row(RecordEntry):
    """A document of the record. `new` and `changed`: since the last visit, never both."""

    section: str
    new: bool = Field(default=False, description="came since the last visit")
    changed: bool = Field(default=False, description="other metadata (visibility, title) since the last visit")
    replaces: UniqueId | None = Field(default=None, description="the document that it replaces, where that was seen")
    unknown_ins: bool = Field(default=False, description="another INS than the patient's, the same traits")
    from_patient: bool = Field(default=False, description="class 90, or a type DOCPAT (EX_3.1-1040)")
    labels: tuple[str, ...] = Field(default=(), description="in French: masked, archived, replaced... (EX_3.1-1080)")

    @staticmethod
    def of(
        entry: RecordEntry,
        *,
        new: bool = False,
        changed: bool = False,
        replaces: str | None = None,
        unknown_ins: bool = False,
    ) -> "Row":
        """The row of an entry that was read, and so checked, already."""
        values = {name: getattr(entry, name) for name in RecordEntry.model_fields}
        return Row.model_construct(
            **values,
            section=section_of(entry),
            new=new,
            changed=changed,
            replaces=replaces,
            unknown_ins=unknown_ins,
            from_patient=is_from_patient(entry),
            labels=tuple(_labels(entry, unknown_ins=unknown_ins)),
        )


def is_from_patient(entry: RecordEntry) -> bool:
    """True for what the patient deposited (EX_3.1-1040)."""
    of_class = entry.class_code is not None and entry.class_code.code == _PATIENT_CLASS
    return of_class or (entry.type_code is not None and entry.type_code.code.startswith(_PATIENT_TYPE))


def _labels(entry: RecordEntry, *, unknown_ins: bool) -> Iterator[str]:
    told = words("labels")
    if state := _STATUSES.get(entry.status):
        yield told[state]
    for code in entry.confidentiality:
        if name := _RESTRICTIONS.get(code.code):
            yield told[name]
    if is_from_patient(entry):
        yield told["from_patient"]
    if unknown_ins:
        yield told["unknown_ins"]
