"""ebRIM in all the shapes that the standard allows: nested or beside, inline or in a part; what is odd is told."""

from typing import Any

import pytest

from dmp_core import xml
from dmp_core.model.oids import Xds
from dmp_core.simulator.reasons import Refused
from dmp_core.simulator.submission import Coded, read_submission

XOP = "http://www.w3.org/2004/08/xop/include"
INCLUDE = f'<xds:Document id="{{}}"><i:Include xmlns:i="{XOP}" href="cid:{{}}"/></xds:Document>'


def test_a_submission_is_read_whole(feed: Any, cda: bytes) -> None:
    read = feed.read()

    assert read.set is not None
    assert (read.sets, read.set.unique_id, read.set.source_id, read.set.title) == (1, "2.25.1", "1.2.3.4.5", "Lot")
    assert read.set.content_type == Coded("SA33", "1.2.250.1.71.4.2.4", "Pharmacie")
    document, signature = read.entries
    assert (document.id, signature.unique_id) == ("Document01", "2.25.2")
    assert document.codes[Xds.TYPE_CODE] == (Coded("78601-2", "2.16.840.1.113883.6.1", "CR d'entretien"),)
    assert [code.code for code in signature.codes[Xds.CONFIDENTIALITY_CODE]] == ["N", "MASQUE_PS", "INVISIBLE_PATIENT"]
    assert document.authors[0].person.startswith("810000000001^")
    assert document.slots["creationTime"] == ("20260115093000",)
    assert [link.id for link in read.associations] == ["m1", "m2", "s1"]
    assert read.documents == {"Document01": cda, "Signature01": b"<signature/>"}
    assert read.faults == ()


def test_classifications_and_identifiers_count_beside_their_object_too(feed: Any) -> None:
    nested = feed.objects
    start = nested.index('<Classification id="n1"')
    node = nested[start : nested.index("/>", start) + 2]
    start = nested.index('<ExternalIdentifier id="i96fdda7c')
    identifier = nested[start : nested.index("/>", start) + 2]

    read = (
        feed.change(node, "")
        .change(identifier, "")
        .change("<Association", node + identifier + "<Association", 1)
        .read()
    )

    assert read.set == feed.read().set
    assert read.faults == ()


def test_a_bare_request_of_the_registry_is_read_without_documents(feed: Any) -> None:
    bare = feed.body[0]

    read = read_submission(bare, {})

    assert len(read.entries) == 2
    assert read.documents == {}


def test_documents_come_from_parts_too(feed: Any) -> None:
    text = xml.serialize(type(feed)(feed.objects).body).decode()
    text = text.replace("</xds:Prov", INCLUDE.format("Document01", "a%40b") + "</xds:Prov")

    read = read_submission(xml.parse(text.encode()), {"a@b": b"\x00\r\n", "unused": b""})

    assert read.documents == {"Document01": b"\x00\r\n"}
    assert [fault.code for fault in read.faults] == ["XDSMissingDocumentMetadata"]


def test_one_part_for_two_documents_is_refused(feed: Any) -> None:
    text = xml.serialize(type(feed)(feed.objects).body).decode()
    text = text.replace(
        "</xds:Prov", INCLUDE.format("Document01", "a") + INCLUDE.format("Signature01", "a") + "</xds:Prov"
    )

    with pytest.raises(Refused):
        read_submission(xml.parse(text.encode()), {"a": b""})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id="Document01">', 'id="Signature01">'),
        ("PHNpZ25hdHVyZS8+", "PHNpZ25hdHVyZS8"),
        ("PHNpZ25hdHVyZS8+", "<a/>"),
        ("SubmitObjectsRequest", "RemoveObjectsRequest"),
        ("RegistryObjectList", "Other"),
        ("<Value>fr-FR</Value>", "<Value>fr<!-- -->-FR</Value>"),
        ("urn:ihe:iti:xds-b:2007", "urn:other"),
    ],
    ids=["twin documents", "bad base64", "markup as document", "no request", "no list", "comment in a value", "root"],
)
def test_what_cannot_be_read_is_refused(feed: Any, old: str, new: str) -> None:
    text = xml.serialize(feed.body).decode()
    assert old in text

    with pytest.raises(Refused):
        read_submission(xml.parse(text.replace(old, new).encode()), {})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('classifiedObject="Document01"', 'classifiedObject="Document011"', "classifiedObject"),
        ('registryObject="Document01"', 'registryObject="Other"', "registryObject"),
        ('id="m2"', 'id="m1"', "même id"),
        ('name="languageCode"', 'name="creationTime"', "creationTime en double"),
        ('<Name><LocalizedString value="Lot"/></Name>', "", None),
        (
            '<RegistryPackage id="SubmissionSet01">',
            '<RegistryPackage id="SubmissionSet01"><Name/>',
            "ordre des éléments",
        ),
        ("a54d6aa5-d40d-43f9-88c5-b4633d873bdd", "0", "ni lot de soumission ni classeur"),
    ],
)
def test_an_odd_form_is_read_and_told(feed: Any, old: str, new: str, words: str | None) -> None:
    faults = [fault.text for fault in feed.change(old, new).read().faults]

    assert any(words in fault for fault in faults) if words else faults == []
