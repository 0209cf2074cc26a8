"""One host at one seat: the app that `initialize` opened for it, and who works there."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from dmp_core import log
from dmp_core.app import App
from dmp_core.errors import ExtraMissing, RightsError, WrongState
from dmp_core.model.practitioner import Operator, Who

T = TypeVar("T")
OpenApp = Callable[[str | None, str | None], App]
"""Opens the app, given the structure (Struct_IdNat) and the adapter that the host named. Raises DmpError."""


class PanelAddresses(Protocol):
    """Gives the addresses of the windows of this bridge, and forgets those of a seat that is left."""

    def address(self, seat: "Seat", panel: str, params: Mapping[str, Any]) -> str:
        """An address that opens that window once. Raises NotFound, MessageInvalid."""
        ...

    def close_all_of(self, seat: "Seat") -> None: ...


class Seat:
    """What all methods share. The app exists from a successful `initialize` on.

    `panels` gives the windows of this bridge where it has some; `windows` is set once the host wants them. `leave`
    takes the app back: it is closed, unless others at this counter share it.
    """

    def __init__(
        self,
        open_app: OpenApp,
        listen: Callable[[App], Callable[[], None]],
        panels: Callable[[], PanelAddresses] | None = None,
        leave: Callable[[App], None] = App.close,
    ) -> None:
        self._open_app = open_app
        self._listen = listen
        self._panels = panels
        self._leave = leave
        self._app: App | None = None
        self._stop_listening: Callable[[], None] = lambda: None
        self.windows: PanelAddresses | None = None

    @property
    def app(self) -> App:
        if self._app is None:
            raise WrongState("initialize comes first")
        return self._app

    @property
    def who(self) -> Who | None:
        """Who works now; None where nobody, or nobody with a professional's identity, does."""
        return self.app.session.who

    def open(self, structure: str | None, adapter: str | None, operator: Operator | None) -> App:
        """Open and start the app for this host. Raises DmpError, and the host may ask again."""
        self.close()
        app = self._open_app(structure, adapter)
        try:
            self._stop_listening = self._listen(app)
            app.start()
        except BaseException:
            self._stop_listening()
            self._leave(app)
            raise
        self._app = app
        if operator is not None:  # else whoever works here already goes on, as another program at this counter said
            self.work(operator)
        return app

    def work(self, operator: Operator | None) -> None:
        """Let `operator` act from now on."""
        author = operator.practitioner if operator else None
        if operator is None or author is None:
            self.app.session.operator_changed(None)
        else:
            who = Who(structure=self.app.structure.structure, operator=operator, author=author)
            self.app.session.operator_changed(who)

    def want_windows(self) -> bool:
        """Let this host have windows from now on; False where this bridge has none."""
        if self._panels is None:
            return False
        try:
            self.windows = self._panels()
        except ExtraMissing as error:
            log.warning("bridge.no_windows", code=error.code)
        return self.windows is not None

    def audited(self, method: str, work: Callable[[], T], patient: str | None = None) -> T:
        """What `work` gives; that somebody lacked the right to it is recorded. Raises what `work` raises."""
        who = self._app.session.who if self._app else None
        try:
            return work()
        except RightsError as error:
            self.app.audit.record(
                f"refused.{method}",
                patient=patient,
                operator=who.operator.id if who else None,
                structure=self.app.structure.national_id,
                code=error.code,
            )
            raise

    def close(self) -> None:
        if self.windows is not None:
            self.windows.close_all_of(self)
        if self._app is not None:
            self._stop_listening()
            self._leave(self._app)
            self._app = None
