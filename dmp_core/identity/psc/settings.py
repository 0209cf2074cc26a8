"""How a pharmacy reaches Pro Santé Connect: `[psc]`. Names of the services: `docs/how-to/pro-sante-connect.md`."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from dmp_core.model.health import HealthModel


class ClientAuth(StrEnum):
    """How the software shows who it is at the token endpoint (OpenID Connect Core, 9; RFC 8705)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    TLS = "tls_client_auth"


class PscSettings(HealthModel):
    """One of two ways: `proxy` (recommended: the client secret never lies on a counter), or `issuer` and its client."""

    proxy: str | None = Field(default=None, pattern=r"^https://", description="the vendor's proxy, `psc-proxy.md`")
    issuer: str | None = Field(default=None, pattern=r"^https://", description="direct: the realm esante-wallet")
    discovery: str = Field(default="wallet-openid-configuration", description="its name under .well-known")
    client_id: str | None = Field(default=None, min_length=1, max_length=200)
    client_auth: ClientAuth = Field(
        default=ClientAuth.BASIC,
        description="`tls_client_auth`: the structure's `organisation_auth` in place of a secret",
    )
    secret_file: Path | None = Field(default=None, description="file with the client secret, for its owner alone")
    redirect: str = Field(
        default="http://127.0.0.1:0/psc",
        pattern=r"^[a-z][a-z0-9.+-]*:",
        description="on 127.0.0.1 it is listened to (port 0: any free one); elsewhere the host hands it over",
    )
    ca: Path | None = Field(default=None, description="authorities trusted, PEM; None: those of the system")
    http_proxy: str | None = Field(default=None, description="`http://host:port`, used only when written here")
    scope: str = Field(default="openid scope_all", pattern=r"\bopenid\b")
    acr: str = Field(default="eidas1", description="asked for, and demanded of the answer")
    idle: timedelta = Field(default=timedelta(minutes=30), description="without use: the session is ended")
    longest: timedelta = Field(default=timedelta(hours=4), description="of one session, however much it is used")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.proxy is None) == (self.issuer is None):
            raise ValueError("either proxy (the vendor's) or issuer (direct)")
        if self.issuer is None:
            return self
        if self.client_id is None:
            raise ValueError("client_id: the direct way needs it")
        if self.client_auth is not ClientAuth.TLS and self.secret_file is None:
            raise ValueError("secret_file: the direct way needs it, unless client_auth is tls_client_auth")
        return self
