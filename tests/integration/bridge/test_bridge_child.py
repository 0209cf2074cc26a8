"""The bridge as a host meets it: a child process, its pipes, and all that can go wrong between the two."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hostbridge.clients.python import BridgeError, BridgeGone, BridgeTimeout
from hostbridge.protocol.framing import FrameReader, encode

CASE = json.loads(
    (Path(__file__).resolve().parents[3] / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8")
)
PATIENT = CASE["patients"][0]


def saved(**changes: Any) -> dict[str, Any]:
    note = {"key": "save-1", "record": "record-1", "type_id": "note-vaccination", "content": {"lot": "A1"}}
    return {**note, "patient": PATIENT, **changes}


def message(method: str, params: dict[str, Any] | None = None, *, id: Any = 1) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}}).encode()


class Pipes:
    """A bridge and its bare pipes."""

    def __init__(self, house) -> None:
        self.process = subprocess.Popen(
            house.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **house.environment},
        )
        self._frames = FrameReader(self.process.stdout)
        self._introduction = {"protocol_version": "1.0", **house.introduction}

    def write(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def ask(self, method: str, params: dict[str, Any] | None = None, *, id: Any = 1) -> dict[str, Any]:
        self.write(encode(message(method, params, id=id)))
        return self.read()

    def read(self) -> dict[str, Any] | None:
        body = self._frames.read()
        return None if body is None else json.loads(body)

    def introduce(self) -> None:
        assert "result" in self.ask("initialize", self._introduction)

    @property
    def alive(self) -> bool:
        return "result" in self.ask("outbox/list", id="alive")

    def end(self) -> int:
        """Close what the host holds and wait."""
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(30)


@pytest.fixture
def pipes(house) -> Iterator[Pipes]:
    pipes = Pipes(house)
    yield pipes
    if pipes.process.poll() is None:
        pipes.process.kill()
    pipes.end()


@pytest.fixture
def client(house) -> Iterator[Any]:
    with house.client(back_off=(0.0, 0.1, 0.2)) as client:
        client.start(house.introduction)
        yield client


# ---------------------------------------------------------------- framing


LOST = [
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length: 999999999999\r\n\r\n",
    b"Content-Type: application/json\r\n\r\n",
    b"Content-Length: 44\r\nContent-Length: 44\r\n\r\n",
    b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
]


@pytest.mark.parametrize("headers", [pytest.param(LOST, id="row-035")])
def test_a_wrong_header_is_answered_and_closes_and_nothing_behind_it_is_done(headers, house):
    for header in headers:
        pipes = Pipes(house)
        pipes.introduce()

        with contextlib.suppress(BrokenPipeError):  # it left before it took all
            pipes.write(header + encode(message("document/saved", saved())))

        assert pipes.read()["error"]["code"] == -32700
        assert pipes.read() is None
        assert pipes.end() == 1
    after = Pipes(house)
    after.introduce()
    assert after.ask("outbox/list")["result"]["items"] == []
    after.end()


def test_a_body_that_is_too_large_is_answered_and_the_bridge_lives(pipes):
    pipes.introduce()

    pipes.write(b"Content-Length: 200000000\r\n\r\n")
    for _ in range(200):
        pipes.write(b"x" * 1_000_000)

    assert pipes.read()["error"]["data"]["code"] == "DMP-INPUT-002"
    assert pipes.alive


def test_a_length_in_characters_instead_of_bytes_saves_nothing(pipes):
    pipes.introduce()
    body = message("document/saved", saved(content={"nom": "Hélène"})).decode().encode()
    text = json.dumps(json.loads(body), ensure_ascii=False)

    pipes.write(f"Content-Length: {len(text)}\r\n\r\n{text}".encode() + encode(message("outbox/list")))

    assert pipes.read()["error"]["code"] == -32700


MALFORMED = [
    b"",
    b"{",
    b"[]",
    b"\xff",
    b"null",
    b'{"jsonrpc":"2.0"}',
    message("__class__"),
    message("outbox/list", id=None),
]


def test_malformed_messages_are_answered_one_by_one_and_the_bridge_lives(pipes):
    pipes.introduce()

    for body in MALFORMED:
        pipes.write(encode(body))

    assert [pipes.read()["error"]["code"] for _ in MALFORMED] == [
        -32700, -32700, -32600, -32700, -32600, -32600, -32601, -32600,
    ]  # fmt: skip
    assert pipes.alive


@pytest.mark.parametrize("cuts", [pytest.param((1, 20, 25, 100, -1), id="F41")])
def test_a_message_cut_by_a_closed_pipe_is_not_done_and_the_next_bridge_works(cuts, house):
    whole = encode(message("document/saved", saved()))

    for cut in cuts:
        pipes = Pipes(house)
        pipes.introduce()
        pipes.write(whole[:cut])
        assert pipes.end() == 1

    after = Pipes(house)
    after.introduce()
    assert after.ask("outbox/list")["result"]["items"] == []
    after.end()


# ---------------------------------------------------------------- a host that disconnects or errs


@pytest.mark.parametrize("times", [pytest.param(3, id="F39")])
def test_a_host_that_leaves_before_the_answer_and_asks_again_has_one_item(times, house):
    for _ in range(times):
        pipes = Pipes(house)
        pipes.introduce()
        pipes.process.stdout.close()
        pipes.write(encode(message("document/saved", saved())))
        pipes.end()

    after = Pipes(house)
    after.introduce()
    item = after.ask("document/saved", saved())["result"]["item"]
    items = after.ask("outbox/list")["result"]["items"]
    after.end()
    assert [one["item"] for one in items] == [item]


@pytest.mark.parametrize("times", [pytest.param(50, id="F40")])
def test_two_documents_under_one_key_are_one_document(times, client):
    first = client.call("document/saved", saved())["item"]

    for number in range(times):
        with pytest.raises(BridgeError) as refused:
            client.call("document/saved", saved(content={"lot": f"B{number}"}))
        assert refused.value.data["code"] == "DMP-INPUT-008"

    assert [one["item"] for one in client.call("outbox/list")["items"]] == [first]


def test_a_killed_bridge_comes_back_and_the_host_goes_on(client):
    client.call("patient/opened", {"patient": PATIENT})
    first = client.call("document/saved", saved())
    os.kill(client.pid, signal.SIGKILL)

    again = client.call("document/saved", saved())

    assert again["item"] == first["item"]
    with pytest.raises(BridgeError) as refused:
        client.call("dmp/status", {"host_id": PATIENT["host_id"]})
    assert refused.value.data["code"] == "DMP-NET-001", "the patient is open in the new bridge too"


def test_a_save_that_a_dying_bridge_did_not_answer_is_repeated(house, dies_once):
    died = dies_once(house)
    with house.client(back_off=(0.0, 0.1)) as client:
        client.start(house.introduction)

        item = client.call("document/saved", saved())["item"]

        assert [one["item"] for one in client.call("outbox/list")["items"]] == [item]
    assert died.exists()


def test_a_bridge_that_never_starts_is_an_error_and_no_endless_loop(house):
    house.command[:] = [sys.executable, "-c", "raise SystemExit(3)"]
    client = house.client(back_off=(0.0, 0.0))

    with pytest.raises(BridgeGone):
        client.start(house.introduction)
    with pytest.raises(BridgeGone):
        client.call("outbox/list")

    client.close()


def test_a_command_that_does_not_exist_is_an_error(house):
    house.command[:] = ["/nowhere/dmp"]

    with house.client() as client, pytest.raises(BridgeGone):
        client.start(house.introduction)


def test_a_wrong_configuration_is_told_to_the_host_too(house):
    (house.folder / "dmp.toml").write_text("enviroment = 1\n", encoding="utf-8-sig")

    with house.client() as client, pytest.raises(BridgeError) as refused:
        client.start(house.introduction)

    assert (refused.value.code, refused.value.data["code"]) == (-32000, "DMP-CONF-001")
    assert "enviroment" in refused.value.data["detail"]


def test_initialize_says_which_adapter_works(make_house):
    house = make_house(plugins=("lgo_id",))
    with house.client() as client:
        known = client.start(house.introduction | {"adapter": "lgo_id"})
    with house.client() as client:
        unknown = client.start(house.introduction | {"adapter": "lgo-id"})

    assert (known["adapter"], unknown["adapter"]) == ("lgo_id", None)


NO_BRIDGE = {
    "a command that is not there": (["/nowhere/dmp"], "No such file"),
    "a program that is no bridge": (["yes"], "no messages of the bridge"),
    "a module that is not there": ([sys.executable, "-m", "nowhere"], "ended with status 1"),
}


@pytest.mark.parametrize(("command", "told"), NO_BRIDGE.values(), ids=NO_BRIDGE)
def test_why_no_bridge_starts_is_told_with_a_sentence_and_a_remedy(command, told, house):
    with house.client(back_off=()) as client, pytest.raises(BridgeGone) as gone:
        house.command[:] = command
        client.start(house.introduction)

    assert told in gone.value.data["detail"]
    assert gone.value.data["code"] == "DMP-LINK-001"
    assert gone.value.data["sentence"] and gone.value.data["remedy"]


def test_a_bridge_that_does_not_read_keeps_the_host_for_the_time_given_and_no_longer(client):
    large = saved(content={"pdf": "JVBERi0xLjQK" * 200_000})
    os.kill(client.pid, signal.SIGSTOP)
    try:
        for _ in range(2):
            with pytest.raises(BridgeTimeout) as late:
                client.call("document/saved", large, timeout=0.3)
    finally:
        os.kill(client.pid, signal.SIGCONT)

    assert late.value.data["code"] == "DMP-LINK-002"
    assert client.call("document/saved", large)["item"]
    assert [one["key"] for one in client.call("outbox/list")["items"]] == ["save-1"]


# ---------------------------------------------------------------- what does not belong to the protocol


NOISY = """
import os, subprocess, sys
from dmp_core.api import *
from dmp_core.api import hookimpl

@hookimpl
def on_patient_opened(event, ctx):
    print("a stray print")
    sys.stdout.flush()
    os.write(1, b"Content-Length: 5\\r\\n\\r\\nnoise")
    subprocess.run([sys.executable, "-c", "print('a child prints'); import sys; sys.stdin.read()"])
    return (ShowMessage(text="heard"),)
"""


@pytest.fixture
def noisy(make_house, tmp_path):
    """A seat with a plugin that prints, writes on descriptor 1 and starts a program that prints and reads."""
    house = make_house(plugins=("noisy",))
    shelf = tmp_path / "shelf"
    (shelf / "noisy").mkdir()
    (shelf / "noisy" / "__init__.py").write_text(NOISY)
    manifest = 'id = "noisy"\nversion = "1"\nkind = "host"\napi = ["1.0"]\nhooks = ["on_patient_opened"]\nreads = []\n'
    (shelf / "noisy" / "dmp-plugin.toml").write_text(manifest)
    info = shelf / "noisy-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: noisy\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[dmp.plugins]\nnoisy = noisy\n")
    (info / "RECORD").write_text("noisy/__init__.py,,\nnoisy/dmp-plugin.toml,,\n")
    return house


@pytest.mark.parametrize("seat", [pytest.param("noisy", id="row-036")])
def test_what_a_plugin_or_its_child_prints_does_not_reach_the_host(seat, request):
    house = request.getfixturevalue(seat)
    with house.client() as client:
        client.start(house.introduction)

        client.call("patient/opened", {"patient": PATIENT})
        notice = client.next_notice(20)

        assert (notice.method, notice.params["text"]) == ("message/show", "heard")
        assert client.call("outbox/list")["items"] == []


def test_a_host_that_gives_no_standard_error_is_served(noisy):
    noisy.command[:] = ["sh", "-c", 'exec "$@" 2>&-', "sh", *noisy.command]
    with noisy.client() as client:
        client.start(noisy.introduction)

        client.call("patient/opened", {"patient": PATIENT})

        assert client.next_notice(20).params["text"] == "heard"
        assert client.call("outbox/list")["items"] == []


# ---------------------------------------------------------------- a slow network, and the end


@pytest.fixture
def hanging(make_house) -> Iterator[Any]:
    """A seat whose DMP takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield make_house(f"https://127.0.0.1:{listener.getsockname()[1]}/services/")


@pytest.fixture
def waiting(hanging) -> Iterator[Pipes]:
    """A bridge in which `dmp/list` with the id "slow" waits for the network."""
    pipes = Pipes(hanging)
    pipes.introduce()
    pipes.ask("patient/opened", {"patient": PATIENT})
    pipes.write(encode(message("dmp/list", {"host_id": PATIENT["host_id"]}, id="slow")))
    yield pipes
    if pipes.process.poll() is None:
        pipes.process.kill()
    pipes.end()


@pytest.mark.exigence("SC.DMP/ALI/PROG.05")
def test_the_host_is_served_while_the_network_hangs(waiting):
    answered = [waiting.ask("outbox/list", id=number)["id"] for number in range(20)]

    assert answered == list(range(20))


def test_a_call_that_hangs_is_answered_when_it_is_cancelled(waiting):
    waiting.write(encode(b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"slow"}}'))

    answer = waiting.read()

    assert (answer["id"], answer["error"]["code"]) == ("slow", -32800)
    assert waiting.alive


@pytest.mark.parametrize("how", ["the pipe closes", "SIGTERM", "exit"])
def test_the_bridge_leaves_while_a_call_hangs(how, waiting):
    if how == "the pipe closes":
        waiting.process.stdin.close()
    elif how == "SIGTERM":
        waiting.process.terminate()
    else:
        waiting.ask("shutdown")
        waiting.write(encode(b'{"jsonrpc":"2.0","method":"exit"}'))

    assert waiting.process.wait(10) == (1 if how == "the pipe closes" else 0)


def test_a_signal_to_stop_ends_it_cleanly_and_the_outbox_is_free(house, pipes):
    pipes.introduce()
    item = pipes.ask("document/saved", saved())["result"]["item"]

    pipes.process.terminate()

    assert pipes.process.wait(10) == 0
    after = Pipes(house)
    after.introduce()
    assert after.ask("outbox/show", {"item": item})["result"]["item"] == item
    after.end()


def test_the_bridge_leaves_when_its_parent_dies_though_the_pipe_stays_open(house):
    """The host was killed, and somebody else still holds the writing end."""
    reading, writing = os.pipe()
    hearing, speaking = os.pipe()
    parent = (
        "import subprocess, sys; "
        f"child = subprocess.Popen({house.command!r}, stdin={reading}, stdout={speaking}, stderr=subprocess.DEVNULL); "
        "print(child.pid, flush=True); sys.stdin.read()"
    )
    host = subprocess.Popen(
        [sys.executable, "-c", parent],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[reading, speaking],
        env={**os.environ, **house.environment},
    )
    bridge = int(host.stdout.readline())
    os.write(writing, encode(message("initialize", {"protocol_version": "1.0", **house.introduction})))
    assert os.read(hearing, 10) == b"Content-Le", "it is at work"

    host.kill()

    assert host.wait() == -signal.SIGKILL
    assert _is_gone(bridge, seconds=15)
    for descriptor in (reading, writing, hearing, speaking):
        os.close(descriptor)
    host.stdin.close()
    host.stdout.close()


def _is_gone(pid: int, *, seconds: float) -> bool:
    """Whether the process ends in that time; it is nobody's child here, so that its entry in /proc tells."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return True
        except OSError:
            return True
    return False


def test_shutdown_and_exit_leave_with_status_0(house):
    client = house.client()
    client.start(house.introduction)

    assert client.close() == 0


def test_a_host_that_leaves_without_shutdown_sees_status_1(pipes):
    pipes.introduce()

    assert pipes.end() == 1
