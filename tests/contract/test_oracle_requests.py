"""Requests that others sent to XDS.b registries, read whole by the simulator, then refused for what is not French.

The tables of requests were typed from the READMEs, the files' names and the files, before the reader was written;
identifiers, sizes and SHA-1 were counted with another parser. That of the documents follows the index of their README.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dmp_core import xml
from dmp_core.model.access import Mode
from dmp_core.simulator import cda, checks, entry_rules, envelope, query, submission, value_sets
from dmp_core.simulator.envelope import EnvelopeRefused
from dmp_core.simulator.reasons import Refused

pytestmark = pytest.mark.oracle

NIST = "xds/iheos-toolkit2/"
VALIDATOR = NIST + "validators-registry-message__testdata__messagevalidator__"
TOOLKIT = NIST + "xdstools2__src__main__webapp__toolkitx__testkit__"
EPD = "xds/EPD-by-example/samples__"
IPF = "xds/ipf/commons__ihe__xds__src__test__resources__SubmitObjectsRequest_"
CAMEL = "xds/ipf/platform-camel__ihe__"

PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
CALLER = checks.Caller(mode=Mode.DIRECT, practitioner_id="810000000001", structure_id="1750000001")

NO_SIGNATURE = ("XDSRepositoryMetadataError", "Signature01")
NOT_HIS_PATIENT = ("XDSPatientIdDoesNotMatch", "VIHF")
NOT_A_FRENCH_CLASS = ("XDSRepositoryMetadataError", "JDV_J57")
NOT_A_FRENCH_TYPE = ("XDSRepositoryMetadataError", "JDV_J66")
NOT_AN_AUTHOR = ("XDSRepositoryMetadataError", "EX_2.1-1140")
NO_DOCUMENT = ("XDSMissingDocument", "sans document")
NOT_A_CDA = ("XDSRepositoryMetadataError", "text/xml")
SCHEMA_ORDER = ("XDSRepositoryMetadataError", "ordre des éléments")
OF_LOINC = (NO_SIGNATURE, NOT_HIS_PATIENT, NOT_A_FRENCH_CLASS, NOT_AN_AUTHOR)  # with a type that JDV_J66 has too
FOREIGN = (*OF_LOINC, NOT_A_FRENCH_TYPE)
OLD_EBRIM = (("XDSRepositoryMetadataError", "ebRIM 3.0"), ("XDSRepositoryMetadataError", "type d’association"))

GREAT = (36, "e543712c0e10501972de13a5bfcbe826c49feb75")  # "This is my document. It is great!"
TWO = {"Document01": "1.42.20100312105241.2", "Document02": "1.42.20100312105241.3"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A submission as it must be read: identifiers, and size and SHA-1 of each document."""

    set_id: str
    entries: Mapping[str, str]
    documents: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    associations: int = 1
    folders: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()


BARE = {
    VALIDATOR + "pnr.xml": Whole("1.42.20100312105241.4", TWO, associations=2, reasons=(*FOREIGN, NO_DOCUMENT)),
    VALIDATOR + "pnr-element-order.xml": Whole(
        "1.42.20100312105241.4", TWO, associations=2, reasons=(*FOREIGN, NO_DOCUMENT, SCHEMA_ORDER)
    ),
    VALIDATOR + "pnr-bad-uplink.xml": Whole(
        "1.42.20100312105241.4",
        TWO,
        associations=2,
        reasons=(*FOREIGN, NO_DOCUMENT, ("XDSRepositoryMetadataError", "classifiedObject")),
    ),
    VALIDATOR + "pnr-assoc-to-self.xml": Whole(
        "1.42.20100312105241.4",
        {"Document01": "1.42.20100312105241.2"},
        reasons=(*FOREIGN, NO_DOCUMENT, ("XDSRepositoryMetadataError", "elle-même")),
    ),
    VALIDATOR + "pnr-limited.xml": Whole(
        "1.42.20100312105241.4",
        {"Document01": "1.42.20100312105241.2"},
        reasons=(NO_SIGNATURE, NO_DOCUMENT, ("XDSRepositoryMetadataError", "classCode")),
    ),
    NIST + "validators-registry-metadata__src__test__resources__PnR1Doc.xml": Whole(
        "2009.9.1.2456", {"Document01": "2009.9.1.2455"}, reasons=(*FOREIGN, NO_DOCUMENT)
    ),
    TOOLKIT + "selftest__related__rplc.xml": Whole(
        "SubmissionSet01",
        {"Document01": "Document01"},
        associations=2,
        reasons=(*OF_LOINC, NO_DOCUMENT, *OLD_EBRIM),
    ),
    TOOLKIT + "selftest__findfol__single_doc_w_fol.xml": Whole(
        "SubmissionSet01_uniqueid",
        {"Document01": "Document01_uniqueid"},
        associations=4,
        folders=("Folder",),
        reasons=(*OF_LOINC, NO_DOCUMENT, *OLD_EBRIM),
    ),
    IPF + "ebrs30.xml": Whole(
        "", {"Document01": "1.3.6.1.4.1.21367.2005.3.9999.32"}, associations=2, reasons=(NO_SIGNATURE, NO_DOCUMENT)
    ),
    IPF + "ebrs30_2.xml": Whole(
        "",
        {"Document01": "1.3.6.1.4.1.21367.2005.3.9999.32"},
        associations=2,
        reasons=(NO_SIGNATURE, NO_DOCUMENT, ("XDSRepositoryMetadataError", "uniqueId")),
    ),
    IPF + "ebrs3_extra_metadata.xml": Whole(
        "", {"Document01": "1.3.6.1.4.1.21367.2005.3.9999.32"}, associations=2, reasons=(NO_SIGNATURE, NO_DOCUMENT)
    ),
    IPF + "ebrs30_update.xml": Whole(
        "1.42.20100709101812.3",
        {"Document01": "1.42.20100709101812.2"},
        associations=2,
        reasons=(*FOREIGN, NO_DOCUMENT),
    ),
    IPF + "ebrs30_update_sameLid.xml": Whole(
        "1.42.20100709101812.3",
        {
            "urn:uuid:3add0984-7adf-4e05-913d-20c65ef6a464": "1.42.20100709101812.2",
            "Document02": "1.42.20100709101812.4",
        },
        associations=2,
        reasons=(*FOREIGN, NO_DOCUMENT, ("XDSRepositoryMetadataError", "HasMember")),
    ),
    IPF + "ebrs30_update_nonstandard_association.xml": Whole(
        "1.2.40.0.13.1.1.10.255.255.42.20170526023004174.44904",
        {},
        reasons=(NO_SIGNATURE, NOT_HIS_PATIENT, ("XDSRepositoryMetadataError", "aucune fiche")),
    ),
    CAMEL + "continua__src__test__resources__continua-hrn__ProvideAndRegisterDocumentSet.xml": Whole(
        "1.3.6.1.4.1.21367.2005.3.9999.33",
        {"Document01": "1.3.6.1.4.1.21367.2005.3.9999.32"},
        {"Document01": (28011, "4eeb62bd3903d5f0aac471d9afbb9c2b374d7a79")},
        reasons=(*FOREIGN, ("XDSNonIdenticalHash", "hash"), ("XDSNonIdenticalSize", "size")),
    ),
    CAMEL + "xds__src__test__resources__submission-set.xml": Whole(
        "1.42.20120223221638.11", {"Document01": "1.42.20120223221638.10"}, reasons=(*FOREIGN, NO_DOCUMENT)
    ),
}

PACKAGED = {
    VALIDATOR + "http-mtom-pnr.txt": Whole(
        "1.42.20101011223601.3",
        {"urn:uuid:102439f8-5881-4b36-8b42-ef73ae560c04": "1.42.20101011223601.2"},
        {"urn:uuid:102439f8-5881-4b36-8b42-ef73ae560c04": (1465, "a2ffd43a4557af4174f11323928480a83f05d222")},
        reasons=(*FOREIGN, NOT_A_CDA),
    ),
    TOOLKIT + "selftest__socket__request.txt": Whole(
        "1.3.6.1.4.1.21367.2009.1.2.182.097130838508642",
        {
            "urn:uuid:2fa9ec30-8fa8-1888-c28c-0800271b8967": "1.3.6.1.4.1.21367.2009.1.2.182.097130838507401"
            "^2009022441432"
        },
        {"urn:uuid:2fa9ec30-8fa8-1888-c28c-0800271b8967": (8197, "8a427f9c4895d46150fe3e1df26c26e79f9fccd6")},
        reasons=OF_LOINC,
    ),
    NIST + "config-datatypes__src__test__resources__multipart.body.txt": Whole(
        "1.42.20170823061126.14",
        {"Document01": "1.42.20170823061126.13"},
        {"Document01": GREAT},
        associations=2,
        reasons=(*FOREIGN, NOT_A_CDA, ("XDSReplaceFailed", "RPLC")),
    ),
    NIST + "config-datatypes__src__test__resources__simple.body.txt": Whole(
        "1.42.20170823061126.14",
        {"Document01": "1.42.20170823061126.13"},
        associations=2,
        reasons=(*FOREIGN, NO_DOCUMENT),
    ),
    TOOLKIT + "tests__PnrNoXop__submit__body.txt": Whole(
        "1.42.20160705093311.7",
        {"Document01": "1.42.20160705093311.6"},
        {"Document01": GREAT},
        reasons=(*FOREIGN, NOT_A_CDA),
    ),
    TOOLKIT + "tests__PnrXop__NoXop__body.txt": Whole(
        "1.42.20160705093311.7.8",
        {"Document01": "1.42.20160705093311.6.5"},
        {"Document01": (38, "27e60f9f5173903c2fa907baaaeb7af819913116")},
        reasons=(*FOREIGN, NOT_A_CDA),
    ),
    TOOLKIT + "tests__PnrXop__Xop__body.txt": Whole(
        "1.42.20160705093311.7",
        {"Document01": "1.42.20160705093311.6"},
        {"Document01": GREAT},
        reasons=(*FOREIGN, NOT_A_CDA),
    ),
    TOOLKIT + "tests__PnrXop__encodedURL__body.txt": Whole(
        "1.42.20160705093311.7.8.3",
        {"Document01": "1.42.20160705093311.6.7"},
        {"Document01": GREAT},
        reasons=(*FOREIGN, NOT_A_CDA),
    ),
    TOOLKIT + "tests__PnrXop__dicom__body.txt": Whole(
        "1.2.840.114158.332609592172.20160623221738901.2.0.173871",
        {"urn:uuid:f243926c-504e-4bec-8493-ee76fe8c617a": "1.2.840.114158.332609592172.20160623221738902.1.0.173871"},
        {"urn:uuid:f243926c-504e-4bec-8493-ee76fe8c617a": (6090, "353853d3e6b76cec1d08c88c2c503925a260c93c")},
        reasons=(*FOREIGN, NOT_A_CDA),
    ),
    NIST + "validators-soap-message__src__test__resources__messages__pnr_soap.xml": Whole(
        "1.42.20100312105241.4", TWO, associations=2, reasons=(*FOREIGN, NO_DOCUMENT)
    ),
}

NO_WSA = "A required header representing a Message Addressing Property is not present"
REFUSED_ENVELOPES = {
    VALIDATOR + "soap-pnr.xml": NO_WSA,  # Action and RelatesTo, but no MessageID
    VALIDATOR + "soap-noaction-pnr.xml": NO_WSA,
    VALIDATOR + "soap-pnr-element-order.xml": NO_WSA,
    VALIDATOR + "soap-sq-req.xml": NO_WSA,
    VALIDATOR + "soap-xcq-req.xml": NO_WSA,
    VALIDATOR + "empty-soap-wrapper.xml": "un seul élément dans soap:Body",
    VALIDATOR + "soap-pnr-soap-order.xml": "soap:Header puis soap:Body",  # the Header stands after the Body
    VALIDATOR + "xml-parse-error.xml": "XML",
    EPD + "ITI-18_request.xml": "XML",  # namespaces left out by its authors
    EPD + "ITI-43_request.xml": "XML",
    EPD + "ITI-41_request.xml": "XML",  # a listing: every line bears its number
    EPD + "ITI-41_request_raw.xml": "MIME",  # the header names another boundary than the body
    NIST + "common__data__httpParser__http-simple.txt": "application/soap+xml",  # sent as application/xml
    "xds/EPD-by-example/XUA_samples__assertion_only.xml": NO_WSA,  # no Header at all
}
DANGLING = NIST + "sim-proxy__src__test__resources__sample_mtom_message.txt"  # xop:Include 1.…, part 2.…

SOAP_PAYLOADS = {
    VALIDATOR + "soap-pnr.xml": TWO,
    VALIDATOR + "soap-noaction-pnr.xml": TWO,
    VALIDATOR + "soap-pnr-element-order.xml": TWO,
    VALIDATOR + "soap-pnr-soap-order.xml": TWO,
}

FIND = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
APPROVED = ("urn:oasis:names:tc:ebxml-regrep:StatusType:Approved",)
NIST_PATIENT = ("c4d77e21d0dd487^^^&1.3.6.1.4.1.21367.2005.3.7&ISO",)
BY_CLASS = {
    "$XDSDocumentEntryPatientId": NIST_PATIENT,
    "$XDSDocumentEntryStatus": APPROVED,
    "$XDSDocumentEntryClassCode": ("value^^scheme",),
}
QUERIES = {
    VALIDATOR + "sq-req.xml": (FIND, "LeafClass", BY_CLASS),
    VALIDATOR + "soap-sq-req.xml": (FIND, "LeafClass", BY_CLASS),
    VALIDATOR + "soap-xcq-req.xml": (FIND, "LeafClass", BY_CLASS),
    EPD + "ITI-18_request_raw.xml": (
        FIND,
        "ObjectRef",
        {
            "$XDSDocumentEntryStatus": APPROVED,
            "$XDSDocumentEntryPatientId": (
                "7e1c6e78-58f1-4a43-ae88-0d5a5c4ab43e^^^&1.3.6.1.4.1.21367.2017.2.5.45&ISO",
            ),
        },
    ),
}
REFUSED_QUERIES = {
    VALIDATOR + "sq-req-bad-code.xml": ("XDSRegistryError", "$XDSDocumentEntryClassCode"),
    VALIDATOR + "sq-req-bad-pid-format.xml": ("XDSRegistryError", "$XDSDocumentEntryPatientId"),
    VALIDATOR + "sq-req-bad-stat-format1.xml": ("XDSRegistryError", "$XDSDocumentEntryStatus"),
    VALIDATOR + "sq-req-bad-stat-format2.xml": ("XDSRegistryError", "$XDSDocumentEntryStatus"),
    VALIDATOR + "sq-req-missing-stat.xml": ("XDSStoredQueryMissingParam", "$XDSDocumentEntryStatus"),
}
RETRIEVALS = {
    VALIDATOR + "soap-ret-req.xml": (
        ("1.3.6.1.4...1000", "1.3.6.1.4...2300", ""),
        ("1.3.6.1.4...1000", "1.3.6.1.4...2301", ""),
    ),
    VALIDATOR + "soap-xcr-req.xml": (
        ("1.3.6.1.4.1000", "1.3.6.1.4.2300", "urn:oid:1.2.3.5"),
        ("1.3.6.1.4.2000", "1.3.6.1.4.2301", "urn:oid:1.2.3.5"),
    ),
    EPD + "ITI-43_request_raw.xml": (
        (
            "1.3.6.1.4.1.21367.2017.2.3.54",
            "1.3.6.1.4.1.21367.2017.2.1.75.20200922130227623",
            "urn:oid:1.3.6.1.4.1.21367.2017.2.6.19",
        ),
    ),
}


PDF, TROD = "urn:ihe:iti:xds-sd:pdf:2008", "urn:ans:ci-sis:trod:2024"
DOCUMENTS = {  # type, class (ASS_X16), format (ASS_A11, A12), UTC time, authors; from the README and the files
    "BIO-CR-BIO_2021.01_CDA-R2-Niveau-1.xml": ("11502-2", "10", PDF, "20210104150527", 1),
    "BIO-TROD_2024.01_Angine.xml": ("96173-0", "52", TROD, "20240106103623", 1),
    "BIO-TROD_2024.01_COVID-19.xml": ("96173-0", "52", TROD, "20240106103623", 1),
    "BIO-TROD_2024.01_COVID-19_Grippe-A_Grippe-B.xml": ("96173-0", "52", TROD, "20240106103623", 1),
    "BIO-TROD_2024.01_Cystite.xml": ("96173-0", "52", TROD, "20240106103623", 1),
    "DOC_NON_STRUCTURE_CDA-R2-N1.xml": ("11502-2", "10", PDF, "20210401124745", 1),
    "IMG_CR_IMG_2024.01_CDA-R2-Niveau-1.xml": ("18748-4", "31", PDF, "20210108101700", 1),
    "TLM-CR_2022.01.xml": ("85208-7", "10", PDF, "20200327143500", 1),
    "VAC-NOTE_2023.01.xml": ("87273-9", "52", "urn:asip:ci-sis:vac-note:2021", "20210409143500", 1),
    "VAC_2023.01.xml": ("11369-6", "52", "urn:asip:ci-sis:vac:2019", "20210409160000", 1),
    "eDISP-MED_2024.01.xml": ("60593-1", "43", "urn:ihe:pharm:dis:2010", "20241225083000", 2),
    "eP-MED-DM_2024.01_PosoNonStruct.xml": ("57833-6", "42", "urn:ihe:pharm:pre:2010", "20231201083000", 1),
    "eP-MED-DM_2024.01_PosoStruct.xml": ("57833-6", "42", "urn:ihe:pharm:pre:2010", "20231201083000", 1),
}


class EmptyRegistry:
    """A registry that holds nothing yet."""

    def has_submission_set(self, unique_id: str) -> bool:
        return False

    def entry_hash(self, unique_id: str) -> str | None:
        return None

    def former(self, entry_uuid: str) -> None:
        return None


def http_message(raw: bytes, head: bytes = b"") -> tuple[str, bytes]:
    """Content-Type and body of a dump: raw HTTP, a multipart body without head, or an envelope alone."""
    if not head and (start := re.search(rb"^POST ", raw[:200], re.MULTILINE)):
        head, raw = re.split(rb"\r?\n\r?\n", raw[start.start() :], maxsplit=1)
    if head:
        named = re.search(rb"^content-type:[ \t]*(.*?)[ \t\r]*$", head, re.IGNORECASE | re.MULTILINE)
        return (named[1].decode() if named else ""), raw
    if (mark := re.match(rb"\s*--([^\s]+)[ \t]*\r?\n", raw)) is not None:
        kind = 'multipart/related; type="application/xop+xml"; start-info="application/soap+xml"'
        return f'{kind}; boundary="{mark[1].decode()}"', raw
    return "application/soap+xml; charset=UTF-8", raw


def sent(path: Path) -> tuple[str, bytes]:
    """Content-Type and body of a dump, its head in a file beside it where the source kept it apart."""
    beside = path.with_name(path.name.replace(".body.txt", ".header.txt"))
    head = beside.read_bytes() if beside != path and beside.exists() else b""
    return http_message(path.read_bytes(), head)


def payload(data: bytes) -> xml.Element:
    """The element that a bare file holds, or that an envelope carries: no header looked at."""
    root = xml.parse(data)
    if xml.local_name(root) != "Envelope":
        return root
    body = next(child for child in xml.children(root) if xml.local_name(child) == "Body")
    return next(xml.children(body))


def verdict(read: submission.Submission) -> list[tuple[str, str]]:
    found = checks.check(read, vihf_patient=PATIENT, caller=CALLER, known=EmptyRegistry())
    return [(reason.code, reason.text) for reason in found]


def assert_whole(read: submission.Submission, expected: Whole) -> None:
    assert read.set is not None
    assert read.set.unique_id == expected.set_id
    assert {entry.id: entry.unique_id for entry in read.entries} == expected.entries
    assert len(read.associations) == expected.associations
    assert read.folders == expected.folders
    sums = {name: (len(data), hashlib.sha1(data).hexdigest()) for name, data in read.documents.items()}
    assert sums == expected.documents


def assert_refused(read: submission.Submission, expected: Whole) -> None:
    found = verdict(read)
    missing = [
        (code, words) for code, words in expected.reasons if not any(code == c and words in text for c, text in found)
    ]
    assert missing == []


@pytest.mark.parametrize("name", BARE)
def test_a_bare_submission_is_read_whole_then_refused_in_strict_mode(oracle: Path, name: str) -> None:
    read = submission.read_submission(payload((oracle / name).read_bytes()), {})

    assert_whole(read, BARE[name])
    assert_refused(read, BARE[name])


@pytest.mark.parametrize("name", PACKAGED)
def test_a_packaged_submission_is_read_whole_then_refused_in_strict_mode(oracle: Path, name: str) -> None:
    request = envelope.read_request(*sent(oracle / name), "repository")

    read = submission.read_submission(request.body, request.parts)

    assert_whole(read, PACKAGED[name])
    assert_refused(read, PACKAGED[name])


@pytest.mark.parametrize("name", REFUSED_ENVELOPES)
def test_an_envelope_that_the_dmp_would_not_open_is_refused(oracle: Path, name: str) -> None:
    with pytest.raises(EnvelopeRefused) as refusal:
        envelope.read_request(*sent(oracle / name), "repository")

    assert REFUSED_ENVELOPES[name] in refusal.value.text


@pytest.mark.parametrize("name", SOAP_PAYLOADS)
def test_what_a_refused_envelope_carries_can_still_be_read(oracle: Path, name: str) -> None:
    read = submission.read_submission(payload((oracle / name).read_bytes()), {})

    assert {entry.id: entry.unique_id for entry in read.entries} == SOAP_PAYLOADS[name]


def test_an_include_that_points_at_no_part_is_refused(oracle: Path) -> None:
    request = envelope.read_request(*sent(oracle / DANGLING), "repository")

    with pytest.raises(Refused) as refusal:
        submission.read_submission(request.body, request.parts)

    assert [reason.code for reason in refusal.value.reasons] == ["XDSMissingDocument"]


def test_the_swiss_dump_is_read_whole_once_its_three_slips_are_mended(oracle: Path) -> None:
    raw = (oracle / f"{EPD}ITI-41_request_raw.xml").read_bytes()
    body_boundary = b"uuid:df997b05-d075-415b-9cc8-0f68c74cd993"
    mended = (
        raw.replace(b"MIMEBoundary_05b39a33e8effeb90c1ccb1c58c4b93b5af2935a13853149", body_boundary)
        .replace(b'start="<0.15b39a33e8effeb90c1ccb1c58c4b93b5af2935a13853149@apache.org>"; ', b"")
        .replace(b"<wsse:Security>", b'<wsse:Security xmlns:wsse="urn:wsse">')
        .replace(body_boundary + b"--", body_boundary + b"--\n")
    )

    request = envelope.read_request(*http_message(mended), "repository")
    read = submission.read_submission(request.body, request.parts)

    name = "urn:uuid:af516d8d-c449-4a8b-bbb4-9e36489d474d"
    expected = Whole(
        "2.25.194301908197721326796925171598754063498",
        {name: "2.25.267241352778226683619515102048382761723"},
        {name: (6705, "b4a0fa3dcdb340271f4a3ccf76a52f09a243b465")},
        reasons=(*FOREIGN, NOT_A_CDA),
    )
    assert_whole(read, expected)
    assert_refused(read, expected)


@pytest.mark.parametrize("name", QUERIES)
def test_a_stored_query_is_read_with_its_quoting_undone(oracle: Path, name: str) -> None:
    read = query.read_query(payload((oracle / name).read_bytes()))

    assert (read.id, read.return_type, dict(read.slots)) == QUERIES[name]


@pytest.mark.parametrize("name", REFUSED_QUERIES)
def test_a_wrong_stored_query_is_refused_with_its_ihe_code(oracle: Path, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        query.read_query(payload((oracle / name).read_bytes()))

    assert [(reason.code, reason.location) for reason in refusal.value.reasons] == [REFUSED_QUERIES[name]]


@pytest.mark.parametrize("name", RETRIEVALS)
def test_a_retrieval_is_read(oracle: Path, name: str) -> None:
    read = query.read_retrieval(payload((oracle / name).read_bytes()))

    assert read.items == RETRIEVALS[name]


def test_a_retrieval_with_its_elements_in_the_wrong_order_is_refused(oracle: Path) -> None:
    with pytest.raises(Refused):
        query.read_retrieval(payload((oracle / f"{VALIDATOR}soap-ret-req-order.xml").read_bytes()))


@pytest.mark.parametrize("name", ["ITI-18_request_raw.xml", "ITI-43_request_raw.xml"])
def test_the_assertion_of_a_request_is_handed_over_in_its_header(oracle: Path, name: str) -> None:
    raw = (oracle / f"{EPD}{name}").read_bytes()

    request = envelope.read_request(*http_message(raw), "registry")

    assert request.security is not None
    assert [xml.local_name(child) for child in xml.children(request.security)] == ["Assertion"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_ans_is_described_from_its_bytes_alone(oracle: Path, name: str) -> None:
    data = (oracle / "ans" / "ExemplesCDA" / name).read_bytes()

    read = cda.entry_metadata(cda.read_header(data), data)

    codes = (read.type_code.code, read.class_code.code, read.format_code.code)
    assert (*codes, read.creation_time, len(read.authors)) == DOCUMENTS[name]
    assert entry_rules.is_cx(read.patient_id, dated=False)
    assert read.unique_id
    assert read.title
    assert read.facility is not None
    assert read.facility.code in value_sets.FACILITIES
    assert read.practice is not None
    assert read.practice.code in value_sets.PRACTICES
    forms = [reason for author in read.authors for reason in entry_rules.author_form(author, "")]
    assert forms == []


def test_no_document_of_ans_is_left_out(oracle: Path) -> None:
    assert {path.name for path in (oracle / "ans" / "ExemplesCDA").iterdir()} == set(DOCUMENTS)


def test_every_request_of_the_oracle_has_an_expected_verdict(oracle: Path) -> None:
    asks = re.compile(
        rb"<(?:\w+:)?(ProvideAndRegisterDocumentSet|SubmitObjects|AdhocQuery|RetrieveDocumentSet)Request\b"
    )
    requests = {
        str(path.relative_to(oracle))
        for path in (oracle / "xds").glob("*/*")
        if asks.search(path.read_bytes()) and not path.name.startswith("README")
    }

    judged = {*BARE, *PACKAGED, *REFUSED_ENVELOPES, DANGLING, *QUERIES, *REFUSED_QUERIES, *RETRIEVALS}
    judged.add(f"{VALIDATOR}soap-ret-req-order.xml")
    assert requests - judged == set()
