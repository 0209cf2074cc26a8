"""Whose window it is: the name and birth date that stand at its top."""

from typing import Any

from dmp_core.errors import DmpError
from hostbridge.panels.panel import Ask
from hostbridge.protocol.messages import PatientReference


def whose(ask: Ask, opened: PatientReference) -> Any:
    """`name` and `birth_date` of a patient who is open; None of another: the host's reference is all that is known."""
    try:
        traits = ask("identity/show", {"host_id": opened.host_id}).patient.traits
    except DmpError:
        return None
    return {"name": traits.usual_name, "birth_date": traits.birth_date}
