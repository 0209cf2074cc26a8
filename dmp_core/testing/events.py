"""The corpus: events that a plugin may meet, typed, of people whose every value is a canary.

A canary is a text that stands nowhere else: where it turns up in a log, an error or a file's name, a patient's would.
An author adds events of their own in `tests/corpus/NAME.json`: `{"host-event": {"name": "...", "payload": {...}}}`,
where `$birth_name`, `$given_names`, `$first_given_name`, `$birth_date`, `$ins` and `$host_id` give the canary patient.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Final

from pydantic import ValidationError

from dmp_core.api import documents, events
from dmp_core.api.context import Context
from dmp_core.errors import PluginRefused
from dmp_core.model.document import RecordEntry
from dmp_core.model.identity import IdentityMark, IdentityStatus, Ins, Patient, Sex, Traits, ins_key
from dmp_core.model.oids import InsOid
from dmp_core.plughost.hooks import HOOK_OF
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.people import who

_INS: Final = "2791251999777"
CANARY: Final = Patient(
    host_id="zz-canari-dossier-7719",
    traits=Traits(
        birth_name="ZZCANARINOM",
        birth_given_names="ZZCANARIPRENOM ZZCANARIAUTRE",
        first_birth_given_name="ZZCANARIPRENOM",
        used_name="ZZCANARIUSAGE",
        used_given_name="ZZCANARIPETIT",
        sex=Sex.FEMALE,
        birth_date=date(1979, 12, 19),
        birth_place_code="51999",
        birth_place_name="ZZCANARIVILLE",
    ),
    ins=Ins(value=f"{_INS}{ins_key(_INS):02d}", oid=InsOid.NIR_TEST),
    status=IdentityStatus.QUALIFIEE,
)
_CHILD: Final = CANARY.model_copy(update={"host_id": "zz-canari-enfant-7719"})
_FREE_TEXT: Final = re.compile(r"\S+ \S+ \S+")
NAMES: Final[Mapping[str, type[events.Event]]] = MappingProxyType(
    {re.sub(r"(?<!^)(?=[A-Z])", "-", event.__name__).lower(): event for event in HOOK_OF}
)
"""Name of an event for people, `document-saved`: its class."""


@dataclass(frozen=True, slots=True)
class Case:
    """One event of the corpus, with what must stay silent: values of the people and of the content that it holds."""

    name: str
    event: events.Event
    canaries: tuple[str, ...] = field(default=(), repr=False)

    @property
    def hook(self) -> str:
        return HOOK_OF[type(self.event)]


class Corpus:
    """`types` and `own` add what a plugin brings: the contents of its types, the events of its author.

    Every fact has its event as an attribute, for tests: `patient_opened`, `document_saved`...
    """

    def __init__(self, types: Sequence[documents.DocumentType] = (), own: Iterable[Case] = ()) -> None:
        self.patient = CANARY
        self.context = Context(now=ManualClock().now())
        self._cases = (*_facts(), *_of_types(types), *own)

    @property
    def cases(self) -> tuple[Case, ...]:
        return self._cases

    def of(self, hook: str) -> tuple[Case, ...]:
        """The cases of one hook."""
        return tuple(case for case in self._cases if case.hook == hook)

    def named(self, event: str) -> tuple[Case, ...]:
        """The cases of an event, by its name for people. Raises KeyError."""
        kind = NAMES[event]
        return tuple(case for case in self._cases if type(case.event) is kind)

    def __getattr__(self, name: str) -> events.Event:
        kind = NAMES.get(name.replace("_", "-"))
        for case in self._cases if kind is not None else ():
            if type(case.event) is kind:
                return case.event
        raise AttributeError(name)


def canaries_of(patient: Patient) -> tuple[str, ...]:
    """The texts of a patient that are nowhere else."""
    traits = patient.traits
    texts = (traits.birth_name, traits.first_birth_given_name, traits.used_name, traits.used_given_name)
    ins = (patient.ins.value, patient.ins.value[:13]) if patient.ins else ()
    return tuple(text for text in (*texts, traits.birth_place_name, patient.host_id, *ins) if text)


def texts_of(content: object) -> Iterator[str]:
    """The free texts of a content: three words or more."""
    match content:
        case str() if _FREE_TEXT.search(content):
            yield content[:60]
        case Mapping():
            for value in content.values():
                yield from texts_of(value)
        case list() | tuple():
            for value in content:
                yield from texts_of(value)


def read_own(folder: Path | None) -> tuple[Case, ...]:
    """The cases of an author. Raises PluginRefused naming the file."""
    files = sorted(folder.glob("*.json")) if folder else []
    return tuple(_own(file) for file in files)


def values() -> dict[str, str]:
    """What stands for `$birth_name` and the others."""
    traits = CANARY.traits
    assert CANARY.ins is not None, "the canary is qualified"
    return {
        "birth_name": traits.birth_name,
        "given_names": traits.birth_given_names,
        "first_given_name": traits.first_birth_given_name,
        "birth_date": traits.birth_date.isoformat(),
        "ins": CANARY.ins.value,
        "host_id": CANARY.host_id,
    }


def _own(file: Path) -> Case:
    try:
        told = json.loads(Template(file.read_text(encoding="utf-8")).safe_substitute(values()))
        ((name, fields),) = told.items()
        event = NAMES[name].model_validate(fields)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, one["loc"])) or name for one in error.errors())
        raise PluginRefused(f"{file.name}: {wrong}") from None
    except (OSError, ValueError, AttributeError, KeyError, RecursionError):
        known = ", ".join(NAMES)
        raise PluginRefused(f'{file.name} must be one object {{"EVENT": {{...}}}}, EVENT one of {known}') from None
    return Case(file.stem, event, (*canaries_of(CANARY), *texts_of(fields)))


def _facts() -> Iterator[Case]:
    """What happens at every counter, usual and less usual."""
    for name, patient in _patients():
        yield Case(name, events.PatientOpened(patient=patient), canaries_of(patient))
    yield Case("closed", events.PatientClosed(host_id=CANARY.host_id), canaries_of(CANARY))
    yield Case(
        "saved",
        events.DocumentSaved(item="item-1", type_id="note-vaccination", patient=CANARY, content=b'{"a": "ZZCANARI"}'),
        (*canaries_of(CANARY), "ZZCANARI"),
    )
    yield Case("sent-meanwhile", events.DocumentSaved(item="item-2", type_id="note-vaccination"))
    yield from _records()
    yield from _cards()
    for state in ("sent", "refused", "cancelled"):
        yield Case(state, events.FeedFinished(item="item-1", type_id="note-vaccination", state=state))
    yield Case("types", events.TypesWanted())
    yield Case("ui", events.UiWanted())
    yield Case(
        "unknown", events.HostEvent(name="zz.inconnu", payload={"nom": CANARY.traits.birth_name}), canaries_of(CANARY)
    )


def _patients() -> Iterator[tuple[str, Patient]]:
    traits = CANARY.traits
    yield "qualified", CANARY
    yield "without-ins", CANARY.model_copy(update={"ins": None, "status": IdentityStatus.PROVISOIRE})
    yield "fictitious", CANARY.model_copy(update={"marks": frozenset({IdentityMark.FICTIF})})
    newborn = {"birth_date": date(2026, 1, 14), "sex": Sex.UNKNOWN, "used_name": None, "used_given_name": None}
    yield "newborn", _CHILD.model_copy(update={"traits": traits.model_copy(update=newborn)})
    long = {"birth_name": "ZZCANARI" + "X" * 92, "birth_place_code": "99100", "birth_place_name": None}
    yield "long-name-born-abroad", CANARY.model_copy(update={"traits": traits.model_copy(update=long)})
    leap = {"birth_date": date(1904, 2, 29), "birth_name": "ZZCANARI-D’É ÇÀ"}
    yield "leap-day-accents", CANARY.model_copy(update={"traits": traits.model_copy(update=leap)})


def _records() -> Iterator[Case]:
    silent = canaries_of(CANARY)
    row = RecordEntry(
        unique_id="2.25.77190001",
        entry_uuid="urn:uuid:77190001-0000-4000-8000-000000000001",
        title="ZZCANARITITRE",
        status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved",
    )
    bare = row.model_copy(update={"unique_id": "2.25.77190002", "title": "", "mime_type": ""})
    many = tuple(row.model_copy(update={"unique_id": f"2.25.7719{number}"}) for number in range(500))
    for name, entries in (("empty", ()), ("listed", (row, bare)), ("long", many)):
        yield Case(
            f"record-{name}", events.RecordListed(host_id=CANARY.host_id, entries=entries), (*silent, "ZZCANARITITRE")
        )
    for name, data in (("xml", b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>"), ("pdf", b"%PDF-1.4"), ("nothing", b"")):
        read = events.DocumentRead(host_id=CANARY.host_id, entry=row, document=data)
        yield Case(f"document-{name}", read, (*silent, "ZZCANARITITRE"))


def _cards() -> Iterator[Case]:
    assert CANARY.ins is not None, "the canary is qualified"
    person = events.CardPerson(
        family="ZZCANARINOM", given="ZZCANARIPRENOM", birth_date="19791219", nir=CANARY.ins.value
    )
    child = events.CardPerson(family="ZZCANARINOM", given="ZZCANARIENFANT")
    for name, people in (("one", (person,)), ("family", (person, child)), ("nobody", ())):
        changed = events.CardChanged(card="vitale", present=True, people=people)
        yield Case(f"vitale-{name}", changed, (*canaries_of(CANARY), "ZZCANARIENFANT"))
    yield Case("vitale-out", events.CardChanged(card="vitale", present=False, people=()))
    yield Case("cps", events.CardChanged(card="cps", present=True, people=()))


def _of_types(types: Sequence[documents.DocumentType]) -> Iterator[Case]:
    """The example of each type as a document to make, and as a saved one; a type of somebody else."""
    for kind in types:
        if kind.example is None:
            continue
        content = json.dumps(kind.example).encode()
        silent = (*canaries_of(CANARY), *texts_of(kind.example))
        yield Case(
            f"{kind.id}-saved",
            events.DocumentSaved(item="item-3", type_id=kind.id, patient=CANARY, content=content),
            silent,
        )
        yield Case(kind.id, wanted(kind.id, content), silent)
    yield Case("another-type", wanted("zz-type-d-un-autre", b'{"a": "ZZCANARI"}'), (*canaries_of(CANARY), "ZZCANARI"))


def wanted(type_id: str, content: bytes) -> events.DocumentWanted:
    """A document of the canary to be made."""
    return events.DocumentWanted(item="item-1", type_id=type_id, content=content, patient=CANARY, who=who())
