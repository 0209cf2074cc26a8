"""Who may ask for what: the matrix of PDT-INF-526 v1.8 and PDT-INF-606 v1.3, for whoever is no doctor.

Columns: direct, direct in an emergency (bris de glace, centre 15), indirect, AIR. An emergency in AIR has no public
source [I]: what AIR and the direct emergency both allow.
"""

from enum import StrEnum
from typing import Final

from dmp_core.model.access import Mode, Purpose
from dmp_core.simulator.policy import Policy


class Transaction(StrEnum):
    """A transaction as the matrix counts them. `TD3.1-ref` asks for entryUUIDs only (DMP_3.1b)."""

    TD02 = "TD0.2"
    TD03 = "TD0.3"
    TD04 = "TD0.4"
    TD05 = "TD0.5"
    TD09 = "TD0.9"
    TD13A = "TD1.3a"
    TD16 = "TD1.6"
    TD21 = "TD2.1"
    TD31 = "TD3.1"
    TD31_REFERENCE = "TD3.1-ref"
    TD32 = "TD3.2"
    TD33A = "TD3.3a"
    TD33B = "TD3.3b"
    TD33C = "TD3.3c"
    TD33D = "TD3.3d"


_T = Transaction
_MATRIX: Final = {
    # transaction: (direct, direct emergency, indirect, AIR)
    _T.TD02: (True, True, True, True),
    _T.TD03: (True, False, False, True),
    _T.TD04: (True, False, True, True),  # indirect: new authorisations since a date only
    _T.TD05: (False, True, False, False),  # centre 15 only
    _T.TD09: (True, True, False, True),
    _T.TD13A: (True, True, True, True),
    _T.TD16: (True, False, False, True),
    _T.TD21: (True, True, True, False),
    _T.TD31: (True, True, False, True),
    _T.TD31_REFERENCE: (True, True, True, True),
    _T.TD32: (True, True, False, True),
    _T.TD33A: (True, False, False, True),
    _T.TD33B: (True, False, False, True),
    _T.TD33C: (True, True, True, True),  # of one's own documents; indirect: of the structure's
    _T.TD33D: (True, False, False, True),
}


_ALONE: Final = frozenset({_T.TD02})  # what an unlisted profession may do by itself: ask whether there is a DMP


class Profile(StrEnum):
    """What the matrix distinguishes among callers in normal mode; the attending doctor is told by the record."""

    PROFESSIONAL = "PS"
    PREPARATEUR = "39"

    @classmethod
    def of(cls, profession: str) -> "Profile":
        return cls.PREPARATEUR if profession == cls.PREPARATEUR else cls.PROFESSIONAL


def may(
    transaction: Transaction,
    mode: Mode,
    purpose: Purpose,
    profile: Profile = Profile.PROFESSIONAL,
    *,
    preparateur: bool = False,
) -> bool:
    """Whether a caller in this mode and for this purpose may call, whatever the patient's record says.

    In indirect mode the structure answers for whoever works there. What a préparateur may do with a card or in AIR
    stands in a sheet that is not public (DMP-MHAB): nothing but TD0.2, unless `preparateur` says as a professional.
    """
    direct, emergency, indirect, air = _MATRIX[transaction]
    if profile is Profile.PREPARATEUR and mode is not Mode.INDIRECT and not preparateur:
        return transaction in _ALONE and purpose is Purpose.NORMAL
    normal = {Mode.DIRECT: direct, Mode.INDIRECT: indirect, Mode.AIR: air}[mode]
    if purpose is Purpose.NORMAL:
        return normal
    if transaction is Transaction.TD05:
        return mode is Mode.DIRECT and purpose is Purpose.CENTRE_15
    return emergency if mode is Mode.DIRECT else emergency and normal


def needs_authorisation(transaction: Transaction, mode: Mode, purpose: Purpose, policy: Policy) -> bool:
    """Whether the patient must have let the caller in: to consult, never to feed, to delete or in an emergency."""
    if purpose is not Purpose.NORMAL or mode is Mode.INDIRECT:
        return False
    asking = {_T.TD31, _T.TD32}
    if not policy.administrative_data_without_authorisation:
        asking |= {_T.TD13A, _T.TD16}
    if not policy.updates_without_authorisation:
        asking |= {_T.TD33A, _T.TD33B, _T.TD33D}
    return transaction in asking
