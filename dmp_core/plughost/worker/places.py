"""Where a plugin lies, what its process may import and read, and the little that it finds around it."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from dmp_core.plughost.worker.imports import CORE, LIBRARIES

_CORE_ROOT: Final = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plugin lies: its package, and the folders of what it brings; none: the package alone is seen.

    `readable`: files and folders beside it, as the pharmacy configured.
    """

    folder: Path
    roots: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()


def packages(place: Place) -> dict[str, Path]:
    """Where each package that the process may import lies: package -> the folder that it is in."""
    places = {"dmp_core": _CORE_ROOT}
    for name in LIBRARIES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            places[name] = origin.parents[1] if origin.name == "__init__.py" else origin.parent
    if not place.roots:
        places[place.folder.name] = place.folder.parent
    return places


def readable(place: Place, places: Mapping[str, Path]) -> list[Path]:
    """Files and folders that the process may read beside the system's libraries."""
    core = [_CORE_ROOT / module.replace(".", "/") for module in CORE]
    own = place.roots or (place.folder,)
    found = [
        *(path for module in core for path in (module, module.with_suffix(".py"))),
        *(_CORE_ROOT / name / "__init__.py" for name in ("dmp_core", "dmp_core/plughost")),
        *(places[name] / each for name in LIBRARIES if name in places for each in (name, f"{name}.py")),
        *(
            Path(os.path.realpath(os.__file__)).parent,
            Path(sys.base_exec_prefix) / "lib",
            Path(sys.base_exec_prefix) / "DLLs",
        ),
        *own,
        *place.readable,
    ]
    return [Path(os.path.realpath(path)) for path in found if path.exists()]


def environment() -> dict[str, str]:
    """Nothing; Windows cannot start a process without these."""
    return {name: os.environ[name] for name in ("SYSTEMROOT", "SYSTEMDRIVE") if name in os.environ}
