"""Why the simulator says no: one reason becomes one RegistryError, or the subcode and text of a SOAP fault.

Codes are those of IHE (ITI TF-3 table 4.2.4.1-2) and of the DMP; texts are French and name a rule, never a value.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Reason:
    """One RegistryError to be: `code` its errorCode, `text` its codeContext, `location` its location.

    A `warning` goes with success.
    """

    code: str
    text: str
    location: str = ""
    warning: bool = False


class Kind(StrEnum):
    """How a refusal travels: `REGISTRY` in the transaction's own answer, `FAULT` as a SOAP fault (code = subcode)."""

    FAULT = "fault"
    REGISTRY = "registry"


class Refused(Exception):
    """A message that is refused, with every reason found."""

    def __init__(self, *reasons: Reason, kind: Kind = Kind.REGISTRY) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons
        self.kind = kind
