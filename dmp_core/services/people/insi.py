"""INSi asked for one pharmacy: over a link opened at the first question, and never twice a day for the same traits."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import sha256
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from dmp_core.dmp.vihf import Caller
from dmp_core.errors import ConfigInvalid, DmpError, ProfessionalMissing
from dmp_core.identity.client import InsiClient
from dmp_core.identity.insi import TRANSACTION
from dmp_core.identity.insi_answer import InsiAnswer
from dmp_core.identity.insi_query import InsiCode
from dmp_core.model.access import Mode
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Practitioner, Who
from dmp_core.model.software import Software
from dmp_core.ports import Audit, Clock, PatientFile, Transport
from dmp_core.services.people.identity_file import digest

KIND: Final = "insi"


@dataclass(frozen=True, slots=True)
class InsiLink:
    """A way to INSi: the structure's certificate alone (indirect), or the professional's card (direct)."""

    mode: Mode
    client: InsiClient
    transport: Transport
    issuer: str
    holder: str | None = None  # PS_IdNat of the card: in direct mode nobody else may ask


class InsiDesk:
    """Asks INSi. `open_link` is None where the configuration has no [insi]; `on_opening`: also unasked, see there."""

    def __init__(
        self,
        open_link: Callable[[], InsiLink] | None,
        software: Software,
        patients: PatientFile,
        audit: Audit,
        *,
        clock: Clock,
        time_zone: str,
        on_opening: bool,
        identified: Callable[[Who], Practitioner] | None = None,
    ) -> None:
        """`identified`, in AIR: who Pro Santé Connect says is acting. Raises ProfessionalMissing, PscOtherPerson."""
        self._identified = identified
        self.on_opening = on_opening and open_link is not None
        self._open_link = open_link
        self._link: InsiLink | None = None
        self._software = software
        self._patients = patients
        self._audit = audit
        self._clock = clock
        self._zone = ZoneInfo(time_zone)
        self._guard = Lock()
        self._asking: defaultdict[str, Lock] = defaultdict(Lock)

    def search(self, patient: Patient, who: Who) -> InsiAnswer:
        """Whom INSi knows with these traits: what it said earlier today, else what it says now.

        Raises ConfigInvalid without [insi], ProfessionalMissing, and as `InsiClient.search`.
        """
        question = f"search {digest(patient.traits)}"
        return self._once_a_day(question, patient, who, lambda link, caller: link.client.search(patient, caller))

    def verify(self, patient: Patient, who: Who) -> bool:
        """Whether INS and traits go together. Raises as `search`, and InsInvalid."""
        number = f"{patient.ins.value} {patient.ins.oid}" if patient.ins else ""

        def ask(link: InsiLink, caller: Caller) -> InsiAnswer:
            agrees = link.client.verify(patient, caller)
            return InsiAnswer(code=InsiCode.FOUND if agrees else InsiCode.NOT_FOUND)

        answer = self._once_a_day(f"verify {digest(patient.traits)} {number}", patient, who, ask)
        return answer.code is InsiCode.FOUND

    def close(self) -> None:
        with self._guard:
            if self._link is not None:
                self._link.transport.close()
                self._link = None

    def _once_a_day(
        self, question: str, patient: Patient, who: Who, ask: Callable[[InsiLink, Caller], InsiAnswer]
    ) -> InsiAnswer:
        key = sha256(question.encode()).hexdigest()
        with self._lock_of(key):
            answer = self._known(who, key)
            if answer is None:
                answer = self._ask(patient, who, ask)
                value = answer.model_dump_json().encode()
                self._patients.write(who.structure.national_id, key, KIND, value, now=self._clock.now())
        return answer

    def _lock_of(self, key: str) -> Lock:
        """Two questions that are the same wait for one answer; others do not wait."""
        with self._guard:
            return self._asking[key]

    def _known(self, who: Who, key: str) -> InsiAnswer | None:
        """The answer of today; those of earlier days are destroyed first."""
        today = self._clock.now().astimezone(self._zone).date()
        self._patients.purge(datetime.combine(today, time(), self._zone), kind=KIND)
        kept = self._patients.read(who.structure.national_id, key, KIND)
        try:
            return None if kept is None else InsiAnswer.model_validate_json(kept)
        except ValidationError:  # of another version: asked again
            return None

    def _ask(self, patient: Patient, who: Who, ask: Callable[[InsiLink, Caller], InsiAnswer]) -> InsiAnswer:
        result = "ok"
        try:
            link = self._opened()
            return ask(link, self._caller(link, who))
        except DmpError as error:
            result = error.code
            raise
        finally:
            self._audit.record(
                "insi.asked",
                transaction=TRANSACTION,
                structure=who.structure.national_id,
                operator=who.operator.id,
                author=who.author.national_id,
                patient=patient.host_id,
                result=result,
            )

    def _opened(self) -> InsiLink:
        if self._open_link is None:
            raise ConfigInvalid("insi: this configuration has no section [insi]")
        with self._guard:
            if self._link is None:
                self._link = self._open_link()
            return self._link

    def _caller(self, link: InsiLink, who: Who) -> Caller:
        if link.holder is not None and link.holder != who.acting.national_id:
            raise ProfessionalMissing("the card is another professional's")
        by_psc = self._identified if link.mode is Mode.AIR else None
        author = who.acting if by_psc is None else by_psc(who)
        return Caller(
            mode=link.mode, author=author, structure=who.structure, software=self._software, issuer=link.issuer
        )
