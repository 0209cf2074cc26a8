"""From a saved record to a document ready for the DMP: the plugin's body, the core's header, checks, metadata."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from pydantic import Base64Bytes, Field

from dmp_core.api.content import read_content
from dmp_core.api.events import DocumentWanted
from dmp_core.dmp.td21_feed import pharmacy_submission
from dmp_core.documents import checks, frame, metadata, reading
from dmp_core.documents.facts import Facts
from dmp_core.documents.house_style import HOUSE, HouseStyle
from dmp_core.errors import EarlierOnItsWay, PatientMismatch
from dmp_core.model.document import DocumentMetadata, FeedPolicy, Submission, Visibility
from dmp_core.model.finding import Finding
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.item import Frozen, OutboxItem, State
from dmp_core.model.practitioner import Who
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import Clock, Ids, OutboxStore
from dmp_core.services.feed.form import FeedForm
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.people.secrecy import Secrecy

FINISHED_CDA: Final = "cda"
"""Type of an item whose content is a finished CDA: sent as it is, once checked."""

_ON_ITS_WAY: Final = frozenset({State.READY, State.SENDING, State.UNCERTAIN, State.HANDED})
_SUPERSEDED: Final = frozenset(
    {State.ACCEPTED, State.COMPOSED, State.AWAITING_CONFIRMATION, State.HELD, State.WAITING, State.REFUSED}
)


class FinishedCda(HealthModel):
    """Content of an item of type FINISHED_CDA."""

    cda: Base64Bytes = Field(repr=False)


class Prepared(HealthModel):
    """The identity and description of a composed document, as the outbox keeps them beside its bytes."""

    submission_set_id: str
    set_id: str
    version: int
    replaces: str | None = None
    document: DocumentMetadata

    @property
    def frozen(self) -> Frozen:
        """What no try may change once the item is ready."""
        return Frozen(
            unique_id=self.document.unique_id,
            submission_set_id=self.submission_set_id,
            set_id=self.set_id,
            version=self.version,
            hash=self.document.hash,
            size=self.document.size,
        )

    def submission(self, content: bytes, *, source_id: str, who: Who) -> Submission:
        """The submission of these bytes."""
        return pharmacy_submission(
            self.document, content, submission_set_id=self.submission_set_id, source_id=source_id, who=who
        )


@dataclass(frozen=True, slots=True)
class Composed:
    """A document as it would be sent now."""

    document: bytes = field(repr=False)
    prepared: Prepared
    visibility: Visibility
    plugin: str | None

    @property
    def metadata(self) -> bytes:
        return self.prepared.model_dump_json().encode()


def oid_of(uuid: UUID, root: str | None = None) -> str:
    """An OID nobody else has: `2.25.<uuid>` (ISO/IEC 9834-8), or under the vendor's own root."""
    return f"{root or '2.25'}.{uuid.int}"


class Composer:
    """Makes documents. The same item can be composed again at will until it is ready."""

    def __init__(
        self,
        outbox: OutboxStore,
        plugins: PluginHost,
        ins_policy: InsPolicy,
        secrecy: Secrecy,
        *,
        clock: Clock,
        ids: Ids,
        time_zone: str,
        oid_root: str | None,
        style: HouseStyle = HOUSE,
        check: Callable[[bytes], tuple[Finding, ...]] = checks.check,
    ) -> None:
        """`check`: what is wrong with a document; an error forbids sending it."""
        self._outbox = outbox
        self._plugins = plugins
        self._ins_policy = ins_policy
        self._secrecy = secrecy
        self._clock = clock
        self._ids = ids
        self._time_zone = time_zone
        self._oid_root = oid_root
        self._style = style
        self._check = check

    def policy(self, item: OutboxItem) -> FeedPolicy:
        """How the item leaves once it is composed; a finished CDA was chosen by somebody and leaves by itself."""
        return FeedPolicy.AUTOMATIC if item.type_id == FINISHED_CDA else self._plugins.policy(item.type_id)

    def superseded(self, item: OutboxItem) -> Sequence[OutboxItem]:
        """Earlier saves of the same record that did not leave yet: this one takes their place.

        Raises EarlierOnItsWay where one of them may be in the DMP already: then this one comes after it.
        """
        earlier = self._earlier(item)
        if any(_effective(one) in _ON_ITS_WAY or one.correcting for one in earlier):
            raise EarlierOnItsWay("an earlier save of this record is on its way")
        return [one for one in earlier if one.state in _SUPERSEDED]

    def is_unchanged(self, item: OutboxItem) -> bool:
        """True where the DMP already holds a document made of the same content of the same record."""
        sent = [one for one in self._earlier(item) if one.state is State.SENT and one.type_id == item.type_id]
        if not sent or sent[-1].withdrawn:
            return False
        return self._outbox.was_made_of(sent[-1], self._outbox.content(item.id))

    def compose(self, item: OutboxItem, *, title: str | None = None, visibility: Visibility | None = None) -> Composed:
        """The document of `item`; `title` and `visibility` are what an operator chose in place of the type's own.

        The type's own hides from the representatives of a minor who asked for it.
        Raises InsNotQualified, InsWrongEnvironment, PatientMismatch, DocumentInvalid, PdfRefused, PluginError.
        """
        ins = self._ins_policy.usable(item.patient)
        if item.type_id == FINISHED_CDA:
            return self._finished(item, ins, visibility or self.hiding(item, Visibility()))
        return self._from_plugin(item, title, visibility)

    def hiding(self, item: OutboxItem, visibility: Visibility) -> Visibility:
        """The visibility, with what a minor asked for. Raises OutboxUnreadable."""
        return self._secrecy.hiding(item.who.structure.national_id, item.patient, visibility)

    def frozen(self, item: OutboxItem) -> Frozen:
        """The identity of the document as it was composed last."""
        return Prepared.model_validate_json(self._outbox.metadata(item.id)).frozen

    def form(self, item: OutboxItem) -> FeedForm:
        """What the feed window shows of a composed item."""
        prepared = Prepared.model_validate_json(self._outbox.metadata(item.id))
        patient = _present(item.patient)
        traits = patient.traits
        return FeedForm(
            item=item.id,
            type_id=item.type_id,
            type_label=prepared.document.type_code.label,
            title=item.title,
            act_date=prepared.document.service_start_time,
            saved_at=item.accepted_at,
            patient_host_id=patient.host_id,
            patient_name=traits.usual_name,
            patient_birth_date=traits.birth_date.isoformat(),
            visibility=self.hiding(item, item.visibility),
            replaces_earlier=prepared.replaces is not None,
            patient_ins=patient.ins.value if patient.ins else None,
            patient_is_minor=self._secrecy.is_minor(patient),
        )

    def _from_plugin(self, item: OutboxItem, title: str | None, visibility: Visibility | None) -> Composed:
        patient = _present(item.patient)
        wanted = DocumentWanted(
            item=item.id,
            type_id=item.type_id,
            content=self._outbox.content(item.id),
            patient=patient,
            who=item.who,
        )
        kind = self._plugins.type_of(item.type_id).type
        body, plugin = self._plugins.resolve(item.type_id, wanted)
        if title is not None:
            body = body.model_copy(update={"title": title})
        before = self._version_before(item)
        facts = Facts(
            document_type=kind,
            patient=patient,
            who=item.who,
            unique_id=oid_of(self._ids.uuid(), self._oid_root),
            set_id=before.set_id if before else oid_of(self._ids.uuid(), self._oid_root),
            version=before.version + 1 if before else 1,
            effective_time=self._clock.now(),
            time_zone=self._time_zone,
            replaces=before.unique_id if before else None,
        )
        document = frame.compose(facts, body, self._style)
        checks.require_valid(document, self._check)
        chosen = visibility or self.hiding(item, kind.visibility)
        described = metadata.derive(document, kind, visibility=chosen, time_zone=self._time_zone)
        prepared = self._prepared(described, facts.set_id, facts.version, facts.replaces)
        return Composed(document, prepared, chosen, plugin)

    def _finished(self, item: OutboxItem, ins: Ins, visibility: Visibility) -> Composed:
        document = read_content(FinishedCda, self._outbox.content(item.id)).cda
        checks.require_valid(document, self._check)
        header = reading.read_header(document)
        if not header.is_of(ins):
            raise PatientMismatch("the INS in the document is not the one of the patient")
        described = metadata.derive(document, visibility=visibility, time_zone=self._time_zone)
        prepared = self._prepared(described, header.set_id or header.unique_id, max(header.version, 1), None)
        return Composed(document, prepared, visibility, None)

    def _prepared(self, described: DocumentMetadata, set_id: str, version: int, replaces: str | None) -> Prepared:
        return Prepared(
            submission_set_id=oid_of(self._ids.uuid(), self._oid_root),
            set_id=set_id,
            version=version,
            replaces=replaces,
            document=described,
        )

    def _earlier(self, item: OutboxItem) -> Sequence[OutboxItem]:
        """Saves of the same record that the host handed over before this one, oldest first."""
        saves = list(self._outbox.of_record(item.who.structure.national_id, item.record))
        ids = [one.id for one in saves]
        return saves[: ids.index(item.id)] if item.id in ids else saves

    def _version_before(self, item: OutboxItem) -> Frozen | None:
        """The version of this record that the DMP holds; None where it was withdrawn: the next one begins anew."""
        sent = [one for one in self._earlier(item) if one.state is State.SENT and one.frozen]
        return sent[-1].frozen if sent and not sent[-1].withdrawn else None


def _effective(item: OutboxItem) -> State:
    """Where an item stands, a wait left aside."""
    return item.resume if item.state is State.WAITING and item.resume else item.state


def _present(patient: Patient | None) -> Patient:
    assert patient is not None, "an INS was found: there is a patient"
    return patient
