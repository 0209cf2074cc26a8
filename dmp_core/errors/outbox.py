"""The durable store."""

from dmp_core.errors.root import DmpError, Mender


class OutboxError(DmpError):
    """The durable store of what waits."""

    code = "DMP-OUT-000"
    sentence = "La file d’envoi est indisponible."
    remedy = "Fermez puis rouvrez le logiciel ; si cela dure, appelez l’éditeur du LGO."


class OutboxLocked(OutboxError):
    code = "DMP-OUT-001"
    sentence = "La file d’envoi est déjà ouverte par un autre programme."
    remedy = "Fermez l’autre session du logiciel sur ce poste."
    mender = Mender.PHARMACIST


class OutboxUnreadable(OutboxError):
    code = "DMP-OUT-002"
    sentence = "Une partie de la file d’envoi est illisible."


class OutboxFull(OutboxError):
    code = "DMP-OUT-003"
    sentence = "Le disque est plein : le document n’a pas pu être mis en file d’envoi."
    remedy = "Libérez de la place sur le disque, puis enregistrez de nouveau."
    mender = Mender.PHARMACIST


class ItemChanged(OutboxError):
    """The item was changed by somebody else since it was read: read it again."""

    code = "DMP-OUT-004"
    sentence = "Le document a changé entre-temps."
    remedy = "Rouvrez la fenêtre, puis recommencez."
    transient = True


class EarlierOnItsWay(OutboxError):
    """An earlier save of the same record is being sent: this one waits for its end, then replaces it."""

    code = "DMP-OUT-005"
    mender = Mender.NOBODY
    sentence = "Un envoi précédent du même document n’est pas terminé."
    remedy = "Celui-ci partira tout seul ensuite."


class ItemsUnreadable(OutboxError):
    """Some items do not read any more: told as a notice, never raised. `detail`: how many."""

    code = "DMP-OUT-006"
    sentence = "Des documents de la file d’envoi ne se lisent plus sur ce poste : le fichier qui les garde est abîmé."
    remedy = (
        "La fenêtre « Envois au DMP » dit lesquels. Enregistrez de nouveau, dans votre logiciel, ceux qui n’étaient pas"
        " partis ; faites vérifier le disque par l’éditeur du LGO, qui peut remettre une copie de sauvegarde."
    )
    mender = Mender.PHARMACIST
