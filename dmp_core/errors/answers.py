"""The DMP's answer cannot be trusted."""

from dmp_core.errors.root import DmpError, Mender


class AnswerError(DmpError):
    """The answer of the DMP cannot be trusted."""

    code = "DMP-ANS-000"
    mender = Mender.DMP
    sentence = "La réponse du DMP n’a pas pu être utilisée."
    remedy = "Recommencez plus tard ; si cela dure, transmettez ce code à l’éditeur du LGO."


class AnswerUnreadable(AnswerError):
    code = "DMP-ANS-001"


class AnswerForeign(AnswerError):
    """An answer to another question, or about another patient."""

    code = "DMP-ANS-002"
    sentence = "La réponse reçue ne correspond pas à la demande."


class DocumentAltered(AnswerError):
    code = "DMP-ANS-003"
    sentence = "Le document reçu diffère de celui qui a été déposé (empreinte ou taille)."
    remedy = "Ne vous fiez pas à ce document et signalez-le à l’éditeur du LGO."
