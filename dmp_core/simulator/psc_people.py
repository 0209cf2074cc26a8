"""Who can log in to the simulated Pro Santé Connect: professionals, as its userinfo describes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dmp_core.model.oids import PROFESSION, SECTOR
from dmp_core.model.practitioner import Practitioner, Structure

_LEVEL: Final = "APPPRIP3^1.2.250.1.213.1.5.1.1.1"
_LOCAL: Final = "1.2.250.1.213.1.3.1.1"
_ELSEWHERE: Final = Structure(national_id="1990000002", name="PHARMACIE DE LA GARE")


@dataclass(frozen=True, slots=True)
class Person:
    """A professional, and the exercises that the directory knows: section (TRE_G05) and place."""

    practitioner: Practitioner
    exercises: Sequence[tuple[str | None, Structure]] = field(repr=False)

    @property
    def id(self) -> str:
        return self.practitioner.national_id

    @property
    def subject(self) -> str:
        return f"f:simulateur:{self.id}"

    @property
    def name(self) -> str:
        return f"{self.practitioner.given} {self.practitioner.family}"


def people_of(practitioner: Practitioner, structure: Structure) -> tuple[Person, ...]:
    """The one who works at the counter; a replacement of several pharmacies and sections; a preparer."""
    replacement = Practitioner(
        national_id="899700000002", family="REMPLACANT", given="ALIX", profession="21", section="D", civility="M"
    )
    preparer = Practitioner(national_id="899700000003", family="PREPARATEUR", given="NOA", profession="39")
    return (
        Person(practitioner, ((practitioner.section, structure),)),
        Person(replacement, (("D", _ELSEWHERE), ("DA", _ELSEWHERE))),
        Person(preparer, ((None, structure),)),
    )


def userinfo(person: Person) -> dict[str, Any]:
    """The claims, under the names that Pro Santé Connect gives them; "" where nothing is known."""
    one = person.practitioner
    first = person.exercises[0][1]
    return {
        "sub": person.subject,
        "preferred_username": person.id,
        "given_name": one.given,
        "family_name": one.family,
        "email_verified": False,
        "SubjectNameID": person.id,
        "SubjectRole": [f"{one.profession}^{PROFESSION}"],
        "SubjectOrganization": first.name,
        "SubjectOrganizationID": first.national_id,
        "Secteur_Activite": f"{first.sector}^{SECTOR}",
        "Palier_Authentification": _LEVEL,
        "PSI_Locale": _LOCAL,
        "Mode_Acces_Raison": "",
        "Acces_Regulation_Medicale": "FAUX",
        "UITVersion": "1.0",
        "SubjectRefPro": {
            "codeCivilite": one.civility or "",
            "exercices": [
                {
                    "codeProfession": one.profession,
                    "codeCategorieProfessionnelle": "C",
                    "codeCiviliteDexercice": one.title or "",
                    "nomDexercice": one.family,
                    "prenomDexercice": one.given,
                    "codeTypeSavoirFaire": "",
                    "codeSavoirFaire": "",
                    "activities": [_activity(section, place) for section, place in person.exercises],
                }
            ],
        },
    }


def _activity(section: str | None, place: Structure) -> Mapping[str, str]:
    number = place.national_id
    return {
        "codeModeExercice": "L",
        "codeSecteurDactivite": place.sector,
        "codeSectionPharmacien": section or "",
        "codeRole": "",
        "numeroSiretSite": number[1:] if number.startswith("3") else "",
        "numeroSirenSite": "",
        "numeroFinessSite": number[1:] if number.startswith("1") else "",
        "numeroFinessetablissementJuridique": "",
        "identifiantTechniqueDeLaStructure": f"R{number}",
        "raisonSocialeSite": place.name,
        "codeDepartement": "",
        "ancienIdentifiantDeLaStructure": number,
        "autoriteDenregistrement": "CNOP/CNOP",
    }
