"""Plugins, the configuration, and what somebody should act on before it fails."""

from dmp_core.errors.root import DmpError, Mender


class PluginError(DmpError):
    """A plugin cannot be loaded, or misbehaved."""

    code = "DMP-PLUG-000"
    sentence = "Une extension du logiciel ne fonctionne pas."
    remedy = "Signalez l’extension nommée à l’éditeur du LGO."


class PluginRefused(PluginError):
    code = "DMP-PLUG-001"
    sentence = "Une extension n’a pas été chargée."


class PluginFailed(PluginError):
    code = "DMP-PLUG-002"


class PluginAmbiguous(PluginError):
    code = "DMP-PLUG-003"
    sentence = "Deux extensions veulent préparer le même document."
    remedy = "Demandez à l’éditeur du LGO de choisir l’une des deux dans la configuration."


class PluginAbsent(PluginError):
    code = "DMP-PLUG-004"
    sentence = "L’extension qui prépare ce document n’est pas installée."


class Caution(DmpError):
    """Nothing failed yet, but somebody should act: told as a notice, never raised."""

    code = "DMP-CAUT-000"
    sentence = "Un réglage du poste mérite attention."
    remedy = "Transmettez ce code à l’éditeur du LGO."


class ClockWrong(Caution):
    """The clock differs from the DMP's by more than `dmp.clock_tolerance`: a VIHF made with it may be refused."""

    code = "DMP-CAUT-001"
    mender = Mender.PHARMACIST
    sentence = "L’horloge de cet ordinateur n’est pas à l’heure du DMP."
    remedy = "Activez la synchronisation automatique de la date et de l’heure."


class CertificateEnding(Caution):
    """A certificate in use ends within 60, 30 or 7 days, and none was imported that takes its place."""

    code = "DMP-CAUT-020"
    mender = Mender.PHARMACIST
    sentence = "Un certificat de la pharmacie expire bientôt : ensuite le DMP ne sera plus accessible."
    remedy = "Commandez son renouvellement auprès de l’ANS, puis faites-le importer (« dmp certificate import »)."


class CertificateEnded(Caution):
    """A certificate in use is no longer valid."""

    code = "DMP-CAUT-021"
    mender = Mender.PHARMACIST
    sentence = "Un certificat de la pharmacie a expiré : les envois au DMP attendent."
    remedy = "Faites importer le nouveau certificat (« dmp certificate import ») : les envois repartiront tout seuls."


class ManyFeeds(Caution):
    """`limits.FEEDS_PER_DAY` documents were fed in one day: the CNAM wants to be warned (DNS/CNAM guide v1.5)."""

    code = "DMP-CAUT-002"
    sentence = "La pharmacie a envoyé un nombre exceptionnel de documents au DMP aujourd’hui."
    remedy = "L’éditeur du LGO doit prévenir la CNAM ; les envois continuent."


class ParametersStale(Caution):
    """The DMP's file of parameters is missing, unreadable or older than `dmp.parameters_age`."""

    code = "DMP-CAUT-003"
    sentence = "Les paramètres publiés par le DMP ne sont pas à jour sur ce poste."
    remedy = "Faites vérifier leur téléchargement quotidien par l’éditeur du LGO."


class EnvironmentIgnored(Caution):
    """Variables of the environment that would change TLS or its authorities are set; `detail` names them."""

    code = "DMP-CAUT-004"
    sentence = "Des réglages réseau de cet ordinateur ont été ignorés pour protéger la connexion au DMP."
    remedy = "Faites retirer par l’installateur les variables nommées, si elles sont inutiles."


class ConfigError(DmpError):
    """The configuration, or what is installed."""

    code = "DMP-CONF-000"
    sentence = "La configuration du module DMP est incorrecte."
    remedy = "Faites corriger la configuration par l’éditeur du LGO."


class ConfigInvalid(ConfigError):
    code = "DMP-CONF-001"


class ExtraMissing(ConfigError):
    code = "DMP-CONF-002"
    sentence = "Un composant facultatif n’est pas installé."


class RulesRefused(ConfigError):
    """What was handed over is not the package of rules of ANS, or is damaged."""

    code = "DMP-CONF-003"
    sentence = "Les règles de l’ANS n’ont pas pu être installées."
    remedy = "Téléchargez de nouveau le paquet publié par l’ANS, puis recommencez l’installation."


class RulesAbsent(ConfigError):
    """The configuration names a set of rules that is not installed, or was installed by another version."""

    code = "DMP-CONF-004"
    sentence = "Les règles de l’ANS choisies ne sont pas installées."
    remedy = "Installez-les avec « dmp rules install », ou corrigez la section [rules] de la configuration."
