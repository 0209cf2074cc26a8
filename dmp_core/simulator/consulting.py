"""TD3.1 and TD3.2: what a caller finds in a record, and the documents themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote
from uuid import UUID

from dmp_core.model.oids import DMP_REPOSITORY, Xds
from dmp_core.simulator import answers
from dmp_core.simulator.admission import Admitted
from dmp_core.simulator.faults import OTHER_PATIENT, fault
from dmp_core.simulator.query import read_query, read_retrieval
from dmp_core.simulator.reasons import Reason
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.search import PATIENTS, run
from dmp_core.simulator.view import View, visible
from dmp_core.xml import Element

_OF_ENTRIES: Final = frozenset({Xds.FIND_DOCUMENTS, Xds.GET_DOCUMENTS})


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The answer of TD3.2: its body, the parts by Content-ID, and what of it failed."""

    body: Element = field(repr=False)
    parts: Mapping[str, bytes] = field(repr=False)
    codes: tuple[str, ...] = ()


class Consulting:
    """Reads, and changes nothing."""

    def __init__(self, registry: Registry, uuid: Callable[[], UUID]) -> None:
        self._registry = registry
        self._uuid = uuid

    def search(self, body: Element, admitted: Admitted) -> Element:
        """The `AdhocQueryResponse`. Raises Refused."""
        query = read_query(body)
        vihf = admitted.seer.vihf
        if any(cx != vihf.patient for name in PATIENTS for cx in query.slots.get(name, ())):
            raise fault(OTHER_PATIENT, "Le patient recherché n'est pas celui du VIHF")
        entries_only = query.id in _OF_ENTRIES
        view = View.of(self._registry, admitted.patient, admitted.seer, entries_only=entries_only)
        return answers.query_response(run(query, view), references_only=query.return_type == "ObjectRef")

    def retrieve(self, body: Element, admitted: Admitted) -> Retrieved:
        """The documents asked for; partial, or a failure, where some or all are not there. Raises Refused."""
        of_patient = visible(self._registry.of_patient(admitted.patient), admitted.seer)
        shown = {document.unique_id: document for document in of_patient}
        found: list[tuple[str, str, str]] = []
        parts: dict[str, bytes] = {}
        reasons: list[Reason] = []
        for place, (repository, unique_id, _) in enumerate(read_retrieval(body).items, start=1):
            if repository != DMP_REPOSITORY:
                reasons.append(Reason("XDSUnknownRepositoryId", "Entrepôt inconnu"))
            elif unique_id not in shown:
                reasons.append(Reason("XDSDocumentUniqueIdError", "Aucun document accessible n'a cet identifiant"))
            else:
                content_id = f"{self._uuid()}-{place}@urn:ihe:iti:xds-b:2007"
                found.append((unique_id, shown[unique_id].mime_type, quote(content_id, safe="@")))
                parts[content_id] = self._registry.content(unique_id)
        return Retrieved(answers.retrieve_response(found, reasons), parts, tuple(reason.code for reason in reasons))
