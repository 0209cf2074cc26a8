"""`dmp consult -`: a patient's record, by what a pharmacist looks for."""

import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from dmp_core.app import App
from dmp_core.cli import emulated
from dmp_core.cli.card_code import open_card
from dmp_core.cli.consult_shown import show_listing, show_people, show_status
from dmp_core.cli.identify import identify
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors, who_of
from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.dmp.td13_administrative import RelatedPerson
from dmp_core.errors import DmpIdentityRefused, InsInvalid
from dmp_core.model.access import Environment
from dmp_core.model.document import RecordStatus
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.listing import Listing, RecordFilter, Since
from dmp_core.model.oids import InsOid
from dmp_core.model.opening import Opening, OpenWish, Question
from dmp_core.model.practitioner import Who
from dmp_core.model.row import Row
from dmp_core.model.sections import CONTACTS, sections

_LINE = re.compile(r"([0-9AB]{15})(?:[\s^&]+([0-9.]+))?\s*")
_ANSWERS = {
    Question.CONSENT: "consent",
    Question.RENEWAL: "consent",
    Question.INFORMATION: "informed",
    Question.SECRET_CONNECTION: "secret_connection",
}


@click.command("consult")
@click.argument("ins")
@click.option(
    "--since",
    default="default",
    help="`default` (two years the first time, later what changed), `all`, or a date YYYY-MM-DD.",
)
@click.option("--all", "everything", is_flag=True, help="The whole record: as --since all.")
@click.option("--section", type=click.Choice([section.id for section in sections()]), help="One section only.")
@click.option("--consent", is_flag=True, default=None, help="The patient agrees to be read.")
@click.option("--emergency", is_flag=True, help="Bris de glace; the reason is asked for, and goes to the DMP.")
@click.option("--save", type=click.Path(path_type=Path, file_okay=False), help="Fetch every document into this folder.")
@config_option
@json_option
@shows_errors
def command(
    ins: str,
    since: str,
    everything: bool,
    section: str | None,
    consent: bool | None,
    emergency: bool,
    save: Path | None,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """List the record of the patient whose INS stands on standard input: `-`.

    The line holds the 15 characters, and the OID of the register where it is not the environment's own. As an
    argument only a test INS is taken: arguments stay in the shell's history. Without a terminal the reason of an
    emergency is the next line.
    """
    config = read_config(files)
    wanted = _ins(_line(ins), config.environment, typed=ins != "-")
    span: Since = "all" if everything else _since(since)
    wish = OpenWish(consent=consent, emergency=emergency, justification=_reason() if emergency else None)
    app = App(config, **emulated.parts(config))
    try:
        who = who_of(config)
        identify(app, who)
        open_card(app, who, app.structure.read_mode)
        existence = app.consult.existence(wanted, who)
        if existence.status in (RecordStatus.ABSENT, RecordStatus.CLOSED):
            _end(existence.status, as_json=as_json)
            return
        patient = _patient(wanted, existence.traits)
        opening = _opened(app, patient, who, wish)
        if not opening.open:
            _not_opened(opening, as_json=as_json)
        people = app.information.administrative(patient, who).people if section == CONTACTS else ()
        listing = app.consult.listing(patient, who, span, RecordFilter(section=section)).whole()
        saved = save is None or _save(app, patient, who, listing.rows, save)
    finally:
        app.close()
    if as_json:
        show_json(_data(opening, listing, people))
    else:
        show_listing(opening, listing, app.structure.time_zone, section)
        show_people(people)
    if not saved:
        sys.exit(1)


def _opened(app: App, patient: Patient, who: Who, wish: OpenWish) -> Opening:
    """The record, open or not; on a terminal each question is asked."""
    while True:
        opening = app.access.open(patient, who, wish)
        if opening.ask is None or not sys.stdin.isatty():
            return opening
        if opening.ask is Question.JUSTIFICATION:
            wish = wish.model_copy(update={"justification": click.prompt(opening.ask.text, err=True)})
        else:
            answer = click.confirm(opening.ask.text, err=True)
            if opening.ask is Question.INFORMATION and not answer:
                return opening
            wish = wish.model_copy(update={_ANSWERS[opening.ask]: answer})


def _save(app: App, patient: Patient, who: Who, rows: Sequence[Row], folder: Path) -> bool:
    """Every document into a file of its own; one that cannot be had is named, and then it is False."""
    folder.mkdir(parents=True, exist_ok=True)
    ranks = {row.unique_id: rank for rank, row in enumerate(rows, 1)}
    fetched = app.consult.fetch_all(patient, who, list(ranks))
    for document in fetched.documents:
        (folder / f"{ranks[document.unique_id]:03}.xml").write_bytes(document.content)
    for unique_id, error in fetched.refused.items():
        click.echo(f"Document {ranks[unique_id]}\u00a0: {error.sentence} [{error.code}]", err=True)
    return not fetched.refused


def _reason() -> str:
    if sys.stdin.isatty():
        reason: str = click.prompt(Question.JUSTIFICATION.text, err=True)
        return reason
    return sys.stdin.readline().strip()


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
    return Patient(host_id=_reference(ins), traits=traits, ins=ins, status=IdentityStatus.QUALIFIEE)


def _reference(ins: Ins) -> str:
    """What a visit is kept under: too short a digest to tell the INS, which the visit itself compares."""
    return f"command-line-{sha256(ins.cx.encode()).hexdigest()[:6]}"


def _since(text: str) -> Since:
    if text in ("default", "all"):
        return "all" if text == "all" else "default"
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("`default`, `all` or YYYY-MM-DD", param_hint="--since") from None


def _data(opening: Opening, listing: Listing, people: Sequence[RelatedPerson]) -> dict[str, Any]:
    told = listing.model_dump(mode="json", exclude_none=True)
    documents = told.pop("rows")
    if people:
        told["people"] = [one.model_dump(mode="json", exclude_none=True) for one in people]
    return {"status": opening.status, "purpose": opening.purpose, "documents": documents, **told}


def _end(status: RecordStatus, *, as_json: bool) -> None:
    """There is no record to read, and nothing failed."""
    if as_json:
        show_json({"status": status, "documents": []})
    else:
        show_status(status)


def _not_opened(opening: Opening, *, as_json: bool) -> None:
    """Somebody must answer first, or the patient refuses: status 2."""
    if as_json:
        ask = {"question": opening.ask, "text": opening.ask.text} if opening.ask else None
        show_json({"status": opening.status, "ask": ask, "documents": []})
    else:
        show_status(opening.status)
        click.echo(opening.ask.text if opening.ask else "Le patient n’est pas d’accord\u00a0: rien n’a été consulté.")
    sys.exit(2)
