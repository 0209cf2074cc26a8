"""The program itself: Python, its bitness, TLS with a card, the folder of its data, variables that others set."""

import os
import platform
import shutil
import ssl
import stat
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dmp_core import __version__
from dmp_core.errors import DmpError
from dmp_core.services.doctor.finding import Finding, error, info, of_error, ok, warning
from dmp_core.services.doctor.setup import Setup
from dmp_core.transport import surroundings

OLDEST: Final = (3, 11)
_LITTLE: Final = 200_000_000  # bytes free on the disk
BITS: Final = struct.calcsize("P") * 8


def check(setup: Setup) -> Iterator[Finding]:
    """Python and OpenSSL, TLS with a key in a card, the data folder, the environment's variables."""
    yield from _interpreter()
    yield from _card_tls(setup)
    yield from _data(setup.data)
    yield from _secrets(setup)
    names = surroundings.ignored(setup.surroundings)
    if names:
        yield info(
            "program.environment",
            f"Variables d’environnement présentes et ignorées ici : {', '.join(names)}.",
            "Un proxy ou une autorité se règle dans la configuration du module DMP.",
        )


def versions() -> dict[str, str]:
    """What runs here."""
    return {
        "dmp_core": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "bits": str(BITS),
        "openssl": ssl.OPENSSL_VERSION,
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
    }


def _interpreter() -> Iterator[Finding]:
    shown = f"Python {platform.python_version()}, {BITS} bits, {ssl.OPENSSL_VERSION}"
    if sys.version_info < OLDEST:
        yield error("program.python", f"{shown} : trop ancien.", "Faites installer Python 3.11 ou plus récent.")
    else:
        yield ok("program.python", f"{shown}.")


def _card_tls(setup: Setup) -> Iterator[Finding]:
    """Whether this Python can open a connection with a key that stays in a card."""
    name = "program.card_tls"
    if not setup.uses_card:
        return
    if setup.stunnel is not None:
        there = setup.stunnel.is_file()
        text = "La connexion par carte passe par stunnel"
        remedy = "Vérifiez le chemin de [cps] stunnel et installez ce programme."
        yield ok(name, f"{text}.") if there else error(name, f"{text}, qui est introuvable.", remedy)
        return
    from dmp_core.transport import card_tls

    try:
        card_tls.self_test()
    except DmpError as met:
        yield of_error(name, met)
    else:
        yield ok(name, "Cet interpréteur sait ouvrir une connexion sécurisée avec une carte.")


def _data(folder: Path) -> Iterator[Finding]:
    name = "program.data"
    if not folder.is_dir():
        yield info(name, "Le dossier des données n’existe pas encore : il sera créé au premier démarrage.")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield error(
            name,
            "Le dossier des données n’est pas accessible en écriture.",
            "Rendez-le au compte qui lance le logiciel.",
        )
        return
    free = shutil.disk_usage(folder).free
    if free < _LITTLE:
        yield warning(
            name,
            f"Il reste peu de place sur le disque ({free // 1_000_000} Mo).",
            "Libérez de la place : sans elle aucun document ne peut être mis en file d’envoi.",
        )
        return
    yield ok(name, f"Dossier des données accessible, {free // 1_000_000_000} Go libres.")


def _secrets(setup: Setup) -> Iterator[Finding]:
    """Keys and secrets of the configuration: there, and for their owner alone."""
    for file in (*(pair.key for pair in setup.pairs), *setup.secrets):
        try:
            mode = file.stat().st_mode
        except OSError:
            yield error("program.secrets", f"Fichier secret introuvable : {file.name}.", "Corrigez la configuration.")
            continue
        if os.name != "nt" and stat.S_IMODE(mode) & 0o077:
            yield warning(
                "program.secrets",
                f"Le fichier secret {file.name} est lisible par d’autres comptes de ce poste.",
                "Réservez-le au compte qui lance le logiciel (droits 0600).",
            )
