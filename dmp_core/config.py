"""The configuration: TOML in layers (defaults, vendor, pharmacy, seat), each later one over the earlier ones.

Relative paths are taken from the folder of the file that names them. Secrets are files, never values.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dmp_core.dmp.td09_web import WebSettings
from dmp_core.dmp.td21_feed import FeedSettings
from dmp_core.dmp.td31_search import SearchSettings
from dmp_core.dmp.vihf import VihfSettings
from dmp_core.documents.house_style import HOUSE, HouseStyle
from dmp_core.errors import ConfigInvalid
from dmp_core.identity.insi_settings import InsiSettings
from dmp_core.identity.psc.settings import PscSettings
from dmp_core.model.access import Environment, Mode
from dmp_core.model.document import FeedPolicy
from dmp_core.model.opening import AccessSettings
from dmp_core.model.practitioner import Operator, Structure
from dmp_core.model.software import Software
from dmp_core.plughost.hooks import HOOKS
from dmp_core.plughost.trust import Trust
from dmp_core.plughost.worker.process import WorkerLimits


class Section(BaseModel):
    """Closed, frozen, and without values in its errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class KeyFiles(Section):
    """A certificate and its private key, PEM; `chain` holds the issuers to show with it."""

    certificate: Path
    key: Path
    chain: Path | None = None


class Keys(Section):
    """Keys in files. `professional_*`: as on a CPS (direct mode); `organisation_*`: ORG_AUTH_CLI, ORG_SIGN."""

    source: Literal["files", "card"] = Field(
        default="files", description="the professional's keys: in `files`, or in the `card` of whoever works"
    )
    professional_auth: KeyFiles | None = None
    professional_sign: KeyFiles | None = None
    organisation_auth: KeyFiles | None = None
    organisation_sign: KeyFiles | None = None


class CpsSettings(Section):
    """How the card of a professional is used. Libraries: PKCS#11; without one, ANS's is looked for, then OpenSC's."""

    library: Path | None = None
    auth_library: Path | None = Field(default=None, description="over `library`, for the authentication key")
    sign_library: Path | None = Field(default=None, description="over `library`, for the signature key")
    idle: timedelta = Field(
        default=timedelta(minutes=30), gt=timedelta(0), description="without use of the DMP; then the session ends"
    )
    structure_on_card: bool = Field(
        default=True, description="refuse a card that names structures of exercise, none of them the configured one"
    )
    stunnel: Path | None = Field(default=None, description="program that does the TLS where this Python cannot")


class Dmp(Section):
    """Where the DMP is. `ca` is the only trust store; `proxy` is used only when written here."""

    url: str = Field(pattern=r"^https://", description="up to and with /services/")
    ca: Path
    proxy: str | None = None
    timeouts: Mapping[str, float] = Field(default_factory=dict, description="transaction -> seconds")
    clock_tolerance: timedelta = Field(
        default=timedelta(minutes=2), description="difference to the DMP's clock beyond which the counter is warned"
    )
    parameters: Path | None = Field(
        default=None, description="the DMP's file of parameters (« param-lps »), which the vendor downloads daily"
    )
    parameters_age: timedelta = Field(default=timedelta(days=1), description="how often it is read again")


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


def _short_mode(value: object) -> object:
    """`direct`, `indirect` and `air` in the file; the DMP's own words stay allowed."""
    return Mode[value.upper()] if isinstance(value, str) and value.upper() in Mode.__members__ else value


class StructureSettings(Structure):
    """One pharmacy: what the DMP must know of it, its keys, and how it feeds and reads."""

    feed_mode: Mode = Mode.DIRECT
    read_mode: Mode = Mode.DIRECT
    keys: Keys = Keys()
    style: StyleSettings = StyleSettings()
    time_zone: str = "Europe/Paris"
    billing_id: str | None = Field(default=None, description="identifiantFacturation for INSi, over that of [insi]")

    _mode_by_its_short_name = field_validator("feed_mode", "read_mode", mode="before")(_short_mode)

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
        """PDT-INF-526 and 606: AIR never feeds, indirect never reads. A card serves mode direct alone."""
        if self.keys.source == "card" and Mode.DIRECT not in (self.feed_mode, self.read_mode):
            raise ValueError("keys.source card: neither feed_mode nor read_mode is direct")
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
    overlap: timedelta = Field(
        default=timedelta(days=1), ge=timedelta(0), description="looked at again: sets may arrive later than they say"
    )
    most_rows: int = Field(
        default=5_000, ge=1, le=5_000, description="of one list; where there are more, the pharmacist is told"
    )


class Plugins(Section):
    """Which plugins run, where, on whose word; their settings. Unsigned plugins never run in production."""

    enabled: Sequence[str] = ()
    in_process: Sequence[str] = Field(default=(), description="trusted as the core is; the others have a worker each")
    folder: Path | None = Field(default=None, description="of plugins installed from wheels; None: in `data`")
    keys: Mapping[str, str] = Field(default_factory=dict, description="publisher -> ed25519 public key, base64")
    allow: Sequence[str] | None = Field(default=None, description="the only ones that may run; None: any enabled one")
    revoked: Sequence[str] = Field(default=(), description="digests of versions, or keys, that are no longer trusted")
    signed_only: bool = Field(default=False, description="always true in production")
    confined_only: bool = Field(default=False, description="refuse a worker that this system cannot confine whole")
    limits: Mapping[str, Annotated[float, Field(gt=0, le=60)]] = Field(
        default_factory=dict, description="hook, `start` or `load` -> seconds in a worker"
    )
    memory: int = Field(default=512_000_000, ge=200_000_000, description="address space of a worker, bytes")
    settings: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)

    @field_validator("limits")
    @classmethod
    def _limits_are_of_hooks(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        unknown = sorted(value.keys() - {*HOOKS, "start", "load"})
        if unknown:
            raise ValueError(f"neither a hook nor `start` or `load`: {', '.join(unknown)[:100]}")
        return value

    def trust(self, data: Path, environment: Environment) -> Trust:
        """The rules for plugins of this installation."""
        production = environment is Environment.PRODUCTION
        limits = dict(self.limits)
        usual = WorkerLimits()
        return Trust(
            folder=self.folder or data / "plugins" / "installed",
            state=data / "plugins",
            in_process=frozenset(self.in_process),
            keys=self.keys,
            allow=None if self.allow is None else frozenset(self.allow),
            revoked=frozenset(self.revoked),
            signed_only=self.signed_only or production,
            confined_only=self.confined_only,
            keep_prints=not production,
            limits=WorkerLimits(
                start=limits.pop("start", usual.start),
                load=limits.pop("load", usual.load),
                hooks=limits,
                memory=self.memory,
            ),
        )


class Support(Section):
    """What helps to find an error: raw exchanges, recorded only where somebody who administers asks for it."""

    keep_recordings: timedelta = Field(default=timedelta(days=7), description="then they are purged by themselves")
    patient_recording: timedelta = Field(default=timedelta(days=1), description="how long one patient is recorded")


class CardSettings(Section):
    """How the card readers of the seat are watched: `[cards]`."""

    enabled: bool = Field(default=True, description="False: no reader is looked at")
    ignore: Sequence[str] = Field(default=(), description="readers whose name holds one of these texts are left alone")
    poll: timedelta = Field(
        default=timedelta(seconds=1), gt=timedelta(0), description="how often an absent PC/SC service is looked for"
    )
    emulated: Path | None = Field(
        default=None, description="folder of `dmp simulate --cards`, simulation only: its cards in the place of PC/SC"
    )


class SharingSettings(Section):
    """A reader shared between the seats of a pharmacy: `[sharing]`. The holder of a card enables it, for a time."""

    enabled: bool = Field(default=False, description="false: this seat neither lends its reader nor borrows one")
    name: str = Field(
        default="comptoir",
        pattern=r"^[\w .’'-]+$",
        max_length=40,
        description="of this seat, as the other counters read it",
    )
    listen: str = Field(default="0.0.0.0", description="the address on which a seat that lends its reader is reached")  # noqa: S104
    port: int = Field(default=47110, ge=0, le=65535, description="the one port open beyond this machine; 0: any")
    read_under_anothers_card: bool = Field(
        default=False, description="lists and documents are read for other counters under the card of this one"
    )
    longest: timedelta = Field(
        default=timedelta(hours=12), gt=timedelta(0), le=timedelta(days=1), description="for which a holder may share"
    )


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


class Insi(Section):
    """Where INSi is, and with whose keys it is asked; `keys` over those of the structure.

    `mode`: indirect (the structure's certificate alone), direct (the professional's keys), air.
    """

    url: str = Field(pattern=r"^https://", description="up to and without the last segment, `lps`")
    ca: Path
    proxy: str | None = None
    timeout: float = Field(default=30.0, gt=0, description="seconds for one question")
    mode: Mode = Mode.INDIRECT
    keys: Keys = Keys()
    on_opening: bool = Field(default=True, description="ask by itself for a patient who was opened without INS")
    settings: InsiSettings

    _mode_by_its_short_name = field_validator("mode", mode="before")(_short_mode)


class Bridge(Section):
    """The bridge on this machine, and its windows."""

    listen: str = Field(default="127.0.0.1", description="of 127.0.0.0/8: nobody else reaches it")
    frame: str | None = Field(
        default=None,
        pattern=r"^https://[a-z0-9.-]+(:[0-9]{1,5})?$",
        description="the one origin whose pages may frame the windows; None: no page",
    )


class BonusSettings(Section):
    """What the bonus gauge counts."""

    types: frozenset[str] = Field(
        default=frozenset({"entretien-pharmaceutique", "bilan-medication"}),
        description="types of document of the finished acts that must feed the DMP",
    )


class Config(Section):
    """All of it."""

    environment: Environment
    data: Path = Field(description="folder of the outbox, its keys and the audit")
    software: Software
    dmp: Dmp
    insi: Insi | None = Field(default=None, description="None: INSi is not asked")
    structure: Mapping[str, StructureSettings] = Field(min_length=1)
    vihf: VihfSettings = VihfSettings()
    feed: FeedSettings = FeedSettings()
    documents: Documents = Documents()
    bonus: BonusSettings = BonusSettings()
    consultation: Consultation = Consultation()
    access: AccessSettings = AccessSettings()
    search: SearchSettings = SearchSettings()
    web: WebSettings | None = Field(default=None, description="the DMP's pages for professionals (TD0.9)")
    cps: CpsSettings = CpsSettings()
    plugins: Plugins = Plugins()
    cards: CardSettings = CardSettings()
    sharing: SharingSettings = SharingSettings()
    rules: RuleSets = RuleSets()
    support: Support = Support()
    psc: PscSettings | None = Field(default=None, description="Pro Santé Connect; read_mode air needs it")
    bridge: Bridge = Bridge()
    operator: Operator | None = Field(default=None, description="who uses the command line")
    simulation_accepts_real_ins: bool = Field(
        default=False, description="simulation only: read documents of others that name INS of the real registers"
    )

    @model_validator(mode="after")
    def _environment_is_consistent(self) -> Self:
        if self.environment is not Environment.SIMULATION:
            if self.cards.emulated is not None:
                raise ValueError("cards.emulated: only where environment is simulation")
            if self.simulation_accepts_real_ins:
                raise ValueError("simulation_accepts_real_ins: only where environment is simulation")
            for structure in self.structure.values():
                if structure.read_mode is Mode.AIR and self.psc is None:
                    raise ValueError("read_mode air needs [psc]: who reads is identified by Pro Santé Connect")
            if self.insi is not None and self.insi.mode is Mode.AIR and self.psc is None:
                raise ValueError("insi.mode air needs [psc]: who asks is identified by Pro Santé Connect")
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
        text = file.read_text(encoding="utf-8-sig")  # an editor of Windows marks what it saves
        return _anchored(tomllib.loads(text), file.parent.resolve())
    except OSError as error:
        raise ConfigInvalid(f"{file.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigInvalid(f"{file.name} is no UTF-8 at byte {error.start}: save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(f"{file.name} is not TOML: {error}") from error


_PATHS = frozenset({"data", "ca", "certificate", "key", "chain", "logo", "folder", "parameters", "secret_file"})
_PATHS |= {"emulated", "library", "auth_library", "sign_library", "stunnel"}


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
