"""The refusals of the server that travel as SOAP faults: their subcodes and French texts.

`DMPInvalidCertificate`, `DMPAccessDeniedByRightsService` and the quoted texts are the DMP's own (`dmp_protocol.md` 3.6
and 7); `DMPInvalidVihf` is a placeholder until the annex of SEL-MP-037 is read.
"""

from typing import Final

from dmp_core.simulator.reasons import Kind, Reason, Refused

ACCESS_DENIED: Final = "DMPAccessDeniedByRightsService"
INVALID_CERTIFICATE: Final = "DMPInvalidCertificate"
INVALID_VIHF: Final = "DMPInvalidVihf"
CLOSED: Final = "DMPClosed"
OTHER_PATIENT: Final = "XDSPatientIdDoesNotMatch"
UNKNOWN_PATIENT: Final = "XDSUnknownPatientId"


def fault(code: str, text: str) -> Refused:
    """A refusal whose subcode is `code`."""
    return Refused(Reason(code, text), kind=Kind.FAULT)


def invalid_vihf(rule: str) -> Refused:
    """The assertion breaks `rule`, which names an element or an attribute and never a value."""
    return fault(INVALID_VIHF, f"Le VIHF est invalide : {rule}")


def invalid_certificate(rule: str) -> Refused:
    return fault(INVALID_CERTIFICATE, f"Le certificat ayant signé le VIHF est invalide : {rule}")
