"""When which call is allowed: `initialize`, `initialized`, ..., `shutdown`, `exit`, as in LSP 3.17."""

from enum import StrEnum

from dmp_core.errors import MessageInvalid
from hostbridge.protocol.jsonrpc import RpcCode, RpcError, invalid_request


class Phase(StrEnum):
    NEW = "new"
    RUNNING = "running"
    SHUT_DOWN = "shut down"
    GONE = "gone"


class LifeCycle:
    """The phase of one bridge. It never goes back."""

    def __init__(self) -> None:
        self.phase = Phase.NEW

    def admit(self, method: str) -> None:
        """Let a request through, or raise RpcError: -32002 before `initialize`, -32600 after `shutdown`."""
        if self.phase is Phase.NEW and method != "initialize":
            raise RpcError(RpcCode.NOT_INITIALIZED, MessageInvalid("initialize comes first"))
        if self.phase is not Phase.NEW and method == "initialize":
            raise invalid_request("initialize comes once")
        if self.phase in (Phase.SHUT_DOWN, Phase.GONE):
            raise invalid_request("nothing is answered after shutdown")

    def answered(self, method: str) -> None:
        """A request succeeded."""
        if method == "initialize":
            self.phase = Phase.RUNNING
        elif method == "shutdown":
            self.phase = Phase.SHUT_DOWN

    def leave(self) -> int:
        """`exit`: the exit status, 0 where `shutdown` came before, else 1."""
        status = 0 if self.phase is Phase.SHUT_DOWN else 1
        self.phase = Phase.GONE
        return status
