"""What a plugin says of itself in `dmp-plugin.toml`, read without importing it.

id = "doc_example"              # the name of its entry point
version = "1.0.0"
kind = "document"               # adapter, document, host
api = ["1.0"]                   # versions of dmp_core.api that it works with; a later 1.x works as well
hooks = ["provide_document_types", "resolve_document"]
reads = ["patient", "who", "content"]   # fields of events that it sees; the others come as None

[policies]                      # adapters only: type of document -> window, automatic, manual
note-vaccination = "window"

[settings.label]                # optional: what [plugins.settings.ID] of the configuration may hold
type = "string"                 # string, integer, number, boolean, list, table; path: its worker may read below it
default = "Officine"            # without a default it must be configured
description = "Shown in the title"
"""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from dmp_core.api import version
from dmp_core.errors import PluginRefused
from dmp_core.model.document import FeedPolicy
from dmp_core.plughost.hooks import HOOKS, Read, needed_read

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE: Final = "dmp-plugin.toml"
_MAX_BYTES: Final = 100_000
_ADAPTER_ONLY: Final = frozenset({"resolve_host_event", "provide_ui"})
_PYTHON_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "string": str,
    "path": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "list": list,
    "table": dict,
}


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    """An adapter speaks one LGO's words, a document plugin brings types of document, a host plugin reacts to facts."""

    ADAPTER = "adapter"
    DOCUMENT = "document"
    HOST = "host"


class Setting(_Closed):
    """One setting of a plugin. `default` None: it must be configured."""

    type: Literal["string", "integer", "number", "boolean", "list", "table", "path"]
    default: Any = None
    description: str = ""

    def accepts(self, value: object) -> bool:
        """Whether `value` has the declared type; a boolean is no number."""
        return isinstance(value, _PYTHON_TYPES[self.type]) and (self.type == "boolean" or not isinstance(value, bool))

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        if self.default is not None and not self.accepts(self.default):
            raise ValueError(f"the default is no {self.type}")
        return self


class Manifest(_Closed):
    """The content of `dmp-plugin.toml`."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    version: Annotated[str, StringConstraints(pattern=r"^[0-9][0-9A-Za-z.+-]{0,39}$")]
    kind: Kind
    api: tuple[str, ...] = Field(min_length=1, max_length=20)
    hooks: tuple[str, ...] = Field(min_length=1, max_length=len(HOOKS))
    reads: frozenset[Read] = frozenset()
    policies: Mapping[str, FeedPolicy] = Field(default_factory=dict)
    settings: Mapping[str, Setting] | None = Field(default=None, description="None: settings are passed as they come")

    @field_validator("api")
    @classmethod
    def _speaks_our_api(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not any(version.works(each) for each in value):
            raise ValueError(f"the plugin works with none of the api versions known here ({version.API_VERSION})")
        return value

    @field_validator("hooks")
    @classmethod
    def _hooks_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [hook for hook in value if hook not in HOOKS]
        if unknown:
            raise ValueError(f"unknown hook: {', '.join(unknown)[:100]}{_meant(unknown[0], HOOKS)}")
        if len(set(value)) != len(value):
            raise ValueError("a hook is named twice")
        return value

    @model_validator(mode="after")
    def _hooks_fit_the_kind(self) -> Self:
        if self.kind is not Kind.ADAPTER and (self.policies or _ADAPTER_ONLY & set(self.hooks)):
            raise ValueError("policies, resolve_host_event and provide_ui belong to adapters")
        for hook in self.hooks:
            need = needed_read(hook)
            if need is not None and need not in self.reads:
                raise ValueError(f"{hook} cannot be answered unless reads holds {need.value!r}")
        return self

    def paths(self, configured: Mapping[str, Any]) -> tuple[Path, ...]:
        """What its worker may read beside itself: the absolute paths among its settings."""
        values = [configured.get(name) for name, setting in (self.settings or {}).items() if setting.type == "path"]
        return tuple(Path(value) for value in values if isinstance(value, str) and Path(value).is_absolute())

    def settings_from(self, configured: Mapping[str, Any]) -> dict[str, Any]:
        """What the plugin gets: the configured values over the defaults. Raises PluginRefused naming the setting."""
        if self.settings is None:
            return dict(configured)
        unknown = sorted(configured.keys() - self.settings.keys())
        if unknown:
            raise PluginRefused(f"{self.id} has no setting {', '.join(unknown)[:100]}")
        values = {name: configured.get(name, setting.default) for name, setting in self.settings.items()}
        for name, setting in self.settings.items():
            if values[name] is None:
                raise PluginRefused(f"setting {name} of {self.id} must be configured")
            if not setting.accepts(values[name]):
                raise PluginRefused(f"setting {name} of {self.id} must be a {setting.type}")
        return values


def read(file: Path) -> Manifest:
    """The manifest in `file`. Raises PluginRefused with the fields that are wrong."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise PluginRefused(f"{FILE} cannot be read: {error.strerror}") from error
    return parse(raw)


def parse(raw: bytes) -> Manifest:
    """The manifest in these bytes. Raises PluginRefused with the fields that are wrong."""
    if len(raw) > _MAX_BYTES:
        raise PluginRefused(f"{FILE} is larger than {_MAX_BYTES} bytes")
    try:
        return Manifest.model_validate(tomllib.loads(raw.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PluginRefused(f"{FILE} is not TOML: {error}") from error
    except ValidationError as error:
        raise PluginRefused(f"{FILE}: {'; '.join(_told(e) for e in error.errors(include_url=False))}") from error


def _told(error: "ErrorDetails") -> str:
    """One thing that is wrong, with the field, and what stands there: a manifest holds nothing of a patient."""
    place = ".".join(map(str, error["loc"])) or "manifest"
    match error["type"]:
        case "missing":
            return f"{place} is missing"
        case "extra_forbidden":
            return f"{place} is no field of it{_meant(place, Manifest.model_fields)}"
        case "enum" | "literal_error":
            return f"{place}: {str(error['input'])[:60]!r} is none of {error['ctx']['expected']}"
        case "string_pattern_mismatch":
            wanted = "2 to 40 of a-z, 0-9 and _, a letter first" if place == "id" else error["ctx"]["pattern"]
            return f"{place}: {str(error['input'])[:60]!r} is not {wanted}"
    return f"{place}: {error['msg'].removeprefix('Value error, ')}"


def _meant(wrong: str, known: Iterable[str]) -> str:
    near = get_close_matches(wrong, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
