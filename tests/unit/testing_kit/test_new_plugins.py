"""What `dmp plugins new` writes, and what it refuses."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from dmp_core.cli.plugins_new import new_command
from dmp_core.plughost.manifest import parse
from dmp_core.testing import new


@pytest.mark.parametrize("kind", new.KINDS)
def test_every_template_is_filled_in(kind: str, tmp_path: Path) -> None:
    files = new.render(tmp_path / "zz_essai", kind, new.usual("zz_essai", kind))

    assert all("§" not in file.read_text(encoding="utf-8") and "__name__.py" not in file.name for file in files)
    for file in files:
        if file.suffix == ".py":
            compile(file.read_text(encoding="utf-8"), str(file), "exec")
    assert tomllib.loads((tmp_path / "zz_essai" / "pyproject.toml").read_text())["project"]["name"] == "dmp-zz-essai"
    assert (tmp_path / "zz_essai" / ".github" / "workflows" / "ci.yml").is_file()
    assert not list(tmp_path.rglob("LICEN*"))


@pytest.mark.parametrize("kind", ["adapter", "document"])
def test_the_manifest_is_accepted(kind: str, tmp_path: Path) -> None:
    new.render(tmp_path / "zz_essai", kind, new.usual("zz_essai", kind))

    assert parse((tmp_path / "zz_essai" / "zz_essai" / "dmp-plugin.toml").read_bytes()).kind == kind


@pytest.mark.parametrize("name", ["Essai", "1essai", "e", "zz-essai", "a" * 41, "../zz", "class", "json", "pytest"])
def test_a_name_that_cannot_be_used_is_refused_with_the_rule(name: str) -> None:
    with pytest.raises(new.NameRefused, match="lower-case letters"):
        new.usual(name, "document")


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "zz_essai").mkdir()

    with pytest.raises(new.NameRefused, match="exists already"):
        new.render(tmp_path / "zz_essai", "host", new.usual("zz_essai", "host"))

    assert not list((tmp_path / "zz_essai").iterdir())


@pytest.mark.parametrize("text", ['say "no"', "two\nlines", "", "back\\slash"])
def test_a_description_that_would_break_a_file_is_refused(text: str, tmp_path: Path) -> None:
    names = new.Names("zz_essai", text, "Essai", "Essai")

    with pytest.raises(new.NameRefused):
        new.render(tmp_path / "zz_essai", "document", names)


def test_the_command_asks_for_names_and_uses_the_answers(tmp_path: Path) -> None:
    answers = "Une mesure au comptoir.\nMesure de la tension\n"

    done = CliRunner().invoke(
        new_command, ["zz_essai", "--kind", "document", "--into", str(tmp_path)], input=answers, catch_exceptions=False
    )

    assert done.exit_code == 0
    assert 'label="Mesure de la tension"' in (tmp_path / "zz_essai" / "zz_essai" / "types.py").read_text()
    assert "Une mesure au comptoir." in (tmp_path / "zz_essai" / "README.md").read_text()


def test_the_ci_does_what_the_readme_says() -> None:
    root = Path(new.__file__).with_name("templates")
    steps = re.findall(r"- run: (.*)", (root / "common/dot_github/workflows/ci.yml.tmpl").read_text())

    assert [step.split(" --junit")[0] for step in steps[-3:]] == [
        "python -m pytest", "dmp plugins check .", "python -m hatchling build",
    ]  # fmt: skip
    for kind in new.KINDS:
        readme = (root / kind / "README.md.tmpl").read_text()
        assert all(step.split(" --junit")[0] in readme for step in steps[-3:])
