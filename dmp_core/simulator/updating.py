"""TD3.3: masking, visibility, archiving, deleting, by those who may (`dmp_protocol.md` 1.2), all of it or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from dmp_core.model.oids import Status, Xds
from dmp_core.simulator import checks, entry_rules
from dmp_core.simulator.faults import ACCESS_DENIED, fault
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.simulator.registry import KnownOfPatient, Registry
from dmp_core.simulator.rights import Transaction
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.stored import Document
from dmp_core.simulator.submission import SERVER_SLOTS, Entry, read_entry
from dmp_core.simulator.update import METADATA, UPDATE, Revision, StatusChange, Update, read_update
from dmp_core.simulator.value_sets import HIDDEN_FROM_REPRESENTATIVES, MASKED, RESTRICTIONS
from dmp_core.simulator.view import Seer
from dmp_core.xml import Element

VERSION: Final = "XDSMetadataVersionError"
OPERATION: Final = "XDSMetadataUpdateOperationError"

_TRANSITIONS: Final = frozenset(
    {
        (Status.APPROVED, Status.ARCHIVED),
        (Status.ARCHIVED, Status.APPROVED),
        (Status.APPROVED, Status.DELETED),
        (Status.ARCHIVED, Status.DELETED),
    }
)


class Updating:
    """Checks and changes in one transaction."""

    def __init__(self, storage: Storage, policy: Policy, uuid: Callable[[], UUID]) -> None:
        self._storage = storage
        self._registry = Registry(storage)
        self._policy = policy
        self._uuid = uuid

    def transaction(self, body: Element) -> Transaction:
        """Which of the four an update is; TD3.3a where it cannot be read, or is none."""
        try:
            update = read_update(body)
        except Refused:
            return Transaction.TD33A
        if update.statuses:
            deletes = any(change.new == Status.DELETED for change in update.statuses)
            return Transaction.TD33C if deletes else Transaction.TD33D
        former = [(one, self._registry.by_lid(one.entry.lid)) for one in update.revisions]
        masks = any(known is None or MASKED in restrictions(one.entry) ^ _of(known) for one, known in former)
        return Transaction.TD33A if masks else Transaction.TD33B

    def apply(self, body: Element, seer: Seer, patient: int, at: datetime) -> None:
        """Make the changes: they are on disk when this returns. Raises Refused."""
        update = read_update(body)
        with self._storage.transaction():
            statuses = [(one, self._registry.entry(one.entry_uuid, patient)) for one in update.statuses]
            revisions = [(one, self._registry.by_lid(one.entry.lid)) for one in update.revisions]
            reasons = self._set_reasons(update, seer, patient)
            reasons += [reason for change, known in statuses for reason in _status_rules(change, known, seer)]
            reasons += [
                reason for one, known in revisions for reason in self._revision_rules(one, known, patient, seer)
            ]
            if reasons:
                raise Refused(*reasons)
            for _, known in statuses:
                _may_set_status(known, seer)
            for revision, known in revisions:
                _may_revise(revision.entry, known, seer)
            self._registry.update(
                update.submission,
                revised={revision.entry.id: known for revision, known in revisions if known},
                statuses={change.entry_uuid: change.new for change in update.statuses},
                patient=patient,
                uuid=self._uuid,
                at=at,
            )

    def _set_reasons(self, update: Update, seer: Seer, patient: int) -> list[Reason]:
        known = KnownOfPatient(self._registry, patient)
        found = checks.set_rules(update.submission, seer.vihf.patient or "", known, self._policy)
        own = entry_rules.METADATA
        reasons = [Reason(METADATA if one.code == own else one.code, one.text, one.location) for one in found]
        targets = Counter(one.entry_uuid for one in update.statuses) + Counter(
            one.entry.lid for one in update.revisions
        )
        if any(count > 1 for count in targets.values()):
            reasons.append(Reason(UPDATE, "une fiche est visée deux fois"))
        return reasons

    def _revision_rules(self, revision: Revision, known: Document | None, patient: int, seer: Seer) -> Iterator[Reason]:
        entry = revision.entry
        if known is None or known.patient != patient or not seer.sees(known):
            yield Reason(UPDATE, "la fiche visée n’existe pas (lid)", entry.id)
            return
        if known.status not in (Status.APPROVED, Status.ARCHIVED):
            yield Reason(UPDATE, "la fiche visée est périmée ou supprimée", entry.id)
        if revision.previous != known.version:
            yield Reason(VERSION, "PreviousVersion différent de la version enregistrée", entry.id)
        if known.facets.is_signature:
            yield Reason(OPERATION, "la signature d’un lot ne se modifie pas", entry.id)
        yield from self._confidentiality_rules(entry, known, seer)
        differing = _differences(read_entry(known.element()), entry)
        if entry.unique_id != known.unique_id or (differing and not self._policy.other_metadata_changes):
            yield Reason(UPDATE, f"seul confidentialityCode se modifie ; diffère : {', '.join(differing)}", entry.id)

    def _confidentiality_rules(self, entry: Entry, known: Document, seer: Seer) -> Iterator[Reason]:
        before, after = _of(known), restrictions(entry)
        rules = entry_rules.confidentiality(entry, cumulated=self._policy.cumulated_visibility)
        yield from (Reason(METADATA, rule, entry.id) for rule in rules)
        if before == after:
            yield Reason(UPDATE, "confidentialityCode inchangé", entry.id)
        if after - before - {MASKED} and not self._policy.hiding_after_feeding:
            yield Reason(OPERATION, "un document visible ne devient pas invisible (TD3.3b rend visible)", entry.id)
        if seer.vihf.secret_connection and HIDDEN_FROM_REPRESENTATIVES not in after:
            rule = f"EX_2.1-1050 : connexion secrète, {HIDDEN_FROM_REPRESENTATIVES} attendu"
            yield Reason(METADATA, rule, entry.id)


def restrictions(entry: Entry) -> frozenset[str]:
    """Whom the confidentiality codes of an entry hide it from."""
    return frozenset(code.code for code in entry.codes.get(Xds.CONFIDENTIALITY_CODE, ())) & RESTRICTIONS.keys()


def _of(document: Document) -> frozenset[str]:
    return document.facets.plain(Xds.CONFIDENTIALITY_CODE) & RESTRICTIONS.keys()


def _status_rules(change: StatusChange, known: Document | None, seer: Seer) -> Iterator[Reason]:
    if known is None or not seer.sees(known):
        yield Reason(UPDATE, "la fiche visée n’existe pas", change.entry_uuid)
    elif known.facets.is_signature:
        yield Reason(OPERATION, "la signature d’un lot ne se modifie pas", change.entry_uuid)
    elif change.original != known.status:
        yield Reason(UPDATE, "OriginalStatus différent du statut enregistré", change.entry_uuid)
    elif (change.original, change.new) not in _TRANSITIONS:
        yield Reason(OPERATION, "ce changement de statut n’existe pas", change.entry_uuid)


def _may_set_status(document: Document | None, seer: Seer) -> None:
    """One's own documents; a patient's own are the patient's, and the attending doctor's."""
    if document is None:
        return
    if document.facets.is_of_patient and not seer.is_attending_doctor:
        raise fault(ACCESS_DENIED, "Document déposé par le patient : réservé au patient et à son médecin traitant")
    if not document.facets.is_of_patient and not seer.wrote(document):
        raise fault(ACCESS_DENIED, "Seul l'auteur du document peut l'archiver ou le supprimer")


def _may_revise(entry: Entry, document: Document | None, seer: Seer) -> None:
    """Anybody masks and makes visible; only the author and the attending doctor unmask."""
    unmasks = document is not None and MASKED in _of(document) - restrictions(entry)
    if unmasks and document is not None and not (seer.wrote(document) or seer.is_attending_doctor):
        raise fault(ACCESS_DENIED, "Seul l'auteur du document peut le démasquer")


def _differences(stored: Entry, sent: Entry) -> list[str]:
    """Which metadata differ, confidentiality codes aside; what the server adds counts where it is sent back."""
    pairs = {
        "objectType": (stored.object_type, sent.object_type),
        "mimeType": (stored.mime_type, sent.mime_type),
        "uniqueId": (stored.unique_id, sent.unique_id),
        "patientId": (stored.patient_id, sent.patient_id),
        "title": (stored.title, sent.title),
        "comments": (stored.description, sent.description),
        "author": (Counter(stored.authors), Counter(sent.authors)),
    }
    differing = [name for name, (one, other) in pairs.items() if one != other]
    for name in sorted(stored.slots.keys() | sent.slots.keys()):
        optional = name in SERVER_SLOTS and name not in sent.slots
        if not optional and sorted(stored.slots.get(name, ())) != sorted(sent.slots.get(name, ())):
            differing.append(name)
    for scheme in sorted((stored.codes.keys() | sent.codes.keys()) - {Xds.CONFIDENTIALITY_CODE}):
        if _plain(stored, scheme) != _plain(sent, scheme):
            differing.append(Xds(scheme).name if scheme in list(Xds) else "Classification")
    return differing


def _plain(entry: Entry, scheme: str) -> list[tuple[str, str]]:
    return sorted((code.code, code.scheme) for code in entry.codes.get(scheme, ()))
