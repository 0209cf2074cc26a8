"""Messages of the windows: opening one, what it shows of the software, of a document and of the bridge's own health."""

from typing import Any

from pydantic import Field

from dmp_core.model.access import Environment
from dmp_core.model.item import CancelReason, State
from hostbridge.protocol.messages import Message, Text
from hostbridge.protocol.outbox import ItemReference


class OpenPanel(Message):
    """`panel/open`: a window by its name, with what that window takes: `feed` an `item`, `about` nothing."""

    panel: Text
    params: dict[str, Any] = Field(default_factory=dict, repr=False)


class PanelOpened(Message):
    """Result of `panel/open`: an address that opens the window once, within thirty seconds."""

    address: str = Field(repr=False)


class SoftwareShown(Message):
    """Result of `software/about`: as the VIHF says it; `module` is the bridge and its version."""

    publisher: str
    name: str
    version: str
    homologation: str
    installation: str
    module: str
    environment: Environment


class CancelFeed(ItemReference):
    """`feed/cancel`, `outbox/cancel`: the document does not leave; `reason`: why, where the counter said it."""

    reason: CancelReason | None = None


class FeedPreview(Message):
    """Result of `feed/preview`: the document as it would be sent, as one safe HTML page, and its headers."""

    html: str = Field(repr=False)
    headers: dict[str, str]


class Health(Message):
    """Result of `status/health`, for supervision: numbers only, nothing of a patient.

    `unreadable`: items that the disk no longer gives back. `accepting`: the disk has room for a saved document.
    `due`: seconds by which the oldest work is late.
    """

    version: str
    environment: Environment
    accepting: bool
    outbox: dict[State, int]
    oldest: float | None = Field(description="seconds since the oldest item that is not at its end was accepted")
    due: float = Field(description="seconds")
    unreadable: int
    plugins: dict[str, str] = Field(description="plugin -> enabled, refused, quarantined...")
