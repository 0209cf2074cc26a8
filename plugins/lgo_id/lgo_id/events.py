"""What id. says, as messages `id-host/1`, turned into events of the core.

id.'s own formats are not public: this form is the project's, versioned so that another can stand beside it.
"""

import json
from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field

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

    def event(self) -> Event:
        """What the message means."""
        raise NotImplementedError


class PatientOuvert(IdHost1):
    """`patient.ouvert`: the patient's file is shown."""

    patient: DossierPatient

    def event(self) -> PatientOpened:
        return PatientOpened(patient=self.patient.patient())


class PatientModifie(IdHost1):
    """`patient.modifie`: the patient's file was changed."""

    patient: DossierPatient

    def event(self) -> PatientUpdated:
        return PatientUpdated(patient=self.patient.patient())


class PatientFerme(IdHost1):
    """`patient.ferme`: `reference` is the number of the file that was left."""

    reference: str = Field(min_length=1, max_length=100, repr=False)

    def event(self) -> PatientClosed:
        return PatientClosed(host_id=self.reference)


class Enregistrement(IdHost1):
    """What every saved record says: `enregistrement` names it, `sauvegarde` names this save of it."""

    enregistrement: str = Field(min_length=1, max_length=200)
    sauvegarde: str = Field(min_length=1, max_length=200)
    patient: DossierPatient

    def _saved(self, type_id: str, record: Vaccination | CompteRendu) -> SavedDocument:
        return SavedDocument(
            key=self.sauvegarde,
            record=self.enregistrement,
            type_id=type_id,
            patient=self.patient.patient(),
            content=record.content(),
        )


class VaccinationEnregistree(Enregistrement):
    """`vaccination.enregistree`."""

    vaccination: Vaccination

    def event(self) -> SavedDocument:
        return self._saved("note-vaccination", self.vaccination)


class EntretienEnregistre(Enregistrement):
    """`entretien.enregistre`: an *entretien pharmaceutique*."""

    entretien: CompteRendu

    def event(self) -> SavedDocument:
        return self._saved("entretien-pharmaceutique", self.entretien)


class BilanEnregistre(Enregistrement):
    """`bilan.enregistre`: a *bilan partagé de médication*."""

    bilan: CompteRendu

    def event(self) -> SavedDocument:
        return self._saved("bilan-medication", self.bilan)


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
    """The event that one message means; None for a message of another name. Raises ContentInvalid naming the fields."""
    message = MESSAGES.get(event.name)
    if message is None:
        return None
    return (read_content(message, json.dumps(event.payload).encode()).event(),)


@hookimpl
def on_patient_opened(event: PatientOpened, ctx: Context) -> Sequence[ConsultRecord]:  # noqa: ARG001 - every hook takes both
    """In id. the patient's file shows whether there is a record: ask the DMP for it."""
    return (ConsultRecord(),)
