"""Which transaction a request is, at which service, and in which form its answers and refusals travel."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dmp_core.model.oids import Xds
from dmp_core.simulator import gdp
from dmp_core.simulator.envelope import Request
from dmp_core.simulator.faults import fault
from dmp_core.simulator.markup import QUERY, RIM
from dmp_core.simulator.rights import Transaction
from dmp_core.xml import Element


class Form(StrEnum):
    """How a refusal that is no SOAP fault is told: by the answer's own means."""

    GDP = "acknowledgement"
    SI_DMP = "output/status"
    REGISTRY = "RegistryResponse"
    QUERY = "AdhocQueryResponse"
    RETRIEVE = "RetrieveDocumentSetResponse"


@dataclass(frozen=True, slots=True)
class Operation:
    """One WS-Addressing action."""

    service: str
    reply_action: str
    form: Form
    name: str = ""  # of the si-dmp services
    namespace: str = ""


_HABILITATIONS: Final = "urn:si-dmp-habilitations:HabilitationsEndPoint:"
_SPECIFIC: Final = "urn:si-dmp-patients:PatientSpecificEndPoint:"
SET_AUTHORIZATION: Final = f"{_HABILITATIONS}setAuthorization"
LIST_AUTHORIZATION: Final = f"{_HABILITATIONS}listAuthorizationByPatient"
PATIENT_LIST: Final = f"{_SPECIFIC}patientList"
FEED: Final = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
SEARCH: Final = "urn:ihe:iti:2007:RegistryStoredQuery"
RETRIEVE: Final = "urn:ihe:iti:2007:RetrieveDocumentSet"
UPDATE: Final = "urn:ihe:iti:2010:UpdateDocumentSet"

OPERATIONS: Final = {
    gdp.ACTION: Operation("patients", gdp.REPLY_ACTION, Form.GDP),
    SET_AUTHORIZATION: Operation(
        "habilitations", f"{SET_AUTHORIZATION}Response", Form.SI_DMP, "setAuthorization", "urn:si-dmp-habilitations"
    ),
    LIST_AUTHORIZATION: Operation(
        "habilitations",
        f"{LIST_AUTHORIZATION}Response",
        Form.SI_DMP,
        "listAuthorizationByPatient",
        "urn:si-dmp-habilitations",
    ),
    PATIENT_LIST: Operation(
        "patientsSpecific", f"{PATIENT_LIST}Response", Form.SI_DMP, "patientList", "urn:si-dmp-patients"
    ),
    FEED: Operation("repository", f"{FEED}Response", Form.REGISTRY),
    SEARCH: Operation("registry", f"{SEARCH}Response", Form.QUERY),
    RETRIEVE: Operation("repository", f"{RETRIEVE}Response", Form.RETRIEVE),
    UPDATE: Operation("registry", f"{UPDATE}-Response", Form.REGISTRY),
}
_ALWAYS: Final = {
    SET_AUTHORIZATION: Transaction.TD03,
    LIST_AUTHORIZATION: Transaction.TD16,
    PATIENT_LIST: Transaction.TD04,
    FEED: Transaction.TD21,
    RETRIEVE: Transaction.TD32,
}


def recognise(request: Request, kind_of_update: Callable[[Element], Transaction]) -> tuple[Transaction, Operation]:
    """What is asked. Raises Refused for an action that is unknown, or at another service."""
    operation = OPERATIONS.get(request.action)
    if operation is None or operation.service != request.service:
        raise fault("ActionNotSupported", "Action inconnue de ce service, ou non simulée")
    if request.action in _ALWAYS:
        return _ALWAYS[request.action], operation
    if request.action == UPDATE:
        return kind_of_update(request.body), operation
    if request.action == SEARCH:
        return Transaction.TD31_REFERENCE if _is_reference(request.body) else Transaction.TD31, operation
    asks_data = gdp.asked(request.body) is gdp.Asked.DATA
    return Transaction.TD13A if asks_data else Transaction.TD02, operation


def _is_reference(body: Element) -> bool:
    """DMP_3.1b: the entryUUID of a uniqueId, and nothing more."""
    query, option = body.find(f"{{{RIM}}}AdhocQuery"), body.find(f"{{{QUERY}}}ResponseOption")
    if query is None or option is None:
        return False
    return (query.get("id"), option.get("returnType")) == (Xds.GET_DOCUMENTS, "ObjectRef")
