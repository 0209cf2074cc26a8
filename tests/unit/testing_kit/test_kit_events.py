"""The corpus: every hook has its events, every value of their people is a canary, an author adds their own."""

from pathlib import Path

import pytest

from dmp_core.api import HostEvent, PatientOpened
from dmp_core.errors import PluginRefused
from dmp_core.plughost.hooks import HOOKS
from dmp_core.testing.events import CANARY, NAMES, Corpus, canaries_of, read_own, texts_of

ROOT = Path(__file__).resolve().parents[3]


def test_every_hook_has_an_event_of_the_corpus() -> None:
    assert {case.hook for case in Corpus().cases} == set(HOOKS)
    assert len(NAMES) == len(HOOKS)


def test_each_fact_is_an_attribute() -> None:
    event = Corpus().patient_opened

    assert isinstance(event, PatientOpened) and event.patient == CANARY
    with pytest.raises(AttributeError):
        _ = Corpus().no_such_event


@pytest.mark.parametrize("canary", canaries_of(CANARY))
def test_a_canary_stands_in_no_source(canary: str) -> None:
    sources = [file for file in (ROOT / "dmp_core").rglob("*.py") if file.name != "events.py"]

    assert not [file.name for file in sources if canary in file.read_text(encoding="utf-8")]


def test_the_events_of_an_author_get_the_canary_for_a_patient(tmp_path: Path) -> None:
    (tmp_path / "ouvert.json").write_text('{"host-event": {"name": "a", "payload": {"nom": "$birth_name"}}}')

    (case,) = read_own(tmp_path)

    assert isinstance(case.event, HostEvent)
    assert (case.name, case.event.payload) == ("ouvert", {"nom": CANARY.traits.birth_name})
    assert CANARY.traits.birth_name in case.canaries


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"no-event": {}}', '{"host-event": {"name": ""}}', '{"a": {}, "b": {}}', '{"host-event": 1}'],
)
def test_a_wrong_event_of_an_author_is_named_by_its_file(text: str, tmp_path: Path) -> None:
    (tmp_path / "faux.json").write_text(text)

    with pytest.raises(PluginRefused, match=r"faux\.json"):
        read_own(tmp_path)


def test_free_texts_are_those_of_three_words() -> None:
    content = {"date": "2026-01-15", "motif": "Fatigue depuis hier", "liste": ["un deux trois", "seul"], "n": 3}

    assert list(texts_of(content)) == ["Fatigue depuis hier", "un deux trois"]
