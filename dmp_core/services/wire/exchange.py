"""One question to the DMP and its answer: who asks (VIHF), over which link, and the record of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final, Protocol, TypeVar
from uuid import UUID

from lxml import etree

from dmp_core import log
from dmp_core.dmp import soap, vihf
from dmp_core.errors import (
    CertificateRefused,
    DmpCertificateRefused,
    DmpClockRefused,
    DmpError,
    DmpVihfRefused,
    ProfessionalMissing,
    TlsRefused,
    TransportError,
)
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.identity import Ins
from dmp_core.model.practitioner import Practitioner, Who
from dmp_core.model.software import Software
from dmp_core.ports import Audit, Clock, HttpRequest, HttpStream, Ids, Signer, Transport
from dmp_core.services.wire.clock_watch import ClockWatch
from dmp_core.services.wire.recorder import Exchanged, Recorder
from dmp_core.xml import Element

T = TypeVar("T", covariant=True)
_ABANDONED: Final = "abandoned"  # the rows that still came were not wanted any more


@dataclass(frozen=True, slots=True)
class Link:
    """A way to the DMP in one mode: its connection, the key that signs, and whose identity it carries."""

    mode: Mode
    transport: Transport
    signer: Signer
    issuer: str  # subject of the certificate that vouches for the VIHF
    holder: str | None = None  # PS_IdNat of the card: in direct mode nobody else may act


@dataclass(frozen=True, slots=True)
class Access:
    """How a record is entered: the purpose and its justification, if a minor asks for secrecy (EX_0.1-1100)."""

    purpose: Purpose = Purpose.NORMAL
    justification: str | None = field(default=None, repr=False)
    secret_connection: bool = False


NORMAL: Final = Access()


class ReadStream(Protocol[T]):
    """Reads the answer to `message` while it comes, e.g. `td31_stream.rows`."""

    def __call__(self, http: HttpStream, message: soap.Message, *, message_id: UUID) -> Iterator[T]: ...


@dataclass(slots=True)
class _Asked:
    """One question on its way."""

    message: soap.Message
    who: Who
    ins: Ins | None
    access: Access
    patient: str | None
    started: float
    sent_at: datetime
    message_id: UUID
    assertion_id: UUID
    recorded: Exchanged | None = None
    answer: bytearray = field(default_factory=bytearray)


class Exchange:
    """Asks the DMP in one mode. The link is opened at the first question: a key that cannot be used stops no start."""

    def __init__(
        self,
        mode: Mode,
        open_link: Callable[[], Link],
        software: Software,
        settings: vihf.VihfSettings,
        *,
        clock: Clock,
        ids: Ids,
        audit: Audit,
        watch: ClockWatch | None = None,
        recorder: Recorder | None = None,
        identified: Callable[[Who], Practitioner] | None = None,
    ) -> None:
        """`watch` compares the clock with the DMP's; `recorder` keeps raw exchanges where somebody asked for it.

        `identified`, in AIR: who Pro Santé Connect says is acting. Raises ProfessionalMissing, PscOtherPerson.
        """
        self.mode = mode
        self._open_link = open_link
        self._link: Link | None = None
        self._opening = Lock()
        self._software = software
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._audit = audit
        self._watch = watch
        self._recorder = recorder
        self._identified = identified

    @property
    def link(self) -> Link:
        """The open link. Raises CardError, ConfigInvalid where it cannot be opened; the next call tries again."""
        with self._opening:
            if self._link is None:
                self._link = self._open_link()
            return self._link

    def close(self) -> None:
        """Drop the connection; the next question opens another."""
        with self._opening:
            if self._link is not None:
                self._link.transport.close()
                self._link = None

    def ask(
        self, message: soap.Message, who: Who, ins: Ins | None, access: Access = NORMAL, *, patient: str | None = None
    ) -> soap.Answer:
        """The DMP's answer to `message`. Raises the error that its refusal, the network or the answer calls for.

        `patient`: the host's reference of the patient it is about, for the audit.
        A TransportError tells by `after_send` whether the DMP may have done what was asked. The VIHF is in the audit
        before it leaves: where it cannot be recorded (AuditUnavailable), nothing is asked.
        """
        asked = self._question(message, who, ins, access, patient)
        with self._told(asked):
            http = self.link.transport.post(self._request(asked))
            self._came(asked, http.date)
            if asked.recorded is not None:
                asked.recorded = asked.recorded.answered(http.status, http.content_type)
                asked.answer += http.body
            with _after_send():
                return soap.answer(http, message, message_id=asked.message_id)

    def stream(
        self,
        message: soap.Message,
        who: Who,
        ins: Ins | None,
        read: ReadStream[T],
        access: Access = NORMAL,
        *,
        patient: str | None = None,
    ) -> Iterator[T]:
        """What `read` makes of the answer while it comes. Raises as `ask`, at any step."""
        asked = self._question(message, who, ins, access, patient)
        with self._told(asked), self.link.transport.stream(self._request(asked)) as http:
            self._came(asked, http.date)
            with _after_send():
                yield from read(self._copied(asked, http), message, message_id=asked.message_id)

    def _question(
        self, message: soap.Message, who: Who, ins: Ins | None, access: Access, patient: str | None
    ) -> _Asked:
        return _Asked(
            message,
            who,
            ins,
            access,
            patient,
            started=self._clock.monotonic(),
            sent_at=self._clock.now(),
            message_id=self._ids.uuid(),
            assertion_id=self._ids.uuid(),
        )

    def _request(self, asked: _Asked) -> HttpRequest:
        """The request, its VIHF recorded. Raises ProfessionalMissing, CardError, MessageInvalid, AuditUnavailable."""
        security = self._assertion(asked)
        request = soap.request(asked.message, message_id=asked.message_id, security=security)
        self._record("dmp.asking", asked, enclosed=etree.tostring(security, encoding="unicode").encode())  # EX_AIR-070
        if self._recorder is not None and self._recorder.wants(asked.ins):
            asked.recorded = Exchanged.of(request, at=asked.sent_at)
        return request

    def _assertion(self, asked: _Asked) -> Element:
        link, who, access = self.link, asked.who, asked.access
        if link.holder is not None and link.holder != who.acting.national_id:
            raise ProfessionalMissing("the card is another professional's")
        author = who.acting if self._identified is None else self._identified(who)
        signed = link.mode is not Mode.DIRECT or self._settings.signed_in_direct
        caller = vihf.Caller(
            mode=link.mode,
            purpose=access.purpose,
            justification=access.justification,
            secret_connection=access.secret_connection,
            author=author,
            structure=who.structure,
            software=self._software,
            issuer=link.signer.subject if signed else link.issuer,
        )
        return vihf.assertion(
            caller,
            asked.ins,
            assertion_id=asked.assertion_id,
            at=self._clock.now(),
            settings=self._settings,
            signer=link.signer if signed else None,
        )

    def _came(self, asked: _Asked, date: datetime | None) -> None:
        if self._watch is not None and date is not None:
            self._watch.saw(date, sent_at=asked.sent_at, came_at=self._clock.now())

    def _copied(self, asked: _Asked, http: HttpStream) -> HttpStream:
        """The same stream, its bytes kept on the way where the exchange is recorded."""
        if asked.recorded is None:
            return http
        asked.recorded = asked.recorded.answered(http.status, http.content_type)

        def pieces() -> Iterator[bytes]:
            for piece in http.pieces:
                asked.answer += piece
                yield piece

        return HttpStream(http.status, http.content_type, pieces(), http.date)

    @contextmanager
    def _told(self, asked: _Asked) -> Iterator[None]:
        """What became of the question enters the log, the audit and, where it was asked for, the recording."""
        try:
            yield
        except DmpError as error:
            if isinstance(error, TlsRefused | CertificateRefused | DmpCertificateRefused):
                self.close()  # the next question takes the certificate that is there then
            explained = self._explained(error)
            self._note(asked, explained.code, origin=explained.origin)
            if explained is error:
                raise
            raise explained from error
        except GeneratorExit:
            self._note(asked, _ABANDONED)
            raise
        self._note(asked, "ok")

    def _explained(self, error: DmpError) -> DmpError:
        """A VIHF that was refused while the clock is wrong was refused for its date, as far as anybody can tell."""
        if not isinstance(error, DmpVihfRefused) or self._watch is None or not self._watch.is_wrong:
            return error
        return DmpClockRefused(self._watch.detail, origin=error.origin, dmp_text=error.dmp_text)

    def _note(self, asked: _Asked, result: str, *, origin: str | None = None) -> None:
        ms = round((self._clock.monotonic() - asked.started) * 1000)
        log.event(
            "dmp.asked", transaction=asked.message.transaction, mode=self.mode, result=result, origin=origin, ms=ms
        )
        if self._recorder is not None and asked.recorded is not None:
            self._recorder.keep(asked.recorded.ended(asked.message.transaction, result, bytes(asked.answer)))
        self._record("dmp.asked", asked, result=result, origin=origin)

    def _record(
        self,
        action: str,
        asked: _Asked,
        *,
        result: str | None = None,
        origin: str | None = None,
        enclosed: bytes | None = None,
    ) -> None:
        who, purpose = asked.who, asked.access.purpose
        self._audit.record(
            action,
            enclosed,
            patient=asked.patient,
            transaction=asked.message.transaction,
            assertion_id=str(asked.assertion_id),
            mode=str(self.mode),
            purpose=None if purpose is Purpose.NORMAL else str(purpose),
            structure=who.structure.national_id,
            operator=who.operator.id,
            author=who.author.national_id,
            result=result,
            origin=origin,
        )


@contextmanager
def _after_send() -> Iterator[None]:
    """Whoever answered, the request had left: a TransportError says so."""
    try:
        yield
    except TransportError as error:
        error.after_send = True
        raise
