"""The emulated cards of a simulation, as the commands give them to the app: no reader, no library, no root."""

from pathlib import Path
from typing import Any

from dmp_core.config import Config


def parts(config: Config) -> dict[str, Any]:
    """What `App` takes beside its configuration where `[cards] emulated` names a simulation; else nothing.

    Raises ConfigInvalid, ExtraMissing.
    """
    folder = config.cards.emulated
    if folder is None:
        return {}
    from dmp_core.testing.card_tray import TrayReaders
    from dmp_core.testing.cps import EmulatedCps

    readers = TrayReaders(folder)
    return {
        "open_readers": lambda: readers,
        "open_cps": lambda seen, calls: EmulatedCps(readers, calls, seen.environment),
    }


def layer(data: Path, structure: str) -> str:
    """`cards.toml` over `dmp.toml`: the professional's keys are in an emulated card."""
    return (
        "# Written by `dmp simulate --cards`: over dmp.toml, the keys are in emulated cards (`dmp cards`)."
        f'{section(data)}\n[structure.{structure}.keys]\nsource = "card"\n'
    )


def section(data: Path) -> str:
    """The readers of the simulation in `data`."""
    return f'\n[cards]\nemulated = "{data.resolve().as_posix()}"\n'
