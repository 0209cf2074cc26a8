"""A host that says so many bytes of its last message, prints the process of its bridge, and waits to be killed.

python killed_host.py WAY CUT COMMAND_OR_FILE INTRODUCTION MESSAGE      the last three as JSON; CUT -1: all but one
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from hostbridge.clients.python import announced
from hostbridge.clients.python.websocket import Line


def pipes(command: list[str], introduction: bytes, message: bytes, cut: int | None) -> int:
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(_frame(introduction))
    child.stdin.flush()
    length = int(child.stdout.readline().split()[-1])
    child.stdout.readline()
    assert "result" in json.loads(child.stdout.read(length))
    child.stdin.write(_frame(message)[:cut])
    child.stdin.flush()
    return child.pid


def http(file: str, introduction: bytes, message: bytes, cut: int | None) -> int:
    bridge = announced.read(Path(file))
    connection = announced.connect(bridge)
    headers = {"Authorization": f"Bearer {bridge.token}", "Content-Type": "application/json"}
    connection.request("POST", "/rpc", introduction, headers)
    answer = connection.getresponse()
    assert "result" in json.loads(answer.read())
    headers |= {"Dmp-Connection": str(answer.getheader("Dmp-Connection")), "Content-Length": str(len(message))}
    lines = ["POST /rpc HTTP/1.1", f"Host: {bridge.host}", *(f"{name}: {value}" for name, value in headers.items())]
    connection.sock.sendall("\r\n".join([*lines, "", ""]).encode() + message[:cut])
    _kept.append(connection)
    return bridge.pid


def websocket(file: str, introduction: bytes, message: bytes, cut: int | None) -> int:
    line = Line.to(Path(file))
    line.write(introduction)
    assert "result" in json.loads(line.read() or b"{}")
    frame = b"\x81\xff" + len(message).to_bytes(8, "big") + bytes(4) + message
    left = memoryview(frame[:cut])
    while left:
        left = left[os.write(line.fileno(), left) :]
    _kept.append(line)
    return line.bridge.pid


def _frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


_kept: list[object] = []  # open until the process is killed

if __name__ == "__main__":
    way, cut, where = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    introduction, message = Path(sys.argv[4]).read_bytes(), Path(sys.argv[5]).read_bytes()
    said = {"http": http, "websocket": websocket}.get(way, pipes)
    print(said(where, introduction, message, cut or None), flush=True)
    sys.stdin.read()
