"""What a plugin's process can import: Python's own library, a few packages, the plugin with what it brings.

The process starts as `python -I -S`: no site-packages, no .pth file, no PYTHONPATH, no sitecustomize. What this module
leaves out cannot be read either where the files are confined; elsewhere it keeps honest plugins to the api.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Final

LIBRARIES: Final = (
    "annotated_types", "lxml", "pluggy", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection",
    "tzdata",
)  # fmt: skip
"""Packages beside Python's own that a plugin may rely on."""
CORE: Final = (
    "dmp_core.api", "dmp_core.errors", "dmp_core.model", "dmp_core.xml", "dmp_core.plughost.admission",
    "dmp_core.plughost.answers", "dmp_core.plughost.failure", "dmp_core.plughost.hooks", "dmp_core.plughost.manifest",
    "dmp_core.plughost.worker",
)  # fmt: skip
"""Modules of the core, each with what lies below it."""
_ABOVE: Final = frozenset({"dmp_core", "dmp_core.plughost"})


class OnlyThese:
    """A finder that stands first: it finds the packages of `places` (package: its folder's folder) and hides the other
    modules of the core. What the plugin brings is found after it: nothing of it takes a place that is named here.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top = fullname.partition(".")[0]
        if top == "dmp_core" and not _open(fullname):
            raise ModuleNotFoundError(f"No module named {fullname!r}: it is no part of the api", name=fullname)
        if top not in self._places:
            return None
        return PathFinder.find_spec(fullname, [self._places[top]] if fullname == top else path, target)


def install(places: Mapping[str, str], own: Sequence[str]) -> None:
    """From now on, import these packages from their places, and what lies in the folders `own` after Python's own."""
    sys.meta_path.insert(0, OnlyThese(places))
    sys.path.extend(own)


def _open(name: str) -> bool:
    return name in _ABOVE or any(name == module or name.startswith(f"{module}.") for module in CORE)
