"""What a plugin may ask the core to do. The core validates each action and does it, or says why not."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

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


class FeedDocument(Action):
    """Feed the saved document now, where its policy is manual."""


class AskFeedWindow(Action):
    """Open the feed window for this document, whatever its policy."""


class Hold(Action):
    """Keep the document for a while before it leaves, so that it can be changed or cancelled."""

    duration: timedelta = Field(ge=timedelta(0), le=timedelta(days=7))
