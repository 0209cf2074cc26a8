"""The files that windows load: a closed table, each named with the hash that the page demands of it."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
NAMES: Final = {name: name for name in ("panel.css", "panel.js", "live.js", "pin.js")} | {
    "htmx.js": "vendor/htmx-4.0.1.min.js"
}
"""Name in an address -> file. htmx 4.0.1 (0BSD), from the npm package htmx.org, unchanged: `vendor/README.md`."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """`integrity` is what a page names: a file that was changed does not run."""

    body: bytes = field(repr=False)
    media_type: str
    integrity: str


@cache
def static_file(name: str) -> StaticFile | None:
    """The file of that name; None for any other."""
    if name not in NAMES:
        return None
    body = resources.files("hostbridge.panels").joinpath("static", *NAMES[name].split("/")).read_bytes()
    digest = b64encode(hashlib.sha384(body).digest()).decode()
    return StaticFile(body, _TYPES[name.rpartition(".")[2]], f"sha384-{digest}")


def integrity(name: str) -> str:
    """For templates. Raises LookupError where there is no such file."""
    found = static_file(name)
    if found is None:
        raise LookupError(name)
    return found.integrity
