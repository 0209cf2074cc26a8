"""The stage of a demonstration: a simulated DMP in one process, an LGO in another, which starts the bridge itself."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from dmp_core.cli import emulated, simulate_cards
from dmp_core.cli.simulate import COUNTER, LOADED
from dmp_core.errors import ConfigInvalid
from dmp_core.model.access import Mode
from dmp_core.simulator.counter import Counter
from dmp_core.testing.card_tray import FILE

_DMP: Final = (sys.executable, "-m", "dmp_core.cli")
_ENVIRONMENT: Final = {**os.environ, "PYTHONUTF8": "1"}  # one encoding between our processes on every system


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the transcript, as the LGO tells it."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def title(cls, text: str) -> Self:
        return cls(text)

    @property
    def is_title(self) -> bool:
        return not self.data

    @property
    def ok(self) -> bool:
        return bool(self.data.get("ok"))

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What the step read of the record."""
        documents: list[dict[str, Any]] = self.data.get("documents", [])
        return documents


class Stage:
    """Starts the simulated DMP on entering, with the documents of a folder in its records; stops it on leaving.

    `cards`: with emulated cards, which the LGO in the browser puts in and takes out.
    """

    def __init__(self, folder: Path, documents: Path | None = None, *, cards: bool = False) -> None:
        self._folder = folder
        self._data = folder / "dmp"
        self._documents = documents
        self._cards = cards
        self._simulator: subprocess.Popen[str] | None = None
        self._config = Path()

    def __enter__(self) -> Self:
        """Raises ConfigInvalid where the simulator does not start; it says why on standard error."""
        self._folder.mkdir(parents=True, exist_ok=True)
        documents = ("--documents", str(self._documents.resolve())) if self._documents else ()
        cards = ("--cards",) if self._cards else ()
        self._simulator = subprocess.Popen(
            [*_DMP, "simulate", "--data", str(self._data), "--json", *documents, *cards],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=_ENVIRONMENT,
        )
        assert self._simulator.stdout is not None
        line = self._simulator.stdout.readline()
        if not line:
            self._simulator.wait()
            raise ConfigInvalid("the simulated DMP did not start")
        self._config = Path(json.loads(line)["config"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._simulator is not None:
            self._simulator.terminate()
            self._simulator.wait()
            if self._simulator.stdout is not None:
                self._simulator.stdout.close()

    def config(
        self, name: str, *, feed_mode: Mode = Mode.DIRECT, read_mode: Mode = Mode.DIRECT, on_card: bool = False
    ) -> tuple[Path, ...]:
        """The simulator's configuration and, over it, the modes of one run; `on_card`: the keys are in a card."""
        counter = Counter.model_validate_json((self._data / COUNTER).read_bytes())
        layer = self._folder / f"{name}.toml"
        section = f"[structure.{counter.structure.national_id}]"
        modes = f'feed_mode = "{feed_mode.name.lower()}"\nread_mode = "{read_mode.name.lower()}"\n'
        readers = emulated.section(self._data) if self._cards else ""
        layer.write_text(f"{section}\n{modes}{readers}", encoding="utf-8")
        return (self._config, self._data / simulate_cards.LAYER, layer) if on_card else (self._config, layer)

    def lgo(
        self, scenario: str, config: tuple[Path, ...], *arguments: str, show: Callable[[Step], None]
    ) -> tuple[list[Step], bool]:
        """Run one scenario in the demonstration LGO; its steps, and whether it ended well."""
        command = self._command(config, "--json", "--scenario", scenario, *arguments)
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=_ENVIRONMENT) as process:
            assert process.stdout is not None
            steps = []
            for line in process.stdout:
                data = json.loads(line)
                steps.append(Step(data["step"], data))
                show(steps[-1])
        return steps, process.returncode == 0

    @contextmanager
    def web(self, config: tuple[Path, ...]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        """The demonstration LGO in a browser: the address that opens it, and its process, ended on leaving.

        Raises ConfigInvalid where it does not start; it says why on standard error.
        """
        tray = ("--tray", str(self._data / FILE)) if self._cards else ()
        command = self._command(config, "--web", *tray)
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=_ENVIRONMENT) as process:
            assert process.stdout is not None
            try:
                line = process.stdout.readline()
                if not line:
                    raise ConfigInvalid("the demonstration LGO did not start")
                yield json.loads(line)["address"], process
            finally:
                process.terminate()
                process.wait()

    def _command(self, config: tuple[Path, ...], *arguments: str) -> list[str]:
        """The LGO with its case and the bridge that it starts."""
        layers = [part for file in config for part in ("--config", str(file))]
        lgo = [sys.executable, "-m", "lgo_demo", "--case", str(self._data / COUNTER), *arguments]
        return [*lgo, "--bridge", *_DMP, "serve", "--stdio", *layers]

    def loaded(self) -> list[dict[str, str]]:
        """What became of each file of the documents: its uniqueId, or the reason why it is not in a record."""
        loaded: list[dict[str, str]] = json.loads((self._data / LOADED).read_bytes())
        return loaded
