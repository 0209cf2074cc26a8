"""Messages about what was sent already, and about what waits for somebody who has left."""

from typing import Any

from pydantic import Field, field_validator

from dmp_core.model.document import Visibility
from dmp_core.model.item import Fault, WithdrawReason
from hostbridge.protocol.messages import HostId, Key, Message, Text, files_are_base64
from hostbridge.protocol.outbox import ItemReference, ItemView


class ExplainCorrections(ItemReference):
    """`feed/corrections`: what may be done to a sent document; `visibility`: what that change would mean."""

    visibility: Visibility | None = None


class PossibleCorrection(Message):
    """One of them. `kind`: withdraw, visibility, archive, unarchive, replace. `fault`: why it is not possible now."""

    kind: str
    label: str = Field(description="in French")
    effect: str = Field(description="what the DMP will do, in French: shown once, before it is asked")
    fault: Fault | None


class CorrectionsExplained(Message):
    """Result of `feed/corrections`."""

    possible: tuple[PossibleCorrection, ...]


class CorrectionMessage(ItemReference):
    """A sent document of an open patient: the outbox itself forgot whose it is."""

    host_id: HostId = Field(repr=False)


class WithdrawFeed(CorrectionMessage):
    """`feed/withdraw`: *Retirer du DMP*, for good."""

    reason: WithdrawReason


class SetVisibility(CorrectionMessage):
    """`feed/setVisibility`: who may not see it from now on."""

    visibility: Visibility


class ArchiveFeed(CorrectionMessage):
    """`feed/archive`: into the archive of the DMP, or (`archived` false) out of it."""

    archived: bool = True


class ReplaceFeed(CorrectionMessage):
    """`feed/replace`: a new save of the same record; as `document/saved`, without what is known of it."""

    key: Key
    content: dict[str, Any] = Field(repr=False)

    _files_are_base64 = field_validator("content")(files_are_base64)


class ProfessionalLeft(Message):
    """`outbox/authorLeft`: a professional (PS_IdNat) left the pharmacy, or (`left` false) came back."""

    national_id: Text
    left: bool = True


class ItemsChanged(Message):
    """Result of `outbox/authorLeft`: what waits for that professional."""

    items: tuple[ItemView, ...]
