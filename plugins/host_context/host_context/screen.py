"""Where the answer to a call is shown: in the browser, or as text for a program that shows windows itself."""

import sys
import webbrowser
from typing import TYPE_CHECKING

from way_in.counter import Refusal

if TYPE_CHECKING:
    from host_context.refusal_page import OwnPage


class Screen:
    """`clicked`: somebody waits for a window. `printed`: its address is printed, and no browser opened."""

    def __init__(self, *, clicked: bool, printed: bool) -> None:
        self._printed = printed
        self._looks = clicked and not printed

    def show(self, page: str) -> None:
        """The window at that address. Raises Refusal where no browser opens."""
        if self._printed:
            sys.stdout.write(f"{page}\n")
            sys.stdout.flush()
        elif not webbrowser.open(page):
            raise Refusal(
                "NAVIGATEUR", "Aucun navigateur ne s’ouvre sur ce poste.", "Installez-en un, ou choisissez-le."
            )

    def refuse(self, refusal: Refusal) -> "OwnPage | None":
        """Why there is no window: on standard error, and to whoever clicked as a page, which is then given."""
        sys.stderr.write(f"{refusal} ({refusal.code})\n")
        sys.stderr.flush()
        if not self._looks:
            return None
        from host_context.refusal_page import OwnPage  # not for a call that opens its window: it brings a server

        page = OwnPage(refusal)
        return page if webbrowser.open(page.address) else None
