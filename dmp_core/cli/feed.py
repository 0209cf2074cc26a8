"""`dmp feed FILE`: one document to the DMP, with its answer."""

import json
import sys
from base64 import b64encode
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import click
from pydantic import ValidationError

from dmp_core.api.events import SavedDocument
from dmp_core.app import App
from dmp_core.cli import emulated
from dmp_core.cli.card_code import open_card
from dmp_core.cli.delivering import deliver
from dmp_core.cli.feed_batch import feed_batch
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors, who_of
from dmp_core.documents.patient import patient_of
from dmp_core.errors import MessageInvalid
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.outbox.states import fate, label
from dmp_core.services.feed.composition import FINISHED_CDA

_AT_REST: Final = frozenset({State.WAITING, State.UNCERTAIN})


@click.command("feed")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--type", "type_id", help="Type of document, e.g. note-vaccination; not needed for a finished CDA.")
@click.option(
    "--patient",
    "patient_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON file of the patient; not needed for a finished CDA, which names its own.",
)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of the act of a PDF. Default: today.")
@click.option(
    "--batch", is_flag=True, help="FILE holds many, one JSON object a line (docs/how-to/feed-past-documents.md)."
)
@config_option
@json_option
@shows_errors
def command(
    file: Path,
    type_id: str | None,
    patient_file: Path | None,
    day: datetime | None,
    batch: bool,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Feed FILE: a finished CDA (.xml), a PDF, or the content of a type (.json)."""
    config = read_config(files)
    app = App(config, **emulated.parts(config))
    try:
        open_card(app, who_of(config), app.structure.feed_mode)
        if batch:
            feed_batch(app, who_of(config), file, as_json=as_json)
            return
        act_day = (day or app.clock.now()).date()
        saved = _saved(file.read_bytes(), type_id, patient_file, act_day)
        app.outbox.recover(app.clock.now())
        item = app.intake.save(saved, who_of(config))
        if item.state in _AT_REST:  # fed before: whoever repeats the command does not wait for the next try
            item = app.delivery.retry(item.id, who_of(config))
        item = next(deliver(app, [item.id]))
    finally:
        app.close()
    _show(item, as_json=as_json)


def _saved(data: bytes, type_id: str | None, patient_file: Path | None, day: date) -> SavedDocument:
    """The same file gives the same key: fed twice, it is in the DMP once."""
    if not data.startswith(b"%PDF") and type_id is None:
        patient, type_id, content = patient_of(data), FINISHED_CDA, {"cda": b64encode(data).decode()}
    elif type_id is None or patient_file is None:
        raise click.UsageError("--type and --patient are needed for what is no finished CDA")
    else:
        patient, content = read_patient(patient_file), read_content_file(data, day)
    key = f"command-line:{sha256(data).hexdigest()}"
    return SavedDocument(key=key, record=key, type_id=type_id, patient=patient, content=content)


def read_content_file(data: bytes, day: date) -> dict[str, Any]:
    """The content of a type: a PDF with the day of its act, or JSON. Raises MessageInvalid."""
    if data.startswith(b"%PDF"):
        return {"pdf": b64encode(data).decode(), "date": day.isoformat()}
    try:
        content = json.loads(data)
    except ValueError as error:
        raise MessageInvalid("the file is neither XML, PDF nor JSON") from error
    if not isinstance(content, dict):
        raise MessageInvalid("the content of a type is a JSON object")
    return content


def read_patient(file: Path) -> Patient:
    """The patient of a JSON file. Raises MessageInvalid."""
    try:
        return Patient.model_validate_json(file.read_bytes())
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise MessageInvalid(f"the patient's file: {fields}") from None


def _show(item: OutboxItem, *, as_json: bool) -> None:
    unique_id = item.frozen.unique_id if item.frozen else None
    if as_json:
        fault = item.fault.model_dump() if item.fault else None
        show_json({"item": item.id, "state": item.state, "unique_id": unique_id, "fault": fault})
    else:
        click.echo(label(item.state, item.reason) + (f" ({unique_id})" if unique_id else ""))
        why = item.fault
        told = (why.sentence, why.detail, why.dmp_text, why.remedy) if why else ()
        for line in (*told, fate(item.state)):
            if line:
                click.echo(f"  {line}", err=True)
        if item.state in _AT_REST:
            click.echo("  Pour ne pas attendre, relancez la même commande\u00a0: rien ne part deux fois.", err=True)
    if item.state is not State.SENT:
        sys.exit(1)
