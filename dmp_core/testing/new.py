"""A new plugin in a folder: the templates of its kind, with its names in them."""

import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Final

KINDS: Final = ("adapter", "document", "host")
NAME_RULE: Final = (
    "a name has 2 to 40 lower-case letters, digits and underscores and begins with a letter; it names the package, "
    "so it is no word of Python and no module that is installed. By custom lgo_... is an adapter, doc_... brings "
    "documents, host_... is a way in"
)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_COMMON: Final = "common"
_SUFFIX: Final = ".tmpl"
_ONE_LINE: Final = re.compile(r"[^\"\\\r\n]{1,120}")


class NameRefused(ValueError):
    """A name that cannot be used; the text says why and what is asked of one."""


class _Sheet(Template):
    """`§name`: neither Python, TOML, YAML nor a corpus uses that sign."""

    delimiter = "§"


@dataclass(frozen=True, slots=True)
class Names:
    """What stands in the templates. `host`: the software that an adapter or a way in is for; `label`: of a document."""

    name: str
    description: str
    label: str
    host: str

    @property
    def distribution(self) -> str:
        return f"dmp-{self.name.replace('_', '-')}"

    @property
    def values(self) -> Mapping[str, str]:
        bare = self.name.removeprefix("doc_")
        type_id = re.sub(r"_+", "-", bare if len(bare) > 2 else self.name).strip("-")
        return {
            "name": self.name,
            "distribution": self.distribution,
            "description": self.description,
            "label": self.label,
            "host": self.host,
            "type_id": type_id,
        }


def usual(name: str, kind: str) -> Names:
    """The names that are taken where nobody chose. Raises NameRefused."""
    _must_be_a_name(name)
    title = name.partition("_")[2].replace("_", " ").strip() or name
    what = {
        "adapter": f"The DMP for pharmacies that work with {title}.",
        "document": f"A type of document for the DMP: {title}.",
        "host": f"A way in to the DMP for {title}.",
    }
    return Names(name, what[kind], title[:1].upper() + title[1:], title)


def render(folder: Path, kind: str, names: Names) -> tuple[Path, ...]:
    """Write the plugin into `folder`, which is new. Gives its files. Raises NameRefused, OSError."""
    _must_be_a_name(names.name)
    for text in (names.description, names.label, names.host):
        if not _ONE_LINE.fullmatch(text):
            raise NameRefused(
                "a description, a label and the host's name are one line without quotes, 120 signs at most"
            )
    if folder.exists():
        raise NameRefused(f"{folder.name} exists already: choose another name, or another folder with --into")
    root = resources.files("dmp_core.testing") / "templates"
    written = []
    for part in (_COMMON, kind):
        for path, sheet in _sheets(root / part):
            file = folder / path.replace("__name__", names.name).replace("dot_", ".").removesuffix(_SUFFIX)
            file.parent.mkdir(parents=True, exist_ok=True)
            text = _Sheet(sheet.read_text(encoding="utf-8")).substitute(names.values)
            file.write_text(text, encoding="utf-8", newline="\n")
            written.append(file)
    return tuple(sorted(written))


def _sheets(root: Traversable, before: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in root.iterdir():
        if entry.is_dir():
            yield from _sheets(entry, f"{before}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            yield before + entry.name, entry


def _must_be_a_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NameRefused(NAME_RULE)
    if keyword.iskeyword(name) or name in sys.stdlib_module_names or find_spec(name) is not None:
        raise NameRefused(f"{name} belongs to another module: {NAME_RULE}")
