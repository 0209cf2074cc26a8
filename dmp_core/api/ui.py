"""The host's menus and words for what the DMP does."""

from pydantic import Field

from dmp_core.model.health import HealthModel
from dmp_core.model.practitioner import Right


class MenuEntry(HealthModel):
    """Where the host shows one action: `path` in the words of its own screens."""

    action: str = Field(description="consult, feed, outbox, correct")
    label: str
    path: tuple[str, ...] = ()
    right: Right


class Ui(HealthModel):
    """All entries of one host."""

    host: str
    menus: tuple[MenuEntry, ...]
