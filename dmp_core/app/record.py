"""What opens a patient's record and reads it."""

from collections.abc import Sequence

from dmp_core.app.authentication import Authentication
from dmp_core.app.care import Care
from dmp_core.app.ground import Ground
from dmp_core.app.lines import Lines
from dmp_core.app.people import People
from dmp_core.model.listing import NewOfType
from dmp_core.services.announcement import Announcer
from dmp_core.services.notices import RecordNews
from dmp_core.services.record.access import RecordAccess
from dmp_core.services.record.consult import Consult
from dmp_core.services.record.documents import Documents
from dmp_core.services.record.importing import Importing
from dmp_core.services.record.information import Information
from dmp_core.services.record.listing import Lister
from dmp_core.services.record.open_records import OpenRecords
from dmp_core.services.record.reading import Reading
from dmp_core.services.record.search import Search
from dmp_core.services.record.seen import Visits
from dmp_core.services.record.statuses import Statuses
from dmp_core.services.review import Review


class Record:
    """`access` opens, `consult` lists and fetches, `reading` is what a window shows of both."""

    def __init__(
        self,
        ground: Ground,
        authentication: Authentication,
        care: Care,
        lines: Lines,
        people: People,
        announcer: Announcer,
        records: OpenRecords,
    ) -> None:
        config, clock, ids, stores = ground.config, ground.clock, ground.ids, ground.stores
        read, ins_policy, settings = lines.read, people.ins_policy, ground.config.consultation
        self._ground, self._session = ground, authentication.session
        statuses = Statuses(read, config.software, clock=clock, ids=ids, kept=settings.status_cache, tell=ground.tell)
        self.access = RecordAccess(
            read,
            statuses,
            people.consents,
            records,
            stores.patients,
            ins_policy,
            config.access,
            care.parameters.current,
            people.secrecy,
            clock=clock,
            audit=stores.audit,
        )
        self.search = Search(read, config.search, ground.zone)
        lister = Lister(
            self.search,
            self.access,
            statuses,
            Visits(stores.patients),
            announcer,
            ins_policy,
            stores.audit,
            clock=clock,
            first_years=settings.first_years,
            overlap=settings.overlap,
            most_rows=settings.most_rows,
            told=self._listed,
        )
        documents = Documents(read, self.access, announcer, ins_policy, stores.audit)
        self.consult = Consult(self._session, ins_policy, announcer, statuses, records, self.access, lister, documents)
        self.reading = Reading(
            self.consult,
            self.access,
            records,
            ins_policy,
            clock=clock,
            behind=ground.threads.behind,
            time_zone=ground.structure.time_zone,
        )
        self.importing = Importing(self.reading, records, stores.patients, stores.audit, clock=clock, tell=ground.tell)
        self.review = Review(stores.audit)
        self.information = Information(read, self.access, ins_policy, config.software, config.web, clock=clock, ids=ids)

    def _listed(self, host_id: str, new: Sequence[NewOfType]) -> None:
        self._ground.tell(RecordNews(host_id, tuple(new)))
        self.importing.listed(host_id, self._session.who)
