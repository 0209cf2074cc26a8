"""What the public texts leave open about INSi, and what the vendor and the pharmacy have been given for it."""

from typing import Final

from pydantic import Field

from dmp_core.model.health import HealthModel
from dmp_core.ports import Hash

SEARCH_ACTION: Final = "urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite"


class VerificationNames(HealthModel):
    """The verification of an INS (WS_INS3). Its schema is not public: names follow the sample code of the kit [I]."""

    action: str = "urn:ServiceIdentiteCertifiee:1.0.0:verifierInsAvecTraitsIdentite"
    request_namespace: str = "http://www.cnamts.fr/INSiLot2/REQUnitaire"
    request_root: str = "VERIFICATION"
    answer_namespace: str = "http://www.cnamts.fr/INSiLot2/REPUnitaire"
    answer_root: str = "RESULTAT"


class InsiSettings(HealthModel):
    """`idam` and `billing_id` have no default: CNDA and the Assurance Maladie give them."""

    idam: str = Field(min_length=1, max_length=40, description="the software's authorisation number (LPS/IDAM R=4)")
    billing_id: str = Field(min_length=1, max_length=20, description="identifiantFacturation of the pharmacy")
    specialty: str | None = Field(default=None, description="codeSpecialite AMO: doctors, and PSC's example")
    specialty_attribute: str = Field(default="codeSpecialiteAMO", description="the guide also says codeSpecialite")
    sector_activity: str | None = Field(default=None, description="secteurActivite; None: as in the VIHF")
    profession_code: str | None = Field(default=None, description="gipProfessionCode: PSC with several professions")
    service: str = Field(default="lps", description="last segment of the address")
    message_id_prefix: str = Field(default="uuid:", description="before the MessageID; WS-Addressing says urn:uuid:")
    software_name: str = Field(default="urn:lps:{name}:{version}", description="ContexteLPS/LPS/Nom")
    signature_hash: Hash = Hash.SHA256
    verification: VerificationNames = VerificationNames()
