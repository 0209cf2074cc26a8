"""What all areas of an app stand on: its settings, its stores, its plugins, its threads, and the ear of its host."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dmp_core.app.threads import Threads
from dmp_core.audit.chain import ChainedAudit
from dmp_core.config import Config, StructureSettings
from dmp_core.links import with_imported_keys
from dmp_core.outbox.acts import SqliteActs
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.patients import SqlitePatientFile
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import ActStore, Audit, Clock, Ids, OutboxStore, PatientFile
from dmp_core.services.notices import Notice


@dataclass(frozen=True, slots=True)
class Stores:
    """The files of one app, all under the secrets of one folder."""

    keys: FileKeyStore
    outbox: OutboxStore
    patients: PatientFile
    acts: ActStore
    audit: Audit

    @classmethod
    def open(
        cls, config: Config, clock: Clock, ids: Ids, wrap_outbox: Callable[[OutboxStore], OutboxStore]
    ) -> "Stores":
        """Raises OutboxError."""
        folder, keys = config.data, FileKeyStore(config.data / "keys", ids)
        return cls(
            keys,
            wrap_outbox(SqliteOutbox(folder / "outbox.sqlite", keys, ids)),
            SqlitePatientFile(folder / "patients.sqlite", keys, ids),
            SqliteActs(folder / "acts.sqlite", keys, ids),
            ChainedAudit(folder / "audit.sqlite", keys, clock, witness=folder / "keys" / "audit.head"),
        )

    def close(self) -> None:
        self.outbox.close()
        self.patients.close()
        self.acts.close()
        self.audit.close()


@dataclass(frozen=True, slots=True)
class Ground:
    """Given to each area, which takes of it what it needs."""

    config: Config
    structure: StructureSettings
    clock: Clock
    ids: Ids
    stores: Stores
    plugins: PluginHost
    threads: Threads
    tell: Callable[[Notice], None]

    @property
    def zone(self) -> ZoneInfo:
        """Of the pharmacy."""
        return ZoneInfo(self.structure.time_zone)

    def with_keys(self) -> StructureSettings:
        """The structure with the keys that serve now."""
        return with_imported_keys(self.config, self.structure, self.clock.now())
