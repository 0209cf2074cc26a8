"""What a plugin was granted, whose name it bears, where it may run: decided before a line of it is run."""
# ruff: noqa: E501 - the code of plugins, a line each

from collections.abc import Callable
from typing import Any

import pytest
from plugin_wheels import make_key, make_plugin, sign

from dmp_core.api import ConsultRecord, PatientClosed, PatientOpened
from dmp_core.plughost.discovery import discover
from dmp_core.plughost.guard import Status
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.lanes import Lanes
from dmp_core.system import SystemClock

SOUND = "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n"
EXPLODES = "raise SystemExit('imported')\n"


@pytest.mark.parametrize("change", ["hooks", "reads"])
def test_row_095_a_version_that_asks_for_more_than_was_granted_is_not_loaded(
    shelf: Any, host: Callable[..., PluginHost], state: Any, change: str
) -> None:
    shelf.install("greedy", SOUND)
    host("greedy").announce(PatientOpened())
    discover.cache_clear()
    more = {"reads": ["patient"]} if change == "reads" else {"hooks": ("on_patient_opened", "on_patient_closed")}
    shelf.install("greedy", EXPLODES, **more)

    plugins = host("greedy")

    assert plugins.announce(PatientOpened()) == ()
    assert state(plugins, "greedy").status is Status.REFUSED
    assert f"it asks for more than was granted: {change}" in state(plugins, "greedy").reason


def test_row_096_a_name_that_another_distribution_uses_now_is_refused(
    shelf: Any, host: Callable[..., PluginHost], state: Any
) -> None:
    shelf.install("lgo_known", SOUND)
    host("lgo_known")
    discover.cache_clear()
    (shelf.folder / "dmp-lgo_known-1.0.0.dist-info/entry_points.txt").unlink()
    shelf.install("lgo_known", EXPLODES, distribution="dmp-1go-known")

    plugins = host("lgo_known")

    assert plugins.announce(PatientOpened()) == ()
    assert "its name was given to dmp-lgo_known, now dmp-1go-known uses it" in state(plugins, "lgo_known").reason


def test_row_096_a_plugin_beside_the_core_cannot_take_the_name_of_an_installed_one(
    shelf: Any, trust: Any, host: Callable[..., PluginHost], tmp_path: Any
) -> None:
    lanes = Lanes(trust(), SystemClock())
    lanes.store.install(lanes.store.candidate(make_plugin(tmp_path / "wheels", "lgo_known")))
    shelf.install("lgo_known", EXPLODES)
    plugins = host("lgo_known")

    assert plugins.announce(PatientOpened()) == (("lgo_known", ConsultRecord()),)
    assert "its name belongs to the plugin in the plugins' folder" in {one.reason for one in plugins.report()}


def test_row_095_production_runs_signed_plugins_only(
    shelf: Any, trust: Any, host: Callable[..., PluginHost], state: Any, tmp_path: Any
) -> None:
    key, public = make_key(tmp_path)
    lax, strict = trust(keys={"editeur": public}), trust(keys={"editeur": public}, signed_only=True)
    store = Lanes(lax, SystemClock()).store
    signed = make_plugin(tmp_path / "a", "lgo_signed")
    sign(signed, key)
    for path in (signed, make_plugin(tmp_path / "b", "lgo_unsigned")):
        store.install(store.candidate(path))
    shelf.install("lgo_beside", EXPLODES)

    plugins = host("lgo_signed", "lgo_unsigned", "lgo_beside", rules=strict)

    assert plugins.announce(PatientOpened()) == (("lgo_signed", ConsultRecord()),)
    for name in ("lgo_unsigned", "lgo_beside"):
        assert state(plugins, name).reason == "unsigned: only plugins signed by a known publisher run here"


def test_row_097_what_python_runs_at_its_start_does_not_run_in_a_worker(
    shelf: Any, host: Callable[..., PluginHost], monkeypatch: Any
) -> None:
    for name in ("sitecustomize.py", "usercustomize.py", "startup.py"):
        (shelf.folder / name).parent.mkdir(exist_ok=True)
        (shelf.folder / name).write_text("import sys; sys.HIJACKED = True\n")
    monkeypatch.setenv("PYTHONPATH", str(shelf.folder))
    monkeypatch.setenv("PYTHONSTARTUP", str(shelf.folder / "startup.py"))
    shelf.install(
        "clean",
        "import sys\n@hookimpl\ndef on_patient_opened(event, ctx):\n"
        "    return [ShowMessage(text=repr(hasattr(sys, 'HIJACKED')))]\n",
    )

    ((_, message),) = host("clean").announce(PatientOpened())

    assert message.text == "False"  # type: ignore[attr-defined]


def test_a_plugin_that_brings_its_own_packages_finds_them_and_those_of_the_core_stay(
    trust: Any, host: Callable[..., PluginHost], tmp_path: Any
) -> None:
    from plugin_wheels import make_wheel

    code = (
        "import tables, pydantic\n@hookimpl\ndef on_patient_opened(event, ctx):\n"
        "    return [ShowMessage(text=f'{tables.ROWS} {hasattr(pydantic, \"BaseModel\")}')]\n"
    )
    lanes = Lanes(trust(), SystemClock())
    brought = make_wheel(tmp_path / "w", "tables", "1", {"tables/__init__.py": b"ROWS = 3\n"})
    path = make_plugin(tmp_path / "w", "lgo_tables", code=code, needs=["tables"])
    lanes.store.install(lanes.store.candidate(path, [brought]))

    ((_, message),) = host("lgo_tables").announce(PatientOpened())

    assert message.text == "3 True"  # type: ignore[attr-defined]


def test_a_worker_reads_the_paths_that_the_pharmacy_configured_and_no_other(
    shelf: Any, host: Callable[..., PluginHost], state: Any, tmp_path: Any
) -> None:
    for name in ("medicines", "secrets"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "list.txt").write_text(name)
    shelf.install(
        "reader",
        "from pathlib import Path\n@hookimpl\ndef on_patient_opened(event, ctx):\n"
        "    return [ShowMessage(text=Path(ctx.settings['folder'], 'list.txt').read_text())]\n"
        "@hookimpl\ndef on_patient_closed(event, ctx):\n    Path(ctx.settings['folder'], '../secrets/list.txt').read_text()\n",
        hooks=("on_patient_opened", "on_patient_closed"),
    )
    file = shelf.folder / "reader/dmp-plugin.toml"
    file.write_text(file.read_text() + '[settings.folder]\ntype = "path"\n')
    plugins = host("reader", settings={"reader": {"folder": str(tmp_path / "medicines")}})

    ((_, message),) = plugins.announce(PatientOpened())
    plugins.announce(PatientClosed(host_id="p"))

    assert message.text == "medicines"  # type: ignore[attr-defined]
    assert "PermissionError at reader" in state(plugins, "reader").reason


def test_a_plugin_runs_in_process_only_where_the_configuration_says_so(
    shelf: Any, trust: Any, host: Callable[..., PluginHost], state: Any
) -> None:
    shelf.install("doc_one", SOUND)
    shelf.install("doc_two", SOUND)

    plugins = host("doc_one", "doc_two", rules=trust(in_process=["doc_two"]))

    assert (state(plugins, "doc_one").lane, state(plugins, "doc_two").lane) == ("worker", "process")


def test_what_was_switched_by_hand_goes_over_the_configuration(
    shelf: Any, trust: Any, host: Callable[..., PluginHost]
) -> None:
    shelf.install("doc_one", SOUND)
    shelf.install("doc_two", SOUND)
    plugins = host("doc_one")
    ledger = Lanes(trust(), SystemClock()).ledger

    ledger.switch("doc_one", False)
    ledger.switch("doc_two", True)

    assert plugins.refresh()
    assert plugins.announce(PatientOpened()) == (("doc_two", ConsultRecord()),)
    assert not plugins.refresh()


def test_what_it_provides_is_asked_once_a_version(
    trust: Any, host: Callable[..., PluginHost], state: Any, tmp_path: Any
) -> None:
    code = (
        "@hookimpl\ndef provide_document_types(event, ctx):\n"
        "    return [DocumentType(id=ctx.settings.get('id', 'note-a'), label='Note', type_code=value_set('J07').code('61357-0'),"
        " class_code=value_set('J57').code('42'), format_code=value_set('J60').code('urn:ihe:iti:xds-sd:pdf:2008'),"
        " content_model=Patient)]\n"
    )
    lanes = Lanes(trust(), SystemClock())
    path = make_plugin(tmp_path / "w", "doc_kept", code=code, hooks=["provide_document_types"], kind="document")
    lanes.store.install(lanes.store.candidate(path))

    first, second = host("doc_kept"), host("doc_kept")
    other = host("doc_kept", settings={"doc_kept": {"id": "note-b"}})

    assert list(first.types()) == list(second.types()) == ["note-a"]
    assert (state(first, "doc_kept").starts, state(second, "doc_kept").starts) == (1, 0)
    assert list(other.types()) == ["note-b"]
    model = second.type_of("note-a").type.content_model
    assert model is not None and "traits" in model.model_json_schema()["properties"]
