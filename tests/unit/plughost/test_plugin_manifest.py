"""What a `dmp-plugin.toml` may say, and what is refused with which words."""

from pathlib import Path

import pytest

from dmp_core.errors import PluginRefused
from dmp_core.model.document import FeedPolicy
from dmp_core.plughost import manifest
from dmp_core.plughost.hooks import ANSWERS, HOOKS, Read, hidden_fields
from dmp_core.plughost.manifest import Kind

GOOD = """
id = "lgo_one"
version = "1.2.0"
kind = "adapter"
api = ["1.0", "2.0"]
hooks = ["on_patient_opened", "resolve_host_event"]
reads = ["patient", "content"]

[policies]
note-vaccination = "window"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "dmp-plugin.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_whole_manifest_is_read(tmp_path: Path) -> None:
    told = manifest.read(written(tmp_path, GOOD))

    assert told.id == "lgo_one"
    assert told.kind is Kind.ADAPTER
    assert told.hooks == ("on_patient_opened", "resolve_host_event")
    assert told.reads == {Read.PATIENT, Read.CONTENT}
    assert told.policies == {"note-vaccination": FeedPolicy.WINDOW}


@pytest.mark.parametrize(
    ("written_so", "instead", "reason"),
    [
        ('api = ["1.0", "2.0"]', 'api = ["2.0"]', "none of the api versions"),
        (
            '"on_patient_opened"',
            '"on_patient_openned"',
            "unknown hook: on_patient_openned; did you mean on_patient_opened?",
        ),
        ('"on_patient_opened", ', '"resolve_host_event", ', "named twice"),
        ('kind = "adapter"', 'kind = "document"', "belong to adapters"),
        ('kind = "adapter"', 'kind = "spy"', "kind: 'spy' is none of 'adapter', 'document' or 'host'"),
        ('reads = ["patient", "content"]', 'reads = ["patient"]', "unless reads holds 'content'"),
        ('reads = ["patient", "content"]', 'reads = ["outbox"]', "reads.0: 'outbox' is none of 'patient', 'who'"),
        ('= "window"', '= "at night"', "policies.note-vaccination"),
        ('id = "lgo_one"', 'id = "../lgo"', "id: '../lgo' is not 2 to 40 of a-z, 0-9 and _"),
        ('id = "lgo_one"', 'id = "lgo_one"\nnetwork = true', "network is no field of it"),
        ('id = "lgo_one"', 'id = "lgo_one"\nhook = []', "hook is no field of it; did you mean hooks?"),
        ('kind = "adapter"\n', "", "kind is missing"),
        ('id = "lgo_one"', "id = ", "not TOML"),
    ],
)
def test_a_wrong_manifest_is_refused_with_the_reason(
    tmp_path: Path, written_so: str, instead: str, reason: str
) -> None:
    assert written_so in GOOD
    file = written(tmp_path, GOOD.replace(written_so, instead))

    with pytest.raises(PluginRefused) as refusal:
        manifest.read(file)

    assert reason in refusal.value.detail


def test_settings_are_completed_by_their_defaults_and_held_to_their_types(tmp_path: Path) -> None:
    settings = '[settings.label]\ntype = "string"\ndefault = "Officine"\n[settings.delay]\ntype = "integer"\n'
    told = manifest.read(written(tmp_path, GOOD + settings))

    assert told.settings_from({"delay": 3}) == {"label": "Officine", "delay": 3}
    for wrong, reason in (({}, "delay"), ({"delay": True}, "delay"), ({"delay": 3, "colour": "red"}, "colour")):
        with pytest.raises(PluginRefused, match=reason):
            told.settings_from(wrong)


def test_settings_that_no_manifest_declares_are_passed_as_they_come(tmp_path: Path) -> None:
    told = manifest.read(written(tmp_path, GOOD))

    assert told.settings_from({"anything": [1]}) == {"anything": [1]}


def test_every_hook_of_the_api_has_its_answers() -> None:
    assert ANSWERS.keys() == HOOKS.keys()


def test_a_plugin_that_reads_nothing_sees_no_person() -> None:
    assert hidden_fields("resolve_document", frozenset()) == ("content", "patient", "who")
    assert hidden_fields("on_document_saved", frozenset({Read.PATIENT})) == ("content",)
    assert hidden_fields("on_patient_closed", frozenset()) == ("host_id",)
    assert hidden_fields("on_feed_finished", frozenset()) == ()
