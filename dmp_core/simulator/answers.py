"""What the simulator says back: SOAP 1.2 envelopes with WS-Addressing around XDS answers and faults."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dmp_core.model.oids import DMP_REPOSITORY
from dmp_core.simulator import mtom
from dmp_core.simulator.markup import QUERY, RIM, RS, SOAP, WSA, XDS_B, XML, XOP, Maker
from dmp_core.simulator.reasons import Reason
from dmp_core.simulator.stored import RegistryObject
from dmp_core.xml import Element, serialize

SOAP_TYPE: Final = "application/soap+xml; charset=UTF-8"
_ANONYMOUS: Final = "http://www.w3.org/2005/08/addressing/anonymous"
_FAULT_ACTION: Final = "http://www.w3.org/2005/08/addressing/soap/fault"
_SUCCESS: Final = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
_FAILURE: Final = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
_PARTIAL: Final = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
_ERROR: Final = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
_WARNING: Final = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning"

_SOAP, _WSA, _RS, _RIM, _QUERY, _XDS, _XOP = (Maker(name) for name in (SOAP, WSA, RS, RIM, QUERY, XDS_B, XOP))


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer. `cut_after`: bytes of the body to send before the line goes dead; None for all of it."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    cut_after: int | None = None


@dataclass(frozen=True, slots=True)
class Addressing:
    """What the headers of an answer need: its own MessageID, and that of the request ('' where it had none)."""

    message_id: str
    relates_to: str = ""


def answer(body: Element, action: str, addressing: Addressing) -> Reply:
    """200 with `body` as plain SOAP."""
    return Reply(200, f'{SOAP_TYPE}; action="{action}"', _envelope(body, action, addressing))


def multipart(body: Element, parts: dict[str, bytes], action: str, addressing: Addressing) -> Reply:
    """200 as a package of MTOM, even without parts (`dmp_protocol.md` 2.3)."""
    return Reply(200, *mtom.write(_envelope(body, action, addressing), parts, action=action))


def fault(reason: Reason, addressing: Addressing, *, packaged: bool = False) -> Reply:
    """500 with a SOAP fault: `soap:Sender`, the subcode, the French text."""
    subcode = _SOAP("Subcode", None, _SOAP("Value", None, f"soap:{reason.code}"))
    body = _SOAP(
        "Fault",
        None,
        _SOAP("Code", None, _SOAP("Value", None, "soap:Sender"), subcode),
        _SOAP("Reason", None, _SOAP("Text", {f"{{{XML}}}lang": "fr"}, reason.text)),
    )
    envelope = _envelope(body, _FAULT_ACTION, addressing)
    if packaged:
        return Reply(500, *mtom.write(envelope, {}, action=_FAULT_ACTION))
    return Reply(500, SOAP_TYPE, envelope)


def registry_response(reasons: Sequence[Reason] = ()) -> Element:
    """`RegistryResponse`: success, with warnings perhaps, or failure with every reason."""
    failed = any(not reason.warning for reason in reasons)
    return _RS("RegistryResponse", {"status": _FAILURE if failed else _SUCCESS}, _errors(reasons))


def query_response(objects: Sequence[RegistryObject], *, references_only: bool) -> Element:
    """`AdhocQueryResponse`: the objects whole, or ObjectRefs where only entryUUIDs were asked for."""
    found = [_RIM("ObjectRef", {"id": one.entry_uuid}) if references_only else one.element() for one in objects]
    attributes = {"status": _SUCCESS, "startIndex": "0", "totalResultCount": str(len(objects))}
    return _QUERY("AdhocQueryResponse", attributes, _RIM("RegistryObjectList", None, *found))


def query_failure(reasons: Sequence[Reason]) -> Element:
    return _QUERY("AdhocQueryResponse", {"status": _FAILURE}, _errors(reasons), _RIM("RegistryObjectList"))


def retrieve_response(found: Sequence[tuple[str, str, str]], reasons: Sequence[Reason] = ()) -> Element:
    """`RetrieveDocumentSetResponse` of (uniqueId, media type, Content-ID); with reasons it is partial, or a failure."""
    status = _SUCCESS if not reasons else _PARTIAL if found else _FAILURE
    response = _RS("RegistryResponse", {"status": status}, _errors(reasons))
    documents = [
        _XDS(
            "DocumentResponse",
            None,
            _XDS("RepositoryUniqueId", None, DMP_REPOSITORY),
            _XDS("DocumentUniqueId", None, unique_id),
            _XDS("mimeType", None, mime_type),
            _XDS("Document", None, _XOP("Include", {"href": f"cid:{content_id}"})),
        )
        for unique_id, mime_type, content_id in found
    ]
    return _XDS("RetrieveDocumentSetResponse", None, response, *documents)


def _errors(reasons: Sequence[Reason]) -> Element | None:
    if not reasons:
        return None
    errors = [
        _RS(
            "RegistryError",
            {"errorCode": reason.code, "codeContext": reason.text, "severity": _WARNING if reason.warning else _ERROR}
            | ({"location": reason.location} if reason.location else {}),
        )
        for reason in reasons
    ]
    highest = _WARNING if all(reason.warning for reason in reasons) else _ERROR
    return _RS("RegistryErrorList", {"highestSeverity": highest}, *errors)


def _envelope(body: Element, action: str, addressing: Addressing) -> bytes:
    relates = _WSA("RelatesTo", None, addressing.relates_to) if addressing.relates_to else None
    header = _SOAP(
        "Header",
        None,
        _WSA("Action", None, action),
        _WSA("MessageID", None, addressing.message_id),
        _WSA("To", None, _ANONYMOUS),
        relates,
    )
    return serialize(_SOAP("Envelope", None, header, _SOAP("Body", None, body)))
