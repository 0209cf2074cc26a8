"""One host at one seat: the app that `initialize` opened for it, and who works there."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import count
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
    takes the app back: it is closed, unless others at this counter share it. An operator that this host named is its
    own: what others do at this counter is never done in that name, nor what this host does in theirs.
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
        self._beside = False
        self._names = False  # this host said who works
        self._named: Who | None = None
        self._stop_listening: Callable[[], None] = lambda: None
        self._numbers = count(1)
        self.heard = 0
        """Another number after each thing that the core told: what was drawn under the same one is still so."""
        self.windows: PanelAddresses | None = None

    @property
    def app(self) -> App:
        if self._app is None:
            raise WrongState("initialize comes first")
        return self._app

    @property
    def opened(self) -> bool:
        return self._app is not None

    @property
    def who(self) -> Who | None:
        """Who works for this host: whom it named, else whoever works at the counter.

        None where nobody, or nobody with a professional's identity, does.
        """
        return self._named if self._names else self.app.session.who

    def open(
        self, structure: str | None, adapter: str | None, operator: Operator | None, *, beside: bool = False
    ) -> App:
        """Open and start the app for this host. Raises DmpError, and the host may ask again.

        `beside`: it is not the counter, and its operator works for it alone.
        """
        self.close()
        app = self._open_app(structure, adapter)
        try:
            self._stop_listening = self._hear(app)
            app.start()
        except BaseException:
            self._stop_listening()
            self._leave(app)
            raise
        self._app, self._beside = app, beside
        if operator is not None:  # else whoever works here already goes on, as another program at this counter said
            self.work(operator)
        return app

    def _hear(self, app: App) -> Callable[[], None]:
        def number(_notice: object) -> None:
            self.heard = next(self._numbers)

        ends = ExitStack()
        ends.callback(self._listen(app))
        ends.callback(app.subscribe(number))
        return ends.close

    def work(self, operator: Operator | None) -> None:
        """Let `operator` act from now on; at the counter too, unless this host stands beside it."""
        before, author = self._named, operator.practitioner if operator else None
        self._names, self._named = True, None
        if operator is not None and author is not None:
            self._named = Who(structure=self.app.structure.structure, operator=operator, author=author)
        if not self._beside and (self._named is not None or self.app.session.who is before):
            self.app.session.operator_changed(self._named)

    def submit(self, work: Callable[[], Any], done: Callable[[Any], None], here: bool) -> None:
        """Do `work` behind the host; `here`: it needs this machine alone, and waits for nobody's network."""
        (self.app.submit_here if here else self.app.submit)(work, done)

    def want_windows(self) -> bool:
        """Let this host have windows from now on; False where this bridge has none."""
        if self._panels is None:
            return False
        try:
            self.windows = self._panels()
        except ExtraMissing as error:
            log.warning("bridge.no_windows", code=error.code)
        return self.windows is not None

    def audited(self, method: str, who: Who | None, work: Callable[[], T], patient: str | None = None) -> T:
        """What `work` gives; that `who` lacked the right to it is recorded. Raises what `work` raises."""
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
            if self._named is not None and self._app.session.who is self._named:
                self._app.session.operator_changed(None)
            self._names, self._named = False, None
            self._leave(self._app)
            self._app = None
