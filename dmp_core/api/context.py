"""What a hook knows besides its event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dmp_core.api.version import API_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A value: the time of the call, the plugin's own settings, the version of the api.

    One is made for every call of a hook: a dataclass, because a model would cost more than the call.
    `settings` is the section [plugins.settings.NAME] of the configuration.
    """

    now: datetime
    time_zone: str = "Europe/Paris"
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    api_version: str = API_VERSION
