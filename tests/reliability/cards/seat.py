"""A seat whose keys are in emulated cards, over HTTPS to the simulated DMP: who puts cards in, types codes, saves.

Nothing of it runs by itself: a test takes each step, so that it knows at which command a card went.
"""

import itertools
import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from counters import VACCINATION, until, who_of
from cryptography import x509
from cryptography.x509.oid import NameOID
from reliability.cards.props import SeatClock

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.cards.pin import Pin
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.errors import DmpError
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.model.practitioner import Who
from dmp_core.services.authentication.professional import CardSession
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.pki import Authority, Pki
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator
from dmp_core.testing.cps import EmulatedCps
from dmp_core.testing.readers import EmulatedReaders
from dmp_core.xml import parse

_SIGNATURE = """SELECT content FROM document WHERE unique_id != ?
    AND submission_set = (SELECT submission_set FROM document WHERE unique_id = ?)"""
READER = "Lecteur 1"
PIN = "1234"
_STEPS = 40


class Seat:
    """One pharmacy for a whole campaign: its outbox and the DMP's registry keep what each turn left there."""

    def __init__(self, folder: Path, *, keys: str = 'source = "card"', feed_mode: str = "direct") -> None:
        """`keys`: TOML of `[structure.ID.keys]`."""
        self._folder = folder
        self._stack = ExitStack()
        prepare(folder)
        self.counter = Counter.model_validate_json((folder / COUNTER).read_bytes())
        self.who = who_of(self.counter)
        self.simulator = Simulator.open(folder)
        self._stack.callback(self.simulator.close)
        self.readers = EmulatedReaders(READER)
        self.clock = SeatClock()
        self.sent = 0
        self._holders: dict[str, Holder] = {}
        self._numbers = itertools.count(1)
        self._servers = self._stack.enter_context(ExitStack())
        self._port = self._servers.enter_context(running(self.simulator)).port
        self.colleague = self._colleague()
        self.app = self._opened(keys, feed_mode)
        self.work(self.who)

    def close(self) -> None:
        self._stack.close()

    def _opened(self, keys: str, feed_mode: str) -> App:
        write_config(self._folder, f"https://127.0.0.1:{self._port}/si-dmp-server/v2/services/")
        layer = self._folder / "seat.toml"
        structure = f"structure.{self.counter.structure.national_id}"
        layer.write_text(f'[{structure}]\nfeed_mode = "{feed_mode}"\n[{structure}.keys]\n{keys}\n')
        app = App(
            load(self._folder / CONFIG, layer),
            clock=self.clock,
            open_readers=lambda: self.readers,
            open_cps=lambda config, calls: EmulatedCps(self.readers, calls, config.environment),
        )
        self._stack.callback(app.close)
        return app

    def _colleague(self) -> Who:
        """A second pharmacist of the pharmacy, whom the DMP knows as well."""
        person = self.practitioner(self.who).model_copy(
            update={"national_id": "899700000055", "family": "ADJOINTE", "given": "LOU"}
        )
        self.authority = Authority.load(self.pki.authority)
        self.authority.issue_to(self.pki, person)
        self.simulator.annuaire.add([self.counter.structure], [person])
        patient = self.counter.patients[0]
        assert patient.ins
        self.simulator.patients.authorise(
            patient.ins.cx, person.national_id, until=self.clock.now() + timedelta(days=9)
        )
        operator = self.who.operator.model_copy(update={"id": "operator-2", "practitioner": person})
        return self.who.model_copy(update={"operator": operator, "author": person})

    @property
    def pki(self) -> Pki:
        return self.simulator.pki

    @property
    def session(self) -> CardSession:
        assert self.app.cps is not None
        return self.app.cps

    @staticmethod
    def practitioner(who: Who) -> Any:
        return who.author

    def restart_dmp(self) -> None:
        """The DMP drops its connections and reads its list of withdrawn certificates, on the same port."""
        self._servers.close()
        self._servers.enter_context(running(self.simulator, port=self._port))

    # ------------------------------------------------------------ cards

    def holder(self, who: Who) -> Holder:
        person = self.practitioner(who)
        if person.national_id not in self._holders:
            self._holders[person.national_id] = Holder.of(self.pki, person, self.counter.structure)
        return self._holders[person.national_id]

    def card(self, who: Who, kind: type[Cps3] = Cps3, **options: Any) -> Cps3:
        """A card of that professional; a serial number of its own for each of them."""
        serial = "28" + self.practitioner(who).national_id[-8:]
        return kind(self.holder(who), serial=serial, **options)

    def put_in(self, card: Cps3, *, told: bool = True) -> None:
        """`told`: the thread that watches the readers says so, which it may do late."""
        if READER not in self.readers.names:
            self.readers.plug(READER)
        self.readers.insert(READER, card)
        if told:
            self.session.card_changed(present=True)

    def take_out(self, *, told: bool = True) -> None:
        if READER in self.readers.names:
            self.readers.remove(READER)
        if told:
            self.session.card_changed(present=False)

    def clean(self) -> None:
        """No card, no session, nobody's program in the way: the next turn begins."""
        self.clock.ahead = timedelta()
        self.readers.hold(READER, held=False)
        self.readers.serve(True)
        if self.app.cps is not None:
            self.take_out()
            self.session.step()
        self.work(self.who)
        self.clock.wait(seconds=60)  # what a card said is forgotten

    # ------------------------------------------------------------ people

    def work(self, who: Who) -> None:
        self.app.session.operator_changed(who)

    def open(self, who: Who | None = None, digits: str = PIN) -> None:
        """Somebody opens their card and types the code. Raises CardError."""
        who = who or self.who
        request = self.session.open(who).request
        if request is not None:
            self.type(who, request.number, digits)

    def type(self, who: Who, number: int, digits: str = PIN, *, last_try: bool = False) -> None:
        self.session.enter(number, Pin(bytearray(digits, "ascii")), 1.0, last_try=last_try, who=who)

    def read(self, who: Who | None = None) -> None:
        """A question to the DMP: the connection is opened by the card. Raises DmpError."""
        patient = self.counter.patients[0]
        assert patient.ins
        self.app.consult.existence(patient.ins, who or self.who)

    def save(self, who: Who | None = None) -> OutboxItem:
        """A document that its author confirmed."""
        number, who = next(self._numbers), who or self.who
        saved = SavedDocument(
            key=f"save-{number}",
            record=f"record-{number}",
            type_id="note-vaccination",
            patient=self.counter.patients[0],
            content=VACCINATION,
        )
        item = self.until(self.app.intake.save(saved, who), State.AWAITING_CONFIRMATION, State.HELD)
        return self.app.delivery.confirm(item.id, who)

    # ------------------------------------------------------------ what became of it

    def until(self, item: OutboxItem, *states: State) -> OutboxItem:
        """Take steps of the delivery until the item is in one of these states."""

        def next_second() -> None:
            self.clock.wait(seconds=1)  # four feeds a second

        return until(self.app, item, *states, steps=_STEPS, before_step=next_second)

    def waits(self, item: OutboxItem) -> OutboxItem:
        """The item stands in the outbox for its key, and says so to a human; nothing of it is in the DMP."""
        item = self.until(item, State.WAITING)
        assert item.reason is WaitReason.CARD or (self.app.cps is None and item.reason is WaitReason.NETWORK)
        assert item.fault is not None and item.fault.code and item.fault.sentence and item.fault.remedy
        assert self.deposits() == self.sent
        return item

    def leaves(self, item: OutboxItem) -> None:
        """The item is in the DMP once, under its author's signature."""
        if self.app.outbox.get(item.id).state is State.WAITING:
            with suppress(DmpError):  # it went on by itself meanwhile
                self.app.delivery.retry(item.id, item.who)
        self.until(item, State.SENT)
        self.sent += 1
        assert self.deposits() == self.sent
        assert self.signed_by(item) == self.signer(item.who)

    def signer(self, who: Who) -> str:
        """Who must have signed: the author's card, or the structure's seal where no card does."""
        if self.app.cps is not None:
            return str(self.practitioner(who).national_id)
        seal = self.pki.organisation_sign(self.counter.structure.national_id)
        return _common_name(x509.load_pem_x509_certificate(seal.certificate.read_bytes()))

    def deposits(self) -> int:
        """How many documents the DMP has, whatever identifies them; each came with its signature."""
        return int(self.simulator.storage.rows("SELECT count(*) FROM document")[0][0]) // 2

    def signed_by(self, item: OutboxItem) -> str:
        """PS_IdNat of the certificate in the signature that the DMP keeps beside the document."""
        frozen = self.app.outbox.get(item.id).frozen
        assert frozen is not None
        rows = self.simulator.storage.rows(_SIGNATURE, frozen.unique_id, frozen.unique_id)
        assert len(rows) == 1, "one signature beside the document"
        text = parse(bytes(rows[0][0])).findtext(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
        return _common_name(x509.load_der_x509_certificate(b64decode(text or "")))


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


@contextmanager
def seat_in(folder: Path, **options: Any) -> Iterator[Seat]:
    seat = Seat(folder / "seat", **options)
    try:
        yield seat
    finally:
        seat.close()
        shutil.rmtree(folder / "seat", ignore_errors=True)
