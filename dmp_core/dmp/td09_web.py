"""TD0.9, the DMP's own pages for professionals (Web-PS): addresses that a browser opens, about a patient or not.

Such an address holds the INS: it is handed to the browser, and never to a log, an error or a repr.
Source: PDT-INF-527 (`dmp_protocol.md` section 4.5).
"""

from enum import StrEnum
from typing import Final

from pydantic import Field

from dmp_core.errors import InsNotQualified, MessageInvalid
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins

TRANSACTION: Final = "TD0.9"
_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


class WebSettings(HealthModel):
    """Where the pages are; each environment has its own domain, which CNDA or the DMP names."""

    domain: str = Field(max_length=253, pattern=rf"^{_LABEL}(\.{_LABEL})+(:[1-9][0-9]{{0,4}})?$")


class Page(StrEnum):
    """A page, by its name in the address."""

    DASHBOARD = "TableauDeBord"
    RECORD = "DossierPatient"
    MANAGEMENT = "GestionDMPPatient"
    DOCUMENTS = "Documents"
    CARE_PATH = "ParcoursDeSoins"
    ACCESS_HISTORY = "HistoriqueAcces"
    SETTINGS = "Parametrages"
    WISHES_AND_RIGHTS = "VolontesEtDroits"
    VACCINATIONS = "CarnetVaccination"

    @property
    def needs_patient(self) -> bool:
        return self not in (Page.DASHBOARD, Page.SETTINGS)

    @property
    def takes_patient(self) -> bool:
        return self is not Page.SETTINGS


class WebAddress(HealthModel):
    """An address to open in a browser."""

    url: str = Field(repr=False)


def address(settings: WebSettings, page: Page, ins: Ins | None = None) -> WebAddress:
    """The address of `page`, about `ins`; the dashboard takes one or none.

    Raises InsNotQualified where the page needs a patient, MessageInvalid where it takes none.
    """
    if ins is None and page.needs_patient:
        raise InsNotQualified("this page of the DMP is about a patient")
    if ins is not None and not page.takes_patient:
        raise MessageInvalid("this page of the DMP is about no patient")
    patient = "" if ins is None else f"/{ins.value}"
    return WebAddress(url=f"https://{settings.domain}/AccesDirect/{page}{patient}")
