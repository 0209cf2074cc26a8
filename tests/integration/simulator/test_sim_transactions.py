"""Every transaction of the simulated DMP over HTTPS, one after the other in one record."""

from lxml import etree

STATUS = "urn:oasis:names:tc:ebxml-regrep:StatusType"
ARCHIVED, DELETED = (f"urn:asip:ci-sis:2010:StatusType:{name}" for name in ("Archived", "Deleted"))
FIND, GET = "14d4debf-8f97-4251-9a74-a90016b0af0d", "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
FIND_SETS, GET_LINKS = "f26abbcb-ac74-4422-8a30-edb644bbc1a9", "a7ae438b-4bc2-4642-93e9-be891f7bb155"
GET_BOTH = "bab9529a-4a10-40b3-a01f-f68a615d247a"


def authorisation(caller) -> str:
    root = etree.fromstring(caller.existence().content)
    return root.xpath("string(//*[@code='AUTORISATION']/../*[local-name()='value']/@code)")


def set_authorization(caller, action: str) -> str:
    body = f'<setAuthorization xmlns="urn:si-dmp-habilitations"><action>{action}</action></setAuthorization>'
    return caller.body("set_authorization", body).findtext(".//{*}status")


def entry(caller, messages, unique_id):
    body = caller.body("search", messages.query(GET, __DocumentEntryUniqueId=f"('{unique_id}')"))
    return body.find(".//{*}ExtrinsicObject")


def feed(caller, messages, unique_id, content=b"<CDA/>", **options):
    answer = caller.body("feed", messages.submission(unique_id, **options), content)
    assert answer.get("status").endswith(":Success"), etree.tostring(answer)


def test_an_authorisation_is_removed_and_given_again(caller):
    seen = [authorisation(caller)]
    removed = set_authorization(caller, "SUPPRESSION")
    seen.append(authorisation(caller))
    added = set_authorization(caller, "AJOUT")
    seen.append(authorisation(caller))

    assert (removed, added) == ("DMPOk", "DMPOk")
    assert seen == ["VALIDE", "NON_EXISTE", "VALIDE"]


def test_who_is_let_in_and_where_is_listed(caller, messages):
    listed = caller.body(
        "list_authorization",
        '<listAuthorizationByPatient xmlns="urn:si-dmp-habilitations"><mode>ACTIVE</mode></listAuthorizationByPatient>',
    )
    patients = caller.body(
        "patient_list",
        '<patientList xmlns="urn:si-dmp-patients"><startDate>20200101000000</startDate>'
        "<dateType>LASTAUTORIZATION</dateType></patientList>",
    )

    assert listed.findtext(".//{*}nationalId") == messages.pharmacist
    assert patients.findtext(".//{*}patientIdentifier/{*}nationalId") == messages.patient[:15]


def test_administrative_data_are_told(caller, messages):
    answer = caller.body("gdp", messages.about_patient("CNSLT_DATA"))

    assert answer.findtext(".//{*}patientPerson/{*}name/{*}family") == "MARTIN"


def test_a_document_is_fed_found_and_read_byte_for_byte(caller, messages):
    content = b"<CDA>\r\n\x00\xff--frontier</CDA>"

    feed(caller, messages, "1.2.3.1", content)
    found = caller.body("search", messages.query(FIND, __DocumentEntryStatus=messages.approved))
    read = caller.post("retrieve", messages.retrieval("1.2.3.1"))

    assert "1.2.3.1" in [node.get("value") for node in found.iter("{*}ExternalIdentifier")]
    assert read.headers["content-type"].startswith("multipart/related")
    assert content in read.content


def test_what_is_new_is_reached_through_submission_sets(caller, messages):
    feed(caller, messages, "1.2.3.2")

    sets = caller.body("search", messages.query(FIND_SETS, "ObjectRef", __SubmissionSetStatus=messages.approved))
    names = ",".join(f"'{node.get('id')}'" for node in sets.iter("{*}ObjectRef"))
    links = caller.body("search", messages.query(GET_LINKS, _uuid=f"({names})"))
    targets = ",".join(f"'{node.get('targetObject')}'" for node in links.iter("{*}Association"))
    both = caller.body("search", messages.query(GET_BOTH, __DocumentEntryEntryUUID=f"({targets})"))

    assert entry(caller, messages, "1.2.3.2").get("id") in targets
    assert len(list(both.iter("{*}ExtrinsicObject"))) == len(list(links.iter("{*}Association")))


def test_td33_masks_shows_archives_and_deletes(caller, messages):
    feed(caller, messages, "1.2.3.3", hidden="INVISIBLE_PATIENT")
    first = entry(caller, messages, "1.2.3.3")

    shown = caller.body("update", messages.revision(first))
    masked = caller.body("update", messages.revision(entry(caller, messages, "1.2.3.3"), "MASQUE_PS"))
    third = entry(caller, messages, "1.2.3.3")
    approved = f"{STATUS}:Approved"
    archived = caller.body("update", messages.status_change(third.get("id"), approved, ARCHIVED))
    deleted = caller.body("update", messages.status_change(third.get("id"), ARCHIVED, DELETED))

    statuses = {answer.get("status").rpartition(":")[2] for answer in (shown, masked, archived, deleted)}
    assert statuses == {"Success"}
    assert (third.get("lid"), third.find("{*}VersionInfo").get("versionName")) == (first.get("lid"), "3")
    assert entry(caller, messages, "1.2.3.3") is None
