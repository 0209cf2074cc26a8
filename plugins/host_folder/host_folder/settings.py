"""The settings of one watched folder: TOML, relative paths taken from the file's own folder."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dmp_core.api import Operator
from dmp_core.api.mapping import FileMapping, read_mapping


class SettingsWrong(Exception):
    """What is wrong with the settings, in one line."""


class Settings(BaseModel):
    """`mapping` None: each document has a sidecar, in `encoding`. `every`: seconds between two looks."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    folder: Path
    operator: Operator
    structure: str | None = None
    mapping: Path | None = None
    encoding: Literal["utf-8", "cp1252", "iso-8859-15"] = "utf-8"
    every: float = Field(default=2.0, ge=0.1, le=3600)

    def table(self) -> FileMapping | None:
        """The table that reads the exports. Raises ConfigInvalid, OSError."""
        return read_mapping(self.mapping.read_bytes()) if self.mapping else None


def read_settings(file: Path) -> Settings:
    """Raises SettingsWrong."""
    try:
        settings = Settings.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(f"{file.name}: {error}") from None
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsWrong(f"{file.name}: {places}") from None
    here = file.parent
    paths = {"folder": here / settings.folder, "mapping": here / settings.mapping if settings.mapping else None}
    return settings.model_copy(update=paths)
