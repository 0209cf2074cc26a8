"""The page as a whole, the headers that go with it, and the command that writes it."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from unit.viewer.hostile_cda import holding, narrative, pdf

from dmp_core.cli.documents_show import command
from dmp_core.documents.viewer import attachment_headers, page, page_headers, render
from dmp_core.documents.viewer.page import stylesheet
from dmp_core.documents.viewer.writer import Writer

LETTER = holding(pdf(), "application/pdf")


def test_the_policy_names_our_stylesheet_by_its_hash_and_nothing_else():
    written = page(render(narrative("x"))).decode()

    [style] = re.findall(r"<style>(.*?)</style>", written, re.DOTALL)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', written)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy.replace("&#x27;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert style == stylesheet()
    assert "<script" not in written


def test_a_host_may_bring_its_own_stylesheet():
    assert b"<style>body { color: navy }</style>" in page(render(narrative("x")), "body { color: navy }")


def test_the_same_document_gives_the_same_page():
    assert page(render(LETTER)) == page(render(LETTER))


def test_a_file_is_inside_the_page_or_where_the_host_serves_it():
    view = render(LETTER)

    assert f'href="data:application/pdf;base64,{b64encode(pdf()).decode()}" download="document-1.pdf"'.encode() in page(
        view
    )
    assert b'href="/files/abc" download="document-1.pdf"' in page(view, links={"document-1.pdf": "/files/abc"})


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//elsewhere/x", "https://elsewhere/x", "data:text/html,x"])
def test_a_host_serves_files_itself(address: str):
    with pytest.raises(ValueError, match="href"):
        page(render(LETTER), links={"document-1.pdf": address})


def test_headers_say_what_a_page_cannot():
    told = page_headers()["Content-Security-Policy"]

    assert told.endswith("frame-ancestors 'self'; sandbox allow-downloads")
    assert attachment_headers(render(LETTER).attachments[0]) == {
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="document-1.pdf"',
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("script", {}),
        ("p", {"onclick": "x"}),
        ("p", {"style": "x"}),
        ("a", {"href": "javascript:x"}),
        ("p", {"id": 'x"'}),
    ],
)
def test_the_writer_writes_only_what_is_listed(tag: str, attributes: dict[str, str]):
    with pytest.raises(ValueError, match=r"no (element|attribute)"):
        Writer().start(tag, **attributes)


def test_no_health_data_stands_in_the_repr_of_a_view():
    told = repr(render(narrative("dose secrète", title="TITRE SECRET")))

    assert "secr" not in told.lower()


def test_the_command_writes_a_page_and_tells_what_it_holds(tmp_path: Path):
    (tmp_path / "letter.xml").write_bytes(LETTER)

    done = CliRunner().invoke(command, [str(tmp_path / "letter.xml"), "-o", str(tmp_path / "letter.html"), "--json"])

    told = json.loads(done.output)
    assert done.exit_code == 0
    assert (tmp_path / "letter.html").read_bytes() == page(render(LETTER))
    assert told["type_code"] == "87273-9"
    assert told["attachments"] == [
        {"name": "document-1.pdf", "media_type": "application/pdf", "access": "open", "reason": "", "bytes": len(pdf())}
    ]


def test_the_command_says_in_french_why_it_cannot(tmp_path: Path):
    (tmp_path / "x.xml").write_bytes(b"<a>")

    done = CliRunner().invoke(command, [str(tmp_path / "x.xml")])

    assert done.exit_code == 1
    assert "Le fichier XML est illisible ou dangereux. [DMP-INPUT-003]" in done.output
