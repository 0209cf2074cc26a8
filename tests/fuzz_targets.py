"""The parsers of the project with what each may raise: one list for the quick fuzzing of the tests and for campaigns.

A seed is a well-formed input to begin with. Whatever else comes out of a parser than its declared errors is a fault.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from doc_officine import gs1

from dmp_core import xml
from dmp_core.cards import atr, ber, vitale
from dmp_core.dmp import (
    mtom,
    soap,
    td02_existence,
    td03_authorisation,
    td04_patients,
    td13_administrative,
    td16_authorisations,
    td21_feed,
    td31_search,
    td31_stream,
    td32_retrieve,
    td33_update,
)
from dmp_core.documents import datamatrix, reading, viewer
from dmp_core.errors import DmpError
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.ports import HttpAnswer, HttpStream
from dmp_core.services.wire import parameters
from dmp_core.simulator import envelope as sim_envelope
from dmp_core.simulator import mtom as sim_mtom
from hostbridge.protocol import jsonrpc, strict_json
from hostbridge.protocol.framing import FrameReader

ID: Final = UUID(int=1)
INS: Final = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
QUESTION: Final = soap.Message("TD3.1", "registry", "urn:a", "urn:b", xml.parse(b"<q/>"))
OK: Final = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
SOAP: Final = "application/soap+xml"
MULTIPART: Final = 'multipart/related; type="application/xop+xml"; boundary=b; start="<r>"'

ENVELOPE: Final = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">'
    "<s:Header><a:Action>urn:b</a:Action><a:MessageID>urn:uuid:1</a:MessageID>"
    f"<a:RelatesTo>{ID.urn}</a:RelatesTo></s:Header><s:Body>%s</s:Body></s:Envelope>"
)
FAULT: Final = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>s:X</s:Value></s:Subcode></s:Code>"
    '<s:Reason><s:Text xml:lang="fr">non</s:Text></s:Reason></s:Fault>'
)
PACKAGE: Final = b"--b\r\nContent-ID: <r>\r\n\r\n<a/>\r\n--b\r\nContent-ID: <d>\r\n\r\n%PDF\r\n--b--\r\n"
ROWS: Final = (
    f'<q:AdhocQueryResponse xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" status="{OK}" '
    'totalResultCount="1"><RegistryObjectList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><ExtrinsicObject '
    'id="urn:uuid:1" lid="urn:uuid:1" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1" mimeType="text/xml" '
    'status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"><Slot name="size"><ValueList><Value>3</Value>'
    '</ValueList></Slot><Name><LocalizedString value="x"/></Name><ExternalIdentifier '
    'identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="1.2.3"/></ExtrinsicObject>'
    "</RegistryObjectList></q:AdhocQueryResponse>"
)
DOCUMENTS: Final = (
    '<RetrieveDocumentSetResponse xmlns="urn:ihe:iti:xds-b:2007"><r:RegistryResponse '
    f'xmlns:r="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" status="{OK}"/><DocumentResponse><RepositoryUniqueId>1'
    "</RepositoryUniqueId><DocumentUniqueId>1.2</DocumentUniqueId><mimeType>text/xml</mimeType><Document>YQ=="
    "</Document></DocumentResponse></RetrieveDocumentSetResponse>"
)
EXISTENCE: Final = (
    f'<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><acknowledgement typeCode="AA"/>'
    "<controlActProcess><subject><registrationEvent><subject1><patient>"
    f'<id root="{INS.oid}" extension="{INS.value}"/><statusCode code="active"/><patientPerson><name><given>A</given>'
    '<family qualifier="BR">B</family></name><administrativeGenderCode code="F"/><birthTime value="19790301"/>'
    "</patientPerson></patient></subject1></registrationEvent></subject><queryAck>"
    f'<queryId root="1" extension="{ID}"/><queryResponseCode code="OK"/></queryAck></controlActProcess>'
    "</PRPA_IN201308UV02>"
)
PATIENTS: Final = (
    '<patientListResponse xmlns="urn:si-dmp-patients"><output><patientlistData><patientIdentifier><nationalId>1'
    "</nationalId><nationalIdType>2</nationalIdType></patientIdentifier><lastName>B</lastName></patientlistData>"
    "<status>DMPOk</status></output></patientListResponse>"
)
CDA: Final = (
    b'<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2"/><code code="11369-6"/><title>Note</title>'
    b'<recordTarget><patientRole><id root="1.2" extension="3"/><patient><name><family>B</family></name></patient>'
    b"</patientRole></recordTarget><component><structuredBody><component><section><title>S</title><text><table><tbody>"
    b"<tr><td>x</td></tr></tbody></table></text></section></component></structuredBody></component></ClinicalDocument>"
)
INS_TEXT: Final = (
    b"IS010000000000000000000000S1279035121518989S21.2.250.1.213.1.4.10\x1dS3ANNE\x1dS4MARTIN\x1dS5FS601-03-1979S751215"
)


@dataclass(frozen=True)
class Target:
    """One parser. `declared`: the only exceptions that may leave it."""

    name: str
    parse: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    declared: tuple[type[Exception], ...] = (DmpError,)


def _answer(read: Callable[[soap.Answer], object]) -> Callable[[bytes], object]:
    """`read` on the element that the bytes are; iterators are read to their end."""

    def parse(data: bytes) -> object:
        found = read(soap.Answer(xml.parse(data), {"d": b"part"}))
        return list(found) if hasattr(found, "__next__") else found

    return parse


def _stream(data: bytes) -> list[Any]:
    pieces = (data[at : at + 50] for at in range(0, len(data), 50))
    return list(td31_stream.rows(HttpStream(200, SOAP, pieces), QUESTION, message_id=ID))


def _frames(data: bytes) -> None:
    reader = FrameReader(BytesIO(data))
    while reader.read() is not None:
        pass


def _rpc(data: bytes) -> object:
    return jsonrpc.read(data)


TARGETS: Final = (
    Target("XML", xml.parse, (b"<a b='c'><!-- x --><d>e</d></a>",)),
    Target("MTOM", lambda data: mtom.read(MULTIPART, data), (PACKAGE,)),
    Target("MTOM header", lambda data: mtom.read(data.decode("latin-1"), PACKAGE), (MULTIPART.encode(),)),
    Target(
        "SOAP",
        lambda data: soap.answer(HttpAnswer(200, SOAP, data), QUESTION, message_id=ID),
        ((ENVELOPE % "<ok/>").encode(), (ENVELOPE % FAULT).encode()),
    ),
    Target(
        "SOAP in MTOM", lambda data: soap.answer(HttpAnswer(200, MULTIPART, data), QUESTION, message_id=ID), (PACKAGE,)
    ),
    Target(
        "SOAP with any status", lambda data: soap.answer(HttpAnswer(503, SOAP, data), QUESTION, message_id=ID), (b"",)
    ),
    Target("ebXML rows", _answer(td31_search.read), (ROWS.encode(),)),
    Target("ebXML sets", _answer(td31_search.read_submission_sets), (ROWS.encode(),)),
    Target("ebXML associations", _answer(td31_search.read_associations), (ROWS.encode(),)),
    Target("ebXML references", _answer(td31_search.read_references), (ROWS.encode(),)),
    Target("ebXML streamed", _stream, ((ENVELOPE % ROWS).encode(),)),
    Target("ebXML to change", _answer(lambda answer: td33_update.target(answer, "1.2.3")), (ROWS.encode(),)),
    Target("registry response", _answer(td21_feed.read), (ROWS.encode(),)),
    Target("retrieved documents", _answer(td32_retrieve.read), (DOCUMENTS.encode(),)),
    Target(
        "HL7 v3 existence",
        _answer(lambda answer: td02_existence.read(answer, ins=INS, query_id=ID)),
        (EXISTENCE.encode(),),
    ),
    Target(
        "HL7 v3 data",
        _answer(lambda answer: td13_administrative.read(answer, ins=INS, query_id=ID)),
        (EXISTENCE.encode(),),
    ),
    Target("si-dmp authorisation", _answer(td03_authorisation.read), (PATIENTS.encode(),)),
    Target("si-dmp patients", _answer(td04_patients.read), (PATIENTS.encode(),)),
    Target("si-dmp authorisations", _answer(td16_authorisations.read), (PATIENTS.encode(),)),
    Target("CDA header", reading.read_header, (CDA,)),
    Target("CDA viewer", viewer.render, (CDA,)),
    Target("frames of the bridge", _frames, (b"Content-Length: 2\r\n\r\n{}",)),
    Target("strict JSON", strict_json.loads, (b'{"a":[1,2.5,"\\u00e9",null,true]}',)),
    Target("JSON-RPC", _rpc, (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{}}',), ()),
    Target("INS datamatrix", datamatrix.read_ins_text, (INS_TEXT,)),
    Target(
        "GS1",
        lambda data: gs1.read(data.decode("latin-1"), date(2026, 1, 15)),
        (b"01034009300000017271231\x1d10LOT1\x1d21SN", b"010340093000001417271231"),
        (gs1.Gs1Invalid,),
    ),
    Target("card TLV", lambda data: list(ber.leaves(data)), (bytes.fromhex("EE048001418102"),)),
    Target(
        "carte Vitale",
        lambda data: vitale.beneficiaries(data[: len(data) // 2], data[len(data) // 2 :]),
        (bytes.fromhex("E00A8001418101428202333A"),),
    ),
    Target("ATR", atr.kind_of, (bytes.fromhex("3B7D"),)),
    Target(
        "file of parameters",
        lambda data: parameters.parse(data.decode("latin-1")),
        (b"age-majorite=18",),
        (ValueError,),
    ),
    Target(
        "simulator: request",
        lambda data: sim_envelope.read_request(SOAP, data, "registry"),
        ((ENVELOPE % "<ok/>").encode(),),
        (sim_envelope.EnvelopeRefused,),
    ),
    Target("simulator: MTOM", lambda data: sim_mtom.read(MULTIPART, data), (PACKAGE,), (sim_mtom.MultipartRefused,)),
)


def try_one(target: Target, data: bytes) -> bool:
    """True where `data` was read, False where it was refused as declared. Raises anything else."""
    try:
        target.parse(data)
    except target.declared:
        return False
    return True
