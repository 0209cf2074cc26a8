"""The project's own checks: what they find, where, and that nothing breaks them."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dmp_core.api import CdaBody, DocumentType
from dmp_core.documents import checks
from dmp_core.documents.facts import Facts
from dmp_core.documents.frame import compose
from dmp_core.documents.rules import REMEDIES
from dmp_core.errors import DocumentInvalid
from dmp_core.model import limits
from dmp_core.model.finding import Severity


def rules(document: bytes) -> set[str]:
    return {finding.rule for finding in checks.check(document)}


def changed(document: bytes, old: str, new: str) -> bytes:
    text, count = re.subn(old, new, document.decode(), count=1)
    assert count, old
    return text.encode()


def test_our_own_documents_have_no_finding(
    interview: bytes, facts: Facts, note_type: DocumentType, structured_body: Callable[..., CdaBody]
) -> None:
    note = compose(replace(facts, document_type=note_type), structured_body())

    assert checks.check(interview) == ()
    assert checks.check(note) == ()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('<realmCode code="FR"/>', "", "header-missing"),
        ("<custodian>.*</custodian>", "", "header-missing"),
        ('<templateId root="1.3.6.1.4.1.19376.1.2.20"/>', "", "header-templates"),
        ('<templateId root="1.3.6.1.4.1.19376.1.2.20"/>', r'\g<0><templateId root="1.2.3"/>', "header-templates"),
        ('<id root="2.25.1001"/>', '<id root="../../x"/>', "unique-id"),
        ('<id root="2.25.1001"/>', f'<id root="1.{"1" * 10_000}"/>', "unique-id"),
        ("<title>[^<]*", "<title>" + "x" * 201, "title-length"),
        ("<title>[^<]*", "<title>Entre<!-- -->tien", "split-text"),
        ("<family>EXEMPLE", "<family>EXEM\u202ePLE", "invisible-character"),
        ('<family qualifier="BR">PAT-TROIS', '<family qualifier="BR">PAT\u200b-TROIS', "invisible-character"),
        ('<low value="20260115"/>', '<low value="20260230"/>', "time-format"),
        ('<family qualifier="BR">', "<family>", "ins-traits"),
        ("<birthplace>.*</birthplace>", "", "ins-traits"),
        ('code="SA33"', 'code="SA99"', "code-unknown"),
        ('displayName="Ambulatoire"', 'displayName="Hospitalisation"', "code-label"),
    ],
)
def test_a_broken_header_is_found(interview: bytes, old: str, new: str, rule: str) -> None:
    assert rule in rules(changed(interview, old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('displayName="CR d\'entretien pharmaceutique"', 'displayName="CR d’Entretien  pharmaceutique"'),
        ('displayName="Féminin"', 'displayName="FEMININ"'),
    ],
)
def test_what_printers_change_in_a_label_is_no_finding(interview: bytes, old: str, new: str) -> None:
    assert checks.check(changed(interview, old, new)) == ()


@pytest.mark.parametrize(
    ("document", "rule", "line"),
    [
        (b"", "xml", 1),
        (b"<a>\n<b>\n</a>", "xml", 3),
        (b"<!DOCTYPE a><a/>", "xml", None),
        (b"<a/>", "no-document", None),
        (b"%PDF-1.4", "xml", 1),
        (b"<a>" * 300 + b"</a>" * 300, "xml", None),
        (b" " * (limits.FED_DOCUMENT + 1), "size", None),
    ],
)
def test_a_file_that_is_no_document_is_told_with_rule_and_line(document: bytes, rule: str, line: int | None) -> None:
    (finding,) = checks.check(document)

    assert (finding.rule, finding.line) == (rule, line)
    assert finding.severity is Severity.ERROR


def test_a_document_cut_at_any_byte_is_told(interview: bytes) -> None:
    for length in range(0, len(interview), 97):
        assert rules(interview[:length]) == {"xml"}


def test_a_document_inside_a_stylesheet_is_checked(interview: bytes) -> None:
    inner = interview.partition(b"?>")[2].strip()
    wrapped = b'<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform">' + inner + b"</x:stylesheet>"

    assert checks.check(wrapped) == ()
    assert rules(wrapped.replace(b"fr-FR", b"en-GB")) == {"language"}


def test_findings_hold_no_value_of_the_patient(interview: bytes) -> None:
    broken = changed(interview, "279035121518989", "279035121518900")
    broken = changed(broken, 'value="19790328"', 'value="19791328"')

    told = " ".join(f"{finding}{finding.remedy}" for finding in checks.check(broken))

    assert not [value for value in ("279035", "1979", "PAT-TROIS", "DOMINIQUE", "51215", "DOMPREMY") if value in told]


def test_errors_forbid_sending_and_warnings_do_not(interview: bytes) -> None:
    warned = changed(
        interview, 'encompassingEncounter>(.*?)value="20260115"', r'encompassingEncounter>\1value="20260115103000"'
    )

    assert [finding.rule for finding in checks.require_valid(warned)] == ["time-zone"]
    with pytest.raises(DocumentInvalid) as refusal:
        checks.require_valid(interview.replace(b"fr-FR", b"en-GB"))
    assert [finding.rule for finding in refusal.value.findings] == ["language"]


def test_every_remedy_is_a_french_sentence() -> None:
    assert all(remedy[0].isupper() and remedy.endswith(".") for remedy in REMEDIES.values())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_gives_findings_or_none_and_never_an_exception(interview: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(interview) - 1))
    length = data.draw(st.integers(0, 40))
    damage = data.draw(st.binary(max_size=20))

    findings = checks.check(interview[:place] + damage + interview[place + length :])

    assert all(finding.rule in REMEDIES for finding in findings)
