"""`dmp support`: one file for whoever helps. It holds nothing of a patient."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from importlib.metadata import distributions
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click

from dmp_core.audit.chain import ChainedAudit
from dmp_core.audit.sealed_files import SealedFolder
from dmp_core.cli.doctor import as_data
from dmp_core.cli.doctor_setup import diagnose, machine
from dmp_core.cli.setting import config_option, read_config, shows_errors, who_of
from dmp_core.config import Config
from dmp_core.errors import DmpError, OutboxLocked
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.services.support import MOST_EVENTS, pack
from dmp_core.services.wire.recorder import Exchanged, Recorder
from dmp_core.system import SystemClock, SystemIds

_OURS: Final = (
    "apsw", "click", "cryptography", "httpx", "joserfc", "lxml", "pluggy", "pydantic", "pyscard", "python-pkcs11",
    "signxml", "starlette", "uvicorn",
)  # fmt: skip


@click.command("support")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; without it dmp-support-DATE.zip here.",
)
@click.option(
    "--log",
    "logs",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    multiple=True,
    help="A file in which the host keeps what the bridge tells on standard error; repeatable.",
)
@click.option("--structure", help="Struct_IdNat, where several are configured.")
@config_option
@shows_errors
def command(output: Path | None, logs: tuple[Path, ...], structure: str | None, files: tuple[Path, ...]) -> None:
    """Pack doctor, versions, last events and redacted exchanges into one ZIP.

    Events and exchanges are read only while no host has them open, exchanges only where [operator] may administer.
    """
    config = read_config(files)
    left_out: list[str] = []
    with ExitStack() as stack:
        kept = _kept(config, stack, left_out)
        data = pack(
            doctor=as_data(diagnose(config, structure)),
            versions=_versions(config, left_out),
            outbox=kept.get("outbox", {}),
            events=kept.get("events", ()),
            lines=_lines(logs),
            exchanges=kept.get("exchanges", ()),
        )
    target = output or Path(f"dmp-support-{SystemClock().now():%Y%m%d-%H%M}.zip")
    target.touch(mode=0o600)
    target.chmod(0o600)
    target.write_bytes(data)
    for reason in left_out:
        click.echo(f"Non joint : {reason}", err=True)
    click.echo(f"{target} : sans aucune donnée de patient, à transmettre à l’éditeur du LGO.")


def _kept(config: Config, stack: ExitStack, left_out: list[str]) -> dict[str, Any]:
    """What the pharmacy's folder holds, as far as it can be read now."""
    if not (config.data / "outbox.sqlite").is_file():
        left_out.append("la file d’envoi et le journal n’existent pas encore")
        return {}
    ids, clock, keys = SystemIds(), SystemClock(), config.data / "keys"
    store = FileKeyStore(keys, ids)
    try:
        outbox = stack.enter_context(closing(SqliteOutbox(config.data / "outbox.sqlite", store, ids)))
        audit = stack.enter_context(
            closing(ChainedAudit(config.data / "audit.sqlite", store, clock, witness=keys / "audit.head"))
        )
    except OutboxLocked:
        left_out.append("événements et échanges : fermez d’abord le logiciel, puis recommencez")
        return {}
    except DmpError as error:
        left_out.append(f"événements et échanges : {error.sentence} [{error.code}]")
        return {}
    found: dict[str, Any] = {
        "outbox": {"counts": {str(state): count for state, count in outbox.counts().items()}},
        "events": list(islice(audit.latest(), MOST_EVENTS)),
    }
    try:
        found["exchanges"] = _exchanges(config, store, audit)
    except DmpError as error:
        left_out.append(f"échanges : {error.sentence} [{error.code}]")
    return found


def _exchanges(config: Config, store: FileKeyStore, audit: ChainedAudit) -> list[Exchanged]:
    """What was recorded on demand. Raises RightMissing, ConfigInvalid."""
    recorder = Recorder(
        SealedFolder(config.data / "recordings", store, SystemIds()),
        audit,
        clock=SystemClock(),
        ids=SystemIds(),
        keep=config.support.keep_recordings,
        patient_for=config.support.patient_recording,
    )
    who = who_of(config)
    return [recorder.read(one.name, who) for one in recorder.kept(who)]


def _versions(config: Config, left_out: list[str]) -> Mapping[str, Any]:
    known = {one.metadata["Name"].lower(): one.version for one in distributions() if one.metadata["Name"]}
    return {
        **machine(),
        "libraries": {name: known[name] for name in _OURS if name in known},
        "environment": str(config.environment),
        "software": {"name": config.software.name, "version": config.software.version},
        "modes": [
            {"feed": one.feed_mode.name, "read": one.read_mode.name, "keys": one.keys.source}
            for one in config.structure.values()
        ],
        "pro_sante_connect": None if config.psc is None else "proxy" if config.psc.proxy else "direct",
        "left_out": list(left_out),
    }


def _lines(files: tuple[Path, ...]) -> Iterator[str]:
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as opened:
            yield from opened
