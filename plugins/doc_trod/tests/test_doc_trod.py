"""The plugin as the core calls it, and its documents against the rules of ANS."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doc_trod
import pytest
from doc_trod.types import FORMAT, TROD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from dmp_core.api import (
    Address,
    CdaBody,
    ContentInvalid,
    Context,
    IdentityStatus,
    Ins,
    InsOid,
    Operator,
    Patient,
    Practitioner,
    Severity,
    Sex,
    Structure,
    Traits,
    TypesWanted,
    Who,
    value_set,
)
from dmp_core.documents import checks
from dmp_core.documents.metadata import derive
from dmp_core.plughost.manifest import read
from dmp_core.testing.composing import composed, resolved

Check = Callable[[bytes], list[Any]]

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
CONTEXT = Context(now=NOW)
AUTHOR = Practitioner(
    national_id="807655473259", family="DIDOT", given="Pierre", profession="21", section="A", civility="M", title="DR"
)
STRUCTURE = Structure(
    national_id="2801234567",
    name="Pharmacie des 4 cantons",
    address=Address(lines=("5 rue des 4 cantons",), postal_code="75005", city="PARIS"),
    telephone="0105584396",
)
WHO = Who(structure=STRUCTURE, operator=Operator(id="1"), author=AUTHOR)
PATIENT = Patient(
    host_id="1",
    traits=Traits(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE MARIE-LOUISE",
        first_birth_given_name="DOMINIQUE",
        used_name="PAT-TROIS",
        used_given_name="DOMINIQUE",
        sex=Sex.FEMALE,
        birth_date=date(1979, 3, 28),
        birth_place_code="51215",
        birth_place_name="DOMPREMY",
    ),
    ins=Ins(value="279035121518989", oid=InsOid.NIR_TEST),
    status=IdentityStatus.QUALIFIEE,
)


def result(exam: str, reading: str = "negatif", remark: str | None = "(texte libre)") -> dict[str, Any]:
    return {"examen": exam, "lecture": reading, "commentaire": remark}


def kit(maker: str, reference: str, batch: str, expiry: str, udi: str) -> dict[str, Any]:
    return {"fabricant": maker, "reference": reference, "lot": batch, "peremption": expiry, "udi": udi}


DONE: dict[str, Any] = {"date": "2024-01-06", "heure": "11:36:23", "consentement": True}
EXAMPLES: dict[str, dict[str, Any]] = {  # the facts of BIO-TROD_2024.01_*.xml
    "angine": DONE
    | {
        "test": "angine",
        "resultats": [result("streptocoque-a")],
        "dispositif": kit("Bionysex.", "8029", "B987654", "2025-12-31", "(01)03612345678903(17)251231(10)B987654"),
    },
    "cystite": DONE
    | {
        "test": "cystite",
        "resultats": [result("leucocytes"), result("nitrites")],
        "dispositif": kit(
            "AAZ-LMB.", "80-202", "CYST987654", "2027-06-30", "(01)05012345678902(17)270630(10)CYST987654"
        ),
    },
    "covid-19": DONE
    | {
        "test": "covid-19",
        "resultats": [result("sars-cov-2")],
        "dispositif": kit(
            "bioLytical Laboratories Inc.", "90-1112", "A12345", "2026-09-30", "(01)00686597200018(17)260930(10)A12345"
        ),
    },
    "covid-19-grippe": DONE
    | {
        "test": "covid-19-grippe",
        "resultats": [result("sars-cov-2"), result("grippe-a", "positif"), result("grippe-b")],
        "dispositif": kit("Fluxergy Inc.", "8029", "B54321", "2026-04-30", "(01)00850027856605(17)260430(10)B54321"),
    },
}
ANGINE = EXAMPLES["angine"]
BARE = ANGINE | {
    "resultats": [result("streptocoque-a", remark=None)],
    "dispositif": {"fabricant": "Bionysex", "reference": "8029", "lot": "B987654"},
}
EXAMS = {"angine": 1, "cystite": 2, "covid-19": 1, "covid-19-grippe": 3}
TITLES = {
    "angine": "Test rapide d'orientation diagnostique : TROD Angine",
    "cystite": "Test rapide d'orientation diagnostique : TROD Cystite",
    "covid-19": "Test rapide d'orientation diagnostique : TROD Covid-19",
    "covid-19-grippe": "Test rapide d'orientation diagnostique : TROD Covid 19 / Grippe A / Grippe B",
}
PATHOLOGIES = {
    "angine": ["J02.0"],
    "cystite": ["N30"],
    "covid-19": ["U07.1"],
    "covid-19-grippe": ["U07.1", "J09", "J10"],
}


def resolve(content: object, type_id: str = "trod") -> Any:
    return resolved(doc_trod, type_id, content, patient=PATIENT, who=WHO)


def document(content: object, who: Who = WHO, patient: Patient = PATIENT) -> bytes:
    """The CDA of a content, made as the core makes it."""
    return composed(TROD, resolve(content), patient=patient, who=who)


def errors(made: bytes) -> list[str]:
    return [str(finding) for finding in checks.check(made) if finding.severity is Severity.ERROR]


# ---------------------------------------------------------------- the type and its body


def test_the_type_has_its_official_codes() -> None:
    (only,) = doc_trod.provide_document_types(TypesWanted(), CONTEXT)

    assert (only.type_code.code, only.class_code.code, only.format_code.code) == ("96173-0", "52", FORMAT)
    assert only.practice_setting == value_set("J04").code("DEPISTAGE")
    assert all(value_set(name).concepts for name in only.value_sets)


@pytest.mark.parametrize("test", EXAMPLES)
def test_each_test_tells_its_title_its_results_and_what_it_screened_for(test: str) -> None:
    body = resolve(EXAMPLES[test])

    assert isinstance(body, CdaBody)
    assert body.title == TITLES[test]
    assert [code.code for code in body.act.codes] == PATHOLOGIES[test]
    assert [consent.code for consent in body.consents] == ["GEN-366"]
    assert body.structured_body.count(b"<observation") == EXAMS[test]


def test_results_stand_in_the_order_of_the_test() -> None:
    turned = EXAMPLES["cystite"] | {"resultats": list(reversed(EXAMPLES["cystite"]["resultats"]))}

    assert resolve(turned).structured_body == resolve(EXAMPLES["cystite"]).structured_body


def test_the_label_of_a_result_is_the_official_one() -> None:
    body = resolve(ANGINE | {"resultats": [result("streptocoque-a", "echantillon-insatisfaisant")]})

    assert "échantillon insatisfaisant pour l'évaluation" in body.structured_body.decode()


@pytest.mark.parametrize(
    ("udi", "issuer"),
    [
        ("(01)03612345678903(17)251231(10)B987654", "2.51.1.1"),
        ("0103612345678903", "2.51.1.1"),
        ("+A123BJC5D6E71G", "1.0.15961.10.816"),
        ("=/A9999XYZ100T0944", "2.16.840.1.113883.6.18.1.34"),
    ],
)
def test_the_issuer_of_a_udi_is_told_by_its_form(udi: str, issuer: str) -> None:
    body = resolve(ANGINE | {"dispositif": ANGINE["dispositif"] | {"udi": udi}})

    assert f'<id root="{issuer}" extension="{udi}"/>' in body.structured_body.decode()


def test_the_type_of_another_plugin_is_left_alone() -> None:
    assert resolve({}, "compte-rendu") is None


def test_the_manifest_is_accepted() -> None:
    assert read(Path(doc_trod.__file__).with_name("dmp-plugin.toml")).id == "doc_trod"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (ANGINE | {"date": "2026-02-30"}, "date"),
        (ANGINE | {"date": "2026-01-15", "heure": "10:31"}, "date"),
        (ANGINE | {"date": "1899-12-31"}, "date"),
        (ANGINE | {"heure": "11:36Z"}, "heure"),
        (ANGINE | {"test": "angines"}, "test"),
        (ANGINE | {"resultats": []}, "contenu"),
        (ANGINE | {"resultats": [result("nitrites")]}, "contenu"),
        (ANGINE | {"resultats": [result("streptocoque-a"), result("streptocoque-a")]}, "contenu"),
        (ANGINE | {"resultats": [result("streptocoque-a", "douteux")]}, "resultats.0.lecture"),
        (ANGINE | {"consentement": False}, "consentement"),
        (ANGINE | {"dispositif": {"fabricant": "Bionysex", "reference": "8029"}}, "dispositif.lot"),
        (ANGINE | {"dispositif": ANGINE["dispositif"] | {"udi": "B987654"}}, "dispositif.udi"),
        (ANGINE | {"conduite_a_tenir": " "}, "conduite_a_tenir"),
        (ANGINE | {"nom": "DUPONT"}, "nom"),
        (b"[]", "contenu"),
    ],
)
def test_wrong_content_is_refused_with_field_and_remedy(content: object, path: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(content)

    assert [finding.path for finding in refusal.value.findings] == [path]
    assert refusal.value.findings[0].remedy.endswith((".", ")."))


def test_every_field_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve({})

    paths = {finding.path for finding in refusal.value.findings}
    assert paths == {"date", "heure", "test", "resultats", "dispositif", "consentement"}


def test_a_refusal_holds_no_value() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(ANGINE | {"conduite_a_tenir": "SECRET" * 400, "test": "SECRET", "heure": "SECRET"})

    assert "SECRET" not in f"{refusal.value}{refusal.value.findings}"


# ---------------------------------------------------------------- the rules of ANS

OTHER = {"national_id": "810000000002", "family": "SECOND", "given": "Ève", "profession": "21", "section": "D"}
CASES = EXAMPLES | {
    "nothing optional": BARE,
    "the example of the type": TROD.example,
    "another pharmacist did it": ANGINE | {"realisateur": OTHER},
    "advice, no remark": BARE | {"conduite_a_tenir": "Consulter\nsous 48 h"},
}


@pytest.mark.oracle
@pytest.mark.parametrize("case", CASES)
def test_a_rapid_test_has_no_finding(ans: Check, case: str) -> None:
    made = document(CASES[case])

    assert ans(made) == []
    assert checks.check(made) == ()


@pytest.mark.oracle
def test_the_rules_see_a_reading_outside_the_value_set(ans: Check) -> None:
    made = document(ANGINE)

    assert ans(made.replace(b'code="260385009"', b'code="17621005"')) != []


def test_the_metadata_say_a_rapid_test() -> None:
    told = derive(document(ANGINE))

    assert (told.type_code.code, told.class_code.code, told.format_code.code) == ("96173-0", "52", FORMAT)
    assert told.practice_setting.code == "DEPISTAGE"
    assert told.service_start_time == "20240106103623"


LETTERS = st.sampled_from("AEIOUBDéèêëàâäçôöùûüÿœæÉÈÇŒ'’- &<>\"")
WORDS = st.text(LETTERS, min_size=1, max_size=60).map(lambda words: ("B" + words).strip())
LONG_WORDS = st.text(LETTERS, min_size=1, max_size=1500).map(lambda words: ("B" + words).strip())
DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 14)).map(date.isoformat)
READINGS = st.sampled_from(["positif", "negatif", "indetermine", "echantillon-insatisfaisant"])


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Any test of any person, done by any pharmacist; twins share their birth date."""
    first = draw(WORDS)
    traits = PATIENT.traits.model_copy(
        update={
            "birth_name": draw(WORDS),
            "birth_given_names": f"{first} {draw(WORDS)}"[:100].strip(),
            "first_birth_given_name": first,
            "used_name": draw(st.none() | WORDS),
            "birth_date": draw(st.sampled_from([date(1979, 3, 28), date(1900, 1, 1), date(2026, 1, 15)])),
        }
    )
    author = AUTHOR.model_copy(update={"family": draw(WORDS), "given": draw(WORDS), "title": None})
    structure = STRUCTURE.model_copy(update={"name": draw(WORDS), "address": draw(st.none() | st.just(Address()))})
    content = draw(st.sampled_from(list(EXAMPLES.values())))
    device = {
        "fabricant": draw(WORDS),
        "reference": draw(WORDS),
        "lot": draw(WORDS),
        "peremption": draw(st.none() | DAYS | st.just("9999-12-31")),
        "udi": draw(st.none() | st.just(content["dispositif"]["udi"])),
    }
    content = content | {
        "date": draw(DAYS),
        "heure": draw(st.times().map(lambda at: at.isoformat())),
        "dispositif": device,
        "resultats": [
            result(one["examen"], draw(READINGS), draw(st.none() | LONG_WORDS)) for one in content["resultats"]
        ],
        "conduite_a_tenir": draw(st.none() | LONG_WORDS),
        "realisateur": draw(st.none() | st.just(OTHER)),
    }
    who = WHO.model_copy(update={"author": author, "structure": structure})
    return document(content, who, PATIENT.model_copy(update={"traits": traits}))


@pytest.mark.oracle
@settings(max_examples=60, deadline=None)
@given(made=documents())
def test_any_rapid_test_fits_the_schema_and_our_checks(schema: etree.XMLSchema, made: bytes) -> None:
    assert schema.validate(etree.fromstring(made)), schema.error_log
    assert errors(made) == []


@pytest.mark.oracle
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=documents())
def test_any_rapid_test_satisfies_all_rules_of_ans(ans: Check, made: bytes) -> None:
    assert ans(made) == []
