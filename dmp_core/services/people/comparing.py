"""An exchange that holds each TD0.2 against the open patient, whoever asks it (SC.DMP/CONF.02)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from dmp_core.dmp import td02_existence
from dmp_core.dmp.answers import HL7
from dmp_core.dmp.soap import Answer, Message
from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.model.identity import Ins
from dmp_core.model.practitioner import Who
from dmp_core.services.wire.exchange import NORMAL, Access, Exchange


class ComparingExchange(Exchange):
    """Raises TraitsDiverge where the traits of the answer are not those of the patient: nothing of it is shown."""

    def __init__(self, *given: Any, compare: Callable[[Ins, DmpTraits, Who], None], **named: Any) -> None:
        """As `Exchange`; `compare` is told whose traits came, and raises where they diverge."""
        super().__init__(*given, **named)
        self._compare = compare

    def ask(
        self, message: Message, who: Who, ins: Ins | None, access: Access = NORMAL, *, patient: str | None = None
    ) -> Answer:
        answer = super().ask(message, who, ins, access, patient=patient)
        if ins is not None and message.transaction == td02_existence.TRANSACTION:
            theirs = td02_existence.read(answer, ins=ins, query_id=_query_id(message)).traits
            if theirs is not None:
                self._compare(ins, theirs, who)
        return answer


def _query_id(message: Message) -> UUID:
    return UUID(next(message.body.iter(f"{{{HL7}}}queryId")).get("extension"))
