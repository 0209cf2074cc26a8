"""`dmp certificate import|list|use|remove`: the structure's certificates (IGC-Santé, ORG_AUTH_CLI and ORG_SIGN)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from dmp_core.audit.chain import ChainedAudit
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.config import Config
from dmp_core.errors import KeyUnusable, OutboxLocked
from dmp_core.links import certificates_of
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.owner import Owner
from dmp_core.outbox.private import make_folder
from dmp_core.ports import Audit, Clock
from dmp_core.services.authentication.certificates import Certificates, Imported
from dmp_core.system import SystemClock, SystemIds
from dmp_core.transport.certificate import Described
from dmp_core.transport.file_key import Role
from dmp_core.transport.key_folder import Place, Stored

_ROLES: Final = {Role.AUTHENTICATE: "connexion (AUTH_CLI)", Role.SIGN: "signature (SIGN)"}
_PLACES: Final = {Place.USED: "utilisé", Place.COMING: "en attente", Place.KEPT: "conservé"}
_CONFIGURED: Final = "configuration"
_SHOWN: Final = 16

structure_option = click.option("--structure", help="Struct_IdNat, where several are configured.")


@click.group("certificate")
def command() -> None:
    """The certificates of the pharmacy: import one, list them, go back to another."""


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File whose first line is the password; without it the password is asked for.",
)
@structure_option
@config_option
@json_option
@shows_errors
def import_(
    file: Path, password_file: Path | None, structure: str | None, files: tuple[Path, ...], as_json: bool
) -> None:
    """Import a PKCS#12 FILE (.p12, .pfx) of ANS.

    What it is for is read in the certificate. A renewed one is tried at once: where the DMP does not take it yet, the
    old one goes on serving, and the bridge tries again each hour.
    """
    with _certificates(files, structure) as (certificates, zone, at):
        imported = certificates.take(file, _password(password_file))
        if as_json:
            show_json(_data(imported.stored, at) | {"trouble": imported.trouble and imported.trouble.as_data()})
        else:
            _show_import(imported, zone, at)


@command.command("list")
@structure_option
@config_option
@json_option
@shows_errors
def list_(structure: str | None, files: tuple[Path, ...], as_json: bool) -> None:
    """List what was imported, and what the configuration names where nothing was."""
    with _certificates(files, structure) as (certificates, zone, at):
        stored = certificates.all()
        imported = {one.role for one in stored}
        named = {role: one for role, one in certificates.in_use().items() if role not in imported}
        if as_json:
            listed = [_data(one, at) for one in stored]
            show_json(
                {"certificates": listed + [_described(one, role, _CONFIGURED, at) for role, one in named.items()]}
            )
            return
        for one in stored:
            click.echo(_line(one.described, one.role, _PLACES[one.place], zone, at))
        for role, described in named.items():
            click.echo(_line(described, role, _CONFIGURED, zone, at))
        if not stored and not named:
            click.echo("Aucun certificat de la pharmacie.")


@command.command("use")
@click.argument("fingerprint")
@structure_option
@config_option
@shows_errors
def use(fingerprint: str, structure: str | None, files: tuple[Path, ...]) -> None:
    """Use the imported certificate whose FINGERPRINT begins so, tried or not."""
    with _certificates(files, structure) as (certificates, zone, at):
        stored = certificates.use(fingerprint)
        click.echo(_line(stored.described, stored.role, _PLACES[stored.place], zone, at))


@command.command("remove")
@click.argument("fingerprint")
@structure_option
@config_option
@shows_errors
def remove(fingerprint: str, structure: str | None, files: tuple[Path, ...]) -> None:
    """Forget an imported certificate that is not used, and its key."""
    with _certificates(files, structure) as (certificates, _, _):
        certificates.remove(fingerprint)
        click.echo("Certificat et clé effacés.")


@contextmanager
def _certificates(files: tuple[Path, ...], structure: str | None) -> Iterator[tuple[Certificates, ZoneInfo, datetime]]:
    """The certificates of the structure, the time zone to show dates in, and the time."""
    config = read_config(files)
    settings, clock = config.the_structure(structure), SystemClock()
    with _audit(config, clock) as audit:
        certificates = certificates_of(config, settings, clock=clock, audit=audit)
        yield certificates, ZoneInfo(settings.time_zone), clock.now()


@contextmanager
def _audit(config: Config, clock: Clock) -> Iterator[Audit | None]:
    """The audit; None while a bridge runs: it alone writes there, and records what it takes into use."""
    keys = config.data / "keys"
    make_folder(config.data)
    try:
        owner = Owner(config.data / "outbox.sqlite.lock")
    except OutboxLocked:
        yield None
        return
    try:
        store = FileKeyStore(keys, SystemIds())
        with closing(ChainedAudit(config.data / "audit.sqlite", store, clock, witness=keys / "audit.head")) as audit:
            yield audit
    finally:
        owner.close()


def _password(file: Path | None) -> bytes | None:
    """Never an argument: those stay in the shell's history and are seen by every user."""
    if file is None:
        text: str = click.prompt("Mot de passe du fichier", hide_input=True, default="", show_default=False, err=True)
    else:
        try:
            text = file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnusable("the file of the password cannot be read") from error
    return text.encode() or None


def _show_import(imported: Imported, zone: ZoneInfo, at: datetime) -> None:
    stored = imported.stored
    click.echo(_line(stored.described, stored.role, _PLACES[stored.place], zone, at))
    if imported.trouble is not None:
        click.echo(f"  Pas encore utilisé : {imported.trouble.sentence} [{imported.trouble.code}]", err=True)
        click.echo("  L’ancien certificat continue de servir ; un nouvel essai a lieu chaque heure.", err=True)
    elif stored.place is Place.COMING:
        click.echo("  Il servira à partir de sa date de début.", err=True)


def _line(one: Described, role: Role, place: str, zone: ZoneInfo, at: datetime) -> str:
    last = f"{one.last.astimezone(zone):%d/%m/%Y}"
    left = one.days_left(at)
    rest = f"{left} jours" if left >= 0 else "expiré"
    return f"{one.fingerprint[:_SHOWN]}  {_ROLES[role]:22} {place:13} {last} ({rest})  {one.name}, {one.issuer}"


def _data(stored: Stored, at: datetime) -> dict[str, Any]:
    return _described(stored.described, stored.role, stored.place, at)


def _described(one: Described, role: Role, place: str, at: datetime) -> dict[str, Any]:
    return {
        "fingerprint": one.fingerprint,
        "role": role,
        "place": place,
        "structures": one.structures,
        "name": one.name,
        "issuer": one.issuer,
        "first": one.first,
        "last": one.last,
        "days_left": one.days_left(at),
    }
