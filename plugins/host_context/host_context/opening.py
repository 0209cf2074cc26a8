"""From a wish to the address of a window."""

from way_in.counter import Counter, Refusal

from host_context.context import Wish


def open_window(counter: Counter, wish: Wish) -> str:
    """An address that opens the window once, within thirty seconds. Raises Refusal."""
    if wish.document is None:
        patient = wish.patient()
        counter.open(patient)
        return counter.page("consult", {"host_id": patient.host_id})
    return counter.page("feed", {"item": _item(counter, wish.document)})


def _item(counter: Counter, record: str) -> str:
    """The last document that the host saved under that reference."""
    items = counter.call("outbox/list", {"limit": 1000})["items"]
    of_record = [item for item in items if item["record"] == record]
    if not of_record:
        raise Refusal("CONTEXTE", "Ce document n’a pas été transmis au module DMP.", "Enregistrez-le de nouveau.", 404)
    return str(max(of_record, key=lambda item: str(item["accepted_at"]))["item"])
