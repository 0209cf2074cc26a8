"""The process that runs the rules: what it may not do, what becomes of it, and that its end is never silence."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest

from dmp_core.model.finding import Severity
from dmp_core.rules import process
from dmp_core.rules.book import RuleBook

FN = "Q{http://www.w3.org/2005/xpath-functions}"
Make = Callable[..., Any]


def document(code: str) -> bytes:
    return f'<ClinicalDocument xmlns="urn:hl7-org:v3"><code code="{code}"/></ClinicalDocument>'.encode()


def told(book: RuleBook, code: str) -> list[tuple[str, str]]:
    return [(one.rule, one.detail) for one in book.check(document(code))]


@pytest.fixture
def asking(make_book: Make, make_schematron: Make, make_rule: Make) -> Callable[..., RuleBook]:
    """A book whose rule reports on the code `bad` where the test given holds; on the code `wrong` always."""

    def made(test: str, **limits: Any) -> RuleBook:
        bad = make_rule("cda:code[@code='bad']", f'<report test="{test}">held</report>')
        wrong = make_rule("cda:code[@code='wrong']", '<report test="true()">wrong</report>')
        return make_book(make_schematron(bad, wrong), **limits)  # type: ignore[no-any-return]

    return made


def test_a_rule_opens_no_file(asking: Callable[..., RuleBook], tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>")

    for function in ("doc", "unparsed-text", "collection", "json-doc", "unparsed-text-lines"):
        book = asking(f"exists({FN}{function}('{secret.as_uri()}'))")
        assert told(book, "bad") == [("rules-unavailable", "IHE.sch")]
        _forget(book, tmp_path)


def test_a_rule_opens_no_address(asking: Callable[..., RuleBook]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        book = asking(f"exists({FN}doc('http://127.0.0.1:{server.getsockname()[1]}/a.xml'))")

        found = told(book, "bad")

        assert found == [("rules-unavailable", "IHE.sch")]
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_rule_that_takes_too_long_ends_the_process_and_the_next_document_is_checked(
    asking: Callable[..., RuleBook],
) -> None:
    book = asking("count(for $a in 1 to 1000000, $b in 1 to 1000000 return $a[. mod 7 = $b mod 5]) = 1", check=0.5)

    assert told(book, "bad") == [("rules-unavailable", "stopped")]
    assert told(book, "wrong") == [("IHE.sch", "wrong")]


def test_a_rule_that_takes_too_much_memory_ends_the_process_and_the_next_document_is_checked(
    asking: Callable[..., RuleBook],
) -> None:
    book = asking("string-join(for $a in 1 to 100000000 return concat('ssssssss',$a),'') = ''", memory=250_000_000)

    (found,) = book.check(document("bad"))

    assert (found.rule, found.severity, found.path) == ("rules-unavailable", Severity.WARNING, "/")
    assert "règles de l’ANS" in found.remedy
    assert told(book, "wrong") == [("IHE.sch", "wrong")]


def test_a_process_that_was_killed_between_two_documents_is_started_again(asking: Callable[..., RuleBook]) -> None:
    book = asking("false()")
    told(book, "wrong")
    running = book._worker._process
    assert running is not None

    running.kill()
    running.wait()

    assert told(book, "wrong") == [("IHE.sch", "wrong")]


def test_the_process_starts_with_the_first_document_and_ends_with_the_book(asking: Callable[..., RuleBook]) -> None:
    book = asking("false()")
    before = book._worker._process
    told(book, "good")
    running = book._worker._process
    assert running is not None

    book.close()

    assert before is None
    assert running.returncode is not None
    assert told(book, "wrong") == [("IHE.sch", "wrong")], "a closed book can be opened again"


def test_several_threads_get_each_their_own_answer(asking: Callable[..., RuleBook]) -> None:
    book = asking("true()")
    codes = ["good", "wrong", "bad"] * 10

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda code: told(book, code), codes))

    assert found == [[], [("IHE.sch", "wrong")], [("IHE.sch", "held")]] * 10


def test_without_saxonche_the_xsd_is_checked_and_the_rest_said(
    make_book: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book()
    nothing: Callable[[str], ModuleSpec | None] = lambda _name: None  # noqa: E731 - as the library's function
    monkeypatch.setattr(process, "find_spec", nothing)

    found = book.check(document("good").replace(b"<ClinicalDocument", b'<ClinicalDocument classCode="x"'))

    assert [one.rule for one in found] == ["CDA_extended.xsd", "rules-unavailable"]
    assert found[1].detail.startswith("validate:")


def _forget(book: RuleBook, tmp_path: Path) -> None:
    book.close()
    (tmp_path / "rules" / "small").rename(tmp_path / f"used-{len(list(tmp_path.iterdir()))}")


def test_a_process_that_cannot_be_started_is_said(make_book: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    book = make_book()
    monkeypatch.setattr(process.sys, "executable", "/no/such/python")

    assert told(book, "good") == [("rules-unavailable", "not started")]
