"""What one drop holds: a document with its sidecar, or an export that the mapping reads."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dmp_core.api import ContentInvalid, Finding
from dmp_core.api.mapping import FileMapping, documents

SIDECAR: Final = ".json"
_LARGEST: Final = 14_000_000  # bytes of a drop: in base64 it still fits in a message of the bridge


@dataclass(frozen=True, slots=True)
class Drop:
    """The files that belong together; they move together."""

    files: tuple[Path, ...]
    sidecar: Path | None = field(default=None)

    @property
    def name(self) -> str:
        return self.files[0].name


def with_sidecars(files: list[Path]) -> Iterator[Drop]:
    """Each document whose sidecar is there; a sidecar or a document alone waits for the other."""
    by_stem: dict[str, list[Path]] = {}
    for file in files:
        by_stem.setdefault(file.stem, []).append(file)
    for group in by_stem.values():
        sidecars = [file for file in group if file.suffix.lower() == SIDECAR]
        others = [file for file in group if file.suffix.lower() != SIDECAR]
        if len(sidecars) == 1 and len(others) == 1:
            yield Drop((others[0], sidecars[0]), sidecars[0])


def exports(files: list[Path], mapping: FileMapping) -> Iterator[Drop]:
    """Each file of the mapping's format."""
    yield from (Drop((file,)) for file in files if file.suffix.lower() == f".{mapping.file.format}")


def saved(drop: Drop, mapping: FileMapping | None) -> tuple[list[dict[str, Any]], Drop]:
    """The parameters of `document/saved` for each document of the drop, and the drop with the files that it joins.

    Raises ContentInvalid; OSError where a file cannot be read now.
    """
    content = _bytes(drop.files[0])
    if mapping is None:
        return [_from_sidecar(drop, content)], drop
    folder, joined = drop.files[0].parent, dict.fromkeys(drop.files)

    def beside(name: str) -> bytes:
        found = _beside(folder, name)
        joined[folder / name] = None
        return found

    params = [each.model_dump(mode="json", exclude_none=True) for each in documents(mapping, content, beside)]
    return params, Drop(tuple(joined))


def _from_sidecar(drop: Drop, content: bytes) -> dict[str, Any]:
    assert drop.sidecar is not None, "a drop without mapping has one"
    told = _told(_bytes(drop.sidecar))
    if not isinstance(told, dict) or not isinstance(told.get("content", {}), dict):
        raise _refused("fiche", "shape", "La fiche est un objet : type_id, record, patient, content.")
    inside = {"fichier": {"contenu": base64.b64encode(content).decode()}, **told.get("content", {})}
    same = json.dumps(told, sort_keys=True).encode()  # a fiche that was mended makes a new save of the same record
    fingerprint = hashlib.sha256(content + same).hexdigest()[:32]
    return {"key": f"{told.get('record', '')}/{fingerprint}", **told, "content": inside}


def _told(data: bytes) -> Any:
    """What a fiche says. Raises ContentInvalid for what cannot go on as JSON in UTF-8."""
    try:
        told = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
        json.dumps(told, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        raise _refused(
            "fiche", "encoding", "Enregistrez la fiche en UTF-8, et non en Windows-1252 ou UTF-16."
        ) from None
    except (ValueError, RecursionError):
        raise _refused("fiche", "json", "La fiche qui accompagne le document n’est pas du JSON correct.") from None
    return told


def _no_number(name: str) -> None:
    raise ValueError(name)


def _beside(folder: Path, name: str) -> bytes:
    if Path(name).name != name or name in ("", ".", ".."):
        raise _refused("fichier", "path", "Le fichier joint se trouve dans le dossier de l’export, sans chemin.")
    try:
        return _bytes(folder / name)
    except FileNotFoundError:
        raise _refused("fichier", "missing", "Déposez d’abord le fichier joint, puis l’export.") from None


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > _LARGEST:
        raise _refused("fichier", "too_large", f"Réduisez le fichier : {_LARGEST} octets au plus.")
    return file.read_bytes()


def _refused(path: str, rule: str, remedy: str) -> ContentInvalid:
    finding = Finding(path, rule, remedy)
    return ContentInvalid(str(finding), findings=(finding,))
