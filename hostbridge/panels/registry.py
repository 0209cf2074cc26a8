"""All windows, by name: the closed table of what `panel/open` may name."""

from typing import Final

from hostbridge.panels.about import About
from hostbridge.panels.bonus import Bonus
from hostbridge.panels.consent import Consent
from hostbridge.panels.consult import Consult
from hostbridge.panels.feed import Feed
from hostbridge.panels.identity import Identity
from hostbridge.panels.journal import Journal
from hostbridge.panels.outbox import Outbox
from hostbridge.panels.panel import Panel
from hostbridge.panels.pin import PinDialog
from hostbridge.panels.psc import Psc
from hostbridge.panels.sharing import SharingPanel

PANELS: Final[dict[str, Panel]] = {
    panel.name: panel
    for panel in (
        About(),
        Bonus(),
        Consent(),
        Consult(),
        Feed(),
        Identity(),
        Journal(),
        Outbox(),
        PinDialog(),
        SharingPanel(),
        Psc(),
    )
}
