"""What `dmp bench` measures of a bridge that starts, and of a document that it takes in.

The floor of the start is a process that only imports the same libraries and builds as many models of as many fields.
"""

import base64
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dmp_core.cli.bench_bridge import BRIDGE, compiled, framed, message, pipes, python, simulated_config
from dmp_core.testing.people import patient, who

Work = Callable[[], object]
PLUGINS: Final = ("doc_consultation", "doc_dispensation", "doc_historique_vaccinal", "doc_intervention", "doc_officine",
                  "doc_renouvellement", "doc_trod", "host_reperes", "lgo_id")  # fmt: skip
_PROBE: Final = """
import json, sys
from pathlib import Path
from pydantic import BaseModel
from dmp_core.app import App
from dmp_core.config import load
from dmp_core.cli import serve
from hostbridge.methods import table
from hostbridge.transports import stdio
app = App(load(*map(Path, sys.argv[1:])))
app.plugins.types()
def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)
own = {"dmp_core", "hostbridge", "__main__"}
files = {name: getattr(one, "__file__", None) or "" for name, one in list(sys.modules.items())}
named = [name for name in files if name.partition(".")[0] not in own and "/plugins/" not in files[name]]
print(json.dumps({"modules": named, "fields": [len(one.model_fields) for one in below(BaseModel)]}))
app.close()
"""
_FLOOR: Final = """
import importlib, json, sys
from typing import Annotated
told = json.loads(sys.stdin.read())
for name in told["modules"]:
    try:
        importlib.import_module(name)
    except Exception:
        pass
from pydantic import Field, create_model
for number, count in enumerate(told["fields"]):
    fields = {f"field_{rank}": (Annotated[str, Field(min_length=1, max_length=100)], ...) for rank in range(count)}
    create_model(f"Model{number}", **fields)
"""


def start(*plugins: str) -> tuple[Work, Work]:
    """From the command to the answer of `initialize`, with these plugins in its process."""
    config = _with_plugins(simulated_config(), plugins)
    told = imported(config)

    def started() -> None:
        with introduced(config):
            pass

    return started, lambda: subprocess.run([sys.executable, "-c", _FLOOR], input=told, check=True, env=compiled())


def imported(config: Path) -> bytes:
    """The libraries of a bridge with this configuration and the fields of its models, as JSON; compiles them all."""
    probe = [sys.executable, "-c", _PROBE, str(config)]
    return subprocess.run(probe, capture_output=True, check=True, env=compiled()).stdout.splitlines()[-1]


def saved() -> tuple[Work, Work]:
    """`document/saved` of 50 kB, there and back, durable and encrypted. Both go on writing at the end of one file."""
    config = simulated_config()
    source, sink = pipes(*BRIDGE, str(config))
    framed(source, sink, message("initialize", _introduction()))
    pdf, numbers = base64.b64encode(b"%PDF-1.4\n" + os.urandom(50_000)).decode(), itertools.count()
    person = json.loads(patient().model_dump_json())

    def save() -> object:
        key = f"save-{next(numbers)}"
        content = {"date": "2026-01-15", "pdf": pdf}
        params = {"key": key, "record": key, "type_id": "bilan-medication", "patient": person, "content": content}
        return framed(source, sink, message("document/saved", params))

    key, file = AESGCM(AESGCM.generate_key(256)), (config.parent / "floor").open("wb")
    synced = getattr(os, "fdatasync", os.fsync)  # what SQLite calls too

    def seal_and_sync() -> None:
        file.write(key.encrypt(os.urandom(12), pdf.encode(), None))
        file.flush()
        synced(file.fileno())

    return save, seal_and_sync


@contextmanager
def introduced(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A bridge on stdio that answered `initialize`, killed on leaving."""
    with python(*BRIDGE, str(config), stdin=subprocess.PIPE) as bridge:
        assert bridge.stdin is not None and bridge.stdout is not None, "asked for as pipes"
        framed(bridge.stdout, bridge.stdin, message("initialize", _introduction()))
        yield bridge
        bridge.kill()


def _introduction() -> dict[str, object]:
    operator = who().operator.model_copy(update={"practitioner": who().author})
    told = {"protocol_version": "1.0", "host": {"name": "bench", "version": "1"}}
    return told | {"operator": json.loads(operator.model_dump_json())}


def _with_plugins(config: Path, plugins: tuple[str, ...]) -> Path:
    if plugins:
        named = json.dumps(plugins)
        with config.open("a", encoding="utf-8") as file:
            file.write(f"\n[plugins]\nenabled = {named}\nin_process = {named}\n")
    return config
