"""A patient as the messages `id-host/1` write one, turned into the patient that the core knows.

The texts of the errors are French because a pharmacist may read them; they never hold a value.
"""

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from dmp_core.api import HealthModel, IdentityMark, IdentityStatus, Ins, InsOid, Patient, Sex, Traits

Nom = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
_REGISTRES: Final = {
    "NIR": InsOid.NIR,
    "NIA": InsOid.NIA,
    "NIR-TEST": InsOid.NIR_TEST,
    "NIR-DEMO": InsOid.NIR_DEMO,
}
_SEXES: Final = {"F": Sex.FEMALE, "M": Sex.MALE, "I": Sex.UNKNOWN}


class MatriculeIns(HealthModel):
    """`matricule`: 15 characters; `registre`: which register it belongs to."""

    matricule: str = Field(repr=False)
    registre: Literal["NIR", "NIA", "NIR-TEST", "NIR-DEMO"]

    @model_validator(mode="after")
    def _is_an_ins(self) -> Self:
        try:
            self.ins()
        except ValidationError:
            raise ValueError("Le matricule INS est mal formé ou sa clé est fausse.") from None
        return self

    def ins(self) -> Ins:
        return Ins(value=self.matricule, oid=_REGISTRES[self.registre])


class DossierPatient(HealthModel):
    """The patient's file. `reference` is id.'s own number of it; `prenoms_naissance` all of them, by spaces."""

    reference: str = Field(min_length=1, max_length=100, repr=False)
    nom_naissance: Nom = Field(repr=False)
    prenoms_naissance: Nom = Field(repr=False)
    premier_prenom_naissance: Nom = Field(repr=False)
    nom_utilise: Nom | None = Field(default=None, repr=False)
    prenom_utilise: Nom | None = Field(default=None, repr=False)
    sexe: Literal["F", "M", "I"] = Field(repr=False)
    date_naissance: date = Field(repr=False)
    lieu_naissance_code: Annotated[str, StringConstraints(pattern=r"^[0-9][0-9AB][0-9]{3}$")] | None = Field(
        default=None, repr=False
    )
    lieu_naissance: Nom | None = Field(default=None, repr=False)
    ins: MatriculeIns | None = Field(default=None, repr=False)
    statut_identite: IdentityStatus = IdentityStatus.PROVISOIRE
    attributs: frozenset[IdentityMark] = frozenset()

    @model_validator(mode="after")
    def _is_a_patient(self) -> Self:
        try:
            self.patient()
        except ValidationError:
            raise ValueError("Le premier prénom de naissance doit commencer la liste des prénoms.") from None
        return self

    def patient(self) -> Patient:
        return Patient(
            host_id=self.reference,
            traits=Traits(
                birth_name=self.nom_naissance,
                birth_given_names=self.prenoms_naissance,
                first_birth_given_name=self.premier_prenom_naissance,
                used_name=self.nom_utilise,
                used_given_name=self.prenom_utilise,
                sex=_SEXES[self.sexe],
                birth_date=self.date_naissance,
                birth_place_code=self.lieu_naissance_code,
                birth_place_name=self.lieu_naissance,
            ),
            ins=self.ins.ins() if self.ins else None,
            status=self.statut_identite,
            marks=self.attributs,
        )
