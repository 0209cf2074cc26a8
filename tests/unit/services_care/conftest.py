"""The stores on disk, the audit, and one item that waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dmp_core.audit.chain import ChainedAudit
from dmp_core.model.item import NewItem, OutboxItem
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.patients import SqlitePatientFile
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.ports import Audit, OutboxStore, PatientFile
from dmp_core.testing import people
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.ids import SeededIds


@pytest.fixture
def keys(tmp_path: Path, ids: SeededIds) -> FileKeyStore:
    return FileKeyStore(tmp_path / "keys", ids)


@pytest.fixture
def patients(tmp_path: Path, keys: FileKeyStore, ids: SeededIds) -> Iterator[PatientFile]:
    file = SqlitePatientFile(tmp_path / "patients.sqlite", keys, ids)
    yield file
    file.close()


@pytest.fixture
def outbox(tmp_path: Path, keys: FileKeyStore, ids: SeededIds) -> Iterator[OutboxStore]:
    store = SqliteOutbox(tmp_path / "outbox.sqlite", keys, ids, reserve=100_000)
    yield store
    store.close()


@pytest.fixture
def audit(tmp_path: Path, keys: FileKeyStore, clock: ManualClock) -> Iterator[Audit]:
    chain = ChainedAudit(tmp_path / "audit.sqlite", keys, clock, witness=tmp_path / "keys" / "audit.head")
    yield chain
    chain.close()


@pytest.fixture
def waiting_item(outbox: OutboxStore, clock: ManualClock) -> OutboxItem:
    """A document that the host has just handed over."""
    new = NewItem(
        key="save-1", record="record-1", type_id="note", who=people.who(), patient=people.patient(), content=b"{}"
    )
    return outbox.accept(new, item_id="item-1", now=clock.now())[0]
