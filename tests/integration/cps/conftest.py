"""Cards for the CPS's code: an emulated CPS3 through OpenSC, and SoftHSM2 tokens that hold the same keys."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cards import OPENSC
from counters import VACCINATION, registered, until
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute, CertificateType, ObjectClass

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.card_thread import CardThread
from dmp_core.cards.cps import CpsReaders
from dmp_core.cards.pin import Pin
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.model.access import Environment
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.practitioner import Practitioner, Who
from dmp_core.services.authentication.card_view import CardSessionView
from dmp_core.services.authentication.professional import CardSession
from dmp_core.services.notices import Notice
from dmp_core.simulator.cards.holder import CardKey, Holder
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.interference import NoFault
from dmp_core.simulator.pki import Authority, Pki
from dmp_core.simulator.pki import _authentication as authentication_uses
from dmp_core.simulator.pki import _person_subject as person_subject
from dmp_core.simulator.pki import _signature as signature_uses
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


@dataclass(frozen=True)
class SoftToken:
    """How a token is made: which keys under which labels and CKA_IDs. The defaults are a CPS4's."""

    label: str = "CPS-TEST"
    pin: str = "1234"
    aut: str = "CPS_PRIV_AUT"
    sig: str = "CPS_PRIV_SIG"
    aut_id: str = "20"
    sig_id: str = "10"
    certificates: tuple[str, ...] = ("aut", "sig")
    data: tuple[tuple[str, bytes], ...] = ()
    crossed: bool = False  # each certificate beside the other key


class SoftTokens:
    """SoftHSM2 with a folder of its own for this run, empty at the start of each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[str] = []
        tokens = folder / "tokens"
        tokens.mkdir()
        configuration = folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\nslots.removable = true\n")
        os.environ["SOFTHSM2_CONF"] = str(configuration)

    def make(self, holder: Holder, token: SoftToken = SoftToken()) -> None:
        """A token with the keys and certificates of `holder`."""
        label, pin = token.label, token.pin
        self._tool("--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "12345678")
        self._made.append(label)
        for name, key_id, card_key in (
            (token.aut, token.aut_id, holder.authentication),
            (token.sig, token.sig_id, holder.signature),
        ):
            if name:
                file = self._folder / "key.pem"
                file.write_bytes(card_key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
                self._tool(
                    "--import",
                    str(file),
                    "--token",
                    label,
                    "--label",
                    name,
                    "--id",
                    key_id,
                    "--pin",
                    pin,
                    "--no-public-key",
                )
        self._reload()
        ids = {"aut": token.aut_id, "sig": token.sig_id}
        if token.crossed:
            ids = {"aut": token.sig_id, "sig": token.aut_id}
        keys = {"aut": holder.authentication, "sig": holder.signature}
        with pkcs11.lib(str(SOFTHSM)).get_token(token_label=label).open(user_pin=pin, rw=True) as session:
            for name in token.certificates:
                session.create_object(_certificate(name, bytes.fromhex(ids[name]), keys[name].certificate))
            for name, value in token.data:
                private = "ACTIVITY" in name
                session.create_object(
                    {
                        Attribute.CLASS: ObjectClass.DATA,
                        Attribute.TOKEN: True,
                        Attribute.PRIVATE: private,
                        Attribute.LABEL: name,
                        Attribute.VALUE: value,
                    }
                )

    def clear(self) -> None:
        for label in self._made:
            self._tool("--delete-token", "--token", label)
        self._made.clear()
        self._reload()

    def _reload(self) -> None:
        """SoftHSM sees the tokens that another process made when it is initialised."""
        pkcs11.lib(str(SOFTHSM)).reinitialize()

    def _tool(self, *arguments: str) -> None:
        subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def _certificate(name: str, key_id: bytes, der: bytes) -> dict[Attribute, object]:
    return {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: False,
        Attribute.LABEL: f"certificate {name}",
        Attribute.ID: key_id,
        Attribute.VALUE: der,
        Attribute.SUBJECT: b"\x30\x00",
    }


@pytest.fixture(scope="session")
def soft_tokens_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> SoftTokens:
    if not SOFTHSM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("softhsm2 is not installed")
        pytest.skip("NO SOFTHSM2: keys in a PKCS#11 token were not tried")
    return SoftTokens(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture
def soft_tokens(soft_tokens_of_the_run: SoftTokens) -> Iterator[SoftTokens]:
    yield soft_tokens_of_the_run
    soft_tokens_of_the_run.clear()


@pytest.fixture
def card_thread() -> Iterator[CardThread]:
    thread = CardThread()
    yield thread
    thread.close()


@pytest.fixture
def readers(card_thread: CardThread) -> Callable[..., CpsReaders]:
    """The CPS readers over OpenSC, unless told: `library=`, `sign_library=`."""

    def make(**options: object) -> CpsReaders:
        options.setdefault("library", OPENSC)
        environment = options.pop("environment", Environment.SIMULATION)
        return CpsReaders(card_thread, environment, **options)

    return make


@pytest.fixture(scope="session")
def soft() -> Path:
    return SOFTHSM


@pytest.fixture(scope="session")
def soft_token() -> type[SoftToken]:
    return SoftToken


@pytest.fixture
def pin() -> Callable[[str], Pin]:
    return lambda digits: Pin(bytearray(digits, "ascii"))


@pytest.fixture(scope="session")
def now() -> datetime:
    """Cards are dated by the computer's clock: their test authority is made for today."""
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def make_holder(card_pki: Pki, holder: Holder, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Holder]:
    """Another professional of the same authority; `dates`: of the certificates."""
    folder = tmp_path_factory.mktemp("holders")

    def make(
        national_id: str = "899700000055",
        dates: tuple[datetime, datetime] | None = None,
        pki: Pki = card_pki,
        **names: str,
    ) -> Holder:
        person = Practitioner(
            national_id=national_id,
            family=names.get("family", "ADJOINTE"),
            given=names.get("given", "LOU"),
            profession="21",
            section="D",
        )
        made, authority = Pki(folder), Authority.load(pki.authority)
        subject = person_subject(person)
        pairs = made.professional_auth(national_id), made.professional_sign(national_id)
        authority.issue(pairs[0], subject, authentication_uses(), dates)
        authority.issue(pairs[1], subject, signature_uses(seal=False), dates)
        return replace(
            holder, practitioner=person, authentication=CardKey.load(pairs[0]), signature=CardKey.load(pairs[1])
        )

    return make


# ---------------------------------------------------------------- a pharmacy whose keys are in a card


class Counting(NoFault):
    """Nothing goes wrong at the DMP; what was asked is counted."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def before(self, transaction: str) -> Any:
        self.asked.append(transaction)


class MovingClock:
    """The computer's clock; a test makes waits pass. The time of day stays true: the DMP compares it with its own."""

    def __init__(self) -> None:
        self._moved = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() + self._moved

    def wait(self, **duration: float) -> None:
        self._moved += timedelta(**duration).total_seconds()


@dataclass
class Pharmacy:
    """The whole app over HTTPS to the simulated DMP. `app` is not started: a test takes the steps itself."""

    app: App
    simulator: Simulator
    counter: Counter
    fault: Counting
    clock: MovingClock
    notices: list[Notice] = field(default_factory=list)

    @property
    def session(self) -> CardSession:
        assert self.app.cps is not None
        return self.app.cps

    @property
    def practitioner(self) -> Practitioner:
        practitioner = self.counter.operator.practitioner
        assert practitioner
        return practitioner

    @property
    def who(self) -> Who:
        return Who(structure=self.counter.structure, operator=self.counter.operator, author=self.practitioner)

    @property
    def patient(self) -> Patient:
        return self.counter.patients[0]

    def holder(self, practitioner: Practitioner | None = None) -> Holder:
        """Who holds a card of this simulator's authority."""
        return Holder.of(self.simulator.pki, practitioner or self.practitioner, self.counter.structure)

    def work(self, who: Who | None) -> None:
        self.app.session.operator_changed(who)

    def type(self, digits: str = "1234", *, seconds: float = 1.0, last_try: bool = False) -> CardSessionView:
        """The code in the dialog that is open."""
        request = self.session.view().request
        assert request is not None, "nobody asks for a code"
        pin = Pin(bytearray(digits, "utf-8"))
        return self.session.enter(request.number, pin, seconds, last_try=last_try, who=self.who)

    def open(self) -> CardSessionView:
        self.session.open(self.who)
        return self.type()

    def save(self, key: str = "save-1", record: str = "record-1", who: Who | None = None, **changes: Any) -> OutboxItem:
        saved = SavedDocument(
            key=key, record=record, type_id="note-vaccination", patient=self.patient, content=VACCINATION | changes
        )
        return self.app.intake.save(saved, who or self.who)

    def until(self, item: OutboxItem, *states: State, steps: int = 12) -> OutboxItem:
        def next_second() -> None:
            self.clock.wait(seconds=1)  # four feeds a second

        return until(self.app, item, *states, steps=steps, before_step=next_second)

    def confirmed(self, item: OutboxItem) -> OutboxItem:
        item = self.until(item, State.AWAITING_CONFIRMATION, State.HELD)
        return self.app.delivery.confirm(item.id, self.who)

    def told(self, kind: type) -> list[Any]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    def registered(self) -> int:
        return len(registered(self.simulator, self.patient))


@pytest.fixture(scope="session")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulation")
    prepare(folder)
    return folder


@pytest.fixture
def make_pharmacy(simulation: Path, tmp_path: Path) -> Iterator[Callable[..., Pharmacy]]:
    """Opens a pharmacy; `cps` is TOML of `[cps]`, `keys` of `[structure.ID.keys]`."""
    with ExitStack() as stack:

        def make(*, cps: str = f'library = "{OPENSC}"', keys: str = 'source = "card"', extra: str = "") -> Pharmacy:
            data = tmp_path / "dmp"
            shutil.copytree(simulation, data)
            simulator, fault, clock = Simulator.open(data), Counting(), MovingClock()
            stack.callback(simulator.close)
            write_config(data, stack.enter_context(running(simulator, fault=fault)).url)
            counter = Counter.model_validate_json((data / COUNTER).read_bytes())
            layer = tmp_path / "layer.toml"
            structure = counter.structure.national_id
            layer.write_text(f"{extra}\n[cps]\n{cps}\n[structure.{structure}.keys]\n{keys}\n", encoding="utf-8")
            app = App(load(data / CONFIG, layer), clock=clock)
            stack.callback(app.close)
            pharmacy = Pharmacy(app, simulator, counter, fault, clock)
            app.subscribe(pharmacy.notices.append)
            return pharmacy

        yield make


@pytest.fixture
def pharmacy(make_pharmacy: Callable[..., Pharmacy]) -> Pharmacy:
    """A pharmacy that reads and feeds with the CPS, through OpenSC."""
    pharmacy = make_pharmacy()
    pharmacy.work(pharmacy.who)
    return pharmacy


@pytest.fixture
def feeding_pharmacy(make_pharmacy: Callable[..., Pharmacy], soft_tokens: SoftTokens) -> Pharmacy:
    """The same, with the signature key in SoftHSM2: OpenSC with OpenSSL 3 cannot use the CPS3's."""
    pharmacy = make_pharmacy(cps=f'library = "{OPENSC}"\nsign_library = "{SOFTHSM}"')
    soft_tokens.make(pharmacy.holder(), SoftToken(aut="", certificates=("sig",)))
    pharmacy.work(pharmacy.who)
    return pharmacy
