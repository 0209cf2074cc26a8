"""The host never waits for the network: its calls are answered while every answer of the DMP is held back.

DMP_HOST_CALLS says how many calls each way in makes (1 000; `python3 run.py reliability latency`: 10 000).
"""

import itertools
import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from reliability.held_back import PATIENT, HeldBack

from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.simulator import tiny_pdf
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.server import running as simulating
from dmp_core.simulator.simulator import Simulator
from hostbridge.clients.python import BridgeClient

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1200)]

CALLS = int(os.environ.get("DMP_HOST_CALLS", "1000"))
BATCH = 250  # while one answer is held back; a DMP that takes longer than its time limit would answer with an error
DMP = (sys.executable, "-m", "dmp_core.cli")


@dataclass
class Host:
    """A host with two patients open."""

    client: BridgeClient
    patients: list[dict[str, Any]] = field(repr=False)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    taken: list[float] = field(default_factory=list)  # seconds of each call

    def call(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        started = time.perf_counter()
        result = self.client.call(method, params)
        self.taken.append(time.perf_counter() - started)
        return result

    def save(self) -> str:
        number = next(self.numbers)
        content = {"date": "2026-01-15", "pdf": b64encode(tiny_pdf.write([f"Bilan {number}"])).decode()}
        told = {"key": f"save-{number}", "record": f"record-{number}", "type_id": "bilan-medication"}
        item: str = self.call("document/saved", told | {"patient": self.patients[0], "content": content})["item"]
        return item

    def counter(self, rank: int) -> None:
        """One of the calls that a counter makes all day; a document is saved every 25th time."""
        who = {"host_id": self.patients[rank % 2]["host_id"]}
        match rank % 25:
            case 0:
                self.save()
            case 5 | 15:
                self.call("patient/updated", {"patient": self.patients[rank % 2]})
            case 10 | 20:
                self.call("panel/open", {"panel": "consult", "params": who})
            case 1 | 6 | 11 | 16 | 21:
                self.call("outbox/list", {"limit": 20})
            case 2 | 7 | 12 | 17 | 22:
                self.call("status/health")
            case 3 | 8 | 13 | 18 | 23:
                self.call("patient/current")
            case _:
                self.call("software/about")


@dataclass
class Scene:
    config: Path
    counter: Counter
    fault: HeldBack


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("slow") / "sim"
    prepare(folder)
    simulator, fault = Simulator.open(folder), HeldBack()
    with simulating(simulator, fault=fault) as server:
        write_config(folder, server.url)
        yield Scene(folder / CONFIG, Counter.model_validate_json((folder / COUNTER).read_bytes()), fault)
    simulator.close()


@pytest.fixture(params=["stdio", "websocket", "http"])
def host(request: pytest.FixtureRequest, scene: Scene, tmp_path: Path) -> Iterator[Host]:
    """A host on each way to the bridge."""
    layer = tmp_path / "layer.toml"
    layer.write_text(f"data = {json.dumps(str(tmp_path / 'host'))}\n{PATIENT}", encoding="utf-8")
    configured = ("--config", str(scene.config), "--config", str(layer))
    with ExitStack() as stack:
        if request.param == "stdio":
            client = BridgeClient([*DMP, "serve", "--stdio", *configured])
        else:
            announce = tmp_path / "run" / "bridge.json"
            command = [*DMP, "serve", "--loopback", "--announce", str(announce), *configured]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
            stack.callback(process.terminate)
            assert process.stdout is not None and process.stdout.readline()
            client = BridgeClient.at(announce, request.param)
        stack.enter_context(client)
        patients = [json.loads(patient.model_dump_json()) for patient in scene.counter.patients]
        operator = json.loads(scene.counter.operator.model_dump_json())
        told = {"host": {"name": "essai", "version": "1"}, "operator": operator, "capabilities": {"panels": True}}
        client.start(told)
        for patient in patients:
            client.call("patient/opened", {"patient": patient})
        yield Host(client, patients)


def confirmed(host: Host) -> None:
    """A document is on its way to the DMP."""
    item = host.save()
    while host.client.call("outbox/show", {"item": item})["state"] != "awaiting_confirmation":
        host.client.next_notice(1.0)
    host.client.call("feed/confirm", {"item": item})


def test_no_call_of_the_counter_waits_for_the_network(
    host: Host, scene: Scene, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    confirmed(host)
    host.taken.clear()
    with ThreadPoolExecutor(2) as network:
        for first in range(0, CALLS, BATCH):
            with scene.fault.holding(1) as until_asked:
                asked = [
                    network.submit(host.client.call, "dmp/list", {"host_id": patient["host_id"], "since": "all"})
                    for patient in host.patients
                ]
                until_asked()
                for rank in range(first, min(first + BATCH, CALLS)):
                    host.counter(rank)
                    assert not any(each.done() for each in asked), "an answer of the DMP came first"
            assert all("entries" in each.result(60) for each in asked)

    taken = sorted(host.taken)
    assert len(taken) == CALLS
    p50, p99 = taken[len(taken) // 2] * 1000, taken[int(len(taken) * 0.99)] * 1000
    with capsys.disabled():
        way = request.node.callspec.params["host"]
        print(f"\n{way:9} {CALLS} calls, p50 {p50:.2f} ms, p99 {p99:.2f} ms, longest {taken[-1] * 1000:.1f} ms")
