"""TD0.3, TD0.4 and TD1.6 against `dmp_protocol.md` 4.3 and 4.4."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dmp_core.simulator.authorisations import Authorisation
from dmp_core.simulator.patients import Access, PatientRecord, RecordState

PRESENT = "Autorisation déjà présente aucune action effectuée"
OLDER = "279035121518989^^^&1.2.250.1.213.1.4.11&ISO^NH"


def number(kit, service) -> int:
    return service.patients.number(kit.patient)


def refuse_nobody(kit, service, person=None):
    service.patients.authorisations.remove(number(kit, service), person or kit.pharmacist)


def items(service, reply, name):
    return [{node.tag.partition("}")[2]: node.text for node in one} for one in service.body(reply).iter(f"{{*}}{name}")]


@pytest.mark.exigence("SC.DMP/UX.05")
def test_an_authorisation_that_is_added_lasts_six_months(kit, service, messages):
    refuse_nobody(kit, service)

    status, _ = service.said(service.call("set_authorization", messages.set_authorization()))

    access = service.patients.access
    assert status == "DMPOk"
    assert access(kit.patient, kit.pharmacist, kit.at + timedelta(days=182)) is Access.VALID
    assert access(kit.patient, kit.pharmacist, kit.at + timedelta(days=184)) is Access.EXPIRED


def test_an_authorisation_that_is_there_stays_as_it_is(kit, service, messages):
    said = service.said(service.call("set_authorization", messages.set_authorization()))

    assert said == ("DMPOk", PRESENT)
    assert service.patients.access(kit.patient, kit.pharmacist, kit.at + timedelta(days=2)) is Access.EXPIRED


def test_an_expired_authorisation_is_given_anew(kit, service, messages):
    service.patients.authorise(kit.patient, kit.pharmacist, until=kit.at - timedelta(days=1))

    service.call("set_authorization", messages.set_authorization())

    assert service.patients.access(kit.patient, kit.pharmacist, kit.at) is Access.VALID


def test_an_authorisation_is_removed_once(kit, service, messages):
    first = service.said(service.call("set_authorization", messages.set_authorization("SUPPRESSION")))
    again = service.said(service.call("set_authorization", messages.set_authorization("SUPPRESSION")))

    assert service.patients.access(kit.patient, kit.pharmacist, kit.at) is Access.NONE
    assert (first[0], again[0]) == ("DMPOk", "DMPOk")
    assert again[1].endswith("aucune action effectuée")


def test_a_professional_whom_the_patient_blocks_does_not_let_themselves_in(kit, service, messages):
    service.patients.forbid(kit.patient, kit.pharmacist)

    reply = service.call("set_authorization", messages.set_authorization())

    assert service.denied(reply)
    assert service.patients.access(kit.patient, kit.pharmacist, kit.at) is Access.FORBIDDEN


@pytest.mark.parametrize("state", [RecordState.ABSENT, RecordState.CLOSED])
def test_nobody_is_let_in_where_no_record_is_open(kit, service, messages, state):
    refuse_nobody(kit, service)
    service.patients.add(replace(service.patients.find(kit.patient), state=state))

    status, text = service.said(service.call("set_authorization", messages.set_authorization()))

    assert (status, bool(text)) == ({RecordState.ABSENT: "XDSUnknownPatientId"}.get(state, "DMPClosed"), True)
    assert service.patients.access(kit.patient, kit.pharmacist, kit.at) is Access.NONE


def test_the_attending_doctor_is_a_doctor(kit, service, messages):
    body = messages.set_authorization("AJOUT", "MEDECIN_TRAITANT")

    pharmacist = service.call("set_authorization", body)
    doctor = service.call("set_authorization", body, claims=messages.acting("10"))

    told = service.body(service.call("existence", messages.existence(), claims=messages.acting("10")))
    (attends,) = told.xpath("*[local-name()='attentionLine'][*[@code='STATUT_MT']]/*[local-name()='value']/@value")
    assert (service.denied(pharmacist), service.said(doctor)[0], attends) == (True, "DMPOk", "true")


def test_the_role_is_given_up_without_leaving_the_record(kit, service, messages):
    doctor = messages.acting("10")
    service.call("set_authorization", messages.set_authorization("AJOUT", "MEDECIN_TRAITANT"), claims=doctor)

    service.call("set_authorization", messages.set_authorization("SUPPRESSION", "MEDECIN_TRAITANT"), claims=doctor)

    known = service.patients.authorisations.find(number(kit, service), kit.pharmacist)
    assert (known.medecin_traitant, known.access(kit.at)) == (False, Access.VALID)


@pytest.mark.parametrize(
    "body",
    [
        '<setAuthorization xmlns="urn:si-dmp-habilitations"/>',
        '<setAuthorization xmlns="urn:si-dmp-habilitations"><action>ADD</action></setAuthorization>',
        '<setAuthorization xmlns="urn:si-dmp-habilitations"><action>AJOUT</action><role>X</role></setAuthorization>',
        '<setAuthorization xmlns="urn:si-dmp-habilitations"><role>X</role><action>AJOUT</action></setAuthorization>',
        '<setAuthorization xmlns="urn:si-dmp-habilitations"><action xmlns="">AJOUT</action></setAuthorization>',
        '<setAuthorization xmlns="urn:si-dmp-habilitations"><action>AJ<b/>OUT</action></setAuthorization>',
        '<setAuthorization xmlns="urn:other"><action>AJOUT</action></setAuthorization>',
    ],
)
def test_a_malformed_request_is_refused(service, body):
    assert service.said(service.call("set_authorization", body))[0] == "DMPInvalidMessage"


def test_who_is_let_in_and_who_is_blocked_is_listed_with_names(kit, service, messages):
    service.patients.forbid(kit.patient, kit.other_pharmacist)

    reply = service.call("list_authorization", messages.list_authorization("TOUTE"))

    listed = {one["nationalId"]: one for one in items(service, reply, "listOfAuthorizationByPatient")}
    assert {name: one["mode"] for name, one in listed.items()} == {
        kit.pharmacist: "ACTIVE",
        kit.other_pharmacist: "INTERDITE",
    }
    one = listed[kit.pharmacist]
    assert (one["nationalIdType"], one["lastName"], one["firstName"]) == ("1.2.250.1.71.4.2.1", "DUPONT", "JEANNE")
    assert (one["codeSpeciality"], one["lastActionDate"]) == ("G15_21/A", "20260115093000")
    assert service.said(reply)[0] == "DMPOk"


@pytest.mark.parametrize(("mode", "expected"), [("ACTIVE", 1), ("INTERDITE", 1), ("TOUTE", 2)])
def test_each_mode_lists_its_own(kit, service, messages, mode, expected):
    service.patients.forbid(kit.patient, kit.other_pharmacist)
    service.patients.authorise(kit.patient, "899700000009", until=kit.at - timedelta(days=1))

    reply = service.call("list_authorization", messages.list_authorization(mode))

    assert len(items(service, reply, "listOfAuthorizationByPatient")) == expected


def test_an_unknown_mode_is_refused(service, messages):
    reply = service.call("list_authorization", messages.list_authorization("AUCUNE"))

    assert service.said(reply)[0] == "DMPInvalidMessage"


def test_the_records_in_which_one_is_let_in_are_listed_without_naming_a_patient(kit, service, messages):
    service.patients.add(PatientRecord((kit.patient, OLDER), "MARTIN", "ANNE", "F", "19790301", used_name="DURAND"))
    service.feed("1.2.3.1")

    reply = service.call("patient_list", messages.patient_list(), claims={kit.names[2]: None})

    (one,) = items(service, reply, "patientlistData")
    identifiers = items(service, reply, "patientIdentifier")
    assert [each["nationalId"] for each in identifiers] == ["279035121518989"] * 2
    assert [each["nationalIdType"] for each in identifiers] == ["1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"]
    assert (one["lastName"], one["patronymicalName"], one["firstName"]) == ("DURAND", "MARTIN", "ANNE")
    assert (one["dateOfBirth"], one["MT"], one["message"]) == ("19790301", "false", "false")
    assert one["lastAddDate"] == one["lastUpdateDate"] == "20260115093000"
    assert service.said(reply)[0] == "DMPOk"


@pytest.mark.parametrize(
    ("kind", "start", "expected"),
    [
        ("LASTDOC", "20260115092959", 1),
        ("LASTDOC", "20260115093001", 0),
        ("LASTAUTORIZATION", "20250101000000", 1),
        ("LASTAUTORIZATION", "20260115093000", 0),
    ],
)
def test_a_list_goes_by_the_last_document_or_by_the_authorisation(service, messages, kind, start, expected):
    service.feed("1.2.3.1")

    reply = service.call("patient_list", messages.patient_list(start, kind))

    assert len(items(service, reply, "patientlistData")) == expected


def test_neither_closed_records_nor_expired_authorisations_are_listed(kit, service, messages):
    closed = "181067511004222^^^&1.2.250.1.213.1.4.10&ISO^NH"
    service.patients.add(PatientRecord((closed,), "PAT", "ALEX", "M", "19810602", state=RecordState.CLOSED))
    service.patients.authorise(closed, kit.pharmacist, until=kit.at + timedelta(days=1))
    service.patients.authorise(kit.patient, kit.pharmacist, until=kit.at - timedelta(days=1))

    reply = service.call("patient_list", messages.patient_list())

    assert items(service, reply, "patientlistData") == []


def test_indirect_mode_lists_new_authorisations_of_its_own_professionals_alone(kit, service, messages):
    service.patients.authorisations.put(
        Authorisation(number(kit, service), kit.other_pharmacist, kit.at + timedelta(days=9), kit.at, kit.at)
    )
    own = messages.patient_list(owner=kit.other_pharmacist)
    stranger = messages.patient_list(owner="899700000009")

    listed = service.call("patient_list", own, mode="INDIRECTE")
    by_document = service.call("patient_list", messages.patient_list(kind="LASTDOC"), mode="INDIRECTE")

    assert len(items(service, listed, "patientlistData")) == 1
    assert service.denied(by_document)
    assert service.denied(service.call("patient_list", stranger, mode="INDIRECTE"))
    assert service.denied(service.call("patient_list", own))


@pytest.mark.parametrize(
    ("start", "kind"), [("2026", "LASTDOC"), ("20261315093000", "LASTDOC"), ("20260115093000", "LASTAUTHORIZATION")]
)
def test_a_malformed_list_is_refused(service, messages, start, kind):
    assert service.said(service.call("patient_list", messages.patient_list(start, kind)))[0] == "DMPInvalidMessage"
