"""Reading records: each patient's documents, listed and fetched."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from dmp_core.api import Patient
from hostbridge.clients.python import BridgeClient, BridgeError
from lgo_demo.case import Case
from lgo_demo.counter import arrive, open_patient, open_record
from lgo_demo.steps import Document, Seen, Step, Stopped, Tell, Transcript, silent


def consult(
    client: BridgeClient,
    case: Case,
    patients: Sequence[Patient] | None = None,
    *,
    tell: Tell = silent,
) -> list[Step]:
    """Read the whole record of `patients`, the case's own if None; the steps taken, failed ones among them.

    `client` is not started yet. The step `dmp/fetch` of a patient carries the documents that were read. A record that
    cannot be read does not keep the next patient from being read.
    """
    transcript = Transcript(tell)
    with suppress(Stopped):
        arrive(client, case, transcript)
        for patient in case.patients if patients is None else patients:
            with suppress(Stopped):
                _read_record(client, patient, transcript)
    return transcript.steps


def _read_record(client: BridgeClient, patient: Patient, transcript: Transcript) -> None:
    open_patient(client, patient, transcript)
    open_record(client, patient, transcript)
    host = {"host_id": patient.host_id}

    def listed() -> Seen:
        entries = client.call("dmp/list", {**host, "since": "all"})["entries"]
        return Seen(detail=f"{len(entries)} documents", value=entries)

    entries = transcript.take("dmp/list", listed, transaction="TD3.1")
    transcript.take("dmp/fetch", lambda: _fetched(client, host, entries), transaction="TD3.2")
    transcript.take("patient/closed", lambda: Seen(value=client.call("patient/closed", host)))


def _fetched(client: BridgeClient, host: dict[str, str], entries: list[dict[str, Any]]) -> Seen:
    """Read all; one that cannot be read is named, and the others are read all the same."""
    documents, failed = [], []
    for entry in entries:
        try:
            read = client.call("dmp/fetch", {**host, "unique_id": entry["unique_id"]})
        except BridgeError as error:
            failed.append(f"{entry['unique_id']}: {error.data.get('code', error.code)}")
        else:
            documents.append(_document(entry, read))
    size = sum(one.size for one in documents)
    detail = "; ".join([f"{len(documents)} documents, {size} bytes", *failed])
    return Seen(ok=not failed, detail=detail, documents=tuple(documents))


def _document(entry: dict[str, Any], read: dict[str, Any]) -> Document:
    code = entry["type_code"] or {"label": "", "code": ""}
    return Document(
        type=code["label"] or code["code"],
        type_code=code["code"],
        title=entry["title"],
        date=entry["service_start_time"] or entry["creation_time"] or "",
        author=_name(entry["authors"]),
        unique_id=entry["unique_id"],
        sha256=read["sha256"],
        size=read["size"],
    )


def _name(authors: list[dict[str, Any]]) -> str:
    """Given and family names of the authors, who stand as XCN: number^family^given..."""
    people = [(author["person"] or "").split("^") for author in authors]
    return ", ".join(" ".join(part for part in (*parts[2:3], *parts[1:2]) if part) for parts in people)
