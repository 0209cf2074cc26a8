"""How a call authenticates: the mode, the profile of the caller and the purpose, as the VIHF says them."""

from enum import StrEnum


class Mode(StrEnum):
    """`Authentification_mode` of the VIHF (PDT-INF-526, PDT-INF-606)."""

    DIRECT = "DIRECTE"
    INDIRECT = "INDIRECTE"
    AIR = "INDIRECTE_RENFORCEE"

    @property
    def feeds(self) -> bool:
        """TD2.1: direct and indirect; AIR never feeds."""
        return self is not Mode.AIR

    @property
    def reads(self) -> bool:
        """TD3.1 of metadata and TD3.2: direct and AIR; indirect never reads."""
        return self is not Mode.INDIRECT


class Purpose(StrEnum):
    """Purpose of use, TRE_R248-ModeAcces."""

    NORMAL = "normal"
    BRIS_DE_GLACE = "bris_de_glace"
    CENTRE_15 = "centre_15"


class Environment(StrEnum):
    """Which DMP, and so which identities, certificates and cards are allowed."""

    SIMULATION = "simulation"
    HOMOLOGATION = "homologation"
    PRODUCTION = "production"
