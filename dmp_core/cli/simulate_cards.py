"""Emulated cards beside the simulated DMP: empty readers, their cards, and the layer `cards.toml` that uses them."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from dmp_core.cli import emulated
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.pki import Authority, Pki
from dmp_core.simulator.simulator import Simulator, now
from dmp_core.testing.card_tray import EXPIRED, CardTray

LAYER: Final = "cards.toml"
_DAY: Final = timedelta(days=1)


def prepare(data: Path, counter_file: str) -> Path:
    """The layer to read over `dmp.toml`; the readers are empty."""
    counter = Counter.model_validate_json((data / counter_file).read_bytes())
    _issue(data, counter)
    CardTray(data).empty()
    (data / LAYER).write_text(emulated.layer(data, counter.structure.national_id), encoding="utf-8")
    return data / LAYER


def _issue(data: Path, counter: Counter) -> None:
    """What the cards of the tray need beside the professional's own pairs, once."""
    practitioner, colleague, expired = counter.operator.practitioner, counter.colleague, Pki(data / EXPIRED)
    assert practitioner is not None, "the counter's operator is a professional"
    if expired.professional_sign(practitioner.national_id).certificate.is_file():
        return
    simulator = Simulator.open(data)
    try:
        authority = Authority.load(simulator.pki.authority)
        if colleague is not None:
            authority.issue_to(simulator.pki, colleague)
            simulator.annuaire.add([counter.structure], [colleague])
        authority.issue_to(expired, practitioner, (now() - 1000 * _DAY, now() - _DAY))
    finally:
        simulator.close()
