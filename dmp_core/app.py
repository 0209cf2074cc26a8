"""Puts the parts together for one host, and owns what the core must not: the clock, randomness and the threads."""

import os
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from dmp_core import log
from dmp_core.api.events import PatientClosed, PatientOpened, PatientUpdated
from dmp_core.audit.chain import ChainedAudit
from dmp_core.config import Config, StructureSettings
from dmp_core.errors import DmpError
from dmp_core.links import open_link
from dmp_core.model.access import Mode
from dmp_core.model.item import OutboxItem
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import Audit, Clock, Ids, OutboxStore
from dmp_core.rules.checking import DocumentChecks
from dmp_core.services.announcement import Announcer
from dmp_core.services.composition import Composer
from dmp_core.services.consult import Consult
from dmp_core.services.delivery import Delivery
from dmp_core.services.exchange import Exchange
from dmp_core.services.feeding import Feeder
from dmp_core.services.intake import Intake
from dmp_core.services.notices import Notice
from dmp_core.services.rights import InsPolicy
from dmp_core.services.session import Session
from dmp_core.services.translation import Translator

T = TypeVar("T")
_LONGEST_WAIT: Final = timedelta(seconds=60)
_AFTER_FAILURE: Final = timedelta(seconds=5)
_NETWORK_THREADS: Final = 4


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place that reads the time

    def monotonic(self) -> float:
        return time.monotonic()  # noqa: TID251 - the one place that reads the time


class SystemIds:
    """The operating system's randomness."""

    def uuid(self) -> uuid.UUID:
        return uuid.uuid4()  # noqa: TID251 - the one place that draws a UUID

    def token(self, size: int) -> bytes:
        return os.urandom(size)


class App:
    """Everything that one host needs. Open it, `start` it, ask its services, `close` it."""

    def __init__(
        self,
        config: Config,
        structure_id: str | None = None,
        *,
        adapter: str | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
        wrap_outbox: Callable[[OutboxStore], OutboxStore] = lambda store: store,
    ) -> None:
        """Raises ConfigError, OutboxError. `wrap_outbox` lets a test stand between the services and the store."""
        self.config = config
        self.structure: StructureSettings = config.the_structure(structure_id)
        self.clock: Clock = clock or SystemClock()
        self.ids: Ids = ids or SystemIds()
        self._checks = DocumentChecks.of(config.data, config.rules.of(config.environment))
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._listeners: list[Callable[[Notice], None]] = []
        self._network = ThreadPoolExecutor(_NETWORK_THREADS, thread_name_prefix="dmp-network")
        self._pump: threading.Thread | None = None  # noqa: TID251 - threads are owned here
        keys = FileKeyStore(config.data / "keys", self.ids)
        self.outbox: OutboxStore = wrap_outbox(SqliteOutbox(config.data / "outbox.sqlite", keys, self.ids))
        self.audit: Audit = ChainedAudit(
            config.data / "audit.sqlite", keys, self.clock, witness=config.data / "keys" / "audit.head"
        )
        self.plugins = PluginHost(
            config.plugins.enabled,
            clock=self.clock,
            settings=config.plugins.settings,
            policies=config.documents.policies,
            choices=config.documents.plugins,
            adapter=adapter,
            time_zone=self.structure.time_zone,
        )
        self._build_services()

    def _build_services(self) -> None:
        config, clock, ids = self.config, self.clock, self.ids
        ins_policy = InsPolicy(config.environment, simulation_accepts_real_ins=config.simulation_accepts_real_ins)
        feed, read = self._exchanges()
        announcer = Announcer(self.plugins, self.outbox, self._tell)
        self.session = Session()
        self.intake = Intake(self.outbox, self.session, clock=clock, ids=ids, wake=self.wake)
        self.consult = Consult(
            read,
            self.session,
            ins_policy,
            config.software,
            announcer,
            clock=clock,
            ids=ids,
            first_years=config.consultation.first_years,
            status_cache=config.consultation.status_cache,
            tell=self._tell,
        )
        self.delivery = Delivery(
            self.outbox,
            composer=Composer(
                self.outbox,
                self.plugins,
                ins_policy,
                clock=clock,
                ids=ids,
                time_zone=self.structure.time_zone,
                oid_root=config.documents.oid_root,
                style=self.structure.style.read(),
                check=self._checks.check,
            ),
            feeder=Feeder(
                feed, self.outbox, ins_policy, config.feed, source_id=config.software.oid, clock=clock, ids=ids
            ),
            translator=Translator(self.outbox, self.plugins, self._patient_told, clock=clock, ids=ids),
            announcer=announcer,
            clock=clock,
            hold=config.documents.hold,
            tell=self._tell,
            wake=self.wake,
        )

    def _exchanges(self) -> tuple[Exchange, Exchange]:
        """The way to feed and the way to read: one and the same where both are direct."""
        feed = self._exchange(self.structure.feed_mode)
        same = self.structure.read_mode is self.structure.feed_mode
        read = feed if same else self._exchange(self.structure.read_mode)
        self._open_exchanges = {feed, read}
        return feed, read

    def _exchange(self, mode: Mode) -> Exchange:
        return Exchange(
            mode,
            lambda: open_link(self.config, self.structure, mode, self.clock),
            self.config.software,
            self.config.vihf,
            clock=self.clock,
            ids=self.ids,
            audit=self.audit,
        )

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Take up what an earlier run left, and go on by itself from now on."""
        self.outbox.recover(self.clock.now())
        self._pump = threading.Thread(  # noqa: TID251 - threads are owned here
            target=self._run, name="dmp-delivery", daemon=True
        )
        self._pump.start()

    def close(self, *, wait: float = 2.0) -> None:
        """Stop; what is being sent gets `wait` seconds to end, else the next start looks it up."""
        self._stopping.set()
        self._wake.set()
        if self._pump is not None:
            self._pump.join(wait)
        self._network.shutdown(wait=False, cancel_futures=True)
        for exchange in self._open_exchanges:
            exchange.close()
        self.plugins.close()
        self._checks.close()
        self.outbox.close()
        self.audit.close()

    def wake(self) -> None:
        """There is something to deliver."""
        self._wake.set()

    def subscribe(self, listener: Callable[[Notice], None]) -> None:
        """`listener` hears what the core tells the host, on whichever thread it happens; it must be quick."""
        self._listeners.append(listener)

    def submit(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> Callable[[], bool]:
        """Run `work`, which waits for the network, behind the host, and give its result or exception to `done`.

        The result of this call cancels it, where it did not start yet.
        """

        def run() -> None:
            try:
                result: T | Exception = work()
            except Exception as error:  # noqa: BLE001 - handed over to whoever asked
                result = error
            done(result)

        return self._network.submit(run).cancel

    # ------------------------------------------------------------ behind the host

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                pause = self._pause_until(self.delivery.step())
            except DmpError as error:
                log.warning("delivery.stopped", code=error.code)
                pause = _AFTER_FAILURE
            self._wake.wait(pause.total_seconds())

    def _pause_until(self, due: datetime | None) -> timedelta:
        if due is None:
            return _LONGEST_WAIT
        return max(timedelta(0), min(due - self.clock.now(), _LONGEST_WAIT))

    def _tell(self, notice: Notice) -> None:
        for listener in self._listeners:
            listener(notice)

    def _patient_told(self, event: PatientOpened | PatientUpdated | PatientClosed, item: OutboxItem) -> None:
        """A raw message of the LGO spoke of a patient."""
        match event:
            case PatientOpened(patient=patient) if patient:
                self.submit(partial(self.consult.opened, patient, item.who), _forget)
            case PatientUpdated(patient=patient) if patient:
                self.intake.patient_updated(patient, item.who)
            case PatientClosed():
                self.consult.closed(event.host_id)


def _forget(result: object) -> None:
    if isinstance(result, Exception):
        log.event("patient.status_unknown", code=getattr(result, "code", type(result).__name__))
