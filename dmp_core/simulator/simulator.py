"""The simulator in a folder: its authority, its file, and the service that they make together.

FOLDER/pki/...           test authority and keys (`pki.py`)
FOLDER/registry.sqlite   documents, patients, directory, settings
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4  # noqa: TID251 - ids of the server, never of the client

from cryptography import x509

from dmp_core.model.names import capitals
from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.simulator import pki as test_pki
from dmp_core.simulator.annuaire import Annuaire
from dmp_core.simulator.dmp import Dmp
from dmp_core.simulator.insi import Insi
from dmp_core.simulator.insi_directory import Directory, Matricule, Person
from dmp_core.simulator.interference import Fault
from dmp_core.simulator.loading import Loaded, Loader
from dmp_core.simulator.patients import PatientRecord, Patients
from dmp_core.simulator.pki import Pki
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.revocation import Revocations
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.trust import Trust

_FILE = "registry.sqlite"


def now() -> datetime:
    """The time of the simulated service, which is no part of the core."""
    return datetime.now(UTC)  # noqa: TID251 - a server of its own


@dataclass(frozen=True, slots=True)
class Simulator:
    """What a folder holds, opened. `loaded` tells of the documents that `create` was given."""

    folder: Path
    pki: Pki
    policy: Policy
    storage: Storage = field(repr=False)
    loaded: tuple[Loaded, ...] = ()

    @classmethod
    def create(
        cls,
        folder: Path,
        structures: Sequence[Structure],
        practitioners: Sequence[Practitioner],
        patients: Sequence[PatientRecord] = (),
        documents: Path | None = None,
        strictness: Policy | None = None,
        *,
        exercises: Mapping[str, Collection[str]] | None = None,
        at: datetime | None = None,
    ) -> "Simulator":
        """A new simulator in `folder`. `exercises`: who works where, everybody everywhere if None."""
        at = at or now()
        pki = test_pki.make(folder / "pki", structures, practitioners, at)
        storage = Storage(folder / _FILE)
        policy = strictness or Policy()
        storage.set("policy", json.dumps(asdict(policy)))
        annuaire, records = Annuaire(storage), Patients(storage)
        annuaire.add(structures, practitioners, exercises)
        for patient in patients:
            records.add(patient)
        loader = Loader(Registry(storage), records, annuaire, uuid=new_uuid, at=at)
        loaded = loader.load(documents, authorised_days=policy.authorisation_days) if documents else []
        return cls(folder, pki, policy, storage, tuple(loaded))

    @classmethod
    def open(cls, folder: Path) -> "Simulator":
        """The simulator that `create` left in `folder`, with what it has been fed since. Raises FileNotFoundError."""
        pki = Pki.load(folder / "pki")
        storage = Storage(folder / _FILE)
        settings = json.loads(storage.setting("policy") or "{}")
        for name in ("homologations", "audiences"):
            if name in settings:
                settings[name] = tuple(settings[name])
        return cls(folder, pki, Policy(**settings), storage)

    @property
    def registry(self) -> Registry:
        return Registry(self.storage)

    @property
    def patients(self) -> Patients:
        return Patients(self.storage)

    @property
    def annuaire(self) -> Annuaire:
        return Annuaire(self.storage)

    def dmp(self, fault: Fault | None = None, clock: Callable[[], datetime] = now) -> Dmp:
        """The service itself, without HTTP."""
        return Dmp(self.storage, self.trust(), self.policy, now=clock, uuid=new_uuid, fault=fault)

    def insi(self, fault: Fault | None = None, clock: Callable[[], datetime] = now) -> Insi:
        """The INSi service beside it: whom its register knows, and every patient of the records."""
        register = Directory.load().with_people(person for each in self.patients.all() if (person := _person(each)))
        return Insi(register, self.trust(), now=clock, fault=fault)

    def trust(self) -> Trust:
        """Whom every simulated service believes: the test authority, without what it revoked."""
        authority = x509.load_pem_x509_certificate(self.pki.authority.certificate.read_bytes())
        return Trust(authority, Revocations(self.pki))

    def close(self) -> None:
        self.storage.close()


def _person(record: PatientRecord) -> Person | None:
    """A patient of the records as the register writes them; None where it could not hold them."""
    number, _, register = record.ins[0].partition("^^^&")
    given, day = capitals(record.birth_given).split(), record.birth_date[:8]
    if not given or not record.birth_name or record.sex not in ("F", "M") or not (len(day) == 8 and day.isdigit()):
        return None
    return Person(
        ins=Matricule(number, register.partition("&")[0]),
        birth_name=capitals(record.birth_name),
        given_names=tuple(given),
        sex=record.sex,
        birth_date=f"{day[:4]}-{day[4:6]}-{day[6:]}",
        birth_place=record.birth_place_code,
    )


def new_uuid() -> UUID:
    """An id of the simulated service, which is no part of the core."""
    return uuid4()
