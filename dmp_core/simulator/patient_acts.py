"""What a patient does to their own record, for a demonstration: other visibility or status of a document."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from dmp_core.model.oids import DMP_CONFIDENTIALITY, Xds
from dmp_core.simulator import own_requests
from dmp_core.simulator.markup import LCM, RIM, Maker
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.stored import Document
from dmp_core.simulator.update import read_update
from dmp_core.simulator.value_sets import RESTRICTIONS
from dmp_core.xml import Element, local_name

_ENTRY: Final = "Document01"
_RIM, _LCM = Maker(RIM), Maker(LCM)


class PatientActs:
    """Each act is an update like those of professionals, so that whoever follows the record learns of it."""

    def __init__(self, registry: Registry, *, uuid: Callable[[], UUID]) -> None:
        self._registry = registry
        self._uuid = uuid

    def restrict(self, document: Document, codes: Collection[str], at: datetime) -> None:
        """Hide a document from exactly those whom `codes` (of RESTRICTIONS) name, and from nobody else."""
        entry = document.element()
        entry.set("id", _ENTRY)
        for node in list(entry):
            scheme = node.get("classificationScheme")
            if scheme == Xds.CONFIDENTIALITY_CODE and node.get("nodeRepresentation") in RESTRICTIONS:
                entry.remove(node)
        place = next(i for i, node in enumerate(entry) if local_name(node) == "ExternalIdentifier")
        for code in sorted(codes):
            label, name = RESTRICTIONS[code], f"restriction-{code}"
            entry.insert(
                place,
                own_requests.classification(_ENTRY, Xds.CONFIDENTIALITY_CODE, code, DMP_CONFIDENTIALITY, label, name),
            )
        update = read_update(self._request(document, at, entry, own_requests.member(_ENTRY, document.version)))
        self._registry.update(
            update.submission,
            revised={_ENTRY: document},
            statuses={},
            patient=document.patient,
            uuid=self._uuid,
            at=at,
        )

    def set_status(self, document: Document, status: str, at: datetime) -> None:
        """Archive, take back, delete."""
        change = own_requests.status_change(document.entry_uuid, document.status, status)
        update = read_update(self._request(document, at, change))
        self._registry.update(
            update.submission,
            revised={},
            statuses={document.entry_uuid: status},
            patient=document.patient,
            uuid=self._uuid,
            at=at,
        )

    def _request(self, document: Document, at: datetime, *objects: Element) -> Element:
        made = own_requests.submission_set(document.cx, at=at, uuid=self._uuid)
        return _LCM("SubmitObjectsRequest", None, _RIM("RegistryObjectList", None, *made, *objects))
