"""The patients: whose identity may be used, what they consented to, what they keep to themselves."""

from collections.abc import Callable, Sequence
from datetime import datetime

from dmp_core.app.authentication import Authentication
from dmp_core.app.care import Care
from dmp_core.app.ground import Ground
from dmp_core.app.lines import Lines
from dmp_core.model.item import OutboxItem
from dmp_core.services.feed.intake import Intake
from dmp_core.services.people.consent import Consents
from dmp_core.services.people.identity import Identities
from dmp_core.services.people.identity_file import IdentityFiles
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.people.secrecy import Secrecy


class People:
    """What feeding and reading ask before anything of a patient leaves or is shown."""

    def __init__(
        self,
        ground: Ground,
        authentication: Authentication,
        care: Care,
        lines: Lines,
        intake: Intake,
        *,
        cancel_opposed: Callable[[str, str, datetime], Sequence[OutboxItem]],
    ) -> None:
        """`cancel_opposed` (structure, patient, since): stop what is not on its way of who opposes feeding."""
        config, clock, stores = ground.config, ground.clock, ground.stores
        self.secrecy = Secrecy(stores.patients, care.parameters.current, clock=clock)
        self.consents = Consents(stores.patients, stores.audit, clock=clock, cancel=cancel_opposed)
        self.identities = Identities(
            IdentityFiles(stores.patients, ground.structure.national_id, clock=clock),
            lines.insi,
            authentication.session,
            stores.audit,
            clock=clock,
            resume=intake.patient_updated,
            tell=ground.tell,
        )
        self.ins_policy = InsPolicy(
            config.environment,
            simulation_accepts_real_ins=config.simulation_accepts_real_ins,
            check=self.identities.require_usable,
        )
