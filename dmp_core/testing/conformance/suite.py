"""The whole suite over one project, in the order in which an author mends things."""

from collections.abc import Iterator

from dmp_core.plughost.worker.process import WorkerLimits
from dmp_core.testing.conformance import behaviour, black_box, privacy, robustness, static
from dmp_core.testing.conformance.report import Outcome, Report, Result
from dmp_core.testing.conformance.subject import Subject, working
from dmp_core.testing.projects import Project

WAY_IN = "way in"


def run(project: Project, limits: WorkerLimits | None = None) -> Report:
    """Check `project`. `limits`: other times than the usual ones, for slow machines. Never raises for what it finds."""
    if project.plugin is None:
        version = str(project.pyproject.get("project", {}).get("version", ""))
        return Report(project.name, WAY_IN, version, tuple(_way_in(project)))
    told = project.plugin.manifest
    kind, version = (str(told.kind), told.version) if told else ("unknown", "")
    return Report(project.name, kind, version, tuple(_plugin(project, limits)))


def _way_in(project: Project) -> Iterator[Result]:
    yield from static.project(project)
    yield from static.sources(project, way_in=True)
    yield from black_box.checked(project)


def _plugin(project: Project, limits: WorkerLimits | None) -> Iterator[Result]:
    yield from static.manifest(project)
    yield from static.project(project)
    assert project.plugin is not None, "a way in has its own rules"
    if project.plugin.manifest is None:
        return
    yield from static.rights(project.plugin.manifest)
    yield from static.sources(project)
    with working(project, limits) as subject:
        yield from _at_work(subject)


def _at_work(subject: Subject) -> Iterator[Result]:
    started = list(behaviour.start(subject))
    yield from started
    if any(result.outcome is Outcome.FAILED for result in started):
        return
    yield from behaviour.answers(subject)
    yield from behaviour.types(subject)
    yield from robustness.given_nonsense(subject)
    yield from privacy.listened_to(subject)
