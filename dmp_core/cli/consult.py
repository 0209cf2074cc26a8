"""`dmp consult -`: a patient's record as the DMP lists it."""

import re
import sys
from datetime import date, datetime
from pathlib import Path

import click
from pydantic import ValidationError

from dmp_core.app import App
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors, who_of
from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.errors import DmpIdentityRefused, InsInvalid
from dmp_core.model.access import Environment
from dmp_core.model.document import RecordEntry, RecordStatus
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import InsOid
from dmp_core.services.consult import Since

_LINE = re.compile(r"([0-9AB]{15})(?:[\s^&]+([0-9.]+))?\s*")


@click.command("consult")
@click.argument("ins")
@click.option("--since", default="default", help="`default` (two years), `all`, or a date YYYY-MM-DD.")
@click.option("--save", type=click.Path(path_type=Path, file_okay=False), help="Fetch every document into this folder.")
@config_option
@json_option
@shows_errors
def command(ins: str, since: str, save: Path | None, files: tuple[Path, ...], as_json: bool) -> None:
    """List the record of the patient whose INS stands on standard input: `-`.

    The line holds the 15 characters, and the OID of the register where it is not the environment's own. As an
    argument only a test INS is taken: arguments stay in the shell's history.
    """
    config = read_config(files)
    wanted = _ins(_line(ins), config.environment, typed=ins != "-")
    app = App(config)
    try:
        who = who_of(config)
        existence = app.consult.existence(wanted, who)
        rows: list[RecordEntry] = []
        if existence.status not in (RecordStatus.ABSENT, RecordStatus.CLOSED):
            patient = _patient(wanted, existence.traits)
            rows = list(app.consult.entries(patient, who, _since(since)))
            if save is not None:
                save.mkdir(parents=True, exist_ok=True)
                for rank, row in enumerate(rows, 1):
                    document = app.consult.fetch(patient, who, row.unique_id)
                    (save / f"{rank:03}.xml").write_bytes(document.content)
    finally:
        app.close()
    _show(existence.status, rows, as_json=as_json)


def _line(argument: str) -> str:
    if argument != "-":
        return argument
    return click.prompt("INS", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()


def _ins(line: str, environment: Environment, *, typed: bool) -> Ins:
    match = _LINE.fullmatch(line.strip())
    own = InsOid.NIR if environment is Environment.PRODUCTION else InsOid.NIR_TEST
    try:
        ins = Ins(value=match[1] if match else "", oid=InsOid(match[2]) if match and match[2] else own)
    except ValueError as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "not the OID of an INS register"
        raise InsInvalid(reason) from None
    if typed and ins.oid.is_real:
        raise InsInvalid("a real INS is read from standard input only: `dmp consult -`")
    return ins


def _patient(ins: Ins, known: DmpTraits | None) -> Patient:
    """The patient as the DMP describes them: a command has no file of its own to compare with."""
    try:
        assert known is not None and known.birth_date is not None
        given = " ".join(known.given_names)
        traits = Traits(
            birth_name=known.birth_name or known.used_name or "",
            birth_given_names=given,
            first_birth_given_name=known.given_names[0],
            sex=Sex(known.sex or "UN"),
            birth_date=datetime.strptime(known.birth_date[:8], "%Y%m%d").date(),  # noqa: DTZ007 - a day has no zone
        )
    except (AssertionError, IndexError, ValueError) as error:
        raise DmpIdentityRefused("TD0.2 gave no complete identity") from error
    return Patient(host_id="command-line", traits=traits, ins=ins, status=IdentityStatus.QUALIFIEE)


def _since(text: str) -> Since:
    if text in ("default", "all"):
        return "all" if text == "all" else "default"
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("`default`, `all` or YYYY-MM-DD", param_hint="--since") from None


def _show(status: RecordStatus, rows: list[RecordEntry], *, as_json: bool) -> None:
    if as_json:
        show_json({"status": status, "documents": [row.model_dump(exclude_none=True) for row in rows]})
        return
    click.echo(f"DMP : {status}, {len(rows)} document(s)")
    for row in rows:
        author = row.authors[0].person if row.authors and row.authors[0].person else ""
        names = " ".join(reversed(author.split("^")[1:3]))
        label = row.type_code.label if row.type_code else ""
        click.echo(
            f"  {(row.service_start_time or row.creation_time or '')[:8]}  {label:40.40}  {row.title:50.50}  {names}"
        )
