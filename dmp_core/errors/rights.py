"""This operator, or this mode, may not."""

from dmp_core.errors.root import DmpError, Mender


class RightsError(DmpError):
    """This operator, or this mode of access, may not do it."""

    code = "DMP-RIGHT-000"
    mender = Mender.PHARMACIST
    sentence = "Vous n’avez pas le droit de faire cette action."
    remedy = "Demandez au titulaire de la pharmacie."


class RightMissing(RightsError):
    code = "DMP-RIGHT-001"
    sentence = "Vos droits dans le logiciel ne permettent pas cette action sur le DMP."


class ModeForbids(RightsError):
    """Indirect never reads, AIR never feeds (PDT-INF-526, PDT-INF-606)."""

    code = "DMP-RIGHT-002"
    mender = Mender.VENDOR
    sentence = "Le mode de connexion configuré ne permet pas cette action."
    remedy = "Configurez « direct » ou « indirect » pour alimenter, « direct » ou « air » pour consulter."


class ProfessionalMissing(RightsError):
    code = "DMP-RIGHT-003"
    sentence = "Aucun professionnel n’est authentifié."
    remedy = "Insérez votre carte CPS ou connectez-vous avec Pro Santé Connect."


class CardOfAnother(ProfessionalMissing):
    """The card is there, and names somebody else than who works here now."""

    code = "DMP-RIGHT-005"
    sentence = "La carte insérée est celle d’un autre professionnel."
    remedy = "Insérez la carte du professionnel qui travaille à ce poste, ou indiquez à votre logiciel qui y travaille."


class EmergencyOver(RightsError):
    """An emergency access (bris de glace) lasts for a while only: `access.emergency_lasts`."""

    code = "DMP-RIGHT-004"
    sentence = "L’accès en urgence au DMP de ce patient est terminé."
    remedy = "Refaites « Accéder au DMP » ; si l’urgence dure, indiquez de nouveau le motif."


class AuthorLeft(RightsError):
    """Only the card of a professional who has left the pharmacy could send this document."""

    code = "DMP-RIGHT-010"
    sentence = "Le professionnel qui a rédigé ce document a quitté la pharmacie."
    remedy = "Le titulaire peut le reprendre : il l’envoie avec sa carte, l’auteur reste le même."
