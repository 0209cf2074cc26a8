"""The windows of a bridge on stdio: a loopback server beside it, started once a host says that it shows windows."""

from collections.abc import Callable
from types import ModuleType

from dmp_core.errors import ExtraMissing
from dmp_core.ports import Clock, Ids
from hostbridge.methods.seat import PanelAddresses


def windows_beside(clock: Clock, ids: Ids, *, listen: str, frame: str | None) -> Callable[[], PanelAddresses]:
    """What gives the addresses of windows, with the server behind them. Raises ExtraMissing, ConfigInvalid when called.

    The server is a daemon: it ends with the bridge.
    """
    started: list[PanelAddresses] = []

    def addresses() -> PanelAddresses:
        if not started:
            loopback = load().Loopback(None, clock=clock, ids=ids, listen=listen, frame=frame)
            loopback.start()
            started.append(loopback.addresses)
        return started[0]

    return addresses


def load() -> ModuleType:
    """The module of the loopback server. Raises ExtraMissing where the extra `bridge` is not installed."""
    try:
        import jinja2  # noqa: F401 - asked for now, so that no window fails later

        from hostbridge.transports import loopback
    except ImportError as error:
        raise ExtraMissing("bridge") from error
    return loopback
