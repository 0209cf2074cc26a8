"""Installed plugins are found without being imported; a broken one never hides another."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from dmp_core.plughost.discovery import Found, discover

EXPLODES = "raise SystemExit('imported')\n"


def found(shelf: Any) -> dict[str, Found]:
    return {plugin.id: plugin for plugin in discover(shelf.path)}


def test_a_plugin_is_found_and_not_imported(shelf: Any) -> None:
    shelf.install("doc_seen", EXPLODES)

    plugin = found(shelf)["doc_seen"]

    assert plugin.reason == ""
    assert plugin.distribution == "dmp-doc_seen"
    assert plugin.manifest is not None and plugin.manifest.version == "1.0.0"
    assert plugin.folder == shelf.folder / "doc_seen"
    assert "doc_seen" not in sys.modules


def test_the_distributions_are_read_once_a_process(shelf: Any) -> None:
    shelf.install("doc_first")
    before = discover(shelf.path)

    shelf.install("doc_second")

    assert discover(shelf.path) is before


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"manifest": "id = "}, "not TOML"),
        ({"manifest": 'id = "doc_other"\nversion = "1"\nkind = "host"\napi = ["1.0"]\nhooks = ["on_patient_opened"]'},
         "the manifest says doc_other, the entry point doc_broken"),
        ({"api": "9.9"}, "none of the api versions"),
        ({"hooks": ["on_moon_risen"]}, "unknown hook: on_moon_risen"),
    ],
)  # fmt: skip
def test_a_broken_plugin_is_kept_with_its_reason_and_the_others_stay(shelf: Any, how: Any, reason: str) -> None:
    shelf.install("doc_broken", **how)
    shelf.install("doc_sound")

    plugins = found(shelf)

    assert reason in plugins["doc_broken"].reason
    assert plugins["doc_sound"].reason == ""


@pytest.mark.parametrize("target", ["doc_bad:plugin", "doc.bad", "doc_bad.inner", "../doc_bad", ""])
def test_an_entry_point_must_name_a_package_and_nothing_else(shelf: Any, target: str) -> None:
    shelf.install("doc_bad")
    entry_points = next(shelf.folder.glob("*.dist-info")) / "entry_points.txt"
    entry_points.write_text(f"[dmp.plugins]\ndoc_bad = {target}\n")
    shelf.install("doc_sound")

    plugins = found(shelf)

    assert "doc_bad" not in plugins or plugins["doc_bad"].reason
    assert plugins["doc_sound"].reason == ""


def test_one_name_from_two_distributions_is_refused_in_both(shelf: Any) -> None:
    shelf.install("lgo_known", distribution="dmp-lgo-known")
    shelf.install("lgo_known", distribution="dmp-Igo-known", package="lgo_impostor")

    refused = discover(shelf.path)

    assert [plugin.distribution for plugin in refused] == ["dmp-Igo-known", "dmp-lgo-known"]
    assert {plugin.reason for plugin in refused} == {"given by several distributions: dmp-Igo-known, dmp-lgo-known"}


def test_a_distribution_cannot_pass_off_the_package_of_another(shelf: Any) -> None:
    shelf.install("doc_owned")
    shelf.describe("doc_thief", "dmp-thief", [], "doc_owned")

    plugins = found(shelf)

    assert "no doc_owned/dmp-plugin.toml" in plugins["doc_thief"].reason
    assert plugins["doc_owned"].reason == ""


def test_metadata_that_cannot_be_read_stops_nobody(shelf: Any) -> None:
    shelf.install("doc_garbled")
    info = next(shelf.folder.glob("*.dist-info"))
    (info / "entry_points.txt").write_bytes(b"[dmp.plugins]\n\xff\xfe")
    shelf.install("doc_nameless")
    (shelf.folder / "dmp_doc_nameless-1.0.0.dist-info" / "METADATA").unlink()
    shelf.install("doc_sound")

    plugins = found(shelf)

    assert plugins["doc_sound"].reason == ""


def editable(shelf: Any, tmp_path: Path) -> Path:
    """The source of a plugin, outside the shelf."""
    shelf.install("doc_linked")
    source = tmp_path / "project"
    source.mkdir()
    (shelf.folder / "doc_linked").rename(source / "doc_linked")
    return source


def test_an_editable_installation_is_found_by_its_pth(shelf: Any, tmp_path: Path) -> None:
    source = editable(shelf, tmp_path)
    shelf.describe("doc_linked", "dmp-doc_linked", ["_doc_linked.pth"], "doc_linked")
    (shelf.folder / "_doc_linked.pth").write_text(f"import os\n{source}\n")

    plugin = found(shelf)["doc_linked"]

    assert plugin.folder == source / "doc_linked"


def test_an_editable_installation_is_found_by_its_origin(shelf: Any, tmp_path: Path) -> None:
    source = editable(shelf, tmp_path)
    shelf.describe("doc_linked", "dmp-doc_linked", [], "doc_linked")
    origin = {"url": source.as_uri(), "dir_info": {"editable": True}}
    (shelf.folder / "dmp_doc_linked-1.0.0.dist-info" / "direct_url.json").write_text(json.dumps(origin))

    plugin = found(shelf)["doc_linked"]

    assert plugin.folder == source / "doc_linked"
