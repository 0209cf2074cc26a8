"""One host's app: its areas in the order in which they need each other, and its life from start to close."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from dmp_core import log
from dmp_core.api.events import PatientClosed, PatientOpened, PatientUpdated
from dmp_core.app.authentication import Authentication
from dmp_core.app.care import Care
from dmp_core.app.feed import Feed
from dmp_core.app.ground import Ground, Stores
from dmp_core.app.lending import Lending
from dmp_core.app.lines import Lines, OpenLink
from dmp_core.app.people import People
from dmp_core.app.record import Record
from dmp_core.app.telling import Telling
from dmp_core.app.threads import Threads
from dmp_core.card_links import cps_readers
from dmp_core.cards.readers import PcscReaders
from dmp_core.cards.vitale import FreeZone
from dmp_core.config import Config
from dmp_core.errors import ConfigInvalid, EnvironmentIgnored
from dmp_core.links import open_link
from dmp_core.model.access import Environment
from dmp_core.model.item import OutboxItem
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import BeneficiaryProvider, CardCalls, Clock, Ids, OutboxStore, Readers
from dmp_core.services.authentication.professional import CpsReader
from dmp_core.services.feed.intake import Intake
from dmp_core.services.notices import CareNeeded
from dmp_core.services.record.open_records import OpenRecords
from dmp_core.system import SystemClock, SystemIds
from dmp_core.transport import surroundings

_LONGEST_WAIT: Final = timedelta(seconds=60)
_WHILE_WRITING: Final = timedelta(seconds=1)


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
        open_link: OpenLink = open_link,
        make_threads: Callable[[Clock, timedelta], Threads] = Threads,
        more_plugins: Callable[[], Sequence[Found]] | None = None,
    ) -> None:
        """Raises ConfigError, OutboxError. `wrap_outbox` lets a test stand between the services and the store.

        `open_readers`, `beneficiaries`, `open_cps`: other card readers, another way to read who is on a carte Vitale,
        another library for the CPS. `open_link`, `make_threads`: another way to the DMP, and who works when.
        `more_plugins`: plugins that are being written, looked at again each second; never in production.
        """
        if more_plugins is not None and config.environment is Environment.PRODUCTION:
            raise ConfigInvalid("plugins that are being written do not run in production: install them")
        self.config, self.structure = config, config.the_structure(structure_id)
        self.clock: Clock = clock or SystemClock()
        self.ids: Ids = ids or SystemIds()
        self.threads = make_threads(self.clock, _LONGEST_WAIT if more_plugins is None else _WHILE_WRITING)
        self._telling = Telling()
        self._stores = Stores.open(config, self.clock, self.ids, wrap_outbox)
        self.plugins = self._plugin_host(adapter, more_plugins or tuple)
        self._join(open_readers, beneficiaries, open_cps, open_link)
        self.wake, self.submit, self.soon = self.threads.wake, self.threads.submit, self.threads.soon
        self.submit_here = self.threads.submit_here
        self.subscribe = self._telling.subscribe

    def _join(
        self,
        open_readers: Callable[[], Readers],
        beneficiaries: Callable[[Readers], BeneficiaryProvider],
        open_cps: Callable[[Config, CardCalls], CpsReader],
        open_link: OpenLink,
    ) -> None:
        """The areas, each given those that it needs; what one only calls later is a lambda."""
        ground = Ground(
            self.config,
            self.structure,
            self.clock,
            self.ids,
            self._stores,
            self.plugins,
            self.threads,
            self._telling.tell,
        )
        records = OpenRecords()
        self.authentication = authentication = Authentication(
            ground, records, open_cps, drop_card_lines=lambda: self.lines.drop_card()
        )
        care = Care(ground, renewed=self._keys_renewed)
        self.lines = lines = Lines(
            ground,
            authentication,
            care,
            lambda ins, theirs, who: people.identities.compare(ins, theirs, who),
            open_link,
        )
        intake = Intake(
            self._stores.outbox, authentication.session, clock=self.clock, ids=self.ids, wake=self.threads.wake
        )
        people = People(
            ground,
            authentication,
            care,
            lines,
            intake,
            cancel_opposed=lambda structure, host_id, since: feed.delivery.cancel_opposed(structure, host_id, since),
        )
        feed = Feed(ground, care, lines, people, intake, patient_told=self._patient_told)
        record = Record(ground, authentication, care, lines, people, feed.announcer, records)
        self._care, self._feed = care, feed
        self._lending = Lending(ground, authentication, lines, people, feed, record)
        self.cards = authentication.watched_cards(feed.announcer, open_readers, beneficiaries)
        self._name(intake, people, record)

    def _name(self, intake: Intake, people: People, record: Record) -> None:
        """The services by the names under which hosts, commands and tests ask them."""
        stores, authentication, care, feed = self._stores, self.authentication, self._care, self._feed
        self.outbox, self.patients, self.acts, self.audit = stores.outbox, stores.patients, stores.acts, stores.audit
        self.session, self.cps, self.psc = authentication.session, authentication.cps, authentication.psc
        self.clock_watch, self.pace, self.parameters = care.clock_watch, care.pace, care.parameters
        self.recorder, self.certificates, self.store_watch = care.recorder, care.certificates, care.store_watch
        self.identities, self.consents, self.secrecy = people.identities, people.consents, people.secrecy
        self.intake, self.delivery, self.corrections = intake, feed.delivery, feed.corrections
        self.announcer, self.takeover, self.bonus, self.sharing = (
            feed.announcer,
            feed.takeover,
            feed.bonus,
            self._lending.sharing,
        )
        self.access, self.search, self.consult = record.access, record.search, record.consult
        self.reading, self.importing = record.reading, record.importing
        self.review, self.information = record.review, record.information

    def _plugin_host(self, adapter: str | None, more: Callable[[], Sequence[Found]]) -> PluginHost:
        config = self.config
        return PluginHost(
            config.plugins.enabled,
            clock=self.clock,
            settings=config.plugins.settings,
            policies=config.documents.policies,
            choices=config.documents.plugins,
            adapter=adapter,
            time_zone=self.structure.time_zone,
            trust=config.plugins.trust(config.data, config.environment),
            more=more,
        )

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Take up what an earlier run left, and go on by itself from now on. Once started, it goes on."""
        if self.threads.delivering.started:
            return
        self._warn_of_surroundings()
        self.outbox.recover(self.clock.now())
        self.threads.delivering.start(self.step)
        if self.config.cards.enabled:
            self.threads.watching.start(self.cards.step)
        self.authentication.start()
        self._lending.start()

    def step(self) -> datetime | None:
        """What goes by itself, one step of it. Gives when the next one is worth taking; None: only an event will."""
        self._care.step()
        self._feed.repairs.step()
        return self.delivery.step()

    def close(self, *, wait: float = 2.0) -> None:
        """Stop; what is being sent gets `wait` seconds to end, else the next start looks it up."""
        self.threads.stopping.set()
        self.threads.delivering.join(wait)
        self._lending.close(wait)
        self._stop_cards(wait)
        self.authentication.close(wait)
        self.threads.close()
        self.lines.close()
        self.plugins.close()
        self._feed.checks.close()
        self._stores.close()

    def _stop_cards(self, wait: float) -> None:
        """The step under way comes back at once; a card that is read may take its time, its thread ends with us."""
        if self.threads.watching.started:
            self.cards.interrupt()
        self.threads.watching.join(wait)
        self.cards.close()

    def _warn_of_surroundings(self) -> None:
        names = surroundings.ignored(os.environ)
        if names:
            log.warning("environment.ignored", what=", ".join(names))
            self._telling.tell(CareNeeded(EnvironmentIgnored(", ".join(names))))

    def _keys_renewed(self) -> None:
        self.lines.drop_files()
        self.threads.wake()

    def _patient_told(self, event: PatientOpened | PatientUpdated | PatientClosed, item: OutboxItem) -> None:
        """A raw message of the LGO spoke of a patient."""
        match event:
            case PatientOpened(patient=patient) if patient:
                self.session.opened(patient)
                self.threads.behind(partial(self.consult.tell_opened, patient, item.who))
            case PatientUpdated(patient=patient) if patient:
                self.intake.patient_updated(patient, item.who)
            case PatientClosed():
                self.consult.closed(event.host_id)
