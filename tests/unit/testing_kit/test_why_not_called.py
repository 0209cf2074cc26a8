"""One line for each reason for which a hook is not called."""

import pytest

from dmp_core.plughost.guard import Status
from dmp_core.plughost.manifest import Manifest
from dmp_core.plughost.report import PluginState
from dmp_core.plughost.why import why

MANIFEST = Manifest.model_validate(
    {"id": "zz", "version": "1", "kind": "host", "api": ["1.0"], "hooks": ["on_patient_opened", "on_document_saved"]}
)


def state(status: Status, reason: str = "", **more: bool) -> PluginState:
    return PluginState("zz", status, reason, "dmp-zz", "1", **more)


@pytest.mark.parametrize(
    ("states", "switched", "hook", "said"),
    [
        ([], None, None, "it is not installed"),
        ([state(Status.FOUND)], None, None, "[plugins] enabled of the configuration does not name it"),
        ([state(Status.FOUND)], False, None, "switched off by hand: `dmp plugins enable zz`"),
        ([state(Status.FOUND, "another adapter is active: lgo_id")], None, None, "another adapter is active: lgo_id"),
        ([state(Status.REFUSED, "unsigned")], None, None, "it was refused: unsigned"),
        ([state(Status.QUARANTINED, "3 failures")], None, None, "in quarantine: 3 failures; once mended"),
        ([state(Status.ENABLED)], None, "on_card_changed", "dmp-plugin.toml does not name it in `hooks`"),
        ([state(Status.ENABLED)], None, "on_patient_opened", "`patient/opened`, once an opening; it gets no patient"),
        ([state(Status.ENABLED, events_wait=True)], None, "on_document_saved", "not told of events yet, which wait"),
        ([state(Status.ENABLED)], None, None, "zz is called: on_patient_opened, on_document_saved"),
    ],
)  # fmt: skip
def test_the_line_says_the_reason(
    states: list[PluginState], switched: bool | None, hook: str | None, said: str
) -> None:
    line = why("zz", hook, states, manifest=MANIFEST if states else None, switched=switched)

    assert said in line
    assert "\n" not in line


def test_two_plugins_for_one_type_are_both_named() -> None:
    reason = "tension is brought by zz and yy: the configuration must choose"
    brings = MANIFEST.model_copy(update={"hooks": ("provide_document_types", "resolve_document")})

    line = why("zz", "resolve_document", [state(Status.ENABLED, reason)], manifest=brings, switched=None)

    assert line == f"resolve_document of zz is not called: {reason}"
