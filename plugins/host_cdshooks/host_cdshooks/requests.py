"""What a client sends: the call of a hook, and feedback; read for what is needed, the rest left aside."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from way_in.counter import Refusal
from way_in.fhir_patient import FhirRefused, Vali, patient_of

from dmp_core.api import Patient

HOOK: Final = "patient-view"
PREFETCH: Final = "patient"
_FEEDBACK: Final = 100


@dataclass(frozen=True, slots=True)
class View:
    """A patient is shown. `hook_instance` names this call."""

    hook_instance: str
    patient: Patient = field(repr=False)


def read_view(body: bytes, vali: Vali) -> View:
    """Raises Refusal: 400 for a request that is none, 412 where the patient did not come with it."""
    told = _object(body)
    context, instance = told.get("context"), told.get("hookInstance")
    if told.get("hook") != HOOK or not isinstance(instance, str) or not 0 < len(instance) <= 100:
        raise _wrong("hook, hookInstance")
    if not isinstance(context, dict) or not _is_text(context.get("patientId")) or not _is_text(context.get("userId")):
        raise _wrong("context.patientId, context.userId")
    resource = (told.get("prefetch") or {}).get(PREFETCH) if isinstance(told.get("prefetch"), dict | None) else None
    if not isinstance(resource, dict):
        sentence = "La fiche du patient n’accompagne pas l’appel."
        raise Refusal("PREFETCH", sentence, "Transmettez ce message à l’éditeur du LGO.", 412)
    if resource.get("id") != context["patientId"]:
        raise _wrong("prefetch.patient.id")
    try:
        return View(instance, patient_of(resource, vali=vali))
    except FhirRefused as error:
        raise Refusal("FHIR", error.sentence, "Corrigez la fiche du patient dans le LGO.", 412) from error


def read_feedback(body: bytes) -> list[tuple[str, str]]:
    """Card and outcome of each feedback: `accepted` or `overridden`; comments are dropped. Raises Refusal."""
    told = _object(body).get("feedback")
    if not isinstance(told, list) or not 0 < len(told) <= _FEEDBACK:
        raise _wrong("feedback")
    found = []
    for each in told:
        if not isinstance(each, dict) or not _is_text(each.get("card")) or not _is_text(each.get("outcomeTimestamp")):
            raise _wrong("feedback.card, feedback.outcomeTimestamp")
        if each.get("outcome") not in ("accepted", "overridden"):
            raise _wrong("feedback.outcome")
        found.append((str(each["card"]), str(each["outcome"])))
    return found


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise _wrong("JSON") from None
    if not isinstance(told, dict):
        raise _wrong("JSON")
    return told


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200


def _wrong(fields: str) -> Refusal:
    sentence = f"L’appel du LGO est incorrect : {fields}."
    return Refusal("APPEL", sentence, "Transmettez ce message à l’éditeur du LGO.", 400)
