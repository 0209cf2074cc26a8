"""`initialize` and `shutdown`: the host arrives, the host leaves."""

import shutil
from pathlib import Path
from typing import Final

from dmp_core import __version__, log
from dmp_core.api.documents import DocumentType
from dmp_core.api.ui import Ui
from dmp_core.app import App
from dmp_core.errors import PluginError
from dmp_core.model.item import State
from dmp_core.model.limits import FED_DOCUMENT
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
    TypesListed,
)
from hostbridge.protocol.windows import Health

_ROOM: Final = 4 * FED_DOCUMENT  # bytes on the disk: the largest document, what is made of it, the log of both
_ENDED = frozenset({State.SENT, State.CANCELLED, State.TRANSLATED})


def initialize(seat: Seat, params: Initialize, methods: tuple[str, ...]) -> Initialized:
    """Open the app for this host and say what can be asked. Raises ConfigError, OutboxError."""
    app = seat.open(params.structure, params.adapter, params.operator, beside=params.beside)
    panels = params.capabilities.panels and seat.want_windows()
    types = app.soon(app.plugins.types, app.plugins.known_types)
    return Initialized(
        server=Program(name="dmp-core", version=__version__),
        environment=app.config.environment,
        capabilities=ServerCapabilities(methods=methods, notices=NOTICES, panels=panels),
        document_types=tuple(_offered(seat, each.type) for each in types.values()),
        adapter=app.plugins.adapter,
        ui=_ui(app),
    )


def shutdown(seat: Seat, _params: Nothing, _asked: Asked) -> ShutDown:
    counts = seat.app.outbox.counts()
    return ShutDown(unfinished={state: count for state, count in counts.items() if count and state not in _ENDED})


def health(seat: Seat, _params: Nothing, _asked: Asked) -> Health:
    """How the bridge is, whoever works there."""
    app = seat.app
    now, due = app.clock.now(), app.outbox.next_due()
    oldest = next(iter(app.outbox.in_states(frozenset(State) - _ENDED, limit=1)), None)
    return Health(
        version=__version__,
        environment=app.config.environment,
        accepting=_has_room(app.config.data),
        outbox=dict(app.outbox.counts()),
        oldest=(now - oldest.accepted_at).total_seconds() if oldest else None,
        due=max(0.0, (now - due).total_seconds()) if due else 0.0,
        unreadable=app.store_watch.count,
        plugins={plugin.id: str(plugin.status) for plugin in app.plugins.report()},
    )


def _has_room(folder: Path) -> bool:
    """Whether a document can be kept there; False where the folder is gone."""
    try:
        return shutil.disk_usage(folder).free >= _ROOM
    except OSError:
        return False


def types(seat: Seat, _params: Nothing, _asked: Asked) -> TypesListed:
    return TypesListed(types=_types(seat))


def _types(seat: Seat) -> tuple[TypeOffered, ...]:
    return tuple(_offered(seat, each.type) for each in seat.app.plugins.types().values())


def _ui(app: App) -> Ui | None:
    """The adapter's menus and words; a host whose adapter fails uses its own."""
    try:
        return app.soon(app.plugins.ui, lambda: None)
    except PluginError as error:
        log.warning("bridge.ui_missing", code=error.code)
        return None


def _offered(seat: Seat, type_: DocumentType) -> TypeOffered:
    return TypeOffered(id=type_.id, label=type_.label, policy=seat.app.plugins.policy(type_.id))
