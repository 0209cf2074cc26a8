"""Plugins that raise, lie, dawdle or give rubbish: each is named with its reason, and the others do not notice."""

import sys
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from dmp_core.api import ConsultRecord, DocumentSaved, FeedFinished, PatientOpened
from dmp_core.plughost.guard import Status
from dmp_core.plughost.host import PluginHost
from dmp_core.testing.clock import ManualClock

SOUND = "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n"
HOSTILE_AT_LOAD = {
    "raises": ("raise ValueError('DURAND')\n", "cannot be imported: ValueError at hostile/__init__.py:3"),
    "exits": ("raise SystemExit(0)\n", "cannot be imported: SystemExit"),
    "does_not_parse": ("def on_patient_opened(:\n", "cannot be imported: SyntaxError at hostile/__init__.py:3"),
    "needs_what_is_not_there": ("import not_a_module\n", "cannot be imported: ModuleNotFoundError (not_a_module)"),
    "misspells_a_hook": (SOUND + "@hookimpl\ndef on_patient_openned(event, ctx): ...\n", "unknown hook"),
    "has_no_hook": ("", "declared and not implemented with @hookimpl: on_patient_opened"),
    "forgets_the_mark": (
        "def on_patient_opened(event, ctx): ...\n",
        "on_patient_opened; a hook stands in hostile/__init__.py or is imported there",
    ),
    "has_one_more": (
        SOUND + "@hookimpl\ndef on_feed_finished(event, ctx): ...\n",
        "implemented and not declared in the manifest: on_feed_finished",
    ),
    "is_async": ("@hookimpl\nasync def on_patient_opened(event, ctx): ...\n", "is async"),
    "yields": ("@hookimpl\ndef on_patient_opened(event, ctx):\n    yield\n", "is a generator"),
    "wraps": ("@hookimpl(wrapper=True)\ndef on_patient_opened(event, ctx):\n    return (yield)\n", "no wrapper"),
    "wants_to_be_first": ("@hookimpl(tryfirst=True)\ndef on_patient_opened(event, ctx): ...\n", "no options"),
    "has_a_default": ("@hookimpl\ndef on_patient_opened(event, ctx=None): ...\n", "without defaults"),
    "takes_less": ("@hookimpl\ndef on_patient_opened(event): ...\n", "must take (event, ctx)"),
    "takes_all": ("@hookimpl\ndef on_patient_opened(*args, **kwargs): ...\n", "must take (event, ctx)"),
    "is_a_class": ("@hookimpl\nclass on_patient_opened:\n    def __init__(self, event, ctx): ...\n", "no function"),
}
HOSTILE_AT_CALL = {
    "raises": ("raise ValueError('DURAND')", "ValueError at hostile/__init__.py:5"),
    "exits": ("raise SystemExit(0)", "SystemExit at hostile/__init__.py:5"),
    "raises_a_base": ("raise BaseException('DURAND')", "BaseException"),
    "raises_what_cannot_be_shown": ("raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})", "E at hostile"),
    "recurses": ("return on_patient_opened(event, ctx)", "RecursionError"),
    "gives_rubbish": ("return 'DURAND'", "gave str, not a list or a tuple"),
    "gives_rubbish_in_a_list": ("return [object()]", "gave object"),
    "asks_for_what_the_hook_may_not": ("return [FeedDocument()]", "gave FeedDocument, allowed: ConsultRecord"),
    "floods": ("return [ConsultRecord()] * 1000", "gave 1000 values"),
    "changes_its_event": ("event.patient = None", "ValidationError"),
    "changes_its_context": ("ctx.now = None", "FrozenInstanceError"),
}


@pytest.mark.parametrize("how", HOSTILE_AT_LOAD)
def test_a_plugin_that_cannot_start_is_refused_and_the_others_answer(
    shelf: Any, host: Callable[..., PluginHost], state: Any, how: str
) -> None:
    code, reason = HOSTILE_AT_LOAD[how]
    shelf.install("hostile", code)
    shelf.install("sound", SOUND)
    plugins = host("hostile", "sound")

    actions = plugins.announce(PatientOpened())

    assert actions == (("sound", ConsultRecord()),)
    assert state(plugins, "hostile").status is Status.REFUSED
    assert reason in state(plugins, "hostile").reason
    assert "DURAND" not in state(plugins, "hostile").reason
    assert state(plugins, "sound").reason == ""


@pytest.mark.parametrize("how", HOSTILE_AT_CALL)
def test_a_plugin_that_misbehaves_is_recorded_and_the_others_answer(
    shelf: Any, host: Callable[..., PluginHost], state: Any, how: str
) -> None:
    body, reason = HOSTILE_AT_CALL[how]
    shelf.install("hostile", f"@hookimpl\ndef on_patient_opened(event, ctx):\n    {body}\n")
    shelf.install("sound", SOUND)
    plugins = host("hostile", "sound")

    actions = plugins.announce(PatientOpened())

    assert actions == (("sound", ConsultRecord()),)
    assert state(plugins, "hostile").status is Status.ENABLED
    assert state(plugins, "hostile").failures == 1
    assert reason in state(plugins, "hostile").reason
    assert "DURAND" not in state(plugins, "hostile").reason
    assert state(plugins, "sound").failures == 0


def test_three_failures_in_a_row_are_quarantine(shelf: Any, host: Callable[..., PluginHost], state: Any) -> None:
    shelf.install("hostile", "@hookimpl\ndef on_patient_opened(event, ctx):\n    1 / 0\n")
    shelf.install("sound", SOUND)
    plugins = host("hostile", "sound")

    for _ in range(5):
        assert plugins.announce(PatientOpened()) == (("sound", ConsultRecord()),)

    assert state(plugins, "hostile").status is Status.QUARANTINED
    assert state(plugins, "hostile").calls == 3
    assert "3 failures in a row" in state(plugins, "hostile").reason
    assert "ZeroDivisionError at hostile/__init__.py:5" in state(plugins, "hostile").reason
    assert state(plugins, "sound").calls == 5


def test_a_success_between_failures_forgives_them(shelf: Any, host: Callable[..., PluginHost], state: Any) -> None:
    shelf.install(
        "moody",
        "@hookimpl\ndef on_patient_opened(event, ctx):\n    1 / 0\n"
        "@hookimpl\ndef on_feed_finished(event, ctx):\n    return None\n",
        hooks=("on_patient_opened", "on_feed_finished"),
    )
    plugins = host("moody")

    for _ in range(4):
        plugins.announce(PatientOpened())
        plugins.announce(FeedFinished(item="i", type_id="t", state="sent"))

    assert state(plugins, "moody").status is Status.ENABLED
    assert state(plugins, "moody").failures == 4


def test_the_keyboard_still_interrupts(shelf: Any, host: Callable[..., PluginHost]) -> None:
    shelf.install("slow", "@hookimpl\ndef on_patient_opened(event, ctx):\n    raise KeyboardInterrupt\n")

    with pytest.raises(KeyboardInterrupt):
        host("slow").announce(PatientOpened())


def test_what_the_manifest_does_not_read_is_not_shown(shelf: Any, host: Callable[..., PluginHost]) -> None:
    tells = (
        "@hookimpl\ndef on_document_saved(event, ctx):\n"
        "    return [ShowMessage(text=f'{event.type_id} {event.content!r}')]\n"
    )
    shelf.install("blind", tells, hooks=["on_document_saved"])
    shelf.install("reader", tells, hooks=["on_document_saved"], reads=["content"])
    event = DocumentSaved(item="i", type_id="note", content=b"secret")

    seen = {plugin: action.text for plugin, action in host("blind", "reader").announce(event)}  # type: ignore[attr-defined]

    assert seen == {"blind": "note None", "reader": "note b'secret'"}
    assert event.content == b"secret"


def test_each_plugin_has_its_own_settings_and_the_time(
    shelf: Any, host: Callable[..., PluginHost], clock: ManualClock
) -> None:
    tells = (
        "@hookimpl\ndef on_patient_opened(event, ctx):\n"
        "    return [ShowMessage(text=f'{ctx.now:%H:%M} {ctx.time_zone} {dict(ctx.settings)}')]\n"
    )
    shelf.install("plain", tells)
    shelf.install("tuned", tells)
    plugins = host("plain", "tuned", settings={"tuned": {"level": 2}}, time_zone="Indian/Reunion")

    texts = [action.text for _, action in plugins.announce(PatientOpened())]  # type: ignore[attr-defined]

    assert texts == ["09:30 Indian/Reunion {}", "09:30 Indian/Reunion {'level': 2}"]


def test_a_slow_plugin_is_measured(shelf: Any, clock: ManualClock, state: Any) -> None:
    shelf.install("slow", "import dawdle\n@hookimpl\ndef on_patient_opened(event, ctx):\n    dawdle.wait()\n")
    dawdle = ModuleType("dawdle")
    dawdle.wait = lambda: clock.advance(timedelta(seconds=2))  # type: ignore[attr-defined]
    sys.modules["dawdle"] = dawdle
    shelf.packages.append("dawdle")
    plugins = PluginHost(["slow"], clock=clock, path=shelf.path)

    plugins.announce(PatientOpened())
    plugins.announce(PatientOpened())

    assert state(plugins, "slow").calls == 2
    assert state(plugins, "slow").ms == 4000
    assert state(plugins, "slow").slowest_ms == 2000


@pytest.mark.parametrize("name", ["json", "antigravity", "sys", "pydantic"])
def test_a_plugin_cannot_take_the_name_of_another_module(
    shelf: Any, host: Callable[..., PluginHost], state: Any, name: str
) -> None:
    shelf.install("thief", SOUND, package=name)
    shelf.packages.clear()
    plugins = host("thief")

    actions = plugins.announce(PatientOpened())

    assert actions == ()
    assert "belongs to a module that is not the plugin's" in state(plugins, "thief").reason
