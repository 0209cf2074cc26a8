"""TD3.3 against `dmp_protocol.md` 1.2 and 6.1: who may change what, what the registry holds afterwards."""

import pytest

SECOND = "1.2.3.2"
PATIENT_CLASSES = {"class": "90", "type": "EXPPAT_3"}


def statuses(service) -> list[str]:
    return [deposit.status.rpartition(":")[2] for deposit in service.registry.documents()]


def change(service, messages, original, new, *, unique_id="1.2.3.1", set_id="1.2.9.1", **who):
    entry_uuid = service.registry.find(unique_id).entry_uuid
    return service.call("update", messages.status_update(entry_uuid, original, new, set_id), **who)


def test_a_masked_document_is_the_next_version_of_its_entry(service, messages):
    service.feed("1.2.3.1", b"<CDA>content</CDA>")
    before = service.registry.find("1.2.3.1")

    reply = service.call("update", messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS"))

    after = service.registry.find("1.2.3.1")
    former = service.registry.entry(before.entry_uuid, before.patient)
    assert service.status(reply) == "Success"
    assert after.entry_uuid != before.entry_uuid
    assert (after.lid, after.version, after.status) == (before.lid, 2, before.status)
    assert after.facets.has_confidentiality("MASQUE_PS")
    assert former.status.endswith(":Deprecated")
    assert service.registry.content("1.2.3.1") == b"<CDA>content</CDA>"
    assert (after.sha1, after.size) == (before.sha1, before.size)
    assert after.element().find("{*}VersionInfo").get("versionName") == "2"
    assert len(list(service.registry.documents())) == 1


def test_an_answer_bears_no_identifier_twice_after_an_update(service, messages):
    service.feed("1.2.3.1")
    service.call("update", messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS"))

    identifiers = [node.get("id") for one in service.registry.versions_of_patient(1) for node in one.element().iter()]

    found = [name for name in identifiers if name]
    assert len(found) == len(set(found))
    assert all(name.startswith("urn:uuid:") for name in found)


def test_anybody_let_in_masks_and_only_the_author_unmasks(kit, service, messages):
    service.patients.authorise(
        kit.patient, kit.other_pharmacist, until=service.patients.authorisations.find(1, kit.pharmacist).until
    )
    service.feed("1.2.3.1")
    masking = messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS")
    masked = service.call("update", masking, person=kit.other_pharmacist)
    unmasking = messages.metadata_update(service.entry("1.2.3.1"), previous="2", set_id="1.2.9.2")

    by_another = service.call("update", unmasking, person=kit.other_pharmacist)
    by_the_author = service.call("update", unmasking)

    assert service.status(masked) == "Success"
    assert service.errors(by_another) == ["XDSMetadataUpdateError"]  # it does not even show
    assert service.status(by_the_author) == "Success"
    assert not service.registry.find("1.2.3.1").facets.has_confidentiality("MASQUE_PS")


def test_the_attending_doctor_unmasks_what_others_wrote(kit, service, messages):
    service.feed("1.2.3.1", person=kit.other_pharmacist, masked=True)
    doctor = messages.acting("10")
    body = messages.metadata_update(service.entry("1.2.3.1"))
    before = service.call("update", body, claims=doctor)

    service.call("set_authorization", messages.set_authorization("AJOUT", "MEDECIN_TRAITANT"), claims=doctor)
    after = service.call("update", body, claims=doctor)

    assert (service.status(before), service.status(after)) == ("Failure", "Success")


def test_td33b_makes_visible_and_never_hides(service, make_service, messages):
    service.feed("1.2.3.1", hidden=("INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"))
    shown = service.call("update", messages.metadata_update(service.entry("1.2.3.1"), "INVISIBLE_REPRESENTANTS_LEGAUX"))
    hiding = messages.metadata_update(
        service.entry("1.2.3.1"), "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX", previous="2", set_id="1.2.9.2"
    )

    strict, lenient = (
        service.call("update", hiding),
        make_service(hiding_after_feeding=True).call("update", hiding.replace("1.2.9.2", "1.2.9.3")),
    )

    assert (service.status(shown), service.errors(strict)) == ("Success", ["XDSMetadataUpdateOperationError"])
    assert service.status(lenient) == "Success"


def test_masked_and_invisible_to_the_patient_do_not_go_together(service, messages):
    service.feed("1.2.3.1", hidden=("INVISIBLE_PATIENT",))

    reply = service.call("update", messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS", "INVISIBLE_PATIENT"))

    assert service.errors(reply) == ["XDSRegistryMetadataError"]


def test_nothing_but_the_confidentiality_changes(service, messages, make_service):
    service.feed("1.2.3.1")
    body = messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS", old='value="Entretien"', new='value="Autre"')

    strict = service.call("update", body)
    lenient = make_service(other_metadata_changes=True).call("update", body)

    assert service.errors(strict) == ["XDSMetadataUpdateError"]
    assert service.status(lenient) == "Success"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"previous": "2"}, "XDSMetadataVersionError"),
        ({"previous": "N"}, "XDSRegistryMetadataError"),
        ({"old": 'lid="urn:uuid:', "new": 'lid="urn:uuid:0'}, "XDSMetadataUpdateError"),
        ({"old": "1.2.3.1", "new": "1.2.3.9"}, "XDSMetadataUpdateError"),
        ({"set_id": "1.2.3.1.1"}, "XDSDuplicateUniqueIdInRegistry"),
    ],
)
def test_an_update_of_something_else_is_refused(service, messages, options, code):
    service.feed("1.2.3.1")

    reply = service.call("update", messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS", **options))

    assert code in service.errors(reply)
    assert service.registry.find("1.2.3.1").version == 1


def test_an_update_that_changes_nothing_is_refused(service, messages):
    service.feed("1.2.3.1")

    assert service.status(service.call("update", messages.metadata_update(service.entry("1.2.3.1")))) == "Failure"


def test_an_old_version_is_not_changed_any_more(service, messages):
    service.feed("1.2.3.1")
    old = service.registry.find("1.2.3.1")
    service.call("update", messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS"))

    again = service.call("update", messages.metadata_update(old.element(), "MASQUE_PS", set_id="1.2.9.2"))
    deleting = service.call("update", messages.status_update(old.entry_uuid, "Deprecated", "Deleted", "1.2.9.3"))

    assert "XDSMetadataVersionError" in service.errors(again)
    assert service.errors(deleting) == ["XDSMetadataUpdateOperationError"]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("Approved", "Archived")], "Archived"),
        ([("Approved", "Archived"), ("Archived", "Approved")], "Approved"),
        ([("Approved", "Deleted")], "Deleted"),
        ([("Approved", "Archived"), ("Archived", "Deleted")], "Deleted"),
    ],
)
def test_a_document_is_archived_taken_back_and_deleted(service, messages, steps, expected):
    service.feed("1.2.3.1")

    replies = [change(service, messages, *step, set_id=f"1.2.9.{rank}") for rank, step in enumerate(steps, start=1)]

    assert {service.status(reply) for reply in replies} == {"Success"}
    assert statuses(service) == [expected]


@pytest.mark.parametrize(
    ("original", "new", "code"),
    [
        ("Archived", "Deleted", "XDSMetadataUpdateError"),  # it is approved
        ("Approved", "Approved", "XDSMetadataUpdateOperationError"),
        ("Approved", "Deprecated", "XDSMetadataUpdateOperationError"),
        ("Approved", "Vanished", "XDSRegistryMetadataError"),
    ],
)
def test_a_status_changes_in_known_ways_alone(service, messages, original, new, code):
    service.feed("1.2.3.1")

    assert service.errors(change(service, messages, original, new)) == [code]
    assert statuses(service) == ["Approved"]


def test_what_is_deleted_stays_deleted(service, messages):
    service.feed("1.2.3.1")
    change(service, messages, "Approved", "Deleted")

    back = change(service, messages, "Deleted", "Approved", set_id="1.2.9.2")

    assert service.errors(back) == ["XDSMetadataUpdateOperationError"]


@pytest.mark.parametrize(("new", "mode"), [("Deleted", "DIRECTE"), ("Archived", "DIRECTE"), ("Deleted", "INDIRECTE")])
def test_documents_of_others_are_neither_archived_nor_deleted(kit, service, messages, new, mode):
    service.feed("1.2.3.1", person=kit.other_pharmacist, place=kit.pharmacy)
    body = service.call(
        "feed",
        messages.submission(SECOND, "1.2.8.1", person=kit.other_pharmacist, place=kit.other_pharmacy),
        part=b"<CDA>2</CDA>",
        person=kit.other_pharmacist,
        claims={"Identifiant_Structure": [kit.other_pharmacy]},
    )
    assert service.status(body) == "Success"

    reply = change(service, messages, "Approved", new, unique_id=SECOND, mode=mode)

    assert service.denied(reply)
    assert statuses(service) == ["Approved", "Approved"]


def test_in_indirect_mode_the_structure_deletes_what_its_professionals_fed(kit, service, messages):
    service.feed("1.2.3.1", person=kit.other_pharmacist)

    assert service.status(change(service, messages, "Approved", "Deleted", mode="INDIRECTE")) == "Success"


def test_deleting_needs_no_authorisation(kit, service, messages):
    service.feed("1.2.3.1")
    service.patients.authorisations.remove(1, kit.pharmacist)

    assert service.status(change(service, messages, "Approved", "Deleted")) == "Success"


@pytest.mark.exigence("EX_3.1-1040")
def test_what_the_patient_deposited_is_the_patients_and_the_attending_doctors(kit, make_service, messages):
    service = make_service(french_values=False)
    service.feed("1.2.3.1", **PATIENT_CLASSES)
    doctor = messages.acting("10")

    refused = change(service, messages, "Approved", "Archived")
    service.call("set_authorization", messages.set_authorization("AJOUT", "MEDECIN_TRAITANT"), claims=doctor)
    done = change(service, messages, "Approved", "Archived", claims=doctor)

    assert service.denied(refused)
    assert service.status(done) == "Success"


def test_all_of_an_update_is_made_or_nothing(service, messages):
    service.feed("1.2.3.1")
    service.feed(SECOND)
    good = service.registry.find("1.2.3.1").entry_uuid
    body = messages.status_update(good, "Approved", "Archived")
    start, end = body.index("<Association"), body.index("</Association>") + len("</Association>")
    second = body[start:end].replace('id="as1"', 'id="as2"')

    twice = service.call("update", body[:end] + second + body[end:])
    unknown = service.call("update", body[:end] + second.replace(good, "urn:uuid:0") + body[end:])

    assert (service.status(twice), service.status(unknown)) == ("Failure", "Failure")
    assert statuses(service) == ["Approved", "Approved"]
    assert not service.registry.has_submission_set("1.2.9.1")


def test_an_update_names_the_patient_of_its_vihf(kit, service, messages):
    service.feed("1.2.3.1")
    entry_uuid = service.registry.find("1.2.3.1").entry_uuid
    body = messages.status_update(entry_uuid, "Approved", "Archived")

    reply = service.call("update", body.replace("1.2.250.1.213.1.4.10&amp;", "1.2.250.1.213.1.4.11&amp;"))

    assert "XDSPatientIdDoesNotMatch" in service.errors(reply)


@pytest.mark.parametrize(
    "body",
    [
        "<x/>",
        '<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"/>',
    ],
)
def test_what_is_no_update_is_refused_as_one(service, body):
    reply = service.call("update", body)

    assert service.status(reply) == "Failure"
    assert b"RegistryResponse" in reply.body


def test_a_date_behind_the_patient_as_in_the_official_example_is_taken(service, messages):
    service.feed("1.2.3.1")
    entry_uuid = service.registry.find("1.2.3.1").entry_uuid
    body = messages.status_update(entry_uuid, "Approved", "Archived")

    reply = service.call("update", body.replace("ISO^NH", "ISO^NH^^20210604092415"))

    assert service.status(reply) == "Success"
