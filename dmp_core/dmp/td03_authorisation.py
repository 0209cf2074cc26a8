"""TD0.3, the professional's authorisation to read a record: `setAuthorization` of the service `habilitations`.

The patient and the professional are those of the VIHF. Never for feeding or deleting (SC.DMP/CONF.05). The role
MEDECIN_TRAITANT, which the same message can carry, is a doctor's. Source: `dmp_protocol.md` section 4.3.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from dmp_core.dmp import answers, si_dmp
from dmp_core.dmp.soap import Answer, Message

TRANSACTION: Final = "TD0.3"
_OPERATION: Final = "setAuthorization"

# The official example says « Autorisation déjà présente aucune action effectuée »; what stands in its place where an
# authorisation that is absent is removed is not public [U].
_NOTHING_DONE: Final = re.compile(r"d[ée]j[àa] pr[ée]sente|aucune action", re.IGNORECASE)


class Action(StrEnum):
    """What becomes of the authorisation."""

    ADD = "AJOUT"
    REMOVE = "SUPPRESSION"


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What TD0.3 did. `changed` is False where it was so already; `text` holds the DMP's words, if any."""

    changed: bool
    text: str = field(default="", repr=False)


def build(action: Action) -> Message:
    """The wish that the VIHF's professional may, or may no more, read the VIHF's patient."""
    return si_dmp.message(TRANSACTION, si_dmp.HABILITATIONS, _OPERATION, {"action": action})


def read(answer: Answer) -> Authorisation:
    """What was done. Raises the DmpRefusal that the status means, AnswerForeign, AnswerUnreadable."""
    output = answers.service_output(answer.body, si_dmp.answer_tag(si_dmp.HABILITATIONS, _OPERATION))
    words = si_dmp.text(output, "context") or ""
    return Authorisation(changed=not _NOTHING_DONE.search(words), text=words)
