"""The roles that the parts play for each other. Each is implemented once or more; nobody imports the implementation."""

from dmp_core.ports.cards import BeneficiaryProvider, CardCalls, CardLine, Readers, ReaderState
from dmp_core.ports.identification import Attempt, IdentityProvider, Proof
from dmp_core.ports.keys import Hash, KeyStore, Signer
from dmp_core.ports.network import HttpAnswer, HttpRequest, HttpStream, RedirectListener, Transport, Web, WebRequest
from dmp_core.ports.stores import ActStore, Audit, AuditBreak, DamagedItem, OutboxStore, PatientFile, SealedFiles
from dmp_core.ports.system import Clock, Ids

__all__ = [
    "ActStore", "Attempt", "Audit", "AuditBreak", "BeneficiaryProvider", "CardCalls", "CardLine", "Clock",
    "DamagedItem", "Hash",
    "HttpAnswer", "HttpRequest", "HttpStream", "IdentityProvider", "Ids", "KeyStore", "OutboxStore", "PatientFile",
    "Proof", "ReaderState", "Readers", "RedirectListener", "SealedFiles", "Signer", "Transport", "Web",
    "WebRequest",
]  # fmt: skip
