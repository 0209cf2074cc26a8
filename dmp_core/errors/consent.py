"""What the patient said forbids it."""

from dmp_core.errors.root import DmpError, Mender


class ConsentError(DmpError):
    """What the patient said, or was not asked, forbids it."""

    code = "DMP-CONS-000"
    mender = Mender.PHARMACIST
    sentence = "Le choix du patient ne permet pas cette action."
    remedy = "Parlez-en avec le patient, puis notez son choix dans sa fiche."


class PatientOpposed(ConsentError):
    """The patient does not want the pharmacy to feed their DMP."""

    code = "DMP-CONS-001"
    sentence = "Le patient s’oppose à l’alimentation de son DMP : rien n’est envoyé."
    remedy = "S’il change d’avis, retirez son opposition dans sa fiche, puis enregistrez de nouveau le document."


class SecretConnectionUnanswered(ConsentError):
    """A minor may ask that their representatives do not learn of the access: asked before it (EX_0.1-1100)."""

    code = "DMP-CONS-002"
    sentence = "Ce patient est mineur : la connexion secrète ne lui a pas été proposée."
    remedy = "Faites « Accéder au DMP » et posez-lui la question."


class PatientRefuses(ConsentError):
    """The patient, asked just now, does not want their record to be read."""

    code = "DMP-CONS-003"
    sentence = "Le patient n’est pas d’accord pour que son DMP soit consulté."
    remedy = "S’il change d’avis, faites de nouveau « Accéder au DMP »."
