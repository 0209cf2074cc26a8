"""Asks INSi over HTTPS: a search with its further attempts, or a verification. Changes no patient."""

from uuid import UUID

from dmp_core import log
from dmp_core.dmp.soap import Message
from dmp_core.dmp.vihf import Caller
from dmp_core.identity import insi
from dmp_core.identity.insi_answer import InsiAnswer, read_search, read_verification
from dmp_core.identity.insi_assertion import assertion
from dmp_core.identity.insi_query import InsiCode, first_query, next_query
from dmp_core.identity.insi_settings import InsiSettings
from dmp_core.model.identity import Patient
from dmp_core.ports import Clock, HttpAnswer, Ids, Signer, Transport


class InsiClient:
    """INSi as one pharmacy reaches it. `signer`: the CPS in direct mode, None else. Raises as its `Transport` does."""

    def __init__(
        self,
        transport: Transport,
        settings: InsiSettings,
        *,
        clock: Clock,
        ids: Ids,
        signer: Signer | None = None,
    ) -> None:
        self._transport = transport
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._signer = signer

    def search(self, patient: Patient, caller: Caller) -> InsiAnswer:
        """Whom INSi knows with the patient's traits. Where it finds several persons, asks again with more traits.

        Raises IdentityMarked, TraitRefused, CardError, InsiRefusal, TransportError, AnswerError.
        """
        query, attempt = first_query(patient), 1
        while True:
            message, message_id = insi.search(query, self._settings), self._ids.uuid()
            answer = read_search(self._ask(message, caller, message_id), message, message_id=message_id)
            log.event("insi.searched", attempt=attempt, result=answer.code)
            following = next_query(patient, query, answer.code)
            if following is None:
                return answer
            query, attempt = following, attempt + 1

    def verify(self, patient: Patient, caller: Caller) -> bool:
        """Whether the patient's INS and all their strict traits go together. Raises as `search`, and InsInvalid."""
        message = insi.verification(patient, self._settings)
        message_id = self._ids.uuid()
        answer = self._ask(message, caller, message_id)
        agrees = read_verification(answer, message, self._settings, message_id=message_id)
        log.event("insi.verified", result=InsiCode.FOUND if agrees else InsiCode.NOT_FOUND)
        return agrees

    def _ask(self, message: Message, caller: Caller, message_id: UUID) -> HttpAnswer:
        at = self._clock.now()
        who = assertion(caller, self._settings, assertion_id=self._ids.uuid(), at=at, signer=self._signer)
        return self._transport.post(
            insi.request(message, caller, self._settings, message_id=message_id, at=at, security=who)
        )
