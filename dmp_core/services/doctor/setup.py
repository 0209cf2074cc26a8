"""What the doctor must know of the configuration, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from dmp_core.model.access import Environment
from dmp_core.transport.file_key import Role


@dataclass(frozen=True, slots=True)
class PairFiles:
    """A certificate and its key. `structure`: the Struct_IdNat that it must name; None: a person's."""

    label: str
    role: Role
    certificate: Path
    key: Path
    chain: Path | None = None
    structure: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A national service. `pair`: shown to it; `by_card`: its certificate is in the card, none is shown here."""

    id: str
    label: str
    url: str
    ca: Path | None
    pair: PairFiles | None = None
    by_card: bool = False
    http_proxy: str | None = None
    old_tls: bool = True  # TLS 1.2 with the suites of PDT-INF-579 alone


@dataclass(frozen=True, slots=True)
class Libraries:
    """The PKCS#11 libraries that the configuration names; None: looked for."""

    auth: Path | None = None
    sign: Path | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """The seat that is looked at. `uses_card`: the professional's keys are in a card; `emulated`: a simulation's."""

    environment: Environment
    structure: str
    data: Path
    uses_card: bool
    libraries: Libraries
    stunnel: Path | None
    pairs: tuple[PairFiles, ...]
    services: tuple[Service, ...]
    clock_tolerance: timedelta
    secrets: tuple[Path, ...] = ()
    surroundings: Mapping[str, str] = field(default_factory=dict, repr=False)
    ignored_readers: tuple[str, ...] = ()
    emulated: bool = False
