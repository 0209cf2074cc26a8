"""The cases of `dmp bench` about plugins: a hook over many, a call into a worker, finding those that are installed."""

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pluggy

from dmp_core.api import hookspecs
from dmp_core.api.context import Context
from dmp_core.api.events import PatientOpened
from dmp_core.plughost.discovery import discover
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.trust import Trust
from dmp_core.system import SystemClock

Work = Callable[[], object]
_ECHO: Final = (
    "import json, sys\nfor line in sys.stdin:\n    json.loads(line)\n"
    '    sys.stdout.write(\'{"answer": [{"type": "ConsultRecord"}]}\\n\')\n    sys.stdout.flush()\n'
)
_CODE: Final = (
    "from dmp_core.api import ConsultRecord, hookimpl\n"
    "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n"
)


def hook(count: int) -> tuple[Work, Work]:
    """A fact told to `count` plugins in this process, and to as many bare ones by pluggy alone."""
    site = _shelf(count)
    host = PluginHost(_names(count), clock=SystemClock(), path=[str(site)])
    bare = pluggy.PluginManager("dmp")
    bare.add_hookspecs(hookspecs)
    host.announce(PatientOpened())
    for name in _names(count):
        plugin = ModuleType(name)
        plugin.__dict__["on_patient_opened"] = vars(sys.modules[name])["on_patient_opened"]
        bare.register(plugin, name)
    event, now = PatientOpened(), SystemClock().now

    def floor() -> object:
        return bare.hook.on_patient_opened(event=event, ctx=Context(now=now()))

    return partial(host.announce, event), floor


def worker() -> tuple[Work, Work]:
    """A fact told to a plugin in its worker, and a line of JSON to a bare process that answers with another."""
    site = _shelf(1)
    host = PluginHost(_names(1), clock=SystemClock(), path=[str(site)], trust=Trust(site / "none", site / "state"))
    atexit.register(host.close)
    bare = subprocess.Popen([sys.executable, "-I", "-S", "-c", _ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(bare.kill)
    line = json.dumps({"hook": "on_patient_opened", "event": {"patient": None}}).encode() + b"\n"

    def floor() -> object:
        assert bare.stdin is not None and bare.stdout is not None
        bare.stdin.write(line)
        bare.stdin.flush()
        return json.loads(bare.stdout.readline())

    host.announce(PatientOpened())
    return partial(host.announce, PatientOpened()), floor


def discovery() -> tuple[Work, Work]:
    """Finding 5 plugins among 150 distributions, and opening their 150 files of entry points."""
    site = _shelf(5)
    for rank in range(145):
        info = site / f"other_{rank}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: other-{rank}\nVersion: 1.0\n" + "x: y\n" * 40)
        (info / "entry_points.txt").write_text(f"[console_scripts]\nother-{rank} = other:main\n")
        (info / "RECORD").write_text("".join(f"other/file_{n}.py,sha256=AAAA,100\n" for n in range(50)))
    find: Any = discover.__wrapped__
    files = sorted(site.glob("*.dist-info/entry_points.txt"))
    return partial(find, (str(site),)), lambda: [file.read_bytes() for file in files]


def _names(count: int) -> list[str]:
    return [f"bench_plugin_{rank}" for rank in range(count)]


def _shelf(count: int) -> Path:
    """A folder with so many plugins, as an installer would have put them there; gone when the command ends."""
    site = Path(tempfile.mkdtemp(prefix="dmp-bench-"))
    atexit.register(shutil.rmtree, site, ignore_errors=True)
    for name in _names(count):
        sys.modules.pop(name, None)
        package, info = site / name, site / f"{name}-1.0.dist-info"
        package.mkdir()
        info.mkdir()
        (package / "__init__.py").write_text(_CODE)
        (package / "dmp-plugin.toml").write_text(
            f'id = "{name}"\nversion = "1.0"\nkind = "host"\napi = ["1.0"]\nhooks = ["on_patient_opened"]\n'
        )
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[dmp.plugins]\n{name} = {name}\n")
        (info / "RECORD").write_text(f"{name}/dmp-plugin.toml,,\n{name}/__init__.py,,\n")
    return site
