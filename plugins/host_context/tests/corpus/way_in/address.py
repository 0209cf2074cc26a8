"""The LGO as it calls by addresses: each names a file that it left, serves once, and holds nothing of the patient."""

import secrets
import subprocess
import sys
from pathlib import Path

CONTEXTS = Path("run/contexts")
SECONDS = 60


def left() -> str:
    name = secrets.token_urlsafe(24)
    file = CONTEXTS / f"{name}.json"
    file.touch(mode=0o600)
    file.write_bytes(Path("patient.json").read_bytes())
    return f"dmp-lgo://open?context={name}"


def call(address: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "host_context", "--settings", "context.toml", "--print", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


first = "dmp-lgo://open?context=le-premier-appel-du-poste"
address = left()
shown, again, spent, none = call(address), call(address), call(first), call("dmp-lgo://open?ins=1")

assert shown.returncode == 0, shown.stderr
assert shown.stdout.startswith("http://127.0.0.1:")
for refused in (again, spent, none):
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Rouvrez le DMP depuis le LGO" in refused.stderr
assert not list(CONTEXTS.iterdir()), "a context stays"
