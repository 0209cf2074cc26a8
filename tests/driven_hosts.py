"""Small hosts, one in each language (`integration/bridge/client_hosts`), that do what a test writes to them.

A line in, a line out, parts separated by tabs: `call METHOD PARAMS MS`, `poll MS`, `both METHOD PARAMS COUNT MS` (two
threads at once), `close MS`; the first line holds the parameters of `initialize`. Out: kind, method, JSON.
"""

import json
import os
import select
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 120.0  # seconds: a host that says nothing for so long hangs


@dataclass(frozen=True)
class Said:
    kind: str
    method: str
    content: Any

    @property
    def code(self) -> str:
        """Of an error."""
        assert self.kind == "error", self
        return str(self.content["data"]["code"])


class DrivenHost:
    """One run of a host, and the bridge that it starts with `command`."""

    def __init__(
        self,
        program: Sequence[str],
        command: Sequence[str],
        introduction: Any,
        environment: Mapping[str, str],
        folder: Path,
    ) -> None:
        self._process = subprocess.Popen(
            [*program, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment, "LD_LIBRARY_PATH": str(folder)},
        )
        self._rest = b""
        self._write(json.dumps(introduction))

    def call(self, method: str, params: Any = None, milliseconds: int = 60_000) -> Said:
        self.begin_call(method, params, milliseconds)
        return self.read()

    def begin_call(self, method: str, params: Any = None, milliseconds: int = 60_000) -> None:
        self._write("call", method, json.dumps(params or {}), str(milliseconds))

    def poll(self, milliseconds: int = 0) -> Said:
        self._write("poll", str(milliseconds))
        return self.read()

    def both(self, method: str, params: Any, count: int) -> int:
        """How many of twice so many calls of two threads were answered."""
        self._write("both", method, json.dumps(params), str(count), "60000")
        return int(self.read().content)

    def close(self, milliseconds: int = 60_000) -> int:
        """The exit status of the bridge, as the client tells it."""
        self._write("close", str(milliseconds))
        status = int(self.read().content)
        assert self._process.wait(PATIENCE) == 0
        return status

    def read(self) -> Said:
        assert self._process.stdout is not None
        while b"\n" not in self._rest:
            assert select.select([self._process.stdout], [], [], PATIENCE)[0], "the host hangs"
            more = os.read(self._process.stdout.fileno(), 1 << 20)
            assert more, f"the host ended with {self._process.wait()}"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        kind, method, text = line.decode().split("\t")
        return Said(kind, method, json.loads(text))

    def leave(self) -> None:
        """Whatever became of it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _write(self, *words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(("\t".join(words) + "\n").encode())
        self._process.stdin.flush()
