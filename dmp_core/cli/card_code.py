"""The code of the card, asked on the terminal: never an argument, never shown, one try for each entry."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

from dmp_core.app import App
from dmp_core.cards.pin import Pin, PinRequest, Typing
from dmp_core.errors import PinRefused, ProfessionalMissing
from dmp_core.model.access import Mode
from dmp_core.model.practitioner import Who
from dmp_core.services.authentication.card_view import CardState

_ENDS: Final = frozenset("\r\n")
_ERASES: Final = frozenset("\b\x7f")


def open_card(app: App, who: Who, mode: Mode) -> None:
    """The session of the card, where `mode` needs one; its code is asked until it is right.

    Raises CardError; ProfessionalMissing where nobody types a code.
    """
    if app.cps is None or mode is not Mode.DIRECT:
        return
    app.session.operator_changed(who)
    view = app.cps.open(who)
    while view.state is CardState.PIN and view.request is not None:
        last_try = _told(view.request)
        pin, seconds = _typed(app)
        if not pin.encode():
            raise ProfessionalMissing("no code was typed")
        try:
            view = app.cps.enter(view.request.number, pin, seconds, last_try=last_try, who=who)
        except PinRefused as error:
            click.echo(f"{error.sentence} {error.remedy}", err=True)
            view = app.cps.view()
            if view.request is None:
                raise


def _told(request: PinRequest) -> bool:
    """Say how many tries are left; True once the last one was confirmed. Raises ProfessionalMissing."""
    if request.tries_left is not None:
        click.echo(f"Essais restants : {request.tries_left}", err=True)
    if not request.last_try:
        return False
    if not click.confirm("Dernier essai : un code faux bloquera la carte. Continuer ?", err=True):
        raise ProfessionalMissing("the last try was not used")
    return True


def _typed(app: App) -> tuple[Pin, float]:
    """What was typed up to Enter, and in how many seconds. A key that erases begins anew."""
    typing = Typing()
    with _keys() as read:
        click.echo("Code de la carte : ", nl=False, err=True)
        while (character := read()) and character not in _ENDS:
            if character in _ERASES:
                typing.enter(app.clock.monotonic())[0].wipe()
            else:
                typing.key(character, app.clock.monotonic())
    click.echo(err=True)
    return typing.enter(app.clock.monotonic())


@contextmanager
def _keys() -> Iterator[Callable[[], str]]:
    """Reads keys of the terminal one by one. It shows none of them from before the question until after the last.

    Raises ProfessionalMissing where there is no terminal.
    """
    if sys.platform == "win32":
        yield click.getchar
        return
    import termios

    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
        before = termios.tcgetattr(terminal)
    except (OSError, termios.error):
        raise ProfessionalMissing("no terminal at which the code can be typed") from None
    silent = list(before)
    silent[3] = before[3] & ~(termios.ECHO | termios.ICANON)
    try:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, silent)
        yield lambda: os.read(terminal, 1).decode("ascii", "replace")
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        os.close(terminal)
