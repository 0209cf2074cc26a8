"""What the tests of a whole pharmacy share: a vaccination, who works at the counter, what the DMP has in the end."""

from collections.abc import Callable
from typing import Any

from dmp_core.app import App
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.practitioner import Who
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.registry import Document
from dmp_core.simulator.simulator import Simulator

VACCINATION: dict[str, Any] = {
    "date": "2025-10-14",
    "vaccin": {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR, suspension injectable en seringue préremplie. Vaccin tétanique adsorbé",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "lot": "4456672",
    },
    "acte": "BOOSTER",
    "rang": 2,
}
"""Content of a `note-vaccination`."""

OFFLINE = """
environment = "simulation"
data = "data"
[software]
name = "essai"
version = "1"
homologation = "ESSAI"
oid = "1.2.250.1.999.1"
[dmp]
url = "https://127.0.0.1:1/services/"
ca = "ca.pem"
"""
"""A configuration up to its structures; nobody answers at its DMP."""


def who_of(counter: Counter) -> Who:
    """Whoever works at the counter, as author."""
    practitioner = counter.operator.practitioner
    assert practitioner
    return Who(structure=counter.structure, operator=counter.operator, author=practitioner)


def registered(simulator: Simulator, patient: Patient) -> list[Document]:
    """The patient's documents as the registry on disk has them, signatures left aside."""
    number = simulator.patients.number(patient.ins.cx if patient.ins else "")
    assert number is not None
    return [one for one in simulator.registry.of_patient(number) if not one.facets.is_signature]


def until(
    app: App, item: OutboxItem, *states: State, steps: int = 12, before_step: Callable[[], object] = lambda: None
) -> OutboxItem:
    """Take steps of the delivery until the item is in one of `states`."""
    for _ in range(steps):
        item = app.outbox.get(item.id)
        if item.state in states:
            return item
        before_step()
        app.delivery.step()
    raise AssertionError(f"{item.state} {item.reason} {item.fault and (item.fault.code, item.fault.detail)}")
