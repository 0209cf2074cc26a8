"""The client for C: built with warnings as errors for Linux and Windows, run through its example and its ABI."""

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doc_officine.examples import BILAN

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "hostbridge" / "clients" / "c"
COMMON = [str(SOURCES / name) for name in ("dmp_bridge.c", "json_scan.c")]
STRICT = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1"]
CASE = json.loads((ROOT / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8"))
PATIENT = {"patient": CASE["patients"][0]}
STARTED, RESULT, ERROR, NOTICE, GONE = 1, 2, 3, 4, 5


def compiled(compiler: str, *arguments: str) -> None:
    if shutil.which(compiler) is None:
        if os.environ.get("CI") == "true":
            raise AssertionError(f"{compiler} is missing")
        pytest.skip(f"LOUD: {compiler} is not installed: the client for C is not tried")
    subprocess.run([compiler, *STRICT, *arguments], check=True, capture_output=True, text=True)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    made = tmp_path_factory.mktemp("c") / "libdmp_bridge.so"
    compiled("gcc", "-fPIC", "-shared", "-fvisibility=hidden", "-o", str(made), *COMMON, str(SOURCES / "child_posix.c"))
    library = ctypes.CDLL(str(made))
    library.dmp_open.restype = ctypes.c_void_p
    library.dmp_ask.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
    for name in ("dmp_poll", "dmp_cancel", "dmp_close"):
        getattr(library, name).argtypes = [ctypes.c_void_p, ctypes.c_int]
    for name in ("dmp_text", "dmp_method"):
        getattr(library, name).restype = ctypes.c_char_p
        getattr(library, name).argtypes = [ctypes.c_void_p]
    library.dmp_id.argtypes = [ctypes.c_void_p]
    return library


class Bridge:
    """The ABI as a host uses it."""

    def __init__(self, library: ctypes.CDLL, command: list[str], introduction: dict[str, Any]) -> None:
        self._library = library
        self._bridge = library.dmp_open("\n".join(command).encode(), json.dumps(introduction).encode())
        assert self._bridge

    def ask(self, method: str, params: object = None) -> int:
        text = None if params is None else json.dumps(params).encode()
        return int(self._library.dmp_ask(self._bridge, method.encode(), text))

    def wait(self, *kinds: int) -> tuple[int, int, Any]:
        """The next thing of one of these kinds: kind, request, what it holds."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            kind = self._library.dmp_poll(self._bridge, 100)
            if kind in kinds:
                return kind, self._library.dmp_id(self._bridge), json.loads(self._library.dmp_text(self._bridge))
        raise AssertionError("nothing came")

    def answer(self, method: str, params: object = None) -> Any:
        asked = self.ask(method, params)
        kind, number, text = self.wait(RESULT, ERROR)
        assert (kind, number) == (RESULT, asked), text
        return text

    def close(self, milliseconds: int = 60_000) -> int:
        bridge, self._bridge = self._bridge, None
        return int(self._library.dmp_close(bridge, milliseconds)) if bridge else 0


@pytest.fixture
def open_bridge(library, house, monkeypatch) -> Iterator[Any]:
    for name, value in house.environment.items():
        monkeypatch.setenv(name, value)
    opened: list[Bridge] = []

    def start(command: list[str] | None = None) -> Bridge:
        opened.append(Bridge(library, command or house.command, house.introduction))
        return opened[-1]

    yield start
    for bridge in opened:
        bridge.close()


def document(key: str) -> dict[str, Any]:
    return {"key": key, "record": key, "type_id": "bilan-medication", "content": BILAN, **PATIENT}


def test_what_is_asked_before_the_start_ended_is_answered_in_its_order(open_bridge) -> None:
    bridge = open_bridge()

    asked = [bridge.ask("patient/opened", PATIENT), bridge.ask("outbox/list")]

    assert bridge.wait(STARTED, ERROR)[0] == STARTED
    assert [bridge.wait(RESULT, ERROR)[:2] for _ in asked] == [(RESULT, number) for number in asked]


def test_an_error_holds_the_sentence_for_the_operator(open_bridge) -> None:
    bridge = open_bridge()
    asked = bridge.ask("feed/describe", {"item": "nothing"})

    kind, number, error = bridge.wait(ERROR, RESULT)

    assert (kind, number) == (ERROR, asked)
    assert error["data"]["remedy"]


def test_a_killed_bridge_comes_back_knows_its_patient_and_keeps_one_document(open_bridge, house) -> None:
    marked = house.folder / "pids"
    script = f'echo $$ >> {marked}; exec "$@"'
    bridge = open_bridge(["sh", "-c", script, "bridge", *house.command])
    bridge.answer("patient/opened", PATIENT)
    os.kill(int(marked.read_text().split()[-1]), signal.SIGSTOP)
    saved = bridge.ask("document/saved", document("c-2"))
    lost = bridge.ask("outbox/list")

    os.kill(int(marked.read_text().split()[-1]), signal.SIGKILL)

    heard = [bridge.wait(STARTED, RESULT, ERROR)[:2] for _ in range(3)]
    assert sorted(heard) == [(STARTED, 0), (RESULT, saved), (ERROR, lost)]
    assert len(bridge.answer("outbox/list")["items"]) == 1


def test_a_bridge_that_cannot_live_is_given_up_and_every_request_ends(open_bridge) -> None:
    bridge = open_bridge(["false"])
    asked = bridge.ask("document/saved", document("c-3"))

    kind, number, error = bridge.wait(ERROR)
    assert (kind, number) == (ERROR, asked)
    assert error["data"]["code"] == "DMP-LINK-001"
    assert error["data"]["sentence"] and error["data"]["remedy"]
    assert "exit status 1" in bridge.wait(GONE)[2]["data"]["detail"]
    again = bridge.ask("outbox/list")
    assert bridge.wait(ERROR)[:2] == (ERROR, again), "it was tried anew"


def test_a_refused_introduction_ends_what_was_asked_and_starts_no_other_bridge(open_bridge, house) -> None:
    (house.folder / "dmp.toml").write_text("enviroment = 1\n", encoding="utf-8")
    bridge = open_bridge()
    asked = bridge.ask("document/saved", document("c-5"))

    kind, number, error = bridge.wait(ERROR)

    assert (kind, number, error["data"]["code"]) == (ERROR, 0, "DMP-CONF-001")
    assert bridge.wait(STARTED, ERROR, GONE)[:2] == (ERROR, asked)
    assert bridge.wait(STARTED, ERROR, GONE)[0] == GONE


def test_a_text_of_windows_1252_is_an_error_of_its_own_request(open_bridge, library) -> None:
    bridge = open_bridge()
    bridge.answer("outbox/list")
    text = json.dumps({**PATIENT, "note": "Hélène"}, ensure_ascii=False).encode("cp1252")

    asked = library.dmp_ask(bridge._bridge, b"patient/opened", text)

    kind, number, error = bridge.wait(RESULT, ERROR)
    assert (kind, number) == (ERROR, asked)
    assert "Windows-1252" in error["data"]["detail"]


def test_fourteen_megabytes_go_out_while_answers_come_in(open_bridge) -> None:
    bridge = open_bridge()
    large = document("c-4") | {"content": {"pdf": "A" * 13_000_000}}

    asked = [bridge.ask("outbox/list"), bridge.ask("document/saved", large), bridge.ask("outbox/list")]

    assert sorted(bridge.wait(RESULT, ERROR)[1] for _ in asked) == asked


def test_a_bridge_that_stands_still_stops_no_host(open_bridge, house) -> None:
    marked = house.folder / "pids"
    bridge = open_bridge(["sh", "-c", f'echo $$ >> {marked}; exec "$@"', "bridge", *house.command])
    bridge.answer("outbox/list")
    os.kill(int(marked.read_text()), signal.SIGSTOP)
    large = document("c-6") | {"content": {"pdf": "A" * 13_000_000}}

    asked = [bridge.ask("document/saved", large), bridge.ask("outbox/list")]

    assert all(asked)
    assert bridge._library.dmp_poll(bridge._bridge, 0) == 0, "nothing came, and nobody waited for it"
    assert bridge.close(100) == -1, "it was ended"


def test_closing_says_goodbye(open_bridge) -> None:
    bridge = open_bridge()
    bridge.answer("outbox/list")

    assert bridge.close() == 0


def declared() -> set[str]:
    return set(re.findall(r"DMP_CALL (dmp_\w+)\(", (SOURCES / "dmp_bridge.h").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("machine", "options"),
    [("i686", ()), ("i686", ("-DDMP_STDCALL", "-Wl,--kill-at")), ("x86_64", ())],
    ids=["32 bits, cdecl", "32 bits, stdcall", "64 bits"],
)
def test_the_libraries_for_windows_export_what_the_header_declares(
    machine: str, options: tuple[str, ...], tmp_path
) -> None:
    made = tmp_path / "dmp_bridge.dll"
    compiled(
        f"{machine}-w64-mingw32-gcc",
        *("-shared", "-static-libgcc", *options, "-o", str(made), *COMMON, str(SOURCES / "child_windows.c")),
    )

    listed = subprocess.run([f"{machine}-w64-mingw32-objdump", "-p", made], capture_output=True, text=True, check=True)

    assert set(re.findall(r"\] (dmp_\w+)$", listed.stdout, re.MULTILINE)) == declared()
    assert popped_by_the_callee(made, machine) == ({"dmp_poll": 8, "dmp_id": 4} if "-DDMP_STDCALL" in options else {})


def popped_by_the_callee(made: Path, machine: str) -> dict[str, int]:
    """Bytes that `ret` takes from the stack: those of the arguments under stdcall, none under cdecl and in 64 bits."""
    command = [f"{machine}-w64-mingw32-objdump", "-d", "--no-show-raw-insn", str(made)]
    code = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = {}
    for name in ("dmp_poll", "dmp_id"):
        body = re.search(rf"<_?{name}(?:@\d+)?>:\n(.*?)\n\n", code, re.DOTALL)
        assert body, name
        if sizes := re.findall(r"\tret +\$0x([0-9a-f]+)", body[1]):
            found[name] = int(sizes[-1], 16)
    return found
