"""The reader that this seat lends or borrows."""

from dmp_core.app.authentication import Authentication
from dmp_core.app.feed import Feed
from dmp_core.app.ground import Ground
from dmp_core.app.lines import Lines
from dmp_core.app.people import People
from dmp_core.app.record import Record
from dmp_core.errors import ConfigInvalid
from dmp_core.model.access import Mode
from dmp_core.model.item import OutboxItem
from dmp_core.services.notices import FeedFinished
from dmp_core.sharing.reading import RecordsHere
from dmp_core.sharing.seat import Sharing


class Lending:
    """`sharing` where `[sharing]` enables it."""

    def __init__(
        self, ground: Ground, authentication: Authentication, lines: Lines, people: People, feed: Feed, record: Record
    ) -> None:
        self._ground, self._authentication, self._lines, self._feed = ground, authentication, lines, feed
        settings = ground.config.sharing
        self.sharing: Sharing | None = None
        if not settings.enabled:
            return
        self.sharing = Sharing(
            ground.config.data / "sharing",
            (settings.listen, settings.port),
            settings.name,
            ground.structure.structure,
            ground.stores.outbox,
            RecordsHere(record.access, record.consult),
            reads=settings.read_under_anothers_card,
            longest=settings.longest,
            holder=self._card_holder,
            unopposed=people.consents.require_unopposed,
            ended=self._ended_elsewhere,
            clock=ground.clock,
            ids=ground.ids,
            audit=ground.stores.audit,
            tell=ground.tell,
            deliver=ground.threads.wake,
            apart=ground.threads.apart,
            wake=self._wake,
        )

    def start(self) -> None:
        if self.sharing is not None:
            self._ground.threads.lending.start(self.sharing.lend_step)
            self._ground.threads.borrowing.start(self.sharing.borrow_step)

    def close(self, wait: float) -> None:
        if self.sharing is not None:
            self.sharing.close()
            self._wake()
            self._ground.threads.lending.join(wait)
            self._ground.threads.borrowing.join(wait)

    def _wake(self) -> None:
        self._ground.threads.lending.wake()
        self._ground.threads.borrowing.wake()

    def _card_holder(self) -> str | None:
        """PS_IdNat of the card that is open here (direct mode), its code asked where it is not. Raises CardError."""
        direct = next((one for one in self._lines.exchanges if one.mode is Mode.DIRECT), None)
        if direct is None:
            raise ConfigInvalid("sharing: neither feed_mode nor read_mode is direct: there is no card to share")
        if self._authentication.cps is not None:
            return self._authentication.cps.card().holder.national_id
        return direct.link.holder

    def _ended_elsewhere(self, item: OutboxItem) -> None:
        """Another seat brought an item of ours to its end."""
        self._ground.tell(FeedFinished(item))
        self._feed.announcer.finished(item)
        self._feed.delivery.resume_record(item)
