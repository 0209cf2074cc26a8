"""Who sees what: masking, invisibility, the attending doctor, emergencies, minors (`dmp_protocol.md` 1.2 and 5.4)."""

from dataclasses import replace
from datetime import timedelta

import pytest

REPRESENTATIVES = "INVISIBLE_REPRESENTANTS_LEGAUX"
BORN_2012 = {"birth_date": "20120301"}


def let_in(kit, service, *people):
    for person in people:
        service.patients.authorise(kit.patient, person, until=kit.at + timedelta(days=1))


def change(kit, service, **values):
    service.patients.add(replace(service.patients.find(kit.patient), **values))


@pytest.mark.parametrize("hidden", [("INVISIBLE_PATIENT",), (REPRESENTATIVES,), ("INVISIBLE_PATIENT", REPRESENTATIVES)])
def test_what_the_patient_does_not_see_professionals_see(kit, service, hidden):
    let_in(kit, service, kit.other_pharmacist)
    service.feed("1.2.3.1", hidden=hidden)

    assert service.find() == service.find(person=kit.other_pharmacist) == ["1.2.3.1"]


def test_a_document_masked_later_disappears_with_its_former_versions(kit, service, messages):
    let_in(kit, service, kit.other_pharmacist)
    service.feed("1.2.3.1")
    status = "urn:oasis:names:tc:ebxml-regrep:StatusType"
    everything = f"('{status}:Approved','{status}:Deprecated')"
    service.call("update", messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS"))

    assert service.find(person=kit.other_pharmacist, status=everything) == []
    assert service.find(status=everything) == ["1.2.3.1", "1.2.3.1"]


def test_the_attending_doctor_sees_what_is_masked(kit, service, messages):
    service.feed("1.2.3.1", person=kit.other_pharmacist, masked=True)
    doctor = {"claims": messages.acting("10")}
    before = service.find(**doctor)

    service.call("set_authorization", messages.set_authorization("AJOUT", "MEDECIN_TRAITANT"), **doctor)

    assert (before, service.find(**doctor)) == ([], ["1.2.3.1"])


@pytest.mark.parametrize("purpose", ["bris_de_glace", "centre_15"])
def test_in_an_emergency_masked_documents_show_if_the_patient_agreed(kit, service, messages, purpose):
    service.feed("1.2.3.1", person=kit.other_pharmacist, masked=True)
    emergency = {"claims": messages.acting(purpose_code=purpose)}
    refused = service.find(**emergency)

    change(kit, service, masked_in_emergency=True)

    assert (refused, service.find(**emergency)) == ([], ["1.2.3.1"])


@pytest.mark.parametrize(
    ("purpose", "opposition"), [("bris_de_glace", "opposes_bris_de_glace"), ("centre_15", "opposes_centre_15")]
)
def test_each_emergency_can_be_opposed(kit, service, messages, purpose, opposition):
    body, claims = messages.query(messages.find, Status=messages.approved), messages.acting(purpose_code=purpose)
    before = service.call("search", body, person=kit.other_pharmacist, claims=claims)

    change(kit, service, **{opposition: True})
    after = service.call("search", body, person=kit.other_pharmacist, claims=claims)

    assert (service.denied(before), service.denied(after)) == (False, True)


def test_the_regulation_asks_no_authorisation_and_a_blocked_professional_breaks_no_glass(kit, service, messages):
    body = messages.query(messages.find, Status=messages.approved)
    service.patients.forbid(kit.patient, kit.pharmacist)

    glass = service.call("search", body, claims=messages.acting(purpose_code="bris_de_glace"))
    regulation = service.call("search", body, claims=messages.acting(purpose_code="centre_15"))

    assert (service.denied(glass), service.denied(regulation)) == (True, False)


@pytest.mark.parametrize("reason", [None, [], ["  "]])
def test_a_bris_de_glace_says_why(make_service, messages, reason):
    body = messages.query(messages.find, Status=messages.approved)
    claims = messages.acting(purpose_code="bris_de_glace") | {messages.reason: reason}

    strict = make_service().call("search", body, claims=claims)
    lenient = make_service(bris_de_glace_without_reason=True).call(
        "search", body, claims=claims | {messages.reason: None}
    )

    status = make_service().status
    assert (status(strict), status(lenient)) == ("soap:DMPInvalidVihf", "Success")


@pytest.mark.exigence("EX_0.1-1115")
def test_what_comes_of_a_minors_secret_connection_is_hidden_from_the_representatives(kit, service, messages):
    change(kit, service, **BORN_2012)
    secret = {"claims": {messages.secret: [REPRESENTATIVES]}}

    shown = service.feed("1.2.3.1", **secret)
    hidden = service.feed("1.2.3.2", hidden=(REPRESENTATIVES,), **secret)

    assert service.errors(shown) == ["XDSRepositoryMetadataError"]
    assert service.status(hidden) == "Success"
    assert service.find(**secret) == ["1.2.3.2"]


def test_in_a_secret_connection_nothing_is_shown_to_the_representatives(kit, service, messages):
    change(kit, service, **BORN_2012)
    service.feed("1.2.3.1", hidden=(REPRESENTATIVES, "INVISIBLE_PATIENT"))
    body = messages.metadata_update(service.entry("1.2.3.1"))

    reply = service.call("update", body, claims={messages.secret: [REPRESENTATIVES]})

    assert service.errors(reply) == ["XDSRegistryMetadataError"]


def test_the_secret_connection_is_the_minors(make_service, messages):
    secret = {"claims": {messages.secret: [REPRESENTATIVES]}, "hidden": (REPRESENTATIVES,)}

    strict = make_service().feed("1.2.3.1", **secret)
    lenient = make_service(adult_secret_connection=True).feed("1.2.3.1", **secret)

    status = make_service().status
    assert (status(strict), status(lenient)) == ("soap:DMPInvalidVihf", "Success")


@pytest.mark.parametrize(("born", "age"), [("20080115", 18), ("20080116", 17), ("19790301", 46), ("00000000", None)])
def test_an_age_is_counted_in_whole_years(kit, service, born, age):
    assert replace(service.patients.find(kit.patient), birth_date=born).age(kit.at) == age


def test_both_masks_together_are_refused_unless_the_parameter_allows_it(make_service):
    both = {"masked": True, "hidden": ("INVISIBLE_PATIENT",)}

    strict, lenient = (
        make_service().feed("1.2.3.1", **both),
        make_service(cumulated_visibility=True).feed("1.2.3.1", **both),
    )

    status = make_service().status
    assert (status(strict), status(lenient)) == ("Failure", "Success")


def test_an_authorisation_ends_with_its_six_months(kit, service, messages):
    service.patients.authorisations.remove(1, kit.pharmacist)
    service.call("set_authorization", messages.set_authorization())
    body = messages.query(messages.find, Status=messages.approved)
    during = service.call("search", body)

    service.at = kit.at + timedelta(days=183)
    after = service.call("search", body)
    told = service.body(service.call("existence", messages.existence()))

    assert (service.denied(during), service.denied(after)) == (False, True)
    assert told.xpath("string(//*[@code='AUTORISATION']/../*[local-name()='value']/@code)") == "EXPIRE"
