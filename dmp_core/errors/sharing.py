"""A card at another seat of the pharmacy."""

from dmp_core.errors.root import DmpError, Mender


class SharingError(DmpError):
    """A task that the seat with the card was, or should be, handed."""

    code = "DMP-SEAT-000"
    mender = Mender.PHARMACIST
    sentence = "Le partage de la carte entre comptoirs n’a pas fonctionné."
    remedy = "Recommencez depuis le comptoir où se trouve la carte."

    def __init__(self, detail: str = "", *, sentence: str = "", remedy: str = "", origin: str | None = None) -> None:
        """`sentence`, `remedy`: over those of the class, where they name a counter or a professional."""
        super().__init__(detail, origin=origin)
        if sentence:
            self.sentence = sentence  # type: ignore[misc]
        if remedy:
            self.remedy = remedy  # type: ignore[misc]


class SharingOff(SharingError):
    code = "DMP-SEAT-001"
    sentence = "La carte n’est pas partagée en ce moment."
    remedy = "Son titulaire peut la partager, pour une durée qu’il choisit, au comptoir où elle se trouve."


class SeatSilent(SharingError):
    """The other seat cannot be reached, or stopped in the middle. `sent`: the task may have arrived."""

    code = "DMP-SEAT-002"
    sentence = "L’autre comptoir ne répond pas."
    remedy = "Vérifiez qu’il est allumé et que la carte y est partagée ; le document attend, rien n’est perdu."
    transient = True


class SeatRefuses(SharingError):
    """The other seat said no; `origin` is its code."""

    code = "DMP-SEAT-003"
    sentence = "L’autre comptoir refuse cette demande."
    remedy = "Regardez au comptoir où se trouve la carte ce qui manque."


class PairingRefused(SharingError):
    code = "DMP-SEAT-004"
    sentence = "Les deux comptoirs ne sont pas associés : le code n’est pas le même, ou le temps est passé."
    remedy = "Recommencez l’association aux deux comptoirs, et comparez les deux codes."


class CardElsewhere(SharingError):
    """Not an error of anybody: where a document waits. Its sentence names the professional and the counter."""

    code = "DMP-SEAT-005"
    sentence = "La carte est à un autre comptoir."
    remedy = "Le document y est remis et part dès que la carte y est ouverte."


class HandedOver(SharingError):
    code = "DMP-SEAT-006"
    sentence = "Ce document est remis au comptoir qui a la carte."
    remedy = "Reprenez-le d’abord ici, ou agissez à l’autre comptoir dans « Envois au DMP »."


class ReadingElsewhere(SharingError):
    code = "DMP-SEAT-007"
    sentence = "La lecture du DMP sous la carte d’un autre comptoir n’est pas autorisée."
    remedy = "Consultez le dossier au comptoir où se trouve la carte."
