"""A pharmacy with software certificates beside its simulated DMP, and PKCS#12 files as ANS sends them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from counters import registered, who_of
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.practitioner import Who
from dmp_core.simulator import pki as test_pki
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.pki import Authority, KeyPair, Pki
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator, now

PASSWORD = "mot de passe"
VACCINATION = {
    "date": "2025-10-14",
    "vaccin": {"cis": "68747507", "libelle": "VACCIN", "atc": {"code": "J07AM", "libelle": "vaccins"}, "lot": "L1"},
    "acte": "BOOSTER",
    "rang": 2,
}


@dataclass
class Pharmacy:
    """`layers` configure it: fed in indirect mode, read in AIR."""

    folder: Path
    layers: tuple[Path, Path]
    simulator: Simulator
    counter: Counter
    url: str

    @property
    def structure(self) -> str:
        return self.counter.structure.national_id

    @property
    def pki(self) -> Pki:
        return self.simulator.pki

    @property
    def arguments(self) -> list[str]:
        return [part for layer in self.layers for part in ("--config", str(layer))]

    def app(self) -> App:
        return App(load(*self.layers))

    def certificate(self, role: str, *, first: float, last: float) -> KeyPair:
        """A further certificate of the structure, valid from and until so many days from now."""
        authority = Authority.load(self.pki.authority)
        subject = test_pki._structure_subject(self.counter.structure)
        uses = test_pki._authentication() if role == "auth" else test_pki._signature(seal=True)
        pair = KeyPair(self.folder / f"{role}{first}{last}.pem", self.folder / f"{role}{first}{last}.key")
        authority.issue(pair, subject, uses, (now() + timedelta(days=first), now() + timedelta(days=last)))
        return pair

    def p12(self, pair: KeyPair, name: str = "recu") -> Path:
        certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        key: Any = load_pem_private_key(pair.key.read_bytes(), None)
        file = self.folder / f"{name}.p12"
        file.write_bytes(
            pkcs12.serialize_key_and_certificates(
                None, key, certificate, None, BestAvailableEncryption(PASSWORD.encode())
            )
        )
        return file

    @property
    def password(self) -> Path:
        file = self.folder / "password"
        file.write_text(PASSWORD + "\n", encoding="utf-8")
        return file

    @property
    def who(self) -> Who:
        return who_of(self.counter)

    def save(self, app: App, key: str = "save-1") -> OutboxItem:
        saved = SavedDocument(
            key=key, record=key, type_id="note-vaccination", patient=self.counter.patients[0], content=VACCINATION
        )
        return app.intake.save(saved, self.who)

    def until(self, app: App, item: OutboxItem, *states: State) -> OutboxItem:
        for _ in range(30):
            item = app.outbox.get(item.id)
            if item.state in states:
                return item
            app.step()
            if item.state in (State.AWAITING_CONFIRMATION, State.HELD, State.COMPOSED):
                app.delivery.confirm(item.id, self.who)
        raise AssertionError(f"{item.state} {item.reason} {item.fault}")

    def registered(self) -> int:
        return len(registered(self.simulator, self.counter.patients[0]))


@pytest.fixture(scope="session")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor-simulation")
    prepare(folder)
    return folder


@pytest.fixture
def make_pharmacy(simulation: Path, tmp_path: Path) -> Iterator[Callable[..., Pharmacy]]:
    with ExitStack() as stack:

        def make(extra: str = "", structure: str = "") -> Pharmacy:
            folder = tmp_path / "dmp"
            shutil.copytree(simulation, folder)
            simulator = Simulator.open(folder)
            stack.callback(simulator.close)
            url = stack.enter_context(running(simulator)).url
            write_config(folder, url)
            counter = Counter.model_validate_json((folder / COUNTER).read_bytes())
            layer = folder / "layer.toml"
            modes = 'feed_mode = "indirect"\nread_mode = "air"\n'
            section = f"[structure.{counter.structure.national_id}]\n{modes}{structure}\n"
            layer.write_text(f"{extra}\n{section}", encoding="utf-8")
            return Pharmacy(folder, (folder / CONFIG, layer), simulator, counter, url)

        yield make


@pytest.fixture
def pharmacy(make_pharmacy: Callable[..., Pharmacy]) -> Pharmacy:
    return make_pharmacy()
