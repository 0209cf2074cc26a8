"""The stores that keep the contract. A further store is one more line in `STORES`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.ports import Ids, OutboxStore

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
