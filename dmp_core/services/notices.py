"""What the core tells the host by itself. Plain values: the bridge turns them into notifications."""

from dataclasses import dataclass

from dmp_core.model.document import RecordStatus
from dmp_core.model.item import OutboxItem


@dataclass(frozen=True, slots=True)
class OutboxChanged:
    """An item moved to another state."""

    item: OutboxItem


@dataclass(frozen=True, slots=True)
class FeedFinished:
    """An item reached its end: sent, refused or cancelled."""

    item: OutboxItem


@dataclass(frozen=True, slots=True)
class WindowWanted:
    """The feed window should open for this item, without taking the focus."""

    item: OutboxItem


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """What the DMP said of a patient's record."""

    host_id: str
    status: RecordStatus


@dataclass(frozen=True, slots=True)
class StatusText:
    """A plugin's text in the place of the badge."""

    host_id: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageWanted:
    """A message of a plugin for the operator."""

    plugin: str
    text: str
    level: str


Notice = OutboxChanged | FeedFinished | WindowWanted | StatusChanged | StatusText | MessageWanted
