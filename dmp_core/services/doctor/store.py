"""The store of what waits: whether all of it still reads."""

from collections.abc import Callable, Iterator, Sequence

from dmp_core.errors import ItemsUnreadable, OutboxLocked
from dmp_core.outbox.states import loss
from dmp_core.ports import DamagedItem
from dmp_core.services.doctor.finding import Finding, error, info, of_error, ok


def check(look: Callable[[], Sequence[DamagedItem]]) -> Iterator[Finding]:
    """One finding, and one for each item that no longer reads. `look` may raise OutboxLocked."""
    try:
        found = look()
    except OutboxLocked:
        yield info(
            "store.open",
            "La file d’envoi est ouverte par le logiciel, qui la vérifie lui-même chaque jour.",
            "« Envois au DMP » nomme les documents qui ne se lisent plus.",
        )
        return
    if not found:
        yield ok("store.whole", "Tout ce que garde la file d’envoi se lit.")
        return
    yield of_error("store.damaged", ItemsUnreadable())
    for item in found:
        saved = f"enregistré le {item.accepted_at:%d/%m/%Y}" if item.accepted_at else "date illisible"
        yield error("store.item", f"{item.type_id or 'Document'}, {saved}.", loss(item.state))
