"""The stores that keep the contract. A further store is one more line in `STORES`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dmp_core.outbox.acts import SqliteActs
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.patients import SqlitePatientFile
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.ports import ActStore, Ids, OutboxStore, PatientFile

MakeStore = Callable[[], OutboxStore]


def sqlite(folder: Path, ids: Ids) -> OutboxStore:
    return SqliteOutbox(folder / "outbox.db", FileKeyStore(folder / "keys", ids), ids, reserve=100_000)


STORES: dict[str, Callable[[Path, Ids], OutboxStore]] = {"sqlite": sqlite}


@pytest.fixture(params=STORES)
def make_store(request: pytest.FixtureRequest, tmp_path: Path, ids: Ids) -> Iterator[MakeStore]:
    """Opens the same store again and again; what is left open is closed at the end."""
    opened: list[OutboxStore] = []

    def make() -> OutboxStore:
        while opened:
            opened.pop().close()
        opened.append(STORES[request.param](tmp_path, ids))
        return opened[-1]

    yield make
    while opened:
        opened.pop().close()


@pytest.fixture
def store(make_store: MakeStore) -> OutboxStore:
    return make_store()


MakePatients = Callable[[], PatientFile]


def sqlite_patients(folder: Path, ids: Ids) -> PatientFile:
    return SqlitePatientFile(folder / "patients.sqlite", FileKeyStore(folder / "keys", ids), ids)


PATIENT_FILES: dict[str, Callable[[Path, Ids], PatientFile]] = {"sqlite": sqlite_patients}


@pytest.fixture(params=PATIENT_FILES)
def make_patients(request: pytest.FixtureRequest, tmp_path: Path, ids: Ids) -> Iterator[MakePatients]:
    """Opens the same file again and again; what is left open is closed at the end."""
    opened: list[PatientFile] = []

    def make() -> PatientFile:
        while opened:
            opened.pop().close()
        opened.append(PATIENT_FILES[request.param](tmp_path, ids))
        return opened[-1]

    yield make
    while opened:
        opened.pop().close()


@pytest.fixture
def patients(make_patients: MakePatients) -> PatientFile:
    return make_patients()


MakeActs = Callable[[], ActStore]


def sqlite_acts(folder: Path, ids: Ids) -> ActStore:
    return SqliteActs(folder / "acts.sqlite", FileKeyStore(folder / "keys", ids), ids)


ACT_STORES: dict[str, Callable[[Path, Ids], ActStore]] = {"sqlite": sqlite_acts}


@pytest.fixture(params=ACT_STORES)
def make_acts(request: pytest.FixtureRequest, tmp_path: Path, ids: Ids) -> Iterator[MakeActs]:
    """Opens the same store again and again; what is left open is closed at the end."""
    opened: list[ActStore] = []

    def make() -> ActStore:
        while opened:
            opened.pop().close()
        opened.append(ACT_STORES[request.param](tmp_path, ids))
        return opened[-1]

    yield make
    while opened:
        opened.pop().close()


@pytest.fixture
def acts(make_acts: MakeActs) -> ActStore:
    return make_acts()
