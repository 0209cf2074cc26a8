"""What plugins return is rebuilt from the api's own types, or refused without showing a value."""

from datetime import date, timedelta
from typing import Any

import pytest

from dmp_core.api import (
    Act,
    AskFeedWindow,
    CdaBody,
    ConsultRecord,
    FeedDocument,
    Hold,
    PatientClosed,
    PdfBody,
    SavedDocument,
    ShowMessage,
)
from dmp_core.plughost.answers import AnswerRefused, checked


class Louder(ShowMessage):
    """A subclass: it could behave as it likes."""


def test_actions_of_the_hook_pass_in_a_list_or_a_tuple() -> None:
    assert checked("on_patient_opened", [ConsultRecord()]) == (ConsultRecord(),)
    assert checked("on_document_saved", (FeedDocument(), AskFeedWindow())) == (FeedDocument(), AskFeedWindow())
    assert checked("on_feed_finished", []) == ()


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("on_patient_opened", "show a message"),
        ("on_patient_opened", ShowMessage(text="alone")),
        ("on_patient_opened", {"action": 1}),
        ("on_patient_opened", iter([ConsultRecord()])),
        ("on_patient_opened", [42]),
        ("on_patient_opened", [FeedDocument()]),
        ("on_patient_opened", [Louder(text="x")]),
        ("on_patient_opened", [ConsultRecord()] * 101),
        ("on_patient_opened", [ShowMessage.model_construct(text="x" * 100_000)]),
        ("on_document_saved", [Hold.model_construct(duration=timedelta(days=9999))]),
        ("on_document_saved", [Hold.model_construct()]),
        ("resolve_document", b"%PDF-1.7"),
        ("resolve_document", PdfBody(act=Act(start=date(2026, 1, 1)), pdf=bytes(10_000_001))),
        ("resolve_document", CdaBody.model_construct(act=Act.model_construct(start="soon"), structured_body=b"<a/>")),
        ("resolve_host_event", [ConsultRecord()]),
        ("resolve_host_event", [SavedDocument.model_construct(key="k", record="r", type_id="t", content={})]),
        ("provide_document_types", ["note-vaccination"]),
        ("provide_ui", "menu"),
    ],
)
def test_anything_else_is_refused(hook: str, answer: Any) -> None:
    with pytest.raises(AnswerRefused):
        checked(hook, answer)


def test_a_refusal_names_types_and_fields_and_no_value() -> None:
    secret = ShowMessage.model_construct(text="", level="DURAND")

    with pytest.raises(AnswerRefused) as refusal:
        checked("on_patient_closed", [secret])

    assert str(refusal.value) == "ShowMessage of on_patient_closed is wrong in level, text"


def test_an_event_keeps_its_fields() -> None:
    assert checked("resolve_host_event", [PatientClosed(host_id="P1")]) == (PatientClosed(host_id="P1"),)
