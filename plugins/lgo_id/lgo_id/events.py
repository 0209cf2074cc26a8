"""What id. says, as messages `id-host/1`, turned into events of the core.

id.'s own formats are not public: this form is the project's, versioned so that another can stand beside it.
"""

import json
from collections.abc import Sequence
from typing import Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from dmp_core.api import (
    ConsultRecord,
    Context,
    Event,
    HealthModel,
    HostEvent,
    PatientClosed,
    PatientOpened,
    PatientUpdated,
    SavedDocument,
    hookimpl,
    read_content,
)
from lgo_id.patients import DossierPatient
from lgo_id.records import CompteRendu, Vaccination


class IdHost1(HealthModel):
    """Root of the messages."""

    format: Literal["id-host/1"]

    def events(self) -> tuple[Event, ...]:
        """What the message means."""
        raise NotImplementedError


class PatientOuvert(IdHost1):
    """`patient.ouvert`: the patient's file is shown."""

    patient: DossierPatient

    def events(self) -> tuple[PatientOpened]:
        return (PatientOpened(patient=self.patient.patient()),)


class PatientModifie(IdHost1):
    """`patient.modifie`: the patient's file was changed."""

    patient: DossierPatient

    def events(self) -> tuple[PatientUpdated]:
        return (PatientUpdated(patient=self.patient.patient()),)


class PatientFerme(IdHost1):
    """`patient.ferme`: `reference` is the number of the file that was left."""

    reference: str = Field(min_length=1, max_length=100, repr=False)

    def events(self) -> tuple[PatientClosed]:
        return (PatientClosed(host_id=self.reference),)


class Enregistrement(IdHost1):
    """What every saved record says: `enregistrement` names it, `sauvegarde` names this save of it."""

    enregistrement: str = Field(min_length=1, max_length=200)
    sauvegarde: str = Field(min_length=1, max_length=200)
    patient: DossierPatient

    def _saved(self, type_id: str, record: Vaccination | CompteRendu, place: int | None = None) -> SavedDocument:
        """`place` counts the documents of one save; the first is of the same record as one that was saved alone."""
        return SavedDocument(
            key=f"{self.sauvegarde}/{place}" if place else self.sauvegarde,
            record=f"{self.enregistrement}/{place}" if place and place > 1 else self.enregistrement,
            type_id=type_id,
            patient=self.patient.patient(),
            content=record.content(),
        )


class VaccinationEnregistree(Enregistrement):
    """`vaccination.enregistree`: one injection, or several of the same visit, each a note of its own."""

    vaccination: Vaccination | None = None
    vaccinations: tuple[Vaccination, ...] | None = Field(default=None, max_length=20, validate_default=True)

    @field_validator("vaccinations")
    @classmethod
    def _one_or_several(cls, value: tuple[Vaccination, ...] | None, info: ValidationInfo) -> Any:
        if "vaccination" in info.data and (info.data["vaccination"] is None) == (not value):
            raise ValueError("Transmettez soit vaccination, soit vaccinations.")
        return value

    def events(self) -> tuple[SavedDocument, ...]:
        if self.vaccination:
            return (self._saved("note-vaccination", self.vaccination),)
        several = enumerate(self.vaccinations or (), 1)
        return tuple(self._saved("note-vaccination", one, place) for place, one in several)


class EntretienEnregistre(Enregistrement):
    """`entretien.enregistre`: an *entretien pharmaceutique*."""

    entretien: CompteRendu

    def events(self) -> tuple[SavedDocument]:
        return (self._saved("entretien-pharmaceutique", self.entretien),)


class BilanEnregistre(Enregistrement):
    """`bilan.enregistre`: a *bilan partagé de médication*."""

    bilan: CompteRendu

    def events(self) -> tuple[SavedDocument]:
        return (self._saved("bilan-medication", self.bilan),)


MESSAGES: Final[dict[str, type[IdHost1]]] = {
    "patient.ouvert": PatientOuvert,
    "patient.modifie": PatientModifie,
    "patient.ferme": PatientFerme,
    "vaccination.enregistree": VaccinationEnregistree,
    "entretien.enregistre": EntretienEnregistre,
    "bilan.enregistre": BilanEnregistre,
}


@hookimpl
def resolve_host_event(event: HostEvent, ctx: Context) -> Sequence[Event] | None:  # noqa: ARG001 - every hook takes both
    """The events that a message means; None for one of another name. Raises ContentInvalid naming the fields."""
    message = MESSAGES.get(event.name)
    if message is None:
        return None
    return read_content(message, json.dumps(event.payload).encode()).events()


@hookimpl
def on_patient_opened(event: PatientOpened, ctx: Context) -> Sequence[ConsultRecord]:  # noqa: ARG001 - every hook takes both
    """In id. the patient's file shows whether there is a record: ask the DMP for it."""
    return (ConsultRecord(),)
