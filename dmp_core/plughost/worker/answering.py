"""A question to a plugin, in its own process: the hook is called, what it gave or how it failed becomes a frame."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from dmp_core.api.context import Context
from dmp_core.errors import ContentInvalid, PluginRefused
from dmp_core.model.finding import Finding
from dmp_core.plughost.admission import Hook, load
from dmp_core.plughost.answers import checked
from dmp_core.plughost.failure import told
from dmp_core.plughost.manifest import Manifest
from dmp_core.plughost.worker import frames
from dmp_core.plughost.worker.values import describe, event_of

_LONGEST: Final = 1000
_MOST_FINDINGS: Final = 100


class Answering:
    """The plugin in `folder`; its package is imported when `load` is asked."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self._folder = folder
        self._manifest = Manifest.model_validate(manifest)
        self._hooks: Mapping[str, Hook] = {}

    def answer(self, asked: Mapping[str, Any], parts: Sequence[bytes]) -> bytes:
        """The frame that answers `asked`. Whatever the plugin raises is told by class and place."""
        number = asked["number"]
        try:
            if asked["what"] == "load":
                self._hooks = load(self._manifest, self._folder)
                return frames.pack({"number": number})
            return self._called(asked, parts)
        except PluginRefused as error:
            return frames.pack({"number": number, "refused": error.detail[:_LONGEST]})
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
            if type(error) is ContentInvalid:
                return frames.pack({"number": number, "content": _content(error)})
            return frames.pack({"number": number, "failed": told(error, self._folder)[:_LONGEST]})

    def _called(self, asked: Mapping[str, Any], parts: Sequence[bytes]) -> bytes:
        hook: str = asked["hook"]
        event = event_of(hook, asked["event"], parts, asked["without"])
        context = asked["ctx"] | {"now": datetime.fromisoformat(asked["ctx"]["now"])}
        given = self._hooks[hook](event, Context(**context))
        if given is None:
            return frames.pack({"number": asked["number"]})
        whole: BaseModel | tuple[BaseModel, ...] = checked(hook, given)
        values, held = whole if isinstance(whole, tuple) else (whole,), list[bytes]()
        described = [describe(value, held) for value in values]
        return frames.pack({"number": asked["number"], "values": described}, held)


def _content(error: ContentInvalid) -> dict[str, Any]:
    """The plugin's refusal of a content: its own words, which name fields and no value."""
    detail = error.detail[:_LONGEST] if type(error.detail) is str else ""
    findings = error.findings if type(error.findings) is tuple else ()
    whole = [finding for finding in findings[:_MOST_FINDINGS] if type(finding) is Finding]
    return {
        "detail": detail,
        "findings": [[f.path, f.rule, f.remedy, str(f.severity), f.line, f.detail] for f in whole],
    }
