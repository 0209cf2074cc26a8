"""Plugins written by the tests as a publisher would hand them over: wheels, with their RECORD and their signature."""

import base64
import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from dmp_core.plughost import signing
from dmp_core.plughost.store import unsigned

HEAD = "from dmp_core.api import *\nfrom dmp_core.api import hookimpl\n"
SOUND = "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n"


def manifest(
    plugin: str, version: str, hooks: Sequence[str], *, kind: str = "host", reads: Sequence[str] = (), api: str = "1.0"
) -> str:
    return (
        f'id = "{plugin}"\nversion = "{version}"\nkind = "{kind}"\napi = ["{api}"]\n'
        f"hooks = {list(hooks)}\nreads = {list(reads)}\n"
    )


def make_plugin(
    folder: Path,
    plugin: str = "lgo_outside",
    version: str = "1.0.0",
    code: str = SOUND,
    *,
    hooks: Sequence[str] = ("on_patient_opened",),
    kind: str = "host",
    reads: Sequence[str] = (),
    api: str = "1.0",
    distribution: str | None = None,
    needs: Sequence[str] = (),
    more: Mapping[str, bytes] | None = None,
) -> Path:
    """The wheel of one plugin."""
    files = {
        f"{plugin}/__init__.py": (HEAD + code).encode(),
        f"{plugin}/dmp-plugin.toml": manifest(plugin, version, hooks, kind=kind, reads=reads, api=api).encode(),
        **(more or {}),
    }
    entries = f"[dmp.plugins]\n{plugin} = {plugin}\n"
    return make_wheel(folder, distribution or f"dmp-{plugin}", version, files, entries=entries, needs=needs)


def make_wheel(
    folder: Path,
    distribution: str,
    version: str,
    files: Mapping[str, bytes],
    *,
    entries: str = "",
    needs: Sequence[str] = (),
    record: Mapping[str, str] | None = None,
) -> Path:
    """A wheel of these files; `record` puts other lines into its RECORD."""
    name = distribution.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    whole = {
        **files,
        f"{info}/METADATA": (metadata + "".join(f"Requires-Dist: {need}\n" for need in needs)).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **({f"{info}/entry_points.txt": entries.encode()} if entries else {}),
    }
    lines = {file: _digest(content) for file, content in whole.items()} | dict(record or {})
    whole[f"{info}/RECORD"] = (
        "".join(f"{file},{digest},\n" for file, digest in lines.items()) + f"{info}/RECORD,,\n"
    ).encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in whole.items():
            archive.writestr(file, content)
    return path


def make_key(folder: Path, name: str = "publisher") -> tuple[Path, str]:
    """A private key in a file, and its public key."""
    private, public = signing.new_key()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.pem"
    file.write_bytes(private)
    return file, public


def sign(wheel: Path, key: Path, brought: Sequence[Path] = ()) -> None:
    """Put the signature beside the wheel."""
    signed = signing.sign(unsigned(wheel, brought), key)
    wheel.with_name(wheel.name + signing.SUFFIX).write_text(signed.model_dump_json())


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
