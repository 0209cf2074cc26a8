"""The settings: who may call, and how long the DMP may take."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from way_in.fhir_patient import Vali
from way_in.settings import ServerSettings, runtime_folder

Address = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class ClientSettings(BaseModel):
    """One program that may call: `jwks` holds its public keys; `jku`, where its tokens may say that they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    iss: Address
    jwks: Path
    jku: Address | None = None


class Settings(ServerSettings):
    """`authentication = "none"`: in simulation only."""

    authentication: Literal["jwt", "none"] = "jwt"
    clients: tuple[ClientSettings, ...] = Field(default=(), max_length=20)
    answer_seconds: float = Field(default=2.0, ge=0.1, le=20)
    vali: Vali = "validee"

    @model_validator(mode="after")
    def _somebody_may_call(self) -> Self:
        if self.authentication == "jwt" and not self.clients:
            raise ValueError("clients: whoever may call, with its keys")
        if len({client.iss for client in self.clients}) != len(self.clients):
            raise ValueError("clients: an iss stands there twice")
        return self

    @property
    def announced_in(self) -> Path:
        return self.announce or runtime_folder() / "cdshooks.json"
