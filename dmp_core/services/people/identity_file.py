"""What is kept of a patient's identity between visits: the document seen, what INSi and the DMP said, a decision."""

from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Final

from pydantic import AwareDatetime, Field, ValidationError

from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.errors import OutboxUnreadable
from dmp_core.identity import traits as comparison
from dmp_core.identity.traits import Divergence
from dmp_core.model import ins_rules
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import CertifiedIdentity, IdentityDocument, IdentityStatus, Patient, Traits
from dmp_core.model.names import comparable
from dmp_core.ports import Clock, PatientFile

KIND: Final = "identity"


class Decision(HealthModel):
    """What somebody decided of a divergence; it counts for exactly the traits that it was taken on."""

    go_on: bool
    by: str
    at: AwareDatetime
    on: str = Field(repr=False, description="digest of both sides")


class KeptIdentity(HealthModel):
    """Each fact with a digest of the host's traits that it was established for: other traits, and it counts no more."""

    document: IdentityDocument | None = None
    document_for: tuple[str, ...] = Field(default=(), repr=False)
    certified: CertifiedIdentity | None = Field(default=None, repr=False)
    certified_for: tuple[str, ...] = Field(default=(), repr=False)
    refused: str = Field(default="", repr=False, description="INS and traits that do not go together, as INSi says")
    dmp: DmpTraits | None = Field(default=None, repr=False)
    decision: Decision | None = None

    def applied(self, patient: Patient) -> Patient:
        """The patient with the confidence that these facts give or take; as they came where a mark forbids it."""
        if self.refuses(patient):
            patient = ins_rules.after_refusal(patient)
        if patient.marks & ins_rules.FORBIDDING or patient.status is IdentityStatus.QUALIFIEE:
            return patient
        traits = digest(patient.traits)
        if self.document and traits in self.document_for:
            patient = ins_rules.after_document(patient, self.document)
        if self.certified and traits in self.certified_for:
            patient = ins_rules.after_insi(patient, self.certified)
        return patient

    def refuses(self, patient: Patient) -> bool:
        """True where INSi said that this INS is not that of these traits."""
        return bool(self.refused) and self.refused == claim(patient)

    def divergence(self, patient: Patient) -> Divergence | None:
        """Where the DMP contradicts the host, unless somebody decided that it is the same person."""
        if self.dmp is None:
            return None
        found = comparison.with_dmp(patient.traits, self.dmp)
        if found and self.decision and self.decision.go_on and self.decision.on == self.sides(patient):
            return None
        return found

    def sides(self, patient: Patient) -> str:
        """Digest of what a decision is taken on: the host's traits, the DMP's, and the INS that ties them."""
        theirs = self.dmp.model_dump_json() if self.dmp else ""
        return _digest(claim(patient), theirs)


class IdentityFiles:
    """The kept identities of the patients of one pharmacy."""

    def __init__(self, patients: PatientFile, structure: str, *, clock: Clock) -> None:
        self._patients = patients
        self._structure = structure
        self._clock = clock
        self._writing = Lock()

    def of(self, host_id: str) -> KeptIdentity:
        """Raises OutboxUnreadable."""
        kept = self._patients.read(self._structure, host_id, KIND)
        if kept is None:
            return KeptIdentity()
        try:
            return KeptIdentity.model_validate_json(kept)
        except ValidationError as error:
            raise OutboxUnreadable("an identity that this program does not know") from error

    def change(self, host_id: str, change: Callable[[KeptIdentity], KeptIdentity]) -> KeptIdentity:
        """Keep what `change` makes of it; it is on disk when this returns. Raises OutboxUnreadable, OutboxFull."""
        with self._writing:
            before = self.of(host_id)
            after = change(before)
            if after != before:
                value = after.model_dump_json().encode()
                self._patients.write(self._structure, host_id, KIND, value, now=self._clock.now())
            return after


def digest(traits: Traits) -> str:
    """The strict traits as one text that is equal for two spellings of the same names."""
    names = (traits.birth_name, traits.birth_given_names, traits.first_birth_given_name)
    place = traits.birth_place_code or ""
    return _digest(*map(comparable, names), traits.sex, traits.birth_date.isoformat(), place)


def claim(patient: Patient) -> str:
    """The traits and the INS that is said to be theirs, as one text."""
    return _digest(digest(patient.traits), patient.ins.cx if patient.ins else "")


def _digest(*values: str) -> str:
    return sha256("\x1f".join(values).encode()).hexdigest()
