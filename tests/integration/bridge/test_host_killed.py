"""A host that is killed in the middle of a sentence: the bridge keeps what was said whole, and nothing of the rest."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CASE = json.loads((HERE.parents[2] / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8"))
CUTS = {"after one byte": 1, "after the half": 100_000, "before the last byte": -1}
WHOLE = 0


def saved(key: str) -> dict[str, Any]:
    content = {"pdf": "JVBERi0xLjQK" * 17_000}
    return {
        "key": key,
        "record": key,
        "type_id": "note-vaccination",
        "content": content,
        "patient": CASE["patients"][0],
    }


def killed(visit: Any, cut: int, params: dict[str, Any]) -> None:
    """A host says so much of `document/saved`, then is killed; a bridge that was its child has ended."""
    house, folder = visit.house, visit.house.folder
    introduction = {"protocol_version": "1.0", **house.introduction}
    for number, (method, said) in enumerate({"initialize": introduction, "document/saved": params}.items()):
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": said}
        (folder / f"said-{number}").write_text(json.dumps(message), encoding="utf-8")
    join = [sys.executable, "-m", "dmp_core.cli", "serve", "--join", str(house.announce)]
    where = {"stdio": house.command, "front": join}.get(visit.way, str(house.announce))
    command = [sys.executable, HERE / "killed_host.py", visit.way, str(cut), json.dumps(where)]
    host = subprocess.Popen(
        [*command, folder / "said-0", folder / "said-1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **house.environment},
    )  # fmt: skip
    assert host.stdin is not None and host.stdout is not None
    with host.stdin, host.stdout:
        bridge = int(host.stdout.readline())
        host.kill()
        host.wait()
    if visit.bridge is None or bridge != visit.bridge.pid:
        _ended(bridge)


def _ended(pid: int) -> None:
    """It is nobody's child here: its entry in /proc tells."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except OSError:
            return
    raise AssertionError("the bridge outlives its host")


def keys(client: Any) -> list[str]:
    return [item["key"] for item in client.call("outbox/list")["items"]]


def test_a_document_that_a_killed_host_did_not_say_to_its_end_is_not_kept_and_the_same_key_is_free(house, make_visit):
    visit = make_visit(house)

    for cut in CUTS.values():
        killed(visit, cut, saved("save-1"))

    with visit.client() as client:
        client.start(house.introduction)
        assert keys(client) == []
        first = client.call("document/saved", saved("save-1"))["item"]
        assert client.call("document/saved", saved("save-1"))["item"] == first
        assert keys(client) == ["save-1"]


def test_a_document_that_a_killed_host_said_to_its_end_is_kept_once(house, make_visit):
    visit = make_visit(house)

    killed(visit, WHOLE, saved("save-1"))

    with visit.client() as client:
        client.start(house.introduction)
        end = time.monotonic() + 60
        while not keys(client) and time.monotonic() < end:
            client.next_notice(0.1)
        assert keys(client) == ["save-1"]
        client.call("document/saved", saved("save-1"))
        assert keys(client) == ["save-1"]


@pytest.mark.parametrize("name", ["Pharmacie de l’Hôtel-Dieu é à ç", "deux  espaces & (parenthèses) 100 %"])
def test_a_folder_with_accents_and_spaces_holds_a_bridge_its_file_and_its_client(name, house, make_visit, monkeypatch):
    place = house.folder / name
    place.mkdir()
    config = place / "réglages du poste.toml"
    (house.folder / "dmp.toml").rename(config)
    moved = type(house)(place, [*house.command[:-1], str(config)], house.environment)
    visit = make_visit(moved)

    with visit.client() as client:
        client.start(moved.introduction)
        client.call("document/saved", saved("clé-é"))

        assert keys(client) == ["clé-é"]
    assert (place / "data").is_dir()
