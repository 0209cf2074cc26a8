"""Two users of one machine, as on a terminal server: each has a bridge, a token, keys and an outbox of their own."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from counters import OFFLINE

ROOT = Path(__file__).resolve().parents[3]
CONFIG = (
    OFFLINE
    + """
[structure.1990000001]
name = "PHARMACIE DES ESSAIS"
"""
)
ASKS = """
import http.client, json, sys
def ask(port, token, body=b'{}'):
    one = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    one.request("POST", "/rpc", body, headers)
    return one.getresponse().status
def refused(act):
    try: act()
    except OSError as error: return type(error).__name__
    return "allowed"
"""


@dataclass
class User:
    """A user without an account: a number is enough for the system."""

    number: int
    home: Path
    bridge: subprocess.Popen[bytes] | None = None

    @property
    def announce(self) -> Path:
        return self.home / "run" / "dmp" / "bridge.json"

    @property
    def command(self) -> list[str]:
        return ["setpriv", "--reuid", str(self.number), "--regid", str(self.number), "--clear-groups"]

    @property
    def environment(self) -> dict[str, str]:
        own = {"HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.home / "run"), "PYTHONPATH": str(ROOT)}
        return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **own}

    def serve(self) -> None:
        command = [sys.executable, "-m", "dmp_core.cli", "serve", "--loopback", "--config", str(self.home / "dmp.toml")]
        self.bridge = subprocess.Popen(
            [*self.command, *command], env=self.environment, cwd=self.home, stdout=subprocess.PIPE
        )
        assert self.bridge.stdout is not None
        assert json.loads(self.bridge.stdout.readline())["announce"] == str(self.announce)

    def run(self, script: str, *arguments: Any) -> Any:
        """What a program of this user prints, as JSON."""
        command = [*self.command, sys.executable, "-c", ASKS + script, *map(str, arguments)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def users() -> Iterator[tuple[User, User]]:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("two users are tried as root, with setpriv")
        pytest.skip("NOT ROOT: that one user cannot use another one's bridge was not tried")
    place = Path(tempfile.mkdtemp(prefix="dmp-users-"))
    place.chmod(0o755)
    found = tuple(User(number, place / str(number)) for number in (20001, 20002))
    for user in found:
        (user.home / "run").mkdir(parents=True, mode=0o700)
        (user.home / "dmp.toml").write_text(CONFIG, encoding="utf-8")
        for path in (user.home, user.home / "run", user.home / "dmp.toml"):
            os.chown(path, user.number, user.number)
        user.serve()
    yield found
    for user in found:
        assert user.bridge is not None
        assert user.bridge.stdout is not None
        user.bridge.terminate()
        user.bridge.wait(30)
        user.bridge.stdout.close()
    shutil.rmtree(place)


def told(user: User) -> dict[str, Any]:
    """What the user's own file says; a test reads it as root."""
    announced: dict[str, Any] = json.loads(user.announce.read_bytes())
    return announced


def test_each_has_a_port_a_token_and_keys_of_their_own(users):
    first, second = map(told, users)
    for user in users:
        introduced = user.run(
            "from hostbridge.clients.python import BridgeClient; from pathlib import Path\n"
            "with BridgeClient.at(Path(sys.argv[1])) as client:\n"
            "    print(json.dumps(client.start({'host': {'name': 'a', 'version': '1'}})['environment']))",
            user.announce,
        )
        assert introduced == "simulation"

    assert first["token"] != second["token"]
    assert first["port"] != second["port"]
    keys = [{path.read_bytes() for path in (user.home / "data/keys").iterdir()} for user in users]
    assert all(keys)
    assert keys[0].isdisjoint(keys[1])


@pytest.mark.parametrize("way", [pytest.param("the port", id="row-022")])
def test_another_user_is_refused_at_the_port_and_cannot_read_the_file(way, users):
    first, second = users
    seen = second.run(
        "port, token, file, pid = sys.argv[1:]\n"
        "print(json.dumps({'no token': ask(int(port), None), 'own token': ask(int(port), token),\n"
        "  'file': refused(lambda: open(file)),\n"
        "  'folder': refused(lambda: __import__('os').listdir(file.rpartition('/')[0])),\n"
        "  'environment': refused(lambda: open(f'/proc/{pid}/environ').read()),\n"
        "  'outbox': refused(lambda: open(file.replace('run/dmp/bridge.json', 'data/outbox.sqlite')))}))",
        told(first)["port"], told(second)["token"], first.announce, told(first)["pid"],
    )  # fmt: skip

    assert seen == {
        "no token": 401, "own token": 401, "file": "PermissionError", "folder": "PermissionError",
        "environment": "PermissionError", "outbox": "PermissionError",
    }  # fmt: skip


def test_a_client_does_not_speak_with_what_another_user_runs_on_the_announced_port(users):
    """Its own bridge died, and somebody else took its port: the system tells whose socket it is."""
    first, second = users
    script = (
        "from hostbridge.clients.python import announced\n"
        "told = announced.Announced('127.0.0.1', int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])\n"
        "print(json.dumps(refused(lambda: announced.connect(told))))"
    )

    assert second.run(script, told(first)["port"], told(first)["pid"], told(first)["token"]) == "ConnectionError"
    assert first.run(script, told(first)["port"], told(first)["pid"], told(first)["token"]) == "allowed"


def test_a_user_cannot_make_a_bridge_announce_itself_in_anothers_folder(users):
    first, second = users
    command = [sys.executable, "-m", "dmp_core.cli", "serve", "--loopback", "--config", str(second.home / "dmp.toml")]
    with contextlib.suppress(FileNotFoundError):
        done = subprocess.run(
            [*second.command, *command, "--announce", str(first.announce.with_name("other.json"))],
            env=second.environment, cwd=second.home, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert "DMP-CONF-001" in done.stderr
