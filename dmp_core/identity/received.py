"""An INS that a third party gave (a document, a message, a scan): what makes it fit to be looked at (EX_GEN-1270).

The rest of EX_GEN-1270 is up to a service: TD0.2 with this INS, then `traits.with_dmp`. Nothing of it qualifies an
identity, and a NIR read from a carte Vitale is no INS: it may be the insured's, INSi is the source.
"""

from pydantic import ValidationError

from dmp_core.errors import InsInvalid
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid


def received_ins(value: str, oid: str) -> Ins:
    """The INS of 15 characters in the register `oid`. Raises InsInvalid for its form, its key or its register."""
    try:
        return Ins(value=value, oid=InsOid(oid))
    except (ValidationError, ValueError):
        raise InsInvalid("received: form, key or register") from None
