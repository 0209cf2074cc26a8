"""The command line in a pharmacy without cards, as an installer types it; the browser is a program that clicks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DMP = [sys.executable, "-m", "dmp_core.cli"]
CLICKS = """
import re, sys, html, httpx
with httpx.Client(trust_env=False) as browser:
    page = browser.get(sys.argv[1])
    found = re.findall(r'<a href="([^"]+)">([^<]*)<', page.text)
    links = {html.unescape(text): html.unescape(href) for href, text in found}
    chosen = next(href for text, href in links.items() if "PERSON" in text)
    browser.get(browser.get(page.url.join(chosen)).headers["location"])
"""


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """`dmp simulate` at work, and what it told."""
    folder = tmp_path_factory.mktemp("commands")
    command = [*DMP, "simulate", "--data", str(folder / "simulation"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline()) | {"folder": str(folder)}
        process.terminate()


def run(simulated: dict[str, Any], *arguments: str, layer: str = "psc", person: str = "TITULAIRE", **more: Any) -> Any:
    """A command under both layers, with a browser that chooses `person`."""
    browser = Path(simulated["folder"]) / f"browser-{person}.py"
    browser.write_text(CLICKS.replace("PERSON", person), encoding="utf-8")
    files = ["--config", simulated["config"], "--config", simulated[layer]]
    environment = {**os.environ, "BROWSER": f"{sys.executable} {browser} %s &", "PYTHONUTF8": "1"}
    return subprocess.run(
        [*DMP, *arguments, *files], capture_output=True, text=True, timeout=60, check=False, env=environment, **more
    )


@pytest.mark.parametrize("layer", ["psc", "psc_proxy"])
def test_identify_says_who_came_and_where_they_exercise(simulated: dict[str, Any], layer: str) -> None:
    done = run(simulated, "identify", "--json", layer=layer)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["national_id"], told["specialty"], told["at_this_structure"]) == ("899700000001", "G15_21/A", True)


def test_another_person_is_refused_in_french_with_what_to_do(simulated: dict[str, Any]) -> None:
    done = run(simulated, "identify", person="REMPLACANT")

    assert done.returncode == 1
    assert "[DMP-PSC-006]" in done.stderr
    assert "identifiez-vous avec votre propre carte" in done.stderr


def test_a_refusal_is_told(simulated: dict[str, Any]) -> None:
    done = run(simulated, "identify", "--json", person="Refuser")

    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (1, "DMP-PSC-002")


@pytest.mark.parametrize("layer", ["psc", "psc_proxy"])
def test_the_record_is_read_without_any_card(simulated: dict[str, Any], layer: str) -> None:
    counter = json.loads(Path(simulated["counter"]).read_bytes())

    done = run(
        simulated, "consult", "-", "--since", "all", "--json", layer=layer, input=counter["patients"][0]["ins"]["value"]
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    assert "Identifiez-vous dans le navigateur" in done.stderr


def test_without_the_section_the_command_says_what_is_missing(simulated: dict[str, Any]) -> None:
    done = subprocess.run(
        [*DMP, "identify", "--config", simulated["config"]], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert "[psc]" in done.stderr
