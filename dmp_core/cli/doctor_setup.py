"""What the doctor looks at, out of the configuration."""

import os
import platform
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from dmp_core.card_links import cps_readers
from dmp_core.card_thread import CardThread
from dmp_core.cards.readers import PcscReaders
from dmp_core.cli import emulated
from dmp_core.config import Config, KeyFiles, Keys, StructureSettings
from dmp_core.errors import HttpRefused
from dmp_core.identity.psc.settings import ClientAuth, PscSettings
from dmp_core.links import with_imported_keys
from dmp_core.model.access import Mode
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.report import PluginState
from dmp_core.ports import DamagedItem, HttpAnswer, WebRequest
from dmp_core.services.doctor import certificates, cps, network, plugins, program, readers, store
from dmp_core.services.doctor.examination import Check, Group, examine
from dmp_core.services.doctor.setup import Libraries, PairFiles, Service, Setup
from dmp_core.system import SystemClock, SystemIds
from dmp_core.transport.file_key import Role
from dmp_core.transport.tls import client_context
from dmp_core.transport.web import HttpsWeb, web_context

_NETWORK_SECONDS = 15.0
_CARD_SECONDS = 20.0
_STORE_SECONDS = 60.0
_LABELS = {
    "organisation_auth": ("Certificat de connexion de la pharmacie (AUTH_CLI)", Role.AUTHENTICATE),
    "organisation_sign": ("Certificat de signature de la pharmacie (SIGN)", Role.SIGN),
    "professional_auth": ("Certificat de connexion du professionnel", Role.AUTHENTICATE),
    "professional_sign": ("Certificat de signature du professionnel", Role.SIGN),
}


def diagnose(config: Config, structure_id: str | None = None, ask: cps.AskCode | None = None) -> tuple[Group, ...]:
    """What every check found, within its time. Raises ConfigInvalid where there is nothing to look at."""
    clock = SystemClock()
    structure = with_imported_keys(config, config.the_structure(structure_id), clock.now())
    setup = setup_of(config, structure)
    return examine(_checks(config, setup, clock, ask), _in_a_thread, clock.monotonic)


def setup_of(config: Config, structure: StructureSettings) -> Setup:
    """The values that the checks need."""
    modes = {structure.feed_mode, structure.read_mode}
    uses_card = structure.keys.source == "card"
    pairs = _pairs(structure, modes, uses_card=uses_card)
    by_role = {pair.label: pair for pair in pairs}
    settings = config.psc
    return Setup(
        environment=config.environment,
        structure=structure.national_id,
        data=config.data,
        uses_card=uses_card,
        libraries=Libraries(
            config.cps.auth_library or config.cps.library, config.cps.sign_library or config.cps.library
        ),
        stunnel=config.cps.stunnel,
        pairs=tuple(pairs),
        services=tuple(_services(config, structure, by_role, modes)),
        clock_tolerance=config.dmp.clock_tolerance,
        secrets=(settings.secret_file,) if settings and settings.secret_file else (),
        surroundings=dict(os.environ),
        ignored_readers=tuple(config.cards.ignore),
        emulated=config.cards.emulated is not None,
    )


def _pairs(structure: StructureSettings, modes: set[Mode], *, uses_card: bool) -> list[PairFiles]:
    """The pairs that the modes of this structure use."""
    wanted = ["organisation_auth", "organisation_sign"] if modes != {Mode.DIRECT} else []
    if Mode.DIRECT in modes and not uses_card:
        wanted += ["professional_auth", "professional_sign"]
    found = []
    for name in wanted:
        files: KeyFiles | None = getattr(structure.keys, name)
        if files is not None:
            label, role = _LABELS[name]
            owner = structure.national_id if name.startswith("organisation") else None
            found.append(PairFiles(label, role, files.certificate, files.key, files.chain, owner))
    return found


def _services(
    config: Config, structure: StructureSettings, pairs: dict[str, PairFiles], modes: set[Mode]
) -> Sequence[Service]:
    """Those that the configuration names."""
    known = {name: pairs.get(label) for name, (label, _) in _LABELS.items()}
    ours = known["organisation_auth"]
    by_card = modes == {Mode.DIRECT} and structure.keys.source == "card"
    shown = ours or known["professional_auth"]
    found = [
        Service("dmp", "DMP", config.dmp.url, config.dmp.ca, shown, by_card, config.dmp.proxy),
    ]
    if config.insi is not None:
        direct = config.insi.mode is Mode.DIRECT
        card = direct and structure.keys.source == "card"
        pair = (
            _insi_pair(config.insi.keys, direct=direct) or known["professional_auth" if direct else "organisation_auth"]
        )
        found.append(
            Service("insi", "Téléservice INSi", config.insi.url, config.insi.ca, pair, card, config.insi.proxy)
        )
    if config.psc is not None:
        found.append(_psc(config.psc, ours))
    return found


def _insi_pair(keys: Keys, *, direct: bool) -> PairFiles | None:
    name = "professional_auth" if direct else "organisation_auth"
    files: KeyFiles | None = getattr(keys, name)
    return PairFiles("INSi", Role.AUTHENTICATE, files.certificate, files.key) if files else None


def _psc(settings: PscSettings, ours: PairFiles | None) -> Service:
    if settings.proxy is not None:
        label, url = "Mandataire Pro Santé Connect", settings.proxy
    else:
        label, url = "Pro Santé Connect", f"{settings.issuer}/.well-known/{settings.discovery}"
    shown = ours if settings.proxy is not None or settings.client_auth is ClientAuth.TLS else None
    return Service("psc", label, url, settings.ca, shown, http_proxy=settings.http_proxy, old_tls=False)


def _checks(config: Config, setup: Setup, clock: SystemClock, ask: cps.AskCode | None) -> list[Check]:
    def at() -> datetime:
        return clock.now()

    cards: dict[str, Any] = {"open_readers": PcscReaders, "open_cps": cps_readers} | emulated.parts(config)
    return [
        Check("program", "Programme", lambda: program.check(setup)),
        Check("cards", "Lecteurs et cartes", lambda: readers.check(setup, cards["open_readers"]), _CARD_SECONDS),
        Check(
            "cps",
            "Carte CPS",
            lambda: cps.check(setup, cards["open_cps"](config, CardThread()), at(), ask),
            _CARD_SECONDS if ask is None else 180.0,
        ),
        Check("certificates", "Certificats", lambda: certificates.check(setup, at(), _fetch(clock)), _NETWORK_SECONDS),
        Check("network.proxy", "Réseau", lambda: network.proxy(setup)),
        *(_network(setup, service, clock) for service in setup.services),
        Check("store", "File d’envoi", lambda: store.check(lambda: _damaged(config)), _STORE_SECONDS),
        Check("plugins", "Extensions", lambda: plugins.check(_plugin_states(config, clock)), _CARD_SECONDS),
    ]


def _network(setup: Setup, service: Service, clock: SystemClock) -> Check:
    return Check(
        f"network.{service.id}",
        service.label,
        lambda: network.check(setup, service, lambda one: _asked(one, clock), clock.now),
        _NETWORK_SECONDS,
    )


def _asked(service: Service, clock: SystemClock) -> HttpAnswer:
    """One GET, which no service acts upon."""
    pair = service.pair
    if service.old_tls and pair is not None and service.ca is not None:
        context = client_context(certificate=pair.certificate, key=pair.key, authorities=service.ca)
        web = HttpsWeb(context, clock=clock, http_proxy=service.http_proxy)
    else:
        shown = {"certificate": pair.certificate, "key": pair.key} if pair else {}
        web = HttpsWeb(web_context(authorities=service.ca, **shown), clock=clock, http_proxy=service.http_proxy)
    try:
        return web.send(WebRequest("GET", service.url, seconds=_NETWORK_SECONDS - 2))
    finally:
        web.close()


def _fetch(clock: SystemClock) -> Callable[[str], bytes]:
    """Fetches a revocation list."""

    def fetch(url: str) -> bytes:
        web = HttpsWeb(web_context(authorities=None), clock=clock, signed_only=True)
        try:
            answer = web.send(WebRequest("GET", url, seconds=5))
        finally:
            web.close()
        if answer.status != 200:
            raise HttpRefused(f"HTTP {answer.status}", origin=f"http-{answer.status}")
        return answer.body

    return fetch


def _plugin_states(config: Config, clock: SystemClock) -> Sequence[PluginState]:
    host = PluginHost(
        config.plugins.enabled,
        clock=clock,
        settings=config.plugins.settings,
        choices=config.documents.plugins,
        trust=config.plugins.trust(config.data, config.environment),
    )
    try:
        return host.report()
    finally:
        host.close()


def _damaged(config: Config) -> Sequence[DamagedItem]:
    """What no longer reads. Raises OutboxLocked where a host has the store open."""
    file = config.data / "outbox.sqlite"
    if not file.is_file():
        return ()
    ids = SystemIds()
    with closing(SqliteOutbox(file, FileKeyStore(config.data / "keys", ids), ids)) as outbox:
        return [outbox.damaged(item_id) for item_id in outbox.verify()]


def _in_a_thread(work: Callable[[], None]) -> None:
    """A daemon: a library that hangs does not keep the command from ending."""
    threading.Thread(target=work, name="dmp-doctor", daemon=True).start()  # noqa: TID251 - the command owns it


def machine() -> dict[str, str]:
    """Versions of what runs, for whoever helps."""
    return {**program.versions(), "platform": platform.platform()}
