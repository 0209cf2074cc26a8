"""`dmp audit`: who did what with the DMP, with the VIHF of every exchange. Only while no host has the outbox open."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from dmp_core.audit.chain import ChainedAudit
from dmp_core.cli.setting import config_option, fail, json_option, read_config, show_json, shows_errors, who_of
from dmp_core.errors import AuditBroken
from dmp_core.model.practitioner import Who
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.services.review import Review
from dmp_core.system import SystemClock, SystemIds

since_option = click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Only from this day (UTC) on."
)
transaction_option = click.option("--transaction", help="Only those of one transaction: TD2.1, TD3.1...")


@click.group("audit")
def command() -> None:
    """Who did what with the DMP, with the VIHF of every exchange."""


@command.command("list")
@since_option
@transaction_option
@config_option
@json_option
@shows_errors
def list_records(since: datetime | None, transaction: str | None, files: tuple[Path, ...], as_json: bool) -> None:
    """One line a record, oldest first."""
    with _review(files) as (review, who):
        found = review.records(who, since=_utc(since), transaction=transaction)
        if as_json:
            show_json(list(found))
            return
        for record in found:
            facts = " ".join(f"{name}={value}" for name, value in record.items() if name not in _FIRST)
            click.echo(f"{record['number']:>7}  {record['at'][:19]}  {record['action']:20}  {facts}")


@command.command("show")
@click.argument("number", type=int)
@click.option("--vihf", "vihf_file", type=click.Path(path_type=Path), help="Write the VIHF to this file; - prints it.")
@config_option
@json_option
@shows_errors
def show(number: int, vihf_file: Path | None, files: tuple[Path, ...], as_json: bool) -> None:
    """One record; with --vihf the assertion that was shown to the DMP, which names the patient."""
    with _review(files) as (review, who):
        record = review.record(number, who)
        vihf = None if vihf_file is None else review.vihf(number, who)
    if vihf is not None and vihf_file is not None and str(vihf_file) != "-":
        vihf_file.touch(mode=0o600)
        vihf_file.write_bytes(vihf)
    elif vihf is not None:
        click.echo(vihf.decode())
        return
    if as_json:
        show_json(record)
    else:
        _print(record)


@command.command("verify")
@config_option
@json_option
@shows_errors
def verify(files: tuple[Path, ...], as_json: bool) -> None:
    """Whether the audit is as it was written, VIHFs included; status 1 where it is not."""
    with _review(files) as (review, who):
        broken = review.verify(who)
    if broken is not None:
        fail(AuditBroken(f"record {broken.number}: {broken.rule}"), as_json=as_json)
    if as_json:
        show_json({"whole": True})
    else:
        click.echo("The audit is whole.")


@command.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@since_option
@transaction_option
@click.option("--with-vihf", is_flag=True, help="With every VIHF: the file then names patients.")
@config_option
@shows_errors
def export(
    target: Path, since: datetime | None, transaction: str | None, with_vihf: bool, files: tuple[Path, ...]
) -> None:
    """Copy the records to a file, one JSON object a line."""
    with _review(files) as (review, who):
        lines = []
        for record in list(review.records(who, since=_utc(since), transaction=transaction)):
            vihf = review.vihf(record["number"], who).decode() if with_vihf and "enclosed" in record else None
            lines.append(json.dumps({**record, **({"vihf": vihf} if vihf else {})}, ensure_ascii=False))
    target.touch(mode=0o600)
    target.write_text("\n".join(lines) + "\n" if lines else "", encoding="utf-8")
    click.echo(f"{len(lines)} records: {target}")


_FIRST = frozenset({"number", "at", "action", "enclosed"})


@contextmanager
def _review(files: tuple[Path, ...]) -> Iterator[tuple[Review, Who]]:
    config = read_config(files)
    keys = FileKeyStore(config.data / "keys", SystemIds())
    audit = ChainedAudit(config.data / "audit.sqlite", keys, SystemClock(), witness=config.data / "keys" / "audit.head")
    try:
        yield Review(audit), who_of(config)
    finally:
        audit.close()


def _utc(since: datetime | None) -> datetime | None:
    return since.replace(tzinfo=UTC) if since else None


def _print(record: Mapping[str, Any]) -> None:
    for name, value in record.items():
        click.echo(f"{name:14} {value}")
