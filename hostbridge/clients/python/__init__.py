"""The bridge's client for Python programs: the standard library and these files, nothing else."""

from hostbridge.clients.python.client import BridgeClient, Notice
from hostbridge.clients.python.errors import BridgeError, BridgeGone, BridgeTimeout

__all__ = ["BridgeClient", "BridgeError", "BridgeGone", "BridgeTimeout", "Notice"]
