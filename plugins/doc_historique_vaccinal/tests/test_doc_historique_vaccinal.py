"""The plugin as the core calls it, and its documents against the rules of ANS."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doc_historique_vaccinal
import pytest
from doc_historique_vaccinal.types import HISTORIQUE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from dmp_core.api import (
    Address,
    CdaBody,
    ContentInvalid,
    Context,
    FeedPolicy,
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
    national_id="810000000001",
    family="EXEMPLE",
    given="Claude",
    profession="21",
    section="A",
    civility="MME",
    title="PR",
)
STRUCTURE = Structure(
    national_id="1750512345",
    name="Pharmacie Exemple",
    address=Address(lines=("26 rue du Temple",), postal_code="75004", city="Paris"),
    telephone="01 42 72 60 71",
)
WHO = Who(structure=STRUCTURE, operator=Operator(id="1"), author=AUTHOR)
PATIENT = Patient(
    host_id="1",
    traits=Traits(
        birth_name="NESSI",
        birth_given_names="RUTH ISABELLE",
        first_birth_given_name="RUTH",
        used_name="DECOURCY",
        sex=Sex.FEMALE,
        birth_date=date(1977, 7, 14),
        birth_place_code="51215",
        birth_place_name="DOMPREMY",
    ),
    ins=Ins(value="277076322082910", oid=InsOid.NIR_TEST),
    status=IdentityStatus.QUALIFIEE,
)
DOCTOR = {
    "national_id": "801234567897",
    "family": "MULLER",
    "given": "Charles",
    "profession": "10",
    "section": "SM26",
    "civility": "M",
    "title": "DR",
}
PRACTICE = {
    "national_id": "1750803447",
    "name": "Cabinet médical du Dr MULLER",
    "sector": "SA07",
    "address": {"lines": ["25 rue Pasteur"], "postal_code": "92100", "city": "EVRY"},
}
FEVER = {"code": "R50.2", "libelle": "Fièvre due à des médicaments"}
TETANUS = {
    "cis": "68747507",
    "libelle": "VACCIN TETANIQUE PASTEUR, suspension injectable en seringue préremplie vaccin tétanique adsorbé",
    "atc": {"code": "J07AM", "libelle": "VACCIN TETANIQUE"},
    "cip": "3400932857241",
}
GIVEN: dict[str, Any] = {
    "acte": "INITIMMUNIZ",
    "voie": "20035000",
    "site": "16217701000119102",
    "vaccinateur": DOCTOR,
    "structure": PRACTICE,
}
BCG: dict[str, Any] = GIVEN | {
    "date": "1975",
    "vaccin": {
        "cis": "61077869",
        "libelle": "VACCIN BCG SSI, poudre et solvant pour suspension injectable",
        "atc": {"code": "J07AN", "libelle": "Vaccin antituberculeux"},
        "cip": "3400936466425",
        "lot": "235421176",
    },
    "rang": 1,
    "reaction": FEVER | {"date": "2012-05-05"},
    "commentaire": "L'usager a été informé des avantages et risques liés à la vaccination",
}
TETANUS_1 = GIVEN | {
    "date": "2009-08-25",
    "vaccin": TETANUS | {"lot": "4456668"},
    "rang": 1,
    "reaction": FEVER | {"date": "2009-08-25"},
    "commentaire": "(texte libre)",
}
TETANUS_2 = GIVEN | {
    "date": "2009-09-28",
    "vaccin": TETANUS | {"lot": "4456672"},
    "rang": 2,
    "reaction": FEVER | {"date": "2009-09-28"},
    "commentaire": "Prise récente et ponctuelle de solupred (60mg) en une prise pendant 2 jours",
}
MENINGITIS = GIVEN | {
    "date": "2021-04-09",
    "vaccin": {
        "cis": "61920725",
        "libelle": "VACCIN MENINGOCOCCIQUE A+C POLYOSIDIQUE, poudre et solvant pour suspension injectable",
        "atc": {"code": "J07AH", "libelle": "VACCIN MENINGOCOCCIQUE"},
        "cip": "3400933465841",
        "lot": "357904636",
    },
    "rang": 1,
}
EXAMPLE: dict[str, Any] = {  # the facts of VAC_2023.01.xml
    "date": "2021-04-09",
    "vaccinations": [BCG, TETANUS_1, TETANUS_2, MENINGITIS],
}
BARE: dict[str, Any] = {"vaccin": {"libelle": "Vaccin contre la rougeole"}}


def history(*vaccinations: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"date": "2026-01-15", "vaccinations": list(vaccinations)} | fields


def resolve(content: object, who: Who = WHO, type_id: str = "historique-vaccinal") -> Any:
    return resolved(doc_historique_vaccinal, type_id, content, patient=PATIENT, who=who)


def document(content: object, who: Who = WHO, patient: Patient = PATIENT) -> bytes:
    """The CDA of a content, made as the core makes it."""
    return composed(HISTORIQUE, resolve(content, who), patient=patient, who=who)


def errors(made: bytes) -> list[str]:
    return [str(finding) for finding in checks.check(made) if finding.severity is Severity.ERROR]


# ---------------------------------------------------------------- the type and its body


def test_the_type_has_its_official_codes_and_is_fed_when_asked() -> None:
    (only,) = doc_historique_vaccinal.provide_document_types(TypesWanted(), CONTEXT)

    assert (only.type_code.code, only.class_code.code) == ("11369-6", "52")
    assert only.format_code.code == "urn:asip:ci-sis:vac:2019"
    assert only.policy is FeedPolicy.MANUAL
    assert all(value_set(name).concepts for name in only.value_sets)


def test_a_history_becomes_a_structured_body_with_an_entry_a_vaccination() -> None:
    body = resolve(EXAMPLE)

    assert isinstance(body, CdaBody)
    assert body.act.start == date(2021, 4, 9)
    assert body.structured_body.count(b"<substanceAdministration") == 4


@pytest.mark.parametrize(
    ("told", "written", "read_as"),
    [("1975", "1975", "1975"), ("2009-08", "200908", "08/2009"), ("2009-08-25", "20090825", "25/08/2009")],
)
def test_a_date_is_as_precise_as_it_is_known(told: str, written: str, read_as: str) -> None:
    body = resolve(history(BARE | {"date": told})).structured_body.decode()

    assert f'<effectiveTime value="{written}"/>' in body
    assert f"<td>{read_as}</td>" in body


def test_a_date_that_nobody_knows_is_said_to_be_unknown() -> None:
    assert '<effectiveTime nullFlavor="UNK"/>' in resolve(history(BARE)).structured_body.decode()


def test_no_known_vaccine_is_told_with_its_official_label() -> None:
    body = resolve({"date": "2026-01-15", "absence": "no-known-immunizations"}).structured_body.decode()

    assert body.count("Pas de vaccin connu") == 2


def test_the_same_content_gives_the_same_body() -> None:
    assert resolve(EXAMPLE) == resolve(EXAMPLE)


def test_the_type_of_another_plugin_is_left_alone() -> None:
    assert resolve({}, type_id="note-vaccination") is None


def test_the_manifest_is_accepted() -> None:
    manifest = read(Path(doc_historique_vaccinal.__file__).with_name("dmp-plugin.toml"))

    assert manifest.id == "doc_historique_vaccinal"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (history(BARE, date="2026-01-16"), "date"),
        (history(BARE | {"date": "2026-02"}), "vaccinations.0.date"),
        (history(BARE | {"date": "2026-01-16"}), "vaccinations.0.date"),
        (history(BARE | {"date": "1899"}), "vaccinations.0.date"),
        (history(BARE | {"date": "2009-13"}), "vaccinations.0.date"),
        (history(BARE | {"date": "20090825"}), "vaccinations.0.date"),
        (history(BARE | {"date": "2009-W05-1"}), "vaccinations.0.date"),
        (history(BARE | {"voie": "1"}), "vaccinations.0.voie"),
        (history(BARE | {"site": "1"}), "vaccinations.0.site"),
        (history(BARE | {"rang": 0}), "vaccinations.0.rang"),
        (history(BARE | {"vaccin": {"libelle": ""}}), "vaccinations.0.vaccin.libelle"),
        (history(BARE | {"vaccinateur": DOCTOR | {"section": "SM99"}}), "vaccinations.0.vaccinateur"),
        (history(BARE, BARE | {"nom": "DUPONT"}), "vaccinations.1.nom"),
        (history(), "contenu"),
        (history(BARE, absence="no-immunization-info"), "contenu"),
        (history(absence="aucune"), "absence"),
        (b"{", "contenu"),
    ],
)
def test_wrong_content_is_refused_with_field_and_remedy(content: object, path: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(content)

    assert [finding.path for finding in refusal.value.findings] == [path]
    assert refusal.value.findings[0].remedy.endswith(".")


def test_a_refusal_holds_no_value() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(history(BARE | {"commentaire": "x" * 2001, "voie": "SECRET", "date": "SECRET"}))

    assert "SECRET" not in f"{refusal.value}{refusal.value.findings}"


# ---------------------------------------------------------------- the rules of ANS

CASES: dict[str, Any] = {
    "the facts of the official example": EXAMPLE,
    "nothing optional": history(BARE),
    "the example of the type": HISTORIQUE.example,
    "no vaccine known": {"date": "2026-01-15", "absence": "no-known-immunizations"},
    "no information": {"date": "2026-01-15", "absence": "no-immunization-info"},
    "a reaction alone": history(BARE | {"reaction": FEVER | {"date": "2012-05-05"}}),
    "a vaccinator whose practice is unknown": history(BARE | {"vaccinateur": DOCTOR}),
    "twins, twice the same": history(BARE, BARE),
}


@pytest.mark.oracle
@pytest.mark.parametrize("case", CASES)
def test_a_history_has_no_finding(ans: Check, case: str) -> None:
    made = document(CASES[case])

    assert ans(made) == []
    assert checks.check(made) == ()


@pytest.mark.oracle
def test_the_rules_see_an_act_outside_the_value_set(ans: Check) -> None:
    made = document(EXAMPLE)

    assert ans(made.replace(b'code="INITIMMUNIZ"', b'code="FIRST"')) != []


def test_the_metadata_say_a_history() -> None:
    told = derive(document(EXAMPLE))

    assert (told.type_code.code, told.class_code.code) == ("11369-6", "52")
    assert told.format_code == HISTORIQUE.format_code


LETTERS = st.sampled_from("AEIOUBDéèêëàâäçôöùûüÿœæÉÈÇŒ'’- &<>\"")
WORDS = st.text(LETTERS, min_size=1, max_size=60).map(lambda words: ("B" + words).strip())
LONG_WORDS = st.text(LETTERS, min_size=1, max_size=400).map(lambda words: ("B" + words).strip())
DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 15)).map(date.isoformat)
MOMENTS = st.none() | st.builds(lambda day, size: day[:size], DAYS, st.sampled_from([4, 7, 10]))
OPTIONAL = ("rang", "voie", "site", "reaction", "commentaire", "vaccinateur", "structure")


@st.composite
def vaccinations(draw: st.DrawFn) -> dict[str, Any]:
    """A vaccination with any of its optional parts."""
    one = {key: BCG[key] for key in draw(st.sets(st.sampled_from(OPTIONAL)))}
    product = {key: BCG["vaccin"][key] for key in draw(st.sets(st.sampled_from(["cis", "atc", "cip", "lot"])))}
    one |= {"date": draw(MOMENTS), "vaccin": product | {"libelle": draw(LONG_WORDS)}}
    one |= {"acte": draw(st.sampled_from(["BOOSTER", "IMMUNIZ", "INITIMMUNIZ"]))}
    if "commentaire" in one:
        one["commentaire"] = draw(LONG_WORDS)
    return one


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A history of any person, by any pharmacist; twins share their birth date."""
    first = draw(WORDS)
    traits = PATIENT.traits.model_copy(
        update={
            "birth_name": draw(WORDS),
            "birth_given_names": f"{first} {draw(WORDS)}"[:100].strip(),
            "first_birth_given_name": first,
            "used_name": draw(st.none() | WORDS),
            "birth_date": draw(st.sampled_from([date(1977, 7, 14), date(1900, 1, 1), date(2026, 1, 15)])),
        }
    )
    author = AUTHOR.model_copy(update={"family": draw(WORDS), "given": draw(WORDS), "title": None})
    structure = STRUCTURE.model_copy(update={"name": draw(WORDS), "address": draw(st.none() | st.just(Address()))})
    content = history(*draw(st.lists(vaccinations(), min_size=1, max_size=5)), date=draw(DAYS))
    who = WHO.model_copy(update={"author": author, "structure": structure})
    return document(content, who, PATIENT.model_copy(update={"traits": traits}))


@pytest.mark.oracle
@settings(max_examples=60, deadline=None)
@given(made=documents())
def test_any_history_fits_the_schema_and_our_checks(schema: etree.XMLSchema, made: bytes) -> None:
    assert schema.validate(etree.fromstring(made)), schema.error_log
    assert errors(made) == []


@pytest.mark.oracle
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=documents())
def test_any_history_satisfies_all_rules_of_ans(ans: Check, made: bytes) -> None:
    assert ans(made) == []
