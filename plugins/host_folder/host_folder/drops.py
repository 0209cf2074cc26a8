"""What one drop holds: a document with its sidecar, or an export that the mapping reads."""

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dmp_core.api import ContentInvalid, Finding
from dmp_core.api.mapping import FileMapping, documents

SIDECAR: Final = ".json"
_LARGEST: Final = 10_000_000  # bytes of a document that the DMP takes
_MESSAGE: Final = 15_900_000  # bytes of one message of the bridge, without its head
_ALONE: Final = "Il manque sa fiche : un fichier du même nom, en .json."
_ORPHAN: Final = "Il manque le document de cette fiche : un fichier du même nom."
_SEVERAL: Final = "Plusieurs fichiers portent ce nom : laissez un seul document et une seule fiche."
_UNNAMED: Final = "Aucun export ne nomme encore ce fichier."


class Missing(Exception):
    """A file that an export names is not there yet, or still written. `name`: of the file; never in a line told."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


@dataclass(frozen=True, slots=True)
class Drop:
    """The files that belong together; they move together."""

    files: tuple[Path, ...]
    sidecar: Path | None = field(default=None)

    @property
    def name(self) -> str:
        return self.files[0].name


def with_sidecars(files: Collection[Path], whole: Collection[Path], alone: dict[str, str]) -> Iterator[Drop]:
    """Each document whose sidecar is there, once both are `whole`; why the others wait goes into `alone`."""
    by_stem: dict[str, list[Path]] = {}
    for file in files:
        by_stem.setdefault(file.stem, []).append(file)
    for group in by_stem.values():
        sidecars = [file for file in group if file.suffix.lower() == SIDECAR]
        others = [file for file in group if file.suffix.lower() != SIDECAR]
        if len(sidecars) == 1 and len(others) == 1:
            if all(file in whole for file in group):
                yield Drop((others[0], sidecars[0]), sidecars[0])
            continue
        why = _ALONE if not sidecars else _ORPHAN if not others else _SEVERAL
        alone.update({file.name: why for file in group if file in whole})


def exports(files: Collection[Path], whole: Collection[Path], form: str, alone: dict[str, str]) -> Iterator[Drop]:
    """Each whole file of the mapping's format; the others wait for the export that names them."""
    for file in files:
        if file not in whole:
            continue
        if file.suffix.lower() == f".{form}":
            yield Drop((file,))
        else:
            alone[file.name] = _UNNAMED


def saved(
    drop: Drop, mapping: FileMapping | None, encoding: str, whole: Collection[Path]
) -> tuple[list[dict[str, Any]], Drop]:
    """The parameters of `document/saved` for each document of the drop, and the drop with the files that it joins.

    Raises ContentInvalid, Missing; OSError where a file cannot be read now.
    """
    content = _bytes(drop.files[0])
    if mapping is None:
        params, joined = [_from_sidecar(drop, content, encoding)], dict.fromkeys(drop.files)
    else:
        joined = dict.fromkeys(drop.files)
        beside = _reader(drop.files[0].parent, whole, joined)
        params = [each.model_dump(mode="json", exclude_none=True) for each in documents(mapping, content, beside)]
    for each in params:
        if len(json.dumps(each)) > _MESSAGE:
            raise _refused("fichier", "too_large", f"Réduisez ce document et ses fichiers : {_LARGEST} octets au plus.")
    return params, Drop(tuple(joined), drop.sidecar)


def _reader(folder: Path, whole: Collection[Path], joined: dict[Path, None]) -> Callable[[str], bytes]:
    """Reads the files that an export names, and notes them in `joined`."""

    def beside(name: str) -> bytes:
        if Path(name).name != name or name in ("", ".", "..") or not name.isprintable():
            raise _refused("fichier", "path", "Le fichier joint se trouve dans le dossier de l’export, sans chemin.")
        file = folder / name
        if file not in whole:
            raise Missing(name)
        joined[file] = None
        return _bytes(file)

    return beside


def _from_sidecar(drop: Drop, content: bytes, encoding: str) -> dict[str, Any]:
    assert drop.sidecar is not None, "a drop without mapping has one"
    told = _told(_bytes(drop.sidecar), encoding)
    if not isinstance(told, dict) or not isinstance(told.get("content", {}), dict):
        raise _refused("fiche", "shape", "La fiche est un objet : type_id, record, patient, content.")
    inside = {"fichier": {"contenu": base64.b64encode(content).decode()}, **told.get("content", {})}
    same = json.dumps(told, sort_keys=True).encode()  # a fiche that was mended makes a new save of the same record
    fingerprint = hashlib.sha256(content + same).hexdigest()[:32]
    return {"key": f"{told.get('record', '')}/{fingerprint}", **told, "content": inside}


def _told(data: bytes, encoding: str) -> Any:
    """What a fiche says. Raises ContentInvalid for what cannot go on as JSON."""
    try:
        told = json.loads(data.decode("utf-8-sig" if encoding == "utf-8" else encoding), parse_constant=_no_number)
        json.dumps(told, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        remedy = f"Cette fiche n’est pas en {encoding} : enregistrez-la ainsi, ou réglez `encoding` du dossier."
        raise _refused("fiche", "encoding", remedy) from None
    except (ValueError, RecursionError):
        raise _refused("fiche", "json", "La fiche qui accompagne le document n’est pas du JSON correct.") from None
    return told


def _no_number(name: str) -> None:
    raise ValueError(name)


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > _LARGEST:
        raise _refused("fichier", "too_large", f"Réduisez le fichier : {_LARGEST} octets au plus.")
    return file.read_bytes()


def _refused(path: str, rule: str, remedy: str) -> ContentInvalid:
    finding = Finding(path, rule, remedy)
    return ContentInvalid(str(finding), findings=(finding,))
