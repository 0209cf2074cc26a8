"""What is packed for whoever helps: shapes and codes, and nothing of anybody."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from dmp_core.services.support import MOST_LINES, event, log_lines, pack
from dmp_core.services.wire.recorder import Exchanged
from dmp_core.services.wire.redaction import redacted

AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
CANARIES = ("PAT-TROIS", "DOMINIQUE", "279035121518989", "TITULAIRE", "899700000001", "1234", "eyJhbGciOi")
SOAP = """<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">
<soap:Header><a:Action>urn:ihe:iti:2007:RegistryStoredQuery</a:Action><a:MessageID>urn:uuid:PAT-TROIS</a:MessageID>
<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="279035121518989">
<NameID>899700000001</NameID><!-- DOMINIQUE --></Assertion></soap:Header>
<soap:Body>{body}</soap:Body></soap:Envelope>"""
RESPONSE = (
    '<r:AdhocQueryResponse xmlns:r="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" '
    'status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure" '
    'requestId="PAT-TROIS"><r:RegistryError errorCode="XDSRegistryError" codeContext="INS 279035121518989 DOMINIQUE" '
    'severity="urn:Error" location="TITULAIRE">PAT-TROIS</r:RegistryError></r:AdhocQueryResponse>'
)


def exchanged(request: bytes, answer: bytes, answer_type: str = "application/soap+xml") -> Exchanged:
    return Exchanged(
        at=AT,
        service="registry",
        request_type="application/soap+xml; charset=UTF-8",
        request=request,
        status=200,
        answer_type=answer_type,
        answer=answer,
        transaction="TD3.1",
        result="DMP-SRV-000",
    )


def test_codes_of_the_protocol_stay_and_everything_else_goes() -> None:
    told = redacted(exchanged(SOAP.format(body="<x/>").encode(), SOAP.format(body=RESPONSE).encode()))

    text = json.dumps(told, ensure_ascii=False)
    assert [one for one in CANARIES if one in text] == []
    assert "Action: urn:ihe:iti:2007:RegistryStoredQuery" in told["request"]["message"]
    assert "errorCode=XDSRegistryError" in told["answer"]["message"]
    assert "severity=urn:Error" in told["answer"]["message"]
    assert "status=urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure" in told["answer"]["message"]
    assert "NameID: …" in told["request"]["message"]
    assert (told["transaction"], told["status"]) == ("TD3.1", 200)


@pytest.mark.parametrize(
    "answer",
    [
        b"<html><body>Bonjour DOMINIQUE PAT-TROIS</body></html>",
        b"PAT-TROIS DOMINIQUE",
        b"<a>PAT-TROIS",
        b"",
        "<é279035121518989/>".encode(),
        b"<PAT-TROIS/>",
        b'<RegistryError xmlns="urn:oasis:x" errorCode="PAT TROIS, DOMINIQUE"/>',
    ],
)  # fmt: skip
def test_whatever_answered_nothing_of_it_is_told_but_its_shape(answer: bytes) -> None:
    told = json.dumps(redacted(exchanged(SOAP.format(body="<x/>").encode(), answer, "text/html; name=DOMINIQUE")))

    assert [one for one in ("DOMINIQUE", "279035121518989") if one in told] == []
    assert "PAT-TROIS" not in told


def test_of_a_multipart_message_the_root_and_the_sizes_are_told() -> None:
    body = (
        b"--b\r\nContent-Type: application/xop+xml\r\nContent-Transfer-Encoding: 8bit\r\nContent-ID: <root>\r\n\r\n"
        + SOAP.format(body="<x/>").encode()
        + b"\r\n--b\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <d>\r\n\r\n"
        + b"<ClinicalDocument>PAT-TROIS</ClinicalDocument>\r\n--b--\r\n"
    )

    told = redacted(exchanged(b"<x/>", body, 'multipart/related; boundary="b"; start="<root>"'))

    assert told["answer"]["parts"] == [46]
    assert "PAT-TROIS" not in json.dumps(told)


def test_a_record_of_the_audit_loses_the_people() -> None:
    record = {
        "number": 7, "at": "2026-01-15", "action": "dmp.asked", "transaction": "TD3.1", "result": "ok",
        "author": "899700000001", "operator": "operateur-1", "patient": "dossier-1", "structure": "1990000001",
        "item": "item-1", "assertion_id": "x", "unique_id": "2.25.1", "enclosed": "digest",
    }  # fmt: skip

    assert event(record) == {
        "number": 7, "at": "2026-01-15", "action": "dmp.asked", "transaction": "TD3.1", "result": "ok",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (
            '{"event": "dmp.asked", "transaction": "TD3.1", "ms": 12}',
            {"event": "dmp.asked", "transaction": "TD3.1", "ms": 12},
        ),
        ('{"event": "dmp.asked", "patient": "PAT-TROIS"}', {"event": "dmp.asked"}),
        ('{"event": "dmp.asked", "what": "DOMINIQUE PAT-TROIS"}', {"event": "dmp.asked"}),
        ('{"event": "dmp.asked", "reason": "279035121518989"}', {"event": "dmp.asked"}),
        ('{"event": "dmp.asked", "count": 279035121518989}', {"event": "dmp.asked"}),
        ('{"event": "dmp.asked", "name": "TITULAIRE"}', {"event": "dmp.asked"}),
        ('{"event": "dmp.asked", "what": {"a": "PAT-TROIS"}}', {"event": "dmp.asked"}),
        ('{"event": "PAT-TROIS"}', None),
        ('{"event": "Bonjour PAT-TROIS"}', None),
        ("PAT-TROIS DOMINIQUE", None),
        ("[1, 2]", None),
        ("[" * 100_000, None),
    ],
)
def test_of_a_log_only_what_the_program_may_have_written_stays(line: str, kept: dict[str, Any] | None) -> None:
    assert list(log_lines([line])) == ([kept] if kept else [])


def test_the_last_lines_are_kept() -> None:
    found = list(log_lines(f'{{"event": "bench.line", "count": {number}}}' for number in range(MOST_LINES + 5)))

    assert (len(found), found[-1]["count"]) == (MOST_LINES, MOST_LINES + 4)


def test_the_package_holds_what_its_first_page_says() -> None:
    data = pack(doctor={"ok": True}, versions={"python": "3.11"}, outbox={}, events=[{"action": "dmp.asked"}])

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        read_me = archive.read("LISEZMOI.txt").decode()

    assert names == {
        "LISEZMOI.txt", "doctor.json", "versions.json", "outbox.json", "events.jsonl", "log.jsonl", "exchanges.jsonl",
    }  # fmt: skip
    assert all(name in read_me for name in names - {"LISEZMOI.txt"})
