"""The settings of a way in: TOML, relative paths taken from the file's own folder."""

import ipaddress
import os
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from dmp_core.api import Operator


class SettingsWrong(Exception):
    """What is wrong with the settings, in one line."""


def _origin(value: str) -> str:
    found = urlsplit(value)
    if found.scheme not in ("http", "https") or value != f"{found.scheme}://{found.netloc}" or "@" in found.netloc:
        raise ValueError("an origin: https://host[:port], nothing after it")
    return value


Origin = Annotated[str, AfterValidator(_origin)]


class WayInSettings(BaseModel):
    """What every way in is told: in whose name it works, and at which structure."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    operator: Operator
    structure: str | None = None


class ServerSettings(WayInSettings):
    """And where it listens. `announce`: the private file that tells where; None: in the user's runtime folder."""

    listen: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65_535, description="0: any free one")
    public_url: Origin | None = Field(default=None, description="how it is reached through the vendor's TLS proxy")
    announce: Path | None = None
    origins: tuple[Origin, ...] = Field(default=(), max_length=20, description="pages that may call it")

    @model_validator(mode="after")
    def _never_open_in_the_clear(self) -> Self:
        if not is_loopback(self.listen) and not (self.public_url or "").startswith("https://"):
            raise ValueError("listen: outside of this machine only behind a proxy with TLS, named in public_url")
        return self


Model = TypeVar("Model", bound=WayInSettings)


def read_settings(file: Path, model: type[Model]) -> Model:
    """Raises SettingsWrong."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        settings = model.model_validate(told)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(f"{file.name}: {error}") from None
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors())
        raise SettingsWrong(f"{file.name}: {places}") from None
    paths = {name: file.parent / value for name, value in settings if isinstance(value, Path)}
    return settings.model_copy(update=paths)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def runtime_folder() -> Path:
    """The folder of this user's session: `$XDG_RUNTIME_DIR/dmp`; on Windows in %LOCALAPPDATA%; else in ~/.cache."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "dmp"
    return Path(os.environ.get("XDG_RUNTIME_DIR") or Path.home() / ".cache") / "dmp"
