"""Claims as Pro Santé Connect gives them, and a seat whose provider is scripted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from dmp_core.model.practitioner import Who
from dmp_core.services.authentication.psc import ProfessionalSession
from dmp_core.services.notices import Notice
from dmp_core.testing import people
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.identity_provider import ScriptedProvider, exercise

WHO = people.who()


@pytest.fixture
def userinfo() -> dict[str, Any]:
    """A pharmacist of two sections in two pharmacies, as the public documents describe a userinfo."""
    return {
        "sub": "f:550dc1c8:899700000001",
        "preferred_username": "899700000001",
        "given_name": "CAMILLE",
        "family_name": "TITULAIRE",
        "email_verified": False,
        "SubjectNameID": "899700000001",
        "SubjectRole": ["21^1.2.250.1.213.1.1.5.5"],
        "SubjectOrganization": "PHARMACIE DE DEMONSTRATION",
        "SubjectOrganizationID": "",
        "Secteur_Activite": "SA33^1.2.250.1.71.4.2.4",
        "SubjectRefPro": {
            "codeCivilite": "MME",
            "exercices": [
                {
                    "codeProfession": "21",
                    "codeCategorieProfessionnelle": "C",
                    "codeCiviliteDexercice": "DR",
                    "nomDexercice": "TITULAIRE",
                    "prenomDexercice": "CAMILLE",
                    "codeTypeSavoirFaire": "",
                    "codeSavoirFaire": "",
                    "activities": [
                        {
                            "codeSecteurDactivite": "SA33",
                            "codeSectionPharmacien": "A",
                            "numeroFinessSite": "990000001",
                            "numeroSiretSite": "12345678900011",
                            "raisonSocialeSite": "PHARMACIE DE DEMONSTRATION",
                            "ancienIdentifiantDeLaStructure": "1990000001",
                        },
                        {
                            "codeSecteurDactivite": "SA33",
                            "codeSectionPharmacien": "DA",
                            "numeroFinessSite": "",
                            "numeroSiretSite": "98765432100022",
                            "raisonSocialeSite": "PHARMACIE DE LA GARE",
                            "ancienIdentifiantDeLaStructure": "",
                        },
                    ],
                }
            ],
        },
    }


class Recorded:
    """An audit in memory."""

    def __init__(self) -> None:
        self.facts: list[tuple[str, dict[str, Any]]] = []

    def record(self, action: str, /, **facts: Any) -> None:
        self.facts.append((action, facts))


@dataclass
class Seat:
    """One seat: its session, what the provider was asked, and what the host heard."""

    session: ProfessionalSession
    provider: ScriptedProvider
    clock: ManualClock
    audit: Recorded
    notices: list[Notice] = field(default_factory=list)

    @property
    def who(self) -> Who:
        return WHO

    def other(self, national_id: str = "899700000009") -> Who:
        author = WHO.author.model_copy(update={"national_id": national_id})
        return WHO.model_copy(
            update={"author": author, "operator": WHO.operator.model_copy(update={"practitioner": author})}
        )

    def later(self, **by: float) -> None:
        """Let time pass, then take the step."""
        self.clock.advance(timedelta(**by))
        self.session.step()


@pytest.fixture
def make_seat(clock: ManualClock) -> Callable[..., Seat]:
    def make(*exercises: Any, **script: Any) -> Seat:
        notices: list[Notice] = []
        known = exercises or (exercise(WHO.author, WHO.structure.national_id),)
        provider, audit = ScriptedProvider(known, **script), Recorded()
        session = ProfessionalSession(
            lambda: provider,
            WHO.structure.national_id,
            clock=clock,
            audit=audit,  # type: ignore[arg-type]  # records alone
            tell=notices.append,
            idle=timedelta(minutes=30),
            longest=timedelta(hours=4),
        )
        return Seat(session, provider, clock, audit, notices)

    return make


@pytest.fixture
def seat(make_seat: Callable[..., Seat]) -> Seat:
    return make_seat()
