"""The commands of the kit: emit, the debugger, why, and plugins that are taken up again when their file changes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dmp_core.cli import main
from dmp_core.testing import new, rig
from dmp_core.testing.conformance import suite
from dmp_core.testing.conformance.report import Outcome
from dmp_core.testing.projects import in_folder
from hostbridge.clients.python import BridgeClient

HEAD = '# /// dmp-plugin\n# kind = "host"\n# hooks = ["on_patient_opened"]\n# ///\n'
CODE = "from dmp_core.api import *\nfrom dmp_core.api import hookimpl\n@hookimpl\ndef on_patient_opened(event, ctx):\n"
PATIENT = {
    "host_id": "1",
    "traits": {
        "birth_name": "PAT-TROIS",
        "birth_given_names": "DOMINIQUE",
        "first_birth_given_name": "DOMINIQUE",
        "sex": "F",
        "birth_date": "1979-03-28",
    },
}


def greeting(folder: Path, text: str) -> Path:
    file = folder / "zz_salut.py"
    file.write_text(f"{HEAD}{CODE}    texte = '{text}'\n    return (ShowMessage(text=texte),)\n", encoding="utf-8")
    return file


def dmp(*arguments: object, status: int = 0) -> Result:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done


def test_emit_prints_the_actions_of_each_event(tmp_path: Path) -> None:
    greeting(tmp_path, "bonjour")

    done = dmp("emit", "patient-opened", "--plugin", "zz_salut", "--plugins-dir", tmp_path, "--json")

    answers = json.loads(done.stdout)
    assert {answer["case"] for answer in answers} >= {"qualified", "without-ins", "newborn"}
    assert answers[0]["values"] == [{"type": "ShowMessage", "text": "bonjour", "level": "info"}]


def test_emit_shows_where_a_plugin_fails(tmp_path: Path) -> None:
    file = tmp_path / "zz_salut.py"
    file.write_text(f"{HEAD}{CODE}    raise KeyError('x')\n")

    done = dmp("emit", "patient-opened", "--plugin", file, "--case", "qualified", status=1)

    assert "FAILED  KeyError at zz_salut/__init__.py:9" in done.output


def test_emit_in_this_process_shows_the_authors_own_lines_and_no_others(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "zz_salut.py"
    file.write_text(f"{HEAD}{CODE}    return 1 +\n")

    at_import = dmp("emit", "patient-opened", "--plugin", file, "--in-process", status=1)
    file.write_text(f"{HEAD}{CODE}    return {{}}['x']\n")
    at_call = dmp("emit", "patient-opened", "--plugin", file, "--case", "qualified", "--in-process", status=1)

    assert "its package cannot be imported: SyntaxError at zz_salut/__init__.py:9" in at_import.output
    assert "FAILED  KeyError at zz_salut/__init__.py:9" in at_call.output
    shown = at_import.output + at_call.output + "".join(capfd.readouterr())
    assert "return {}['x']" in shown
    assert "click" not in shown
    assert "emit.py" not in shown


def test_emit_says_why_there_is_no_document_to_ask_for(tmp_path: Path) -> None:
    file = tmp_path / "zz_types.py"
    head = '# /// dmp-plugin\n# kind = "document"\n# hooks = ["provide_document_types", "resolve_document"]\n'
    head += '# reads = ["content"]\n# ///\n'
    code = "from dmp_core.api import hookimpl\n@hookimpl\ndef provide_document_types(event, ctx):\n    return 'un'\n"
    file.write_text(f"{head}{code}@hookimpl\ndef resolve_document(event, ctx):\n    return None\n")

    done = dmp("emit", "document-wanted", "--plugin", file, status=1)

    assert "FAILED  provide_document_types gave str, not a list or a tuple" in done.output


def test_emit_names_the_hooks_where_there_is_no_such(tmp_path: Path) -> None:
    done = dmp("emit", "card-changed", "--plugin", greeting(tmp_path, "x"), status=1)

    assert "no hook on_card_changed: on_patient_opened" in done.output
    assert dmp("emit", "patient-opened", "--plugin", "zz_nowhere", status=1)
    assert dmp("emit", "patient-opened", "--plugin", tmp_path / "zz_salut.py", "--pdb", status=2)


@pytest.mark.parametrize(("options", "code"), [(["--pdb"], ""), ([], "    breakpoint()\n")])
def test_the_debugger_stops_in_the_hook(options: list[str], code: str, tmp_path: Path) -> None:
    file = greeting(tmp_path, "x")
    file.write_text(file.read_text().replace("    texte", f"{code}    texte"))
    command = [sys.executable, "-m", "dmp_core.cli", "emit", "patient-opened", "--plugin", str(file), "--in-process"]

    done = subprocess.run(
        [*command, *options, "--case", "qualified"],
        input="p event.patient is None\nn\np 'stopped', texte\nc\n",
        text=True,
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert "('stopped', 'x')" in done.stdout
    assert "ShowMessage  text=x" in done.stdout


@pytest.fixture
def pharmacy(tmp_path: Path) -> Path:
    """A configuration of a pharmacy that never reaches its DMP."""
    rig.prepare(tmp_path / "pki")
    file = tmp_path / "dmp.toml"
    ca = tmp_path / "pki" / "pki" / "ca.pem"
    file.write_text(
        f'environment = "simulation"\ndata = "host"\n[software]\nname = "x"\nversion = "1"\nhomologation = "x"\n'
        f'oid = "2.25.1"\n[dmp]\nurl = "https://127.0.0.1:1/services/"\nca = "{ca}"\n[cards]\nenabled = false\n'
        '[structure.1990000001]\nname = "PHARMACIE"\n'
    )
    return file


def test_why_says_the_reason_in_one_line(pharmacy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plugins"
    folder.mkdir()
    greeting(folder, "x")

    def why(*arguments: object) -> str:
        return dmp("plugins", "why", *arguments, "--config", pharmacy).stdout.strip()

    assert "is not installed" in why("zz_salut")
    assert "enabled of the configuration does not name it" in why("doc_trod")
    assert why("zz_salut", "on_patient_opened", "--plugins-dir", folder).startswith(
        "on_patient_opened of zz_salut is called"
    )
    assert "does not name it in `hooks`" in why("zz_salut", "on_card_changed", "--plugins-dir", folder)
    greeting(folder, "x").write_text(f"{HEAD}import nothing_at_all\n{CODE}    return None\n")
    assert "cannot be imported" in why("zz_salut", "on_patient_opened", "--plugins-dir", folder)


def test_a_changed_file_is_taken_up_while_the_bridge_runs(pharmacy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plugins"
    folder.mkdir()
    greeting(folder, "un")
    command = [sys.executable, "-m", "dmp_core.cli", "serve", "--stdio", "--config", str(pharmacy)]

    with BridgeClient([*command, "--plugins-dir", str(folder)]) as bridge:
        bridge.start({"host": {"name": "essai", "version": "1"}})
        assert shown(bridge, "un")

        greeting(folder, "deux")

        assert shown(bridge, "deux")


def shown(bridge: BridgeClient, text: str) -> bool:
    """Whether an opening shows `text`, asked for again for a while."""
    for _ in range(60):
        bridge.call("patient/opened", {"patient": PATIENT})
        while (notice := bridge.next_notice(0.5)) is not None:
            if notice.method == "message/show" and notice.params["text"] == text:
                return True
    return False


def test_a_failed_check_has_its_exit_status_and_its_files(tmp_path: Path) -> None:
    file = tmp_path / "zz_salut.py"
    file.write_text(f"{HEAD}{CODE}    print(event)\n    return None\n")

    done = dmp("plugins", "check", file, "--report", tmp_path / "r.json", "--junit", tmp_path / "r.xml", status=1)

    assert "FAILED   static.silent" in done.output
    assert json.loads((tmp_path / "r.json").read_text())["passed"] is False
    assert b"<failure" in (tmp_path / "r.xml").read_bytes()


Make = Callable[[str], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def render(kind: str) -> Path:
        folder = tmp_path / f"zz_new_{kind}"
        new.render(folder, kind, new.usual(folder.name, kind))
        return folder

    return render


def test_a_new_way_in_passes_its_tests_and_the_suite_unchanged(make: Make) -> None:
    folder = make("host")

    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    report = suite.run(in_folder(folder))

    assert tests.returncode == 0, tests.stdout
    assert {one.rule for one in report.results if one.outcome is not Outcome.PASSED} == {"static.licence"}


@pytest.mark.parametrize("kind", ["adapter", "document"])
def test_a_new_plugin_passes_the_suite_unchanged(kind: str, make: Make) -> None:
    report = suite.run(in_folder(make(kind)))

    assert {one.rule: one.what for one in report.results if one.outcome is not Outcome.PASSED}.keys() == {
        "static.licence"
    }


FORGETFUL = """
import hostbridge.clients.python as python
from hostbridge.clients.python import BridgeError

class BridgeClient(python.BridgeClient):
    def __init__(self, command):
        super().__init__(command, back_off=())
"""


def test_a_way_in_that_loses_documents_or_prints_names_is_caught(make: Make) -> None:
    folder = make("host")
    program = folder / folder.name / "__main__.py"
    text = program.read_text().replace('print(f"ligne {number} : acceptée")', 'print(params["patient"])')
    program.write_text(text.replace("from hostbridge.clients.python import BridgeClient, BridgeError", FORGETFUL))

    report = suite.run(in_folder(folder))

    failed = {one.rule for one in report.results if one.outcome is Outcome.FAILED}
    assert failed == {"way-in.silent", "way-in.survives"}
