"""`dmp outbox withdraw, visibility, archive, replace, take-over`: what was sent, what waits for somebody who left."""

import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

import click

from dmp_core.app import App
from dmp_core.cli.card_code import open_card
from dmp_core.cli.delivering import deliver
from dmp_core.cli.feed import read_content_file, read_patient
from dmp_core.cli.outbox_shown import opened, print_item
from dmp_core.cli.setting import config_option, json_option, shows_errors, who_of
from dmp_core.model.document import Visibility
from dmp_core.model.identity import Patient
from dmp_core.model.item import CorrectionKind, CorrectionState, OutboxItem, State, WithdrawReason
from dmp_core.model.practitioner import Who
from dmp_core.outbox.corrections import REPLACES, effect

_REASONS: Final = {str(reason).replace("_", "-"): reason for reason in WithdrawReason}
_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)

patient_option = click.option(
    "--patient",
    "patient_file",
    type=_FILE,
    required=True,
    help="JSON file of the patient: the outbox forgot whose it is.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command("withdraw")
@click.argument("item_id")
@click.option("--reason", type=click.Choice(list(_REASONS)), required=True, help="Why it leaves the DMP.")
@patient_option
@yes_option
@config_option
@json_option
@shows_errors
def withdraw(item_id: str, reason: str, patient_file: Path, yes: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Take a sent document out of the DMP, for good."""
    _asks(effect(CorrectionKind.WITHDRAW), yes=yes or as_json)

    def correct(app: App, patient: Patient, who: Who) -> OutboxItem:
        return app.corrections.withdraw(item_id, patient, _REASONS[reason], who)

    _correct(files, patient_file, correct, as_json=as_json)


@click.command("visibility")
@click.argument("item_id")
@click.option("--mask", is_flag=True, help="Masked to other professionals.")
@click.option("--hide-from-patient", is_flag=True)
@click.option("--hide-from-representatives", is_flag=True)
@patient_option
@yes_option
@config_option
@json_option
@shows_errors
def visibility(
    item_id: str,
    mask: bool,
    hide_from_patient: bool,
    hide_from_representatives: bool,
    patient_file: Path,
    yes: bool,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Say who may not see a sent document; no option: everybody sees it."""
    wanted = Visibility(
        masked_to_professionals=mask,
        hidden_from_patient=hide_from_patient,
        hidden_from_representatives=hide_from_representatives,
    )
    _asks(effect(CorrectionKind.VISIBILITY, wanted), yes=yes or as_json)

    def correct(app: App, patient: Patient, who: Who) -> OutboxItem:
        return app.corrections.set_visibility(item_id, patient, wanted, who)

    _correct(files, patient_file, correct, as_json=as_json)


@click.command("archive")
@click.argument("item_id")
@click.option("--out", is_flag=True, help="Out of the archive.")
@patient_option
@yes_option
@config_option
@json_option
@shows_errors
def archive(item_id: str, out: bool, patient_file: Path, yes: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Put a sent document into the archive of the DMP."""
    _asks(effect(CorrectionKind.UNARCHIVE if out else CorrectionKind.ARCHIVE), yes=yes or as_json)

    def correct(app: App, patient: Patient, who: Who) -> OutboxItem:
        return app.corrections.archive(item_id, patient, who, archived=not out)

    _correct(files, patient_file, correct, as_json=as_json)


@click.command("replace")
@click.argument("item_id")
@click.argument("file", type=_FILE)
@patient_option
@yes_option
@config_option
@json_option
@shows_errors
def replace(item_id: str, file: Path, patient_file: Path, yes: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Send FILE (a PDF, or the content of the type in JSON) in the place of a sent document."""
    _asks(REPLACES, yes=yes or as_json)
    data = file.read_bytes()
    with opened(files) as app:
        content = read_content_file(data, app.clock.now().date())
        key = f"command-line:replace:{item_id}:{sha256(data).hexdigest()}"
        who = who_of(app.config)
        open_card(app, who, app.structure.feed_mode)
        item = app.corrections.replace(item_id, read_patient(patient_file), key, content, who)
        item = next(deliver(app, [item.id]))
    print_item(item, as_json=as_json)
    sys.exit(0 if item.state is State.SENT else 1)


@click.command("take-over")
@click.argument("item_id")
@config_option
@json_option
@shows_errors
def take_over(item_id: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Answer for the document of a professional who has left; it goes at the next delivery."""
    with opened(files) as app:
        item = app.takeover.take_over(item_id, who_of(app.config))
    print_item(item, as_json=as_json)


def _correct(
    files: tuple[Path, ...], patient_file: Path, correct: Callable[[App, Patient, Who], OutboxItem], *, as_json: bool
) -> None:
    """Make one correction; the exit status is 0 only where the DMP said that it is done."""
    with opened(files) as app:
        who = who_of(app.config)
        open_card(app, who, app.structure.feed_mode)
        item = correct(app, read_patient(patient_file), who)
    print_item(item, as_json=as_json)
    sys.exit(0 if item.corrections[-1].state is CorrectionState.DONE else 1)


def _asks(text: str, *, yes: bool) -> None:
    """Say what the DMP will do, and ask once."""
    if not yes:
        click.confirm(f"{text}\nContinuer ?", abort=True)


COMMANDS: Final = (withdraw, visibility, archive, replace, take_over)
