"""One question to the DMP and its answer: who asks (VIHF), over which link, and the record of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final
from uuid import UUID

from dmp_core import log
from dmp_core.dmp import soap, vihf
from dmp_core.errors import DmpError, ProfessionalMissing, TransportError
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.identity import Ins
from dmp_core.model.practitioner import Who
from dmp_core.model.software import Software
from dmp_core.ports import Audit, Clock, Ids, Signer, Transport
from dmp_core.xml import Element


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
    ) -> None:
        self.mode = mode
        self._open_link = open_link
        self._link: Link | None = None
        self._opening = Lock()
        self._software = software
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._audit = audit

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

    def ask(self, message: soap.Message, who: Who, ins: Ins | None, access: Access = NORMAL) -> soap.Answer:
        """The DMP's answer to `message`. Raises the error that its refusal, the network or the answer calls for.

        A TransportError tells by `after_send` whether the DMP may have done what was asked.
        """
        started, assertion_id = self._clock.monotonic(), self._ids.uuid()
        try:
            answer = self._exchange(message, who, ins, assertion_id, access)
        except DmpError as error:
            self._note(message, who, assertion_id, error.code, started, origin=error.origin)
            raise
        self._note(message, who, assertion_id, "ok", started)
        return answer

    def _exchange(
        self, message: soap.Message, who: Who, ins: Ins | None, assertion_id: UUID, access: Access
    ) -> soap.Answer:
        message_id = self._ids.uuid()
        request = soap.request(message, message_id=message_id, security=self._assertion(who, ins, assertion_id, access))
        http = self.link.transport.post(request)
        try:
            return soap.answer(http, message, message_id=message_id)
        except TransportError as error:
            error.after_send = True
            raise

    def _assertion(self, who: Who, ins: Ins | None, assertion_id: UUID, access: Access) -> Element:
        link = self.link
        if link.holder is not None and link.holder != who.acting.national_id:
            raise ProfessionalMissing("the card is another professional's")
        signed = link.mode is not Mode.DIRECT or self._settings.signed_in_direct
        caller = vihf.Caller(
            mode=link.mode,
            purpose=access.purpose,
            justification=access.justification,
            secret_connection=access.secret_connection,
            author=who.acting,
            structure=who.structure,
            software=self._software,
            issuer=link.signer.subject if signed else link.issuer,
        )
        return vihf.assertion(
            caller,
            ins,
            assertion_id=assertion_id,
            at=self._clock.now(),
            settings=self._settings,
            signer=link.signer if signed else None,
        )

    def _note(
        self,
        message: soap.Message,
        who: Who,
        assertion_id: UUID,
        result: str,
        started: float,
        *,
        origin: str | None = None,
    ) -> None:
        """One event in the log, and one record that names the VIHF that was shown (EX_AIR-070)."""
        ms = round((self._clock.monotonic() - started) * 1000)
        log.event("dmp.asked", transaction=message.transaction, mode=self.mode, result=result, origin=origin, ms=ms)
        self._audit.record(
            "dmp.asked",
            transaction=message.transaction,
            assertion_id=str(assertion_id),
            mode=str(self.mode),
            structure=who.structure.national_id,
            operator=who.operator.id,
            author=who.author.national_id,
            result=result,
            origin=origin,
        )
