"""One-file plugins: the first comment is the manifest, each state of the file is another version."""

from pathlib import Path

import pytest

from dmp_core.app import App
from dmp_core.cli.plugins_dir import loose_plugins
from dmp_core.config import Config
from dmp_core.errors import ConfigInvalid
from dmp_core.model.access import Environment
from dmp_core.plughost.loose import LooseFolder, read

HEAD = '# /// dmp-plugin\n# kind = "host"\n# hooks = ["on_patient_opened"]\n# ///\n'
CODE = "from dmp_core.api import hookimpl\n@hookimpl\ndef on_patient_opened(event, ctx):\n    return None\n"


def put(folder: Path, text: str, name: str = "salut") -> Path:
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_with_its_table_is_a_plugin(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + CODE), tmp_path / "written")

    assert found.reason == ""
    assert found.manifest is not None and found.folder is not None
    assert (found.id, found.manifest.version, found.manifest.hooks) == ("salut", "0", ("on_patient_opened",))
    assert (found.folder / "__init__.py").read_text() == HEAD + CODE


def test_lines_that_end_as_on_windows_are_read(tmp_path: Path) -> None:
    file = put(tmp_path, "")
    file.write_bytes((HEAD + CODE).replace("\n", "\r\n").encode())

    assert read(file, tmp_path / "written").reason == ""


def test_a_change_is_another_version_and_the_oldest_goes(tmp_path: Path) -> None:
    written = tmp_path / "written"
    states = [read(put(tmp_path, HEAD + CODE + f"# {number}\n"), written) for number in range(4)]

    assert len({found.digest for found in states}) == len({found.folder for found in states}) == 4
    assert len(list((written / "salut").iterdir())) == 2
    assert states[-1].folder is not None and states[-1].folder.is_dir()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (CODE, "# /// dmp-plugin"),
        ("# /// dmp-plugin\n# kind =\n# ///\n", "not TOML"),
        (HEAD.replace("on_patient_opened", "on_nothing"), "unknown hook"),
        (HEAD.replace("# kind", '# id = "autre"\n# kind'), "its table says autre"),
        ("\udcff", "cannot be read"),
    ],
)
def test_what_is_wrong_is_its_reason(text: str, reason: str, tmp_path: Path) -> None:
    file = put(tmp_path, "")
    file.write_bytes(text.encode("utf-8", "surrogateescape"))

    assert reason in read(file, tmp_path / "written").reason


def test_a_wrong_file_does_not_hide_the_others(tmp_path: Path) -> None:
    put(tmp_path, CODE, "faux")
    put(tmp_path, HEAD + CODE)

    found = LooseFolder(tmp_path, tmp_path / "written").find()

    assert [(plugin.id, bool(plugin.reason)) for plugin in found] == [("faux", True), ("salut", False)]


def test_production_refuses_plugins_that_are_being_written(tmp_path: Path) -> None:
    config = Config.model_construct(environment=Environment.PRODUCTION, data=tmp_path)

    with pytest.raises(ConfigInvalid, match="production"):
        loose_plugins(config, tmp_path)
    with pytest.raises(ConfigInvalid, match="production"):
        App(config, more_plugins=tuple)
