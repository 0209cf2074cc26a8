"""The record of who did what."""

from dmp_core.errors.root import DmpError, Mender


class AuditError(DmpError):
    code = "DMP-AUDIT-000"


class AuditUnavailable(AuditError):
    """Nothing that must be recorded may be done."""

    code = "DMP-AUDIT-001"
    mender = Mender.PHARMACIST
    sentence = "Le journal des accès au DMP ne peut pas être écrit."
    remedy = "Libérez de la place sur le disque, puis recommencez ; si cela dure, appelez l’éditeur du LGO."


class AuditBroken(AuditError):
    """The record was edited, cut or replaced since it was written."""

    code = "DMP-AUDIT-002"
    sentence = "Le journal des accès au DMP a été modifié ou endommagé."
    remedy = "N’effacez aucun fichier et appelez l’éditeur du LGO."
