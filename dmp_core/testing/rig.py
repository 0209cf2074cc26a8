"""One pharmacy with its DMP, for the tests of a plugin: the real app, a simulated DMP, no network, no waiting."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from dmp_core.api.events import CardPerson, DocumentWanted, SavedDocument
from dmp_core.api.ui import Ui
from dmp_core.documents import checks, frame
from dmp_core.documents.facts import Facts
from dmp_core.errors import NotFound
from dmp_core.model.document import FeedPolicy, Visibility
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.oids import Xds
from dmp_core.model.practitioner import Who
from dmp_core.model.row import Row
from dmp_core.plughost.guard import Status
from dmp_core.plughost.report import PluginState
from dmp_core.services import notices
from dmp_core.services.feed.composition import oid_of
from dmp_core.services.feed.intake import RAW_EVENT
from dmp_core.services.notices import Notice
from dmp_core.simulator.counter import demo_counter, record_of
from dmp_core.simulator.simulator import Simulator
from dmp_core.testing.app import KitApp, config_of
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.line import FaultsOnDemand
from dmp_core.testing.projects import Project

_AUTHORISED: Final = timedelta(days=183)
_MOST_STEPS: Final = 100


@dataclass(frozen=True, slots=True)
class SentDocument:
    """One document that the DMP holds. `status`: approved, or deprecated once another one replaced it."""

    unique_id: str
    type_code: str
    status: str
    cda: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What a plugin showed to the operator."""

    plugin: str
    text: str
    level: str


def prepare(folder: Path) -> None:
    """A simulated DMP in `folder`, with the keys of one pharmacy: a second of work, to be copied for each rig."""
    counter, clock = demo_counter(), ManualClock()
    practitioner = counter.operator.practitioner
    assert practitioner is not None, "the counter's operator is a professional"
    records = [record_of(patient) for patient in counter.patients]
    simulator = Simulator.create(folder, [counter.structure], [practitioner], records, at=clock.now())
    try:
        for record in records:
            until = clock.now() + _AUTHORISED
            simulator.patients.authorise(record.ins[0], practitioner.national_id, until=until)
    finally:
        simulator.close()


class Rig:
    """Save documents, open patients, move the clock; then look at the outbox, at the DMP, at what was shown.

    `plugins`: those under test, run in this process so that a debugger and a coverage tool see them; `enabled`:
    installed ones beside them. `clock` stands until `advance` moves it.
    """

    def __init__(
        self,
        folder: Path,
        prepared: Path,
        plugins: Sequence[Project] = (),
        enabled: Sequence[str] = (),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        policies: Mapping[str, str] | None = None,
    ) -> None:
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        found = [project.plugin for project in plugins if project.plugin is not None]
        own = {project.name: dict(project.settings) for project in plugins}
        own |= {name: dict(values) for name, values in (settings or {}).items()}
        names = [*(plugin.id for plugin in found), *enabled]
        counter = demo_counter()
        self.clock = ManualClock()
        self.simulator = Simulator.open(folder)
        self.faults = FaultsOnDemand(self.clock)
        dmp = self.simulator.dmp(self.faults, self.clock.now)
        config = config_of(folder, counter, names, own, documents={"policies": dict(policies or {})})
        self.app = KitApp(config, dmp, self.clock, lambda: tuple(found))
        self.notices: list[Notice] = []
        self.app.subscribe(self.notices.append)
        self.patient, self.other_patient = counter.patients[:2]
        assert counter.operator.practitioner is not None
        self.who = Who(structure=counter.structure, operator=counter.operator, author=counter.operator.practitioner)
        self._saves = 0
        self._failures_seen = False

    # ------------------------------------------------------------ what the host does

    def save_document(
        self,
        type_id: str,
        content: Mapping[str, Any] | None = None,
        *,
        patient: Patient | None = None,
        key: str | None = None,
        record: str | None = None,
    ) -> OutboxItem:
        """`document/saved`: the item, after what followed at once. `content` None: the example of the type."""
        self._saves += 1
        content = self._example(type_id) if content is None else dict(content)
        key = key or f"save-{self._saves}"
        saved = SavedDocument(
            key=key, record=record or key, type_id=type_id, patient=patient or self.patient, content=content
        )
        return self._settled(self.app.intake.save(saved, self.who))

    def host_event(self, name: str, payload: Mapping[str, Any], *, key: str | None = None) -> tuple[OutboxItem, ...]:
        """`host/event`: the items that the adapter made of it, or the item of the message where it made none."""
        self._saves += 1
        before = {item.id for item in self.outbox}
        item = self._settled(self.app.intake.host_event(name, payload, key or f"event-{self._saves}", self.who))
        made = tuple(one for one in self.outbox if one.id not in before and one.type_id != RAW_EVENT)
        return made or (() if item.state is State.TRANSLATED else (item,))

    def open_patient(self, patient: Patient | None = None) -> None:
        """`patient/opened`."""
        self.patient = patient or self.patient
        self.app.intake.patient_updated(self.patient, self.who)
        self.app.consult.opened(self.patient, self.who)
        self.step()

    def close_patient(self) -> None:
        """`patient/closed`."""
        self.app.consult.closed(self.patient.host_id)

    def list_record(self) -> tuple[Row, ...]:
        """`dmp/list`, the whole history: the rows of the patient's record."""
        return tuple(self.app.consult.entries(self.patient, self.who, since="all"))

    def read_document(self, unique_id: str) -> bytes:
        """`dmp/fetch`: a document that `list_record` gave."""
        return self.app.consult.fetch(self.patient, self.who, unique_id).content

    def confirm(
        self, item: OutboxItem | None = None, *, title: str | None = None, visibility: Visibility | None = None
    ) -> OutboxItem:
        """*Envoyer*: the item, or the newest that waits for it, and what follows."""
        chosen = item or self._waiting()
        return self._settled(self.app.delivery.confirm(chosen.id, self.who, title=title, visibility=visibility))

    def cancel(self, item: OutboxItem | None = None) -> OutboxItem:
        """*Ne pas envoyer*."""
        return self.app.delivery.cancel((item or self._waiting()).id, self.who)

    def insert_vitale(self, *people: CardPerson) -> None:
        """A carte Vitale came, with these people; nobody named: the patient of the rig."""
        self.app.announcer.card_changed("vitale", present=True, people=people or (card_person(self.patient),))

    def remove_vitale(self) -> None:
        self.app.announcer.card_changed("vitale", present=False)

    def insert_cps(self) -> None:
        self.app.announcer.card_changed("cps", present=True)

    def remove_cps(self) -> None:
        self.app.announcer.card_changed("cps", present=False)

    # ------------------------------------------------------------ time, and the DMP's moods

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass; what falls due meanwhile is done when it falls due."""
        end = self.clock.now() + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self.step()
        while (due := self.app.outbox.next_due()) is not None and due <= end:
            self.clock.advance(max(due - self.clock.now(), timedelta(0)))
            self.step()
        self.clock.advance(max(end - self.clock.now(), timedelta(0)))
        self.step()

    def step(self) -> None:
        """Do all that is due now."""
        for _ in range(_MOST_STEPS):
            due = self.app.delivery.step()
            if due is None or due > self.clock.now():
                return
        raise AssertionError("something falls due again and again without time passing")

    def dmp_fails(self, *specs: str) -> None:
        """From now on, as `dmp simulate --fault` takes them (`TD2.1:drop-after`); none: all is well again."""
        self.faults.set(specs)

    # ------------------------------------------------------------ what came of it

    @property
    def outbox(self) -> tuple[OutboxItem, ...]:
        """Every item, oldest first."""
        return tuple(sorted(self.app.outbox.in_states(frozenset(State)), key=lambda item: (item.accepted_at, item.key)))

    def item(self, key: str) -> OutboxItem:
        """The item of this save, as it is now. Raises NotFound."""
        found = self.app.outbox.by_key(self.who.structure.national_id, key)
        if found is None:
            raise NotFound("no save of this key")
        return found

    @property
    def sent_documents(self) -> tuple[SentDocument, ...]:
        """What the DMP holds of both patients, as it holds it, oldest first."""
        registry = self.simulator.registry
        numbers = [self.simulator.patients.number(one.ins.cx) for one in self._patients if one.ins]
        documents = [document for number in numbers if number is not None for document in registry.of_patient(number)]
        return tuple(
            SentDocument(
                one.unique_id,
                "".join(one.facets.plain(Xds.TYPE_CODE)),
                one.status.rpartition(":")[2].lower(),
                registry.content(one.unique_id),
            )
            for one in documents
            if not one.facets.is_signature
        )

    @property
    def messages(self) -> tuple[Message, ...]:
        """What plugins showed to the operator, oldest first."""
        shown = [notice for notice in self.notices if isinstance(notice, notices.MessageWanted)]
        return tuple(Message(one.plugin, one.text, one.level) for one in shown)

    @property
    def status_texts(self) -> tuple[str, ...]:
        """What plugins put in the place of the badge."""
        return tuple(notice.text for notice in self.notices if isinstance(notice, notices.StatusText))

    @property
    def badges(self) -> tuple[tuple[str, str], ...]:
        """uniqueId and text of each mark beside a listed document."""
        return tuple((one.unique_id, one.text) for one in self.notices if isinstance(one, notices.BadgeWanted))

    @property
    def suggestions(self) -> tuple[CardPerson, ...]:
        """The people of cards whom plugins suggested to open."""
        return tuple(notice.person for notice in self.notices if isinstance(notice, notices.PatientSuggested))

    @property
    def windows(self) -> tuple[str, ...]:
        """Items for which the feed window was asked."""
        return tuple(notice.item.id for notice in self.notices if isinstance(notice, notices.WindowWanted))

    @property
    def failures(self) -> tuple[str, ...]:
        """What went wrong in plugins so far: a hook that raised, gave something else, or was refused at its start."""
        self._failures_seen = True
        return self._failures()

    @property
    def unseen_failures(self) -> tuple[str, ...]:
        """As `failures`, where the test did not look at them: the fixture makes these its own failure."""
        return () if self._failures_seen else self._failures()

    def plugin(self, name: str) -> PluginState:
        """Where a plugin is, what its calls cost. Raises NotFound."""
        for state in self.app.plugins.report():
            if state.id == name:
                return state
        raise NotFound(f"no plugin {name[:40]}")

    @property
    def ui(self) -> Ui | None:
        """The host's menus and words, as the adapter gives them."""
        return self.app.plugins.ui()

    def policy(self, type_id: str) -> FeedPolicy:
        """How documents of this type leave."""
        return self.app.plugins.policy(type_id)

    def compose(
        self, type_id: str, content: Mapping[str, Any] | None = None, *, patient: Patient | None = None
    ) -> bytes:
        """The CDA of a content, made and checked as before it is sent, without the outbox.

        Raises ContentInvalid where the plugin refuses the content, DocumentInvalid, PluginError.
        """
        content = self._example(type_id) if content is None else content
        uuid, patient = self.app.ids.uuid, patient or self.patient
        wanted = DocumentWanted(
            item="item-1", type_id=type_id, content=json.dumps(content).encode(), patient=patient, who=self.who
        )
        body, _plugin = self.app.plugins.resolve(type_id, wanted)
        facts = Facts(
            self.app.plugins.type_of(type_id).type,
            patient,
            self.who,
            unique_id=oid_of(uuid()),
            set_id=oid_of(uuid()),
            version=1,
            effective_time=self.clock.now(),
        )
        document = frame.compose(facts, body)
        checks.require_valid(document)
        return document

    def close(self) -> None:
        """End it; its folder may be removed."""
        self.app.close()
        self.simulator.close()

    # ------------------------------------------------------------ within

    @property
    def _patients(self) -> tuple[Patient, ...]:
        return demo_counter().patients

    def _failures(self) -> tuple[str, ...]:
        told = self.app.plugins.report()
        return tuple(
            f"{state.id}: {state.reason or f'{state.failures} failures'}"
            for state in told
            if state.failures or (state.status in (Status.REFUSED, Status.QUARANTINED) and self._is_mine(state.id))
        )

    def _is_mine(self, plugin: str) -> bool:
        return plugin in self.app.config.plugins.enabled

    def _example(self, type_id: str) -> dict[str, Any]:
        example = self.app.plugins.type_of(type_id).type.example
        if example is None:
            raise NotFound(f"type {type_id[:60]} ships no example: give a content")
        return dict(example)

    def _waiting(self) -> OutboxItem:
        waiting = [
            item for item in self.outbox if item.state in (State.AWAITING_CONFIRMATION, State.HELD, State.COMPOSED)
        ]
        if not waiting:
            raise NotFound(f"nothing waits for a confirmation: {[str(item.state) for item in self.outbox]}")
        return waiting[-1]

    def _settled(self, item: OutboxItem) -> OutboxItem:
        self.step()
        return self.app.outbox.get(item.id)


def card_person(patient: Patient) -> CardPerson:
    """A patient as their carte Vitale names them."""
    traits = patient.traits
    return CardPerson(
        family=traits.birth_name,
        given=traits.first_birth_given_name,
        birth_date=traits.birth_date.strftime("%Y%m%d"),
        nir=patient.ins.value if patient.ins else None,
    )
