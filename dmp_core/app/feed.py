"""What feeds: from a saved document to the DMP, and what corrects it there."""

from collections.abc import Callable

from dmp_core.api.events import PatientClosed, PatientOpened, PatientUpdated
from dmp_core.app.care import Care
from dmp_core.app.ground import Ground
from dmp_core.app.lines import Lines
from dmp_core.app.people import People
from dmp_core.model.item import OutboxItem
from dmp_core.rules.checking import DocumentChecks
from dmp_core.services.announcement import Announcer
from dmp_core.services.feed.bonus import Bonus
from dmp_core.services.feed.composition import Composer
from dmp_core.services.feed.correct import Corrections
from dmp_core.services.feed.correcting import Corrector
from dmp_core.services.feed.delivery import Delivery
from dmp_core.services.feed.feeding import Feeder
from dmp_core.services.feed.further import FurtherDocuments
from dmp_core.services.feed.intake import Intake
from dmp_core.services.feed.repair import Repairs
from dmp_core.services.feed.takeover import Takeover
from dmp_core.services.feed.translation import Translator

PatientTold = Callable[[PatientOpened | PatientUpdated | PatientClosed, OutboxItem], None]


class Feed:
    """`delivery` moves the items; the others prepare them, speak of them, and lead them on once they are sent."""

    def __init__(
        self,
        ground: Ground,
        care: Care,
        lines: Lines,
        people: People,
        intake: Intake,
        *,
        patient_told: PatientTold,
    ) -> None:
        """`patient_told`: a raw message of the LGO spoke of a patient."""
        config, clock, ids, stores = ground.config, ground.clock, ground.ids, ground.stores
        tell, wake, hold = ground.tell, ground.threads.wake, ground.config.documents.hold
        self.checks = DocumentChecks.of(config.data, config.rules.of(config.environment))
        further = FurtherDocuments(stores.outbox, ground.plugins, clock=clock, ids=ids, wake=wake)
        self.announcer = Announcer(ground.plugins, stores.outbox, tell, ground.threads.behind, further)
        self.repairs = Repairs(ground.plugins, stores.outbox, self.announcer, clock=clock, hold=hold, tell=tell)
        self.bonus = Bonus(stores.acts, stores.outbox, people.consents, counted=config.bonus.types)
        self.takeover = Takeover(
            stores.outbox,
            stores.patients,
            stores.audit,
            mode=ground.structure.feed_mode,
            clock=clock,
            tell=tell,
            wake=wake,
        )
        self.corrections = Corrections(
            Corrector(lines.feed, lines.read, people.ins_policy, source_id=config.software.oid, clock=clock, ids=ids),
            stores.outbox,
            intake,
            people.ins_policy,
            stores.audit,
            clock=clock,
            tell=tell,
            ended=lambda item: self.delivery.resume_record(item),
        )
        self.delivery = Delivery(
            stores.outbox,
            composer=self._composer(ground, people),
            feeder=Feeder(
                lines.feed,
                stores.outbox,
                people.ins_policy,
                config.feed,
                source_id=config.software.oid,
                clock=clock,
                ids=ids,
                pace=care.pace,
            ),
            translator=Translator(stores.outbox, ground.plugins, patient_told, clock=clock, ids=ids),
            announcer=self.announcer,
            consents=people.consents,
            known=people.identities.known,
            corrections=self.corrections,
            takeover=self.takeover,
            clock=clock,
            hold=hold,
            tell=tell,
            wake=wake,
            overtaken=lambda: ground.threads.delivering.overtaken,
        )

    def _composer(self, ground: Ground, people: People) -> Composer:
        return Composer(
            ground.stores.outbox,
            ground.plugins,
            people.ins_policy,
            people.secrecy,
            clock=ground.clock,
            ids=ground.ids,
            time_zone=ground.structure.time_zone,
            oid_root=ground.config.documents.oid_root,
            style=ground.structure.style.read(),
            check=self.checks.check,
        )
