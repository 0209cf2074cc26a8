"""The bridge's client for Python programs: the standard library and these files, nothing else."""

from .client import BridgeClient, Notice
from .errors import BridgeError, BridgeGone, BridgeTimeout

__all__ = ["BridgeClient", "BridgeError", "BridgeGone", "BridgeTimeout", "Notice"]
