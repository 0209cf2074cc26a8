"""What a call of the bridge may raise."""

from typing import Any, Final

_ENDED: Final = "Le pont vers le DMP est arrêté."
_RESTART: Final = (
    "Recommencez\u00a0; si cela se répète, redémarrez le logiciel et transmettez ce code à l’éditeur du LGO."
)


class BridgeError(Exception):
    """The bridge answered with an error. `data` holds `code`, `sentence` and `remedy` (French), `mender`, `detail`."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}{_told(data)}")
        self.code = code
        self.message = message
        self.data = data or {}


class BridgeTimeout(BridgeError):
    """No answer came in time. Asking again under the same key is safe for `document/saved` and `host/event`."""

    def __init__(self, method: str, seconds: float) -> None:
        sentence, remedy = "Le pont vers le DMP n’a pas répondu à temps.", "Recommencez dans un instant."
        super().__init__(0, sentence, _data("DMP-LINK-002", sentence, remedy, f"{method}: no answer in {seconds} s"))


class BridgeGone(BridgeError):
    """The bridge ended and could not be brought back, or the call was not one that may be repeated blindly."""

    def __init__(self, method: str, detail: str = "the bridge ended before it answered") -> None:
        super().__init__(0, _ENDED, _data("DMP-LINK-001", _ENDED, _RESTART, f"{method}: {detail}"))


def _data(code: str, sentence: str, remedy: str, detail: str) -> dict[str, Any]:
    """The fields of an error of the bridge, for one that this client found itself."""
    return {
        "code": code,
        "sentence": sentence,
        "remedy": remedy,
        "mender": "l’éditeur du LGO",
        "detail": detail,
        "origin": None,
    }


def _told(data: dict[str, Any] | None) -> str:
    """Code and detail, for the developer who reads a traceback."""
    found = [str(data[name]) for name in ("code", "detail") if data.get(name)] if data else []
    return f" [{': '.join(found)}]" if found else ""
