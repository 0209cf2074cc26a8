"""Answers that other implementations wrote (IHE XDS.b), each with the verdict typed from its README, name and standard.

`POST` stands before the dumps that were requests: of those, only the MIME packaging is compared.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from dmp_core import xml
from dmp_core.dmp import answers, mtom, soap, td31_search, td32_retrieve
from dmp_core.errors import (
    AnswerUnreadable,
    DmpError,
    DmpIdentityRefused,
    DmpMetadataRefused,
    DmpOtherRefusal,
    DmpRefusal,
    NotTheDmp,
)
from dmp_core.ports import HttpAnswer

pytestmark = pytest.mark.oracle

EPD = "EPD-by-example/samples__"
NIST = "iheos-toolkit2/"
MESSAGES = NIST + "validators-registry-message__testdata__messagevalidator__"
REPLIES = NIST + "soap__test__resources__replyFiles__"
TESTKIT = NIST + "xdstools2__src__main__webapp__toolkitx__testkit__"

SOAP_XML = "application/soap+xml; charset=UTF-8"
MULTIPART = 'multipart/related; type="application/xop+xml"; boundary="MIMEBoundary112233445566778899"'
ITI18 = "urn:ihe:iti:2007:RegistryStoredQueryResponse"
ITI38 = "urn:ihe:iti:2007:CrossGatewayQueryResponse"
ITI39 = "urn:ihe:iti:2007:CrossGatewayRetrieveResponse"
ITI41 = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse"
ITI42 = "urn:ihe:iti:2007:RegisterDocumentSet-bResponse"
ITI43 = "urn:ihe:iti:2007:RetrieveDocumentSetResponse"


@dataclass(frozen=True)
class Verdict:
    """What must come out: `gives` (rows, references, documents, True) or `error` with the DMP's `origin`."""

    file: str
    action: str
    gives: object = None
    error: type[DmpError] | None = None
    origin: str | None = None
    content_type: str = SOAP_XML

    @property
    def id(self) -> str:
        return self.file.rsplit("__", 1)[-1]


PAIR = (
    ("1.42.20100312104638.15", "urn:uuid:974330cc-26ff-4ef8-aca5-f71efc3f1fb0", "DocA", 36),
    ("1.42.20100312104638.26", "urn:uuid:0bb95d7b-14cb-4da5-896f-af3be8707c03", "DocF", 36),
)
INLINE = b"R0lGODlhcgGSALMAAAQCAEMmCZtuMFQxDS8b"

ENVELOPES = [
    Verdict(EPD + "ITI-18_response.xml", ITI18, error=AnswerUnreadable),  # a listing with line numbers
    Verdict(
        EPD + "ITI-18_response_raw.xml",
        ITI18,
        gives=(
            (
                "2.25.306443472873218838784535217290635593269",
                "urn:uuid:1415538d-41bc-41b2-9ae6-8b785f7f3aa6",
                "Vaccination - FSME-Immun 0.25 ml Junior",
                5375,
            ),
        ),
    ),
    Verdict(EPD + "ITI-41_response.xml", ITI41, gives=True),
    Verdict(EPD + "ITI-41_response_raw.xml", ITI41, gives=True, content_type="in the file"),
    Verdict(EPD + "ITI-43_response.xml", ITI43, error=AnswerUnreadable),  # "namespaces omitted"
    Verdict(EPD + "ITI-43_response_raw.xml", ITI43, error=AnswerUnreadable),  # its parts are not in the dump
    Verdict(NIST + "_derived__ResponseMultipartParserTest_1.multipart", ITI43, error=NotTheDmp, content_type=MULTIPART),
    Verdict(
        NIST + "_derived__ResponseMultipartParserTest_2.multipart",
        ITI43,
        gives=(("1.1.4567332.1.3", "1.2.42.20171130082535.2", None, "text/plain", b"asdasdasdasdasd\n"),),
        content_type=MULTIPART,
    ),
    Verdict(
        NIST + "_derived__RetrieveResponseParserTest_0.multipart",
        ITI43,
        gives=(("1.1.4567332.1.3", "1.2.42.20171130082535.2", None, "text/plain", b"asdasdasdasdasd"),),
        content_type=MULTIPART,
    ),
    Verdict(MESSAGES + "empty-soap-wrapper.xml", ITI18, error=AnswerUnreadable),
    Verdict(MESSAGES + "xml-parse-error.xml", ITI18, error=AnswerUnreadable),
    Verdict(MESSAGES + "soap-pnr-resp.xml", ITI41, gives=True),
    Verdict(MESSAGES + "soap-r-resp.xml", ITI42, gives=True),
    Verdict(
        MESSAGES + "soap-ret-resp.xml",
        ITI43,
        gives=(("1.3.6.1.4...1000", "1.3.6.1.4...2300", None, "text/xml", INLINE),) * 2,
    ),
    Verdict(MESSAGES + "soap-xcq-resp.xml", ITI38, gives=PAIR),
    Verdict(MESSAGES + "soap-xcq-resp-error.xml", ITI38, error=DmpOtherRefusal, origin="MyBigError"),
    Verdict(
        MESSAGES + "soap-xret-resp.xml",
        ITI39,
        gives=(("1.3.6.1.4.1000", "1.3.6.1.4.2300", "urn:oid:1.2.3", "text/xml", INLINE),) * 2,
    ),
    Verdict(MESSAGES + "soap-xret-resp-error.xml", ITI39, error=DmpOtherRefusal, origin="MyBigError"),
    Verdict(MESSAGES + "soap-xret-resp-homeless.xml", ITI39, error=DmpOtherRefusal, origin="MyBigError"),
    Verdict(REPLIES + "Bill-msg.txt", ITI41, error=DmpMetadataRefused, origin="XDSRegistryMetadataError"),
    Verdict(REPLIES + "mustUnderstand-debug.txt", ITI38, gives=()),
]

BODIES = [
    Verdict(MESSAGES + "regresp-fail-noerr.xml", ITI41, error=DmpOtherRefusal),
    Verdict(MESSAGES + "regresp-suc-err.xml", ITI41, error=DmpIdentityRefused, origin="XDSUnknownPatientId"),
    Verdict(MESSAGES + "sq-resp-lc.xml", ITI18, gives=PAIR),
    Verdict(MESSAGES + "sq-resp-lc-no-objectType.xml", ITI18, error=AnswerUnreadable),
    Verdict(MESSAGES + "sq-resp-lc-no-status.xml", ITI18, error=AnswerUnreadable),
    Verdict(MESSAGES + "sq-resp-nostat-objectref.xml", "references", error=AnswerUnreadable),
    Verdict(
        MESSAGES + "sq-resp-objectref.xml",
        "references",
        gives=(
            "urn:uuid:22c85315-12cd-4d52-97a9-8d827f03ddc5",
            "urn:uuid:6eb82cee-a028-4db2-b346-8837d5043227",
            "urn:uuid:d2dc7a78-577d-4be7-8c33-c097879cf96b",
            "urn:uuid:94fc7d01-e216-4873-8168-ee94e760e8bd",
            "urn:uuid:9d6fdebb-16dc-4d7f-935c-8621c9692d83",
            "urn:uuid:44b9abc1-c4dc-4b95-b099-9415baaf3880",
        ),
    ),
]


def boundary(name: str) -> str:
    return f'multipart/related; type="application/xop+xml"; boundary="{name}"'


NOTE = b"This is my document.\n\nIt is great!\n\n"
KIT_BOUNDARY = boundary("MIMEBoundary_95b57d7287e4fa4b528a8f050c41f8ad829c20332f23b48d")
# file, its Content-Type, the size of each document that the body includes (None: the packaging is refused)
PACKAGES: list[tuple[str, str, tuple[int, ...] | None]] = [
    (EPD + "ITI-41_request_raw.xml", "in the file", None),  # the header names another boundary
    (EPD + "ITI-41_request.xml", SOAP_XML.replace("soap+xml", "x-listing"), None),
    (MESSAGES + "http-mtom-pnr.txt", "in the file", (1465,)),
    (NIST + "config-datatypes__src__test__resources__multipart.body.txt", "multipart.header.txt", (len(NOTE),)),
    (
        NIST + "sim-proxy__src__test__resources__sample_mtom_message.txt",
        boundary("MIMEBoundary_494859fac46e21a68c012f8f4fe208a370fc32b6e07ae79f"),
        None,  # its Include points at no part
    ),
    (TESTKIT + "tests__PnrNoXop__submit__body.txt", KIT_BOUNDARY, (len(NOTE),)),
    (TESTKIT + "tests__PnrXop__NoXop__body.txt", KIT_BOUNDARY, ()),
    (TESTKIT + "tests__PnrXop__Xop__body.txt", KIT_BOUNDARY, (len(NOTE),)),
    (TESTKIT + "tests__PnrXop__encodedURL__body.txt", KIT_BOUNDARY, (len(NOTE),)),
    (TESTKIT + "tests__PnrXop__dicom__body.txt", boundary("uuid:376733a6-6a2d-4583-a687-04c08acf6a49+id=17"), ()),
    (TESTKIT + "selftest__socket__request.txt", "in the file", (8197,)),
]


def http_answer(path: Path, content_type: str) -> HttpAnswer:
    """The dump as an HTTP answer: its own status line and headers where it has them."""
    data = path.read_bytes()
    if content_type == "in the file":
        head, _, data = data.partition(b"\n\n")
        content_type = re.search(rb"(?im)^Content-Type:\s*(.*?)\s*$", head)[1].decode()  # type: ignore[index]
    return HttpAnswer(200, content_type, data)


def outcome(answer: soap.Answer, action: str) -> object:
    """What the reader of that answer gives, as the table writes it."""
    if action in (ITI43, ITI39):
        return tuple(
            (each.repository_id, each.unique_id, each.home_community_id, each.mime_type, each.content)
            for each in td32_retrieve.read(answer).documents
        )
    if action in (ITI18, ITI38):
        return tuple((row.unique_id, row.entry_uuid, row.title, row.size) for row in td31_search.read(answer))
    if action == "references":
        return td31_search.read_references(answer)
    return answers.registry_response(answer.body) == ()


def check(verdict: Verdict, answer: HttpAnswer | soap.Answer) -> None:
    message = soap.Message("TD", "service", "action", verdict.action, xml.parse(b"<body/>"))

    def read() -> object:
        if isinstance(answer, soap.Answer):
            return outcome(answer, verdict.action)
        given = soap.answer(answer, message, message_id=UUID(int=0), require_relates_to=False)
        return outcome(given, verdict.action)

    if verdict.error is None:
        assert read() == verdict.gives
        return
    with pytest.raises(verdict.error) as caught:
        read()
    assert type(caught.value) is verdict.error
    if isinstance(caught.value, DmpRefusal):
        assert caught.value.origin == verdict.origin


@pytest.mark.parametrize("verdict", ENVELOPES, ids=lambda verdict: verdict.id)
def test_an_answer_of_another_implementation_gives_its_verdict(oracle: Path, verdict: Verdict) -> None:
    check(verdict, http_answer(oracle / "xds" / verdict.file, verdict.content_type))


@pytest.mark.parametrize("verdict", BODIES, ids=lambda verdict: verdict.id)
def test_a_bare_body_of_another_implementation_gives_its_verdict(oracle: Path, verdict: Verdict) -> None:
    check(verdict, soap.Answer(xml.parse((oracle / "xds" / verdict.file).read_bytes())))


@pytest.mark.parametrize(("file", "content_type", "sizes"), PACKAGES, ids=[each[0].rsplit("/")[1] for each in PACKAGES])
def test_a_package_of_another_implementation_gives_its_parts(
    oracle: Path, file: str, content_type: str, sizes: tuple[int, ...] | None
) -> None:
    path = oracle / "xds" / file
    if content_type.endswith(".txt"):
        header = path.with_name(path.name.replace("body", "header")).read_text()
        content_type = re.search(r"Content-Type: (.*)", header)[1]  # type: ignore[index]
    http = http_answer(path, content_type)

    def read() -> tuple[int, ...]:
        root, parts = mtom.read(http.content_type, http.body)
        return tuple(len(data) for data in mtom.attach(xml.parse(root), parts).values())

    if sizes is None:
        with pytest.raises(AnswerUnreadable):
            read()
    else:
        assert read() == sizes


def test_every_answer_of_the_oracle_stands_in_the_table(oracle: Path) -> None:
    words = re.compile(rb"<[^>]{0,40}(AdhocQueryResponse|RegistryResponse|RetrieveDocumentSetResponse|:Fault)")
    known = {verdict.file for verdict in (*ENVELOPES, *BODIES)} | {file for file, _, _ in PACKAGES}

    found = {
        f"{path.parent.name}/{path.name}"
        for path in (oracle / "xds").glob("*/*")
        if path.name != "README.txt" and words.search(path.read_bytes())
    }

    assert found - known == set()


def test_every_field_of_an_entry_is_read(oracle: Path) -> None:
    body = xml.parse((oracle / "xds" / (MESSAGES + "sq-resp-lc.xml")).read_bytes())

    row = next(td31_search.read(soap.Answer(body)))

    assert row.model_dump(exclude_defaults=True) == {
        "unique_id": "1.42.20100312104638.15",
        "entry_uuid": "urn:uuid:974330cc-26ff-4ef8-aca5-f71efc3f1fb0",
        "logical_id": "urn:uuid:974330cc-26ff-4ef8-aca5-f71efc3f1fb0",
        "version": "1.1",
        "status": "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved",
        "repository_id": "1.19.6.24.109.42.1",
        "mime_type": "text/xml",
        "title": "DocA",
        "type_code": {
            "code": "34108-1",
            "system": "LOINC",
            "label": "Outpatient Evaluation And Management",
        },
        "class_code": {
            "code": "History and Physical",
            "system": "Connect-a-thon classCodes",
            "label": "History and Physical",
        },
        "format_code": {"code": "CDAR2/IHE 1.0", "system": "Connect-a-thon formatCodes", "label": "CDAR2/IHE 1.0"},
        "healthcare_facility": {
            "code": "Outpatient",
            "system": "Connect-a-thon healthcareFacilityTypeCodes 2",
            "label": "Outpatient",
        },
        "practice_setting": {"code": "Dialysis", "system": "Connect-a-thon practiceSettingCodes", "label": "Dialysis"},
        "confidentiality": (
            {
                "code": "1.3.6.1.4.1.21367.2006.7.102",
                "system": "Connect-a-thon confidentialityCodes",
                "label": "Clinical-Staff",
            },
        ),
        "event_codes": (
            {"code": "T-D4909", "system": "SNM3", "label": "Kidney"},
            {"code": "T-62002", "system": "SNM3", "label": "Liver"},
        ),
        "language": "en-us",
        "creation_time": "20061224",
        "service_start_time": "200612230800",
        "service_stop_time": "200612230900",
        "authors": (
            {
                "person": "^Smitty^Gerald^^^",
                "specialty": ("Orthopedic",),
                "institution": ("Cleveland Clinic", "Parma Community"),
                "role": ("Attending",),
            },
            {
                "person": "^Dopplemeyer^Sherry^^^",
                "specialty": ("Orthopedic",),
                "institution": ("Cleveland Clinic", "Berea Community"),
                "role": ("Primary Surgon",),
            },
        ),
        "patient_id": "c4d77e21d0dd487^^^&1.3.6.1.4.1.21367.2005.3.7&ISO",
        "source_patient_id": "89765a87b^^^&3.4.5&ISO",
        "source_patient_info": (
            "PID-3|pid1^^^&1.2.3&ISO",
            "PID-5|Doe^John^^^",
            "PID-7|19560527",
            "PID-8|M",
            "PID-11|100 Main St^^Metropolis^Il^44130^USA",
        ),
        "hash": "e543712c0e10501972de13a5bfcbe826c49feb75",
        "size": 36,
    }
