"""What every scenario begins with: the host arrives, a patient's file is opened, then their record."""

import json
from typing import Any

from dmp_core.api import HealthModel, Patient
from hostbridge.clients.python import BridgeClient
from lgo_demo.case import Case
from lgo_demo.steps import Seen, Transcript


def arrive(client: BridgeClient, case: Case, transcript: Transcript) -> None:
    """Start the bridge, as this pharmacy's operator."""
    params = {
        "host": {"name": "lgo_demo", "version": "0.1.0"},
        "adapter": "lgo_id",
        "structure": case.structure.national_id,
        "operator": as_json(case.operator),
    }
    transcript.take("initialize", lambda: _introduced(client.start(params)))


def open_patient(client: BridgeClient, patient: Patient, transcript: Transcript) -> None:
    params = {"patient": as_json(patient)}
    transcript.take("patient/opened", lambda: Seen(value=client.call("patient/opened", params)))


def open_record(client: BridgeClient, patient: Patient, transcript: Transcript) -> None:
    """*Accéder au DMP*."""
    params = {"host_id": patient.host_id}
    transcript.take("dmp/open", lambda: Seen(client.call("dmp/open", params)["status"]), transaction="TD0.2")


def as_json(value: HealthModel) -> dict[str, Any]:
    """A value of the api as the bridge takes it."""
    data: dict[str, Any] = json.loads(value.model_dump_json())
    return data


def _introduced(result: dict[str, Any]) -> Seen:
    types = ", ".join(f"{one['id']} ({one['policy']})" for one in result["document_types"])
    return Seen(result["environment"], f"{result['server']['name']} {result['server']['version']}: {types}")
