"""One host at one seat: the app that `initialize` opened for it, and who works there."""

from collections.abc import Callable
from typing import TypeVar

from dmp_core.app import App
from dmp_core.errors import RightsError, WrongState
from dmp_core.model.practitioner import Operator, Who

T = TypeVar("T")
OpenApp = Callable[[str | None, str | None], App]
"""Opens the app, given the structure (Struct_IdNat) and the adapter that the host named. Raises DmpError."""


class Seat:
    """What all methods share. The app exists from a successful `initialize` on."""

    def __init__(self, open_app: OpenApp, listen: Callable[[App], None]) -> None:
        self._open_app = open_app
        self._listen = listen
        self._app: App | None = None

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
            self._listen(app)
            app.start()
        except BaseException:
            app.close()
            raise
        self._app = app
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

    def audited(self, method: str, work: Callable[[], T]) -> T:
        """What `work` gives; that somebody lacked the right to it is recorded. Raises what `work` raises."""
        who = self._app.session.who if self._app else None
        try:
            return work()
        except RightsError as error:
            self.app.audit.record(
                f"refused.{method}",
                operator=who.operator.id if who else None,
                structure=self.app.structure.national_id,
                code=error.code,
            )
            raise

    def close(self) -> None:
        if self._app is not None:
            self._app.close()
            self._app = None
