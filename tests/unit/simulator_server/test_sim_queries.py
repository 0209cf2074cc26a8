"""TD3.1 whole: entries by every filter, submission sets, associations, several documents in one set (ITI-18)."""

import pytest
from lxml import etree

STATUS = "urn:oasis:names:tc:ebxml-regrep:StatusType"
NORMAL = "('N^^2.16.840.1.113883.5.25')"
MASKED = "('MASQUE_PS^^1.2.250.1.213.1.1.4.13')"
HIDDEN = "('INVISIBLE_PATIENT^^1.2.250.1.213.1.1.4.13')"
RPLC = "urn:ihe:iti:2007:AssociationType:RPLC"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
UPDATES = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"


def find_sets(service, messages, return_type="LeafClass", **slots):
    slots = {"Status": messages.approved} | slots
    body = messages.query(messages.find_sets, return_type, prefix="$XDSSubmissionSet", **slots)
    return service.call("search", body)


def links(service, messages, *names):
    quoted = ",".join(f"'{name}'" for name in names)
    reply = service.call("search", messages.query(messages.get_links, prefix="$", uuid=f"({quoted})"))
    return [dict(node.attrib) for node in service.body(reply).iter("{*}Association")]


def packages(service, reply):
    return list(service.body(reply).iter("{*}RegistryPackage"))


def test_several_documents_arrive_in_one_submission_set(service, messages):
    reply = service.call("feed", messages.two_documents("1.2.3.1", "1.2.3.2", "1.2.8.1"), part=b"<CDA/>")

    assert service.status(reply) == "Success"
    assert service.find() == ["1.2.3.1", "1.2.3.2"]
    assert {deposit.submission_set for deposit in service.registry.documents()} == {"1.2.8.1"}
    assert service.registry.content("1.2.3.2") == b"<CDA>x</CDA>"


def test_one_wrong_document_keeps_the_whole_set_out(service, messages):
    body = messages.two_documents("1.2.3.1", "1.2.3.1", "1.2.8.1")

    reply = service.call("feed", body, part=b"<CDA/>")

    assert "XDSRepositoryDuplicateUniqueIdInMessage" in service.errors(reply)
    assert service.find() == []


@pytest.fixture
def three(service):
    """An active, an archived and a deprecated document; the first masked, the last one hidden from the patient."""
    service.feed("1.2.3.1", masked=True)
    service.feed("1.2.3.2")
    service.feed("1.2.3.3", hidden=("INVISIBLE_PATIENT",))
    service.registry.set_status(service.registry.find("1.2.3.2").entry_uuid, "urn:asip:ci-sis:2010:StatusType:Archived")
    service.registry.set_status(service.registry.find("1.2.3.3").entry_uuid, f"{STATUS}:Deprecated")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (f"('{STATUS}:Approved')", "1"),
        ("('urn:asip:ci-sis:2010:StatusType:Archived')", "2"),
        (f"('{STATUS}:Deprecated')", "3"),
        (f"('{STATUS}:Approved','urn:asip:ci-sis:2010:StatusType:Archived','{STATUS}:Deprecated')", "123"),
        ("('urn:asip:ci-sis:2010:StatusType:Deleted')", ""),
    ],
)
def test_documents_are_found_by_their_statuses(service, three, status, expected):
    assert "".join(name[-1] for name in service.find(status=status)) == expected


ALL = f"('{STATUS}:Approved','urn:asip:ci-sis:2010:StatusType:Archived','{STATUS}:Deprecated')"


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"ConfidentialityCode": NORMAL}, "123"),
        ({"ConfidentialityCode": MASKED}, "1"),
        ({"ConfidentialityCode": HIDDEN}, "3"),
        ({"ConfidentialityCode": f"{MASKED[:-1]},{HIDDEN[1:]}"}, "13"),
        ({"Type": "('urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1')"}, "123"),
        ({"Type": "('urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248')"}, ""),  # on-demand documents
        ({"PracticeSettingCode": "('AMBULATOIRE^^1.2.250.1.213.1.1.4.9')"}, "123"),
        ({"HealthcareFacilityTypeCode": "('SA01^^1.2.250.1.71.4.2.4')"}, ""),
        ({"FormatCode": "('urn:ihe:iti:xds-sd:pdf:2008^^1.3.6.1.4.1.19376.1.2.3')"}, "123"),
        ({"CreationTimeTo": "20260111"}, "123"),
        ({"AuthorPerson": "('%DUPONT%')"}, "123"),
    ],
)
def test_documents_are_found_by_each_filter(service, three, slots, expected):
    assert "".join(name[-1] for name in service.find(status=ALL, slots=slots)) == expected


def test_a_repeated_confidentiality_code_means_both(service, messages, three):
    more = messages.slot("$XDSDocumentEntryConfidentialityCode", NORMAL)

    both = service.find(status=ALL, slots={"more": more, "ConfidentialityCode": MASKED})
    neither = service.find(
        status=ALL,
        slots={"more": messages.slot("$XDSDocumentEntryConfidentialityCode", HIDDEN), "ConfidentialityCode": MASKED},
    )

    assert (both, neither) == (["1.2.3.1"], [])


def test_any_other_parameter_twice_is_refused(service, messages):
    more = messages.slot("$XDSDocumentEntryStatus", messages.approved)

    reply = service.call("search", messages.query(messages.find, Status=messages.approved, more=more))

    assert service.errors(reply) == ["XDSStoredQueryParamNumber"]


def test_submission_sets_are_found_with_their_metadata(kit, service, messages):
    service.feed("1.2.3.1", set_id="1.2.8.1")

    (package,) = packages(service, find_sets(service, messages))

    values = {node.get("identificationScheme"): node.get("value") for node in package.iter("{*}ExternalIdentifier")}
    assert values["urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"] == "1.2.8.1"
    assert values["urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"] == "2.25.7"
    assert values["urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"] == kit.patient
    nodes = [node.get("classificationNode") for node in package.iter("{*}Classification")]
    assert "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd" in nodes
    assert package.get("status") == f"{STATUS}:Approved"
    assert package.findtext("{*}Slot[@name='submissionTime']//{*}Value") == "20260115093000"
    inside = {node.get("classifiedObject") or node.get("registryObject") for node in package if node.get("id")}
    assert inside == {package.get("id")}


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({}, 1),
        ({"SubmissionTimeFrom": "20260115093000"}, 1),
        ({"SubmissionTimeFrom": "20260115093001"}, 0),
        ({"SubmissionTimeTo": "20260115093000"}, 0),
        ({"SourceId": "('2.25.7')"}, 1),
        ({"SourceId": "('2.25.8')"}, 0),
        ({"AuthorPerson": "('899700000001^%')"}, 1),
        ({"AuthorPerson": "('%NOBODY%')"}, 0),
        ({"ContentType": "('04^^1.2.250.1.213.2.2')"}, 1),
        ({"ContentType": "('07^^1.2.250.1.213.2.2')"}, 0),
        ({"Status": f"('{STATUS}:Deprecated')"}, 0),
    ],
)
def test_submission_sets_are_found_by_each_filter(service, messages, slots, expected):
    service.feed("1.2.3.1")

    assert len(packages(service, find_sets(service, messages, **slots))) == expected


def test_the_patient_of_a_search_for_sets_is_the_vihfs(kit, service, messages):
    other = kit.patient.replace("1.4.10", "1.4.11")

    assert service.status(find_sets(service, messages, PatientId=f"'{kit.patient}'")) == "Success"
    assert service.status(find_sets(service, messages, PatientId=f"'{other}'")) == "soap:XDSPatientIdDoesNotMatch"


def test_a_search_for_sets_wants_a_status(service, messages):
    reply = service.call(
        "search", messages.query(messages.find_sets, prefix="$XDSSubmissionSet", SourceId="('2.25.7')")
    )

    assert service.errors(reply) == ["XDSStoredQueryMissingParam"]


def test_what_is_new_since_a_time_is_reached_by_sets_then_associations_then_documents(service, messages):
    service.feed("1.2.3.1")
    service.feed("1.2.3.2", replaces=service.registry.find("1.2.3.1").entry_uuid)

    sets = [node.get("id") for node in service.body(find_sets(service, messages, "ObjectRef")).iter("{*}ObjectRef")]
    found = links(service, messages, *sets)
    members = [one["targetObject"] for one in found if one["associationType"] == HAS_MEMBER]
    quoted = ",".join(f"'{name}'" for name in members)
    documents = service.call("search", messages.query(messages.get, EntryUUID=f"({quoted})"))

    entries = {node.get("id"): node.get("status") for node in service.body(documents).iter("{*}ExtrinsicObject")}
    assert [entries[name].rpartition(":")[2] for name in members] == ["Deprecated", "Approved"]
    (replacement,) = [one for one in links(service, messages, *members) if one["associationType"] == RPLC]
    assert (replacement["sourceObject"], replacement["targetObject"]) == (members[1], members[0])


def test_a_change_of_metadata_is_seen_as_a_member_of_the_same_lid(service, messages):
    service.feed("1.2.3.1", hidden=("INVISIBLE_PATIENT",))
    lid = service.registry.find("1.2.3.1").lid
    service.call("update", messages.metadata_update(service.entry("1.2.3.1"), set_id="1.2.9.1"))

    sets = packages(service, find_sets(service, messages))
    (member,) = [one for one in links(service, messages, sets[1].get("id")) if one["associationType"] == HAS_MEMBER]
    reply = service.call("search", messages.query(messages.get, EntryUUID=f"('{member['targetObject']}')"))

    (entry,) = service.body(reply).iter("{*}ExtrinsicObject")
    assert len(sets) == 2
    assert (entry.get("lid"), entry.find("{*}VersionInfo").get("versionName")) == (lid, "2")


def test_a_deletion_is_told_by_its_association_and_the_entry_is_gone(service, messages):
    service.feed("1.2.3.1")
    entry_uuid = service.registry.find("1.2.3.1").entry_uuid
    service.call("update", messages.status_update(entry_uuid, "Approved", "Deleted"))

    reply = service.call("search", messages.query(messages.get_links, prefix="$", uuid=f"('{entry_uuid}')"))

    told = [node for node in service.body(reply).iter("{*}Association") if node.get("associationType") == UPDATES]
    new_status = told[0].findtext("{*}Slot[@name='NewStatus']//{*}Value")
    assert new_status == "urn:asip:ci-sis:2010:StatusType:Deleted"
    assert service.find(status=ALL) == []
    read = service.call("retrieve", messages.retrieval("1.2.3.1"))
    assert service.errors(read) == ["XDSDocumentUniqueIdError"]


@pytest.mark.parametrize("by", ["UniqueId", "EntryUUID"])
def test_documents_and_associations_come_together(service, messages, by):
    service.feed("1.2.3.1")
    service.feed("1.2.3.2")
    value = "1.2.3.1" if by == "UniqueId" else service.registry.find("1.2.3.1").entry_uuid

    body = service.body(service.call("search", messages.query(messages.get_both, **{by: f"('{value}')"})))

    kinds = [etree.QName(node).localname for node in body.find("{*}RegistryObjectList")]
    assert kinds == ["ExtrinsicObject", "Association"]
    assert body.get("totalResultCount") == "2"


def test_a_unique_id_gives_the_newest_version_and_an_entry_uuid_its_own(service, messages):
    service.feed("1.2.3.1", hidden=("INVISIBLE_PATIENT",))
    old = service.registry.find("1.2.3.1").entry_uuid
    service.call("update", messages.metadata_update(service.entry("1.2.3.1")))
    new = service.registry.find("1.2.3.1").entry_uuid

    def ids(**slots):
        reply = service.call("search", messages.query(messages.get, **slots))
        return [node.get("id") for node in service.body(reply).iter("{*}ExtrinsicObject")]

    assert ids(UniqueId="('1.2.3.1')") == [new]
    assert ids(EntryUUID=f"('{old}','{new}')") == [old, new]


def test_what_is_masked_from_a_caller_leaves_no_trace_in_sets_and_associations(kit, service, messages):
    service.feed("1.2.3.1", person=kit.other_pharmacist, masked=True)
    hidden = service.registry.find("1.2.3.1")

    assert packages(service, find_sets(service, messages)) == []
    assert links(service, messages, hidden.entry_uuid) == []
