"""What is said above a document, from what the record knows of it and from what it is."""

from collections.abc import Iterator
from hashlib import sha1

from dmp_core.documents.tree import is_self_presenting
from dmp_core.documents.viewer.identity import compare
from dmp_core.documents.viewer.view import Notice, ViewContext
from dmp_core.model.codes import class_of
from dmp_core.model.document import RecordEntry
from dmp_core.model.oids import Status
from dmp_core.xml import Element

_STATUSES = {
    Status.DEPRECATED: Notice.REPLACED,
    Status.ARCHIVED: Notice.ARCHIVED,
    Status.DELETED: Notice.DELETED,
}
_VISIBILITY = {"MASQUE_PS": Notice.MASKED, "INVISIBLE_PATIENT": Notice.HIDDEN_FROM_PATIENT}
_BY_PATIENT = "90"  # class of what patients put in; with the types DOCPAT… (EX_3.1-1040)


def of_document(source: bytes, document: Element, context: ViewContext, version: int) -> Iterator[Notice]:
    """In the order in which they are read: what forbids its use, what weakens it, what explains it."""
    if (found := compare(document, context)) is not None:
        yield found
    row = context.row
    if row is not None:
        if _is_altered(source, row):
            yield Notice.ALTERED
        if (state := _STATUSES.get(Status(row.status)) if row.status in set(Status) else None) is not None:
            yield state
        for code in row.confidentiality:
            if code.code in _VISIBILITY:
                yield _VISIBILITY[code.code]
    if context.latest_version is not None and version < context.latest_version:
        yield Notice.SUPERSEDED
    if is_self_presenting(document):
        yield Notice.SELF_PRESENTING


def is_by_patient(type_code: str, class_code: str) -> bool:
    """EX_3.1-1040: class 90, or a type DOCPAT…"""
    return class_code == _BY_PATIENT or type_code.startswith("DOCPAT")


def class_code_of(type_code: str, row: RecordEntry | None) -> str:
    """The class of the row, or that of the type; '' where nobody knows."""
    if row is not None and row.class_code is not None:
        return row.class_code.code
    found = class_of(type_code)
    return found.code if found is not None else ""


def _is_altered(source: bytes, row: RecordEntry) -> bool:
    if row.size is not None and row.size != len(source):
        return True
    return bool(row.hash) and str(row.hash).lower() != sha1(source, usedforsecurity=False).hexdigest()
