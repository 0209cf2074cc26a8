"""Every client, in every language, through the same troubles: one small host each, driven by the test."""

import json
import os
import re
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from client_toolchains import BUILDS, build
from doc_officine.examples import BILAN
from driven_hosts import DrivenHost, Said

from dmp_core.errors import NotFound, RightMissing

ROOT = Path(__file__).resolve().parents[3]
CASE = json.loads((ROOT / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8"))
PATIENT = {"patient": CASE["patients"][0]}
LARGE = {"pdf": "A" * 13_000_000}  # more than any pipe holds
SHORT = 300  # milliseconds
TALKATIVE = """
import json, sys
def write(**message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sys.stdout.buffer.flush()
while head := sys.stdin.buffer.readline():
    sys.stdin.buffer.readline()
    asked = json.loads(sys.stdin.buffer.read(int(head.partition(b":")[2])))
    if asked["method"] == "outbox/list":
        for number in range(20_000):
            write(method="outbox/changed", params={"number": number, "filled": "x" * 200})
    if "id" in asked:
        write(id=asked["id"], result={})
    if asked["method"] == "exit":
        sys.exit(0)
"""


def document(key: str, **changes: Any) -> dict[str, Any]:
    return {"key": key, "record": key, "type_id": "bilan-medication", "content": BILAN, **PATIENT, **changes}


@pytest.fixture(scope="module", params=BUILDS)
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    folder = tmp_path_factory.mktemp(request.param)
    return build(request.param, folder, "host"), folder


@pytest.fixture
def start(program: tuple[list[str], Path], house: Any) -> Iterator[Callable[..., DrivenHost]]:
    """Starts the host of one language, by default with the bridge of the house."""
    hosts: list[DrivenHost] = []
    command, folder = program

    def begin(bridge: list[str] | None = None, introduction: Any = None, around: tuple[str, ...] = ()) -> DrivenHost:
        host = DrivenHost(
            [*around, *command], bridge or house.command, introduction or house.introduction, house.environment, folder
        )
        hosts.append(host)
        return host

    yield begin
    for host in hosts:
        host.leave()


@pytest.fixture
def marked(house: Any) -> tuple[list[str], Callable[[], int]]:
    """The bridge of the house, which writes its number down; and what gives the number of the last one."""
    numbers = house.folder / "numbers"
    script = f'echo $$ >> {numbers}; exec "$@"'
    return ["sh", "-c", script, "bridge", *house.command], lambda: int(numbers.read_text().split()[-1])


def items(host: DrivenHost) -> list[dict[str, Any]]:
    listed = host.call("outbox/list")
    assert listed.kind == "result", listed
    return list(listed.content["items"])


def install(launcher: Path, python: str) -> None:
    """A program at this path that is the bridge's Python."""
    launcher.write_text(f'#!/bin/sh\nexec {python} "$@"\n', encoding="utf-8")
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)


def explained(said: Said) -> str:
    """The code of an error that says all that it must."""
    data = said.content["data"]
    assert data["sentence"] and data["remedy"] and data["mender"] and data["detail"]
    return said.code


def test_a_bridge_that_stands_still_keeps_no_host_and_does_nothing_twice_when_it_goes_on(start, marked) -> None:
    command, number = marked
    host = start(command)
    assert host.call("patient/opened", PATIENT).kind == "result"
    os.kill(number(), signal.SIGSTOP)

    late = [
        host.call("outbox/list", milliseconds=SHORT),
        host.call("document/saved", document("stands"), SHORT),
        host.call("document/saved", document("large", content=LARGE), SHORT),
        host.call("outbox/list", milliseconds=SHORT),
    ]
    os.kill(number(), signal.SIGCONT)
    again = host.call("document/saved", document("stands"))

    assert [explained(one) for one in late] == ["DMP-LINK-002"] * 4
    assert again.kind == "result"
    assert [item["key"] for item in items(host) if item["key"] == "stands"] == ["stands"]
    assert host.close() == 0


def test_a_bridge_that_is_killed_comes_back_and_keeps_the_document_once(start, marked) -> None:
    command, number = marked
    host = start(command)
    assert host.call("patient/opened", PATIENT).kind == "result"
    first = number()
    os.kill(first, signal.SIGSTOP)
    host.begin_call("document/saved", document("killed"))

    os.kill(first, signal.SIGKILL)

    assert host.read().kind == "result"
    assert number() != first
    assert host.call("document/saved", document("killed")).kind == "result"
    assert [item["key"] for item in items(host)] == ["killed"]


def test_a_bridge_that_stands_still_at_the_goodbye_is_ended(start, marked) -> None:
    command, number = marked
    host = start(command)
    assert items(host) == []
    os.kill(number(), signal.SIGSTOP)

    assert host.close(SHORT) != 0


def test_a_bridge_that_is_not_installed_is_told_at_once_and_used_once_it_is_there(start, house) -> None:
    missing = house.folder / "pont du DMP à l’officine"
    host = start([str(missing), *house.command[1:]])

    told = [host.call("outbox/list"), host.call("document/saved", document("early"))]
    install(missing, house.command[0])

    assert [explained(one) for one in told] == ["DMP-LINK-001"] * 2
    assert re.search("not found|No such file|ENOENT", told[0].content["data"]["detail"])
    assert items(host) == []


def test_a_wrong_program_is_told_with_how_it_ended(start) -> None:
    host = start([sys.executable, "-c", "import this_is_another_python"])

    told = host.call("outbox/list")

    assert explained(told) == "DMP-LINK-001"
    assert "status 1" in told.content["data"]["detail"]


def test_a_wrong_configuration_is_told_and_the_next_call_works_once_it_is_mended(start, house) -> None:
    config = house.folder / "dmp.toml"
    right = config.read_text(encoding="utf-8")
    config.write_text("enviroment = 1\n", encoding="utf-8")
    host = start()

    told = [host.call("outbox/list"), host.call("document/saved", document("early"))]
    config.write_text(right, encoding="utf-8")

    assert [explained(one) for one in told] == ["DMP-CONF-001"] * 2
    assert items(host) == []


def test_a_wrong_operator_is_told_by_the_name_of_the_field(start, house) -> None:
    host = start(introduction=house.introduction | {"operator": CASE["operator"] | {"rights": ["fly"]}})

    told = host.call("outbox/list")

    assert "rights" in told.content["data"]["detail"]


def test_an_operator_without_the_right_is_told_so_in_french(start, house) -> None:
    host = start(introduction=house.introduction | {"operator": CASE["operator"] | {"rights": ["feed"]}})
    assert host.call("patient/opened", PATIENT).kind == "result"

    told = [
        host.call("dmp/open", {"host_id": PATIENT["patient"]["host_id"]}),
        host.call("feed/describe", {"item": "nothing"}),
    ]

    assert [explained(one) for one in told] == [RightMissing.code, NotFound.code]
    assert [one.content["data"]["sentence"] for one in told] == [RightMissing.sentence, NotFound.sentence]


def test_a_folder_with_spaces_and_accents_is_a_folder(start, house) -> None:
    folder = house.folder / "Données de l’officine (n° 1) & co"
    folder.mkdir()
    shutil.copy(house.folder / "dmp.toml", folder / "réglages du DMP.toml")
    launcher = folder / "lance le pont.sh"
    install(launcher, house.command[0])
    host = start([str(launcher), *house.command[1:-1], str(folder / "réglages du DMP.toml")])

    assert host.call("document/saved", document("é")).kind == "result"
    assert [item["key"] for item in items(host)] == ["é"]
    assert (folder / "data").is_dir()


def test_a_host_without_standard_error_works(start) -> None:
    host = start(around=("sh", "-c", 'exec "$@" 2>&-', "host"))

    assert host.call("document/saved", document("silent")).kind == "result"
    assert [item["key"] for item in items(host)] == ["silent"]
    assert host.close() == 0


def test_many_notices_that_nobody_took_keep_no_call_and_come_in_their_order(start, tmp_path) -> None:
    bridge = tmp_path / "talkative.py"
    bridge.write_text(TALKATIVE, encoding="utf-8")
    host = start([sys.executable, str(bridge)])

    assert host.call("outbox/list").kind == "result"
    assert host.call("outbox/list").kind == "result"

    notices = [said for said in iter(lambda: host.poll(), Said("nothing", "", {})) if said.kind == "notice"]
    assert [said.content["number"] for said in notices] == [*range(20_000), *range(20_000)]


def test_two_threads_of_a_host_each_have_their_own_answers(start) -> None:
    host = start()
    assert items(host) == []

    assert host.both("document/saved", document("twice"), 30) == 60

    assert [item["key"] for item in items(host)] == ["twice"]
    assert host.close() == 0
