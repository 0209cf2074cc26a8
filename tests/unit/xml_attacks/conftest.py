"""Attacks run in a process of their own: its memory is limited, or each file and socket that it opens is noted."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LIMITED = """
import json, resource, sys
from pathlib import Path
from dmp_core import xml
from dmp_core.errors import XmlRefused
document, megabytes = Path(sys.argv[1]).read_bytes(), int(sys.argv[2])
xml.parse(b"<a/>")
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + megabytes * 1_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
refused = None
try:
    xml.parse(document)
except XmlRefused as error:
    refused = error.detail
print(json.dumps({"refused": refused}))
"""

TRACED = """
import os, sys
from pathlib import Path
from lxml import etree
from dmp_core import xml
from dmp_core.documents import checks
from dmp_core.errors import XmlRefused
from dmp_core.rules.schema import Schema
how, folder = sys.argv[1], Path(sys.argv[2])
schema = Schema(folder / "schema", "any.xsd")
documents = [one.read_bytes() for one in sorted(folder.glob("*.xml"))]
def ours(data):
    checks.check(data)
    try:
        list(schema.check(xml.parse(data), ""))
    except XmlRefused:
        pass
def naive(data):
    try:
        parser = etree.XMLParser(resolve_entities=True, load_dtd=True, no_network=False)
        etree.fromstring(data, parser).getroottree().xinclude()
    except (etree.LxmlError, ValueError):
        pass
work = {"ours": ours, "naive": naive}[how]
work(b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>')
os.path.exists("/begin-of-the-attacks")
for data in documents:
    work(data)
os.path.exists("/end-of-the-attacks")
"""

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hl7-org:v3">
<xs:element name="ClinicalDocument"/></xs:schema>"""


@dataclass(frozen=True)
class Secret:
    """A file that nobody may open and an address that nobody may call. `{file}` and `{address}` stand for them."""

    folder: Path
    file: Path
    server: socket.socket

    def filled(self, document: bytes | str) -> bytes:
        data = document.encode() if isinstance(document, str) else document
        address = f"127.0.0.1:{self.server.getsockname()[1]}".encode()
        return data.replace(b"{file}", str(self.file).encode()).replace(b"{address}", address)

    def was_called(self) -> bool:
        try:
            self.server.accept()[0].close()
        except (BlockingIOError, TimeoutError):
            return False
        return True


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Secret]:
    file = tmp_path / "secret.txt"
    file.write_text("the-secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield Secret(tmp_path, file, server)


@pytest.fixture
def limited(tmp_path: Path) -> Callable[[bytes, int], dict[str, Any]]:
    """Parse in a process that may take so many megabytes more: why it was refused. 30 s of processor end it."""

    def run(document: bytes, megabytes: int) -> dict[str, Any]:
        file = tmp_path / "attack"
        file.write_bytes(document)
        command = [sys.executable, "-c", LIMITED, str(file), str(megabytes)]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return run


@pytest.fixture
def opened(secret: Secret) -> Callable[[str, list[str]], list[str]]:
    """The files and sockets that a process asks for while it reads the documents given, `ours` or the `naive` way."""
    if not shutil.which("strace"):
        if os.environ.get("CI") == "true":
            pytest.fail("strace is missing: it proves that no file and no socket is opened")
        pytest.skip("NO STRACE: that no file is opened was not proved")

    def run(how: str, documents: list[str]) -> list[str]:
        folder = secret.folder / "documents"
        (folder / "schema").mkdir(parents=True, exist_ok=True)
        (folder / "schema" / "any.xsd").write_text(SCHEMA)
        for rank, document in enumerate(documents):
            (folder / f"{rank:03}.xml").write_bytes(secret.filled(document))
        calls = secret.folder / "calls"
        trace = ["strace", "-f", "-qq", "-e", "trace=file,network", "-o", str(calls)]
        subprocess.run([*trace, sys.executable, "-c", TRACED, how, str(folder)], timeout=60, check=True)
        lines = calls.read_text().splitlines()
        begin, end = (
            next(i for i, line in enumerate(lines) if f"/{mark}-of-the-attacks" in line) for mark in ("begin", "end")
        )
        return lines[begin + 1 : end]

    return run
