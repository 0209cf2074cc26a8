"""The facade: types and their owners, policies, adapters, and what reaches whoever asked."""

import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dmp_core.api import (
    ConsultRecord,
    DocumentWanted,
    FeedPolicy,
    HostEvent,
    Operator,
    Patient,
    PatientClosed,
    PatientOpened,
    PatientUpdated,
    PdfBody,
    Practitioner,
    Sex,
    Structure,
    Traits,
    Who,
)
from dmp_core.errors import ContentInvalid, MessageInvalid, PluginAbsent, PluginAmbiguous, PluginFailed, PluginRefused
from dmp_core.plughost.guard import Status
from dmp_core.plughost.host import PluginHost

DOCUMENT = """
from datetime import date
CODE = Code(code="x", system="1.2")
def typed(name):
    return DocumentType(id=name, label=name, type_code=CODE, class_code=CODE, format_code=CODE)
@hookimpl
def provide_document_types(event, ctx):
    return [typed(name) for name in TYPES]
@hookimpl
def resolve_document(event, ctx):
    return BODY(event, ctx)
"""
PDF = "BODY = lambda event, ctx: PdfBody(act=Act(start=date(2026, 1, 1)), pdf=event.content)\n"
HOOKS = ("provide_document_types", "resolve_document")
WANTED = DocumentWanted(
    item="i1",
    type_id="note",
    content=b"%PDF",
    patient=Patient(
        host_id="P1",
        traits=Traits(
            birth_name="PAT",
            birth_given_names="A",
            first_birth_given_name="A",
            sex=Sex.MALE,
            birth_date=date(1990, 1, 1),
        ),
    ),
    who=Who(
        structure=Structure(national_id="1750000001", name="Pharmacie"),
        operator=Operator(id="op"),
        author=Practitioner(national_id="899700000001", family="F", given="G", profession="21"),
    ),
)

Host = Callable[..., PluginHost]


@pytest.fixture
def document(shelf: Any) -> Callable[..., None]:
    """A document plugin on the shelf: `document("doc_one", ["note"], body=...)`."""

    def install(name: str, types: list[str], body: str = PDF) -> None:
        code = f"TYPES = {types}\n{DOCUMENT}{body}"
        shelf.install(name, code, hooks=HOOKS, kind="document", reads=["content"])

    return install


def test_only_configured_plugins_are_imported_and_only_when_called(shelf: Any, host: Host, state: Any) -> None:
    sound = "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n"
    shelf.install("wanted", sound)
    shelf.install("bystander", "raise SystemExit\n")
    plugins = host("wanted")
    before = "wanted" in sys.modules

    actions = plugins.announce(PatientOpened())

    assert not before
    assert actions == (("wanted", ConsultRecord()),)
    assert "bystander" not in sys.modules
    assert (state(plugins, "bystander").status, state(plugins, "bystander").reason) == (Status.FOUND, "")


def test_an_enabled_plugin_that_is_not_installed_is_named(host: Host, state: Any) -> None:
    plugins = host("doc_missing")

    assert state(plugins, "doc_missing").status is Status.REFUSED
    assert "not installed" in state(plugins, "doc_missing").reason


def test_plugins_answer_in_the_order_of_the_configuration(shelf: Any, host: Host) -> None:
    for name in ("alpha", "beta", "gamma"):
        shelf.install(name, "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n")

    order = [plugin for plugin, _ in host("gamma", "alpha", "beta").announce(PatientOpened())]

    assert order == ["gamma", "alpha", "beta"]


def test_settings_that_the_manifest_does_not_know_stop_that_plugin_alone(shelf: Any, host: Host, state: Any) -> None:
    shelf.install("tuned", more='[settings.level]\ntype = "integer"\ndefault = 1\n')
    shelf.install("sound", "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n")
    plugins = host("tuned", "sound", settings={"tuned": {"colour": "red"}})

    assert plugins.announce(PatientOpened()) == (("sound", ConsultRecord()),)
    assert state(plugins, "tuned").reason == "tuned has no setting colour"


def test_a_type_is_resolved_by_the_plugin_that_brings_it(document: Any, host: Host) -> None:
    document("doc_one", ["note", "bilan"])
    document("doc_two", ["entretien"])
    plugins = host("doc_one", "doc_two")

    body, name = plugins.resolve("note", WANTED)

    assert isinstance(body, PdfBody) and body.pdf == b"%PDF"
    assert name == "doc_one 1.0.0"
    assert {type_id: found.plugin for type_id, found in plugins.types().items()} == {
        "note": "doc_one",
        "bilan": "doc_one",
        "entretien": "doc_two",
    }


def test_a_type_that_nobody_brings_is_absent(host: Host) -> None:
    plugins = host()

    with pytest.raises(PluginAbsent):
        plugins.resolve("note", WANTED)
    with pytest.raises(PluginAbsent):
        plugins.policy("note")


def test_a_type_that_two_bring_starts_in_neither_and_both_are_named(document: Any, host: Host, state: Any) -> None:
    document("doc_one", ["note", "bilan"])
    document("doc_two", ["note"])
    plugins = host("doc_one", "doc_two")

    with pytest.raises(PluginAmbiguous) as ambiguity:
        plugins.resolve("note", WANTED)

    assert "note is brought by doc_one and doc_two" in ambiguity.value.detail
    assert '[documents.plugins] note = "doc_one"' in ambiguity.value.detail
    assert plugins.types().keys() == {"bilan"}
    for plugin in ("doc_one", "doc_two"):
        assert "note is brought by doc_one and doc_two" in state(plugins, plugin).reason


def test_the_configuration_chooses_between_two(document: Any, host: Host) -> None:
    document("doc_one", ["note"])
    document("doc_two", ["note"])
    plugins = host("doc_one", "doc_two", choices={"note": "doc_two"})

    assert plugins.resolve("note", WANTED)[1] == "doc_two 1.0.0"


def test_a_choice_of_a_plugin_that_is_not_there_is_not_replaced_by_another(document: Any, host: Host) -> None:
    document("doc_one", ["note"])

    with pytest.raises(PluginAbsent):
        host("doc_one", choices={"note": "doc_gone"}).resolve("note", WANTED)


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("BODY = lambda event, ctx: None\n", PluginFailed, "gave no document"),
        ("BODY = lambda event, ctx: 1 / 0\n", PluginFailed, "doc_one 1.0.0: resolve_document: ZeroDivisionError"),
        ("BODY = lambda event, ctx: event.patient.host_id\n", PluginFailed, "AttributeError"),
        ("BODY = lambda event, ctx: b'%PDF'\n", PluginFailed, "gave bytes, allowed: PdfBody, CdaBody"),
    ],
)
def test_who_asks_for_a_document_hears_why_there_is_none(
    document: Any, host: Host, body: str, error: type[Exception], words: str
) -> None:
    document("doc_one", ["note"], body)

    with pytest.raises(error, match=words):
        host("doc_one").resolve("note", WANTED)


def test_content_that_the_plugin_refuses_is_no_failure_of_the_plugin(document: Any, host: Host, state: Any) -> None:
    refuses = (
        "def BODY(event, ctx):\n"
        "    finding = Finding('vaccin.lot', 'missing', 'Renseignez le lot.')\n"
        "    raise ContentInvalid('vaccin.lot', findings=(finding, 42))\n"
    )
    document("doc_one", ["note"], refuses)
    plugins = host("doc_one")

    for _ in range(4):
        with pytest.raises(ContentInvalid) as refusal:
            plugins.resolve("note", WANTED)

    assert refusal.value.detail == "vaccin.lot"
    assert [finding.path for finding in refusal.value.findings] == ["vaccin.lot"]
    assert state(plugins, "doc_one").status is Status.ENABLED
    assert state(plugins, "doc_one").failures == 0


def test_a_plugin_in_quarantine_says_so_to_whoever_asks(document: Any, host: Host) -> None:
    document("doc_one", ["note"], "BODY = lambda event, ctx: 1 / 0\n")
    plugins = host("doc_one")
    for _ in range(3):
        with pytest.raises(PluginFailed):
            plugins.resolve("note", WANTED)

    with pytest.raises(PluginFailed, match="3 failures in a row"):
        plugins.resolve("note", WANTED)


ADAPTER = """
@hookimpl
def resolve_host_event(event, ctx):
    if event.name == "ferme":
        return [PatientClosed(host_id=event.payload["id"])]
    if event.name == "mauvais":
        raise ContentInvalid("patient.nom: missing")
    if event.name == "panne":
        1 / 0
@hookimpl
def provide_ui(event, ctx):
    return Ui(host="Un LGO", menus=())
"""


@pytest.fixture
def adapter(shelf: Any) -> Callable[..., None]:
    """An adapter on the shelf."""

    def install(name: str, policies: str = "", code: str = ADAPTER) -> None:
        hooks = ("resolve_host_event", "provide_ui")
        shelf.install(name, code, hooks=hooks, kind="adapter", reads=["content"], more=f"[policies]\n{policies}\n")

    return install


def test_the_adapter_reads_what_the_lgo_said(adapter: Any, host: Host) -> None:
    adapter("lgo_one")
    plugins = host("lgo_one")

    assert plugins.translate(HostEvent(name="ferme", payload={"id": "P1"})) == (PatientClosed(host_id="P1"),)
    assert plugins.translate(HostEvent(name="autre", payload={})) is None
    with pytest.raises(MessageInvalid, match=r"patient\.nom: missing"):
        plugins.translate(HostEvent(name="mauvais", payload={}))
    with pytest.raises(PluginFailed, match="ZeroDivisionError"):
        plugins.translate(HostEvent(name="panne", payload={}))
    ui = plugins.ui()
    assert ui is not None and ui.host == "Un LGO"


def test_an_adapter_that_cannot_start_is_refused_to_whoever_asks(adapter: Any, host: Host) -> None:
    adapter("lgo_one", code="raise SystemExit\n")

    with pytest.raises(PluginRefused, match="SystemExit"):
        host("lgo_one").translate(HostEvent(name="ferme", payload={}))


def test_without_an_adapter_nothing_is_read(host: Host) -> None:
    plugins = host()

    assert plugins.translate(HostEvent(name="ferme", payload={})) is None
    assert plugins.ui() is None


def test_two_adapters_without_a_choice_start_neither(adapter: Any, host: Host, state: Any) -> None:
    adapter("lgo_one")
    adapter("lgo_two")
    plugins = host("lgo_one", "lgo_two")

    assert plugins.ui() is None
    for plugin in ("lgo_one", "lgo_two"):
        assert state(plugins, plugin).status is Status.REFUSED
        assert "none is chosen: lgo_one, lgo_two" in state(plugins, plugin).reason


def test_the_chosen_adapter_starts_alone(adapter: Any, host: Host, state: Any) -> None:
    adapter("lgo_one")
    adapter("lgo_two")
    plugins = host("lgo_one", "lgo_two", adapter="lgo_two")

    assert plugins.ui() is not None
    assert state(plugins, "lgo_two").calls == 1
    assert (state(plugins, "lgo_one").status, state(plugins, "lgo_one").reason) == (
        Status.FOUND,
        "another adapter is active: lgo_two",
    )


def test_the_configuration_s_policy_goes_before_the_adapter_s_and_the_type_s(
    adapter: Any, document: Any, host: Host
) -> None:
    adapter("lgo_one", 'note = "window"\nbilan = "window"')
    document("doc_one", ["note", "bilan", "entretien"])
    plugins = host("lgo_one", "doc_one", policies={"bilan": FeedPolicy.MANUAL})

    policies = {type_id: plugins.policy(type_id) for type_id in ("note", "bilan", "entretien")}

    assert policies == {"note": FeedPolicy.WINDOW, "bilan": FeedPolicy.MANUAL, "entretien": FeedPolicy.AUTOMATIC}


def test_an_event_that_no_hook_tells_of_reaches_nobody(host: Host) -> None:
    assert host().announce(PatientUpdated()) == ()


def test_a_closed_host_calls_nobody(shelf: Any, host: Host) -> None:
    shelf.install("sound", "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n")
    plugins = host("sound")

    plugins.close()

    assert plugins.announce(PatientOpened()) == ()
