"""Messages about who the patient is: INSi, a document seen, a scan, and what is decided where sources differ."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.identity.insi_query import InsiCode
from dmp_core.identity.traits import Divergence, Source
from dmp_core.model.identity import CertifiedIdentity, IdentityDocument, IdentityDocumentKind, Patient, Traits
from dmp_core.services.people.identity import IdentityKnown
from hostbridge.protocol.messages import HostId, Message, PatientReference

Datamatrix = Annotated[str, StringConstraints(min_length=26, max_length=600)]


class DocumentSeen(PatientReference):
    """`identity/documentSeen`: the operator found the patient's traits in a document of this kind, now."""

    kind: IdentityDocumentKind


class ScanIdentity(PatientReference):
    """`identity/scan`: the text of an INS datamatrix as the scanner gave it (GS: U+001D), or the traits of a Vitale."""

    datamatrix: Datamatrix | None = Field(default=None, repr=False)
    vitale: Traits | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.datamatrix is None) is (self.vitale is None):
            raise ValueError("datamatrix or vitale, one of both")
        return self


class DecideIdentity(PatientReference):
    """`identity/decide`: the operator compared both sides. `go_on`: it is the same person.

    `insi`: the patient takes the traits of INSi. `dmp`: reading and feeding go on with those of the host.
    """

    source: Literal[Source.INSI, Source.DMP]
    go_on: bool


class TraitsDiverging(Message):
    """Names of the traits of the host's file that `source` contradicts."""

    source: Source
    fields: tuple[str, ...]

    @classmethod
    def of(cls, divergence: Divergence | None) -> Self | None:
        return None if divergence is None else cls(source=divergence.source, fields=divergence.fields)


class IdentityView(Message):
    """Result of `identity/verify`, `search`, `documentSeen`, `scan` and `decide`: the patient as known now.

    `code`: what INSi answered (00 found, 01 not found, 02 several), None where it was not asked. With a `divergence`
    nothing was changed; `certified` is what the other source says.
    """

    patient: Patient = Field(repr=False)
    code: InsiCode | None
    divergence: TraitsDiverging | None
    certified: CertifiedIdentity | None = Field(repr=False)
    resumed: tuple[str, ...] = Field(description="items that waited for this identity and go on")

    @classmethod
    def of(cls, known: IdentityKnown) -> Self:
        return cls(
            patient=known.patient,
            code=known.code,
            divergence=TraitsDiverging.of(known.divergence),
            certified=known.certified,
            resumed=tuple(item.id for item in known.resumed),
        )


class IdentityKept(Message):
    """Result of `identity/show`: what is kept between visits, and the traits of the DMP where they diverge."""

    document: IdentityDocument | None
    certified: CertifiedIdentity | None = Field(repr=False)
    divergence: TraitsDiverging | None
    dmp: DmpTraits | None = Field(repr=False)
    patient: Patient | None = Field(default=None, repr=False, description="as known now")
    insi: bool = Field(default=True, description="the configuration has a way to INSi")


class IdentityNotice(Message):
    """`identity/changed`: more, or less, is known of an open patient; the host keeps it in its file."""

    patient: Patient = Field(repr=False)


class DivergenceNotice(Message):
    """`identity/diverges`: reading and feeding stop for this patient until `identity/decide`, or corrected traits."""

    host_id: HostId = Field(repr=False)
    source: Source
    fields: tuple[str, ...]
