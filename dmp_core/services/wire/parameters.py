"""What the DMP publishes as parameters for software of professionals, re-read every day (dmp.gouv.fr, « param-lps »).

The names known are public, the form of the file is not [U]: one `name = value` a line, also with `;`, `:` or a tab
between them, `#` before a remark. Who downloads it daily is the vendor's own service; `dmp.parameters` names the file.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from pydantic import Field, ValidationError

from dmp_core import log
from dmp_core.errors import ParametersStale
from dmp_core.model.health import HealthModel
from dmp_core.ports import Clock
from dmp_core.services.notices import CareNeeded, Notice

_LINE: Final = re.compile(r"\s*([A-Za-z0-9_.-]{1,80})\s*[=;:\t]\s*(.{0,200}?)\s*;?\s*")
_NAMES: Final[Mapping[str, str]] = {
    "age-majorite": "age_of_majority",
    "fonctions-gestion-mineurs": "manages_minors",
    "cumul-invisible_patient-masque_ps": "hidden_and_masked_together",
    "duree-autorisation-mois": "authorisation_months",
}
_WORDS: Final[Mapping[str, str]] = {"oui": "true", "non": "false", "vrai": "true", "faux": "false"}


class Parameters(HealthModel):
    """The parameters, with the values that the public texts give where the file says nothing."""

    age_of_majority: int = Field(default=18, ge=0, le=30, description="years; EX_GEN-1550")
    manages_minors: bool = Field(default=True, description="`fonctions-gestion-mineurs`")
    hidden_and_masked_together: bool = Field(default=False, description="`cumul-invisible_patient-masque_ps`")
    authorisation_months: int = Field(default=6, ge=1, le=120, description="how long TD0.3 lets a professional in")
    others: Mapping[str, str] = Field(default_factory=dict, description="what the file says beside")


DEFAULTS: Final = Parameters()


def parse(text: str) -> Parameters:
    """The parameters of a file. Raises ValueError where a known name has no usable value, or nothing was there."""
    known: dict[str, str] = {}
    others: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match is None:
            raise ValueError("a line that is no name and value")
        field, value = _NAMES.get(match[1].lower()), match[2].strip("\"'")
        if field:
            known[field] = _WORDS.get(value.lower(), value)
        else:
            others[match[1]] = value
    if not known:
        raise ValueError("none of the known parameters")
    try:
        return Parameters.model_validate({**known, "others": others})
    except ValidationError as error:
        raise ValueError(", ".join(str(each["loc"][0]) for each in error.errors())) from None


class ParametersBook:
    """The file of parameters, read again when a day has passed; what was read last stays where it fails."""

    def __init__(
        self, file: Path | None, *, clock: Clock, tell: Callable[[Notice], None], age: timedelta = timedelta(days=1)
    ) -> None:
        self._file = file
        self._clock = clock
        self._tell = tell
        self._age = age
        self._lock = Lock()
        self._read_at: datetime | None = None
        self._parameters = DEFAULTS

    def current(self) -> Parameters:
        """The parameters as of today."""
        self.refresh()
        return self._parameters

    def refresh(self) -> None:
        """Read the file again if that was not done for a day. For an idle task."""
        if self._file is None:
            return
        with self._lock:
            now = self._clock.now()
            if self._read_at is not None and now - self._read_at < self._age:
                return
            self._read_at = now
            problem = self._read(self._file, now)
        if problem:
            log.warning("parameters.stale", reason=problem)
            self._tell(CareNeeded(ParametersStale(problem)))

    def _read(self, file: Path, now: datetime) -> str | None:
        """What is wrong with the file; None where nothing is."""
        try:
            self._parameters = parse(file.read_text(encoding="utf-8-sig"))
            written = file.stat().st_mtime
        except OSError as error:
            return f"dmp.parameters cannot be read: {error.strerror}"
        except UnicodeDecodeError:
            return "dmp.parameters is not UTF-8"
        except ValueError as error:
            return f"dmp.parameters: {error}"
        return "dmp.parameters was not renewed for two days" if now.timestamp() - written > 2 * 86_400 else None
