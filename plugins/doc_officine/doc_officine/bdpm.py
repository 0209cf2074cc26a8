"""What the host did not say of a vaccine, out of files that the pharmacy configured: CIS, label, ATC.

`[plugins.settings.doc_officine]` names them: `bdpm`, a folder with files of the *Base de données publique des
médicaments* (CIS_bdpm.txt, CIS_CIP_bdpm.txt, CIS_MITM.txt), and `atc`, a file of `code<TAB>libellé`, because the BDPM
has no labels of ATC. Each is read once in the life of the process.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

CIS_BDPM: Final = "CIS_bdpm.txt"  # CIS, label...
CIS_CIP_BDPM: Final = "CIS_CIP_bdpm.txt"  # CIS, CIP7, presentation, status, state, date, CIP13...
CIS_MITM: Final = "CIS_MITM.txt"  # CIS, ATC, label, link: medicines of major therapeutic interest, vaccines among them

_CIS: Final = re.compile(r"[0-9]{8}")
_ATC: Final = re.compile(r"[A-Z][0-9]{2}[A-Z]{1,2}([0-9]{2})?")

NOT_CONFIGURED: Final = "aucun fichier des médicaments n’est configuré"
UNREADABLE: Final = "un fichier des médicaments configuré est illisible"
NOT_FOUND: Final = "les fichiers des médicaments configurés ne le donnent pas"


@dataclass(frozen=True, slots=True)
class Medicines:
    """The files as lookups; empty where there are none. `absence` says in French why something is not found."""

    labels: Mapping[str, str] = field(default_factory=dict, repr=False)  # CIS -> label
    cis_of_cip: Mapping[str, str] = field(default_factory=dict, repr=False)  # CIP7 or CIP13 -> CIS
    atc_of_cis: Mapping[str, str] = field(default_factory=dict, repr=False)
    atc_labels: Mapping[str, str] = field(default_factory=dict, repr=False)
    absence: str = NOT_CONFIGURED


def configured(settings: Mapping[str, Any]) -> Medicines:
    """The files that the settings of the plugin name. Never raises: `absence` tells of what cannot be read."""
    folder, atc = settings.get("bdpm") or "", settings.get("atc") or ""
    return _read(folder, atc) if folder or atc else Medicines()


@lru_cache(maxsize=4)
def _read(folder: str, atc: str) -> Medicines:
    """Paths are absolute: the folder in which the process was started means nothing."""
    if not all(Path(path).is_absolute() for path in (folder, atc) if path):
        return Medicines(absence=UNREADABLE)
    try:
        return _of_files(Path(folder) if folder else None, Path(atc) if atc else None)
    except OSError:
        return Medicines(absence=UNREADABLE)


def _of_files(folder: Path | None, atc: Path | None) -> Medicines:
    cis_of_cip: dict[str, str] = {}
    for row in _rows(folder and folder / CIS_CIP_BDPM, _CIS, 7):
        cis_of_cip[row[1]] = cis_of_cip[row[6]] = row[0]
    mitm = folder and folder / CIS_MITM
    classes = _rows(mitm if mitm and mitm.is_file() else None, _CIS, 2)
    return Medicines(
        labels={row[0]: row[1] for row in _rows(folder and folder / CIS_BDPM, _CIS, 2)},
        cis_of_cip=cis_of_cip,
        atc_of_cis={row[0]: row[1] for row in classes if _ATC.fullmatch(row[1])},
        atc_labels={row[0]: row[1] for row in _rows(atc, _ATC, 2)},
        absence=NOT_FOUND,
    )


def _rows(file: Path | None, first: re.Pattern[str], columns: int) -> Iterator[list[str]]:
    """Rows of a tab-separated file: those with a first cell like `first`, and `columns` cells at least.

    UTF-8, else Windows-1252, of which ISO-8859-1 is a part. Raises OSError.
    """
    if file is None:
        return
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) >= columns and first.fullmatch(cells[0]):
            yield cells
