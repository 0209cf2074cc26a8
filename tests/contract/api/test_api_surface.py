"""The contract with plugins: it changes on purpose only, every hook is documented in one form, and says the truth."""

import inspect
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from dmp_core import __version__, api
from dmp_core.api import hookspecs
from dmp_core.api.version import API_VERSION, works
from dmp_core.plughost.hooks import ANSWERS, HOOKS, REPLAYED, hidden_fields
from dmp_core.plughost.worker.process import WorkerLimits

HEADINGS = ("When", "Kind", "Where", "Time", "Return", "Failure", "Replay", "Since")


def surface() -> Any:
    spec = spec_from_file_location("surface", Path(__file__).with_name("surface.py"))
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_surface_is_the_one_that_was_agreed() -> None:
    """A line that goes or changes breaks plugins: see docs/explanation/plugin-api.md before surface.txt is written."""
    module = surface()

    assert module.text().splitlines() == module.GOLDEN.read_text(encoding="utf-8").splitlines()


def test_every_public_name_exists_and_is_documented() -> None:
    undocumented = [name for name in api.__all__ if callable(getattr(api, name)) and not getattr(api, name).__doc__]

    assert undocumented == []


def parts(hook: str) -> dict[str, str]:
    """The headings of a hook's docstring, each with its text."""
    text = inspect.getdoc(getattr(hookspecs, hook)) or ""
    first, _, rest = text.partition("\n\n")
    found = re.split(r"^(\w+): ", rest, flags=re.MULTILINE)
    return {"": first, **dict(zip(found[1::2], (" ".join(part.split()) for part in found[2::2]), strict=True))}


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_in_the_one_form(hook: str) -> None:
    told = parts(hook)

    assert tuple(told) == ("", *HEADINGS)
    assert "\n" not in told[""]
    assert all(told.values())
    assert told["Since"] <= f"{API_VERSION}."


@pytest.mark.parametrize("hook", HOOKS)
def test_what_a_hook_says_of_itself_is_so(hook: str) -> None:
    told = parts(hook)

    assert told["Time"] == f"{WorkerLimits().of(hook):g} s."
    assert (hook in REPLAYED) == (hook.startswith("on_") and "never" not in told["Replay"])
    if hook.startswith("on_"):
        named = set(re.findall(r"`(\w+)`", told["Return"]))
        assert named == {kind.__name__ for kind in ANSWERS[hook]}


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_takes_an_event_and_a_context(hook: str) -> None:
    assert tuple(inspect.signature(getattr(hookspecs, hook)).parameters) == ("event", "ctx")


def test_a_plugin_that_may_read_nothing_sees_nobody() -> None:
    personal = {"patient", "who", "content", "payload", "host_id", "entries", "entry", "document", "people"}

    seen = {(hook, name) for hook, event in HOOKS.items() for name in event.model_fields if name in personal}

    assert seen == {(hook, name) for hook in HOOKS for name in hidden_fields(hook, frozenset())}


@pytest.mark.parametrize(
    ("asked", "here"),
    [("1.0", True), ("1", True), ("1.99", False), ("2.0", False), ("0.9", False), ("one", False), ("", False)],
)
def test_a_plugin_works_with_its_own_major_version_and_a_later_minor_one(asked: str, here: bool) -> None:
    assert works(asked) is here


def test_the_version_of_the_api_is_not_that_of_the_package() -> None:
    assert __version__ != API_VERSION
    assert re.fullmatch(r"[0-9]+\.[0-9]+", API_VERSION)
