"""`dmp serve --loopback --with NAME`: a way in beside the bridge, which starts with it, joins it, and ends with it."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

WAY_IN = """
import json, os, signal, sys, threading
from pathlib import Path
from hostbridge.clients.python import BridgeClient

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
told, command = Path(sys.argv[2]), sys.argv[sys.argv.index("--bridge") + 1:]
print("a way in may print what it likes")
with BridgeClient(command) as bridge:
    hello = bridge.start({"host": {"name": "way_in", "version": "1"}})
    fresh = told.with_suffix(".new")
    fresh.write_text(json.dumps([os.getpid(), hello["environment"], bridge.call("status/health")["accepting"]]))
    fresh.rename(told)
    stop.wait(60)
"""


def test_a_way_in_joins_the_bridge_that_starts_it_and_ends_with_it(house):
    module, told = house.folder / "shelf" / "way_in.py", house.folder / "told.json"
    module.write_text(WAY_IN, encoding="utf-8")

    bridge = house.serve("--with", f"way_in --told {told}")
    _wait(told.exists)
    pid, environment, accepting = json.loads(told.read_text(encoding="utf-8"))
    bridge.terminate()

    assert bridge.wait(30) == 0
    assert (environment, accepting) == ("simulation", True)
    assert bridge.stdout.read() == b"", "what it prints is no word of the bridge's"
    bridge.stdout.close()
    _wait(lambda: not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text())


def _wait(done) -> None:
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end
        threading.Event().wait(0.02)


def test_joining_a_bridge_that_is_not_there_is_an_error_and_no_hang(tmp_path):
    command = [sys.executable, "-m", "dmp_core.cli", "serve", "--join", str(tmp_path / "none.json")]

    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "DMP-CONF-001" in done.stderr


def test_the_ways_to_serve_exclude_each_other(tmp_path):
    serve = [sys.executable, "-m", "dmp_core.cli", "serve"]
    wrong = ([], ["--stdio", "--with", "x"], ["--stdio", "--join", "x"], ["--stdio", "--announce", "x"])

    statuses = [
        subprocess.run([*serve, *options], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode
        for options in wrong
    ]

    assert statuses == [2, 2, 2, 2]
