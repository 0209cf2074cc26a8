"""TD1.3a against `dmp_protocol.md` 4.1 and the official example."""

from dataclasses import replace

import pytest

from dmp_core.simulator.patients import Postal, RecordState, Relation

HL7 = {"h": "urn:hl7-org:v3"}


@pytest.fixture
def told(kit, service, messages):
    """The answer about a record with all that it may hold."""
    record = replace(
        service.patients.find(kit.patient),
        civility="MME",
        telecoms=("tel:0199000010", "mailto:a@b.invalid"),
        address=Postal(("2 RUE DE L'EXEMPLE",), "99999", "VILLE"),
        birth_place_code="51215",
        opposes_bris_de_glace=True,
        relations=(
            Relation("ECON", "PROCHE", "CLAUDE", ("tel:0199000011",)),
            Relation("MTH", "MERE", address=Postal(("3 RUE",), "99998", "AUTRE VILLE")),
        ),
    )
    service.patients.add(record)
    return service.body(service.call("existence", messages.existence(TEST_EXST="CNSLT_DATA")))


def values(root, path):
    return root.xpath(path, namespaces=HL7)


def test_the_administrative_data_of_the_record_are_told(told):
    assert values(told, "string(h:controlActProcess/h:reasonCode/@code)") == "CNSLT_DATA"
    assert values(told, "string(//h:registrationEvent/h:statusCode/@code)") == "completed"
    assert values(told, "string(//h:queryResponseCode/@code)") == "OK"
    assert values(told, "string(//h:patientPerson/h:name/h:prefix)") == "MME"
    assert values(told, "//h:patientPerson/h:telecom/@value") == ["tel:0199000010", "mailto:a@b.invalid"]
    assert values(told, "string(//h:patientPerson/h:addr/h:city)") == "VILLE"
    assert values(told, "string(//h:birthPlace/h:addr/h:county)") == "51215"
    assert values(told, "string(//h:administrativeObservation[h:code/@code='OPPOSITION_BRIS_DE_GLACE']/h:value/@value)")
    assert values(told, "h:attentionLine") == []


def test_whom_to_warn_stands_beside_the_legal_representatives(told):
    people = values(told, "//h:personalRelationship")

    assert [values(one, "string(h:code/@code)") for one in people] == ["ECON", "MTH"]
    assert [values(one, "string(h:relationshipHolder1/h:name/h:family)") for one in people] == ["PROCHE", "MERE"]
    assert values(people[0], "string(h:telecom/@value)") == "tel:0199000011"
    assert values(people[1], "string(h:addr/h:postalCode)") == "99998"


def test_a_closed_record_is_refused_by_the_acknowledgement(kit, service, messages):
    service.patients.add(replace(service.patients.find(kit.patient), state=RecordState.CLOSED))

    body = service.body(service.call("existence", messages.existence(TEST_EXST="CNSLT_DATA")))

    assert values(body, "string(h:acknowledgement/@typeCode)") == "AE"
    assert values(body, "string(h:acknowledgement/h:acknowledgementDetail/h:code/@code)") == "DMPClosed"
    assert values(body, "string(h:acknowledgement/h:acknowledgementDetail/h:text)")
    assert values(body, "string(h:acknowledgement/h:targetMessage/h:id/@extension)") == "m-1"
    assert values(body, "//h:patient") == []


def test_somebody_without_a_record_is_not_found(kit, service, messages):
    service.patients.add(replace(service.patients.find(kit.patient), state=RecordState.ABSENT))

    body = service.body(service.call("existence", messages.existence(TEST_EXST="CNSLT_DATA")))

    assert values(body, "string(//h:queryResponseCode/@code)") == "NF"
    assert values(body, "string(h:acknowledgement/@typeCode)") == "AA"


def test_the_patient_asked_for_is_the_vihfs(kit, service, messages):
    other = kit.patient.replace("1.4.10", "1.4.11")

    reply = service.call("existence", messages.existence(other, TEST_EXST="CNSLT_DATA"))

    assert service.status(reply) == "soap:DMPInvalidVihf"


def test_a_malformed_question_is_a_fault(service, messages):
    reply = service.call("existence", messages.existence(**{"TEST_EXST": "CNSLT_DATA", "Patient.id": "Patient.name"}))

    assert service.status(reply) == "soap:DMPInvalidMessage"
