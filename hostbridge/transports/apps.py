"""The app that several programs of one counter share: the LGO, and a way in beside it, speak with one bridge."""

from collections import Counter
from threading import Lock
from typing import Final

from dmp_core import log
from dmp_core.app import App
from dmp_core.errors import ConfigInvalid
from hostbridge.methods.seat import OpenApp


class SharedApps:
    """Opens each pharmacy's app once. It goes on delivering when all programs have left, until `close`."""

    def __init__(self, open_app: OpenApp) -> None:
        self._open_app = open_app
        self._lock: Final = Lock()
        self._apps: dict[str | None, tuple[App, str | None]] = {}
        self._used: Counter[int] = Counter()

    def open(self, structure: str | None, adapter: str | None) -> App:
        """The app of that pharmacy. Raises ConfigError, OutboxError; ConfigInvalid for a second adapter beside one."""
        with self._lock:
            app = self._running(structure, adapter)
            if app is None:
                app = self._open_app(structure, adapter)
                self._apps[app.structure.national_id] = (app, adapter)
                app.start()
            self._used[id(app)] += 1
            return app

    def leave(self, app: App) -> None:
        """One program less; after the last one nobody works at this counter, and no patient is open there."""
        with self._lock:
            self._used[id(app)] -= 1
            if self._used[id(app)] > 0:
                return
        app.session.operator_changed(None)
        app.session.all_closed()

    def close(self) -> None:
        with self._lock:
            for app, _ in self._apps.values():
                app.close()
            log.event("bridge.apps_closed", count=len(self._apps))
            self._apps.clear()

    def _running(self, structure: str | None, adapter: str | None) -> App | None:
        if structure is None and len(self._apps) == 1:
            structure = next(iter(self._apps))
        app, its_adapter = self._apps.get(structure, (None, None))
        if app is not None and adapter not in (None, its_adapter):
            raise ConfigInvalid("another adapter is at work for this pharmacy in this bridge")
        return app
