"""A way in: files dropped in a folder become documents of the outbox."""

from host_folder.intake import Intake
from host_folder.settings import Settings, read_settings

__all__ = ["Intake", "Settings", "read_settings"]
