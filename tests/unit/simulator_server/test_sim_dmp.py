"""The simulated DMP from request to answer: order of the checks, rights, states, transactions, faults."""

import hashlib
import json
import logging

import pytest

from dmp_core.simulator.answers import Reply
from dmp_core.simulator.interference import Dropped
from dmp_core.simulator.patients import PatientRecord, RecordState

SECOND = "1.2.3.2"


def test_an_unknown_certificate_is_refused_before_anything_is_read(kit, service):
    foreign = kit.der(kit.foreign.professional_auth(kit.pharmacist))

    reply = service.call("existence", "not even XML <", certificate=foreign)

    assert (reply.status, service.status(reply)) == (500, "soap:DMPInvalidCertificate")


def test_a_signature_certificate_opens_no_connection(kit, service, messages):
    seal = kit.der(kit.pki.organisation_sign(kit.pharmacy))

    reply = service.call("existence", messages.existence(), certificate=seal)

    assert service.status(reply) == "soap:DMPInvalidCertificate"


def test_addressing_is_asked_for_before_the_vihf(kit, service):
    certificate = kit.der(kit.pki.professional_auth(kit.pharmacist))
    message = (
        b'<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header/><soap:Body><x/></soap:Body>'
        b"</soap:Envelope>"
    )

    reply = service.dmp.handle("patients", "application/soap+xml; charset=UTF-8", message, certificate)

    reason = service.body(reply).findtext(".//{*}Reason/{*}Text")
    assert "A required header representing a Message Addressing Property is not present" in reason


def test_an_action_at_another_service_is_refused(service, messages):
    assert service.status(service.call("existence", messages.existence(), service="registry")).endswith("NotSupported")


def test_an_answer_relates_to_its_request_and_names_its_action(service, messages):
    reply = service.call("existence", messages.existence())

    text = reply.body.decode()
    assert reply.status == 200
    assert reply.content_type.startswith("application/soap+xml; charset=UTF-8")
    assert ">urn:uuid:request-1</wsa:RelatesTo>" in text
    assert ">urn:hl7-org:v3:PRPA_IN201308UV02</wsa:Action>" in text
    assert ">http://www.w3.org/2005/08/addressing/anonymous</wsa:To>" in text


def test_td02_about_another_patient_than_the_vihfs_is_refused(kit, service, messages):
    other = kit.patient.replace("1.4.10", "1.4.11")

    assert service.status(service.call("existence", messages.existence(other))) == "soap:DMPInvalidVihf"


def test_what_was_fed_is_found_and_retrieved_byte_for_byte(service, messages):
    content = b"<CDA>\r\n\x00\xff--frontier</CDA>"

    fed = service.feed("1.2.3.1", content)
    listed = service.call("search", messages.query(messages.find, Status=messages.approved))
    read = service.call("retrieve", messages.retrieval("1.2.3.1"))

    assert [service.status(reply) for reply in (fed, listed, read)] == ["Success"] * 3
    slots = {slot.get("name"): slot.findtext(".//{*}Value") for slot in service.body(listed).iter("{*}Slot")}
    assert slots["hash"] == hashlib.sha1(content).hexdigest()
    assert slots["size"] == str(len(content))
    assert slots["repositoryUniqueId"] == "1.2.250.1.213.4.1.1.1.2"
    assert read.content_type.startswith("multipart/related")
    assert content in read.body


def test_a_deposit_is_counted_by_whoever_opens_the_file(service, kit):
    service.feed("1.2.3.1", b"<CDA/>", set_id="1.2.3.9")

    (deposit,) = service.registry.documents()

    assert (deposit.unique_id, deposit.submission_set, deposit.patient) == ("1.2.3.1", "1.2.3.9", kit.patient)
    assert deposit.status.endswith(":Approved")
    assert deposit.sha1 == hashlib.sha1(b"<CDA/>").hexdigest()


def test_the_same_document_twice_is_refused_and_kept_once(service):
    service.feed("1.2.3.1")

    again = service.feed("1.2.3.1", set_id=SECOND)

    assert service.errors(again) == ["XDSDuplicateUniqueIdInRegistry"]
    assert len(list(service.registry.documents())) == 1


def test_a_replacement_deprecates_what_it_replaces(service, messages):
    service.feed("1.2.3.1")
    old = service.registry.find("1.2.3.1")

    reply = service.feed(SECOND, replaces=old.entry_uuid)

    listed = service.call("search", messages.query(messages.find, Status=messages.approved))
    assert service.status(reply) == "Success"
    assert [deposit.status.rpartition(":")[2] for deposit in service.registry.documents()] == ["Deprecated", "Approved"]
    assert [node.get("value") for node in service.body(listed).iter("{*}ExternalIdentifier")][-1] == SECOND
    assert service.registry.find(SECOND).lid != old.lid


def test_feeding_without_mtom_is_refused(service, messages):
    reply = service.call("feed", messages.submission("1.2.3.1", "1.2.3.9"))

    assert service.errors(reply) == ["XDSRepositoryError"]


def test_a_submission_without_its_signature_is_refused_when_signatures_are_asked_for(make_service):
    service = make_service(signature=True)

    assert service.status(service.feed("1.2.3.1")) == "Failure"
    assert list(service.registry.documents()) == []


@pytest.mark.parametrize("mode", ["DIRECTE", "INDIRECTE"])
def test_direct_and_indirect_feed(service, mode):
    assert service.status(service.feed("1.2.3.1", mode=mode)) == "Success"


def test_air_never_feeds(service):
    assert service.status(service.feed("1.2.3.1", mode="INDIRECTE_RENFORCEE")) == "soap:DMPAccessDeniedByRightsService"


@pytest.mark.parametrize("kind", ["search", "retrieve"])
def test_indirect_never_reads(service, messages, kind):
    body = messages.query(messages.find, Status=messages.approved) if kind == "search" else messages.retrieval("1.2.3")

    reply = service.call(kind, body, mode="INDIRECTE")

    assert service.status(reply) == "soap:DMPAccessDeniedByRightsService"


def test_indirect_looks_up_the_entry_of_its_own_document_even_masked(service, messages):
    service.feed("1.2.3.1", mode="INDIRECTE", masked=True)
    body = messages.query(messages.get, "ObjectRef", UniqueId="('1.2.3.1')")

    reply = service.call("search", body, mode="INDIRECTE")

    (reference,) = service.body(reply).iter("{*}ObjectRef")
    assert reference.get("id") == service.registry.find("1.2.3.1").entry_uuid


@pytest.mark.parametrize("mode", ["DIRECTE", "INDIRECTE_RENFORCEE"])
def test_direct_and_air_read(service, messages, mode):
    service.feed("1.2.3.1")

    reply = service.call("retrieve", messages.retrieval("1.2.3.1"), mode=mode)

    assert service.status(reply) == "Success"


@pytest.mark.parametrize("kind", ["search", "retrieve"])
def test_nobody_reads_without_the_patients_authorisation(kit, service, messages, kind):
    body = messages.query(messages.find, Status=messages.approved) if kind == "search" else messages.retrieval("1.2.3")

    reply = service.call(kind, body, person=kit.other_pharmacist)

    assert service.status(reply) == "soap:DMPAccessDeniedByRightsService"


def test_feeding_needs_no_authorisation(kit, service):
    assert service.status(service.feed("1.2.3.1", person=kit.other_pharmacist)) == "Success"


def test_bris_de_glace_reads_unless_the_patient_opposed_it(kit, service, messages):
    claims = messages.acting(purpose_code="bris_de_glace")
    body = messages.query(messages.find, Status=messages.approved)
    allowed = service.call("search", body, person=kit.other_pharmacist, claims=claims)
    service.patients.add(PatientRecord((kit.patient,), "MARTIN", "ANNE", "F", "19790301", opposes_bris_de_glace=True))

    opposed = service.call("search", body, person=kit.other_pharmacist, claims=claims)

    assert service.status(allowed) == "Success"
    assert service.status(opposed) == "soap:DMPAccessDeniedByRightsService"


@pytest.mark.parametrize(
    ("state", "code"), [(RecordState.ABSENT, "XDSUnknownPatientId"), (RecordState.CLOSED, "DMPClosed")]
)
def test_an_absent_or_closed_record_takes_and_gives_nothing(kit, service, messages, state, code):
    service.patients.add(PatientRecord((kit.patient,), "MARTIN", "ANNE", "F", "19790301", state=state))

    replies = [
        service.feed("1.2.3.1"),
        service.call("search", messages.query(messages.find, Status=messages.approved)),
        service.call("retrieve", messages.retrieval("1.2.3.1")),
    ]

    assert [service.errors(reply) for reply in replies] == [[code]] * 3
    assert list(service.registry.documents()) == []


def test_a_masked_document_shows_to_its_author_alone(kit, service, messages):
    service.feed("1.2.3.1", person=kit.other_pharmacist, masked=True)
    service.feed(SECOND, masked=True)

    listed = service.call("search", messages.query(messages.find, Status=messages.approved))
    refused = service.call("retrieve", messages.retrieval("1.2.3.1"))

    assert len(list(service.body(listed).iter("{*}ExtrinsicObject"))) == 1
    assert service.errors(refused) == ["XDSDocumentUniqueIdError"]


def test_a_search_about_another_patient_is_refused(kit, service, messages):
    other = kit.patient.replace("1.4.10", "1.4.11")

    reply = service.call("search", messages.query(messages.find, Status=messages.approved, PatientId=f"'{other}'"))

    assert service.status(reply) == "soap:XDSPatientIdDoesNotMatch"


def test_part_of_a_retrieval_may_fail(service, messages):
    service.feed("1.2.3.1")

    reply = service.call("retrieve", messages.retrieval("1.2.3.1", "1.2.3.404"))

    assert (service.status(reply), service.errors(reply)) == ("PartialSuccess", ["XDSDocumentUniqueIdError"])


def test_a_retrieval_by_entry_uuid_or_from_elsewhere_fails(service, messages):
    service.feed("1.2.3.1")
    entry_uuid = service.registry.find("1.2.3.1").entry_uuid

    assert service.errors(service.call("retrieve", messages.retrieval(entry_uuid))) == ["XDSDocumentUniqueIdError"]
    elsewhere = service.call("retrieve", messages.retrieval("1.2.3.1", repository="1.2.3"))
    assert service.errors(elsewhere) == ["XDSUnknownRepositoryId"]


def test_a_fault_of_retrieval_is_a_package_too(kit, service, messages):
    reply = service.call("retrieve", messages.retrieval("1.2.3.1"), claims={"VIHF_Version": None})

    assert (reply.status, reply.content_type.partition(";")[0]) == (500, "multipart/related")
    assert service.status(reply) == "soap:DMPInvalidVihf"


class Scripted:
    """A fault that does what it is told, and remembers when it was asked."""

    def __init__(self, before=None, after=None):
        self.asked = []
        self._before, self._after = before, after

    def before(self, transaction):
        self.asked.append(("before", transaction))
        if isinstance(self._before, Exception):
            raise self._before
        return self._before

    def after(self, transaction, reply):
        self.asked.append(("after", transaction))
        if isinstance(self._after, Exception):
            raise self._after
        return self._after


def test_a_line_cut_before_leaves_nothing_done_and_after_leaves_it_done(make_service):
    before, after = make_service(Scripted(before=Dropped())), make_service(Scripted(after=Dropped()))

    for one in (before, after):
        with pytest.raises(Dropped):
            one.feed(SECOND if one is after else "1.2.3.1")

    assert [deposit.unique_id for deposit in after.registry.documents()] == [SECOND]


def test_an_answer_can_be_replaced(make_service, messages):
    busy = Reply(503, "text/plain", b"")
    script = Scripted(after=busy)
    service = make_service(script)

    assert service.call("existence", messages.existence()) is busy
    assert script.asked == [("before", "TD0.2"), ("after", "TD0.2")]


def test_one_event_is_logged_without_anything_of_the_patient(service, messages, caplog):
    caplog.set_level(logging.INFO, logger="dmp")

    service.feed("1.2.3.1")
    service.call("existence", messages.existence())

    events = [json.loads(record.message) for record in caplog.records]
    assert [(event["event"], event["transaction"], event["mode"], event["status"]) for event in events] == [
        ("simulator.answered", "TD2.1", "DIRECTE", 200),
        ("simulator.answered", "TD0.2", "DIRECTE", 200),
    ]
    assert "2790351" not in caplog.text
    assert "MARTIN" not in caplog.text
