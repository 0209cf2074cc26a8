"""The plugins: which work, which were refused or set aside, and why."""

from collections.abc import Iterator, Sequence

from dmp_core.plughost.guard import Status
from dmp_core.plughost.report import PluginState
from dmp_core.services.doctor.finding import Finding, error, info, ok


def check(states: Sequence[PluginState]) -> Iterator[Finding]:
    """One finding a plugin."""
    if not states:
        yield info("plugins.none", "Aucune extension n’est installée.")
    for state in states:
        shown = f"Extension {state.id}{f' {state.version}' if state.version else ''}"
        if state.reason:
            yield error(
                "plugins.refused",
                f"{shown} : {state.status}, {state.reason}.",
                "Signalez-la à l’éditeur du LGO, ou réparez-la avec « dmp plugin ».",
            )
        elif state.status is Status.FOUND:
            yield info("plugins.idle", f"{shown} : installée, non activée.")
        else:
            yield ok("plugins.working", f"{shown} : en service.")
