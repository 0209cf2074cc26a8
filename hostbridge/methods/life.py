"""`initialize` and `shutdown`: the host arrives, the host leaves."""

from dmp_core import __version__, log
from dmp_core.api.documents import DocumentType
from dmp_core.api.ui import Ui
from dmp_core.app import App
from dmp_core.errors import PluginError
from dmp_core.model.item import State
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked
from hostbridge.protocol.messages import (
    NOTICES,
    Initialize,
    Initialized,
    Nothing,
    Program,
    ServerCapabilities,
    ShutDown,
    TypeOffered,
)

_ENDED = frozenset({State.SENT, State.CANCELLED, State.TRANSLATED})


def initialize(seat: Seat, params: Initialize, methods: tuple[str, ...]) -> Initialized:
    """Open the app for this host and say what can be asked. Raises ConfigError, OutboxError."""
    app = seat.open(params.structure, params.adapter, params.operator)
    return Initialized(
        server=Program(name="dmp-core", version=__version__),
        environment=app.config.environment,
        capabilities=ServerCapabilities(methods=methods, notices=NOTICES),
        document_types=tuple(_offered(seat, each.type) for each in app.plugins.types().values()),
        ui=_ui(app),
    )


def shutdown(seat: Seat, _params: Nothing, _asked: Asked) -> ShutDown:
    counts = seat.app.outbox.counts()
    return ShutDown(unfinished={state: count for state, count in counts.items() if count and state not in _ENDED})


def _ui(app: App) -> Ui | None:
    """The adapter's menus and words; a host whose adapter fails uses its own."""
    try:
        return app.plugins.ui()
    except PluginError as error:
        log.warning("bridge.ui_missing", code=error.code)
        return None


def _offered(seat: Seat, type_: DocumentType) -> TypeOffered:
    return TypeOffered(id=type_.id, label=type_.label, policy=seat.app.plugins.policy(type_.id))
