"""What is checked: a project, its corpus, a place for what it writes, the worker that it runs in."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic  # noqa: TID251 - how long the hook of somebody else takes
from typing import Any, Final

from dmp_core.api.context import Context
from dmp_core.api.documents import DocumentType
from dmp_core.api.events import Event, TypesWanted
from dmp_core.errors import ContentInvalid
from dmp_core.plughost.admission import Hook
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.manifest import Manifest
from dmp_core.plughost.worker.lane import Unfit, WorkerLane
from dmp_core.plughost.worker.places import Place
from dmp_core.plughost.worker.process import WorkerFailed, WorkerLimits, WorkerProcess
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.events import Case, Corpus, read_own
from dmp_core.testing.projects import Project

__all__ = ["Answer", "Subject", "working"]

_TYPES: Final = "provide_document_types"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call gave: values, a refusal of the content, or a failure. `seconds`: how long it took."""

    value: Any = None
    refusal: ContentInvalid | None = field(default=None, repr=False)
    failure: str = ""
    seconds: float = 0.0


class Subject:
    """A plugin in its worker, asked as the core asks it. `printed` collects what it prints there."""

    def __init__(self, project: Project, limits: WorkerLimits | None = None) -> None:
        assert project.plugin is not None, "a way in has no hooks"
        self.project = project
        self.found: Found = project.plugin
        self.printed = bytearray()
        self._limits = limits or WorkerLimits()
        self._hooks: Mapping[str, Hook] = {}
        self._settings: Mapping[str, Any] = {}
        self.lane: WorkerLane | None = None

    @property
    def manifest(self) -> Manifest:
        assert self.found.manifest is not None, "checked by the first rule"
        return self.found.manifest

    def start(self) -> None:
        """Start the worker and import the plugin there. Raises WorkerFailed, Unfit, PluginRefused."""
        folder = self.found.folder
        assert folder is not None, "checked by the first rule"
        self._settings = self.manifest.settings_from(self.project.settings)
        worker = WorkerProcess(
            Place(folder, self.found.roots, self.manifest.paths(self._settings)),
            self.manifest.model_dump(mode="json"),
            self._limits,
            monotonic,
            self.printed.extend,
        )
        self.lane = WorkerLane(self.manifest, worker)
        self.lane.start()
        self._hooks = self.lane.hooks()

    def close(self) -> None:
        if self.lane is not None:
            self.lane.worker.close()

    @property
    def context(self) -> Context:
        return Context(now=ManualClock().now(), settings=self._settings)

    def ask(self, event: Event, hook: str) -> Answer:
        """What the plugin answers to one event."""
        before = monotonic()

        def took() -> float:
            return monotonic() - before

        try:
            value = self._hooks[hook](event, self.context)
            return Answer(value=value, seconds=took())
        except ContentInvalid as refusal:
            return Answer(refusal=refusal, seconds=took())
        except (WorkerFailed, Unfit) as error:
            return Answer(failure=str(error), seconds=took())

    @cached_property
    def types(self) -> tuple[DocumentType, ...]:
        """The types of document that it brings; none where it does not answer."""
        if _TYPES not in self.manifest.hooks:
            return ()
        return tuple(self.ask(TypesWanted(), _TYPES).value or ())

    @cached_property
    def corpus(self) -> Corpus:
        """The general events, those of its types, those of its author. Raises PluginRefused."""
        return Corpus(self.types, read_own(self.project.corpus))

    @property
    def cases(self) -> Iterator[Case]:
        """The cases of the hooks that it has."""
        return (case for case in self.corpus.cases if case.hook in self.manifest.hooks)

    def limit(self, hook: str) -> float:
        return self._limits.of(hook)


@contextmanager
def working(project: Project, limits: WorkerLimits | None = None) -> Iterator[Subject]:
    """A subject whose worker ends with the block."""
    subject = Subject(project, limits)
    try:
        yield subject
    finally:
        subject.close()


def own_path(project: Project) -> list[str]:
    """What a process of its own needs to import the project."""
    roots = project.plugin.roots if project.plugin else ()
    return [str(path) for path in (*roots, project.package.parent) if str(path) not in sys.path] or [
        str(project.package.parent)
    ]
