"""Nothing of a patient stands where somebody else may look: standard error at its most talkative, the files on disk."""

import base64
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from dmp_core.cli.demo_stage import Stage

CANARIES = ("PAT-TROIS", "DOMINIQUE", "279035121518989", "1979-03-28", "19790328", "VACCIN TETANIQUE", "DEMO-0001")


def encodings(text: str) -> set[bytes]:
    """The text as it may hide: UTF-8, UTF-16, hexadecimal, percent, and in the middle of base64."""
    data = text.encode()
    shifted = {base64.b64encode(b"\0" * shift + data)[4 if shift else 0 : -4] for shift in range(3)}
    return {data, text.encode("utf-16-le"), data.hex().encode(), quote(text, safe="").encode()} | shifted


def hits(data: bytes) -> list[str]:
    return [text for text in CANARIES if any(form in data for form in encodings(text))]


def test_the_hunt_finds_what_it_looks_for() -> None:
    for form in encodings("PAT-TROIS"):
        assert hits(b"..." + form + b"...") == ["PAT-TROIS"]


def test_no_canary_in_what_the_bridge_says_nor_in_its_files(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        config, layer = stage.config("direct")
        counter = tmp_path / "dmp" / "counter.json"
        lgo = [sys.executable, "-m", "lgo_demo", "--json", "--scenario", "feed", "--case", str(counter)]
        bridge = [sys.executable, "-m", "dmp_core.cli", "serve", "--stdio", "--log", "info"]
        files = ["--config", str(config), "--config", str(layer)]

        done = subprocess.run([*lgo, "--bridge", *bridge, *files], capture_output=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout
    assert b"dmp.asked" in done.stderr
    assert hits(done.stderr) == []
    kept = [file for file in (tmp_path / "dmp" / "host").rglob("*") if file.is_file()]
    assert {"outbox.sqlite", "audit.sqlite"} <= {file.name for file in kept}
    assert {file.name: found for file in kept if (found := hits(file.read_bytes()))} == {}
