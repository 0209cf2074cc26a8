"""The signature of a set: verified by signxml, its manifest by us, and every way to sign something else refused."""

from typing import Any

import pytest

from dmp_core.simulator import xades

SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


@pytest.fixture
def signed(feed: Any, sign: Any, cda: bytes) -> Any:
    return lambda **options: xades.check_signature(sign(("1.2.3.4.5.6.1.1", cda), **options), feed.read())


def texts(check: xades.SignatureCheck) -> list[str]:
    return [reason.text.removeprefix("Signature XAdES : ") for reason in check.reasons]


def test_a_right_signature_gives_the_certificate_that_made_it(signed: Any, key: Any) -> None:
    check = signed()

    assert check.reasons == ()
    assert check.certificate == key.certificate


def test_the_entry_of_the_signature_is_found_by_its_class(feed: Any) -> None:
    found = xades.signature_entry(feed.read())

    assert found is not None
    assert found.id == "Signature01"


def test_a_document_changed_after_signing_is_seen(feed: Any, sign: Any, cda: bytes) -> None:
    signature = sign(("1.2.3.4.5.6.1.1", cda))

    check = xades.check_signature(signature, feed.with_document("Document01", cda + b"<!-- -->").read())

    assert texts(check) == ["l’empreinte d’un document diffère de celle du manifeste"]


def test_every_document_and_no_other_is_signed(feed: Any, sign: Any, cda: bytes) -> None:
    nothing = xades.check_signature(sign(), feed.read())
    more = xades.check_signature(sign(("1.2.3.4.5.6.1.1", cda), ("1.2.3.9", cda)), feed.read())

    assert texts(nothing) == ["un document n’est pas dans le manifeste"]
    assert texts(more) == ["le manifeste nomme un document qui n’est pas dans le lot"]


def test_another_submission_set_is_refused(signed: Any) -> None:
    check = signed(own="2.25.9")

    assert "le manifeste ne nomme pas le lot de soumission" in texts(check)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("<ds:DigestValue>AA==", "<ds:DigestValue>AB=="), "empreinte du lot de soumission : AA== attendu"),
        (
            ('#WithComments"/></ds:Transforms><ds:DigestMethod', '"/></ds:Transforms><ds:DigestMethod'),
            "C14N avec commentaires",
        ),
        (("1.2.840.10065.1.12.1.14", "1.2.840.10065.1.12.1.1"), "purposeOfSignature"),
        (("SignaturePolicyImplied", "SignaturePolicyOther"), "SignaturePolicyImplied"),
        (("<x:DigestValue>", "<x:DigestValue>AAAA"), "SigningCertificate"),
    ],
)
def test_a_signature_of_another_shape_is_refused(signed: Any, change: tuple[str, str], words: str) -> None:
    assert any(words in text for text in texts(signed(change=change)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-01-15T09:35:00Z", "2026-01-15T09:36:00Z"),
        ("AA==", "AA= ="),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
        ("rsa-sha256", "hmac-sha256"),
        ('<ds:Reference URI="#S0-SignedProperties"', '<ds:Reference URI="#S0-Other"'),
        ("<ds:X509Certificate>", "<ds:X509Certificate>AAAA"),
        ("ds:Signature ", "ds:Other "),
    ],
)
def test_what_was_changed_after_signing_is_refused(feed: Any, sign: Any, cda: bytes, old: str, new: str) -> None:
    text = sign(("1.2.3.4.5.6.1.1", cda)).decode()
    assert old in text

    check = xades.check_signature(
        text.replace(old, new).replace("</ds:Signature >", "</ds:Other>").encode(), feed.read()
    )

    assert check.reasons
    assert check.certificate == b""


def test_sha1_in_the_manifest_is_refused(signed: Any) -> None:
    check = signed(change=(f'{SHA256}"/><ds:DigestValue>', f'{SHA1}"/><ds:DigestValue>'))

    assert "algorithme d’empreinte refusé dans le manifeste" in texts(check)


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>"])
def test_what_is_no_signature_is_refused(feed: Any, data: bytes) -> None:
    check = xades.check_signature(data, feed.read())

    assert len(check.reasons) == 1
    assert check.certificate == b""


def test_truncated_anywhere_it_is_refused(feed: Any, sign: Any, cda: bytes) -> None:
    whole = sign(("1.2.3.4.5.6.1.1", cda))

    for length in range(0, len(whole), 97):
        assert xades.check_signature(whole[:length], feed.read()).reasons
