"""The INSi service said no."""

from typing import Any

from dmp_core.errors.root import DmpError, Mender


class InsiRefusal(DmpError):
    """The INSi service answered no. `origin` is its own code, `insi_text` its own words."""

    code = "DMP-INSI-000"
    mender = Mender.VENDOR
    sentence = "Le téléservice INSi a refusé la demande."
    remedy = "Transmettez ce code et le message d’INSi à l’éditeur du LGO."

    def __init__(self, detail: str = "", *, origin: str | None = None, insi_text: str = "") -> None:
        super().__init__(detail, origin=origin)
        self.insi_text = insi_text

    def as_data(self) -> dict[str, Any]:
        return super().as_data() | {"insi_text": self.insi_text}


class InsiBusy(InsiRefusal):
    code = "DMP-INSI-001"
    mender = Mender.NOBODY
    sentence = "Le téléservice INSi est momentanément indisponible."
    remedy = "Recommencez plus tard ; le patient peut être servi entre-temps."
    transient = True


class InsiSoftwareRefused(InsiRefusal):
    code = "DMP-INSI-002"
    sentence = "Le téléservice INSi ne reconnaît pas ce logiciel."
    remedy = "Faites vérifier par l’éditeur du LGO le numéro d’autorisation du logiciel."


class InsiOtherRefusal(InsiRefusal):
    code = "DMP-INSI-099"
