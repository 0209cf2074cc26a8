"""Making the simulated DMP fail on purpose, at a chosen moment of a chosen transaction."""

from typing import Protocol, runtime_checkable

from dmp_core.simulator.answers import Reply


class Dropped(Exception):
    """Raised by a `Fault`: the connection is cut, no answer is sent."""


class Fault(Protocol):
    """Called in the thread of each request with the transaction's name (`TD2.1`), or '' where none was recognised.

    `before` is called when the request was read and nothing is done yet, `after` when all is done and on disk. Each may
    raise `Dropped` (cut the line: before, nothing happened; after, it did), wait (a late answer), return another Reply
    (break it: a status, other bytes, `cut_after` for half of it), or return None and change nothing. `before` may raise
    `Refused`, too: the DMP says no by the means of that transaction.
    """

    def before(self, transaction: str, /) -> Reply | None: ...

    def after(self, transaction: str, reply: Reply, /) -> Reply | None: ...


@runtime_checkable
class PatientFaults(Protocol):
    """Faults that depend on the patient: asked for once in each exchange, by the CX that its VIHF names, or ''."""

    def of(self, patient: str, /) -> Fault: ...


@runtime_checkable
class ServerFault(Protocol):
    """Faults that begin before any request."""

    @property
    def shows_expired_certificate(self) -> bool: ...


class NoFault:
    """Nothing goes wrong."""

    def before(self, _transaction: str) -> Reply | None:
        return None

    def after(self, _transaction: str, _reply: Reply) -> Reply | None:
        return None
