"""What looks after the exchanges: clock, pace, parameters, recording on demand, certificates, and the store."""

from collections.abc import Callable

from dmp_core.app.ground import Ground
from dmp_core.audit.sealed_files import SealedFolder
from dmp_core.links import certificates_of
from dmp_core.services.feed.manners import FeedPace
from dmp_core.services.store_watch import StoreWatch
from dmp_core.services.upkeep import Upkeep
from dmp_core.services.wire.clock_watch import ClockWatch
from dmp_core.services.wire.parameters import ParametersBook
from dmp_core.services.wire.recorder import Recorder


class Care:
    """Beside the services, whose work it lets go on."""

    def __init__(self, ground: Ground, *, renewed: Callable[[], None]) -> None:
        """`renewed`: another certificate of the structure serves from now on."""
        config, clock, audit, tell = ground.config, ground.clock, ground.stores.audit, ground.tell
        self.clock_watch = ClockWatch(config.dmp.clock_tolerance, tell)
        self.pace = FeedPace(audit, ground.structure.national_id, clock=clock, time_zone=ground.zone, tell=tell)
        self.parameters = ParametersBook(config.dmp.parameters, clock=clock, tell=tell, age=config.dmp.parameters_age)
        self.recorder = Recorder(
            SealedFolder(config.data / "recordings", ground.stores.keys, ground.ids),
            audit,
            clock=clock,
            ids=ground.ids,
            keep=config.support.keep_recordings,
            patient_for=config.support.patient_recording,
        )
        self.certificates = certificates_of(
            config, ground.structure, clock=clock, audit=audit, tell=tell, renewed=renewed
        )
        self.store_watch = StoreWatch(ground.stores.outbox, clock=clock, behind=ground.threads.behind, tell=tell)
        works = (self.recorder.purge, self.parameters.refresh, self.certificates.look_after, self.store_watch.step)
        self._upkeep = Upkeep(works, clock=clock)

    def step(self) -> None:
        self._upkeep.step()
        self.certificates.step()
