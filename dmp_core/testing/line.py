"""The way to the simulated DMP without a network: what would be posted is handed to it in this process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dmp_core.errors import ConnectionLost
from dmp_core.ports import Clock, HttpAnswer, HttpRequest, HttpStream
from dmp_core.simulator.answers import Reply
from dmp_core.simulator.dmp import Dmp
from dmp_core.simulator.fault_plan import FaultPlan
from dmp_core.simulator.interference import Dropped, Fault, NoFault
from dmp_core.testing.clock import ManualClock

__all__ = ["FaultsOnDemand", "InProcessTransport"]


class FaultsOnDemand:
    """What goes wrong at the DMP, changed while it runs; a late answer moves the clock."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._now: FaultPlan | NoFault = NoFault()

    def set(self, specs: Sequence[str]) -> None:
        """As `dmp simulate --fault` takes them; none: all is well. Raises SpecRefused."""
        self._now = FaultPlan(specs, wait=self._clock.wait, clock=self._clock.monotonic) if specs else NoFault()

    def of(self, patient: str) -> Fault:
        return self._now.of(patient) if isinstance(self._now, FaultPlan) else self._now

    def before(self, transaction: str) -> Reply | None:
        return self._now.before(transaction)

    def after(self, transaction: str, reply: Reply) -> Reply | None:
        return self._now.after(transaction, reply)


class InProcessTransport:
    """`ports.Transport` to a DMP in this process. `certificate`: PEM, the client's."""

    def __init__(self, dmp: Dmp, certificate: Path, clock: Clock) -> None:
        shown = x509.load_pem_x509_certificate(certificate.read_bytes())
        self._certificate = shown.public_bytes(Encoding.DER)
        self._dmp = dmp
        self._clock = clock

    def post(self, request: HttpRequest) -> HttpAnswer:
        try:
            reply = self._dmp.handle(request.service, request.content_type, request.body, self._certificate)
        except Dropped as error:
            raise ConnectionLost("cut on demand", after_send=True) from error
        if reply.cut_after is not None:
            raise ConnectionLost("cut on demand", after_send=True)
        return HttpAnswer(reply.status, reply.content_type, reply.body, self._clock.now())

    @contextmanager
    def stream(self, request: HttpRequest) -> Iterator[HttpStream]:
        answer = self.post(request)
        yield HttpStream(answer.status, answer.content_type, iter((answer.body,)), answer.date)

    def close(self) -> None:
        """Nothing is open."""
