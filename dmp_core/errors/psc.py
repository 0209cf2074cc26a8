"""Pro Santé Connect."""

from dmp_core.errors.root import DmpError, Mender


class PscError(DmpError):
    """The professional could not be identified by Pro Santé Connect."""

    code = "DMP-PSC-000"
    mender = Mender.PHARMACIST
    sentence = "L’identification par Pro Santé Connect a échoué."
    remedy = "Recommencez l’identification."


class PscUnavailable(PscError):
    """Pro Santé Connect, or the vendor's proxy, cannot be reached or does not work; `origin`: why."""

    code = "DMP-PSC-001"
    mender = Mender.NETWORK
    sentence = "Pro Santé Connect ne répond pas."
    remedy = "Réessayez dans un instant ; avec une carte CPS, la lecture du DMP reste possible en mode direct."
    transient = True


class PscDenied(PscError):
    code = "DMP-PSC-002"
    sentence = "L’identification a été refusée sur la page, la carte ou le téléphone."
    remedy = "Si c’était une erreur, recommencez l’identification."


class PscExpired(PscError):
    """Nobody answered in time, or the session is over."""

    code = "DMP-PSC-003"
    sentence = "L’identification par Pro Santé Connect n’est plus valable."
    remedy = "Identifiez-vous de nouveau avec Pro Santé Connect."


class PscRefused(PscError):
    """Pro Santé Connect refuses the software; `origin` is its own code."""

    code = "DMP-PSC-004"
    mender = Mender.VENDOR
    sentence = "Pro Santé Connect a refusé la demande du logiciel."
    remedy = "Faites vérifier par l’éditeur du LGO l’inscription du logiciel à Pro Santé Connect."


class PscUntrusted(PscError):
    """An answer that is not what Pro Santé Connect signs: signature, issuer, audience, nonce, dates, claims."""

    code = "DMP-PSC-005"
    mender = Mender.VENDOR
    sentence = "La réponse reçue à la place de Pro Santé Connect n’est pas fiable."
    remedy = "Vérifiez l’heure de l’ordinateur et recommencez ; si cela dure, appelez l’éditeur du LGO."


class PscOtherPerson(PscError):
    code = "DMP-PSC-006"
    sentence = "La personne identifiée par Pro Santé Connect n’est pas celle qui travaille à ce poste."
    remedy = "Changez d’opérateur dans le logiciel, ou identifiez-vous avec votre propre carte."
