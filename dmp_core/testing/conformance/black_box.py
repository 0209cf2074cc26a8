"""A way in run as a program beside a real bridge: what it says, what it prints, what stands in the outbox.

One that listens is called meanwhile, as its scenario says and as nobody should.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from dmp_core.plughost.worker.process import printable
from dmp_core.testing import rig
from dmp_core.testing.bridge import BridgeUnderWatch
from dmp_core.testing.conformance import calls
from dmp_core.testing.conformance.program import SECONDS, Program, run
from dmp_core.testing.conformance.report import Result, Rule
from dmp_core.testing.conformance.scenario import Scenario, read_scenarios
from dmp_core.testing.events import CANARY, canaries_of
from dmp_core.testing.projects import Project

SCENARIO: Final = Rule(
    "way-in.scenario",
    "tests/corpus/way_in.toml says how it is run",
    "write it: arguments, says, saves, status; listens and [[calls]] for one that listens, peer for one that calls",
)
RUNS: Final = Rule(
    "way-in.runs",
    "it runs beside a bridge and ends by itself, or when it is told to",
    "it takes `--bridge COMMAND...` as its last option",
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
    "repeat `document/saved` with the same key, as BridgeClient does; answer the next call",
)
BEARS: Final = Rule(
    "way-in.bears", "a refusal of the bridge is told, and breaks nothing", "catch BridgeError, tell its sentence, go on"
)
SILENT: Final = Rule("way-in.silent", "nothing of a patient is printed", "print numbers and references, no values")
_INVALID: Final = range(-32603, -32599)  # JSON-RPC: what the sender should not have said
_SAVED: Final = "document/saved"
Runner = Callable[[str, Sequence[str], Callable[[Program], None] | None], Program]


def checked(project: Project) -> Iterator[Result]:
    """Three runs a scenario: all is well, the bridge dies at the first document or call, it refuses each of them."""
    scenarios = read_scenarios(project)
    for file, scenario in scenarios.items():
        if isinstance(scenario, str):
            yield SCENARIO.failed(scenario if len(scenarios) == 1 else f"{file}: {scenario}")
            continue
        yield replace(SCENARIO.passed(), title=f"tests/corpus/{file} says how it is run")
        for result in _checked(project, scenario):
            named = result.what and len(scenarios) > 1
            yield replace(result, what=f"{file}: {result.what}") if named else result


def _checked(project: Project, scenario: Scenario) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="dmp-check-", ignore_cleanup_errors=True) as place:
        prepared = Path(place) / "prepared"
        rig.prepare(prepared)

        def start(name: str, options: Sequence[str] = (), used: Callable[[Program], None] | None = None) -> Program:
            return run(project, scenario, prepared, Path(place) / name, options, used)

        runs: list[Program] = []
        yield from (_listening if scenario.listens else _ending)(scenario, start, runs)
        text = b"".join(program.printed for program in runs).decode("utf-8", "replace")
        loud = sum(canary in text for canary in canaries_of(CANARY))
        yield from SILENT.judged([f"{loud} values of a patient stand in what it prints"] if loud else [])


def _ending(scenario: Scenario, start: Runner, runs: list[Program]) -> Iterator[Result]:
    """A program that does its work and ends, or is told to once its driver did."""
    used = Program.drive if scenario.drive else None
    usual = start("usual", (), used)
    runs.append(usual)
    yield from _usual(usual)
    if scenario.drive or scenario.peer:
        yield from calls.ANSWERS.judged(filter(None, [usual.driver]))
    yield from ONCE.judged(_saves(usual))
    told = _SAVED if _SAVED in scenario.says else scenario.says[0] if scenario.peer else None
    if told is not None:
        dying, refusing = start("dying", ("--die-at", told), used), start("refusing", ("--refuse", told), used)
        runs += [dying, refusing]
        yield from SURVIVES.judged([*_ended(dying), *_saves(dying), *_peer(dying)])
        yield from BEARS.judged([*_breaks(refusing), *_peer(refusing)])


def _peer(program: Program) -> Iterator[str]:
    """What a peer, which knows the run, was not content with."""
    if program.scenario.peer and program.driver:
        yield program.driver


def _listening(scenario: Scenario, start: Runner, runs: list[Program]) -> Iterator[Result]:
    """A program that is called until it is told to stop."""
    found: dict[Rule, list[str]] = {rule: [] for rule in (calls.LISTENS, calls.ANSWERS, calls.GATE, calls.NONSENSE)}

    def used(program: Program) -> None:
        address = calls.find(program)
        found[calls.LISTENS] += calls.exposed(program, address)
        if address is None:
            return
        found[calls.ANSWERS] += calls.promised(program, address)
        if scenario.drive:
            program.drive()
            found[calls.ANSWERS] += filter(None, [program.driver])
        program.until(lambda: set(scenario.says) <= set(program.said()))
        found[calls.GATE] += calls.strangers(program, address)
        found[calls.NONSENSE] += calls.senseless(program, address)
        found[calls.NONSENSE] += (f"afterwards {what}" for what in calls.promised(program, address))

    usual = start("usual", (), used)
    runs.append(usual)
    found[calls.LISTENS] += calls.left_behind(usual)
    yield from _usual(usual)
    for rule, what in found.items():
        yield from rule.judged(what)
    yield from ONCE.judged(_saves(usual))
    yield from SURVIVES.judged(_calls_survive(scenario, start, runs))
    yield from BEARS.judged(_calls_bear(scenario, start, runs))


def _calls_survive(scenario: Scenario, start: Runner, runs: list[Program]) -> Iterator[str]:
    first, wrong = scenario.says[0], list[str]()

    def used(program: Program) -> None:
        address = calls.find(program)
        if address is None:
            return
        for _ in calls.promised(program, address):
            pass  # the bridge dies meanwhile: any answer will do
        program.until(lambda: first in program.said())
        wrong.extend(calls.promised(program, address))
        if not program.until(lambda: program.said().count(first) > 1):
            wrong.append(f"the bridge that came back never heard {first}")

    dying = start("dying", ("--die-at", first), used)
    runs.append(dying)
    yield from wrong
    yield from _ended(dying)


def _calls_bear(scenario: Scenario, start: Runner, runs: list[Program]) -> Iterator[str]:
    wrong: list[str] = []

    def used(program: Program) -> None:
        address = calls.find(program)
        wrong.extend(calls.broken(program, address) if address else ())

    refusing = start("refusing", ("--refuse", scenario.says[0]), used)
    runs.append(refusing)
    yield from wrong
    yield from _breaks(refusing)


def _usual(program: Program) -> Iterator[Result]:
    yield from RUNS.judged(_ended(program))
    said = program.said()
    yield from BEGINS.judged(_order(said))
    yield from SPEAKS.judged(_misunderstood(program.bridge))
    yield from SAYS.judged(f"it never says {method}" for method in program.scenario.says if method not in said)


def _ended(program: Program) -> Iterator[str]:
    status = program.scenario.status
    if program.status is None:
        yield f"it did not end within {SECONDS} s"
    elif program.status != status:
        yield f"it ended with {program.status}, not {status}{_last_words(program)}"


def _last_words(program: Program) -> str:
    """The last line that it printed, unless a value of a patient stands in it."""
    lines = program.printed.decode("utf-8", "replace").strip().splitlines()
    silent = not lines or any(canary in lines[-1] for canary in canaries_of(CANARY))
    return "" if silent else f"; its last words: {printable(lines[-1][:200])}"


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


def _saves(program: Program) -> Iterator[str]:
    keys, wanted = [item["key"] for item in program.bridge.outbox], program.scenario.saves
    if wanted is not None and len(keys) != wanted:
        yield f"{len(keys)} documents stand in the outbox, not {wanted}"
    handed = {str(params.get("key")) for params in program.bridge.saved}
    if missing := handed - set(keys):
        yield f"{len(missing)} accepted documents stand nowhere"


def _breaks(program: Program) -> Iterator[str]:
    if program.status is None:
        yield f"it did not end within {SECONDS} s"
    if b"Traceback" in program.printed:
        yield "it ends with a traceback"
