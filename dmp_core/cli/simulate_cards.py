"""Emulated cards beside the simulated DMP: empty readers, and the layer `cards.toml` that uses them."""

from pathlib import Path
from typing import Final

from dmp_core.cli import emulated
from dmp_core.simulator.counter import Counter
from dmp_core.testing.card_tray import CardTray

LAYER: Final = "cards.toml"


def prepare(data: Path, counter_file: str) -> Path:
    """The layer to read over `dmp.toml`; the readers are empty."""
    counter = Counter.model_validate_json((data / counter_file).read_bytes())
    CardTray(data).empty()
    (data / LAYER).write_text(emulated.layer(data, counter.structure.national_id), encoding="utf-8")
    return data / LAYER
