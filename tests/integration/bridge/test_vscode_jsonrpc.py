"""A client that we did not write: `vscode-jsonrpc`, the library behind the editors' language servers."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

PACKAGE = "vscode-jsonrpc@8.2.1"
SCRIPT = """
const { spawn } = require("child_process");
const rpc = require("vscode-jsonrpc/node");
const [introduction, command] = JSON.parse(process.argv[2]);
const child = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "ignore"] });
const [reader, writer] = [new rpc.StreamMessageReader(child.stdout), new rpc.StreamMessageWriter(child.stdin)];
const bridge = rpc.createMessageConnection(reader, writer);
const told = [];
bridge.onNotification((method) => told.push(method));
bridge.listen();
(async () => {
  const seen = {};
  const hello = await bridge.sendRequest("initialize", introduction.initialize);
  seen.environment = hello.environment;
  await bridge.sendNotification("initialized", {});
  await bridge.sendRequest("patient/opened", { patient: introduction.patient });
  const saved = await bridge.sendRequest("document/saved", introduction.saved);
  seen.item = saved.item;
  seen.listed = (await bridge.sendRequest("outbox/list", {})).items.map((one) => one.item);
  try { await bridge.sendRequest("outbox/show", { item: 7 }); }
  catch (error) { [seen.refused, seen.data] = [error.code, error.data.code]; }
  try { await bridge.sendRequest("no/method", {}); } catch (error) { seen.unknown = error.code; }
  const cancelling = new rpc.CancellationTokenSource();
  const hanging = bridge.sendRequest("dmp/status", { host_id: introduction.patient.host_id }, cancelling.token);
  setTimeout(() => cancelling.cancel(), 200);
  try { await hanging; } catch (error) { seen.cancelled = error.code; }
  while (!told.includes("outbox/changed")) await new Promise((done) => setTimeout(done, 20));
  seen.left = await bridge.sendRequest("shutdown", {});
  await bridge.sendNotification("exit", {});
  seen.status = await new Promise((done) => child.on("exit", done));
  console.log(JSON.stringify(seen));
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    """A folder with the library in it. Without npm or its registry: one loud line, a failure under CI=true."""
    folder = tmp_path_factory.mktemp("vscode-jsonrpc")
    npm = shutil.which("npm")
    done = npm and subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, PACKAGE],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if not done or done.returncode:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{PACKAGE} was not installed by npm")
        pytest.skip(f"NO {PACKAGE}: the bridge was not driven by a client of others")
    (folder / "drive.js").write_text(SCRIPT, encoding="utf-8")
    return folder


def test_the_bridge_is_driven_by_a_library_of_others(library, make_house):
    with socket.create_server(("127.0.0.1", 0)) as nobody:  # takes the connection and never says a word
        house = make_house(f"https://127.0.0.1:{nobody.getsockname()[1]}/services/")
        patient = json.loads(
            (Path(__file__).resolve().parents[3] / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8")
        )["patients"][0]
        saved = {"key": "save-1", "record": "record-1", "type_id": "note-vaccination", "content": {"lot": "Hélène"}}
        told = {
            "initialize": {"protocol_version": "1.0", **house.introduction},
            "patient": patient,
            "saved": saved | {"patient": patient},
        }
        done = subprocess.run(
            ["node", library / "drive.js", json.dumps([told, house.command])],
            env={**os.environ, **house.environment}, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["environment"] == "simulation"
    assert seen["listed"] == [seen["item"]]
    assert (seen["refused"], seen["data"], seen["unknown"]) == (-32602, "DMP-INPUT-001", -32601)
    assert seen["cancelled"] == -32800
    assert seen["left"] == {"unfinished": {"waiting": 1}}
    assert seen["status"] == 0
