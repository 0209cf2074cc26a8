"""The process of one plugin: `python -I -S child.py`. It reads questions on standard input and answers each.

The first frame says where things are; then the process confines itself, and only then runs a line of the plugin.
What the plugin prints goes into standard error, which the core reads and bounds.
"""

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Final

_HERE: Final = Path(__file__).parent
_MOST: Final = 40_000_000  # bytes of one question: a received document has 20 MB at most


def _module(name: str) -> ModuleType:
    """A module beside this one, before anything else can be imported."""
    spec = spec_from_file_location(name, _HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None, "it lies beside this file"
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    frames = _module("frames")
    start, _ = _read(questions, frames)
    _module("imports").install(start["places"], start["roots"])
    from dmp_core.plughost.worker.answering import Answering
    from dmp_core.plughost.worker.confinement import confine

    answering = Answering(Path(start["folder"]), start["manifest"])
    os.environ.update(TMPDIR=start["scratch"], HOME=start["scratch"])
    isolation = confine(start["readable"], start["scratch"], start["memory"])
    _write(answers, frames.pack({"isolation": isolation}))
    while True:
        asked, parts = _read(questions, frames)
        _write(answers, answering.answer(asked, parts))


def _read(questions: BinaryIO, frames: ModuleType) -> tuple[dict[str, Any], list[bytes]]:
    """The next question; the end of the pipe is the end of the process."""
    head = questions.read(frames.HEAD_SIZE)
    if len(head) < frames.HEAD_SIZE:
        os._exit(0)
    told: tuple[dict[str, Any], list[bytes]] = frames.unpack(head, questions.read(frames.left(head, _MOST)))
    return told


def _write(answers: BinaryIO, frame: bytes) -> None:
    answers.write(frame)
    answers.flush()


if __name__ == "__main__":
    main()
