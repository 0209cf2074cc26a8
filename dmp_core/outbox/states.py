"""The one table of what may become of an item, and how the counter calls each state."""

from collections.abc import Mapping
from typing import Final

from dmp_core.errors import WrongState
from dmp_core.model.item import State, WaitReason

_S = State
CHANGES: Final[Mapping[State, frozenset[State]]] = {
    _S.ACCEPTED: frozenset({_S.COMPOSED, _S.TRANSLATED, _S.WAITING, _S.REFUSED, _S.CANCELLED}),
    _S.COMPOSED: frozenset(
        {_S.AWAITING_CONFIRMATION, _S.HELD, _S.READY, _S.WAITING, _S.REFUSED, _S.CANCELLED},
    ),
    _S.AWAITING_CONFIRMATION: frozenset({_S.READY, _S.REFUSED, _S.CANCELLED}),
    _S.HELD: frozenset({_S.READY, _S.REFUSED, _S.CANCELLED}),
    _S.READY: frozenset({_S.SENDING, _S.WAITING, _S.REFUSED, _S.CANCELLED}),
    _S.SENDING: frozenset({_S.SENT, _S.WAITING, _S.UNCERTAIN, _S.REFUSED}),
    _S.UNCERTAIN: frozenset({_S.READY, _S.SENT, _S.REFUSED}),
    _S.HANDED: frozenset({_S.READY, _S.UNCERTAIN, _S.SENT, _S.CANCELLED}),
    _S.WAITING: frozenset({_S.ACCEPTED, _S.COMPOSED, _S.READY, _S.HANDED, _S.REFUSED, _S.CANCELLED}),
    _S.REFUSED: frozenset({_S.ACCEPTED, _S.CANCELLED}),
    _S.SENT: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.TRANSLATED: frozenset(),
}

EDITABLE: Final = frozenset(State) - {_S.SENDING, _S.CANCELLED, _S.TRANSLATED}
"""States in which an item may change and stay: a title, a visibility, a new patient, the time of the next try."""

SCHEDULED: Final = frozenset({_S.ACCEPTED, _S.COMPOSED, _S.HELD, _S.READY, _S.UNCERTAIN, _S.WAITING})
"""States that delivery acts on: only in these an item has a `due_at`."""

AT_ONCE: Final = frozenset({_S.ACCEPTED, _S.COMPOSED, _S.READY, _S.UNCERTAIN})
"""States in which an item is due as soon as it enters them, unless the change says another time."""

EXPLAINED: Final = frozenset({_S.WAITING, _S.UNCERTAIN, _S.HANDED, _S.REFUSED})
"""States that keep the fault that led to them; in the others it is dropped unless the change gives one."""

DESTROYED: Final = frozenset({_S.SENT, _S.TRANSLATED})
"""States that an item enters without its content: the DMP has it, or the items made of it have it."""

FINAL: Final = frozenset({_S.SENT, _S.CANCELLED, _S.TRANSLATED})
"""Nothing moves them any more."""

COMPOSABLE: Final = frozenset({_S.ACCEPTED, _S.COMPOSED, _S.AWAITING_CONFIRMATION, _S.HELD})
"""States in which the document may be made (again); from READY on its bytes and identity are frozen."""


def allowed(old: State, new: State) -> bool:
    """True where the table lets an item go from `old` to `new`, or change and stay."""
    return new in CHANGES[old] or (old is new and old in EDITABLE)


def check(old: State, resume: State | None, new: State) -> None:
    """Raise WrongState where the change is not in the table; a waiting item goes on only where it left."""
    if not allowed(old, new):
        raise WrongState(f"{old} -> {new}")
    if old is State.WAITING and new in {State.ACCEPTED, State.COMPOSED, State.READY} and new is not resume:
        raise WrongState(f"{old} -> {new}: resumes at {resume}")


def resume_of(old: State, resume: State | None) -> State:
    """Where an item that starts to wait in `old` goes back to: the state that it leaves, READY when it was sending."""
    if old is State.WAITING and resume is not None:
        return resume
    return State.READY if old is State.SENDING else old


def composable(state: State, resume: State | None) -> bool:
    """True where the document may still be made again: before READY, also through a wait."""
    return (resume if state is State.WAITING else state) in COMPOSABLE


_LABELS: Final[Mapping[State, str]] = {
    _S.ACCEPTED: "Enregistré : en préparation",
    _S.COMPOSED: "Préparé : à envoyer sur demande",
    _S.AWAITING_CONFIRMATION: "À confirmer avant l’envoi",
    _S.HELD: "Envoi différé : encore modifiable",
    _S.READY: "Prêt : envoi imminent",
    _S.SENDING: "Envoi en cours",
    _S.SENT: "Envoyé au DMP",
    _S.WAITING: "En attente",
    _S.UNCERTAIN: "Envoi à vérifier auprès du DMP",
    _S.HANDED: "Remis au comptoir qui a la carte",
    _S.REFUSED: "Refusé : à corriger",
    _S.CANCELLED: "Annulé",
    _S.TRANSLATED: "Traité : voir les documents qui en sont issus",
}
_REASONS: Final[Mapping[WaitReason, str]] = {
    WaitReason.IDENTITY: "identité du patient à qualifier",
    WaitReason.PLUGIN: "extension indisponible",
    WaitReason.CARD: "carte CPS ou certificat à présenter",
    WaitReason.NETWORK: "réseau ou DMP injoignable",
    WaitReason.RATE: "trop d’envois à la fois",
    WaitReason.CONFLICT: "un envoi précédent du même document n’est pas terminé",
    WaitReason.AUTHOR: "son auteur a quitté la pharmacie, le titulaire peut le reprendre",
    WaitReason.SEAT: "proposé au comptoir qui a la carte",
}


_FATES: Final[Mapping[State, str]] = {
    _S.WAITING: "Le document est gardé\u00a0: il partira tout seul.",
    _S.UNCERTAIN: "Le DMP n’a pas confirmé. Le logiciel vérifie si le document y est, puis le renvoie seulement "
    "s’il n’y est pas.",
    _S.REFUSED: "Le document n’est pas au DMP.",
}


def fate(state: State) -> str:
    """Where the document is after a fault, in French; '' where the label says it."""
    return _FATES.get(state, "")


def label(state: State, reason: WaitReason | None = None) -> str:
    """What the counter reads, in French: `En attente : identité du patient à qualifier`."""
    text = _LABELS[state]
    return f"{text} : {_REASONS[reason]}" if reason is not None and state is State.WAITING else text


def loss(state: State | None) -> str:
    """What becomes of an item that no longer reads, and what to do; `state`: as far as that still reads."""
    if state is State.SENT:
        return "Il est dans le DMP ; il ne peut plus être corrigé depuis ce poste."
    if state in (State.CANCELLED, State.TRANSLATED):
        return "Il ne devait plus partir : il n’y a rien à refaire."
    if state is State.HANDED:
        return "Il était confié à un autre comptoir : regardez là-bas s’il est parti."
    if state in (None, State.SENDING, State.UNCERTAIN):
        return "Il est peut-être parti : regardez dans le DMP du patient avant de l’enregistrer de nouveau."
    return "Il n’est pas parti et ne partira pas : enregistrez-le de nouveau dans votre logiciel."
