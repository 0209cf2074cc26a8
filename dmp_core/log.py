"""What happened, told by names and identifiers: `event("outbox.marked", item=..., state=...)`.

The keys form a closed list, so that no name, INS, PIN, token or payload can slip into a log by its key;
values are short identifiers, codes and numbers.
"""

import json
import logging
from typing import Final

KEYS: Final = frozenset(
    {
        "action", "adapter", "attempt", "bytes", "code", "count", "delay", "environment", "error", "hook",
        "http_status", "item", "level", "line", "method", "mode", "ms", "name", "operation", "origin", "pid", "plugin",
        "port", "profile", "reason", "result", "row", "rule", "service", "session", "signal", "size", "state",
        "status", "step", "structure", "transaction", "type_code", "version", "what",
    }
)  # fmt: skip
_MAX_VALUE = 200
_logger = logging.getLogger("dmp")


def event(name: str, /, *, level: int = logging.INFO, **ids: str | int | float | bool | None) -> None:
    """Log one event as a single JSON line. Raises ValueError for a key outside `KEYS`: a mistake of ours."""
    unknown = ids.keys() - KEYS
    if unknown:
        raise ValueError(f"log keys outside the closed list: {sorted(unknown)}")
    if _logger.isEnabledFor(level):
        fields = {key: value[:_MAX_VALUE] if isinstance(value, str) else value for key, value in ids.items()}
        _logger.log(level, json.dumps({"event": name, **fields}, ensure_ascii=False, default=str))


def warning(name: str, /, **ids: str | int | float | bool | None) -> None:
    """Log an event that a vendor should look at."""
    event(name, level=logging.WARNING, **ids)
