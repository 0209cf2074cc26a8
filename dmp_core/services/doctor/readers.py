"""The readers as PC/SC shows them: which there are, what is in them, who holds them, what may hide them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from dmp_core.cards.atr import CardKind, kind_of
from dmp_core.errors import CardError, ExtraMissing, ReaderBusy, ReadersUnavailable
from dmp_core.ports import Readers, ReaderState
from dmp_core.services.doctor.finding import Finding, Severity, error, info, of_error, ok, warning
from dmp_core.services.doctor.setup import Setup

_CARDS: Final = {
    CardKind.CPS2TER: "carte CPS ancienne (CPS2ter), que le DMP n’accepte plus",
    CardKind.CPS3: "carte CPS",
    CardKind.CPS3_CONTACTLESS: "carte CPS posée sur un lecteur sans contact",
    CardKind.CPS4: "carte CPS",
    CardKind.VITALE1: "carte Vitale ancienne",
    CardKind.VITALE2: "carte Vitale",
    CardKind.OTHER: "carte inconnue",
}
GALSS: Final = (
    r"C:\Windows\galss.ini",
    r"C:\ProgramData\santesocial\galss\galss.ini",
    "/etc/galss.ini",
    "/etc/opt/santesocial/galss/galss.ini",
    "/Library/Preferences/galss.ini",
    "/Library/Preferences/santesocial/galss/galss.ini",
)
"""Where the GALSS keeps its settings: the middleware of the readers that speak no PC/SC (PSS protocol)."""
_REMOTE: Final = {"SESSIONNAME": ("RDP", "ICA"), "XRDP_SESSION": ("",), "SSH_CONNECTION": ("",)}


class OpensReaders(Protocol):
    """Opens the readers. Raises ExtraMissing, CardError."""

    def __call__(self) -> Readers: ...


def check(setup: Setup, open_readers: OpensReaders, exists: Callable[[Path], bool] = Path.is_file) -> Iterator[Finding]:
    """Every reader and its card; where there is none, what may be the reason."""
    remote = is_remote(setup.surroundings)
    try:
        readers = open_readers()
    except ExtraMissing as met:
        yield of_error("cards.readers", met, severity=_if_used(setup))
        return
    try:
        states = [one for one in readers.wait(0) if not any(text in one.reader for text in setup.ignored_readers)]
        if not states:
            yield from _none(setup, remote, exists)
        elif remote:
            yield info("cards.remote", "Session distante : les lecteurs vus ici sont redirigés depuis le poste local.")
        for state in states:
            yield from _reader(setup, readers, state)
    except ReadersUnavailable as met:
        yield of_error("cards.service", met, severity=_if_used(setup))
        yield from _none(setup, remote, exists)
    finally:
        readers.close()


def is_remote(surroundings: Mapping[str, str]) -> bool:
    """Whether this session is shown on another computer, whose readers must be redirected."""
    return any(
        surroundings.get(name, "").upper().startswith(beginnings) and name in surroundings
        for name, beginnings in _REMOTE.items()
    )


def _none(setup: Setup, remote: bool, exists: Callable[[Path], bool]) -> Iterator[Finding]:
    """No reader: the reasons that can be seen from here."""
    if any(exists(Path(path)) for path in GALSS):
        yield Finding(
            "cards.galss",
            _if_used(setup),
            "Le GALSS est installé et Windows ne voit aucun lecteur : le lecteur est vu par le GALSS seul.",
            "Passez le lecteur en mode PC/SC (outil du fabricant), ou branchez un lecteur PC/SC.",
        )
    if remote:
        yield Finding(
            "cards.remote",
            _if_used(setup),
            "Session distante sans lecteur : le lecteur du poste local n’est pas redirigé.",
            "Cochez « Cartes à puce » dans les ressources locales de la connexion Bureau à distance.",
        )
    yield Finding(
        "cards.readers",
        _if_used(setup),
        "Aucun lecteur de cartes n’est visible.",
        "Branchez le lecteur, installez son pilote PC/SC, puis recommencez.",
    )


def _reader(setup: Setup, readers: Readers, state: ReaderState) -> Iterator[Finding]:
    name = f"Lecteur « {state.reader} »"
    if state.mute:
        yield warning("cards.card", f"{name} : la carte ne répond pas.", "Retirez-la et remettez-la, puce visible.")
    elif not state.atr:
        yield ok("cards.readers", f"{name} : vide.")
    else:
        kind = kind_of(state.atr)
        found = f"{name} : {_CARDS[kind]}."
        if kind in (CardKind.CPS2TER, CardKind.CPS3_CONTACTLESS) and setup.uses_card:
            yield warning("cards.card", found, "Insérez une carte CPS à jour dans un lecteur à contact.")
        else:
            yield ok("cards.card", found)
        yield from _held(readers, state, name)


def _held(readers: Readers, state: ReaderState, name: str) -> Iterator[Finding]:
    """Whether another program keeps the card to itself."""
    held = error(
        "cards.held",
        f"{name} : la carte est occupée par un autre logiciel, souvent celui de facturation.",
        "Fermez la session de carte de ce logiciel, ou réglez-le pour qu’il partage le lecteur.",
        ReaderBusy.code,
    )
    if state.busy:
        yield held
        return
    try:
        with readers.open(state.reader):
            pass
    except ReaderBusy:
        yield held
    except CardError as met:
        yield of_error("cards.held", met, f"{name} : ")


def _if_used(setup: Setup) -> Severity:
    """Without a card in use, the absence of a reader disturbs the Vitale alone."""
    return Severity.ERROR if setup.uses_card else Severity.INFO
