"""The suite catches what it promises to: plugins that break its rules, run as it runs any other."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dmp_core.testing.conformance import suite
from dmp_core.testing.conformance.report import Outcome, Report
from dmp_core.testing.projects import in_folder

HEAD = "from dmp_core.api import *\nfrom dmp_core.api import hookimpl\n"
Check = Callable[..., Report]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Checks a plugin made of this code."""

    def run(
        code: str, hooks: Sequence[str], *, kind: str = "host", reads: Sequence[str] = (), more: str = ""
    ) -> Report:
        root = tmp_path / "project"
        package = root / "zz_bad"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(HEAD + code, encoding="utf-8")
        (package / "dmp-plugin.toml").write_text(
            f'id = "zz_bad"\nversion = "1"\nkind = "{kind}"\napi = ["1.0"]\n'
            f"hooks = {list(hooks)}\nreads = {list(reads)}\n{more}"
        )
        (root / "pyproject.toml").write_text(
            '[project]\nname = "zz-bad"\nversion = "2"\n[project.entry-points."dmp.plugins"]\nzz_bad = "zz_bad"\n'
        )
        return suite.run(in_folder(root))

    return run


def failed(report: Report) -> set[str]:
    return {result.rule for result in report.results if result.outcome is Outcome.FAILED}


LOUD = """
import os
from pathlib import Path
@hookimpl
def on_patient_opened(event, ctx):
    name = event.patient.traits.birth_name
    os.write(2, name.encode())
    try:
        Path(f"{name}.txt").write_text("x")
    except OSError:
        pass
    return ()
@hookimpl
def on_patient_closed(event, ctx):
    import importlib
    try:
        sock = importlib.import_module("so" + "cket").socket()
        sock.connect_ex(("127.0.0.1", 9))
    except OSError:
        pass
    try:
        importlib.import_module("sub" + "process").run(["true"])
    except Exception:
        pass
    return ()
"""


def test_a_plugin_that_leaks_is_caught_whatever_way_it_takes(check: Check) -> None:
    report = check(LOUD, ["on_patient_opened", "on_patient_closed"], reads=["patient"])

    assert {"privacy.prints", "privacy.files", "privacy.network", "privacy.processes"} <= failed(report)
    assert "ZZCANARI" not in report.as_text()


FRAGILE = """
seen = []
@hookimpl
def on_patient_opened(event, ctx):
    seen.append(1)
    return (ShowStatus(text=str(len(seen))),)
@hookimpl
def on_document_saved(event, ctx):
    raise ValueError(event.content)
@hookimpl
def on_card_changed(event, ctx):
    return (ConsultRecord(),)
"""


def test_a_plugin_that_breaks_or_remembers_is_caught(check: Check) -> None:
    hooks = ["on_patient_opened", "on_document_saved", "on_card_changed"]

    report = check(FRAGILE, hooks, reads=["content", "card", "record"])

    assert {"behaviour.answers", "behaviour.same", "static.rights", "static.project"} <= failed(report)
    said = " ".join(result.what for result in report.of("behaviour.answers"))
    assert "on_document_saved" in said and "on_card_changed" in said


DOCUMENT = """
from datetime import date
CODE = Code(code="x", system="1.2")
@hookimpl
def provide_document_types(event, ctx):
    codes = dict.fromkeys(("type_code", "class_code", "format_code"), CODE)
    return [DocumentType(id="zz-bad", label="x", example={"a": "un deux trois"}, **codes)]
@hookimpl
def resolve_document(event, ctx):
    import json
    told = json.loads(event.content)
    if told.get("a") != "un deux trois":
        raise ContentInvalid(str(told), findings=(Finding("a", "wrong", f"Pas {told.get('a')}"),))
    return PdfBody(act=Act(start=date(2026, 1, 1)), pdf=b"no pdf")
"""


def test_a_document_plugin_that_trusts_its_host_is_caught(check: Check) -> None:
    report = check(DOCUMENT, ["provide_document_types", "resolve_document"], kind="document", reads=["content"])

    assert {
        "behaviour.types", "behaviour.documents", "behaviour.own", "robustness.content", "robustness.mute",
    } <= failed(report)  # fmt: skip


def test_what_does_not_start_is_told_and_nothing_else_is_asked(check: Check) -> None:
    report = check("import httpx\n", ["on_patient_opened"])

    assert {"behaviour.starts", "static.imports"} <= failed(report)
    assert not report.of("privacy.prints")


def test_a_wrong_manifest_is_the_first_thing_told(check: Check) -> None:
    report = check("", ["on_nothing"])

    assert failed(report) >= {"static.manifest"}
    assert "unknown hook" in report.of("static.manifest")[0].what
