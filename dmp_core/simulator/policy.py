"""How strict the simulator is beyond the checks of a submission, and the numbers that it goes by."""

from dataclasses import dataclass

from dmp_core.simulator.checks import Strictness


@dataclass(frozen=True, slots=True)
class Policy(Strictness):
    """Named switches where the sources conflict or are silent (`dmp_protocol.md` 3, 4.2, 12), strict by default."""

    validity_minutes: int = 5  # of the VIHF's IssueInstant, either side; the real window is unknown
    version_4: bool = False  # accept VIHF_Version 4.0 beside 3.0
    capital_mode: bool = False  # accept `Authentification_Mode` beside `Authentification_mode`
    soap11: bool = False  # accept the envelope namespace of SOAP 1.1
    homologations: tuple[str, ...] = ("SIMULATION",)  # LPS_ID_HOMOLOGATION_DMP that are admitted
    authorisation_days: int = 183  # six months, technical parameter of the DMP
