"""The plugin in its worker, asked with the events of the corpus as the core would ask."""

from collections.abc import Iterator
from typing import Any, Final

from dmp_core.api.documents import DocumentType
from dmp_core.documents import checks
from dmp_core.errors import DmpError, DocumentInvalid, PluginRefused
from dmp_core.model.codes import value_set
from dmp_core.model.document import Code
from dmp_core.plughost.worker.confinement import HELD
from dmp_core.plughost.worker.lane import Unfit
from dmp_core.plughost.worker.process import WorkerFailed
from dmp_core.testing.composing import composed
from dmp_core.testing.conformance.report import Result, Rule
from dmp_core.testing.conformance.subject import Answer, Subject
from dmp_core.testing.events import CANARY, Case

STARTS: Final = Rule("behaviour.starts", "it starts in a process of its own", "what it says is wrong stands beside")
CORPUS: Final = Rule("behaviour.corpus", "its own events can be read", "mend the file of tests/corpus that is named")
ANSWERS: Final = Rule(
    "behaviour.answers",
    "every event is answered as the hook's contract says",
    "catch what you expect; refuse content with ContentInvalid",
)
IN_TIME: Final = Rule(
    "behaviour.in-time",
    "every answer comes in half of the time allowed",
    "do less in the hook; look things up once, at import",
)
SAME: Final = Rule(
    "behaviour.same", "the same event gives the same answer", "keep no state between two calls, draw nothing at random"
)
OWN: Final = Rule(
    "behaviour.own", "what belongs to another is left alone", "return None for types and messages that are not yours"
)
TRIED: Final = Rule(
    "behaviour.tried", "each hook was given an event that concerns it", "add an event of yours to tests/corpus"
)
TYPES: Final = Rule(
    "behaviour.types",
    "its types have official codes, a schema and an example",
    "see docs/tutorial/first-document-type.md",
)
DOCUMENTS: Final = Rule(
    "behaviour.documents",
    "each example becomes a document that may be sent",
    "read the findings: they name the element and the rule",
)

_CODES: Final = {"type_code": "J07", "class_code": "J57", "format_code": "J60"}


def start(subject: Subject) -> Iterator[Result]:
    """Whether there is anything to ask: nothing of what follows makes sense otherwise."""
    try:
        subject.start()
    except (Unfit, WorkerFailed) as error:
        yield STARTS.failed(str(error))
        return
    except PluginRefused as error:
        yield STARTS.failed(error.detail, "write the settings that it needs into tests/corpus/settings.toml")
        return
    assert subject.lane is not None, "it started"
    missing = [f"{name}: {state}" for name, state in subject.lane.worker.isolation.items() if state != HELD]
    yield STARTS.warned(f"this system confines it in part only: {', '.join(missing)}") if missing else STARTS.passed()
    try:
        _ = subject.corpus
        yield CORPUS.passed()
    except PluginRefused as error:
        yield CORPUS.failed(error.detail)


def answers(subject: Subject) -> Iterator[Result]:
    """Every event twice."""
    wrong, slow, other, foreign = [], [], [], []
    tried: set[str] = set()
    for case in subject.cases:
        first, again = subject.ask(case.event, case.hook), subject.ask(case.event, case.hook)
        name = f"{case.hook} ({case.name})"
        if first.failure or (first.refusal and not _may_refuse(case)):
            wrong.append(f"{name}: {first.failure or 'it refused its own example'}")
        elif _said(first) != _said(again):
            other.append(name)
        if min(first.seconds, again.seconds) > subject.limit(case.hook) / 2:
            slow.append(f"{name}: {first.seconds:.1f} s of {subject.limit(case.hook):g} s")
        if case.name in ("another-type", "unknown"):
            if first.value is not None or first.refusal:
                foreign.append(name)
        elif case.hook != "resolve_host_event" or first.value is not None:
            tried.add(case.hook)
    yield from ANSWERS.judged(wrong)
    yield from IN_TIME.judged(slow, warn=True)
    yield from SAME.judged(other)
    yield from OWN.judged(foreign)
    silent = [hook for hook in subject.manifest.hooks if hook not in tried]
    yield from TRIED.judged((f"{hook}: no event of the corpus concerns it" for hook in silent), warn=True)


def _may_refuse(case: Case) -> bool:
    return case.name in ("another-type", "unknown")


def _said(answer: Answer) -> Any:
    if answer.refusal is not None:
        return str(answer.refusal.findings)
    if isinstance(answer.value, list | tuple):
        return [_plain(value) for value in answer.value]
    return _plain(answer.value)


def _plain(value: Any) -> Any:
    """A model class that crossed the pipe is another class each time; its schema is the same."""
    return value.model_dump_json(exclude={"content_model"}) if hasattr(value, "model_dump_json") else value


def types(subject: Subject) -> Iterator[Result]:
    """Codes, schemas, examples; and each example as the document that would leave."""
    if "provide_document_types" not in subject.manifest.hooks:
        return
    wrong = [what for kind in subject.types for what in _type_faults(kind)]
    if not subject.types:
        wrong.append("it brings no type of document")
    yield from TYPES.judged(wrong)
    yield from DOCUMENTS.judged(what for kind in subject.types for what in _document_faults(subject, kind))


def _type_faults(kind: DocumentType) -> Iterator[str]:
    for name, values in _CODES.items():
        code: Code = getattr(kind, name)
        if not _is_in(code, values):
            yield f"{kind.id}: {name} {code.code} is not in JDV_{values}"
    if kind.content_model is None and kind.example is None:
        yield f"{kind.id}: neither a model of its content nor an example"
    elif kind.example is None:
        yield f"{kind.id}: no example"


def _is_in(code: Code, values: str) -> bool:
    try:
        return value_set(values).code(code.code).system == code.system
    except (KeyError, ValueError, DmpError):
        return False


def _document_faults(subject: Subject, kind: DocumentType) -> Iterator[str]:
    for case in subject.corpus.of("resolve_document"):
        if getattr(case.event, "type_id", "") != kind.id:
            continue
        answer = subject.ask(case.event, "resolve_document")
        if answer.value is None:
            yield f"{kind.id}: {answer.failure or 'its example gives no document'}"
            continue
        try:
            checks.require_valid(composed(kind, answer.value, patient=CANARY))
        except DocumentInvalid as error:
            yield f"{kind.id}: {'; '.join(str(finding) for finding in error.findings[:5]) or error.detail}"
        except DmpError as error:
            yield f"{kind.id}: {error.code} {error.detail}"
