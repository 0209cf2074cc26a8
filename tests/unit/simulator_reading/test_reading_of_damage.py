"""Whatever arrives, the readers answer or refuse: no other exception leaves them."""

import contextlib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dmp_core import xml
from dmp_core.simulator import envelope, mtom, query, submission, xades
from dmp_core.simulator.cda import CdaUnreadable, entry_metadata, read_header
from dmp_core.simulator.reasons import Refused

damages = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 40)), min_size=1, max_size=4)
slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def damaged(data: bytes, changes: list[tuple[float, bytes, int]]) -> bytes:
    """`data` with pieces cut out and others put in."""
    for where, put, cut in changes:
        place = int(where * len(data))
        data = data[:place] + put + data[place + cut :]
    return data


@slow
@given(changes=damages)
def test_a_damaged_request_is_read_or_refused(feed: Any, changes: list[tuple[float, bytes, int]]) -> None:
    addressing = "<a:Action>urn:x</a:Action><a:MessageID>urn:uuid:1</a:MessageID>"
    start = (
        f'<s:Envelope xmlns:s="{envelope.SOAP12}" xmlns:a="{envelope.WSA}"><s:Header>{addressing}</s:Header><s:Body>'
    )
    soap = start.encode() + xml.serialize(feed.body, declaration=False) + b"</s:Body></s:Envelope>"
    kind, data = mtom.write(soap, {"a": b"x"})

    with contextlib.suppress(envelope.EnvelopeRefused, Refused):
        request = envelope.read_request(kind, damaged(data, changes), "repository")
        submission.read_submission(request.body, request.parts)


@slow
@given(changes=damages)
def test_a_damaged_submission_is_judged_or_refused(
    feed: Any, judge: Any, changes: list[tuple[float, bytes, int]]
) -> None:
    text = damaged(feed.objects.encode(), changes).decode(errors="ignore")

    with contextlib.suppress(Refused, xml.XmlRefused):
        judge(type(feed)(text, feed.documents))


@slow
@given(changes=damages)
def test_a_damaged_document_is_described_or_unreadable(cda: bytes, changes: list[tuple[float, bytes, int]]) -> None:
    data = damaged(cda, changes)

    with contextlib.suppress(CdaUnreadable):
        entry_metadata(read_header(data), data)


@slow
@given(changes=damages)
def test_a_damaged_signature_has_reasons(
    feed: Any, sign: Any, cda: bytes, changes: list[tuple[float, bytes, int]]
) -> None:
    data = damaged(sign(("1.2.3.4.5.6.1.1", cda)), changes)

    xades.check_signature(data, feed.read())


@slow
@given(text=st.text(max_size=40))
def test_any_parameter_is_read_or_refused(text: str) -> None:
    root = xml.parse(
        b'<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0">'
        b'<q:ResponseOption returnType="LeafClass"/>'
        b'<AdhocQuery xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"'
        b' id="urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155">'
        b'<Slot name="$uuid"><ValueList><Value/></ValueList></Slot></AdhocQuery></q:AdhocQueryRequest>'
    )
    value = next(root.iter("{*}Value"))
    with contextlib.suppress(ValueError):  # what XML cannot hold
        value.text = text

    with contextlib.suppress(Refused):
        query.read_query(root)
