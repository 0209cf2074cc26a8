"""The ways out: to the DMP, to feed and to read, and to INSi. Each opens at its first question, with the keys of then.

See `docs/adr/0003-links-open-at-the-first-question.md`.
"""

from collections.abc import Callable
from functools import partial

from dmp_core.app.authentication import Authentication
from dmp_core.app.care import Care
from dmp_core.app.ground import Ground
from dmp_core.card_links import open_card_insi, open_card_link
from dmp_core.config import Config, Insi, StructureSettings
from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.links import open_insi
from dmp_core.model.access import Mode
from dmp_core.model.identity import Ins
from dmp_core.model.practitioner import Who
from dmp_core.ports import Clock
from dmp_core.services.people.comparing import ComparingExchange
from dmp_core.services.people.insi import InsiDesk, InsiLink
from dmp_core.services.wire.exchange import Exchange, Link

Compare = Callable[[Ins, DmpTraits, Who], None]
OpenLink = Callable[[Config, StructureSettings, Mode, Clock], Link]


class Lines:
    """One exchange to feed and one to read: one and the same where both have the same mode."""

    def __init__(
        self, ground: Ground, authentication: Authentication, care: Care, compare: Compare, open_link: OpenLink
    ) -> None:
        """`compare`: the identity that the DMP answers, against the one that was asked.

        `open_link`: the way to the DMP with keys in files.
        """
        self._ground, self._authentication, self._care = ground, authentication, care
        self._compare, self._open_link = compare, open_link
        structure = ground.structure
        self.feed = self._exchange(structure.feed_mode)
        self.read = self.feed if structure.read_mode is structure.feed_mode else self._exchange(structure.read_mode)
        self.exchanges = {self.feed, self.read}
        self.insi = self._insi_desk()

    def drop_card(self) -> None:
        """The card is gone, and what it opened."""
        self._drop(lambda mode: mode is Mode.DIRECT)

    def drop_files(self) -> None:
        """Another certificate of the structure serves: the next question opens a new line with it."""
        self._drop(lambda mode: mode is not Mode.DIRECT)

    def close(self) -> None:
        self._drop(lambda _: True)

    def _drop(self, which: Callable[[Mode], bool]) -> None:
        for exchange in self.exchanges:
            if which(exchange.mode):
                exchange.close()
        insi = self._ground.config.insi
        if insi and which(insi.mode):
            self.insi.close()

    def _exchange(self, mode: Mode) -> Exchange:
        ground, care, psc = self._ground, self._care, self._authentication.psc
        return ComparingExchange(
            mode,
            lambda: self._link(mode),
            ground.config.software,
            ground.config.vihf,
            clock=ground.clock,
            ids=ground.ids,
            audit=ground.stores.audit,
            watch=care.clock_watch,
            recorder=care.recorder,
            identified=psc.author if psc and mode is Mode.AIR else None,
            compare=self._compare,
        )

    def _link(self, mode: Mode) -> Link:
        ground, authentication = self._ground, self._authentication
        if mode is Mode.DIRECT and authentication.cps is not None:
            return open_card_link(ground.config, authentication.cps, authentication.stunnel, ground.clock)
        return self._open_link(ground.config, ground.with_keys(), mode, ground.clock)

    def _insi_desk(self) -> InsiDesk:
        ground, authentication, insi = self._ground, self._authentication, self._ground.config.insi
        return InsiDesk(
            partial(self._insi_link, insi) if insi else None,
            ground.config.software,
            ground.stores.patients,
            ground.stores.audit,
            clock=ground.clock,
            time_zone=ground.structure.time_zone,
            on_opening=insi is not None and insi.on_opening and authentication.asks_nobody(insi.mode),
            identified=authentication.psc.author if authentication.psc else None,
        )

    def _insi_link(self, insi: Insi) -> InsiLink:
        ground, cps = self._ground, self._authentication.cps
        if insi.mode is Mode.DIRECT and cps is not None:
            return open_card_insi(ground.structure, insi, cps, ground.clock, ground.ids)
        return open_insi(ground.with_keys(), insi, ground.clock, ground.ids)
