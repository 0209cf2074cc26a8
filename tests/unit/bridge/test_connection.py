"""The core of the bridge with a table of plain functions: every call is answered once, and the bridge lives."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from dmp_core.errors import DmpBusy, Unreachable
from hostbridge.protocol.connection import Asked, Connection, Later, Method


class Empty(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Number(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int


class Large(BaseModel):
    text: str = "x" * 16_000_001


class Host:
    """A host in memory: what it says goes straight in, what the bridge says is kept; work for later waits."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.saved: list[int] = []
        self._later: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []
        self.bridge = Connection(
            {
                "initialize": Method(Empty, lambda params, asked: Empty()),
                "shutdown": Method(Empty, lambda params, asked: Empty()),
                "echo": Method(Number, lambda params, asked: params),
                "save": Method(Number, self._save),
                "slow": Method(Number, lambda params, asked: Later(lambda: params)),
                "busy": Method(Empty, lambda params, asked: Later(self._busy)),
                "broken": Method(Empty, lambda params, asked: 1 // 0),
                "telling": Method(Empty, self._tell),
                "large": Method(Empty, lambda params, asked: Large()),
            },
            send=lambda body: self.heard.append(json.loads(body)),
            submit=lambda work, done, here: self._later.append((work, done)),
        )

    def _save(self, params: Number, asked: Asked) -> Number:
        self.saved.append(params.number)
        return params

    def _busy(self) -> Empty:
        raise DmpBusy("rate", origin="XDSRegistryBusy")

    def _tell(self, params: Empty, asked: Asked) -> Empty:
        asked.tell("message/show", Number(number=7))
        return Empty()

    def finish_later(self) -> None:
        """Do what waits for the network."""
        for work, done in self._later:
            done(work())
        self._later.clear()

    def fail_later(self, error: Exception) -> None:
        """End what waits with the error of whoever should have done it."""
        for _, done in self._later:
            done(error)
        self._later.clear()

    def say(self, body: bytes | Any) -> None:
        self.bridge.receive(body if isinstance(body, bytes) else json.dumps(body).encode())

    def ask(self, method: str, params: dict[str, Any] | None = None, *, id: Any = 1) -> Any:
        self.say({"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}})
        return self.heard[-1] if self.heard else None

    def codes(self) -> list[int]:
        """Codes of the errors heard, in their order; arrays are opened."""
        flat = [one for answer in self.heard for one in (answer if isinstance(answer, list) else [answer])]
        return [answer["error"]["code"] for answer in flat if "error" in answer]

    @property
    def alive(self) -> bool:
        return self.ask("echo", {"number": 5}, id="alive") == {"jsonrpc": "2.0", "id": "alive", "result": {"number": 5}}


@pytest.fixture
def host() -> Host:
    return running()


def running() -> Host:
    host = Host()
    host.ask("initialize")
    host.say({"jsonrpc": "2.0", "method": "initialized"})
    host.heard.clear()
    return host


def call(**members: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "save", "params": {"number": 1}} | members


def raw(inner: str) -> bytes:
    return f'{{"jsonrpc":"2.0","id":1,"method":"save","params":{inner}}}'.encode()


HOSTILE = [
    pytest.param(
        [
            (b'{"jsonrpc":"2.0","id":1,"method":"save","params":{"number":1},"x":"\xe9"}', -32700),
            (b"\xef\xbb\xbf" + raw('{"number":1}'), -32700),
            (raw(r'{"number":1,"\ud800":1}'), -32700),
            (raw('{"number":NaN}'), -32700),
            (raw('{"number":Infinity}'), -32700),
            (raw('{"number":1e999}'), -32700),
            (raw('{"number":' + "1" * 100_000 + "}"), -32700),
            (raw('{"number":1,"number":2}'), -32700),
            (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"save","params":{"number":1}}', -32700),
        ],
        id="row-028",
    ),
    pytest.param(
        [
            (raw("[" * 100_000 + "]" * 100_000), -32700),
            (b"[" + b"1," * 999_999 + b"1]", -32700),
            (b"[" + b",".join([raw('{"number":1}')] * 51) + b"]", -32600),
            (b"[]", -32600),
        ],
        id="row-029",
    ),
    pytest.param(
        [
            (call(id=None), -32600),
            (call(id=1.5), -32600),
            (call(id=True), -32600),
            (call(id={"a": 1}), -32600),
            (call(id=[1]), -32600),
            (call(id=""), -32600),
            (call(id="x" * 101), -32600),
            ({"jsonrpc": "2.0", "method": "save", "params": {"number": 1}}, None),
        ],
        id="row-030",
    ),
    pytest.param(
        [
            (call(method=name), -32601)
            for name in ("__class__", "dmp.submit.__globals__", "_save", "Save", "save ", "$/save", "rpc.discover")
        ],
        id="row-031",
    ),
    pytest.param(
        [
            (call(params={"number": "1"}), -32602),
            (call(params={"number": 1.0}), -32602),
            (call(params={"number": True}), -32602),
            (call(params={"number": None}), -32602),
            (call(params={"number": 1, "other": 2}), -32602),
            (call(params={}), -32602),
            (call(params=[1]), -32602),
            (call(params="number"), -32602),
            (call(params=None), -32602),
        ],
        id="row-032",
    ),
]


@pytest.mark.parametrize("cases", HOSTILE)
def test_a_hostile_message_gets_its_code_changes_nothing_and_the_bridge_lives(cases, host):
    expected = [code for _, code in cases if code is not None]

    for body, _ in cases:
        host.say(body)

    assert host.codes() == expected
    assert host.saved == []
    assert host.alive


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"null", -32600),
        (b"[1]", -32600),
        (call(jsonrpc="1.0"), -32600),
        (call(extra=1), -32600),
        ({"id": 1, "method": "save"}, -32600),
        (call(method=1), -32600),
        (call(method=""), -32600),
        (call(method="initialized"), -32600),
        (call(method="exit"), -32600),
    ],
)
def test_what_is_no_request_is_answered_with_its_code(body, code, host):
    host.say(body)

    assert host.codes() == [code]
    assert host.saved == []


def test_every_error_carries_a_sentence_and_a_remedy(host):
    answer = host.ask("save", {"number": "1"})

    assert answer["error"]["message"] == "Le message du logiciel n’a pas la forme attendue."
    assert answer["error"]["data"] == {
        "code": "DMP-INPUT-001",
        "sentence": "Le message du logiciel n’a pas la forme attendue.",
        "remedy": "Transmettez ce code à l’éditeur du LGO.",
        "mender": "l’éditeur du LGO",
        "detail": "number: Input should be a valid integer",
        "origin": None,
    }


def test_an_error_never_repeats_what_the_host_wrote(host):
    answer = host.ask("save", {"number": "DOMINIQUE", "PAT-TROIS": 1})

    assert "DOMINIQUE" not in json.dumps(answer)
    assert "PAT-TROIS" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"numbr": 1}, "no such field; is number meant?; there are number"),
        ({"number": 1, "PAT-TROIS": 1}, "?: no such field; there are number"),
    ],
)
def test_a_field_that_is_not_there_is_told_with_those_that_are(params, told, host):
    assert told in host.ask("save", params)["error"]["data"]["detail"]


def test_a_method_that_is_not_there_is_told_with_the_nearest(host):
    assert host.ask("saves", {})["error"]["data"]["detail"] == "no such method; is save meant?"


UNREADABLE = {
    "Hélène".encode("cp1252"): "no UTF-8 at byte 55: a text of Windows-1252 is converted first",
    b"\\ud800": "a text holds half of a surrogate pair",
    b'","a":,"b":"': "no JSON: wrong at line 1, column 61",
}


@pytest.mark.parametrize(("inside", "told"), UNREADABLE.items(), ids=range(len(UNREADABLE)))
def test_what_is_no_json_is_told_with_its_place_and_to_whom_it_belongs(inside, told, host):
    host.say(b'{"jsonrpc":"2.0","id":7,"method":"save","params":{"":"' + inside + b'"}}')

    assert host.heard[-1]["id"] == 7
    assert host.heard[-1]["error"]["data"]["detail"] == told


def test_an_error_of_the_core_keeps_its_own_code(host):
    host.ask("busy")
    host.finish_later()

    error = host.heard[-1]["error"]
    assert (error["code"], error["data"]["code"], error["data"]["origin"]) == (-32000, "DMP-SRV-001", "XDSRegistryBusy")


def test_an_unforeseen_error_is_an_answer_and_not_the_end(host):
    assert host.ask("broken")["error"]["code"] == -32603
    assert host.alive


def test_nothing_is_answered_before_initialize():
    host = Host()

    host.ask("echo", {"number": 1})

    assert host.codes() == [-32002]


def test_initialize_comes_once(host):
    assert host.ask("initialize")["error"]["code"] == -32600


def test_nothing_is_answered_after_shutdown(host):
    host.ask("shutdown")

    assert host.ask("save", {"number": 1})["error"]["code"] == -32600
    assert host.saved == []


@pytest.mark.parametrize(("before", "status"), [(["shutdown"], 0), ([], 1)])
def test_exit_gives_0_only_after_shutdown(before, status, host):
    for method in before:
        host.ask(method)

    host.say({"jsonrpc": "2.0", "method": "exit"})

    assert host.bridge.status == status


def test_a_batch_is_answered_by_one_array_once_all_is_done(host):
    host.say([call(id=1, method="slow"), call(id=2), {"jsonrpc": "2.0", "method": "initialized"}, 3])

    assert host.heard == []
    host.finish_later()

    [answers] = host.heard
    assert {answer["id"] for answer in answers} == {1, 2, None}


def test_a_batch_of_notifications_gets_no_answer(host):
    host.say([{"jsonrpc": "2.0", "method": "initialized"}, {"jsonrpc": "2.0", "method": "$/unknown"}])

    assert host.heard == []


def test_other_requests_go_on_while_one_is_on_the_network(host):
    host.ask("slow", {"number": 9}, id="slow")

    assert host.alive
    host.finish_later()

    assert host.heard[-1] == {"jsonrpc": "2.0", "id": "slow", "result": {"number": 9}}


def test_an_id_that_still_waits_is_refused_a_second_time(host):
    host.ask("slow", {"number": 9}, id="a")

    assert host.ask("save", {"number": 1}, id="a")["error"]["code"] == -32600
    assert host.saved == []


def test_a_cancelled_request_is_answered_once(host):
    host.ask("slow", {"number": 9}, id="a")

    host.say({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "a"}})
    host.finish_later()

    assert [(answer["id"], answer["error"]["code"]) for answer in host.heard] == [("a", -32800)]


@pytest.mark.parametrize("identifier", [None, True, 1.0, [], {}, "unknown", 77])
def test_cancelling_what_does_not_wait_changes_nothing(identifier, host):
    host.ask("slow", {"number": 9}, id=1)

    host.say({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": identifier}})

    assert host.heard == []


def test_nothing_is_told_before_initialized():
    host = Host()
    host.ask("initialize")

    host.ask("telling", id=2)

    assert [answer.get("id") for answer in host.heard] == [1, 2]


def test_a_notice_is_a_notification(host):
    host.ask("telling")

    assert host.heard[0] == {"jsonrpc": "2.0", "method": "message/show", "params": {"number": 7}}


def test_an_answer_above_the_frame_is_the_error_that_says_so(host):
    assert host.ask("large")["error"]["data"]["code"] == "DMP-INPUT-002"


def test_an_error_of_whoever_does_the_work_is_answered_too(host):
    host.ask("slow", {"number": 1})

    host.fail_later(Unreachable("closing"))

    assert host.codes() == [-32000]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["2.0", "save", "echo", "slow", "$/cancelRequest", "exit", "initialize"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["jsonrpc", "id", "method", "params", "number", "x"]), inner, max_size=5),
    max_leaves=15,
)  # fmt: skip


@given(st.lists(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=80), max_size=4))
def test_no_message_at_all_ends_the_bridge(bodies):
    host = running()

    for body in bodies:
        host.say(body)

    assert host.alive
