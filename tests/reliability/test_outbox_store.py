"""What was accepted stays, whatever happens to the process, the disk, the bits or the thief.

`DMP_KILLS` and `DMP_FLIPS` ask for more rounds; a failure names the seed that repeats it.
"""

import itertools
import os
import random
import re
import select
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import apsw
import pytest
from reliability.outbox_items import (
    AUTHOR_NAME,
    BIRTH_NAME,
    DMP_TEXT,
    FAULT,
    INS,
    KEY,
    ROUTES,
    STRUCTURE,
    TITLE,
    bring,
    new_item,
)

from dmp_core.errors import DmpError, NotFound, OutboxError, OutboxFull, OutboxLocked, OutboxUnreadable
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.ids import SeededIds

KILLS = int(os.environ.get("DMP_KILLS", "300"))
FLIPS = int(os.environ.get("DMP_FLIPS", "300"))
NOW = ManualClock().now()
pytestmark = pytest.mark.reliability


class RandomIds:
    """Real randomness: a writer that starts again must not repeat its nonces."""

    def uuid(self) -> UUID:
        return UUID(bytes=os.urandom(16), version=4)

    def token(self, size: int) -> bytes:
        return os.urandom(size)


def open_store(folder: Path, *, reserve: int = 100_000) -> SqliteOutbox:
    ids = RandomIds()
    return SqliteOutbox(folder / "outbox.db", FileKeyStore(folder / "keys", ids), ids, reserve=reserve)


def fork(work: Callable[[], None]) -> int:
    """Process id of a child that does `work` and ends without cleaning up."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    return child


# ---------------------------------------------------------------- killed at any instant


def content_of(key: str) -> bytes:
    return key.encode() * (2000 if key.endswith("7") else 20)


def write_until_killed(folder: Path, round_number: int, pipe: int) -> None:
    """Accept, lead on, tidy; tell each thing that the store has confirmed as `key state`."""
    os.write(pipe, b"started\n")
    store = open_store(folder)
    store.recover(NOW)
    ends = itertools.cycle([State.SENT, State.WAITING, State.HELD, State.SENDING, State.REFUSED, State.ACCEPTED])
    for number, end in enumerate(ends):
        key = f"{round_number}-{number}"
        item, _ = store.accept(new_item(key, content=content_of(key)), item_id=key, now=NOW)
        os.write(pipe, f"{key} accepted\n".encode())
        for step in ROUTES[end]:
            more = {"document": b"d", "metadata": b"m"} if step is State.COMPOSED else {}
            more |= {"reason": WaitReason.CARD} if step is State.WAITING else {}
            more |= {"fault": FAULT} if step is State.REFUSED else {}
            item = store.change(item, step, now=NOW, **more)
            os.write(pipe, f"{key} {step}\n".encode())
        if number % 10 == 9:
            store.checkpoint()


def kill_one_writer(folder: Path, round_number: int, lines: int, seconds: float) -> dict[str, State]:
    """The last state that was confirmed for each key before a kill, which comes once `lines` confirmations were heard.

    However slow the machine is, so much is confirmed; `seconds` only move the kill within what is written next.
    """
    reading, writing = os.pipe()
    child = fork(lambda: write_until_killed(folder, round_number, writing))
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        first = [told.readline() for _ in range(1 + lines)][1:]
        select.select([], [], [], seconds)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        heard = b"".join([*first, told.read()]).decode().split("\n")[:-1]
    assert os.WIFSIGNALED(status), "the writer ended by itself"
    return {key: State(state) for key, state in (line.split() for line in heard)}


def reached(store: SqliteOutbox, key: str, confirmed: State) -> bool:
    """True where the item is in the confirmed state, or in one that its writer was on the way to."""
    item = store.by_key(STRUCTURE, key)
    if item is None:
        return False
    order = [State.ACCEPTED, State.COMPOSED, State.READY, State.SENDING, State.SENT]
    later = order[order.index(confirmed) :] if confirmed in order else [confirmed]
    if item.state is not State.SENT and store.content(item.id) != content_of(key):
        return False
    return item.state in {*later, State.WAITING, State.HELD, State.REFUSED, State.UNCERTAIN}


def test_f01_no_confirmed_state_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    seed = 20260115
    chance = random.Random(seed)
    confirmed: dict[str, State] = {}
    for round_number in range(KILLS):
        confirmed_now = kill_one_writer(tmp_path, round_number, chance.randrange(12), chance.uniform(0, 0.002))
        confirmed |= confirmed_now
        if confirmed_now and round_number % 10 == 0:
            with closing(open_store(tmp_path)) as store:
                lost = [key for key, state in confirmed_now.items() if not reached(store, key, state)]
            assert lost == [], f"seed {seed}, round {round_number}"

    with closing(open_store(tmp_path)) as store:
        lost = [key for key, state in confirmed.items() if not reached(store, key, state)]
        damaged = store.verify()
        recovered = store.recover(NOW)

    assert (lost, damaged) == ([], [])
    assert len(confirmed) > KILLS  # several items a round, few rounds without one
    assert all(item.state is State.UNCERTAIN for item in recovered)
    assert apsw.Connection(str(tmp_path / "outbox.db")).execute("PRAGMA integrity_check").get == "ok"


def test_f14_a_second_process_is_refused_and_a_killed_owner_frees_the_file(tmp_path: Path) -> None:
    reading, writing = os.pipe()

    def own() -> None:
        open_store(tmp_path).accept(new_item(), item_id="1", now=NOW)
        os.write(writing, b".")
        signal.pause()

    owner = fork(own)
    os.read(reading, 1)

    with pytest.raises(OutboxLocked):
        open_store(tmp_path)

    os.kill(owner, signal.SIGKILL)
    os.waitpid(owner, 0)
    with closing(open_store(tmp_path)) as store:
        assert store.by_key(STRUCTURE, KEY) is not None
    os.close(reading)
    os.close(writing)


def test_f39_a_save_repeated_after_a_kill_is_one_item(tmp_path: Path) -> None:
    child = fork(lambda: open_store(tmp_path).accept(new_item(), item_id="1", now=NOW) and None)
    os.waitpid(child, 0)

    with closing(open_store(tmp_path)) as store:
        item, is_new = store.accept(new_item(), item_id="2", now=NOW)

        assert (item.id, is_new, sum(store.counts().values())) == ("1", False, 1)


# ---------------------------------------------------------------- the disk is full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("NO SMALL DISK: mounting one needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(store: SqliteOutbox) -> list[OutboxItem]:
    """Accept items of 20 kB until the disk is full."""
    items: list[OutboxItem] = []
    with pytest.raises(OutboxFull):
        for number in range(1000):
            new = new_item(str(number), content=b"\x00" * 20_000)
            items.append(store.accept(new, item_id=str(number), now=NOW)[0])
    return items


def test_f08_a_full_disk_refuses_saves_and_still_records_what_became_of_them(small_disk: Path) -> None:
    with closing(open_store(small_disk, reserve=2_000_000)) as store:
        items = fill(store)

        sent = [bring(store, item, State.SENT, NOW) for item in items]

        assert len(sent) > 20
        assert store.in_states(frozenset({State.SENT})) == sent
        assert (store.verify(), store.by_key(STRUCTURE, str(len(items)))) == ([], None)
        assert store.accept(new_item("late"), item_id="late", now=NOW)[1]


def test_f09_a_disk_that_is_freed_takes_saves_again(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    with closing(open_store(small_disk, reserve=2_000_000)) as store:
        items = fill(store)
        bring(store, items[0], State.SENT, NOW)

        ballast.unlink()

        assert store.accept(new_item("late"), item_id="late", now=NOW)[1]


def test_a_store_opens_on_a_full_disk(small_disk: Path) -> None:
    with closing(open_store(small_disk, reserve=2_000_000)) as store:
        items = fill(store)
    with suppress(OSError):
        (small_disk / "ballast").write_bytes(bytes(4_000_000))

    with closing(open_store(small_disk, reserve=2_000_000)) as store:
        assert store.in_states(frozenset(State)) == items
        assert store.change(items[0], State.CANCELLED, now=NOW).state is State.CANCELLED


# ---------------------------------------------------------------- who reads the files


CANARIES = [INS, INS[:13], BIRTH_NAME, "MARGUERITE", AUTHOR_NAME, "ZQ-P-1", KEY, "zq-record", TITLE, DMP_TEXT]
CONTENT, DOCUMENT = b"ZQ-CONTENT-" * 3000, b"ZQ-DOCUMENT-" * 3000


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def encodings(text: str) -> Iterator[bytes]:
    for coding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
        yield text.encode(coding)
    yield text.encode().hex().encode()
    yield text.encode()[::-1]


@pytest.mark.parametrize("state", list(ROUTES))
def test_row_102_no_canary_is_in_any_file(tmp_path: Path, state: State) -> None:
    with closing(open_store(tmp_path, reserve=1)) as store:
        item, _ = store.accept(new_item(content=CONTENT), item_id="1", now=NOW)
        bring(store, item, state, NOW, DOCUMENT)
        while_open = bytes_of(tmp_path)
    closed = bytes_of(tmp_path)

    found = [text for text in CANARIES for code in encodings(text) if code in while_open or code in closed]

    assert found == []
    for canary in (b"ZQ-CONTENT", b"ZQ-DOCUMENT"):
        assert canary not in while_open + closed


def test_what_was_sent_cannot_be_opened_even_with_the_secret(tmp_path: Path) -> None:
    store = open_store(tmp_path, reserve=1)
    item, _ = store.accept(new_item(content=CONTENT), item_id="1", now=NOW)
    ready = bring(store, item, State.READY, NOW, DOCUMENT)
    raw = apsw.Connection(str(tmp_path / "outbox.db"))
    (wrapped,) = raw.execute("SELECT wrapped FROM item").fetchall()[0]
    sealed = [part for (part,) in raw.execute("SELECT sealed FROM part")]
    raw.close()
    sending = store.change(ready, State.SENDING, now=NOW)

    store.change(sending, State.SENT, now=NOW)
    store.checkpoint()

    left = bytes_of(tmp_path)
    assert wrapped not in left
    assert len(sealed) == 4
    for part in sealed:
        pieces = [part[start : start + 16] for start in range(0, len(part) - 16, 16)]
        assert [piece for piece in pieces if piece in left] == []
    store.close()


def test_row_104_a_stolen_database_is_unreadable_without_its_secret(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "here")) as store:
        item, _ = store.accept(new_item(content=CONTENT), item_id="1", now=NOW)
        bring(store, item, State.SENT, NOW)
        store.accept(new_item("2", content=CONTENT), item_id="2", now=NOW)
    (tmp_path / "there").mkdir()
    shutil.copy(tmp_path / "here" / "outbox.db", tmp_path / "there")

    with pytest.raises(OutboxUnreadable, match="secret"):
        open_store(tmp_path / "there")


def test_a_lost_secret_is_told_and_the_old_one_put_back_opens_all(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        store.accept(new_item(), item_id="1", now=NOW)
    (tmp_path / "keys" / "outbox.key").rename(tmp_path / "backup")

    with pytest.raises(OutboxUnreadable, match="secret"):
        open_store(tmp_path)

    (tmp_path / "backup").replace(tmp_path / "keys" / "outbox.key")
    with closing(open_store(tmp_path)) as store:
        assert store.content("1") == new_item().content


# ---------------------------------------------------------------- flipped bits


@dataclass(frozen=True)
class Known:
    """What a whole store says of its items."""

    items: dict[str, OutboxItem]
    contents: dict[str, bytes]


def make_many(folder: Path, *, checkpoint: bool) -> Known:
    """One item per state, twice, in a store that was left without closing it where `checkpoint` is not asked for."""
    ids = SeededIds()
    store = SqliteOutbox(folder / "outbox.db", FileKeyStore(folder / "keys", ids), ids, reserve=1)
    for number, state in enumerate(list(ROUTES) * 2):
        content = str(number).encode() * 700
        item, _ = store.accept(new_item(str(number), content=content), item_id=f"item-{number}", now=NOW)
        bring(store, item, state, NOW)
    items = {item.id: item for item in store.in_states(frozenset(State))}
    contents = {
        item.id: store.content(item.id) for item in items.values() if item.state not in {State.SENT, State.TRANSLATED}
    }
    if checkpoint:
        store.close()
        return Known(items, contents)
    shutil.copytree(folder, folder.with_name("crashed"))
    store.close()
    return Known(items, contents)


def flipped(path: Path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def wrong_answers(store: SqliteOutbox, known: Known) -> list[str]:
    """Everything that the store gives and that is not what was stored; errors of ours are right answers."""
    wrong: list[str] = []
    later = NOW + timedelta(days=1)
    for ask in (lambda: store.in_states(frozenset(State)), lambda: list(store.due(later))):
        with suppress(OutboxError):
            wrong += [item.id for item in ask() if known.items.get(item.id) != item]
    for item_id, item in known.items.items():
        with suppress(OutboxError, NotFound):
            wrong += [item_id] * (store.get(item_id) != item)
        with suppress(OutboxError, NotFound):
            wrong += [item_id] * (store.content(item_id) != known.contents[item_id])
        with suppress(OutboxError):
            found = store.by_key(STRUCTURE, item.key)
            wrong += [item_id] * (found is not None and found != item)
    return wrong


def readable(store: SqliteOutbox, known: Known) -> int:
    return len([item for item in store.in_states(frozenset(State)) if known.items[item.id] == item])


def test_f12_a_flipped_bit_of_the_database_never_gives_wrong_data(tmp_path: Path) -> None:
    known = make_many(tmp_path / "whole", checkpoint=True)
    size = (tmp_path / "whole" / "outbox.db").stat().st_size
    bits = random.Random(12)
    damaged, refused, silent = 0, 0, []
    for number in range(FLIPS):
        bit = bits.randrange(size * 8)
        folder = tmp_path / "flipped"
        shutil.copytree(tmp_path / "whole", folder)
        flipped(folder / "outbox.db", bit)
        try:
            with closing(open_store(folder, reserve=1)) as store:
                assert wrong_answers(store, known) == [], f"bit {bit} of flip {number}"
                unreadable = store.verify()
                damaged += bool(unreadable)
                missing = len(known.items) - readable(store, known)
                silent += [bit] * (missing > len(unreadable))
        except OutboxError:
            refused += 1
        shutil.rmtree(folder)

    assert silent == []
    assert damaged > FLIPS // 10
    assert refused < FLIPS // 10


def test_a_damaged_index_is_built_anew(tmp_path: Path) -> None:
    known = make_many(tmp_path / "whole", checkpoint=True)
    whole = (tmp_path / "whole" / "outbox.db").read_bytes()
    raw = apsw.Connection(str(tmp_path / "whole" / "outbox.db"))
    (mark,) = raw.execute("SELECT key_mark FROM item WHERE id = 'item-3'").fetchall()[0]
    raw.close()
    places = [match.start() for match in re.finditer(re.escape(mark), whole)]
    found = []
    for place in places:
        folder = tmp_path / f"at-{place}"
        shutil.copytree(tmp_path / "whole", folder)
        flipped(folder / "outbox.db", place * 8)
        with closing(open_store(folder, reserve=1)) as store:
            found.append((store.verify(), store.by_key(STRUCTURE, "3")))

    assert len(places) == 2
    assert ([], known.items["item-3"]) in found
    assert (["item-3"], None) in found


def test_f12_a_flipped_bit_of_the_journal_never_gives_wrong_data(tmp_path: Path) -> None:
    known = make_many(tmp_path / "whole", checkpoint=False)
    crashed = tmp_path / "crashed"
    size = (crashed / "outbox.db-wal").stat().st_size
    bits = random.Random(13)
    for _ in range(FLIPS // 8):
        folder = tmp_path / "flipped"
        shutil.copytree(crashed, folder)
        flipped(folder / "outbox.db-wal", bits.randrange(size * 8))
        with suppress(DmpError), closing(open_store(folder, reserve=1)) as store:
            for item in store.in_states(frozenset(State)):
                now = known.items[item.id]
                assert (item.key, item.record, item.who) == (now.key, now.record, now.who)
                assert item.revision <= now.revision
            assert store.verify() == []
        shutil.rmtree(folder)


def test_a_damaged_item_stops_no_other_and_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    items = [store.accept(new_item(str(n)), item_id=f"item-{n}", now=NOW)[0] for n in range(5)]
    raw = apsw.Connection(str(tmp_path / "outbox.db"))
    raw.execute("UPDATE item SET state = 'ready' WHERE id = 'item-1'")
    raw.execute("UPDATE item SET due_at = due_at - 1 WHERE id = 'item-0'")
    raw.close()

    due = list(store.due(NOW, limit=3))

    assert due == items[2:]
    assert store.verify() == ["item-0", "item-1"]
    with pytest.raises(OutboxUnreadable):
        store.get("item-1")
    with pytest.raises(OutboxUnreadable):
        store.accept(new_item("1"), item_id="again", now=NOW)
    assert store.content("item-1") == new_item().content
    store.close()


def test_the_key_of_what_was_sent_is_nowhere_once_the_store_is_tidied(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        ready = bring(store, store.accept(new_item(), item_id="1", now=NOW)[0], State.SENDING, NOW)
        with closing(apsw.Connection(str(tmp_path / "outbox.db"))) as raw:
            ((wrapped,),) = raw.execute("SELECT wrapped FROM item").fetchall()
        store.change(ready, State.SENT, now=NOW)
        assert any(wrapped in file.read_bytes() for file in tmp_path.glob("outbox*")), "it is in the journal"

        store.checkpoint()

        assert not any(wrapped in file.read_bytes() for file in tmp_path.glob("outbox*"))
        assert (tmp_path / "outbox.db-wal").stat().st_size == 0


def test_a_file_that_was_removed_is_not_made_anew_by_whoever_tidies_or_verifies(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        store.accept(new_item(), item_id="1", now=NOW)
        (tmp_path / "outbox.db").unlink()

        with pytest.raises(OutboxUnreadable):
            store.checkpoint()
        store.verify()

        assert not (tmp_path / "outbox.db").exists()


def test_f13_yesterdays_copy_is_a_store_of_yesterday(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        bring(store, store.accept(new_item(), item_id="1", now=NOW)[0], State.SENDING, NOW)
    shutil.copy(tmp_path / "outbox.db", tmp_path / "yesterday")
    with closing(open_store(tmp_path)) as store:
        store.change(store.get("1"), State.SENT, now=NOW)
    (tmp_path / "yesterday").replace(tmp_path / "outbox.db")

    with closing(open_store(tmp_path)) as store:
        assert [item.state for item in store.recover(NOW)] == [State.UNCERTAIN]


def test_f44_the_thousand_and_first_is_served_too(tmp_path: Path) -> None:
    """Mirth Connect, issue 1682: beyond 1,000 queued messages none was distributed."""
    store = open_store(tmp_path)
    store.translate(
        store.accept(new_item("raw"), item_id="raw", now=NOW)[0],
        [(str(number), new_item(str(number), content=b"x")) for number in range(1001)],
        now=NOW,
    )
    seen = []

    while batch := list(store.due(NOW, limit=400)):
        seen += [store.change(item, State.CANCELLED, now=NOW).key for item in batch]

    assert seen == [str(number) for number in range(1001)]
    store.close()
