"""What a call of the bridge may raise."""

from typing import Any


class BridgeError(Exception):
    """The bridge answered with an error. `data` holds `code`, `sentence` and `remedy` (French), `mender`, `detail`."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.data = data or {}


class BridgeTimeout(BridgeError):
    """No answer came in time. Asking again under the same key is safe for `document/saved` and `host/event`."""

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(0, f"{method}: no answer within {seconds} s")


class BridgeGone(BridgeError):
    """The bridge ended and could not be brought back, or the call was not one that may be repeated blindly."""

    def __init__(self, method: str) -> None:
        super().__init__(0, f"{method}: the bridge ended before it answered")
