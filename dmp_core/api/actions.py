"""What a plugin may ask the core to do. The core validates each action and does it, or says why not."""

from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from dmp_core.model.health import HealthModel


class Action(HealthModel):
    """Root of the actions."""


class ConsultRecord(Action):
    """Ask the DMP whether this patient has a record, and show the badge (TD0.2, once a day)."""


class ShowStatus(Action):
    """Show a short text in the place of the badge."""

    text: str = Field(min_length=1, max_length=200)


class ShowMessage(Action):
    """Show a message to the operator; it never asks anything."""

    text: str = Field(min_length=1, max_length=500)
    level: Literal["info", "warning"] = "info"


class Badge(Action):
    """Mark one listed document, `unique_id`, with a short text: an examination already there, an interaction."""

    unique_id: str = Field(min_length=1, max_length=128)
    text: str = Field(min_length=1, max_length=60)
    level: Literal["info", "warning"] = "info"


class SuggestPatient(Action):
    """Suggest to the host the patient who stands on the card: `person` is the rank in the event's `people`."""

    person: int = Field(default=0, ge=0, le=30)


class FeedDocument(Action):
    """Feed the saved document now, where its policy is manual; or, with `type_id` and `content`, another one beside it.

    `content` is what `document/saved` takes for that type. One save of the host gives one document of each type: who
    asks for a second one is recorded and named.
    """

    type_id: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]{2,60}$")
    content: dict[str, Any] | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.type_id is None) != (self.content is None):
            raise ValueError("type_id and content go together")
        return self


class AskFeedWindow(Action):
    """Open the feed window for this document, whatever its policy."""


class Hold(Action):
    """Keep the document for a while before it leaves, so that it can be changed or cancelled."""

    duration: timedelta = Field(ge=timedelta(0), le=timedelta(days=7))
