"""Calls a CDS service with HealthChain's client: `healthchain_caller.py ADDRESS PATIENT.json`; prints the cards."""

import json
import sys
from pathlib import Path

from healthchain.models import CDSResponse
from healthchain.models.hooks import PatientViewContext
from healthchain.models.requests import CDSRequest
from healthchain.sandbox.sandboxclient import SandboxClient

address, file = sys.argv[1:]
patient = json.loads(Path(file).read_text(encoding="utf-8"))
client = SandboxClient(address, "patient-view")
context = PatientViewContext(userId="Practitioner/1", patientId=patient["id"])
client.requests.append(CDSRequest(hook="patient-view", context=context, prefetch={"patient": patient}))
(answer,) = client.send_requests()
print(json.dumps(answer["cards"]))
for card in answer["cards"]:
    for link in card["links"]:
        link["autoLaunchable"] = None  # its model wants a field that CDS Hooks 2.0 has not
CDSResponse.model_validate(answer)
