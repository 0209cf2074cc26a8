"""Every fault on demand, on reading, fetching, feeding and correcting: what is told, and what became of the document.

Once the fault is over, nothing was lost and nothing is there twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from counters import VACCINATION

from dmp_core.api import SavedDocument
from dmp_core.errors import DmpError
from dmp_core.model.document import Visibility
from dmp_core.model.item import CorrectionState, OutboxItem, State
from dmp_core.simulator.fault_kinds import KINDS

MASKED = Visibility(masked_to_professionals=True)
NONE = ""
_S, _C = State, CorrectionState


@dataclass(frozen=True)
class Told:
    """Codes of the errors, '' where nothing fails; the states of the document and of its correction meanwhile."""

    listing: str
    fetching: str
    feeding: str
    state: State
    correction: CorrectionState


def lost(code: str, fetching: str = NONE) -> Told:
    """Nobody knows whether it was done: it is looked up before anything is sent again."""
    return Told(code, fetching or code, code, _S.UNCERTAIN, _C.PENDING)


def refused(code: str) -> Told:
    return Told(code, code, code, _S.REFUSED, _C.REFUSED)


def done(listing: str = NONE, fetching: str = NONE) -> Told:
    return Told(listing, fetching, NONE, _S.SENT, _C.DONE)


SPECS = {
    "reset-before": lost("DMP-NET-002"),
    "drop-after": lost("DMP-NET-002"),
    "cut": lost("DMP-NET-002"),
    "cut:0": lost("DMP-NET-002"),
    "slow:0.1": done(),
    "busy": Told("DMP-SRV-001", "DMP-SRV-001", "DMP-SRV-001", _S.WAITING, _C.PENDING),
    "throttle:0": lost("DMP-NET-015"),
    "refuse:XDSRegistryMetadataError": refused("DMP-SRV-007"),
    "refuse:DMPNouveau": refused("DMP-SRV-099"),
    "refuse:DMPClosed": refused("DMP-SRV-006"),
    "invalid-certificate": Told("DMP-SRV-013", "DMP-SRV-013", "DMP-SRV-013", _S.WAITING, _C.REFUSED),
    "http:500": lost("DMP-NET-013"),
    "http:404": lost("DMP-NET-014"),
    "html": lost("DMP-NET-013"),
    "html:200": lost("DMP-NET-011"),
    "empty": lost("DMP-NET-006", fetching="DMP-ANS-001"),
    "broken-xml": lost("DMP-ANS-001"),
    "mtom-broken": done(fetching="DMP-ANS-001"),
    "altered": done(fetching="DMP-ANS-003"),
    "wrong-relatesto": lost("DMP-ANS-002"),
    "other-patient": done(listing="DMP-ANS-002"),
    "partial": done(listing="DMP-SRV-099"),
    "warning": done(),
}
NOT_OF_A_REQUEST = {"expired-certificate"}


def code_of(act: Callable[[], Any]) -> str:
    """The code of what `act` raises, whose sentence and remedy are there to be read."""
    try:
        act()
    except DmpError as error:
        assert error.sentence
        assert error.remedy
        return error.code
    return NONE


def fetching(desk: Any, unique_ids: list[str]) -> str:
    refusals: list[str] = []

    def fetch() -> None:
        refusals.extend(
            one.code for one in desk.app.consult.fetch_all(desk.patient, desk.who, unique_ids).refused.values()
        )

    return code_of(fetch) or next(iter(refusals), NONE)


def delivered(desk: Any, item: OutboxItem) -> OutboxItem:
    """The item after steps that wait for no time, until it rests."""
    for _ in range(8):
        item = desk.app.outbox.get(item.id)
        if item.state in (State.AWAITING_CONFIRMATION, State.HELD):
            desk.app.delivery.confirm(item.id, desk.who)
        elif item.due_at is not None:
            now = desk.app.clock.now()
            desk.app.outbox.change(item, item.state, now=now, due_at=now)
        desk.app.delivery.step()
        item = desk.app.outbox.get(item.id)
        if item.state in (State.SENT, State.REFUSED, State.WAITING, State.UNCERTAIN):
            break
    return item


def sent_in_the_end(desk: Any, item: OutboxItem) -> OutboxItem:
    for _ in range(4):
        item = delivered(desk, item)
    return item


def test_every_kind_of_fault_is_in_the_table() -> None:
    assert {spec.partition(":")[0] for spec in SPECS} == set(KINDS) - NOT_OF_A_REQUEST


@pytest.mark.exigence("PRE_ERR")
@pytest.mark.parametrize("spec", SPECS)
def test_a_fault_is_told_and_nothing_is_lost_or_doubled(desk: Any, spec: str) -> None:
    told = SPECS[spec]
    before = desk.feed("before", "before")
    shown = [one.unique_id for one in desk.list("all").rows][:2]
    saved = SavedDocument(
        key="k", record="r", type_id="note-vaccination", patient=desk.patient, content=VACCINATION | {"rang": 3}
    )

    desk.dmp.fail(f"TD3.1:{spec}", f"TD3.2:{spec}")
    listing, fetched = code_of(lambda: desk.list("all")), fetching(desk, shown)
    desk.dmp.fail(f"TD2.1:{spec}", f"TD3.3:{spec}")
    item = delivered(desk, desk.app.intake.save(saved, desk.who))
    desk.app.corrections.set_visibility(before.id, desk.patient, MASKED, desk.who)
    desk.app.delivery.step()
    (correction,) = desk.app.outbox.get(before.id).corrections
    desk.dmp.plan = None

    assert Told(listing, fetched, item.fault.code if item.fault else NONE, item.state, correction.state) == told
    assert all(one.fault.sentence and one.fault.remedy for one in (item, correction) if one.fault)
    if told.state is not State.REFUSED:
        assert sent_in_the_end(desk, item).state is State.SENT
    after = sent_in_the_end(desk, before).corrections[0]
    assert after.state is (_C.REFUSED if told.correction is _C.REFUSED else _C.DONE)
    unique_ids = [one.unique_id for one in desk.documents()]
    assert unique_ids.count(item.frozen.unique_id) == (0 if told.state is State.REFUSED else 1)
    assert desk.document(before.frozen.unique_id).facets.has_confidentiality("MASQUE_PS") is (after.state is _C.DONE)
