"""Why a hook of a plugin was not called, in one line; or when it is called. Pure."""

import inspect
from collections.abc import Sequence

from dmp_core.api import hookspecs
from dmp_core.plughost.guard import Status
from dmp_core.plughost.hooks import hidden_fields, needed_read
from dmp_core.plughost.manifest import Manifest
from dmp_core.plughost.report import PluginState


def why(
    plugin: str,
    hook: str | None,
    states: Sequence[PluginState],
    *,
    manifest: Manifest | None,
    switched: bool | None,
) -> str:
    """`states`: those of this plugin; `switched`: by hand; `hook` None: any of its hooks."""
    if not states or (len(states) == 1 and not states[0].distribution and manifest is None):
        return f"{plugin} is not called: {_absent(states)}"
    state = next((one for one in states if one.status is Status.ENABLED), states[0])
    if state.status is not Status.ENABLED or manifest is None:
        return f"{plugin} is not called: {_out(state, switched)}"
    if hook is None:
        called = ", ".join(manifest.hooks)
        return f"{plugin} is called: {called}" + (f"; but {state.reason}" if state.reason else "")
    if hook not in manifest.hooks:
        return f"{hook} of {plugin} is not called: its dmp-plugin.toml does not name it in `hooks`"
    if state.reason and needed_read(hook):
        return f"{hook} of {plugin} is not called: {state.reason}"
    return f"{hook} of {plugin} is called: {_when(hook)}{_without(hook, manifest)}{_waits(state)}"


def _absent(states: Sequence[PluginState]) -> str:
    reason = states[0].reason if states else ""
    return reason or "it is not installed: `dmp plugins install FILE.whl`, or --plugins-dir while it is written"


def _out(state: PluginState, switched: bool | None) -> str:
    match state.status:
        case Status.QUARANTINED:
            return f"it is in quarantine: {state.reason}; once mended, `dmp plugins enable {state.id}`"
        case Status.REFUSED:
            return f"it was refused: {state.reason}"
    if state.reason:
        return state.reason
    if switched is False:
        return f"it was switched off by hand: `dmp plugins enable {state.id}`"
    return f"[plugins] enabled of the configuration does not name it: `dmp plugins enable {state.id}`"


def _when(hook: str) -> str:
    lines = (inspect.getdoc(getattr(hookspecs, hook)) or "").splitlines()
    told = [line.removeprefix("When: ").rstrip(".") for line in lines if line.startswith("When: ")]
    return told[0] if told else "when its event comes"


def _without(hook: str, manifest: Manifest) -> str:
    hidden = hidden_fields(hook, manifest.reads)
    return f"; it gets no {', no '.join(hidden)}: `reads` does not ask for it" if hidden else ""


def _waits(state: PluginState) -> str:
    return "; it was not told of events yet, which wait" if state.events_wait else ""
