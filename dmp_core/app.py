"""Puts the parts together for one host, and owns what the core must not: the threads."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from dmp_core import log
from dmp_core.api.events import PatientClosed, PatientOpened, PatientUpdated
from dmp_core.audit.chain import ChainedAudit
from dmp_core.audit.sealed_files import SealedFolder
from dmp_core.card_links import StunnelHelper, cps_readers, open_card_insi, open_card_link
from dmp_core.card_thread import CardThread
from dmp_core.cards.monitor import CardChanged
from dmp_core.cards.readers import PcscReaders
from dmp_core.cards.vitale import FreeZone
from dmp_core.config import Config, Insi, StructureSettings
from dmp_core.errors import CardTlsUnavailable, ConfigInvalid, EnvironmentIgnored
from dmp_core.links import (
    certificates_of,
    open_identity_provider,
    open_insi,
    open_link,
    with_imported_keys,
)
from dmp_core.model.access import Environment, Mode
from dmp_core.model.item import OutboxItem
from dmp_core.model.listing import NewOfType
from dmp_core.outbox.acts import SqliteActs
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.patients import SqlitePatientFile
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import (
    ActStore,
    Audit,
    BeneficiaryProvider,
    CardCalls,
    Clock,
    Ids,
    OutboxStore,
    PatientFile,
    Readers,
)
from dmp_core.pump import Pump
from dmp_core.rules.checking import DocumentChecks
from dmp_core.services.announcement import Announcer
from dmp_core.services.authentication.card_view import CardState
from dmp_core.services.authentication.cards import Cards
from dmp_core.services.authentication.professional import CardSession, CpsReader
from dmp_core.services.authentication.psc import ProfessionalSession
from dmp_core.services.feed.bonus import Bonus
from dmp_core.services.feed.composition import Composer
from dmp_core.services.feed.correct import Corrections
from dmp_core.services.feed.correcting import Corrector
from dmp_core.services.feed.delivery import Delivery
from dmp_core.services.feed.feeding import Feeder
from dmp_core.services.feed.further import FurtherDocuments
from dmp_core.services.feed.intake import Intake
from dmp_core.services.feed.manners import FeedPace
from dmp_core.services.feed.repair import Repairs
from dmp_core.services.feed.takeover import Takeover
from dmp_core.services.feed.translation import Translator
from dmp_core.services.notices import CareNeeded, FeedFinished, Notice, PscChanged, RecordNews
from dmp_core.services.people.comparing import ComparingExchange
from dmp_core.services.people.consent import Consents
from dmp_core.services.people.identity import Identities
from dmp_core.services.people.identity_file import IdentityFiles
from dmp_core.services.people.insi import InsiDesk, InsiLink
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.people.secrecy import Secrecy
from dmp_core.services.people.session import Session
from dmp_core.services.record.access import RecordAccess
from dmp_core.services.record.consult import Consult
from dmp_core.services.record.documents import Documents
from dmp_core.services.record.importing import Importing
from dmp_core.services.record.information import Information
from dmp_core.services.record.listing import Lister
from dmp_core.services.record.open_records import OpenRecords
from dmp_core.services.record.reading import Reading
from dmp_core.services.record.search import Search
from dmp_core.services.record.seen import Visits
from dmp_core.services.record.statuses import Statuses
from dmp_core.services.review import Review
from dmp_core.services.upkeep import Upkeep
from dmp_core.services.wire.clock_watch import ClockWatch
from dmp_core.services.wire.exchange import Exchange, Link
from dmp_core.services.wire.parameters import ParametersBook
from dmp_core.services.wire.recorder import Recorder
from dmp_core.sharing.reading import RecordsHere
from dmp_core.sharing.seat import Sharing
from dmp_core.system import SystemClock, SystemIds
from dmp_core.transport import card_tls, surroundings

T = TypeVar("T")
_LONGEST_WAIT: Final = timedelta(seconds=60)
_WHILE_WRITING: Final = timedelta(seconds=1)
_NETWORK_THREADS: Final = 4
_HOST_WAITS: Final = 0.4  # seconds that a host which connects may wait for plugins
_HOST_QUIET: Final = 0.03  # seconds after a save before the delivery begins: saves in a row never wait for it


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
        open_readers: Callable[[], Readers] = PcscReaders,
        beneficiaries: Callable[[Readers], BeneficiaryProvider] = FreeZone,
        open_cps: Callable[[Config, CardCalls], CpsReader] = cps_readers,
        more_plugins: Callable[[], Sequence[Found]] | None = None,
    ) -> None:
        """Raises ConfigError, OutboxError. `wrap_outbox` lets a test stand between the services and the store.

        `open_readers`, `beneficiaries`, `open_cps`: other card readers, another way to read who is on a carte Vitale,
        another library for the CPS.
        `more_plugins`: plugins that are being written, looked at again each second; never in production.
        """
        if more_plugins is not None and config.environment is Environment.PRODUCTION:
            raise ConfigInvalid("plugins that are being written do not run in production: install them")
        self._longest_wait = _LONGEST_WAIT if more_plugins is None else _WHILE_WRITING
        self.config = config
        self.structure: StructureSettings = config.the_structure(structure_id)
        self.clock: Clock = clock or SystemClock()
        self.ids: Ids = ids or SystemIds()
        self._checks = DocumentChecks.of(config.data, config.rules.of(config.environment))
        self._stopping = threading.Event()
        self._delivering = Pump("dmp-delivery", self._stopping, self._pause_until, settle=_HOST_QUIET)
        self._watching, self._signing_in, self._identifying, self._lending, self._borrowing = (
            Pump(f"dmp-{name}", self._stopping, self._pause_until)
            for name in ("cards", "session", "psc", "lend", "borrow")
        )
        self._listeners: list[Callable[[Notice], None]] = []
        self._network = ThreadPoolExecutor(_NETWORK_THREADS, thread_name_prefix="dmp-network")
        self._open_readers, self._beneficiaries, self._open_cps = open_readers, beneficiaries, open_cps
        self._keys = keys = FileKeyStore(config.data / "keys", self.ids)
        self.outbox: OutboxStore = wrap_outbox(SqliteOutbox(config.data / "outbox.sqlite", keys, self.ids))
        self.patients: PatientFile = SqlitePatientFile(config.data / "patients.sqlite", keys, self.ids)
        self.acts: ActStore = SqliteActs(config.data / "acts.sqlite", keys, self.ids)
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
            trust=config.plugins.trust(config.data, config.environment),
            more=more_plugins or tuple,
        )
        self._build_services()

    def _build_services(self) -> None:
        config, clock, ids = self.config, self.clock, self.ids
        ins_policy = InsPolicy(
            config.environment,
            simulation_accepts_real_ins=config.simulation_accepts_real_ins,
            check=lambda patient: self.identities.require_usable(patient),
        )
        self._records = OpenRecords()
        self.psc = self._identification()
        self._build_care()
        self.secrecy = Secrecy(self.patients, self.parameters.current, clock=clock)
        feed, read = self._exchanges()
        further = FurtherDocuments(self.outbox, self.plugins, clock=clock, ids=ids, wake=self.wake)
        self._announcer = announcer = Announcer(self.plugins, self.outbox, self._tell, self._behind, further)
        self._repairs = Repairs(
            self.plugins, self.outbox, announcer, clock=clock, hold=config.documents.hold, tell=self._tell
        )
        self.session = Session(self.psc.operator_changed) if self.psc else Session()
        self.cps = self._card_session()
        self.consents = Consents(
            self.patients,
            self.audit,
            clock=clock,
            cancel=lambda structure, host_id: self.delivery.cancel_opposed(structure, host_id),
        )
        self.intake = Intake(self.outbox, self.session, clock=clock, ids=ids, wake=self.wake)
        self.identities = self._identities()
        self.cards = self._watched_cards(announcer)
        self._build_reading(read, ins_policy, announcer)
        self.bonus = Bonus(self.acts, self.outbox, self.consents, counted=config.bonus.types)
        self.takeover = Takeover(
            self.outbox,
            self.patients,
            self.audit,
            mode=self.structure.feed_mode,
            clock=clock,
            tell=self._tell,
            wake=self.wake,
        )
        self.corrections = Corrections(
            Corrector(feed, read, ins_policy, source_id=config.software.oid, clock=clock, ids=ids),
            self.outbox,
            self.intake,
            ins_policy,
            self.audit,
            clock=clock,
            tell=self._tell,
            ended=lambda item: self.delivery.resume_record(item),
        )
        self.delivery = Delivery(
            self.outbox,
            composer=Composer(
                self.outbox,
                self.plugins,
                ins_policy,
                self.secrecy,
                clock=clock,
                ids=ids,
                time_zone=self.structure.time_zone,
                oid_root=config.documents.oid_root,
                style=self.structure.style.read(),
                check=self._checks.check,
            ),
            feeder=Feeder(
                feed,
                self.outbox,
                ins_policy,
                config.feed,
                source_id=config.software.oid,
                clock=clock,
                ids=ids,
                pace=self.pace,
            ),
            translator=Translator(self.outbox, self.plugins, self._patient_told, clock=clock, ids=ids),
            announcer=announcer,
            consents=self.consents,
            known=self.identities.known,
            corrections=self.corrections,
            takeover=self.takeover,
            clock=clock,
            hold=config.documents.hold,
            tell=self._tell,
            wake=self.wake,
            overtaken=lambda: self._delivering.overtaken,
        )

        self.sharing = self._shared_reader()

    def _shared_reader(self) -> Sharing | None:
        """The reader that this seat lends or borrows, where `[sharing]` enables it."""
        settings = self.config.sharing
        if not settings.enabled:
            return None
        return Sharing(
            self.config.data / "sharing",
            (settings.listen, settings.port),
            settings.name,
            self.structure.structure,
            self.outbox,
            RecordsHere(self.access, self.consult),
            reads=settings.read_under_anothers_card,
            longest=settings.longest,
            holder=self._card_holder,
            unopposed=self.consents.require_unopposed,
            ended=self._ended_elsewhere,
            clock=self.clock,
            ids=self.ids,
            audit=self.audit,
            tell=self._tell,
            deliver=self.wake,
            apart=self._apart,
            wake=self._wake_sharing,
        )

    def _card_holder(self) -> str | None:
        """PS_IdNat of the card that is open here (direct mode), its code asked where it is not. Raises CardError."""
        direct = next((one for one in self._open_exchanges if one.mode is Mode.DIRECT), None)
        if direct is None:
            raise ConfigInvalid("sharing: neither feed_mode nor read_mode is direct: there is no card to share")
        if self.cps is not None:
            return self.cps.card().holder.national_id
        return direct.link.holder

    def _ended_elsewhere(self, item: OutboxItem) -> None:
        """Another seat brought an item of ours to its end."""
        self._tell(FeedFinished(item))
        self._announcer.finished(item)
        self.delivery.resume_record(item)

    def _wake_sharing(self) -> None:
        self._lending.wake()
        self._borrowing.wake()

    def _identities(self) -> Identities:
        structure, insi = self.structure, self.config.insi
        self._insi = InsiDesk(
            partial(self._insi_link, insi) if insi else None,
            self.config.software,
            self.patients,
            self.audit,
            clock=self.clock,
            time_zone=structure.time_zone,
            on_opening=insi is not None and insi.on_opening and self._asks_nobody(insi.mode),
            identified=self.psc.author if self.psc else None,
        )
        return Identities(
            IdentityFiles(self.patients, structure.national_id, clock=self.clock),
            self._insi,
            self.session,
            self.audit,
            clock=self.clock,
            resume=self.intake.patient_updated,
            tell=self._tell,
        )

    def _identification(self) -> ProfessionalSession | None:
        """Pro Santé Connect, where the configuration has it."""
        if self.config.psc is None:
            return None
        return ProfessionalSession(
            lambda: open_identity_provider(self.config, self._with_keys(), self.clock, self.ids),
            self.structure.national_id,
            clock=self.clock,
            audit=self.audit,
            tell=self._tell_of_psc,
            wake=self._identifying.wake,
            idle=self.config.psc.idle,
            longest=self.config.psc.longest,
        )

    def _tell_of_psc(self, notice: Notice) -> None:
        """What was read under an identification goes with it."""
        if isinstance(notice, PscChanged) and notice.view.ended is not None:
            self._records.leave()
        self._tell(notice)

    def _card_session(self) -> CardSession | None:
        """The session of the professional's card, where the structure's keys are in it."""
        if self.structure.keys.source != "card":
            return None
        settings = self.config.cps
        self._card_thread = CardThread()
        self._stunnel = StunnelHelper(self.config) if settings.stunnel else None
        return CardSession(
            self._open_cps(self.config, self._card_thread),
            self.structure.structure,
            self.session,
            self.outbox,
            clock=self.clock,
            audit=self.audit,
            tell=self._tell,
            drop=self._drop_card_links,
            deliver=self.wake,
            wake=self._signing_in.wake,
            idle=settings.idle,
            structure_on_card=settings.structure_on_card,
            helper=self._stunnel,
        )

    def _drop_card_links(self) -> None:
        for exchange in self._open_exchanges:
            if exchange.mode is Mode.DIRECT:
                exchange.close()
        if self.structure.read_mode is Mode.DIRECT:
            self._records.leave()
        if self.config.insi and self.config.insi.mode is Mode.DIRECT:
            self._insi.close()

    def _asks_nobody(self, mode: Mode) -> bool:
        """Whether a question in that mode needs neither the code of a card nor Pro Santé Connect."""
        return mode is Mode.INDIRECT or (mode is Mode.DIRECT and self.cps is None)

    def _insi_link(self, insi: Insi) -> InsiLink:
        if insi.mode is Mode.DIRECT and self.cps is not None:
            return open_card_insi(self.structure, insi, self.cps, self.clock, self.ids)
        return open_insi(self._with_keys(), insi, self.clock, self.ids)

    def _link(self, mode: Mode) -> Link:
        if mode is Mode.DIRECT and self.cps is not None:
            return open_card_link(self.config, self.cps, self._stunnel, self.clock)
        return open_link(self.config, self._with_keys(), mode, self.clock)

    def _card_moved(self, change: CardChanged) -> None:
        if self.cps is None or not change.kind.is_cps:
            return
        if change.present:  # it may be looked at, which waits for it
            if self.structure.read_mode is Mode.DIRECT and self.cps.view().state is not CardState.OPEN:
                self._records.leave()  # what another card could not read is asked anew
            self._behind(partial(self.cps.card_changed, present=True))
        else:
            self.cps.card_changed(present=False)

    def _watched_cards(self, announcer: Announcer) -> Cards:
        return Cards(
            self._open_readers,
            self._beneficiaries,
            announcer,
            self.session,
            clock=self.clock,
            tell=self._tell,
            apart=self._apart,
            ignored=self.config.cards.ignore,
            poll=self.config.cards.poll,
            on_change=self._card_moved,
        )

    def _build_care(self) -> None:
        """What looks after the exchanges: the clock, the pace, the parameters, the recording on demand."""
        config, clock, ids = self.config, self.clock, self.ids
        self.clock_watch = ClockWatch(config.dmp.clock_tolerance, self._tell)
        self.pace = FeedPace(
            self.audit,
            self.structure.national_id,
            clock=clock,
            time_zone=ZoneInfo(self.structure.time_zone),
            tell=self._tell,
        )
        self.parameters = ParametersBook(
            config.dmp.parameters, clock=clock, tell=self._tell, age=config.dmp.parameters_age
        )
        self.recorder = Recorder(
            SealedFolder(config.data / "recordings", self._keys, ids),
            self.audit,
            clock=clock,
            ids=ids,
            keep=config.support.keep_recordings,
            patient_for=config.support.patient_recording,
        )
        self.certificates = certificates_of(
            config, self.structure, clock=clock, audit=self.audit, tell=self._tell, renewed=self._drop_file_links
        )
        self.upkeep = Upkeep((self.recorder.purge, self.parameters.refresh, self.certificates.look_after), clock=clock)

    def _with_keys(self) -> StructureSettings:
        """The structure with the keys that serve now."""
        return with_imported_keys(self.config, self.structure, self.clock.now())

    def _drop_file_links(self) -> None:
        """Another certificate of the structure serves: the next question opens a new link with it."""
        for exchange in self._open_exchanges:
            if exchange.mode is not Mode.DIRECT:
                exchange.close()
        if self.config.insi and self.config.insi.mode is not Mode.DIRECT:
            self._insi.close()
        self.wake()

    def _build_reading(self, read: Exchange, ins_policy: InsPolicy, announcer: Announcer) -> None:
        """What opens records and reads them."""
        config, clock, ids = self.config, self.clock, self.ids
        records, settings = self._records, config.consultation
        statuses = Statuses(read, config.software, clock=clock, ids=ids, kept=settings.status_cache, tell=self._tell)
        self.access = RecordAccess(
            read,
            statuses,
            self.consents,
            records,
            self.patients,
            ins_policy,
            config.access,
            self.parameters.current,
            self.secrecy,
            clock=clock,
            audit=self.audit,
        )
        self.search = Search(read, config.search, ZoneInfo(self.structure.time_zone))
        lister = Lister(
            self.search,
            self.access,
            statuses,
            Visits(self.patients),
            announcer,
            ins_policy,
            self.audit,
            clock=clock,
            first_years=settings.first_years,
            overlap=settings.overlap,
            most_rows=settings.most_rows,
            told=self._record_listed,
        )
        documents = Documents(read, self.access, announcer, ins_policy, self.audit)
        self.consult = Consult(self.session, ins_policy, announcer, statuses, records, self.access, lister, documents)
        self.reading = Reading(
            self.consult,
            self.access,
            records,
            ins_policy,
            clock=clock,
            behind=self._behind,
            time_zone=self.structure.time_zone,
        )
        self.importing = Importing(self.reading, records, self.patients, self.audit, clock=clock, tell=self._tell)
        self.review = Review(self.audit)
        self.information = Information(read, self.access, ins_policy, config.software, config.web, clock=clock, ids=ids)

    def _exchanges(self) -> tuple[Exchange, Exchange]:
        """The way to feed and the way to read: one and the same where both are direct."""
        feed = self._exchange(self.structure.feed_mode)
        same = self.structure.read_mode is self.structure.feed_mode
        read = feed if same else self._exchange(self.structure.read_mode)
        self._open_exchanges = {feed, read}
        return feed, read

    def _exchange(self, mode: Mode) -> Exchange:
        return ComparingExchange(
            mode,
            lambda: self._link(mode),
            self.config.software,
            self.config.vihf,
            clock=self.clock,
            ids=self.ids,
            audit=self.audit,
            watch=self.clock_watch,
            recorder=self.recorder,
            identified=self.psc.author if self.psc and mode is Mode.AIR else None,
            compare=lambda ins, theirs, who: self.identities.compare(ins, theirs, who),
        )

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Take up what an earlier run left, and go on by itself from now on. Once started, it goes on."""
        if self._delivering.started:
            return
        self._warn_of_surroundings()
        self.outbox.recover(self.clock.now())
        self._delivering.start(self._deliver)
        if self.config.cards.enabled:
            self._watching.start(self.cards.step)
        if self.cps is not None:
            self._signing_in.start(self.cps.step)
            if self.config.cps.stunnel is None:
                self._apart(self._try_card_tls)
        if self.psc is not None:
            self._identifying.start(self.psc.step)
        if self.sharing is not None:
            self._lending.start(self.sharing.lend_step)
            self._borrowing.start(self.sharing.borrow_step)

    def _stop_sharing(self, wait: float) -> None:
        if self.sharing is not None:
            self.sharing.close()
            self._wake_sharing()
            self._lending.join(wait)
            self._borrowing.join(wait)

    def close(self, *, wait: float = 2.0) -> None:
        """Stop; what is being sent gets `wait` seconds to end, else the next start looks it up."""
        self._stopping.set()
        self._delivering.join(wait)
        self._stop_sharing(wait)
        self._stop_cards(wait)
        self._end_card_session(wait)
        if self.psc is not None:
            self._identifying.join(wait)
            self.psc.shutdown(wait)
        self._network.shutdown(wait=False, cancel_futures=True)
        for exchange in self._open_exchanges:
            exchange.close()
        self._insi.close()
        self.plugins.close()
        self._checks.close()
        self.outbox.close()
        self.patients.close()
        self.acts.close()
        self.audit.close()

    def _stop_cards(self, wait: float) -> None:
        """The step under way comes back at once; a card that is read may take its time, its thread ends with us."""
        if self._watching.started:
            self.cards.interrupt()
        self._watching.join(wait)
        self.cards.close()

    def _end_card_session(self, wait: float) -> None:
        """The card logs out: whoever starts next types the code."""
        if self.cps is None:
            return
        self._signing_in.join(wait)
        self.cps.close()
        self._card_thread.close()

    def wake(self) -> None:
        """There is something to deliver."""
        self._delivering.wake()

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """`listener` hears what the core tells the host, on whichever thread it happens; it must be quick.

        The result of this call ends that.
        """
        self._listeners = [*self._listeners, listener]

        def end() -> None:
            self._listeners = [each for each in self._listeners if each is not listener]

        return end

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

    def soon(self, work: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """What `work` gives, or `otherwise` where a plugin lets the host wait for it. Raises what they raise."""
        future = self._network.submit(work)
        try:
            return future.result(_HOST_WAITS)
        except TimeoutError:
            log.warning("plughost.late")
            return otherwise()

    # ------------------------------------------------------------ behind the host

    def _deliver(self) -> datetime | None:
        self.upkeep.step()
        self.certificates.step()
        self._repairs.step()
        return self.delivery.step()

    def _warn_of_surroundings(self) -> None:
        names = surroundings.ignored(os.environ)
        if names:
            log.warning("environment.ignored", what=", ".join(names))
            self._tell(CareNeeded(EnvironmentIgnored(", ".join(names))))

    def _try_card_tls(self) -> None:
        """Before any card is there: whether this interpreter can open a connection with a key that stays in one."""
        try:
            card_tls.self_test()
        except CardTlsUnavailable as error:
            log.warning("cards.no_tls", code=error.code, origin=error.origin)
            self._tell(CareNeeded(error))

    def _pause_until(self, due: datetime | None) -> timedelta:
        if due is None:
            return self._longest_wait
        return max(timedelta(0), min(due - self.clock.now(), self._longest_wait))

    def _tell(self, notice: Notice) -> None:
        for listener in self._listeners:
            listener(notice)

    def _record_listed(self, host_id: str, new: Sequence[NewOfType]) -> None:
        self._tell(RecordNews(host_id, tuple(new)))
        self.importing.listed(host_id, self.session.who)

    def _apart(self, work: Callable[[], None]) -> None:
        """Run `work` on a thread of its own: it waits for a card, which may never answer."""
        threading.Thread(target=work, name="dmp-card", daemon=True).start()  # noqa: TID251 - threads are owned here

    def _behind(self, work: Callable[[], None]) -> None:
        """Run `work`, which nobody waits for; where the app closes already, there is nobody to tell."""
        with suppress(RuntimeError):
            self.submit(work, _forget)

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
