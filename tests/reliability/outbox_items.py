"""Items to put in an outbox, and the shortest way to each state: shared by its contract and its reliability tests."""

from datetime import date, datetime
from typing import Any

from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.item import Fault, Frozen, NewItem, OutboxItem, State, WaitReason
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Right, Structure, Who
from dmp_core.ports import OutboxStore

STRUCTURE = "1750000001"
INS = "279035121518989"
BIRTH_NAME = "ZQTESTANE"
AUTHOR_NAME = "ZQDURAND"
KEY = "zq-save"
TITLE = "ZQ bilan partagé"
DMP_TEXT = "ZQ the words of the DMP"

FROZEN = Frozen(unique_id="2.25.1", submission_set_id="2.25.2", set_id="2.25.3", version=1, hash="da39a3ee", size=3)
FAULT = Fault(code="DMP-NET-001", sentence="Le DMP ne répond pas.", remedy="Attendez.", dmp_text=DMP_TEXT)
ROUTES: dict[State, tuple[State, ...]] = {
    State.ACCEPTED: (),
    State.COMPOSED: (State.COMPOSED,),
    State.AWAITING_CONFIRMATION: (State.COMPOSED, State.AWAITING_CONFIRMATION),
    State.HELD: (State.COMPOSED, State.HELD),
    State.READY: (State.COMPOSED, State.READY),
    State.SENDING: (State.COMPOSED, State.READY, State.SENDING),
    State.UNCERTAIN: (State.COMPOSED, State.READY, State.SENDING, State.UNCERTAIN),
    State.SENT: (State.COMPOSED, State.READY, State.SENDING, State.SENT),
    State.WAITING: (State.WAITING,),
    State.REFUSED: (State.REFUSED,),
    State.CANCELLED: (State.CANCELLED,),
    State.TRANSLATED: (State.TRANSLATED,),
}


def patient(host_id: str = "ZQ-P-1") -> Patient:
    """A qualified patient of the register of tests."""
    traits = Traits(
        birth_name=BIRTH_NAME,
        birth_given_names="MARGUERITE",
        first_birth_given_name="MARGUERITE",
        sex=Sex.FEMALE,
        birth_date=date(1979, 3, 12),
    )
    ins = Ins(value=INS, oid=InsOid.NIR_TEST)
    return Patient(host_id=host_id, traits=traits, ins=ins, status=IdentityStatus.QUALIFIEE)


def new_item(key: str = KEY, *, structure: str = STRUCTURE, host_id: str = "ZQ-P-1", **given: Any) -> NewItem:
    """What a host hands over; what is given replaces what it has."""
    author = Practitioner(national_id="810000000001", family=AUTHOR_NAME, given="Camille", profession="21", section="A")
    who = Who(
        structure=Structure(national_id=structure, name="Pharmacie du Test"),
        operator=Operator(id="op-1", rights=frozenset({Right.FEED}), practitioner=author),
        author=author,
    )
    values = {"record": "zq-record", "type_id": "bilan", "content": b"<content/>", "patient": patient(host_id)}
    return NewItem(**({"key": key, "who": who} | values | given))


def bring(
    store: OutboxStore, item: OutboxItem, state: State, now: datetime, document: bytes = b"<document/>"
) -> OutboxItem:
    """Lead an accepted item to `state` by the shortest way, composing it on the way."""
    for step in ROUTES[state]:
        more: dict[str, Any] = {}
        if step is State.COMPOSED:
            more = {"document": document, "metadata": b'{"title": 1}', "frozen": FROZEN, "title": TITLE}
        if step is State.WAITING:
            more = {"reason": WaitReason.NETWORK, "fault": FAULT}
        if step is State.REFUSED:
            more = {"fault": FAULT}
        item = store.change(item, step, now=now, **more)
    return item
