"""`dmp emit EVENT --plugin X`: give the events of the corpus to one plugin and print what it answers."""

import bdb
import pdb
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from dmp_core.api.context import Context
from dmp_core.api.documents import DocumentType
from dmp_core.api.events import TypesWanted
from dmp_core.cli.setting import json_option, show_json, shows_errors
from dmp_core.errors import ContentInvalid, NotFound, PluginRefused
from dmp_core.plughost import failure
from dmp_core.plughost.admission import Hook, load
from dmp_core.plughost.answers import AnswerRefused, checked
from dmp_core.plughost.manifest import Manifest
from dmp_core.plughost.worker.lane import Unfit
from dmp_core.plughost.worker.process import WorkerFailed
from dmp_core.testing.conformance.subject import Answer, Subject, working
from dmp_core.testing.events import NAMES, Case, Corpus, read_own
from dmp_core.testing.projects import Project, project_of

_folder = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command("emit")
@click.argument("event", type=click.Choice(list(NAMES)))
@click.option("--plugin", required=True, metavar="NAME|FOLDER|FILE.py", help="Installed, in a folder, or one file.")
@click.option("--case", "wanted", help="Only this event of the corpus.")
@click.option("--in-process", is_flag=True, help="Run it in this process, where breakpoint() stops.")
@click.option(
    "--pdb", "debug", is_flag=True, help="With --in-process: stop at the first line of the hook, and at errors."
)
@click.option("--plugins-dir", type=_folder, help="Folder of one-file plugins: --plugin names one of them.")
@json_option
@shows_errors
def command(
    event: str,
    plugin: str,
    wanted: str | None,
    in_process: bool,
    debug: bool,
    plugins_dir: Path | None,
    as_json: bool,
) -> None:
    """Give the events of the corpus to a plugin, and print the actions that it asks for; nothing is done with them.

    EVENT is one of those that hooks are called with. An author's own events stand in tests/corpus.
    """
    if debug and not in_process:
        raise click.UsageError("--pdb goes with --in-process: a worker has no terminal")
    with tempfile.TemporaryDirectory(prefix="dmp-emit-") as written:
        project = project_of(plugin, plugins_dir=plugins_dir, written=Path(written))
        with _here(project, debug=debug) if in_process else _in_worker(project) as (corpus, ask):
            cases = _chosen(corpus, event, wanted)
            if cases and cases[0].hook not in _hooks(project):
                raise NotFound(f"{project.name} has no hook {cases[0].hook}: {', '.join(_hooks(project))}")
            first = _without_types(event, corpus, ask, _hooks(project))
            answers = [*first, *((case, ask(case)) for case in cases)]
    _show(answers, as_json=as_json)
    sys.exit(1 if any(answer.failure for _, answer in answers) else 0)


def _chosen(corpus: Corpus, event: str, wanted: str | None) -> tuple[Case, ...]:
    cases = corpus.named(event)
    chosen = tuple(case for case in cases if wanted in (None, case.name))
    if not chosen:
        raise NotFound(
            f"the corpus has no such event: {', '.join(case.name for case in cases) or 'tests/corpus is empty'}"
        )
    return chosen


def _without_types(
    event: str, corpus: Corpus, ask: Callable[[Case], Answer], hooks: tuple[str, ...]
) -> list[tuple[Case, Answer]]:
    """What provide_document_types answered, where it gives no type: then there is no document to ask for."""
    if event != "document-wanted" or "provide_document_types" not in hooks:
        return []
    told = [(case, ask(case)) for case in corpus.named("types-wanted")]
    return [(case, answer) for case, answer in told if not answer.value]


def _hooks(project: Project) -> tuple[str, ...]:
    if project.plugin is None:
        raise PluginRefused(f"{project.name} is a way in: it has no hooks; see `dmp plugins check`")
    if project.plugin.manifest is None or project.plugin.reason:
        raise PluginRefused(f"{project.name}: {project.plugin.reason}")
    return project.plugin.manifest.hooks


Asking = tuple[Corpus, Callable[[Case], Answer]]


@contextmanager
def _in_worker(project: Project) -> Iterator[Asking]:
    """In a process of its own, as a bridge would ask; what it prints there is shown at the end."""
    _hooks(project)
    with working(project) as subject:
        _started(subject)
        yield subject.corpus, lambda case: subject.ask(case.event, case.hook)
    sys.stderr.buffer.write(bytes(subject.printed))


def _started(subject: Subject) -> None:
    try:
        subject.start()
    except (Unfit, WorkerFailed) as error:
        raise PluginRefused(f"{subject.project.name}: {error}") from error


@contextmanager
def _here(project: Project, *, debug: bool) -> Iterator[Asking]:
    """In this process: a debugger sees it, a traceback is shown, nothing bounds it."""
    _hooks(project)
    assert project.plugin is not None and project.plugin.manifest is not None and project.plugin.folder is not None
    manifest = project.plugin.manifest
    sys.path.insert(0, str(project.package.parent))
    folder = project.plugin.folder
    hooks = _imported(manifest, folder, debug=debug)
    context = Context(now=Corpus().context.now, settings=manifest.settings_from(project.settings))
    types = _types(hooks, context)
    yield Corpus(types, read_own(project.corpus)), lambda case: _called(hooks, case, context, folder, debug=debug)


def _imported(manifest: Manifest, folder: Path, *, debug: bool) -> Mapping[str, Hook]:
    try:
        return load(manifest, folder)
    except PluginRefused:
        raise
    except Exception as error:
        _show_error(error, folder)
        if debug:
            pdb.post_mortem(error.__traceback__)
        raise PluginRefused(f"{manifest.id}: its package cannot be imported: {failure.told(error, folder)}") from error


def _types(hooks: Mapping[str, Hook], context: Context) -> tuple[DocumentType, ...]:
    """Those that it brings; none where it fails, which is told when it is asked as the others are."""
    try:
        given = hooks["provide_document_types"](TypesWanted(), context) if "provide_document_types" in hooks else ()
        return tuple(checked("provide_document_types", given or ()))
    except Exception:  # noqa: BLE001 - the author's mistake
        return ()


def _show_error(error: Exception, folder: Path) -> None:
    """The traceback from the first line of the plugin on: what called it is not the author's."""
    trace = error.__traceback__
    while trace and trace.tb_next and not Path(trace.tb_frame.f_code.co_filename).is_relative_to(folder):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


def _called(hooks: Mapping[str, Hook], case: Case, context: Context, folder: Path, *, debug: bool) -> Answer:
    hook = hooks[case.hook]
    try:
        value = pdb.Pdb().runcall(hook, case.event, context) if debug else hook(case.event, context)
        return Answer(value=None if value is None else checked(case.hook, value))
    except ContentInvalid as refusal:
        return Answer(refusal=refusal)
    except AnswerRefused as error:
        return Answer(failure=str(error))
    except bdb.BdbQuit:
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the author's mistake, shown whole
        _show_error(error, folder)
        if debug:
            pdb.post_mortem(error.__traceback__)
        return Answer(failure=failure.told(error, folder))


def _show(answers: list[tuple[Case, Answer]], *, as_json: bool) -> None:
    if as_json:
        show_json([{"case": case.name, "hook": case.hook, **_told(answer)} for case, answer in answers])
        return
    for case, answer in answers:
        click.echo(f"{case.hook} ({case.name})")
        told = _told(answer)
        if "failure" in told:
            click.echo(f"    FAILED  {told['failure']}")
        for finding in told.get("refused", ()):
            click.echo(f"    refused  {finding['path']}: {finding['remedy']}")
        for value in told.get("values", ()):
            click.echo(f"    {value['type']}  {_short(value)}".rstrip())
        if told == {"values": []}:
            click.echo("    nothing")


def _told(answer: Answer) -> dict[str, Any]:
    if answer.failure:
        return {"failure": answer.failure}
    if answer.refusal is not None:
        return {
            "refused": [{"path": one.path, "rule": one.rule, "remedy": one.remedy} for one in answer.refusal.findings]
        }
    values = answer.value if isinstance(answer.value, list | tuple) else [answer.value]
    return {"values": [_fields(value) for value in values if value is not None]}


def _fields(value: Any) -> dict[str, Any]:
    """A value with its fields; of bytes, how many; the model class of a type is its schema's business."""
    fields = {
        name: f"{len(field)} bytes" if isinstance(field, bytes) else field
        for name, field in value
        if name not in ("content_model", "example") and field not in (None, (), {})
    }
    plain = type(value).model_construct(**fields).model_dump(mode="json", include=set(fields), warnings="none")
    return {"type": type(value).__name__, **plain}


def _short(value: dict[str, Any]) -> str:
    return "  ".join(f"{name}={field}" for name, field in value.items() if name != "type")
