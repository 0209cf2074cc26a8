"""What the switchboard does on the pluggy that is importable, as JSON: run by test_pluggy_versions.py."""

import json
import tempfile
from importlib.metadata import version
from pathlib import Path

from dmp_core.api import DocumentSaved, PatientOpened
from dmp_core.plughost.host import PluginHost
from dmp_core.testing.clock import ManualClock

HEAD = "from dmp_core.api import ConsultRecord, FeedDocument, ShowMessage, hookimpl\n"
OPENED = "@hookimpl\ndef on_patient_opened(event, ctx):\n    {}\n"
PLUGINS = {
    "first": OPENED.format("return [ShowMessage(text='first')]"),
    "second": OPENED.format("return [ShowMessage(text='second'), ConsultRecord()]"),
    "silent": OPENED.format("return None"),
    "raises": OPENED.format("1 / 0"),
    "wraps": "@hookimpl(wrapper=True)\ndef on_patient_opened(event, ctx):\n    return (yield)\n",
    "late": "@hookimpl(trylast=True)\ndef on_patient_opened(event, ctx): ...\n",
    "async": "@hookimpl\nasync def on_patient_opened(event, ctx): ...\n",
    "third": OPENED.format("return [ShowMessage(text='third')]"),
}


def install(folder: Path, name: str, code: str) -> None:
    package = folder / f"p_{name}"
    info = folder / f"p_{name}-1.dist-info"
    package.mkdir()
    info.mkdir()
    (package / "__init__.py").write_text(HEAD + code)
    (package / "dmp-plugin.toml").write_text(
        f'id = "p_{name}"\nversion = "1"\nkind = "host"\napi = ["1.0"]\nhooks = ["on_patient_opened"]\n'
    )
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: p_{name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[dmp.plugins]\np_{name} = p_{name}\n")
    (info / "RECORD").write_text(f"p_{name}/dmp-plugin.toml,,\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, code in PLUGINS.items():
            install(folder, name, code)
        host = PluginHost([f"p_{name}" for name in PLUGINS], clock=ManualClock(), path=[place])
        answers = [host.announce(PatientOpened()) for _ in range(4)]
        told = {
            "pluggy": version("pluggy"),
            "order": [action.text for _, action in answers[0] if hasattr(action, "text")],
            "answers": [[(plugin, type(action).__name__) for plugin, action in each] for each in answers],
            "report": [(state.id, state.status, state.reason, state.calls, state.failures) for state in host.report()],
            "other": host.announce(DocumentSaved(item="i", type_id="t")),
        }
        host.close()
        told["closed"] = host.announce(PatientOpened())
    print(json.dumps(told))


if __name__ == "__main__":
    main()
