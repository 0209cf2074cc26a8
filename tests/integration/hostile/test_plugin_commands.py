"""`dmp plugins` as an editor of pharmacy software and a pharmacy use it: made, signed, installed, enabled, taken out."""
# ruff: noqa: E501 - the code of plugins, a line each

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from plugin_wheels import make_plugin, make_wheel

from dmp_core.cli import main
from dmp_core.cli.simulate import CONFIG, prepare, write_config

Dmp = Callable[..., Result]


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulation")
    prepare(folder)
    return folder


@pytest.fixture
def dmp(simulation: Path, tmp_path: Path) -> Dmp:
    """`dmp("plugins", "list", keys={...})`: the command under a configuration of this pharmacy."""
    shutil.copytree(simulation, tmp_path / "dmp")
    write_config(tmp_path / "dmp", "https://127.0.0.1:1/services/")
    layer = tmp_path / "pharmacy.toml"
    layer.write_text("")

    def run(*arguments: str, settings: str | None = None, status: int = 0, typed: str | None = None) -> Result:
        if settings is not None:
            layer.write_text(f"[plugins]\nenabled = []\nin_process = []\n{settings}", encoding="utf-8")
        config = [part for file in (tmp_path / "dmp" / CONFIG, layer) for part in ("--config", str(file))]
        more = config if arguments[1] not in ("keygen", "sign") else []
        done = CliRunner().invoke(main, [*arguments, *more], input=typed)
        assert done.exit_code == status, f"{done.output}{done.exception!r}"
        return done

    return run


def test_a_plugin_from_its_publisher_to_the_pharmacy_and_out_again(dmp: Dmp, tmp_path: Path) -> None:
    key = tmp_path / "editeur.pem"
    public = json.loads(dmp("plugins", "keygen", str(key), "--json").stdout)["key"]
    wheels = [make_plugin(tmp_path / version, version=version) for version in ("1.0.0", "1.1.0")]
    for wheel in wheels:
        dmp("plugins", "sign", str(wheel), "--key", str(key))
    settings = f'signed_only = true\n[plugins.keys]\nediteur = "{public}"\n'

    installed = dmp("plugins", "install", str(wheels[0]), settings=settings, typed="y\n")
    enabled = dmp("plugins", "enable", "lgo_outside")
    dmp("plugins", "upgrade", str(wheels[1]), "--yes")
    upgraded = json.loads(dmp("plugins", "show", "lgo_outside", "--json").stdout)
    dmp("plugins", "rollback", "lgo_outside")
    listed = json.loads(dmp("plugins", "list", "--json").stdout)
    dmp("plugins", "disable", "lgo_outside")
    disabled = json.loads(dmp("plugins", "list", "--json").stdout)
    dmp("plugins", "remove", "lgo_outside")

    assert key.stat().st_mode & 0o077 == 0
    assert "published by   editeur" in installed.stdout
    assert "hooks          on_patient_opened" in installed.stdout
    assert "reads          nothing" in installed.stdout
    assert "lgo_outside: enabled" in enabled.stdout
    assert "files        held" in enabled.stdout
    assert (upgraded["version"], len(upgraded["versions"]), upgraded["lane"]) == ("1.1.0", 2, "worker")
    assert [(one["status"], one["version"]) for one in listed if one["id"] == "lgo_outside"] == [("enabled", "1.0.0")]
    assert [one["status"] for one in disabled if one["id"] == "lgo_outside"] == ["found"]
    assert dmp("plugins", "show", "lgo_outside", status=1).stderr


def test_nothing_is_installed_without_a_yes(dmp: Dmp, tmp_path: Path) -> None:
    wheel = make_plugin(tmp_path, reads=["patient", "content"])

    refused = dmp("plugins", "install", str(wheel), settings="", typed="n\n", status=1)

    assert "reads          content, patient" in refused.stdout
    assert "UNSIGNED" in refused.stdout
    assert "lgo_outside" not in dmp("plugins", "list").stdout


def test_an_upgrade_that_asks_for_more_shows_it(dmp: Dmp, tmp_path: Path) -> None:
    dmp("plugins", "install", str(make_plugin(tmp_path / "a")), "--yes", settings="")
    wheel = make_plugin(tmp_path / "b", version="2.0.0", reads=["patient"])

    refused = dmp("plugins", "upgrade", str(wheel), typed="n\n", status=1)
    dmp("plugins", "upgrade", str(wheel), typed="y\n")

    assert "new            reads patient" in refused.stdout
    assert json.loads(dmp("plugins", "show", "lgo_outside", "--json").stdout)["granted"] is True


def test_a_wheel_altered_by_one_byte_is_refused_with_the_reason(dmp: Dmp, tmp_path: Path) -> None:
    key = tmp_path / "editeur.pem"
    public = dmp("plugins", "keygen", str(key)).stdout.strip()
    wheel = make_plugin(tmp_path / "a")
    dmp("plugins", "sign", str(wheel), "--key", str(key))
    altered = make_plugin(
        tmp_path / "b", code="@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord( )]\n"
    )
    shutil.copy(altered, wheel)

    refused = dmp(
        "plugins", "install", str(wheel), "--yes", settings=f'[plugins.keys]\nediteur = "{public}"\n', status=1
    )

    assert "DMP-PLUG-001" in refused.stderr
    assert "the signature is not of these contents" in refused.stderr


def test_a_plugin_brings_its_packages_from_files(dmp: Dmp, tmp_path: Path) -> None:
    brought = make_wheel(tmp_path, "tables", "1", {"tables/__init__.py": b"ROWS = 3\n"})
    wheel = make_plugin(
        tmp_path, code="import tables\n@hookimpl\ndef on_patient_opened(event, ctx): ...\n", needs=["tables"]
    )

    dmp("plugins", "install", str(wheel), "--yes", settings="", status=1)
    dmp("plugins", "install", str(wheel), "--wheel", str(brought), "--yes")

    assert json.loads(dmp("plugins", "enable", "lgo_outside", "--json").stdout)["status"] == "enabled"


def test_what_a_plugin_printed_can_be_read(dmp: Dmp, tmp_path: Path) -> None:
    wheel = make_plugin(tmp_path, code="print('bonjour')\n@hookimpl\ndef on_patient_opened(event, ctx): ...\n")
    dmp("plugins", "install", str(wheel), "--yes", settings="")
    dmp("plugins", "enable", "lgo_outside")

    assert dmp("plugins", "logs", "lgo_outside").stdout == "bonjour\n"


def test_a_plugin_that_printed_nothing_and_one_that_is_not_there_are_told_apart(dmp: Dmp, tmp_path: Path) -> None:
    dmp("plugins", "install", str(make_plugin(tmp_path)), "--yes", settings="")

    assert dmp("plugins", "logs", "lgo_outside").stderr == "lgo_outside printed nothing\n"
    assert "no plugin of this name is installed" in dmp("plugins", "logs", "lgo_nobody", status=1).stderr


def test_enabling_a_plugin_that_cannot_start_says_why(dmp: Dmp, tmp_path: Path) -> None:
    wheel = make_plugin(tmp_path, code="import not_there\n")
    dmp("plugins", "install", str(wheel), "--yes", settings="")

    told: dict[str, Any] = json.loads(dmp("plugins", "enable", "lgo_outside", "--json").stdout)

    assert told["status"] == "refused"
    assert "ModuleNotFoundError (not_there)" in told["reason"]
