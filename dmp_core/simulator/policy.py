"""How strict the simulator is beyond the checks of a submission, and the numbers that it goes by."""

from dataclasses import dataclass

from dmp_core.model import limits
from dmp_core.simulator.checks import Strictness


@dataclass(frozen=True, slots=True)
class Policy(Strictness):
    """Named switches where the sources conflict or are silent (`dmp_protocol.md` 3, 4.2, 12), strict by default."""

    validity_minutes: int = 5  # of the VIHF's IssueInstant, either side; the real window is unknown
    skew_seconds: int = 0  # of the Conditions and the session of a VIHF, which the DMP's examples do not have
    audiences: tuple[str, ...] = ("urn:dmp",)  # whom an AudienceRestriction may name; the DMP's examples have none
    version_4: bool = False  # accept VIHF_Version 4.0 beside 3.0
    capital_mode: bool = False  # accept `Authentification_Mode` beside `Authentification_mode`
    soap11: bool = False  # accept the envelope namespace of SOAP 1.1
    homologations: tuple[str, ...] = ("SIMULATION",)  # LPS_ID_HOMOLOGATION_DMP that are admitted
    authorisation_days: int = 183  # six months, technical parameter of the DMP
    preparateur: bool = (
        False  # profession 39 acts as a professional does, also in direct mode and AIR (DMP-MHAB unread)
    )
    administrative_data_without_authorisation: bool = False  # TD1.3a and TD1.6 in direct mode and AIR
    updates_without_authorisation: bool = False  # TD3.3a, b and d; TD3.3c never asks for one (EX_3.3-1060)
    hiding_after_feeding: bool = False  # TD3.3b makes visible; this lets it hide as well
    other_metadata_changes: bool = False  # TD3.3a and b may change more than the confidentiality codes
    bris_de_glace_without_reason: bool = False  # the attribute `Mode_Acces_Raison` is a likely name, no more
    adult_secret_connection: bool = False  # the secret connection is the minors'
    age_of_majority: int = 18  # parameter of the DMP
    feeds_per_second: int = 0  # by structure and software, 0: any number; what the DMP answers beyond 4 is unknown
    largest_document: int = limits.FED_DOCUMENT  # bytes of one document of TD2.1; the DMP's limit is unknown
