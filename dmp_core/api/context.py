"""What a hook knows besides its event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from dmp_core.api.version import API_VERSION
from dmp_core.model.health import HealthModel


class Context(HealthModel):
    """A value: the time of the call, the plugin's own settings, the version of the api."""

    now: datetime
    time_zone: str = "Europe/Paris"
    settings: Mapping[str, Any] = Field(
        default_factory=dict, description="the section [plugins.NAME] of the configuration"
    )
    api_version: str = API_VERSION
