"""Who wrote the software and how it was admitted: what the VIHF and TD0.2 say of it (`LPS_*`)."""

from pydantic import Field

from dmp_core.model.document import Oid
from dmp_core.model.health import HealthModel


class Software(HealthModel):
    """The LPS as the DMP knows it. `homologation` is the number that CNDA gave; simulators accept their own."""

    name: str = Field(min_length=1, max_length=80)
    version: str = Field(min_length=1, max_length=40)
    installation: str = Field(default="", max_length=80, description="LPS_ID, serial number of this installation")
    publisher: str = Field(default="", max_length=80, description="who publishes it, as « À propos » shows it")
    homologation: str = Field(min_length=1, max_length=80, description="LPS_ID_HOMOLOGATION_DMP")
    oid: Oid = Field(description="root of the vendor's identifiers: sender of TD0.2, sourceId of submissions")
