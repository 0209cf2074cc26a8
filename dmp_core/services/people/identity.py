"""Qualifies the identity of an open patient: INSi, a document seen, a scan; and stops where two sources disagree.

What makes an identity *récupérée* or *qualifiée* stands in `model/ins_rules.py`. What asks INSi waits for the network:
never on the host's thread.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.documents.datamatrix import read_ins_text
from dmp_core.errors import InsInvalid, InsNotQualified, WrongState
from dmp_core.identity import traits as comparison
from dmp_core.identity.insi_query import InsiCode
from dmp_core.identity.traits import Divergence, Source
from dmp_core.model import ins_rules
from dmp_core.model.identity import (
    CertifiedIdentity,
    IdentityDocument,
    IdentityDocumentKind,
    IdentityStatus,
    Ins,
    Patient,
    Traits,
)
from dmp_core.model.item import OutboxItem
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Audit, Clock
from dmp_core.services import notices
from dmp_core.services.people import rights
from dmp_core.services.people.identity_file import Decision, IdentityFiles, KeptIdentity, claim, digest
from dmp_core.services.people.insi import InsiDesk
from dmp_core.services.people.session import Session

_WITHOUT_INSI = frozenset({IdentityStatus.PROVISOIRE, IdentityStatus.VALIDEE})


@dataclass(frozen=True, slots=True)
class IdentityKnown:
    """What became of a patient's identity. `certified`: what the other source says, for somebody to compare."""

    patient: Patient = field(repr=False)
    code: InsiCode | None = None
    divergence: Divergence | None = None
    certified: CertifiedIdentity | None = field(default=None, repr=False)
    resumed: Sequence[OutboxItem] = ()


class Identities:
    """The identities of the patients at the counter. Whoever may feed or read may qualify them."""

    def __init__(
        self,
        files: IdentityFiles,
        insi: InsiDesk,
        session: Session,
        audit: Audit,
        *,
        clock: Clock,
        resume: Callable[[Patient, Who], Sequence[OutboxItem]],
        tell: Callable[[notices.Notice], None],
    ) -> None:
        """`resume` lets what waited for an identity go on with this one."""
        self._files = files
        self._insi = insi
        self._session = session
        self._audit = audit
        self._clock = clock
        self._resume = resume
        self._tell = tell

    # ------------------------------------------------------------ what is known already

    def known(self, patient: Patient) -> Patient:
        """The patient of the host, with what was established here for the same traits at an earlier visit.

        A mark that forbids it destroys what was established (EXI ID 26). Raises OutboxUnreadable, OutboxFull.
        """
        if patient.marks & ins_rules.FORBIDDING:
            self._files.change(patient.host_id, lambda _kept: KeptIdentity())
            return patient
        return self._files.of(patient.host_id).applied(patient)

    def recalled(self, patient: Patient) -> Patient:
        """As `known`; the host is told where it knew less."""
        after = self.known(patient)
        if after != patient:
            self._tell(notices.IdentityChanged(after))
        return after

    def opened(self, patient: Patient, who: Who | None) -> IdentityKnown | None:
        """INSi asked behind the host for a patient who was opened without its answer; None: there is nothing to ask.

        Raises as `search`.
        """
        marked = patient.marks & ins_rules.FORBIDDING
        if who is None or not self._insi.on_opening or marked or patient.status not in _WITHOUT_INSI:
            return None
        return self.search(patient.host_id, who) if who.operator.rights & {Right.READ, Right.FEED} else None

    def kept(self, host_id: str, who: Who | None) -> tuple[KeptIdentity, Divergence | None]:
        """What is kept of an open patient's identity, and where the DMP contradicts it. Raises as `document_seen`."""
        _require(who)
        kept = self._files.of(host_id)
        return kept, kept.divergence(self._patient(host_id))

    # ------------------------------------------------------------ what the counter asks

    def search(self, host_id: str, who: Who | None) -> IdentityKnown:
        """INSi asked with the patient's traits. Where it contradicts them it is told, and nothing changes.

        Raises RightMissing, ProfessionalMissing, NotFound, ConfigInvalid, IdentityMarked, TraitRefused, InsiRefusal,
        TransportError, AnswerError.
        """
        who, patient = _require(who), self._patient(host_id)
        answer = self._insi.search(patient, who)
        if answer.identity is None:
            return IdentityKnown(patient, answer.code)
        if divergence := comparison.with_insi(patient.traits, answer.identity):
            return self._stopped(patient, divergence, answer.identity)
        return self._certify(patient, answer.identity, who)

    def verify(self, host_id: str, who: Who | None) -> IdentityKnown:
        """INSi asked whether the patient's INS and traits go together; an INS that does not is taken away.

        Raises as `search`, and InsInvalid where there is no INS.
        """
        who, patient = _require(who), self._patient(host_id)
        if patient.ins is None:
            raise InsInvalid("verification: no INS")
        return self._verify(patient, _certified(patient.traits, patient.ins), who)

    def document_seen(self, host_id: str, kind: IdentityDocumentKind, who: Who | None) -> IdentityKnown:
        """Somebody found the patient's traits in an identity document: kept, with its kind, by whom and when.

        Raises RightMissing, ProfessionalMissing, NotFound, IdentityMarked, IdentityDocumentRefused, AuditUnavailable.
        """
        who, patient = _require(who), self._patient(host_id)
        seen = IdentityDocument(kind=kind, seen_by=who.operator.id, seen_at=self._clock.now())
        after = ins_rules.after_document(patient, seen)
        self._note("identity.document_seen", host_id, who, reason=kind.name.lower())
        facts = {"document": seen, "document_for": (digest(patient.traits),)}
        self._files.change(host_id, lambda kept: kept.model_copy(update=facts))
        return self._adopt(after, who)

    def scanned(self, host_id: str, datamatrix: bytes, who: Who | None) -> IdentityKnown:
        """What an INS datamatrix says of the open patient: its INS is verified with INSi, for it qualifies nobody.

        Where it contradicts the patient's file that is told, and INSi is not asked. Raises as `verify`.
        """
        who, patient = _require(who), self._patient(host_id)
        ins_rules.require_unmarked(patient)
        text = _read(datamatrix)
        if divergence := comparison.with_datamatrix(patient, text):
            return self._stopped(patient, divergence, text)
        return self._verify(patient, text, who)

    def card_read(self, host_id: str, card: Traits, who: Who | None) -> IdentityKnown:
        """What a carte Vitale says of the open patient: INSi is asked; a NIR on a card may be the insured's, no INS.

        Where it contradicts the patient's file that is told, and INSi is not asked. Raises as `search`.
        """
        _require(who)
        patient = self._patient(host_id)
        if divergence := comparison.with_vitale(patient.traits, card):
            return self._stopped(patient, divergence)
        return self.search(host_id, who)

    # ------------------------------------------------------------ where two sources disagree

    def compare(self, ins: Ins, theirs: DmpTraits, who: Who) -> None:
        """Keep the traits that TD0.2 returned for an open patient. Raises TraitsDiverge: it stops here."""
        for patient in self._session.with_ins(ins):
            kept = self._files.change(patient.host_id, lambda before: before.model_copy(update={"dmp": theirs}))
            if found := kept.divergence(patient):
                self._note("identity.diverges", patient.host_id, who, reason=str(found.source))
                self._stopped(patient, found)
                raise found.refusal()

    def require_usable(self, patient: Patient) -> None:
        """Raises TraitsDiverge where the DMP knows the patient otherwise and nobody decided to go on.

        Also InsNotQualified where INSi said that the INS is another person's.
        """
        kept = self._files.of(patient.host_id)
        if kept.refuses(patient):
            raise InsNotQualified("INSi: INS and traits do not go together")
        if found := kept.divergence(patient):
            raise found.refusal()

    def decide(self, host_id: str, source: Source, who: Who | None, *, go_on: bool) -> IdentityKnown:
        """Somebody compared both sides. `go_on`: INSi's traits are adopted, or the DMP's are those of the same person.

        Else it stays stopped. The audit tells who decided. Raises WrongState where nothing diverges, and as `search`.
        """
        who, patient = _require(who), self._patient(host_id)
        kept = self._files.of(host_id)
        certified = self._insi.search(patient, who).identity if source is Source.INSI else None
        found = _divergence(patient, kept, certified)
        if found is None or found.source is not source:
            raise WrongState("nothing diverges there")
        self._note("identity.decided", host_id, who, reason=str(source), state="go_on" if go_on else "stop")
        if certified is None:
            decision = Decision(go_on=go_on, by=who.operator.id, at=self._clock.now(), on=kept.sides(patient))
            self._files.change(host_id, lambda before: before.model_copy(update={"decision": decision}))
        if not go_on:
            return IdentityKnown(patient, divergence=found, certified=certified)
        if certified is not None:
            return self._certify(patient, certified, who)
        return IdentityKnown(patient, resumed=self._resume(patient, who))

    # ------------------------------------------------------------ parts

    def _patient(self, host_id: str) -> Patient:
        return self.known(self._session.patient(host_id))

    def _verify(self, patient: Patient, certified: CertifiedIdentity, who: Who) -> IdentityKnown:
        traits = ins_rules.certified_traits(patient.traits, certified)
        claimed = patient.model_copy(update={"traits": traits, "ins": certified.ins})
        if self._insi.verify(claimed, who):
            return self._certify(patient, certified, who)
        if patient.ins != certified.ins:
            return IdentityKnown(patient, InsiCode.NOT_FOUND)
        refusal = {"certified": None, "refused": claim(patient)}
        self._files.change(patient.host_id, lambda kept: kept.model_copy(update=refusal))
        return self._adopt(ins_rules.after_refusal(patient), who, InsiCode.NOT_FOUND)

    def _certify(self, patient: Patient, certified: CertifiedIdentity, who: Who) -> IdentityKnown:
        after = ins_rules.after_insi(patient, certified)
        traits = (digest(patient.traits), digest(after.traits))
        facts = {"certified": certified, "certified_for": traits, "refused": ""}

        def keep(kept: KeptIdentity) -> KeptIdentity:
            still_seen = after.document is not None and kept.document == after.document
            moved = {"document_for": (*kept.document_for, *traits)} if still_seen else {}
            return kept.model_copy(update=facts | moved)

        self._files.change(patient.host_id, keep)
        return self._adopt(after, who, InsiCode.FOUND)

    def _adopt(self, patient: Patient, who: Who, code: InsiCode | None = None) -> IdentityKnown:
        """The counter works with this identity from now on; the host is told, so that it keeps it."""
        self._session.changed(patient)
        self._tell(notices.IdentityChanged(patient))
        return IdentityKnown(patient, code, resumed=self._resume(patient, who))

    def _stopped(
        self, patient: Patient, divergence: Divergence, certified: CertifiedIdentity | None = None
    ) -> IdentityKnown:
        self._tell(notices.IdentityDiverges(patient.host_id, str(divergence.source), divergence.fields))
        return IdentityKnown(patient, divergence=divergence, certified=certified)

    def _note(self, action: str, host_id: str, who: Who, *, reason: str, state: str | None = None) -> None:
        self._audit.record(
            action,
            patient=host_id,
            structure=who.structure.national_id,
            operator=who.operator.id,
            reason=reason,
            state=state,
        )


def _require(who: Who | None) -> Who:
    return rights.require_any(who, Right.READ, Right.FEED)


def _divergence(patient: Patient, kept: KeptIdentity, certified: CertifiedIdentity | None) -> Divergence | None:
    """What a decision is about, whether or not one was taken before."""
    if certified is not None:
        return comparison.with_insi(patient.traits, certified)
    return comparison.with_dmp(patient.traits, kept.dmp) if kept.dmp else None


def _read(datamatrix: bytes) -> CertifiedIdentity:
    text = read_ins_text(datamatrix)
    return CertifiedIdentity(
        ins=text.ins,
        birth_name=text.birth_name,
        birth_given_names=text.birth_given_names,
        sex=text.sex,
        birth_date=text.birth_date,
        birth_date_text=text.birth_date.isoformat(),
        birth_place_code=text.birth_place_code,
    )


def _certified(traits: Traits, ins: Ins) -> CertifiedIdentity:
    """The host's traits as INSi would give them, to verify."""
    return CertifiedIdentity(
        ins=ins,
        birth_name=traits.birth_name,
        birth_given_names=traits.birth_given_names,
        first_birth_given_name=traits.first_birth_given_name,
        sex=traits.sex,
        birth_date=traits.birth_date,
        birth_date_text=traits.birth_date.isoformat(),
        birth_place_code=traits.birth_place_code,
    )
