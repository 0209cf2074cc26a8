"""The configuration: TOML in layers (defaults, vendor, pharmacy, seat), each later one over the earlier ones.

Relative paths are taken from the folder of the file that names them. Secrets are files, never values.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dmp_core.dmp.td21_feed import FeedSettings
from dmp_core.dmp.vihf import VihfSettings
from dmp_core.documents.house_style import HOUSE, HouseStyle
from dmp_core.errors import ConfigInvalid
from dmp_core.model.access import Environment, Mode
from dmp_core.model.document import FeedPolicy
from dmp_core.model.practitioner import Operator, Structure
from dmp_core.model.software import Software


class Section(BaseModel):
    """Closed, frozen, and without values in its errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class KeyFiles(Section):
    """A certificate and its private key, PEM; `chain` holds the issuers to show with it."""

    certificate: Path
    key: Path
    chain: Path | None = None


class Keys(Section):
    """Keys in files. `professional_*`: as on a CPS (direct mode); `organisation_*`: ORG_AUTH_CLI, ORG_SIGN."""

    professional_auth: KeyFiles | None = None
    professional_sign: KeyFiles | None = None
    organisation_auth: KeyFiles | None = None
    organisation_sign: KeyFiles | None = None


class Dmp(Section):
    """Where the DMP is. `ca` is the only trust store; `proxy` is used only when written here."""

    url: str = Field(pattern=r"^https://", description="up to and with /services/")
    ca: Path
    proxy: str | None = None
    timeouts: Mapping[str, float] = Field(default_factory=dict, description="transaction -> seconds")


class StyleSettings(Section):
    """The look of the documents that the core prints: `[structure.ID.style]`."""

    accent: str = HOUSE.accent
    logo: Path | None = Field(default=None, description="PNG or JPEG")

    def read(self) -> HouseStyle:
        """The style, with its logo read. Raises ConfigInvalid."""
        try:
            return HouseStyle(self.accent, self.logo.read_bytes() if self.logo else None)
        except OSError as error:
            raise ConfigInvalid(f"style: the logo cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ConfigInvalid(f"style: {error}") from error


class StructureSettings(Structure):
    """One pharmacy: what the DMP must know of it, its keys, and how it feeds and reads."""

    feed_mode: Mode = Mode.DIRECT
    read_mode: Mode = Mode.DIRECT
    keys: Keys = Keys()
    style: StyleSettings = StyleSettings()
    time_zone: str = "Europe/Paris"

    @field_validator("feed_mode", "read_mode", mode="before")
    @classmethod
    def _mode_by_its_short_name(cls, value: object) -> object:
        """`direct`, `indirect` and `air` in the file; the DMP's own words stay allowed."""
        return Mode[value.upper()] if isinstance(value, str) and value.upper() in Mode.__members__ else value

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("not a time zone of the IANA database") from None
        return value

    @model_validator(mode="after")
    def _modes_can_do_it(self) -> Self:
        """PDT-INF-526 and 606: AIR never feeds, indirect never reads."""
        if not self.feed_mode.feeds:
            raise ValueError("feed_mode: the DMP refuses to be fed in AIR; choose direct or indirect")
        if not self.read_mode.reads:
            raise ValueError("read_mode: the DMP refuses to be read in indirect mode; choose direct or air")
        return self

    @property
    def structure(self) -> Structure:
        """The pharmacy alone, as items and calls carry it."""
        return Structure.model_validate({name: getattr(self, name) for name in Structure.model_fields})


class Documents(Section):
    """How documents leave: policies by type, over the adapter's and the type's own."""

    policies: Mapping[str, FeedPolicy] = Field(default_factory=dict)
    plugins: Mapping[str, str] = Field(default_factory=dict, description="type -> plugin, where two bring the same")
    hold: timedelta = Field(default=timedelta(minutes=10), description="of the automatic policy; ISO 8601 or seconds")
    oid_root: str | None = Field(default=None, description="of document ids; None: 2.25.<uuid>")


class Consultation(Section):
    """How the record is read."""

    first_years: int = Field(default=2, ge=1, le=2, description="first automatic search, EX_3.1: two years at most")
    status_cache: timedelta = timedelta(days=1)


class Plugins(Section):
    """Which plugins run in this process, and their settings."""

    enabled: Sequence[str] = ()
    settings: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)


class RuleSets(Section):
    """Which installed set of the rules of ANS checks what is fed, by target: the environment, or what is asked for.

    None named: the only set installed, if it is alone.
    """

    simulation: str | None = None
    homologation: str | None = None
    production: str | None = None
    segur: str | None = Field(default=None, description="for `dmp documents check --target segur`")

    def of(self, target: str) -> str | None:
        """The set named for a target. Raises ConfigInvalid for a target that there is not."""
        if target not in type(self).model_fields:
            raise ConfigInvalid(f"rules: a target is one of {', '.join(type(self).model_fields)}")
        name: str | None = getattr(self, target)
        return name


class Config(Section):
    """All of it."""

    environment: Environment
    data: Path = Field(description="folder of the outbox, its keys and the audit")
    software: Software
    dmp: Dmp
    structure: Mapping[str, StructureSettings] = Field(min_length=1)
    vihf: VihfSettings = VihfSettings()
    feed: FeedSettings = FeedSettings()
    documents: Documents = Documents()
    consultation: Consultation = Consultation()
    plugins: Plugins = Plugins()
    rules: RuleSets = RuleSets()
    operator: Operator | None = Field(default=None, description="who uses the command line")
    simulation_accepts_real_ins: bool = Field(
        default=False, description="simulation only: read documents of others that name INS of the real registers"
    )

    @model_validator(mode="after")
    def _environment_is_consistent(self) -> Self:
        if self.environment is not Environment.SIMULATION:
            if self.simulation_accepts_real_ins:
                raise ValueError("simulation_accepts_real_ins: only where environment is simulation")
            for structure in self.structure.values():
                if structure.read_mode is Mode.AIR:
                    raise ValueError("read_mode air needs Pro Santé Connect, which this version has in simulation only")
        return self

    def the_structure(self, national_id: str | None) -> StructureSettings:
        """The structure asked for, or the only one. Raises ConfigInvalid."""
        if national_id is None and len(self.structure) == 1:
            return next(iter(self.structure.values()))
        if national_id is None:
            raise ConfigInvalid("several structures are configured: name one")
        try:
            return self.structure[national_id]
        except KeyError:
            raise ConfigInvalid("the structure asked for has no section [structure.ID]") from None


def load(*files: Path) -> Config:
    """The configuration of `files`, from the most general to the most particular. Raises ConfigInvalid."""
    merged: dict[str, Any] = {}
    for file in files:
        merged = _over(merged, _read(file))
    for national_id, section in merged.get("structure", {}).items():
        section.setdefault("national_id", national_id)
    try:
        return Config.model_validate(merged)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise ConfigInvalid(places) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        return _anchored(tomllib.loads(text), file.parent.resolve())
    except OSError as error:
        raise ConfigInvalid(f"the file cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigInvalid(f"not TOML: {error}") from error


_PATHS = frozenset({"data", "ca", "certificate", "key", "chain", "logo"})


def _anchored(section: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same section with relative paths made absolute."""
    return {
        key: _anchored(value, folder)
        if isinstance(value, dict)
        else str(folder / value)
        if key in _PATHS and isinstance(value, str)
        else value
        for key, value in section.items()
    }


def _over(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    return lower | {
        key: _over(lower[key], value) if isinstance(value, dict) and isinstance(lower.get(key), dict) else value
        for key, value in upper.items()
    }
