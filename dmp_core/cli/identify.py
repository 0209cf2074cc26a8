"""`dmp identify`: try Pro Santé Connect. Commands that read in AIR identify their user the same way first."""

import webbrowser
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Final

import click

from dmp_core.app import App
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors, who_of
from dmp_core.errors import ConfigInvalid
from dmp_core.model.access import Mode
from dmp_core.model.identification import Channel, PscState, PscView
from dmp_core.model.practitioner import Who
from dmp_core.services.authentication.psc import ProfessionalSession

_PAUSE: Final = timedelta(seconds=0.5)


@click.command("identify")
@click.option(
    "--channel",
    type=click.Choice([*Channel]),
    default=Channel.BROWSER,
    show_default=True,
    help="The browser, the CPS in its reader, or the e-CPS on the phone.",
)
@config_option
@json_option
@shows_errors
def command(channel: Channel, files: tuple[Path, ...], as_json: bool) -> None:
    """Identify [operator] with Pro Santé Connect, and show as what and where they exercise."""
    config = read_config(files)
    app = App(config)
    try:
        if app.psc is None:
            raise ConfigInvalid("psc: no section [psc]")
        view = _identified(app.psc, who_of(config), app, Channel(channel))
    finally:
        app.close()
    assert view.exercise is not None, "identified"
    one, place = view.exercise.practitioner, view.exercise.workplace
    if as_json:
        told = {"national_id": one.national_id, "specialty": one.specialty, "workplace": place.model_dump(mode="json")}
        show_json(told | {"at_this_structure": view.at_this_structure, "expires_at": view.expires_at})
        return
    click.echo(f"Identifié : {one.given} {one.family} ({one.national_id}), {one.specialty}, {place.name}")
    if not view.at_this_structure:
        click.echo("L’annuaire ne rattache pas cet exercice à la pharmacie configurée : le DMP en décidera.")


def identify(app: App, who: Who) -> None:
    """Where the record is read in AIR: have the user identified. Raises PscError, ProfessionalMissing."""
    if app.psc is not None and app.structure.read_mode is Mode.AIR:
        _identified(app.psc, who, app, Channel.BROWSER)


def _identified(session: ProfessionalSession, who: Who, app: App, channel: Channel) -> PscView:
    """Show what the professional must see, and wait for them."""
    view = session.open(channel, who)
    assert view.prompt is not None, "asked"
    if view.prompt.url is not None:
        click.echo(f"Identifiez-vous dans le navigateur ; s’il ne s’ouvre pas, ouvrez :\n{view.prompt.url}", err=True)
        webbrowser.open(view.prompt.url)
    else:
        means = "carte CPS" if channel is Channel.CARD else "e-CPS"
        click.echo(f"Confirmez avec votre {means} : code {view.prompt.digits}", err=True)
    while view.state is PscState.ASKED:
        due = session.step()
        view = session.poll()
        if view.state is PscState.ASKED and due is not None:
            Event().wait(max(0.0, min(due - app.clock.now(), _PAUSE).total_seconds()))
    return session.choose(_choice(view)) if view.state is PscState.CHOOSING else view


def _choice(view: PscView) -> int:
    for rank, one in enumerate(view.choices, 1):
        click.echo(f"  {rank}. {one.practitioner.specialty}, {one.workplace.name}", err=True)
    chosen: int = click.prompt("Exercice", type=click.IntRange(1, len(view.choices)), err=True)
    return chosen - 1
