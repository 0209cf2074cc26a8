"""The schema, version by version. A script that was released is never changed: a new one is added."""

from collections.abc import Sequence
from typing import Final

import apsw

from dmp_core.errors import OutboxUnreadable
from dmp_core.outbox.transaction import transaction

APPLICATION_ID: Final = 0x444D5042  # "DMPB", in the header of the file

MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE item (
        seq INTEGER PRIMARY KEY,     -- order in which items were accepted, whatever the clock said
        id TEXT NOT NULL,
        structure TEXT NOT NULL,     -- national identifier
        type_id TEXT NOT NULL,
        state TEXT NOT NULL,
        resume TEXT,
        reason TEXT,
        accepted_at INTEGER NOT NULL, -- microseconds since 1970, UTC, like the others
        changed_at INTEGER NOT NULL,
        due_at INTEGER,
        attempts INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        key_mark BLOB NOT NULL UNIQUE, -- keyed digests, see vault.py
        record_mark BLOB NOT NULL,
        patient_mark BLOB,           -- NULL: a raw message not read yet
        content_mark BLOB NOT NULL,
        wrapped BLOB,                -- the item's key; NULL once destroyed
        receipt BLOB NOT NULL        -- what outlives that key; every other column but `wrapped` is bound to it
    ) STRICT;
    CREATE UNIQUE INDEX item_id ON item (id);
    CREATE INDEX item_record ON item (record_mark);
    CREATE INDEX item_patient ON item (patient_mark);
    CREATE INDEX item_state ON item (state);
    CREATE INDEX item_due ON item (seq, due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX item_next ON item (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX item_sent ON item (structure, accepted_at) WHERE state = 'sent';
    CREATE TABLE part (
        seq INTEGER NOT NULL REFERENCES item (seq) ON DELETE CASCADE,
        name TEXT NOT NULL,          -- patient, content, document, metadata
        sealed BLOB NOT NULL,
        UNIQUE (seq, name)
    ) STRICT;
    CREATE TABLE secret_check (value BLOB NOT NULL) STRICT;
    """,
)


def migrate(db: apsw.Connection, scripts: Sequence[str] = MIGRATIONS) -> None:
    """Bring the schema to the newest version, one transaction per step.

    Raises OutboxUnreadable for a file of another program, or of a newer version than this one knows.
    """
    version = _number(db, "user_version")
    application = _number(db, "application_id")
    if application not in (0, APPLICATION_ID) or (application == 0 and _number(db, "schema_version") != 0):
        raise OutboxUnreadable("the file belongs to another program")
    if version > len(scripts):
        raise OutboxUnreadable(f"schema version {version}; this program knows {len(scripts)}")
    for step, script in enumerate(scripts[version:], start=version + 1):
        with transaction(db):
            db.execute(script)
            db.pragma("application_id", APPLICATION_ID)
            db.pragma("user_version", step)


def _number(db: apsw.Connection, name: str) -> int:
    return int(str(db.pragma(name)))
