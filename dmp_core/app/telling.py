"""What the core tells its host, handed to whoever listens."""

from collections.abc import Callable

from dmp_core.services.notices import Notice


class Telling:
    """Notices reach the listeners of the moment, on whichever thread they happen."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Notice], None]] = []

    def tell(self, notice: Notice) -> None:
        for listener in self._listeners:
            listener(notice)

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """`listener` hears what the core tells the host, on whichever thread it happens; it must be quick.

        The result of this call ends that.
        """
        self._listeners = [*self._listeners, listener]

        def end() -> None:
            self._listeners = [each for each in self._listeners if each is not listener]

        return end
