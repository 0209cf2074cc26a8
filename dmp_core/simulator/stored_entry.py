"""The ExtrinsicObject as the registry keeps it: the sender's, with what the server adds (`dmp_protocol.md` 5.2)."""

from collections.abc import Callable
from copy import deepcopy
from typing import Final
from uuid import UUID

from dmp_core.model.oids import DMP_REPOSITORY, Status
from dmp_core.simulator.markup import RIM, Maker
from dmp_core.xml import Element, children, local_name

_RIM: Final = Maker(RIM)
_SERVER_SLOTS: Final = ("hash", "size", "repositoryUniqueId")
_REFERENCES: Final = ("classifiedObject", "registryObject")


def make(entry: Element, *, entry_uuid: str, lid: str, sha1: str, size: int, uuid: Callable[[], UUID]) -> Element:
    """The stored form of a submitted entry: entryUUID, lid, version 1, and the server's own hash, size, repository.

    Symbolic ids of what is inside become UUIDs, so that no two objects of an answer share one (ITI TF-3 4.2.1.5).
    """
    root = deepcopy(entry)
    root.tail = None
    symbolic = root.get("id", "")
    for node in root.iter(f"{{{RIM}}}*"):
        for name in _REFERENCES:
            if node.get(name) == symbolic:
                node.set(name, entry_uuid)
        if node.get("id") and not node.get("id", "").startswith("urn:uuid:"):
            node.set("id", f"urn:uuid:{uuid()}")
    root.attrib.update({"id": entry_uuid, "lid": lid, "status": str(Status.APPROVED), "isOpaque": "false"})
    for node in list(children(root)):
        if local_name(node) == "VersionInfo" or node.get("name") in _SERVER_SLOTS:
            root.remove(node)
    values = dict(zip(_SERVER_SLOTS, (sha1, str(size), DMP_REPOSITORY), strict=True))
    for place, (name, value) in enumerate(values.items()):
        root.insert(place, _RIM("Slot", {"name": name}, _RIM("ValueList", None, _RIM("Value", None, value))))
    root.insert(_before_classifications(root), _RIM("VersionInfo", {"versionName": "1"}))
    return root


def _before_classifications(root: Element) -> int:
    """Where VersionInfo stands by the ebRIM schema: after slots, name and description."""
    leading = [node for node in root if local_name(node) in ("Slot", "Name", "Description")]
    return root.index(leading[-1]) + 1
