"""What crosses between the core and a worker: whole, bounded, and read strictly, whatever a worker writes."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from dmp_core.api import (
    Act,
    DocumentSaved,
    DocumentWanted,
    Facts,
    FileBody,
    Hold,
    LaidOut,
    LaidSection,
    Paragraph,
    PatientClosed,
    PatientOpened,
    PdfBody,
    SavedDocument,
    Table,
)
from dmp_core.plughost.hooks import HOOKS, hidden_fields
from dmp_core.plughost.worker import frames
from dmp_core.plughost.worker.imports import CORE, OnlyThese
from dmp_core.plughost.worker.values import ValueRefused, answer_of, describe, event_of
from dmp_core.testing.people import patient, who

ACT = Act(start=dt.date(2026, 1, 15), stop=dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC))
LAID = LaidOut(
    act=ACT,
    sections=(
        LaidSection(
            title="Texte",
            blocks=(
                Paragraph(text="é\n’"),
                Facts(pairs=(("a", "b"),)),
                Table(headings=("x",), rows=(("y",),), widths=(1.0,)),
            ),
        ),
    ),
)
ANSWERS = [
    ("resolve_document", PdfBody(act=ACT, pdf=bytes(range(256)) * 10)),
    ("resolve_document", FileBody(act=ACT, content=b"", media_type=None)),
    ("resolve_document", LAID),
    ("on_document_saved", Hold(duration=dt.timedelta(minutes=90))),
    ("resolve_host_event", PatientOpened(patient=patient())),
    (
        "resolve_host_event",
        SavedDocument(
            key="k", record="r", type_id="t", patient=patient(), content={"a": [1, 2.5, None, {"$bytes": 0}]}
        ),
    ),
]


def crossed(frame: bytes) -> tuple[dict[str, Any], list[bytes]]:
    head, rest = frame[: frames.HEAD_SIZE], frame[frames.HEAD_SIZE :]
    assert frames.left(head, len(frame)) == len(rest)
    return frames.unpack(head, rest)


@pytest.mark.parametrize(
    ("hook", "value"), ANSWERS, ids=lambda each: type(each).__name__ if isinstance(each, BaseModel) else ""
)
def test_an_answer_arrives_as_it_was_given(hook: str, value: BaseModel) -> None:
    parts: list[bytes] = []
    told, held = crossed(frames.pack({"value": describe(value, parts)}, parts))

    assert answer_of(hook, told["value"], held) == value


@pytest.mark.parametrize(
    ("hook", "event"),
    [
        ("on_document_saved", DocumentSaved(item="i", type_id="t", patient=patient(), content=b"\xff\x00")),
        ("resolve_document", DocumentWanted(item="i", type_id="t", patient=patient(), who=who(), content=b"{}")),
        ("on_patient_closed", PatientClosed(host_id="p-1")),
    ],
)
def test_an_event_arrives_without_what_the_plugin_may_not_read(hook: str, event: Any) -> None:
    for without in ((), hidden_fields(hook, frozenset())):
        parts: list[bytes] = []
        told, held = crossed(frames.pack({"event": describe(event, parts, without)}, parts))

        arrived = event_of(hook, told["event"], held, without)

        assert isinstance(arrived, HOOKS[hook])
        assert {name: getattr(arrived, name) for name in HOOKS[hook].model_fields} == {
            name: None if name in without else getattr(event, name) for name in HOOKS[hook].model_fields
        }
        assert not any(b"PAT" in part for part in held) or "patient" not in without


@pytest.mark.parametrize(
    ("told", "parts", "reason"),
    [
        ({"type": "FeedDocument", "json": 0, "bytes": {}}, [b"{}"], "a type that is not allowed"),
        ({"type": "ShowMessage", "json": 0, "bytes": {}}, [b"{}"], "wrong in text"),
        ({"type": "ShowMessage", "json": 0, "bytes": {}}, [b'{"text":"a","more":1}'], "wrong in more"),
        ({"type": "ShowMessage", "json": 0, "bytes": {"text": 0}}, [b'{"text":"a"}'], "other fields of bytes"),
        ({"type": "ShowMessage", "json": 7, "bytes": {}}, [b"{}"], "not described"),
        ({"type": "ShowMessage", "json": "0", "bytes": {}}, [b"{}"], "not described"),
        ({"type": "ShowMessage"}, [b"{}"], "not described"),
        ({"type": None}, [b"{}"], "a type that is not allowed"),
        ({"type": "ShowMessage", "json": 0, "bytes": []}, [b"{}"], "not described"),
        ({"type": "ShowMessage", "json": 0, "bytes": {}}, [b"[" * 100_000], "wrong in itself"),
    ],
)
def test_an_answer_that_is_none_is_refused_without_its_words(told: Any, parts: list[bytes], reason: str) -> None:
    with pytest.raises(ValueRefused, match=reason):
        answer_of("on_patient_opened", told, parts)


@given(st.binary(min_size=8, max_size=200))
def test_whatever_a_worker_writes_is_a_frame_or_refused(data: bytes) -> None:
    head, rest = data[: frames.HEAD_SIZE], data[frames.HEAD_SIZE :]
    try:
        assert len(rest) >= 0
        left = frames.left(head, 1000)
        told, _ = frames.unpack(head, rest[:left].ljust(left, b"\0"))
    except frames.FrameRefused:
        return
    assert isinstance(told, dict)


@given(
    st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=20) | st.integers()),
    st.lists(st.binary(max_size=50), max_size=5),
)
def test_a_frame_gives_back_what_was_packed(head: dict[str, Any], parts: list[bytes]) -> None:
    assert crossed(frames.pack(head, parts)) == (json.loads(json.dumps(head)), parts)


def test_a_frame_larger_than_allowed_is_refused_by_its_first_bytes() -> None:
    with pytest.raises(frames.FrameRefused, match="a frame of 1000 bytes, at most 999"):
        frames.left((1).to_bytes(4, "big") + (1000).to_bytes(4, "big"), 999)


@pytest.mark.parametrize(
    "name", ["dmp_core.services", "dmp_core.outbox.sqlite", "dmp_core.plughost.host", "dmp_core.ports"]
)
def test_the_core_s_services_cannot_be_imported_in_a_worker(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="it is no part of the api"):
        OnlyThese({"dmp_core": "/"}).find_spec(name)


def test_nothing_of_the_core_that_a_worker_may_import_opens_a_store_or_a_socket() -> None:
    forbidden = {
        "dmp_core.services",
        "dmp_core.outbox",
        "dmp_core.transport",
        "dmp_core.app",
        "dmp_core.config",
        "dmp_core.audit",
    }

    assert not any(module == each or each.startswith(f"{module}.") for module in CORE for each in forbidden)
