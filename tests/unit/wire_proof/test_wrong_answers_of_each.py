"""Answers that are a little wrong in what one transaction alone says: each change has its declared outcome.

`SAME`: read as if nothing had been changed. Another value: the table's own words.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from good_answers import FIRST, SECOND, Change, Good, both, good_answers, sub

from dmp_core.dmp import mtom
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpAbsent,
    DmpBusy,
    DmpClosed,
    DmpDocumentUnknown,
    DmpError,
    DmpOtherRefusal,
)
from dmp_core.model.document import RecordStatus
from dmp_core.ports import HttpAnswer

SAME = None
NOBODY = b"00000000-0000-4000-8000-000000000000"
OTHER_INS = sub(rb"279035121518989", b"190017511009926", 0)
SECOND_LIST = sub(rb"(<rim:RegistryObjectList.*</rim:RegistryObjectList>)", rb"\1\1")
NO_LIST = sub(rb"<rim:RegistryObjectList.*</rim:RegistryObjectList>", b"")
EMPTY_LIST = sub(rb"(<rim:RegistryObjectList[^>]*>).*(</rim:RegistryObjectList>)", rb"\1\2")
AE = (
    b'<acknowledgement typeCode="%s"><acknowledgementDetail><code code="DMPClosed"/><text>DMP clos</text>'
    b"</acknowledgementDetail></acknowledgement>"
)
Reading = Callable[[Any], object]


def status(text: bytes) -> Change:
    return sub(rb"<status>DMPOk</status>", text)


def acknowledged(kind: bytes) -> Change:
    return sub(rb"<acknowledgement.*</acknowledgement>", AE % kind)


def counted(number: bytes) -> Change:
    return sub(rb'totalResultCount="[0-9]+"', b'totalResultCount="' + number + b'"')


def told(severity: bytes, code: bytes, outcome: bytes = b"Success") -> Change:
    """An error or a warning in the registry's response."""
    item = (
        b'<e:RegistryErrorList xmlns:e="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"><e:RegistryError errorCode="%s" '
        b'codeContext="motif" severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:%s"/></e:RegistryErrorList>'
    )

    def inside(found: re.Match[bytes]) -> bytes:
        name, rest, empty = found.groups()
        rest = rest.replace(b"Type:Success", b"Type:" + outcome)
        end = b"</" + name + b">" if empty else b""
        return b"<" + name + rest + b">" + item % (code, severity) + end

    return sub(rb"<([a-z]+:(?:RegistryResponse|AdhocQueryResponse))( [^>]*?)(/?)>", inside)


def parts(change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Change:
    """The package with other parts beside its envelope."""

    def changed(http: HttpAnswer) -> HttpAnswer:
        root, found = mtom.read(http.content_type, http.body)
        attached = [mtom.Attachment(name, "text/xml", data) for name, data in change(found).items()]
        content_type, body = mtom.write(root, attached, action="x", boundary="autre")
        return HttpAnswer(200, content_type, body)

    return changed


def last_part_again(http: HttpAnswer) -> HttpAnswer:
    end = http.body.rindex(b"\r\n--")
    start = http.body.rindex(b"\r\n--", 0, end)
    return replace(http, body=http.body[:end] + http.body[start:])


def swapped(found: dict[str, bytes]) -> dict[str, bytes]:
    return dict(zip(found, reversed(list(found.values())), strict=True))


GDP = {
    "another queryId": (sub(rb'(<queryId [^>]*extension=")[^"]*', rb"\g<1>" + NOBODY), AnswerForeign),
    "no queryId": (sub(rb"<queryId [^>]*/>", b""), AnswerForeign),
    "another message acknowledged": (sub(rb'(Message><id [^>]*extension=")[^"]*', rb"\g<1>" + NOBODY), AnswerForeign),
    "no message acknowledged": (sub(rb"<targetMessage>.*</targetMessage>", b""), SAME),
    "two queryAck": (sub(rb"(<queryAck>.*</queryAck>)", rb"\1\1"), AnswerUnreadable),
    "no queryAck": (sub(rb"<queryAck>.*</queryAck>", b""), AnswerUnreadable),
    "another response code": (sub(rb'(queryResponseCode code=")OK', rb"\1QE"), DmpOtherRefusal),
    "no record beside a patient": (sub(rb'(queryResponseCode code=")OK', rb"\1NF"), AnswerUnreadable),
    "acknowledged with AE": (acknowledged(b"AE"), DmpClosed),
    "acknowledged with AR": (acknowledged(b"AR"), DmpClosed),
    "acknowledged with an unknown code": (acknowledged(b"ZZ"), DmpClosed),
    "AA, then AE": (sub(rb"(</acknowledgement>)", rb"\1" + AE % b"AE"), DmpClosed),
    "no acknowledgement": (sub(rb"<acknowledgement.*</acknowledgement>", b""), AnswerUnreadable),
    "another patient's INS": (OTHER_INS, AnswerForeign),
    "the INS of another register": (sub(rb"1\.2\.250\.1\.213\.1\.4\.10", b"1.2.250.1.213.1.4.8"), AnswerForeign),
    "two patients": (sub(rb"(<subject .*</subject>)", rb"\1\1"), AnswerUnreadable),
    "no patient": (sub(rb"<subject .*</subject>", b""), AnswerUnreadable),
    "an unknown status of the record": (sub(rb'(18989"/><statusCode code=")active', rb"\1odd"), AnswerUnreadable),
    "no status of the record": (sub(rb'(18989"/>)<statusCode code="active"/>', rb"\1"), AnswerUnreadable),
    "a comment in a name": (sub(rb">MARTIN<", b">MAR<!-- -->TIN<"), AnswerUnreadable),
    "a name as CDATA": (sub(rb">MARTIN<", b"><![CDATA[MARTIN]]><"), SAME),
    "blanks around a name": (sub(rb">MARTIN<", b">\n MARTIN\t<"), SAME),
}  # fmt: skip
NO_PATIENT = both(sub(rb"<subject .*</subject>", b""), sub(rb'(queryResponseCode code=")OK', rb"\1NF"))
SI_DMP = {
    "an unknown status": (status(b"<status>DMPNouveau</status>"), DmpOtherRefusal),
    "no status": (status(b""), AnswerUnreadable),
    "an empty status": (status(b"<status/>"), AnswerUnreadable),
    "two statuses": (status(b"<status>DMPOk</status><status>DMPNouveau</status>"), AnswerUnreadable),
    "two outputs": (sub(rb"(<output>.*</output>)", rb"\1\1"), AnswerUnreadable),
    "more after a comment": (status(b"<status>DMPOk<!-- -->Pas</status>"), DmpOtherRefusal),
    "a status as CDATA": (status(b"<status><![CDATA[DMPOk]]></status>"), SAME),
    "blanks around the status": (status(b"<status>\r\n DMPOk\t</status>"), SAME),
    "another service's answer": (sub(rb"urn:si-dmp-[a-z]+\"", b'urn:si-dmp-autre"', 0), AnswerForeign),
}
REGISTRY = {
    "a warning": (told(b"Warning", b"XDSExtraMetadataNotSaved"), "warned"),
    "an error beside success": (told(b"Error", b"XDSRegistryBusy"), DmpBusy),
    "an error of an unknown severity": (told(b"Odd", b"XDSRegistryBusy"), DmpBusy),
    "an error of an unknown code": (told(b"Error", b"DMPNouveau", b"Failure"), DmpOtherRefusal),
    "a failure that only warns": (told(b"Warning", b"XDSRegistryBusy", b"Failure"), DmpBusy),
}
QUERY = {
    "two lists": (SECOND_LIST, AnswerUnreadable),
    "no list": (NO_LIST, AnswerUnreadable),
    "no list and no count": (both(NO_LIST, sub(rb' totalResultCount="[0-9]+"', b"")), AnswerUnreadable),
    "no list, nothing announced": (both(NO_LIST, counted(b"0")), "nothing"),
    "an empty list, nothing announced": (both(EMPTY_LIST, counted(b"0")), "nothing"),
    "an empty list": (EMPTY_LIST, AnswerUnreadable),
    "more announced than came": (counted(b"1000"), AnswerUnreadable),
    "less announced than came": (counted(b"1"), SAME),
    "a partial success with an error": (told(b"Error", b"XDSRegistryBusy", b"PartialSuccess"), DmpBusy),
    "a partial success with a warning": (told(b"Warning", b"XDSRegistryBusy", b"PartialSuccess"), DmpOtherRefusal),
}
ENTRIES = {
    "no uniqueId": (sub(rb"<rim:ExternalIdentifier [^>]*2e82c1f6.*?</rim:ExternalIdentifier>", b""), AnswerUnreadable),
    "no objectType": (sub(rb' objectType="urn:uuid:7edca82f[^"]*"', b""), AnswerUnreadable),
    "no status of an entry": (sub(rb' status="[^"]*:StatusType:Approved"', b""), AnswerUnreadable),
    "a comment in a value": (sub(rb"(PID-7\|1979)", rb"\1<!-- -->"), AnswerUnreadable),
    "a value as CDATA": (sub(rb"<rim:Value>(PID-7[^<]*)", rb"<rim:Value><![CDATA[\1]]>"), SAME),
    "blanks around a value": (sub(rb"(<rim:Value>)(PID-7[^<]*)", b"\\1\r\n \\2\t"), SAME),
}  # fmt: skip
RETRIEVED = {
    "a document that was not asked for": (sub(SECOND.encode(), b"2.25.999"), AnswerForeign),
    "one document twice": (sub(SECOND.encode(), FIRST.encode()), AnswerUnreadable),
    "no document": (sub(rb"<xds:DocumentResponse>.*</xds:DocumentResponse>", b""), AnswerUnreadable),
    "one document of two": (sub(rb"<xds:DocumentResponse>.*?</xds:DocumentResponse>", b""), (SECOND,)),
    "one of two and why": (
        both(
            sub(rb"<xds:DocumentResponse>.*?</xds:DocumentResponse>", b""),
            told(b"Error", b"XDSDocumentUniqueIdError", b"PartialSuccess"),
        ),
        (SECOND, DmpDocumentUnknown),
    ),
    "another mimeType": (sub(rb"(<xds:mimeType>)text/xml", rb"\1application/pdf"), (FIRST, SECOND)),
    "no mimeType": (sub(rb"<xds:mimeType>text/xml</xds:mimeType>", b""), (FIRST, SECOND)),
    "a comment in a uniqueId": (sub(rb"(<xds:DocumentUniqueId>2\.)", rb"\1<!-- -->"), AnswerUnreadable),
    "blanks around a uniqueId": (sub(rb"(<xds:DocumentUniqueId>)", b"\\1\n  "), SAME),
    "no uniqueId": (sub(rb"<xds:DocumentUniqueId>[^<]*</xds:DocumentUniqueId>", b""), AnswerUnreadable),
    "no Document": (sub(rb"<xds:Document>.*?</xds:Document>", b""), AnswerUnreadable),
    "no RegistryResponse": (sub(rb"<rs:RegistryResponse [^>]*/>", b""), AnswerUnreadable),
    "a part is missing": (parts(lambda found: dict(list(found.items())[1:])), AnswerUnreadable),
    "a part comes twice": (last_part_again, AnswerUnreadable),
    "a part under another Content-ID": (
        parts(lambda found: {f"x{name}": data for name, data in found.items()}),
        AnswerUnreadable,
    ),
    "a part more than asked for": (parts(lambda found: found | {"x@y": b"<x/>"}), SAME),
    "the parts in another order": (parts(lambda found: dict(reversed(found.items()))), SAME),
    "one part for both": (sub(rb'(href="cid:)[^"]*-2@', rb"\1x-1@"), AnswerUnreadable),
    "a part that is cut": (
        parts(lambda found: {name: data[:-9] for name, data in found.items()}),
        "cut",
    ),
    "a package said to be XML": (lambda http: replace(http, content_type="application/soap+xml"), AnswerUnreadable),
}  # fmt: skip
TABLES: dict[str, dict[str, tuple[Change, Any]]] = {
    "TD0.2": GDP | {
        "no record": (NO_PATIENT, RecordStatus.ABSENT),
        "an unknown authorisation": (sub(rb"VALIDE", b"NOUVEAU"), RecordStatus.NOT_AUTHORISED),
        "no authorisation": (sub(rb"<attentionLine>.*?</attentionLine>", b""), RecordStatus.NOT_AUTHORISED),
        "two authorisations": (
            sub(
                rb"(<attentionLine>.*?</attentionLine>)", lambda it: it[1] + it[1].replace(b"VALIDE", b"INTERDIT")
            ),
            AnswerUnreadable,
        ),
    },
    "TD1.3a": GDP | {"no record": (NO_PATIENT, DmpAbsent)},
    "TD0.3": SI_DMP,
    "TD0.4": SI_DMP
    | {"no number of a patient": (sub(rb"<nationalId>[^<]*</nationalId>", b""), AnswerUnreadable)},
    "TD1.6": SI_DMP
    | {"no number of a professional": (sub(rb"<nationalId>[^<]*</nationalId>", b""), AnswerUnreadable)},
    "TD2.1": REGISTRY,
    "TD3.3a": REGISTRY,
    "TD3.3d": REGISTRY,
    "TD3.3c": REGISTRY,
    "TD3.1 stream": QUERY | ENTRIES,
    "TD3.1 documents": QUERY | ENTRIES,
    "TD3.1 references": QUERY
    | {"no id": (sub(rb'(<rim:ObjectRef) id="[^"]*"', rb"\1"), AnswerUnreadable)},
    "TD3.1 sets": QUERY
    | {"no id": (sub(rb'(<rim:RegistryPackage) id="[^"]*"', rb"\1"), AnswerUnreadable)},
    "TD3.1 associations": QUERY
    | {"no target": (sub(rb' targetObject="[^"]*"', b""), AnswerUnreadable)},
    "TD3.2": RETRIEVED,
}  # fmt: skip


@pytest.fixture(scope="module")
def goods(pharmacy_of_the_module) -> dict[str, Good]:
    return good_answers(pharmacy_of_the_module)


@pytest.mark.parametrize(
    ("name", "what"), [pytest.param(name, what, id=f"{name}-{what}") for name in TABLES for what in TABLES[name]]
)
def test_what_a_transaction_says_a_little_wrong_has_the_declared_outcome(goods, name: str, what: str) -> None:
    good, (change, expected) = goods[name], TABLES[name][what]
    changed = change(good.http)

    assert changed != good.http
    if isinstance(expected, type) and issubclass(expected, DmpError):
        with pytest.raises(expected) as caught:
            good.read(changed)
        assert type(caught.value) is expected
        assert caught.value.sentence
        assert not re.search("MARTIN|279035121518989", str(caught.value))
    else:
        assert outcome(good, changed, expected) == (good.read() if expected is SAME else expected)


def outcome(good: Good, changed: HttpAnswer, expected: object) -> object:
    """What came, in the words of the table."""
    got = good.read(changed)
    if isinstance(expected, RecordStatus):
        return got.status
    if isinstance(expected, tuple):
        return (*(one.unique_id for one in got.documents), *(type(refusal) for refusal in got.refusals))
    if expected == "cut":
        whole = {one.unique_id: one.content for one in good.read().documents}
        return "cut" if all(one.content == whole[one.unique_id][:-9] for one in got.documents) else "other"
    if expected == "warned":
        return "warned" if [one.code for one in got] == ["XDSExtraMetadataNotSaved"] else got
    return "nothing" if expected == "nothing" and not got else got
