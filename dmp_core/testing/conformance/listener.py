"""`python -m dmp_core.testing.conformance.listener`: runs one plugin over its corpus, and hears what it does.

A process of its own, with nothing taken from it: what a worker would forbid is seen here, and named. Standard input:
one JSON object (`folder`, `manifest`, `corpus`, `settings`, `path`, `report`). What the plugin prints and logs goes
where it goes; files, connections and processes that it opens go into `report`.
"""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any, Final

from dmp_core.api.context import Context
from dmp_core.errors import ContentInvalid
from dmp_core.plughost.admission import load
from dmp_core.plughost.failure import told
from dmp_core.plughost.manifest import Manifest
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.conformance import nonsense
from dmp_core.testing.events import Corpus, read_own, wanted

_NETWORK: Final = frozenset({"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"})
_PROCESS: Final = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn"})
_FILES: Final = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "shutil.move"})


class Ears:
    """An audit hook that notes what is done while `open`."""

    def __init__(self) -> None:
        self.open = False
        self.heard: list[tuple[str, str]] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.open:
            return
        if event in _NETWORK:
            self.heard.append(("network", event))
        elif event in _PROCESS:
            self.heard.append(("process", event))
        elif event in _FILES:
            self.heard.append(("file", f"{event} {arguments[0]}"))
        elif event == "open":
            path, mode, flags = arguments
            writes = set(mode or "") & set("wax+") or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if writes and isinstance(path, str | bytes | os.PathLike):
                self.heard.append(("file", f"open {os.fsdecode(path)}"))


def main() -> None:
    asked = json.loads(sys.stdin.buffer.read())
    sys.path[:0] = asked["path"]
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    sys.dont_write_bytecode = True
    manifest = Manifest.model_validate(asked["manifest"])
    folder = Path(asked["folder"])
    ears = Ears()
    sys.addaudithook(ears)
    ears.open = True
    hooks = load(manifest, folder)
    ears.open = False
    context = Context(now=ManualClock().now(), settings=manifest.settings_from(asked["settings"]))
    types = tuple(hooks["provide_document_types"](None, context)) if "provide_document_types" in hooks else ()
    corpus = Corpus(types, read_own(Path(asked["corpus"]) if asked["corpus"] else None))
    events = [(case.hook, case.event) for case in corpus.cases if case.hook in hooks]
    events += [
        ("resolve_document", wanted(kind.id, raw)) for kind in types for _, raw in nonsense.contents(kind.example or {})
    ]
    failures = []
    ears.open = True
    for hook, event in events:
        try:
            hooks[hook](event, context)
        except ContentInvalid:
            continue
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything
            failures.append(f"{hook}: {told(error, folder)}")
    ears.open = False
    heard = list(dict.fromkeys(ears.heard))
    Path(asked["report"]).write_text(json.dumps({"heard": heard, "failures": failures}), encoding="utf-8")


if __name__ == "__main__":
    main()
