"""What `dmp bench` measures: the work, and the least that any program would have to do for it on this machine."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from lxml import etree

from dmp_core.api import Act, CdaBody, Code, DocumentType, FileBody, cda
from dmp_core.cli import bench_bridge, bench_memory, bench_plugins, bench_record, bench_start
from dmp_core.dmp import mtom, soap, vihf
from dmp_core.documents import checks, frame, viewer
from dmp_core.documents.facts import Facts
from dmp_core.model import codes, oids
from dmp_core.model.access import Mode
from dmp_core.model.item import NewItem
from dmp_core.model.software import Software
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.simulator import pki
from dmp_core.system import SystemClock, SystemIds
from dmp_core.testing.people import patient, who
from dmp_core.transport.file_key import FileSigner

Work = Callable[[], Any]
_AT: Final = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
_LOINC_COMMENT: Final = Code(code="48767-8", system=oids.LOINC, label="Commentaire")


class Figure(StrEnum):
    """What is looked at of the calls of a round; `RESIDENT`: the work gives the mebibytes itself."""

    MEDIAN = "median"
    SLOWEST = "p99"
    RESIDENT = "resident"

    @property
    def unit(self) -> str:
        return "MiB" if self is Figure.RESIDENT else "ms"


@dataclass(frozen=True, slots=True)
class Case:
    """`prepare` gives the work and its floor; `limit` is how many times the floor the work may take."""

    name: str
    floor: str
    limit: float
    prepare: Callable[[], tuple[Work, Work]]
    figure: Figure = Figure.MEDIAN


# ---------------------------------------------------------------- documents


def _facts(type_code: str, format_code: str, templates: tuple[tuple[str, str | None], ...] = ()) -> Facts:
    class_code = codes.class_of(type_code)
    assert class_code is not None
    kind = DocumentType(
        id="bench",
        label="Document",
        type_code=codes.value_set("J07").code(type_code),
        class_code=class_code,
        format_code=codes.value_set("J60").code(format_code),
        templates=templates,
    )
    return Facts(kind, patient(), who(), unique_id="2.25.1", set_id="2.25.2", version=1, effective_time=_AT)


def _structured(rows: int) -> tuple[Facts, Callable[[], CdaBody]]:
    """A body of eight sections with `rows` rows each, about 62 kB for 45 rows."""

    def body() -> CdaBody:
        sections = [_section(number, rows) for number in range(8)]
        return CdaBody(act=Act(start=_AT), structured_body=cda.structured_body(sections))

    facts = _facts("87273-9", "urn:asip:ci-sis:vac-note:2021", (("1.2.250.1.213.1.1.1.46", "2023.01"),))
    return facts, body


def _section(number: int, rows: int) -> cda.Part:
    lines = [
        (f"{day % 28 + 1:02}/01/2026", cda.marked(f"r{number}-{day}", f"Prise n° {day} sans incident"), "Comprimé", "2")
        for day in range(rows)
    ]
    return cda.section(
        _LOINC_COMMENT,
        title=f"Partie {number}",
        identifier=cda.item_id("bench", f"section-{number}"),
        narrative=[cda.table(("Date", "Remarque", "Forme", "Quantité"), lines)],
        entries=[],
    )


def _parse_and_write(document: bytes) -> object:
    return etree.tostring(etree.fromstring(document))


def _unstructured_document() -> tuple[Work, Work]:
    body = FileBody(
        act=Act(start=_AT), content=b"Mesure\n" * 5300, media_type="text/plain"
    )  # a PDF is validated besides
    work = partial(frame.compose, _facts("78601-2", "urn:ihe:iti:xds-sd:pdf:2008"), body)
    return work, partial(_parse_and_write, work())


def _structured_document() -> tuple[Work, Work]:
    facts, body = _structured(45)

    def work() -> bytes:
        return frame.compose(facts, body())

    return work, partial(_parse_and_write, work())


def _document(rows: int) -> bytes:
    facts, body = _structured(rows)
    return frame.compose(facts, body())


def _checked() -> tuple[Work, Work]:
    document = _document(45)
    return partial(checks.check, document), partial(etree.fromstring, document)


def _viewed(rows: int) -> tuple[Work, Work]:
    document = _document(rows)
    return lambda: viewer.page(viewer.render(document)), partial(etree.fromstring, document)


# ---------------------------------------------------------------- the wire


def _rows() -> tuple[Work, Work]:
    data = bench_record.answer(500)
    return partial(bench_record.rows, data), partial(etree.fromstring, data)


def _parts() -> tuple[Work, Work]:
    attachment = soap.Attachment("document", "application/pdf", os.urandom(5_000_000))
    content_type, body = mtom.write(b"<root/>", (attachment,), action="bench", boundary="bench")
    return partial(mtom.read, content_type, body), partial(bytearray, body)


def _signed() -> tuple[Work, Work]:
    owner = who()
    with tempfile.TemporaryDirectory() as folder:
        made = pki.make(Path(folder), [owner.structure], [owner.author], SystemClock().now())
        keys = made.organisation_sign(owner.structure.national_id)
        signer = FileSigner.from_pem(keys.certificate, keys.key, at=SystemClock().now())
    software = Software(name="bench", version="1", homologation="SIMULATION", oid="2.25.1")
    caller = vihf.Caller(
        mode=Mode.INDIRECT,
        author=owner.author,
        structure=owner.structure,
        software=software,
        issuer=signer.subject,
    )
    sign = partial(
        vihf.assertion,
        caller,
        patient().ins,
        assertion_id=UUID(int=1),
        at=_AT,
        settings=vihf.VihfSettings(),
        signer=signer,
    )
    return sign, partial(signer.sign, b"x" * 500)


# ---------------------------------------------------------------- the outbox


def _accepted() -> tuple[Work, Work]:
    folder = Path(tempfile.mkdtemp(prefix="dmp-bench-"))
    ids, content = SystemIds(), os.urandom(50_000)
    outbox = SqliteOutbox(folder / "outbox.sqlite", FileKeyStore(folder / "keys", ids), ids)
    owner, person = who(), patient()

    def accept() -> object:
        key = str(ids.uuid())
        new = NewItem(key=key, record=key, type_id="bench", who=owner, patient=person, content=content)
        return outbox.accept(new, item_id=key, now=_AT)

    def write_and_sync() -> None:
        with (folder / "floor").open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    return accept, write_and_sync


CASES: Final = (
    Case("cda.unstructured-50k", "lxml parses and writes it", 12, _unstructured_document),
    Case("cda.structured-60k", "lxml parses and writes it", 25, _structured_document),
    Case("cda.checks-60k", "lxml parses it", 40, _checked),
    Case("viewer.62k", "lxml parses it", 25, partial(_viewed, 45)),
    Case("viewer.605k", "lxml parses it", 25, partial(_viewed, 470)),
    Case("td31.500-rows", "lxml parses it", 4, _rows),
    Case("mtom.5-megabytes", "the bytes are copied once", 30, _parts),
    Case("vihf.signed", "one RSA-2048 signature", 8, _signed),
    Case("outbox.accept-50k", "write a file and sync it", 12, _accepted),
    Case("bridge.stdio", "the same bytes echoed over a pipe", 12, bench_bridge.stdio),
    Case("bridge.saved-50k", "seal the bytes, write and sync them once", 6, bench_start.saved),
    Case("bridge.saved-50k-p99", "the same, p99 of both", 10, bench_start.saved, Figure.SLOWEST),
    Case("bridge.resident", "import the same libraries", 1.4, bench_memory.at_rest, Figure.RESIDENT),
    Case("bridge.start", "import the same libraries, build as many models", 1.5, bench_start.start),
    Case("bridge.start-plugins", "the same with all plugins", 2, partial(bench_start.start, *bench_start.PLUGINS)),
    Case("bridge.http", "the same bytes echoed by a bare uvicorn", 3, bench_bridge.web),
    Case("bridge.websocket", "the same bytes echoed by a bare uvicorn", 3, bench_bridge.websocket),
    Case("plugins.hook-10", "bare pluggy", 1.5, partial(bench_plugins.hook, 10)),
    Case("plugins.hook-100", "bare pluggy", 1.5, partial(bench_plugins.hook, 100)),
    Case("plugins.worker-warm", "a line of JSON to a bare process", 16, bench_plugins.worker),
    Case("plugins.discovery-150", "open their entry points", 12, bench_plugins.discovery),
)
