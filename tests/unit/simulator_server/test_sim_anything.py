"""Whatever comes, `Dmp.handle` answers: any bytes, and right requests that were damaged on the way."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dmp_core.simulator.answers import Reply

SERVICES = ("patients", "patientsSpecific", "habilitations", "patientsPDQ", "registry", "repository", "")
TYPES = ("application/soap+xml; charset=UTF-8", "application/soap+xml", "text/xml", "", "multipart/related")
PACKAGE = 'multipart/related; type="application/xop+xml"; boundary="frontier"; start="<root>"'
damages = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8), st.integers(0, 60)), min_size=1, max_size=4)
quiet = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def damaged(data, changes):
    """`data` with pieces cut out and others put in."""
    for where, put, cut in changes:
        place = int(where * len(data))
        data = data[:place] + put + data[place + cut :]
    return data


class Recorder:
    """Takes the place of the service once, to learn what a call posts."""

    def __init__(self):
        self.posted = None

    def handle(self, *arguments):
        self.posted = arguments
        return Reply(200, "text/plain", b"")


@pytest.fixture
def posts(service, messages):
    """What each transaction posts, with an assertion that was never used."""
    service.feed("1.2.3.1")
    entry_uuid = service.registry.find("1.2.3.1").entry_uuid
    calls = [
        ("existence", messages.existence(), None),
        ("existence", messages.existence(TEST_EXST="CNSLT_DATA"), None),
        ("set_authorization", messages.set_authorization(), None),
        ("list_authorization", messages.list_authorization(), None),
        ("patient_list", messages.patient_list(), None),
        ("feed", messages.submission("1.2.3.2", "1.2.8.2"), b"<CDA/>"),
        ("search", messages.query(messages.find, Status=messages.approved), None),
        ("search", messages.query(messages.get_links, prefix="$", uuid=f"('{entry_uuid}')"), None),
        ("retrieve", messages.retrieval("1.2.3.1"), None),
        ("update", messages.metadata_update(service.entry("1.2.3.1"), "MASQUE_PS"), None),
        ("update", messages.status_update(entry_uuid, "Approved", "Archived"), None),
    ]
    dmp, recorder, posted = service.dmp, Recorder(), []
    service.dmp = recorder
    for kind, body, part in calls:
        service.call(kind, body, part=part)
        posted.append(recorder.posted)
    service.dmp = dmp
    return posted


@quiet
@given(data=st.binary(max_size=300), service_name=st.sampled_from(SERVICES), kind=st.sampled_from((*TYPES, PACKAGE)))
def test_any_bytes_get_an_answer(kit, service, data, service_name, kind):
    certificate = kit.der(kit.pki.professional_auth(kit.pharmacist))

    assert service.dmp.handle(service_name, kind, data, certificate).status == 500


@quiet
@given(certificate=st.one_of(st.none(), st.binary(max_size=50)), kind=st.text(max_size=60))
def test_any_certificate_and_any_media_type_get_an_answer(kit, service, certificate, kind):
    good = kit.der(kit.pki.professional_auth(kit.pharmacist))

    assert service.dmp.handle("patients", "text/xml", b"<x/>", certificate).status == 500
    assert service.dmp.handle("patients", kind, b"<x/>", good).status == 500


@settings(quiet, max_examples=250)
@given(place=st.integers(0, 10), changes=damages)
def test_a_damaged_request_gets_an_answer(service, posts, place, changes):
    name, kind, body, certificate = posts[place]

    reply = service.dmp.handle(name, kind, damaged(body, changes), certificate)

    assert reply.status in (200, 500)


@settings(quiet, max_examples=250)
@given(place=st.integers(0, 10), changes=damages)
def test_a_request_whose_body_alone_is_damaged_gets_an_answer(service, posts, place, changes):
    """The assertion is right, so that the transaction itself is reached."""
    name, kind, body, certificate = posts[place]
    start, end = body.index(b"<soap:Body>") + 11, body.rindex(b"</soap:Body>")

    reply = service.dmp.handle(name, kind, body[:start] + damaged(body[start:end], changes) + body[end:], certificate)
    service.storage._connection.execute("DELETE FROM assertion")

    assert reply.status in (200, 500)


@settings(quiet, max_examples=100)
@given(
    place=st.integers(0, 10),
    old=st.sampled_from(["Value>", "AJOUT", "TOUTE", "2020", "urn:uuid:", "1.2.3", "lid=", "Slot ", "id=", "root="]),
    new=st.text(max_size=12),
)
def test_a_request_with_other_values_gets_an_answer(service, posts, place, old, new):
    name, kind, body, certificate = posts[place]
    start = body.index(b"<soap:Body>")
    escaped = new.encode("utf-8", "replace").replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;")

    reply = service.dmp.handle(name, kind, body[:start] + body[start:].replace(old.encode(), escaped), certificate)
    service.storage._connection.execute("DELETE FROM assertion")

    assert reply.status in (200, 500)
