"""The CPS through its PKCS#11 library: is it there and of our bitness, and what does the card say without a code."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from dmp_core.cards import cps_data, libraries
from dmp_core.cards.cps import CpsReaders, SeenCps
from dmp_core.cards.pin import Pin
from dmp_core.errors import CardError, CardLibraryMissing, CardMissing, DmpError, ExtraMissing
from dmp_core.services.doctor.finding import Finding, Severity, error, info, of_error, ok, warning
from dmp_core.services.doctor.program import BITS
from dmp_core.services.doctor.setup import Setup

_DAYS: Final = 60
AskCode = Callable[[int], Pin | None]
"""Asks for the code of the card, given the tries left; None: not now."""


def check(setup: Setup, reader: CpsReaders, at: datetime, ask: AskCode | None = None) -> Iterator[Finding]:
    """The libraries, then the card. With `ask` the code is shown to the card once, to read the structures on it."""
    if not setup.uses_card:
        yield info("cps.use", "La configuration n’utilise pas de carte CPS.")
        return
    if setup.emulated:
        yield info("cps.library", "Cartes émulées de la simulation : aucune bibliothèque de carte n’est utilisée.")
        yield from _card(setup, reader, at, ask)
        return
    fit = True
    for configured in dict.fromkeys((setup.libraries.auth, setup.libraries.sign)):
        for finding in _library(configured):
            fit = fit and finding.severity is not Severity.ERROR
            yield finding
    if fit:
        yield from _card(setup, reader, at, ask)


def _library(configured: Path | None) -> Iterator[Finding]:
    name = "cps.library"
    try:
        found = libraries.find(configured)
    except CardLibraryMissing as met:
        other = _other_bits(configured)
        if other is None:
            yield of_error(name, met)
        else:
            yield _wrong_bits(other, 96 - BITS)
        return
    bits = bits_of(found)
    if bits is not None and bits != BITS:
        yield _wrong_bits(found, bits)
    else:
        yield ok(name, f"Bibliothèque de la carte : {found.name}, {BITS} bits.")


def _wrong_bits(library: Path, bits: int) -> Finding:
    return error(
        "cps.bits",
        f"La bibliothèque de la carte ({library.name}) est en {bits} bits, ce programme en {BITS} bits.",
        f"Faites installer la « Cryptolib CPS » de l’ANS en {BITS} bits.",
    )


def _other_bits(configured: Path | None) -> Path | None:
    """A library of the other bitness where ours is missing."""
    import platform
    import sys

    if configured is not None:
        return None
    others = libraries.candidates(sys.platform, 96 - BITS, platform.machine())
    ours = set(libraries.candidates(sys.platform, BITS, platform.machine()))
    return next((Path(one) for one in others if one not in ours and Path(one).is_file()), None)


def bits_of(library: Path) -> int | None:
    """32 or 64, as the head of an ELF, PE or Mach-O file says; None where it does not tell, or holds several."""
    try:
        with library.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return None
    if head[:4] == b"\x7fELF":
        return {b"\x01": 32, b"\x02": 64}.get(head[4:5])
    if head[:2] == b"MZ":
        at = int.from_bytes(head[0x3C:0x40], "little")
        machine = head[at + 4 : at + 6] if head[at : at + 4] == b"PE\0\0" else b""
        return {b"\x4c\x01": 32, b"\x64\x86": 64, b"\x64\xaa": 64}.get(machine)
    return {b"\xcf\xfa\xed\xfe": 64, b"\xce\xfa\xed\xfe": 32}.get(head[:4])


def _card(setup: Setup, reader: CpsReaders, at: datetime, ask: AskCode | None) -> Iterator[Finding]:
    try:
        seen = reader.look(None, at)
    except CardMissing as met:
        yield of_error("cps.card", met)
        return
    except (CardError, ExtraMissing) as met:
        yield of_error("cps.card", met)
        return
    yield from _dates(seen, at)
    yield _tries(seen)
    exercises = cps_data.exercises(seen.token.data)
    if exercises or ask is None:
        yield _structure(setup, [one.national_id for one in exercises])
    elif seen.tries_left > 1 and (pin := ask(seen.tries_left)) is not None:
        yield from _opened(setup, reader, seen, pin, at)


def _opened(setup: Setup, reader: CpsReaders, seen: SeenCps, pin: Pin, at: datetime) -> Iterator[Finding]:
    try:
        card = reader.open(seen, pin, at)
    except DmpError as met:
        yield of_error("cps.code", met)
        return
    try:
        yield ok("cps.code", "La carte a accepté le code.")
        yield _structure(setup, [one.national_id for one in card.exercises])
    finally:
        card.close()


def _dates(seen: SeenCps, at: datetime) -> Iterator[Finding]:
    left = (seen.certificate.last - at).days
    text = f"Carte CPS lisible, certificats valables jusqu’au {seen.certificate.last:%d/%m/%Y}"
    if left < _DAYS:
        yield warning(
            "cps.dates", f"{text} : {left} jours.", "Vérifiez auprès de l’ANS que la nouvelle carte est en route."
        )
    else:
        yield ok("cps.dates", f"{text}.")


def _tries(seen: SeenCps) -> Finding:
    name, left = "cps.tries", seen.tries_left
    if left <= 0:
        return error(
            name,
            "La carte CPS est bloquée : trois codes faux ont été composés.",
            "Débloquez-la avec son code de déblocage et l’outil de l’ANS.",
        )
    if left == 1:
        return warning(
            name,
            "Il ne reste qu’un essai de code avant le blocage de la carte.",
            "Ne composez le code que si vous en êtes sûr.",
        )
    return ok(name, f"Essais de code restants : {left}.")


def _structure(setup: Setup, found: list[str]) -> Finding:
    """The structure configured among those on the card."""
    name = "cps.structure"
    if not found:
        return info(
            name,
            "Les structures inscrites dans la carte se lisent avec le code : elles n’ont pas été comparées.",
            "Lancez « dmp doctor --code » pour les comparer.",
        )
    if setup.structure in found:
        return ok(name, "La pharmacie configurée est inscrite dans la carte.")
    return error(
        name,
        f"La carte nomme {len(found)} structure(s), et pas la pharmacie configurée ({setup.structure}).",
        "Vérifiez le numéro de la configuration ; sinon faites mettre à jour votre situation d’exercice.",
    )
