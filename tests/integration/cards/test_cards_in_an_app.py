"""An app with emulated readers in memory, as the demo has them: no service, no root, the same notices."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from counters import OFFLINE

from dmp_core.app import App
from dmp_core.config import load
from dmp_core.errors import CardTlsUnavailable, EnvironmentIgnored
from dmp_core.model.beneficiary import Beneficiary
from dmp_core.services.notices import CardTold, CareNeeded, Notice, PatientSuggested
from dmp_core.simulator.cards import liars
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.vitale import Vitale2
from dmp_core.testing import people
from dmp_core.testing.beneficiaries import CODE, SimulatedBeneficiaries
from dmp_core.testing.readers import EmulatedReaders
from dmp_core.transport import card_tls

CONFIG = (
    OFFLINE
    + """
[structure.1990000001]
name = "PHARMACIE DES ESSAIS"
"""
)
MARIE = Beneficiary(family="DURAND", given="MARIE", birth_date="19690713")


@pytest.fixture
def readers() -> EmulatedReaders:
    return EmulatedReaders("CPS", "Vitale")


MakeApp = Callable[..., tuple[App, "SimpleQueue[Notice]"]]


@pytest.fixture
def make_app(tmp_path: Path, readers: EmulatedReaders) -> Iterator[MakeApp]:
    opened: list[App] = []

    def make(more: str = "", **options: object) -> tuple[App, SimpleQueue[Notice]]:
        config = tmp_path / "dmp.toml"
        config.write_text(CONFIG + more, encoding="utf-8")
        app = App(load(config), open_readers=lambda: readers, **options)  # type: ignore[arg-type]
        told: SimpleQueue[Notice] = SimpleQueue()
        app.subscribe(lambda notice: told.put(notice) if isinstance(notice, CardTold | PatientSuggested) else None)
        opened.append(app)
        app.start()
        return app, told

    yield make
    for app in opened:
        app.close()


def test_cards_put_in_by_a_program_are_told_as_real_ones(
    make_app: MakeApp, readers: EmulatedReaders, cps3: Cps3
) -> None:
    _, told = make_app()
    readers.insert("CPS", cps3)
    cps = told.get(timeout=10)
    readers.insert("Vitale", Vitale2())
    vitale, suggestion = told.get(timeout=10), told.get(timeout=10)

    assert isinstance(cps, CardTold)
    assert (cps.reader, cps.kind) == ("CPS", "cps3")
    assert isinstance(vitale, CardTold)
    assert isinstance(suggestion, PatientSuggested)
    assert suggestion.person.given == "MARIE"


def test_an_app_closes_while_a_card_keeps_silent(make_app: MakeApp, readers: EmulatedReaders) -> None:
    app, told = make_app()
    readers.insert("Vitale", liars.Mute(Vitale2()))
    told.get(timeout=10)

    closer = threading.Thread(target=app.close, daemon=True)
    closer.start()
    closer.join(10)

    assert not closer.is_alive()


def test_readers_are_left_alone_where_the_configuration_says_so(
    make_app: MakeApp, readers: EmulatedReaders, cps3: Cps3
) -> None:
    app, told = make_app('[cards]\nignore = ["Vit"]\n')
    readers.insert("Vitale", Vitale2())
    readers.insert("CPS", cps3)

    first = told.get(timeout=10)
    assert isinstance(first, CardTold)
    assert first.reader == "CPS"
    assert [seen.reader for seen in app.cards.listed()] == ["CPS"]


def test_without_readers_in_the_configuration_none_is_watched(
    make_app: MakeApp, readers: EmulatedReaders, cps3: Cps3
) -> None:
    readers.insert("CPS", cps3)
    app, _ = make_app("[cards]\nenabled = false\n")

    assert app.cards.listed() == ()
    assert "dmp-cards" not in {thread.name for thread in threading.enumerate()}


def test_a_provider_for_scanned_codes_is_given_to_the_app(make_app: MakeApp) -> None:
    app, _ = make_app(beneficiaries=lambda _readers: SimulatedBeneficiaries(codes={"marie": [MARIE]}))

    found, problem = app.cards.scanned(CODE + "marie", people.who())

    assert [person.given for person in found] == ["MARIE"]
    assert problem is None


def test_an_interpreter_unfit_for_cards_is_told_at_start_before_any_card(
    tmp_path: Path, readers: EmulatedReaders, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "dmp.toml"
    config.write_text(CONFIG + '\n[structure.1990000001.keys]\nsource = "card"\n', encoding="utf-8")
    monkeypatch.setattr("dmp_core.transport.openssl.ssl.OPENSSL_VERSION", "LibreSSL 3.3.6")
    card_tls.self_test.cache_clear()
    app = App(load(config), open_readers=lambda: readers)
    told: SimpleQueue[Notice] = SimpleQueue()
    app.subscribe(lambda notice: told.put(notice) if isinstance(notice, CareNeeded) else None)

    app.start()
    while (caution := told.get(timeout=10).caution).code == EnvironmentIgnored.code:
        """This machine's variables are told as well."""
    app.close()

    assert caution.code == CardTlsUnavailable.code
