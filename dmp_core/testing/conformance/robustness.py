"""The plugin given nonsense: whatever comes is answered, or refused with a field and a remedy; it never breaks."""

from collections.abc import Iterator
from typing import Any, Final

from dmp_core.api.events import Event, HostEvent
from dmp_core.errors import ContentInvalid
from dmp_core.testing.conformance import nonsense
from dmp_core.testing.conformance.report import Result, Rule
from dmp_core.testing.conformance.subject import Subject
from dmp_core.testing.events import CANARY, canaries_of, wanted

CONTENT: Final = Rule(
    "robustness.content", "wrong content is refused with ContentInvalid, or read",
    "read content with `read_content(Model, event.content)`",
)  # fmt: skip
MESSAGES: Final = Rule(
    "robustness.messages", "a wrong message of the host is refused with ContentInvalid, or left alone",
    "read payloads with `read_content(Model, json.dumps(event.payload).encode())`",
)  # fmt: skip
REMEDIES: Final = Rule(
    "robustness.remedies", "each refusal names a field and says what to do",
    "give your validators French sentences: `raise ValueError('Saisissez ...')`",
)  # fmt: skip
MUTE: Final = Rule(
    "robustness.mute", "no refusal repeats what was sent",
    "derive your models from HealthModel; name fields, not values",
)  # fmt: skip
_MOST_TOLD: Final = 5
_PATIENT: Final = canaries_of(CANARY)


def given_nonsense(subject: Subject) -> Iterator[Result]:
    """Every wrong content of each type, every wrong payload of each message of the author."""
    contents, messages = Refusals(), Refusals()
    for kind in subject.types:
        for name, raw in nonsense.contents(kind.example or {"champ": "valeur"}):
            contents.hear(subject, f"{kind.id}, {name}", wanted(kind.id, raw), "resolve_document")
    if "resolve_host_event" in subject.manifest.hooks:
        for told, name, payload in _payloads(subject):
            messages.hear(subject, f"{told}, {name}", HostEvent(name=told, payload=payload), "resolve_host_event")
    if contents.heard:
        yield from CONTENT.judged(contents.broken[:_MOST_TOLD])
    if messages.heard:
        yield from MESSAGES.judged(messages.broken[:_MOST_TOLD])
    if contents.heard or messages.heard:
        yield from REMEDIES.judged([*contents.silent, *messages.silent][:_MOST_TOLD])
        yield from MUTE.judged([*contents.loud, *messages.loud][:_MOST_TOLD])


def _payloads(subject: Subject) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for case in subject.corpus.of("resolve_host_event"):
        if isinstance(case.event, HostEvent) and case.name != "unknown":
            yield case.event.name, "an empty payload", {}
            for name, payload in nonsense.objects(case.event.payload):
                yield case.event.name, name, payload


class Refusals:
    """What was heard: calls that broke, refusals without a remedy, refusals that repeat a value."""

    def __init__(self) -> None:
        self.heard = 0
        self.broken: list[str] = []
        self.silent: list[str] = []
        self.loud: list[str] = []

    def hear(self, subject: Subject, name: str, event: Event, hook: str) -> None:
        self.heard += 1
        answer = subject.ask(event, hook)
        if answer.failure:
            self.broken.append(f"{name[:200]}: {answer.failure}")
        elif answer.refusal is not None:
            self._read(name, answer.refusal)

    def _read(self, name: str, refusal: ContentInvalid) -> None:
        if not refusal.findings or any(not one.path or not one.remedy for one in refusal.findings):
            self.silent.append(name[:200])
        # the path may name a field that the sender invented: remedy and detail are the plugin's own words
        said = " ".join(f"{one.remedy} {one.detail}" for one in refusal.findings)
        if nonsense.CANARY in said or any(canary in f"{said} {refusal.detail}" for canary in _PATIENT):
            self.loud.append(name[:200])
