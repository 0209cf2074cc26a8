"""The life of an identity: every status with every fact (Guide INS v3.0; `dmp_protocol.md` 8.1)."""

from collections.abc import Callable
from datetime import date

import pytest

from dmp_core.errors import IdentityDocumentRefused, IdentityMarked, MarksConflict
from dmp_core.model.identity import (
    IdentityDocumentKind,
    IdentityMark,
    IdentityStatus,
    Ins,
    PastIns,
    Patient,
    Sex,
)
from dmp_core.model.ins_rules import after_document, after_insi, after_refusal, marked, with_traits
from dmp_core.model.oids import InsOid

PROVISOIRE, RECUPEREE, VALIDEE, QUALIFIEE = IdentityStatus
HOMONYME, DOUTEUX, FICTIF = IdentityMark
FORMER = Ins(value="181067511004222", oid=InsOid.NIR_TEST)

# status before, after an answer of INSi, after an identity document
TRANSITIONS = [
    (PROVISOIRE, RECUPEREE, VALIDEE),
    (RECUPEREE, RECUPEREE, QUALIFIEE),
    (VALIDEE, QUALIFIEE, VALIDEE),
    (QUALIFIEE, QUALIFIEE, QUALIFIEE),
]


@pytest.mark.parametrize(("before", "insi", "document"), TRANSITIONS)
def test_insi_and_an_identity_document_each_raise_the_status(
    before: IdentityStatus,
    insi: IdentityStatus,
    document: IdentityStatus,
    make_patient: Callable,
    make_certified: Callable,
    make_document: Callable,
) -> None:
    patient = make_patient(before)

    assert after_insi(patient, make_certified()).status is insi
    assert after_document(patient, make_document()).status is document


def test_only_a_qualified_identity_lends_its_ins(
    make_patient: Callable, make_certified: Callable, make_document: Callable
) -> None:
    recovered = after_insi(make_patient(), make_certified())

    assert recovered.ins is not None
    assert recovered.qualified_ins is None
    assert after_document(recovered, make_document()).qualified_ins == recovered.ins


def test_who_saw_which_document_and_when_is_kept(make_patient: Callable, make_document: Callable) -> None:
    seen = make_document(IdentityDocumentKind.PASSEPORT)

    assert after_document(make_patient(), seen).document == seen


@pytest.mark.parametrize("kind", ["PC", "CE", "CC", "CM", "TC"])
def test_a_document_of_less_confidence_validates_nothing(
    kind: str, make_patient: Callable, make_document: Callable
) -> None:
    with pytest.raises(IdentityDocumentRefused):
        after_document(make_patient(), make_document(IdentityDocumentKind(kind)))


def test_a_structure_chooses_the_documents_that_it_trusts(make_patient: Callable, make_document: Callable) -> None:
    licence = make_document(IdentityDocumentKind.PERMIS_CONDUIRE)

    validated = after_document(make_patient(), licence, trusted=frozenset({IdentityDocumentKind.PERMIS_CONDUIRE}))

    assert validated.status is VALIDEE


@pytest.mark.parametrize("mark", [DOUTEUX, FICTIF])
def test_douteux_and_fictif_take_status_ins_and_document_away(
    mark: IdentityMark, make_patient: Callable, make_document: Callable
) -> None:
    qualified = after_document(make_patient(RECUPEREE), make_document())

    forced = marked(qualified, frozenset({mark}))

    assert (forced.status, forced.ins, forced.ins_history, forced.document) == (PROVISOIRE, None, (), None)


@pytest.mark.parametrize("mark", [DOUTEUX, FICTIF])
def test_douteux_and_fictif_forbid_insi_and_documents(
    mark: IdentityMark, make_patient: Callable, make_certified: Callable, make_document: Callable
) -> None:
    patient = make_patient(marks={mark})

    with pytest.raises(IdentityMarked):
        after_insi(patient, make_certified())
    with pytest.raises(IdentityMarked):
        after_document(patient, make_document())


def test_homonyme_takes_nothing_away(make_patient: Callable, make_certified: Callable) -> None:
    qualified = make_patient(QUALIFIEE)

    namesake = marked(qualified, frozenset({HOMONYME}))

    assert namesake.qualified_ins == qualified.ins
    assert after_insi(namesake, make_certified()).status is QUALIFIEE


@pytest.mark.parametrize(
    ("marks", "allowed"),
    [
        (set(), True),
        ({HOMONYME}, True),
        ({DOUTEUX}, True),
        ({FICTIF}, True),
        ({DOUTEUX, HOMONYME}, True),
        ({DOUTEUX, FICTIF}, False),
        ({FICTIF, HOMONYME}, False),
        ({DOUTEUX, FICTIF, HOMONYME}, False),
    ],
)
def test_only_douteux_and_homonyme_go_together(marks: set[IdentityMark], allowed: bool, make_patient: Callable) -> None:
    if allowed:
        assert marked(make_patient(), frozenset(marks)).marks == marks
    else:
        with pytest.raises(MarksConflict):
            marked(make_patient(), frozenset(marks))


def test_a_lifted_doubt_gives_nothing_back(make_patient: Callable) -> None:
    lifted = marked(marked(make_patient(QUALIFIEE), frozenset({DOUTEUX})), frozenset())

    assert (lifted.status, lifted.ins) == (PROVISOIRE, None)


@pytest.mark.parametrize(
    "change",
    [
        {"birth_name": "PAT-QUATRE"},
        {"birth_name": "PAT TROIS"},
        {"birth_given_names": "DOMINIQUE"},
        {"first_birth_given_name": "DOMINIQUE MARIE-LOUISE"},
        {"sex": Sex.MALE},
        {"birth_date": date(1979, 3, 27)},
        {"birth_place_code": "51216"},
        {"birth_place_code": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("status", [RECUPEREE, VALIDEE, QUALIFIEE])
def test_a_corrected_strict_trait_makes_the_identity_provisional(
    status: IdentityStatus, change: dict[str, object], make_patient: Callable
) -> None:
    patient = make_patient(status)

    corrected = with_traits(patient, patient.traits.model_copy(update=change))

    assert (corrected.status, corrected.ins) == (PROVISOIRE, None)


@pytest.mark.parametrize(
    "change", [{"used_name": "DURAND"}, {"birth_place_name": "DOMPRÉMY"}, {"birth_name": "Pat-Troïs"}], ids=str
)
def test_names_in_use_accents_and_case_take_nothing_away(change: dict[str, str], make_patient: Callable) -> None:
    patient = make_patient(QUALIFIEE)

    corrected = with_traits(patient, patient.traits.model_copy(update=change))

    assert corrected.qualified_ins == patient.ins


def test_the_traits_of_insi_replace_those_of_the_host_but_names_in_use(
    make_patient: Callable, make_certified: Callable
) -> None:
    patient = make_patient(birth_given_names="Dominique", first_birth_given_name="Dominique", used_name="DURAND")

    recovered = after_insi(patient, make_certified()).traits

    assert (recovered.birth_given_names, recovered.first_birth_given_name) == ("DOMINIQUE MARIE-LOUISE", "DOMINIQUE")
    assert recovered.used_name == "DURAND"


@pytest.mark.parametrize(
    ("ours", "listed", "expected"),
    [
        ("JEAN PIERRE", "JEAN PIERRE LUC", "JEAN PIERRE"),
        ("Jean-Pierre", "JEAN PIERRE LUC", "JEAN PIERRE"),
        ("JEAN", "JEAN-PIERRE LUC", "JEAN-PIERRE"),
        ("LUC", "JEAN PIERRE", "JEAN"),
    ],
)
def test_the_first_given_name_is_found_in_the_list_of_insi(
    ours: str, listed: str, expected: str, make_patient: Callable, make_certified: Callable
) -> None:
    patient = make_patient(birth_given_names=ours, first_birth_given_name=ours)

    traits = after_insi(patient, make_certified(birth_given_names=listed)).traits

    assert traits.first_birth_given_name == expected


def test_a_document_seen_for_other_traits_qualifies_nobody(
    make_patient: Callable, make_certified: Callable, make_document: Callable
) -> None:
    validated = after_document(make_patient(birth_name="PAT-QUATRE"), make_document())

    recovered = after_insi(validated, make_certified())

    assert (recovered.status, recovered.document) == (RECUPEREE, None)


def test_the_history_of_insi_is_kept_and_what_it_forgets_too(make_patient: Callable, make_certified: Callable) -> None:
    told = PastIns(ins=Ins(value="180032B02040123", oid=InsOid.NIR_TEST), until=date(2019, 2, 28))
    patient = make_patient(RECUPEREE).model_copy(update={"ins": FORMER})

    once = after_insi(patient, make_certified(history=(told,)))
    again = after_insi(once, make_certified())

    assert once.ins_history == again.ins_history == (told, PastIns(ins=FORMER))


def test_the_ins_in_force_is_never_in_its_own_history(make_patient: Callable, make_certified: Callable) -> None:
    assert after_insi(make_patient(QUALIFIEE), make_certified()).ins_history == ()


def test_an_unconfirmed_ins_leaves_no_trace_in_the_history(make_patient: Callable, make_certified: Callable) -> None:
    patient = make_patient(PROVISOIRE).model_copy(update={"ins": FORMER})

    assert after_insi(patient, make_certified()).ins_history == ()


def test_a_patient_written_before_history_and_documents_can_still_be_read() -> None:
    text = (
        '{"host_id": "p", "traits": {"birth_name": "A", "birth_given_names": "B", "first_birth_given_name": "B",'
        ' "sex": "F", "birth_date": "1979-03-28"}, "status": "validee"}'
    )

    patient = Patient.model_validate_json(text)

    assert (patient.ins_history, patient.document) == ((), None)


def test_a_patient_comes_back_from_json_as_it_was(
    make_patient: Callable, make_certified: Callable, make_document: Callable
) -> None:
    certified = make_certified(history=(PastIns(ins=FORMER, since=date(2000, 1, 1)),))
    patient = after_document(after_insi(make_patient(), certified), make_document())

    assert Patient.model_validate_json(patient.model_dump_json()) == patient


@pytest.mark.parametrize(
    ("status", "seen", "after"),
    [
        (QUALIFIEE, True, VALIDEE),
        (QUALIFIEE, False, PROVISOIRE),
        (RECUPEREE, False, PROVISOIRE),
        (VALIDEE, True, VALIDEE),
    ],
)
def test_an_ins_that_insi_refuses_is_gone_and_a_document_seen_stays(
    status: IdentityStatus, seen: bool, after: IdentityStatus, make_patient: Callable, make_document: Callable
) -> None:
    document = make_document() if seen else None
    patient = make_patient(status).model_copy(update={"document": document})

    refused = after_refusal(patient)

    assert (refused.ins, refused.status, refused.document) == (None, after, document)
