"""Messages of Pro Santé Connect: the identification of who works at this seat. No token crosses the bridge."""

from typing import Self

from pydantic import Field

from dmp_core.model.identification import Channel, Prompt, PscView
from hostbridge.protocol.messages import Message


class OpenPsc(Message):
    """`psc/open`: identify the operator in the `browser`, with the CPS (`card`) or the e-CPS (`mobile`)."""

    channel: Channel = Channel.BROWSER


class PollPsc(Message):
    """`psc/poll`: `redirected` only where the host itself receives the browser: the whole address it came to."""

    redirected: str | None = Field(default=None, repr=False, max_length=8000)


class ChoosePsc(Message):
    """`psc/choose`: act in the exercise of that rank among `choices`, counted from 0."""

    rank: int = Field(ge=0, le=1000)


class PscShown(PscView, Message):
    """Result of `psc/open`, `psc/poll`, `psc/choose`; params of `psc/changed`.

    `state`: none, asked, choosing, identified.
    """

    @classmethod
    def of(cls, view: PscView) -> Self:
        return cls(**{name: getattr(view, name) for name in PscView.model_fields})


class PscPrompt(Prompt, Message):
    """`psc/browse`: open `url` in the system's browser, or show `digits` beside « Confirmez sur votre téléphone »."""

    @classmethod
    def of(cls, prompt: Prompt) -> Self:
        return cls(**{name: getattr(prompt, name) for name in Prompt.model_fields})
