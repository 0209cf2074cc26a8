"""The settings: a hub of its own, or the hub of another program that is followed."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator
from way_in.fhir_patient import Vali
from way_in.settings import ServerSettings, WayInSettings, is_loopback, runtime_folder

Topic = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{8,128}$")]


def is_safe(url: str, scheme: str) -> bool:
    """`scheme` with TLS, or without it on this machine: what is told are patients."""
    found = urlsplit(url)
    here = found.hostname == "localhost" or is_loopback(found.hostname or "")
    return bool(found.netloc) and (found.scheme == f"{scheme}s" or (found.scheme == scheme and here))


class HubSettings(ServerSettings):
    """`topic` None: drawn at each start. Both stand in the announced file with the token."""

    topic: Topic | None = None
    lease_seconds: int = Field(default=7200, ge=60, le=86_400)
    heartbeat_seconds: int = Field(default=10, ge=1, le=60)
    answer_seconds: int = Field(default=10, ge=1, le=60, description="to answer a notification")
    vali: Vali = "validee"

    @property
    def announced_in(self) -> Path:
        return self.announce or runtime_folder() / "fhircast.json"


class ClientSettings(WayInSettings):
    """`token_file`: holds the access token that the hub wants; `ca`: authority of a hub that is not public."""

    hub_url: str
    topic: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    token_file: Path | None = None
    ca: Path | None = None
    name: str = Field(default="DMP", min_length=1, max_length=80)
    vali: Vali = "validee"

    @model_validator(mode="after")
    def _never_in_the_clear(self) -> Self:
        if not is_safe(self.hub_url, "http"):
            raise ValueError("hub_url: https, or http on this machine")
        return self
