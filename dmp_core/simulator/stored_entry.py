"""What the registry keeps of submitted objects: the sender's, with what the server adds (`dmp_protocol.md` 5.2)."""

from collections.abc import Callable
from copy import deepcopy
from typing import Final
from uuid import UUID

from dmp_core.model.oids import DMP_REPOSITORY, Status, Xds
from dmp_core.simulator.markup import RIM, Maker
from dmp_core.simulator.submission import KNOWN_SLOTS, SERVER_SLOTS, SubmissionSet
from dmp_core.xml import Element, children, local_name

_RIM: Final = Maker(RIM)
_POINTERS: Final = {"Classification": "classifiedObject", "ExternalIdentifier": "registryObject"}


def make(
    entry: Element, *, entry_uuid: str, lid: str, version: int, sha1: str, size: int, uuid: Callable[[], UUID]
) -> Element:
    """The stored form of a submitted entry: entryUUID, lid, version, and the server's own hash, size, repository.

    Slots that no registry of the DMP knows are left out.
    """
    root = _renamed(entry, entry_uuid, uuid)
    root.attrib.update({"lid": lid, "status": str(Status.APPROVED), "isOpaque": "false"})
    for node in list(children(root)):
        name = node.get("name")
        unknown = local_name(node) == "Slot" and name not in KNOWN_SLOTS
        if unknown or local_name(node) == "VersionInfo" or name in SERVER_SLOTS:
            root.remove(node)
    values = dict(zip(SERVER_SLOTS, (sha1, str(size), DMP_REPOSITORY), strict=True))
    for place, (name, value) in enumerate(values.items()):
        root.insert(place, _RIM("Slot", {"name": name}, _RIM("ValueList", None, _RIM("Value", None, value))))
    root.insert(_place(root, "Slot", "Name", "Description"), _RIM("VersionInfo", {"versionName": str(version)}))
    return root


def make_set(submission_set: SubmissionSet, *, entry_uuid: str, uuid: Callable[[], UUID]) -> Element:
    """The stored form of a submitted RegistryPackage, with the Classification that makes it a submission set inside."""
    root = _renamed(submission_set.xml, entry_uuid, uuid)
    root.set("status", str(Status.APPROVED))
    for node in list(children(root)):
        if node.get("classificationNode"):
            root.remove(node)
    names = ("Slot", "Name", "Description", "VersionInfo", "Classification")
    kind = {"id": f"urn:uuid:{uuid()}", "classifiedObject": entry_uuid, "classificationNode": str(Xds.SUBMISSION_SET)}
    root.insert(_place(root, *names), _RIM("Classification", kind))
    return root


def _renamed(element: Element, entry_uuid: str, uuid: Callable[[], UUID]) -> Element:
    """A copy under its entryUUID. All that is inside points at it and bears an id of its own (ITI TF-3 4.2.1.5)."""
    root = deepcopy(element)
    root.tail = None
    for node in root.iterdescendants(f"{{{RIM}}}*"):
        if local_name(node) in _POINTERS:
            node.set(_POINTERS[local_name(node)], entry_uuid)
        if node.get("id"):
            node.set("id", f"urn:uuid:{uuid()}")
    root.set("id", entry_uuid)
    return root


def _place(root: Element, *names: str) -> int:
    """After the last child of these names, as the ebRIM schema orders them."""
    leading = [node for node in root if local_name(node) in names]
    return root.index(leading[-1]) + 1 if leading else 0
