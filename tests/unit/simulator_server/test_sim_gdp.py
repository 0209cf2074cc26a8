"""TD0.2 against `dmp_protocol.md` 4.1 and 4.2."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from dmp_core.simulator.gdp import read_query
from dmp_core.simulator.patients import RecordState
from dmp_core.simulator.reasons import Refused

HL7 = {"h": "urn:hl7-org:v3"}


def values(root, path):
    return root.xpath(path, namespaces=HL7)


def test_an_open_record_answers_all_that_the_example_shows(kit, service, messages):
    body = service.body(service.call("existence", messages.existence()))

    assert values(body, "string(h:controlActProcess/h:queryAck/h:queryResponseCode/@code)") == "OK"
    assert values(body, "string(//h:patient/h:statusCode/@code)") == "active"
    assert values(body, "string(h:attentionLine[h:keyWordText/@code='AUTORISATION']/h:value/@code)") == "VALIDE"
    assert values(body, "string(h:attentionLine[h:keyWordText/@code='STATUT_MT']/h:value/@value)") == "false"
    assert values(body, "string(h:acknowledgement/@typeCode)") == "AA"
    assert values(body, "string(h:acknowledgement/h:targetMessage/h:id/@extension)") == "m-1"
    assert values(body, "string(//h:queryAck/h:queryId/@extension)") == "q-1"
    assert values(body, "string(h:receiver/h:device/h:id/@root)") == "2.25.7"
    assert values(body, "string(h:sender/h:device/h:id/@root)") == "1.2.250.1.213.4.1.1.1"
    assert values(body, "string(//h:patient/h:id/@extension)") == "279035121518989"
    assert values(body, "string(//h:family[@qualifier='BR'])") == "MARTIN"
    assert values(body, "string(//h:patientPerson/h:birthTime/@value)") == "19790301"
    assert set(values(body, "//h:administrativeObservation/h:code/@code")) >= {
        "COMPTE_INTERNET_OUVERT",
        "RATTACHEMENT_ENS",
    }
    assert values(body, "string(h:processingCode/@code)") == "P"
    assert values(body, "string(h:acceptAckCode/@code)") == "NE"


def test_somebody_unknown_is_not_found_and_nothing_is_told(service, messages, kit):
    service.patients.add(replace(service.patients.find(kit.patient), state=RecordState.ABSENT))

    body = service.body(service.call("existence", messages.existence()))

    assert values(body, "string(//h:queryResponseCode/@code)") == "NF"
    assert values(body, "//h:patient | h:attentionLine") == []


def test_a_closed_record_is_terminated(service, messages, kit):
    service.patients.add(replace(service.patients.find(kit.patient), state=RecordState.CLOSED))

    body = service.body(service.call("existence", messages.existence()))

    assert values(body, "string(//h:queryResponseCode/@code)") == "OK"
    assert values(body, "string(//h:patient/h:statusCode/@code)") == "terminated"


@pytest.mark.parametrize(("days", "expected"), [(-1, "EXPIRE"), (None, "INTERDIT")])
def test_the_callers_authorisation_is_told(service, messages, kit, days, expected):
    if days is None:
        service.patients.forbid(kit.patient, kit.pharmacist)
    else:
        service.patients.authorise(kit.patient, kit.pharmacist, until=kit.at + timedelta(days=days))

    body = service.body(service.call("existence", messages.existence()))

    assert values(body, "string(h:attentionLine/h:value/@code)") == expected


def test_without_any_authorisation_there_is_none(service, messages, kit):
    body = service.body(service.call("existence", messages.existence(), person=kit.other_pharmacist))

    assert values(body, "string(h:attentionLine/h:value/@code)") == "NON_EXISTE"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('ITSVersion="XML_1.0"', ""),
        ('processingCode code="D"', 'processingCode code="P"'),
        ('processingModeCode code="T"', 'processingModeCode code="A"'),
        ('acceptAckCode code="AL"', 'acceptAckCode code="NE"'),
        ('value="20260115093000"', 'value="2026-01-15"'),
        ('extension="PRPA_IN201307UV02"', 'extension="PRPA_IN201305UV02"'),
        ('root="1.2.250.1.213.4.1.1.1"', 'root="1.2.3"'),
        ('code="TEST_EXST"', 'code="MODIF_DATA"'),
        ('codeSystem="1.2.250.1.213.1.1.4.11"', 'codeSystem="1.2"'),
        ('statusCode code="new"', 'statusCode code="old"'),
        ("Patient.id", "Patient.name"),
        ("Patient.id", "Patient<b/>.id"),
        ('<queryId root="2.25.7.2" extension="q-1"/>', ""),
        ('<id root="2.25.7.1.1" extension="m-1"/>', ""),
        ('<id root="2.25.7"/>', ""),
    ],
)
def test_a_question_that_lacks_something_is_refused_with_its_name(messages, old, new):
    with pytest.raises(Refused) as caught:
        read_query(etree.fromstring(messages.existence(**{old: new})))

    assert caught.value.reasons[0].text.startswith("Message TD0.2 ou TD1.3a invalide")
