"""What the simulator submits to itself: documents that stand in a record from the start, what a patient masks."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from dmp_core.model.oids import Xds
from dmp_core.simulator.markup import RIM, Maker
from dmp_core.simulator.update import HAS_MEMBER, UPDATES_STATUS
from dmp_core.xml import Element

_SET: Final = "SubmissionSet01"
_RIM: Final = Maker(RIM)


def submission_set(cx: str, *, at: datetime, uuid: Callable[[], UUID]) -> tuple[Element, Element]:
    """A RegistryPackage without an author, and the Classification beside it that makes it a submission set."""
    package = _RIM(
        "RegistryPackage",
        {"id": _SET},
        slot("submissionTime", at.strftime("%Y%m%d%H%M%S")),
        identifier(_SET, Xds.SUBMISSION_SET_PATIENT_ID, cx, "XDSSubmissionSet.patientId"),
        identifier(_SET, Xds.SUBMISSION_SET_SOURCE_ID, "2.25.0", "XDSSubmissionSet.sourceId"),
        identifier(_SET, Xds.SUBMISSION_SET_UNIQUE_ID, f"2.25.{uuid().int}", "XDSSubmissionSet.uniqueId"),
    )
    kind = {"id": "node", "classifiedObject": _SET, "classificationNode": str(Xds.SUBMISSION_SET)}
    return package, _RIM("Classification", kind)


def member(entry: str, previous: int | None = None) -> Element:
    """The association HasMember with an entry of the same message, a next version of `previous`."""
    version = [slot("PreviousVersion", str(previous))] if previous is not None else []
    return _association(HAS_MEMBER, entry, slot("SubmissionSetStatus", "Original"), *version)


def status_change(entry_uuid: str, original: str, new: str) -> Element:
    """The association that gives an entry another status."""
    return _association(UPDATES_STATUS, entry_uuid, slot("OriginalStatus", original), slot("NewStatus", new))


def identifier(owner: str, scheme: str, value: str, name: str) -> Element:
    attributes = {"id": name, "identificationScheme": str(scheme), "registryObject": owner, "value": value}
    return _RIM("ExternalIdentifier", attributes, _RIM("Name", None, _RIM("LocalizedString", {"value": name})))


def classification(owner: str, scheme: str, code: str, system: str, label: str, name: str) -> Element:
    """A coded value; `name` is the id of the Classification in the message."""
    attributes = {
        "id": name,
        "classificationScheme": str(scheme),
        "classifiedObject": owner,
        "nodeRepresentation": code,
    }
    written = _RIM("Name", None, _RIM("LocalizedString", {"value": label}))
    return _RIM("Classification", attributes, slot("codingScheme", system), written)


def slot(name: str, *values: str) -> Element:
    return _RIM("Slot", {"name": name}, _RIM("ValueList", None, *[_RIM("Value", None, v) for v in values if v]))


def _association(kind: str, target: str, *slots: Element) -> Element:
    attributes = {"id": "association", "associationType": kind, "sourceObject": _SET, "targetObject": target}
    return _RIM("Association", attributes, *slots)
