"""A way in run as a program beside a real bridge: what it says, what it prints, what stands in the outbox.

`tests/corpus/way_in.toml` says how it is run; `way_in/` beside it holds the files that it finds in its folder, with
`$birth_name` and the others of `testing.events` in the place of a patient's values.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dmp_core.testing import rig
from dmp_core.testing.bridge import BridgeUnderWatch
from dmp_core.testing.conformance.report import Result, Rule
from dmp_core.testing.events import CANARY, canaries_of
from dmp_core.testing.events import values as canary_values
from dmp_core.testing.projects import Project

SCENARIO: Final = Rule(
    "way-in.scenario", "tests/corpus/way_in.toml says how it is run", "write it: arguments, says, saves, status"
)
RUNS: Final = Rule(
    "way-in.runs", "it runs beside a bridge and ends by itself", "it takes `--bridge COMMAND...` as its last option"
)
BEGINS: Final = Rule(
    "way-in.initialize",
    "it introduces itself first, and says goodbye",
    "use hostbridge.clients.python.BridgeClient in a `with`",
)
SPEAKS: Final = Rule(
    "way-in.methods",
    "it says only what the bridge understands",
    "docs/reference/bridge.md lists every method and its parameters",
)
SAYS: Final = Rule("way-in.says", "it says what its scenario promises", "mend it, or the scenario")
ONCE: Final = Rule(
    "way-in.once", "each document stands in the outbox once", "give each save a `key` of its own, the same at each try"
)
SURVIVES: Final = Rule(
    "way-in.survives",
    "a bridge that dies loses nothing",
    "repeat `document/saved` with the same key, as BridgeClient does",
)
BEARS: Final = Rule(
    "way-in.bears", "a refusal of the bridge is told, and breaks nothing", "catch BridgeError, tell its sentence, go on"
)
SILENT: Final = Rule("way-in.silent", "nothing of a patient is printed", "print numbers and references, no values")
_SECONDS: Final = 60
_INVALID: Final = range(-32603, -32599)  # JSON-RPC: what the sender should not have said
_SAVED: Final = "document/saved"


class Scenario(BaseModel):
    """One run. `saves`: documents that must stand in the outbox; None: any number.

    `drive`: a Python file of way_in/ that runs while the way in does (it calls its address, it drops files); when it
    has ended, the way in is told to stop. None: the way in ends by itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    arguments: tuple[str, ...] = ()
    says: tuple[str, ...] = Field(min_length=1)
    saves: int | None = None
    drive: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]+\.py$")
    status: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run left. `status` None: it did not end."""

    status: int | None
    printed: bytes
    bridge: BridgeUnderWatch


def checked(project: Project) -> Iterator[Result]:
    """Three runs: all is well, the bridge dies at the first document, the bridge refuses every document."""
    scenario = _scenario(project)
    if isinstance(scenario, str):
        yield SCENARIO.failed(scenario)
        return
    yield SCENARIO.passed()
    with tempfile.TemporaryDirectory(prefix="dmp-check-", ignore_cleanup_errors=True) as place:
        prepared = Path(place) / "prepared"
        rig.prepare(prepared)

        def run(name: str, *options: str) -> Run:
            return _run(project, scenario, prepared, Path(place) / name, options)

        usual = run("usual")
        yield from _usual(usual, scenario)
        printed = usual.printed
        if _SAVED in scenario.says:
            dying = run("dying", "--die-at", _SAVED)
            yield from SURVIVES.judged(_outcome(dying, scenario))
            refusing = run("refusing", "--refuse", _SAVED)
            yield from BEARS.judged(_breaks(refusing))
            printed += dying.printed + refusing.printed
        text = printed.decode("utf-8", "replace")
        loud = sum(canary in text for canary in canaries_of(CANARY))
        yield from SILENT.judged([f"{loud} values of a patient stand in what it prints"] if loud else [])


def _usual(run: Run, scenario: Scenario) -> Iterator[Result]:
    yield from RUNS.judged(_ended(run, scenario.status))
    said = [method for method, _ in run.bridge.asked]
    yield from BEGINS.judged(_order(said))
    yield from SPEAKS.judged(_misunderstood(run.bridge))
    yield from SAYS.judged(f"it never says {method}" for method in scenario.says if method not in said)
    yield from ONCE.judged(_saves(run, scenario))


def _ended(run: Run, status: int) -> Iterator[str]:
    if run.status is None:
        yield f"it did not end within {_SECONDS} s"
    elif run.status != status:
        yield f"it ended with {run.status}, not {status}" + (" and a traceback" if b"Traceback" in run.printed else "")


def _order(said: Sequence[str]) -> Iterator[str]:
    if said[:2] != ["initialize", "initialized"]:
        yield f"it began with {', '.join(said[:2]) or 'nothing'}"
    if said[-2:] != ["shutdown", "exit"]:
        yield f"it ended with {', '.join(said[-2:]) or 'nothing'}"


def _misunderstood(bridge: BridgeUnderWatch) -> Iterator[str]:
    asked = {
        line["message"].get("id"): line["message"].get("method") for line in bridge.journal if line["from"] == "host"
    }
    for line in bridge.journal:
        error = line["message"].get("error") if line["from"] == "bridge" else None
        if isinstance(error, dict) and error.get("code") in _INVALID:
            yield f"{asked.get(line['message'].get('id')) or 'a message'}: error {error['code']}"


def _saves(run: Run, scenario: Scenario) -> Iterator[str]:
    keys = [item["key"] for item in run.bridge.outbox]
    if scenario.saves is not None and len(keys) != scenario.saves:
        yield f"{len(keys)} documents stand in the outbox, not {scenario.saves}"
    handed = {str(params.get("key")) for params in run.bridge.saved}
    if missing := handed - set(keys):
        yield f"{len(missing)} accepted documents stand nowhere"


def _outcome(run: Run, scenario: Scenario) -> Iterator[str]:
    yield from _ended(run, scenario.status)
    yield from _saves(run, scenario)


def _breaks(run: Run) -> Iterator[str]:
    if run.status is None:
        yield f"it did not end within {_SECONDS} s"
    if b"Traceback" in run.printed:
        yield "it ends with a traceback"


def _scenario(project: Project) -> Scenario | str:
    file = project.corpus / "way_in.toml" if project.corpus else None
    if file is None or not file.is_file():
        return "there is no such file"
    try:
        return Scenario.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        return "; ".join(f"{one['loc'][0] if one['loc'] else 'file'}: {one['msg']}" for one in error.errors())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return str(error)


def _run(project: Project, scenario: Scenario, prepared: Path, folder: Path, options: Sequence[str]) -> Run:
    bridge = BridgeUnderWatch(Path(shutil.copytree(prepared, folder / "bridge")), tuple(options))
    work = folder / "work"
    work.mkdir()
    if project.corpus is not None:
        _lay_out(project.corpus / "way_in", work)
    path = os.pathsep.join(part for part in (str(project.package.parent), os.environ.get("PYTHONPATH", "")) if part)
    command = [sys.executable, "-m", project.name, *scenario.arguments, "--bridge", *bridge.command]
    with subprocess.Popen(
        command,
        cwd=work,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        driven = _driven(scenario.drive, work, process) if scenario.drive else b""
        try:
            printed, _ = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            printed, _ = process.communicate()
            return Run(None, printed + driven, bridge)
    return Run(process.returncode, printed + driven, bridge)


def _driven(file: str, work: Path, process: "subprocess.Popen[bytes]") -> bytes:
    """Run the author's driver, then tell the way in to stop. Gives what the driver printed where it failed."""
    try:
        done = subprocess.run(
            [sys.executable, file],
            cwd=work,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        failed = done.stderr if done.returncode else b""
    except subprocess.TimeoutExpired:
        failed = b"Traceback: the driver did not end"
    process.terminate()
    return failed


def _lay_out(source: Path, target: Path) -> None:
    """The files of the scenario, the canary in the place of the names that begin with a dollar."""
    for file in sorted(source.rglob("*")) if source.is_dir() else ():
        place = target / file.relative_to(source)
        if file.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        try:
            place.write_text(
                Template(file.read_text(encoding="utf-8")).safe_substitute(canary_values()), encoding="utf-8"
            )
        except UnicodeDecodeError:
            place.write_bytes(file.read_bytes())
