"""A patient whose record is open, and a row of it."""

from datetime import date
from hashlib import sha1

import pytest

from dmp_core.model.document import RecordEntry
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import InsOid, Status


@pytest.fixture
def patient() -> Patient:
    return Patient(
        host_id="P1",
        traits=Traits(
            birth_name="PAT-TROIS",
            birth_given_names="DOMINIQUE MARIE-LOUISE",
            first_birth_given_name="DOMINIQUE",
            sex=Sex.FEMALE,
            birth_date=date(1979, 3, 28),
        ),
        ins=Ins(value="279035121518989", oid=InsOid.NIR_TEST),
        status=IdentityStatus.QUALIFIEE,
    )


@pytest.fixture
def row():
    """A row of the record for these bytes; `fields` replace its own."""

    def make(document: bytes, **fields: object) -> RecordEntry:
        known = {
            "unique_id": "1.2.3.4.5",
            "entry_uuid": "urn:uuid:1",
            "status": str(Status.APPROVED),
            "hash": sha1(document, usedforsecurity=False).hexdigest(),
            "size": len(document),
        }
        return RecordEntry(**known | fields)

    return make
