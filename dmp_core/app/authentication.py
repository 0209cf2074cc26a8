"""Who works here and how it is proved: the session of the host, the professional's card, Pro Santé Connect."""

from collections.abc import Callable
from functools import partial

from dmp_core import log
from dmp_core.app.ground import Ground
from dmp_core.card_links import StunnelHelper
from dmp_core.card_thread import CardThread
from dmp_core.cards.monitor import CardChanged
from dmp_core.config import Config
from dmp_core.errors import CardTlsUnavailable
from dmp_core.links import open_identity_provider
from dmp_core.model.access import Mode
from dmp_core.ports import BeneficiaryProvider, CardCalls, Readers
from dmp_core.services.announcement import Announcer
from dmp_core.services.authentication.card_view import CardState
from dmp_core.services.authentication.cards import Cards
from dmp_core.services.authentication.professional import CardSession, CpsReader
from dmp_core.services.authentication.psc import ProfessionalSession
from dmp_core.services.notices import CareNeeded, Notice, PscChanged
from dmp_core.services.people.session import Session
from dmp_core.services.record.open_records import OpenRecords
from dmp_core.transport import card_tls


class Authentication:
    """`cps` where the structure's keys are in a card, `psc` where the configuration has Pro Santé Connect."""

    def __init__(
        self,
        ground: Ground,
        records: OpenRecords,
        open_cps: Callable[[Config, CardCalls], CpsReader],
        *,
        drop_card_lines: Callable[[], None],
    ) -> None:
        """`records` are left by whoever may no longer read them. Raises ConfigInvalid, CardLibraryMissing."""
        self._ground, self._records = ground, records
        self.stunnel: StunnelHelper | None = None
        self.psc = self._identification()
        self.session = Session(self.psc.operator_changed) if self.psc else Session()
        self._drop_card_lines = drop_card_lines
        self.cps = self._card_session(open_cps)

    def watched_cards(
        self,
        announcer: Announcer,
        open_readers: Callable[[], Readers],
        beneficiaries: Callable[[Readers], BeneficiaryProvider],
    ) -> Cards:
        """The cards that come and go in the readers of this seat."""
        ground, settings = self._ground, self._ground.config.cards
        return Cards(
            open_readers,
            beneficiaries,
            announcer,
            self.session,
            clock=ground.clock,
            tell=ground.tell,
            apart=ground.threads.apart,
            ignored=settings.ignore,
            poll=settings.poll,
            on_change=self._card_moved,
        )

    def asks_nobody(self, mode: Mode) -> bool:
        """Whether a question in that mode needs neither the code of a card nor Pro Santé Connect."""
        return mode is Mode.INDIRECT or (mode is Mode.DIRECT and self.cps is None)

    def start(self) -> None:
        threads = self._ground.threads
        if self.cps is not None:
            threads.signing_in.start(self.cps.step)
            if self._ground.config.cps.stunnel is None:
                threads.apart(self._try_card_tls)
        if self.psc is not None:
            threads.identifying.start(self.psc.step)

    def close(self, wait: float) -> None:
        """The card logs out: whoever starts next types the code."""
        threads = self._ground.threads
        if self.cps is not None:
            threads.signing_in.join(wait)
            self.cps.close()
            self._card_thread.close()
        if self.psc is not None:
            threads.identifying.join(wait)
            self.psc.shutdown(wait)

    def _identification(self) -> ProfessionalSession | None:
        ground, settings = self._ground, self._ground.config.psc
        if settings is None:
            return None
        return ProfessionalSession(
            lambda: open_identity_provider(ground.config, ground.with_keys(), ground.clock, ground.ids),
            ground.structure.national_id,
            clock=ground.clock,
            audit=ground.stores.audit,
            tell=self._tell_of_psc,
            wake=ground.threads.identifying.wake,
            idle=settings.idle,
            longest=settings.longest,
        )

    def _card_session(self, open_cps: Callable[[Config, CardCalls], CpsReader]) -> CardSession | None:
        ground, settings = self._ground, self._ground.config.cps
        if ground.structure.keys.source != "card":
            return None
        self._card_thread = CardThread()
        self.stunnel = StunnelHelper(ground.config) if settings.stunnel else None
        return CardSession(
            open_cps(ground.config, self._card_thread),
            ground.structure.structure,
            self.session,
            ground.stores.outbox,
            clock=ground.clock,
            audit=ground.stores.audit,
            tell=ground.tell,
            drop=self._card_ended,
            deliver=ground.threads.wake,
            wake=ground.threads.signing_in.wake,
            idle=settings.idle,
            structure_on_card=settings.structure_on_card,
            helper=self.stunnel,
        )

    def _tell_of_psc(self, notice: Notice) -> None:
        """What was read under an identification goes with it."""
        if isinstance(notice, PscChanged) and notice.view.ended is not None:
            self._records.leave()
        self._ground.tell(notice)

    def _card_ended(self) -> None:
        """What was read by a card goes with it, and what it opened."""
        self._drop_card_lines()
        if self._ground.structure.read_mode is Mode.DIRECT:
            self._records.leave()

    def _card_moved(self, change: CardChanged) -> None:
        if self.cps is None or not change.kind.is_cps:
            return
        if change.present:  # it may be looked at, which waits for it
            if self._ground.structure.read_mode is Mode.DIRECT and self.cps.view().state is not CardState.OPEN:
                self._records.leave()  # what another card could not read is asked anew
            self._ground.threads.behind(partial(self.cps.card_changed, present=True))
        else:
            self.cps.card_changed(present=False)

    def _try_card_tls(self) -> None:
        """Before any card is there: whether this interpreter can open a connection with a key that stays in one."""
        try:
            card_tls.self_test()
        except CardTlsUnavailable as error:
            log.warning("cards.no_tls", code=error.code, origin=error.origin)
            self._ground.tell(CareNeeded(error))
