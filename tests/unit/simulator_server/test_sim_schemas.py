"""Every answer of XDS against the schemas of IHE and OASIS, and every envelope against W3C's."""

from functools import cache

import pytest
from lxml import etree

from dmp_core.simulator.patients import RecordState

pytestmark = pytest.mark.oracle
OF = {"feed": "rs.xsd", "update": "rs.xsd", "search": "query.xsd", "retrieve": "XDS.b_DocumentRepository.xsd"}
STATUS = "urn:oasis:names:tc:ebxml-regrep:StatusType"


@cache
def schema(folder, name):
    return etree.XMLSchema(etree.parse(str(folder / "schemas" / name)))


def findings(oracle, service, kind, reply):
    """What the schemas find in an answer; XOP stands for base64."""
    body = service.body(reply)
    for include in list(body.iter("{http://www.w3.org/2004/08/xop/include}Include")):
        include.getparent().text = "PENEQS8+"
        include.getparent().remove(include)
    name = "soap/soap-1.2-envelope.xsd" if body.tag.endswith("}Fault") else f"ihe/{OF[kind]}"
    target = body.getroottree().getroot() if body.tag.endswith("}Fault") else etree.fromstring(etree.tostring(body))
    rules = schema(oracle, name)
    rules.validate(target)
    return [error.message for error in rules.error_log]


@pytest.fixture
def asked(service, messages):
    """A record with a history, and calls of every kind about it."""
    service.feed("1.2.3.1", hidden=("INVISIBLE_PATIENT",))
    service.feed("1.2.3.2", masked=True, slots=messages.slot("urn:vendor:note", "x"))
    service.call("update", messages.metadata_update(service.entry("1.2.3.1")))
    old = service.registry.find("1.2.3.1").entry_uuid
    service.feed("1.2.3.3", replaces=old)
    new = service.registry.find("1.2.3.3").entry_uuid
    (package,) = {one.entry_uuid for one in service.registry.sets_of_patient(1) if one.unique_id == "1.2.3.3.1"}
    everything = f"('{STATUS}:Approved','{STATUS}:Deprecated')"
    sets = {"prefix": "$XDSSubmissionSet", "Status": messages.approved}
    bodies = [
        ("search", messages.query(messages.find, Status=everything)),
        ("search", messages.query(messages.find, "ObjectRef", Status=everything)),
        ("search", messages.query(messages.find, Status="('urn:asip:ci-sis:2010:StatusType:Archived')")),
        ("search", messages.query(messages.find_sets, **sets)),
        ("search", messages.query(messages.find_sets, "ObjectRef", **sets)),
        ("search", messages.query(messages.get_links, prefix="$", uuid=f"('{package}','{new}')")),
        ("search", messages.query(messages.get_both, UniqueId="('1.2.3.3')")),
        ("search", messages.query(messages.get, UniqueId="('1.2.3.1','1.2.3.3')")),
        ("search", messages.query(messages.find)),
        ("search", messages.query("00000000-0000-4000-8000-000000000000")),
        ("retrieve", messages.retrieval("1.2.3.3")),
        ("retrieve", messages.retrieval("1.2.3.3", "1.2.3.404")),
        ("retrieve", messages.retrieval("1.2.3.404")),
        ("update", messages.status_update(new, "Approved", "Archived", "1.2.9.2")),
        ("update", messages.status_update(new, "Approved", "Archived", "1.2.9.3")),
        ("update", "<x/>"),
    ]
    return [(kind, service.call(kind, body)) for kind, body in bodies]


def test_answers_about_a_record_with_a_history_are_valid(oracle, service, asked):
    found = {place: findings(oracle, service, *one) for place, one in enumerate(asked)}

    assert {place: messages for place, messages in found.items() if messages} == {}


def test_what_the_feeding_answers_is_valid(oracle, service, messages):
    replies = [
        service.feed("1.2.3.1"),
        service.feed("1.2.3.1", set_id="1.2.8.2"),
        service.feed("1.2.3.2", slots=messages.slot("urn:vendor:note", "x")),
        service.feed("1.2.3.3", mode="INDIRECTE_RENFORCEE"),
        service.call("feed", messages.two_documents("1.2.3.5", "1.2.3.6", "1.2.8.5"), part=b"<CDA/>"),
        service.call("feed", "<x/>", part=b"<CDA/>"),
    ]

    assert [findings(oracle, service, "feed", reply) for reply in replies] == [[]] * len(replies)


@pytest.mark.parametrize("state", [RecordState.ABSENT, RecordState.CLOSED])
def test_what_a_closed_or_absent_record_answers_is_valid(oracle, kit, service, messages, state):
    record = service.patients.find(kit.patient)
    service.feed("1.2.3.1")
    update = messages.status_update(service.registry.find("1.2.3.1").entry_uuid, "Approved", "Archived")
    service.patients.add(type(record)(record.ins, "MARTIN", "ANNE", "F", "19790301", state=state))

    replies = {
        "feed": service.feed("1.2.3.2"),
        "search": service.call("search", messages.query(messages.find, Status=messages.approved)),
        "retrieve": service.call("retrieve", messages.retrieval("1.2.3.1")),
        "update": service.call("update", update),
    }

    found = {kind: findings(oracle, service, kind, reply) for kind, reply in replies.items()}

    assert not any(found.values()), found
