"""`panel/open` and `window/show`: a window by its name becomes an address that opens it once."""

from collections.abc import Mapping
from typing import Any

from dmp_core.errors import NotFound
from hostbridge.methods.seat import Seat
from hostbridge.panels.registry import PANELS
from hostbridge.panels.windows import Windows
from hostbridge.protocol.connection import checked


class Addresses:
    """Gives addresses of windows at `origin`, e.g. `http://127.0.0.1:50123`."""

    def __init__(self, windows: Windows, origin: str) -> None:
        self._windows = windows
        self._origin = origin

    def address(self, seat: Seat, panel: str, params: Mapping[str, Any]) -> str:
        """An address that opens that window once, within thirty seconds. Raises NotFound, RpcError -32602."""
        found = PANELS.get(panel)
        if found is None:
            raise NotFound("there is no window of that name")
        code = self._windows.offer(seat, found, checked(found.opened_with, dict(params)))
        return f"{self._origin}/panel/{code}"

    def close_all_of(self, seat: Seat) -> None:
        self._windows.close_all_of(seat)
