"""Stored queries: ebXML quoting undone, IHE's refusals for what is missing, doubled or badly written."""

import pytest

from dmp_core import xml
from dmp_core.model.oids import Xds
from dmp_core.simulator.query import Query, Retrieval, read_query, read_retrieval
from dmp_core.simulator.reasons import Refused

STATUS = ("$XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')")
APPROVED = ("urn:oasis:names:tc:ebxml-regrep:StatusType:Approved",)


def asked(query: str, *slots: tuple[str, ...], returned: str = "LeafClass") -> xml.Element:
    texts = "".join(
        f'<Slot name="{name}"><ValueList>'
        + "".join(f"<Value>{value}</Value>" for value in values)
        + "</ValueList></Slot>"
        for name, *values in slots
    )
    return xml.parse(
        (
            '<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0">'
            f'<q:ResponseOption returnComposedObjects="true" returnType="{returned}"/>'
            f'<AdhocQuery id="{query}" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">{texts}</AdhocQuery>'
            "</q:AdhocQueryRequest>"
        ).encode()
    )


def test_quoting_is_undone() -> None:
    read = read_query(
        asked(
            Xds.FIND_DOCUMENTS,
            STATUS,
            ("$XDSDocumentEntryPatientId", "'2790351215189 89^^^&amp;1.2&amp;ISO^NH'"),
            ("$XDSDocumentEntryTypeCode", "('a^^s', 'b^^s')", "('c''d^^s')"),
            ("$XDSDocumentEntryServiceStartTimeFrom", "20240115"),
            ("$XDSDocumentEntryServiceStartTimeTo", "'20260115'"),
            ("$Other", "'kept'"),
        )
    )

    assert read == Query(
        Xds.FIND_DOCUMENTS,
        "LeafClass",
        {
            "$XDSDocumentEntryStatus": APPROVED,
            "$XDSDocumentEntryPatientId": ("2790351215189 89^^^&1.2&ISO^NH",),
            "$XDSDocumentEntryTypeCode": ("a^^s", "b^^s", "c'd^^s"),
            "$XDSDocumentEntryServiceStartTimeFrom": ("20240115",),
            "$XDSDocumentEntryServiceStartTimeTo": ("20260115",),
            "$Other": ("kept",),
        },
    )


@pytest.mark.parametrize(
    ("query", "slots"),
    [
        (Xds.FIND_SUBMISSION_SETS, [("$XDSSubmissionSetStatus", STATUS[1])]),
        (Xds.GET_DOCUMENTS, [("$XDSDocumentEntryUniqueId", "('1.2.3^4')")]),
        (Xds.GET_ASSOCIATIONS, [("$uuid", "('urn:uuid:1','urn:uuid:2')")]),
        (Xds.GET_DOCUMENTS_AND_ASSOCIATIONS, [("$XDSDocumentEntryEntryUUID", "('urn:uuid:1')")]),
    ],
)
def test_each_query_of_the_dmp_is_known(query: str, slots: list[tuple[str, ...]]) -> None:
    assert read_query(asked(query, *slots, returned="ObjectRef")).id == query


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (asked("urn:uuid:00000000-0000-4000-8000-000000000001", STATUS), "XDSUnknownStoredQuery"),
        (asked(Xds.FIND_DOCUMENTS, STATUS, returned="RegistryObject"), "XDSRegistryError"),
        (asked(Xds.FIND_DOCUMENTS), "XDSStoredQueryMissingParam"),
        (asked(Xds.FIND_DOCUMENTS, (STATUS[0],)), "XDSStoredQueryMissingParam"),
        (asked(Xds.GET_DOCUMENTS), "XDSStoredQueryMissingParam"),
        (
            asked(Xds.GET_DOCUMENTS, ("$XDSDocumentEntryEntryUUID", "('a')"), ("$XDSDocumentEntryUniqueId", "('b')")),
            "XDSStoredQueryParamNumber",
        ),
        (asked(Xds.FIND_DOCUMENTS, STATUS, STATUS), "XDSStoredQueryParamNumber"),
        (
            asked(
                Xds.FIND_DOCUMENTS,
                STATUS,
                ("$XDSDocumentEntryPatientId", "('a^^^&amp;1&amp;ISO','b^^^&amp;1&amp;ISO')"),
            ),
            "XDSStoredQueryParamNumber",
        ),
        (asked(Xds.FIND_DOCUMENTS, STATUS, ("$XDSDocumentEntryPatientId", "'a'")), "XDSRegistryError"),
        (asked(Xds.FIND_DOCUMENTS, (STATUS[0], "'one'")), "XDSRegistryError"),
        (asked(Xds.FIND_DOCUMENTS, (STATUS[0], "('a'b')")), "XDSRegistryError"),
        (asked(Xds.FIND_DOCUMENTS, (STATUS[0], "('a','b'")), "XDSRegistryError"),
        (asked(Xds.FIND_DOCUMENTS, STATUS, ("$XDSDocumentEntryTypeCode", "('a')")), "XDSRegistryError"),
        (asked(Xds.FIND_DOCUMENTS, STATUS, ("$XDSDocumentEntryCreationTimeFrom", "'hier'")), "XDSRegistryError"),
        (asked(Xds.FIND_DOCUMENTS, STATUS, ("$XDSDocumentEntryPatientId", "'a<!-- -->'")), "XDSRegistryError"),
        (xml.parse(b"<other/>"), "XDSRegistryError"),
    ],
)
def test_a_wrong_query_is_refused_with_its_code(body: xml.Element, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_query(body)

    assert [reason.code for reason in refusal.value.reasons] == [code]


def retrieval(*requests: str) -> xml.Element:
    inside = "".join(f"<DocumentRequest>{request}</DocumentRequest>" for request in requests)
    return xml.parse(
        f'<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007">{inside}</RetrieveDocumentSetRequest>'.encode()
    )


REPOSITORY = "<RepositoryUniqueId>1.2</RepositoryUniqueId>"
DOCUMENT = "<DocumentUniqueId>1.3^4</DocumentUniqueId>"


def test_a_retrieval_names_its_documents() -> None:
    read = read_retrieval(
        retrieval(REPOSITORY + DOCUMENT, "<HomeCommunityId>urn:oid:1</HomeCommunityId>" + REPOSITORY + DOCUMENT)
    )

    assert read == Retrieval((("1.2", "1.3^4", ""), ("1.2", "1.3^4", "urn:oid:1")))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (retrieval(), "XDSRepositoryError"),
        (retrieval(DOCUMENT + REPOSITORY), "XDSRepositoryError"),
        (retrieval(DOCUMENT), "XDSRepositoryError"),
        (retrieval(REPOSITORY.replace("1.2", "") + DOCUMENT), "XDSUnknownRepositoryId"),
        (retrieval(REPOSITORY + DOCUMENT.replace("1.3^4", "urn:uuid:1")), "XDSDocumentUniqueIdError"),
        (retrieval(REPOSITORY + DOCUMENT.replace("1.3^4", "1" * 129)), "XDSDocumentUniqueIdError"),
        (retrieval(REPOSITORY + DOCUMENT.replace("1.3^4", "1<!-- -->2")), "XDSRepositoryError"),
    ],
)
def test_a_wrong_retrieval_is_refused(body: xml.Element, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_retrieval(body)

    assert [reason.code for reason in refusal.value.reasons] == [code]
