"""The whole app beside a simulated DMP, in one thread: what waits for the network is done at once."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from dmp_core import __version__
from dmp_core.app import App
from dmp_core.app.threads import Threads
from dmp_core.config import Config, StructureSettings
from dmp_core.links import open_link
from dmp_core.model.access import Mode
from dmp_core.plughost.discovery import Found
from dmp_core.ports import Clock
from dmp_core.services.wire.exchange import Link
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.dmp import Dmp
from dmp_core.simulator.pki import Pki
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.ids import SeededIds
from dmp_core.testing.line import InProcessTransport

T = TypeVar("T")
OID: Final = "2.25.308475217283471"
__all__ = ["KitApp", "config_of"]


class _AtOnce(Threads):
    """No thread: what would wait for the network or for a card is done by whoever asks."""

    def submit(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> Callable[[], bool]:
        try:
            result: T | Exception = work()
        except Exception as error:  # noqa: BLE001 - handed over to whoever asked, as the app does
            result = error
        done(result)
        return lambda: False

    def submit_here(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> Callable[[], bool]:
        return self.submit(work, done)

    def soon(self, work: Callable[[], T], otherwise: Callable[[], T]) -> T:  # noqa: ARG002 - the app's
        return work()

    def apart(self, work: Callable[[], None]) -> None:
        work()


class KitApp(App):
    """An app whose links lead to `dmp` in this process, and which starts no thread."""

    def __init__(
        self,
        config: Config,
        dmp: Dmp,
        clock: ManualClock,
        more_plugins: Callable[[], Sequence[Found]],
        adapter: str | None = None,
    ) -> None:
        super().__init__(
            config,
            adapter=adapter,
            clock=clock,
            ids=SeededIds(),
            open_link=partial(_link_in_process, dmp),
            make_threads=_AtOnce,
            more_plugins=more_plugins,
        )


def _link_in_process(dmp: Dmp, config: Config, structure: StructureSettings, mode: Mode, clock: Clock) -> Link:
    """A link with the keys of `structure` that ends in `dmp`."""
    link = open_link(config, structure, mode, clock)
    link.transport.close()
    keys = structure.keys
    shown = keys.professional_auth if mode is Mode.DIRECT else keys.organisation_auth
    assert shown is not None, "config_of names every key"
    return Link(link.mode, InProcessTransport(dmp, shown.certificate, clock), link.signer, link.issuer, link.holder)


def config_of(
    folder: Path, counter: Counter, plugins: Sequence[str], settings: dict[str, Any], **sections: Any
) -> Config:
    """The configuration of a pharmacy whose keys are in `folder`/pki and whose data go into `folder`/host."""
    structure, practitioner = counter.structure, counter.operator.practitioner
    assert practitioner is not None, "the counter's operator is a professional"
    pki = Pki.load(folder / "pki")
    pairs = {
        "professional_auth": pki.professional_auth(practitioner.national_id),
        "professional_sign": pki.professional_sign(practitioner.national_id),
        "organisation_auth": pki.organisation_auth(structure.national_id),
        "organisation_sign": pki.organisation_sign(structure.national_id),
    }
    keys = {role: {"certificate": pair.certificate, "key": pair.key} for role, pair in pairs.items()}
    data = {
        "environment": "simulation",
        "data": folder / "host",
        "software": {"name": "DMP pour LGO", "version": __version__, "homologation": "SIMULATION", "oid": OID},
        "dmp": {"url": "https://dmp.invalid/services/", "ca": pki.authority.certificate},
        "plugins": {"enabled": list(plugins), "in_process": list(plugins), "settings": settings},
        "structure": {structure.national_id: {**structure.model_dump(), "keys": keys}},
        "operator": counter.operator.model_dump(),
        "cards": {"enabled": False},
    }
    return Config.model_validate(data | sections)
