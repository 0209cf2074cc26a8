"""Ways to the national services with the keys of a professional's card."""

from dmp_core.cards import libraries
from dmp_core.cards.cps import CpsReaders, OpenCps
from dmp_core.cards.pin import Pin
from dmp_core.config import Config, Insi, StructureSettings
from dmp_core.identity.client import InsiClient
from dmp_core.identity.insi import TRANSACTION as INSI
from dmp_core.links import https_transport, insi_settings
from dmp_core.model.access import Mode
from dmp_core.ports import CardCalls, Clock, Ids
from dmp_core.services.authentication.professional import CardSession
from dmp_core.services.people.insi import InsiLink
from dmp_core.services.wire.exchange import Link
from dmp_core.transport.card_tls import card_context
from dmp_core.transport.guarded import GuardedTransport
from dmp_core.transport.stunnel import Stunnel, Target


def cps_readers(config: Config, calls: CardCalls) -> CpsReaders:
    """The CPS in the readers of this seat, through the libraries that `[cps]` names."""
    cps = config.cps
    return CpsReaders(
        calls,
        config.environment,
        library=cps.library,
        auth_library=cps.auth_library,
        sign_library=cps.sign_library,
    )


class StunnelHelper:
    """stunnel as the session of a card starts and stops it."""

    def __init__(self, config: Config) -> None:
        """Raises ConfigInvalid, CardLibraryMissing."""
        cps, dmp = config.cps, config.dmp
        assert cps.stunnel is not None, "asked for by the configuration"
        library = libraries.find(cps.auth_library or cps.library)
        self.stunnel = Stunnel(cps.stunnel, Target(dmp.url, dmp.ca, library, dmp.proxy))

    def start(self, card: OpenCps, pin: Pin) -> None:
        self.stunnel.start(card.auth.certificate, card.auth_id, pin.encode())

    def stop(self) -> None:
        self.stunnel.stop()


def open_card_link(config: Config, session: CardSession, helper: StunnelHelper | None, clock: Clock) -> Link:
    """The link of mode direct by the open card: one signature for its handshake, however many questions follow.

    Raises PinNeeded and the CardErrors of `CardSession.card`, CardTlsUnavailable, ConfigInvalid.
    """
    card = session.card()
    transport = _by_stunnel(config, helper, card, session, clock) if helper else _by_card(config, card, session, clock)
    return Link(
        mode=Mode.DIRECT,
        transport=transport,
        signer=card.sign,
        issuer=card.auth.subject,
        holder=card.holder.national_id,
    )


def open_card_insi(structure: StructureSettings, insi: Insi, session: CardSession, clock: Clock, ids: Ids) -> InsiLink:
    """The way to INSi by the open card: it opens the connection and signs who asks. Raises as `open_card_link`."""
    card = session.card()
    context = card_context(card.auth.certificate, card.auth.sign_digest_info, authorities=insi.ca)
    inner = https_transport()(insi.url, context, clock=clock, proxy=insi.proxy, timeouts={INSI: insi.timeout})
    transport = GuardedTransport(inner, lambda: session.guard(card), context.key.take_failure)
    return InsiLink(
        mode=Mode.DIRECT,
        client=InsiClient(transport, insi_settings(insi, structure), clock=clock, ids=ids, signer=card.sign),
        transport=transport,
        issuer=card.sign.subject,
        holder=card.holder.national_id,
    )


def _by_card(config: Config, card: OpenCps, session: CardSession, clock: Clock) -> GuardedTransport:
    dmp = config.dmp
    context = card_context(card.auth.certificate, card.auth.sign_digest_info, authorities=dmp.ca)
    inner = https_transport()(dmp.url, context, clock=clock, proxy=dmp.proxy, timeouts=dmp.timeouts)
    return GuardedTransport(inner, lambda: session.guard(card), context.key.take_failure)


def _by_stunnel(
    config: Config, helper: StunnelHelper, card: OpenCps, session: CardSession, clock: Clock
) -> GuardedTransport:
    dmp = config.dmp
    inner = https_transport()(dmp.url, None, clock=clock, timeouts=dmp.timeouts, through=helper.stunnel.socket)
    return GuardedTransport(inner, lambda: session.guard(card))
