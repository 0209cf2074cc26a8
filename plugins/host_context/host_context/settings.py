"""The settings of the contextual call."""

from pathlib import Path
from typing import Self

from pydantic import model_validator
from way_in.settings import ServerSettings, is_loopback, runtime_folder


class Settings(ServerSettings):
    """`contexts`: the folder in which the host leaves what an address names; None: beside the announcement."""

    contexts: Path | None = None

    @model_validator(mode="after")
    def _on_this_machine(self) -> Self:
        if not is_loopback(self.listen) or self.public_url is not None:
            raise ValueError("listen: a contextual call comes from this machine")
        return self

    @property
    def announced_in(self) -> Path:
        return self.announce or runtime_folder() / "context.json"

    @property
    def folder(self) -> Path:
        return self.contexts or self.announced_in.parent / "contexts"
