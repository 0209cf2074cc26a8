"""A way in at work: a program of its own, in a folder of its own, with a bridge that is watched."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic  # noqa: TID251 - how long a program of somebody else takes
from typing import Final

from dmp_core.testing.bridge import BridgeUnderWatch
from dmp_core.testing.conformance.scenario import Scenario, lay_out
from dmp_core.testing.projects import Project

SECONDS: Final = 120
_LOOK: Final = 0.05  # seconds between two looks at a program that works


@dataclass(slots=True)
class Program:
    """One run. `status` None: it did not end. `driver`: what the scenario's driver or peer said where it failed."""

    scenario: Scenario
    folder: Path
    bridge: BridgeUnderWatch
    process: "subprocess.Popen[bytes]"
    environment: dict[str, str]
    status: int | None = None
    driver: str = ""
    printed: bytes = b""

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def announced(self) -> Path:
        """Where it tells how it is reached."""
        assert self.scenario.listens is not None, "asked for programs that listen"
        return self.work / self.scenario.listens

    def until(self, condition: Callable[[], bool]) -> bool:
        """Whether it comes true while the program works."""
        end = monotonic() + SECONDS
        while not condition():
            try:
                self.process.wait(_LOOK)
            except subprocess.TimeoutExpired:
                if monotonic() < end:
                    continue
            return condition()
        return True

    def drive(self) -> None:
        """Run the author's driver to its end."""
        assert self.scenario.drive is not None, "asked for scenarios that have one"
        given = [str(self.announced)] if self.scenario.listens else []
        self.heed(_helper(self.scenario.drive, given, self.work, self.environment))

    def heed(self, helper: "subprocess.Popen[bytes]") -> None:
        """Wait for what helps this run to end; what it said where it failed."""
        name = str(helper.args[1]) if isinstance(helper.args, list) else ""
        try:
            _, said = helper.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            helper.kill()
            helper.communicate()
            self.driver = f"{name} did not end within {SECONDS} s"
            return
        if helper.returncode:
            last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or ["without a word"]
            self.driver = f"{name} ended with {helper.returncode}: {last[0][:200]}"

    def said(self) -> list[str]:
        """The methods that the bridge heard so far."""
        return [method for method, _ in self.bridge.asked]


def run(
    project: Project,
    scenario: Scenario,
    prepared: Path,
    folder: Path,
    options: Sequence[str] = (),
    used: Callable[[Program], None] | None = None,
) -> Program:
    """Run it once, `used` while it works, its peer from before. It is told to stop where it does not end by itself."""
    bridge = BridgeUnderWatch(Path(shutil.copytree(prepared, folder / "bridge")), tuple(options))
    work = folder / "work"
    work.mkdir()
    lay_out(project, work)
    path = os.pathsep.join(part for part in (str(project.package.parent), os.environ.get("PYTHONPATH", "")) if part)
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-m", project.name, *scenario.arguments, "--bridge", *bridge.command]
    peer = _helper(scenario.peer, [folder.name], work, environment) if scenario.peer else None
    if peer is not None and peer.stdout is not None:
        peer.stdout.readline()
    with (folder / "printed").open("wb") as printed:  # a file: a program that floods is not held up
        process = subprocess.Popen(
            command,
            cwd=work,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    program = Program(scenario, folder, bridge, process, environment)
    try:
        if used is not None:
            used(program)
        if peer is not None:
            program.heed(peer)
        if scenario.listens or scenario.drive or scenario.peer:
            process.terminate()
        program.status = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        program.status = None
    finally:
        if peer is not None and peer.poll() is None:
            peer.kill()
            peer.communicate()
        if process.poll() is None:
            process.kill()
            process.wait()
        program.printed = (folder / "printed").read_bytes()
    return program


def _helper(name: str, given: Sequence[str], work: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A Python file of the scenario, at work."""
    return subprocess.Popen(
        [sys.executable, name, *given],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
