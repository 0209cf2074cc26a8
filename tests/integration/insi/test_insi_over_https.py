"""The client and the simulated INSi over HTTPS with client certificates: the whole way of a search."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from dmp_core.errors import (
    DmpError,
    IdentityMarked,
    InsiBusy,
    InsiOtherRefusal,
    InsiSoftwareRefused,
    TransportError,
)
from dmp_core.identity import traits
from dmp_core.identity.insi_query import InsiCode
from dmp_core.model.access import Mode
from dmp_core.model.identity import IdentityMark, IdentityStatus, Ins
from dmp_core.model.ins_rules import after_insi, marked
from dmp_core.model.oids import InsOid
from dmp_core.simulator.insi import unavailable
from dmp_core.simulator.interference import Dropped

# what the host knows -> CodeCR, searches made, first 7 characters of the INS
SEARCHES = {
    "alone": (("PAT-TROIS", "DOMINIQUE", "F", "1979-03-28"), "00", 1, "2790351"),
    "as people write": (("Pat-Troïs", "Dominique", "F", "1979-03-28"), "00", 1, "2790351"),
    "twin": (("TEST-JUMEAU", "ANNA ROSE", "F", "2004-02-29", "69123"), "00", 1, "2040269"),
    "homonym by given names": (("TEST-HOMONYME", "JEAN LOUIS", "M", "1965-05-12"), "00", 2, "1650533"),
    "homonym, one given name": (("TEST-HOMONYME", "JEAN", "M", "1965-05-12"), "02", 1, None),
    "homonym by birthplace": (("TEST-VOISINE", "MARIE ANNE", "F", "1970-11-03", "59350"), "00", 3, "2701159"),
    "nobody can tell": (("TEST-SOSIE", "LUC", "M", "1988-07-19", "44109"), "02", 2, None),
    "composed": (("Test d’Herbès--Nuñez", "Anne-Sophie L’Or", "F", "1995-09-17"), "00", 1, "2950931"),
    "Corsica": (("TEST-CORSE", "ANTHONY", "M", "1980-03-02", "2B020"), "00", 1, "180032B"),
    "abroad, day unknown": (("TEST-ETRANGER", "KARIM", "M", "1950-12-31", "99352"), "00", 1, "1501299"),
    "unknown": (("PAT-PERSONNE", "DOMINIQUE", "F", "1979-03-28"), "01", 1, None),
    "other sex": (("PAT-TROIS", "DOMINIQUE", "M", "1979-03-28"), "01", 1, None),
    "second name first": (("PAT-TROIS", "MARIE-LOUISE", "F", "1979-03-28"), "01", 1, None),
}


@pytest.mark.parametrize(("known", "code", "asked", "number"), SEARCHES.values(), ids=SEARCHES)
def test_a_search_finds_whom_it_should(
    known: tuple[Any, ...],
    code: str,
    asked: int,
    number: str | None,
    make_client: Callable,
    make_caller: Callable,
    make_patient: Callable,
    logged: Callable,
) -> None:
    answer = make_client().search(make_patient(*known), make_caller(Mode.INDIRECT))

    assert answer.code == code
    assert (answer.identity.ins.value[:7] if answer.identity else None) == number
    assert [event["attempt"] for event in logged("insi.searched")] == list(range(1, asked + 1))


@pytest.mark.parametrize("mode", Mode)
def test_each_mode_is_let_in(mode: Mode, make_client: Callable, make_caller: Callable, make_patient: Callable) -> None:
    patient = make_patient("PAT-TROIS", "DOMINIQUE", "F", "1979-03-28")

    assert make_client(mode).search(patient, make_caller(mode)).code is InsiCode.FOUND


def test_a_validated_identity_that_insi_knows_is_qualified_with_its_history(
    make_client: Callable, make_caller: Callable, make_patient: Callable
) -> None:
    patient = make_patient("Test Historique", "Pierre-Alain", "M", "2009-07-14")
    validated = patient.model_copy(update={"status": IdentityStatus.VALIDEE})

    unknown = make_client().search(validated, make_caller(Mode.INDIRECT))
    spelt = make_patient("Test-Historique", "Pierre-Alain", "M", "2009-07-14")
    found = make_client().search(spelt, make_caller(Mode.INDIRECT)).identity

    assert unknown.code is InsiCode.NOT_FOUND  # a hyphen counts for INSi, not for the comparison
    assert found is not None
    assert traits.with_insi(validated.traits, found) is None
    qualified = after_insi(validated, found)
    assert qualified.status is IdentityStatus.QUALIFIEE
    assert qualified.traits.birth_given_names == "PIERRE-ALAIN MURIEL FLORIAN"
    assert [(past.ins.value[:7], past.until) for past in qualified.ins_history] == [
        ("2090763", date(2019, 2, 28)),
        ("7090799", None),
    ]


@pytest.mark.parametrize(
    ("change", "agrees"),
    [({}, True), ({"birth_date": date(1979, 3, 29)}, False), ({"birth_place_code": "51216"}, False)],
    ids=str,
)
@pytest.mark.parametrize("mode", [Mode.INDIRECT, Mode.DIRECT])
def test_an_ins_is_verified_with_its_traits(
    mode: Mode,
    change: dict[str, Any],
    agrees: bool,
    make_client: Callable,
    make_caller: Callable,
    make_patient: Callable,
) -> None:
    patient = make_patient("PAT-TROIS", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215")
    ins = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
    changed = patient.traits.model_copy(update=change)

    verified = make_client(mode).verify(patient.model_copy(update={"traits": changed, "ins": ins}), make_caller(mode))

    assert verified is agrees


def test_a_doubtful_identity_reaches_no_wire(
    make_client: Callable, make_caller: Callable, make_patient: Callable, logged: Callable
) -> None:
    patient = marked(make_patient("PAT-TROIS", "DOMINIQUE", "F", "1979-03-28"), frozenset({IdentityMark.DOUTEUX}))

    with pytest.raises(IdentityMarked):
        make_client().search(patient, make_caller(Mode.INDIRECT))

    assert logged("simulator.answered") == []


@pytest.mark.parametrize(
    ("changes", "caller_mode", "error", "origin"),
    [
        ({"idam": "INCONNU"}, Mode.INDIRECT, InsiSoftwareRefused, "siram_100/desir_550"),
        ({"message_id_prefix": ""}, Mode.INDIRECT, InsiOtherRefusal, "siram_20/insi_201"),
    ],
    ids=str,
)
def test_a_software_that_insi_does_not_know_is_told_so(
    changes: dict[str, Any],
    caller_mode: Mode,
    error: type[DmpError],
    origin: str,
    make_client: Callable,
    make_caller: Callable,
    make_patient: Callable,
) -> None:
    with pytest.raises(error) as refused:
        make_client(**changes).search(
            make_patient("PAT-TROIS", "DOMINIQUE", "F", "1979-03-28"), make_caller(caller_mode)
        )

    assert refused.value.origin == origin


@pytest.mark.parametrize(
    ("connection", "caller"),
    [(Mode.INDIRECT, Mode.AIR), (Mode.DIRECT, Mode.INDIRECT), (Mode.DIRECT, Mode.AIR)],
    ids=["structure without billing number", "card without assertion", "card that says PSC"],
)
def test_who_does_not_say_who_they_are_is_refused(
    connection: Mode, caller: Mode, make_client: Callable, make_caller: Callable, make_patient: Callable
) -> None:
    client = make_client(connection, billing_id="" if connection is Mode.INDIRECT else "992000001")

    with pytest.raises(InsiOtherRefusal) as refused:
        client.search(make_patient("PAT-TROIS", "DOMINIQUE", "F", "1979-03-28"), make_caller(caller))

    assert refused.value.origin == "siram_101/desir_551"


def test_an_outage_of_the_registers_is_transient(
    insi: Any, make_client: Callable, make_caller: Callable, make_patient: Callable
) -> None:
    insi.fault.instead = unavailable()
    try:
        with pytest.raises(InsiBusy) as refused:
            make_client().search(make_patient("PAT-TROIS", "DOMINIQUE", "F", "1979-03-28"), make_caller(Mode.INDIRECT))
    finally:
        insi.fault.instead = None

    assert (refused.value.origin, refused.value.transient) == ("siram_40/insi_102", True)


def test_a_broken_line_is_an_error_of_the_network(
    insi: Any, make_client: Callable, make_caller: Callable, make_patient: Callable
) -> None:
    insi.fault.raised = Dropped()
    try:
        with pytest.raises(TransportError):
            make_client().search(make_patient("PAT-TROIS", "DOMINIQUE", "F", "1979-03-28"), make_caller(Mode.INDIRECT))
    finally:
        insi.fault.raised = None


def test_nothing_of_the_patient_is_logged(
    make_client: Callable, make_caller: Callable, make_patient: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="dmp")
    canary = SimpleNamespace(name="TEST-HISTORIQUE", given="PIERRE-ALAIN", born="2009-07-14")

    make_client().search(make_patient(canary.name, canary.given, "M", canary.born), make_caller(Mode.INDIRECT))

    said = " ".join(record.getMessage() for record in caplog.records if record.name == "dmp")
    assert "insi.searched" in said
    assert not any(value in said for value in (canary.name, canary.given, canary.born, "1090763"))
