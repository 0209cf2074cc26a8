"""What a plugin in a worker provided once: the same version with the same settings is not asked again.

So a host that connects waits for no worker to start. It is read as strictly as an answer, and only for versions that
are known by their digest.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dmp_core import __version__, log
from dmp_core.api.version import API_VERSION
from dmp_core.plughost.worker import frames

Answer = tuple[dict[str, Any], list[bytes]]


class KeptAnswers:
    """Of one version of one plugin, in `folder`."""

    def __init__(self, folder: Path, digest: str) -> None:
        self._folder = folder
        self._digest = digest

    def read(self, hook: str, settings: Mapping[str, Any], most: int) -> Answer | None:
        """What `hook` gave, None where it was not asked under these settings."""
        try:
            data = self._file(hook, settings).read_bytes()
            head, rest = data[: frames.HEAD_SIZE], data[frames.HEAD_SIZE :]
            frames.left(head, most)
            return frames.unpack(head, rest)
        except (OSError, frames.FrameRefused, ValueError):
            return None

    def write(self, hook: str, settings: Mapping[str, Any], answer: Answer) -> None:
        """Keep it in the place of what another version gave. Never raises: it can be asked again."""
        file = self._file(hook, settings)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = file.with_suffix(".new")
            draft.write_bytes(frames.pack(*answer))
            draft.replace(file)
            for other in self._folder.glob(f"{hook}.*.answer"):
                if other != file:
                    other.unlink(missing_ok=True)
        except OSError as error:
            log.warning("plughost.answer_not_kept", hook=hook, error=type(error).__name__)

    def _file(self, hook: str, settings: Mapping[str, Any]) -> Path:
        told = json.dumps([self._digest, dict(settings), API_VERSION, __version__], sort_keys=True, default=str)
        return self._folder / f"{hook}.{hashlib.sha256(told.encode()).hexdigest()[:16]}.answer"
