"""The plugin as the core calls it, and its documents against the rules of ANS."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doc_dispensation
import pytest
from doc_dispensation.types import DISPENSATION
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
    national_id="807505123456",
    family="DELIVE",
    given="Pierre",
    profession="21",
    section="A",
    civility="M",
    title="PG",
)
STRUCTURE = Structure(
    national_id="1750512345",
    name="Pharmacie du village",
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
BOX = {"code": "30009000", "libelle": "Boîte"}
PARACETAMOL: dict[str, Any] = {
    "produit": {
        "libelle": "PARACETAMOL VIATRIS 500 mg, comprimé plaquette(s) thermoformée(s) PVC-aluminium de 16 comprimé(s)",
        "cip": "3400933516390",
        "atc": {"code": "N02BE01", "libelle": "paracetamol"},
        "forme": {"code": "10219000", "libelle": "Comprimé"},
        "lot": "12345",
        "peremption": "2032-12-31",
    },
    "quantite": 2,
    "unite": BOX,
    "ligne": {"racine": "AADC9C14-F1CA-4177-B2C8-A5178D5B3CA0"},
    "posologie": {
        "debut": "2023-01-25",
        "fin": "2023-01-27",
        "toutes_les": 16,
        "unite": "h",
        "dose": {"min": 2, "max": 2, "unite": "{tablet}", "libelle": "cp"},
        "rythme": {"min": 1500, "max": 3000, "unite": "mg/d", "libelle": "mg/j"},
        "voie": {"code": "20053000", "libelle": "Voie orale"},
    },
    "instructions": "A prendre au cours d'un repas",
    "notes": "J'ai averti le patient de ne pas prendre un autre médicament contenant du paracetamol.",
    "substitution": "G",
}
PREPARATION: dict[str, Any] = {
    "produit": {
        "libelle": "Préparation magistrale : 30g de diprosone, 70g de Cérat Frais de Galien",
        "forme": {"code": "50015000", "libelle": "pommade pour application cutanée et nasale"},
    },
    "quantite": 1,
    "unite": {"code": "30015500", "libelle": "Récipient"},
    "ligne": {"racine": "BBDC9C14-F1CA-4177-B2C8-A5178D5B3DB1"},
    "instructions": "Diminuer la posologie progressivement une fois la poussée traitée.",
    "notes": "Préparation remise dans un flacon",
}
PRESCRIPTION: dict[str, Any] = {
    "racine": "1.2.250.1.213.1.1.1.39.12345.1",
    "date": "2021-12-01",
    "prescripteur": {
        "national_id": "801234567897",
        "family": "BIDEAULT",
        "given": "Jacques",
        "profession": "10",
        "section": "SM26",
        "title": "DR",
    },
    "structure": {"national_id": "1750512345", "name": "Clinique du Belvédère", "telephone": "0157826011"},
}
EXAMPLE: dict[str, Any] = {  # the facts of eDISP-MED_2024.01.xml
    "date": "2024-12-25",
    "heure": "09:00",
    "prescription": PRESCRIPTION,
    "delivrances": [PARACETAMOL, PREPARATION],
}
BARE: dict[str, Any] = {
    "date": "2026-01-15",
    "delivrances": [{"produit": {"libelle": "DOLIPRANE 1000 mg"}, "quantite": 1, "unite": BOX}],
}


def with_(path: str, value: object, content: dict[str, Any] = EXAMPLE) -> dict[str, Any]:
    """`content` with another value at `path` (`delivrances.0.quantite`)."""
    changed = deepcopy(content)
    place: Any = changed
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        place = place[step]
    place[last] = value
    return changed


def resolve(content: object, who: Who = WHO, type_id: str = "dispensation") -> Any:
    return resolved(doc_dispensation, type_id, content, patient=PATIENT, who=who)


def document(content: object, who: Who = WHO, patient: Patient = PATIENT) -> bytes:
    """The CDA of a content, made as the core makes it."""
    return composed(DISPENSATION, resolve(content, who), patient=patient, who=who)


def errors(made: bytes) -> list[str]:
    return [str(finding) for finding in checks.check(made) if finding.severity is Severity.ERROR]


# ---------------------------------------------------------------- the type and its body


def test_the_type_has_its_official_codes() -> None:
    (only,) = doc_dispensation.provide_document_types(TypesWanted(), CONTEXT)

    assert (only.type_code.code, only.class_code.code) == ("60593-1", "43")
    assert only.format_code.code == "urn:ihe:pharm:dis:2010"
    assert all(value_set(name).concepts for name in only.value_sets)


def test_a_dispensation_becomes_a_structured_body() -> None:
    body = resolve(EXAMPLE)

    assert isinstance(body, CdaBody)
    assert body.act.start == datetime(2024, 12, 25, 9, 0)  # noqa: DTZ001 - the core puts it in the pharmacy's zone
    assert [order.system for order in body.orders] == ["1.2.250.1.213.1.1.1.39.12345.1"]
    assert b"3400933516390" in body.structured_body


def test_the_same_content_gives_the_same_body() -> None:
    assert resolve(EXAMPLE) == resolve(EXAMPLE)


def test_a_column_that_says_nothing_is_left_out() -> None:
    body = resolve(BARE).structured_body.decode()

    assert body.count("<th>") == 2
    assert "Substitution" not in body


def test_numbers_are_read_as_people_write_them() -> None:
    body = resolve(with_("delivrances.0.quantite", "1.500")).structured_body.decode()

    assert "<td>1,5 Boîte</td>" in body
    assert '<quantity value="1.500" unit="30009000"/>' in body


def test_another_pharmacist_performs_the_act() -> None:
    other = {"national_id": "810000000002", "family": "SECOND", "given": "Ève", "profession": "21", "section": "D"}

    body = resolve(BARE | {"dispensateur": other})

    assert body.act.performer.national_id == "810000000002"


def test_the_type_of_another_plugin_is_left_alone() -> None:
    assert resolve({}, type_id="compte-rendu") is None


def test_the_manifest_is_accepted() -> None:
    assert read(Path(doc_dispensation.__file__).with_name("dmp-plugin.toml")).id == "doc_dispensation"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (with_("date", "2026-02-30"), "date"),
        (with_("date", "2026-01-16"), "date"),
        (with_("date", "0999-01-01"), "date"),
        (with_("heure", "09:00:00+01:00"), "heure"),
        (with_("delivrances", []), "delivrances"),
        (with_("delivrances.0.quantite", 0), "delivrances.0.quantite"),
        (with_("delivrances.0.completude", "X"), "delivrances.0.completude"),
        (with_("delivrances.1.produit.libelle", " "), "delivrances.1.produit.libelle"),
        (with_("delivrances.1.produit.cis", "123"), "delivrances.1.produit.cis"),
        (with_("delivrances.0.posologie.fin", "2023-01-24"), "delivrances.0.posologie"),
        (with_("delivrances.0.posologie.dose.max", 1), "delivrances.0.posologie.dose"),
        (with_("delivrances.0.posologie.dose.unite", "a b"), "delivrances.0.posologie.dose.unite"),
        (with_("delivrances.0.nom", "DUPONT"), "delivrances.0.nom"),
        (with_("prescription.date", None), "prescription"),
        (with_("prescription.prescripteur.section", "SM99"), "prescription.prescripteur"),
        (with_("prescription.racine", "ordonnance"), "prescription.racine"),
        (with_("prescription", None), "contenu"),
        (b"{", "contenu"),
    ],
)
def test_wrong_content_is_refused_with_field_and_remedy(content: object, path: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(content)

    assert [finding.path for finding in refusal.value.findings] == [path]
    assert refusal.value.findings[0].remedy.endswith((".", ")."))


def test_only_a_pharmacist_dispenses() -> None:
    who = WHO.model_copy(update={"author": AUTHOR.model_copy(update={"profession": "39", "section": None})})

    with pytest.raises(ContentInvalid) as refusal:
        resolve(BARE, who)

    assert [finding.path for finding in refusal.value.findings] == ["dispensateur"]


def test_a_refusal_holds_no_value() -> None:
    content = with_("delivrances.0.notes", "SECRET" * 400) | {"heure": "SECRET", "date": "SECRET"}

    with pytest.raises(ContentInvalid) as refusal:
        resolve(content)

    assert "SECRET" not in f"{refusal.value}{refusal.value.findings}"


# ---------------------------------------------------------------- the rules of ANS

CASES = {
    "the facts of the official example": EXAMPLE,
    "nothing optional": BARE,
    "the example of the type": DISPENSATION.example,
    "a substitution alone": with_("delivrances.0.substitution", "G", BARE),
    "a completeness alone": with_("delivrances.0.completude", "RFP", BARE),
    "instructions alone": with_("delivrances.0.instructions", "À jeun", BARE),
    "a CIS and a batch": with_(
        "delivrances.0.produit", {"libelle": "DOLIPRANE", "cis": "60234100", "cip": "3400935955838", "lot": "A1"}, BARE
    ),
    "a treatment of one day": with_("delivrances.0.posologie.fin", "2023-01-25"),
    "a line without its prescriber": with_("prescription", {"racine": "1.2.3", "identifiant": "77"}),
    "a prescriber without a structure": with_("prescription.structure", None),
}


@pytest.mark.oracle
@pytest.mark.parametrize("case", CASES)
def test_a_dispensation_has_no_finding(ans: Check, case: str) -> None:
    made = document(CASES[case])

    assert ans(made) == []
    assert checks.check(made) == ()


@pytest.mark.oracle
def test_the_rules_see_a_product_without_a_quantity(ans: Check) -> None:
    made = document(BARE)

    assert ans(made.replace(b'<quantity value="1" unit="30009000"/>', b"")) != []


def test_the_metadata_say_a_dispensation() -> None:
    told = derive(document(EXAMPLE))

    assert (told.type_code.code, told.class_code.code) == ("60593-1", "43")
    assert told.format_code == DISPENSATION.format_code
    assert told.service_start_time == "20241225080000"


LETTERS = st.sampled_from("AEIOUBDéèêëàâäçôöùûüÿœæÉÈÇŒ'’- &<>\"")
WORDS = st.text(LETTERS, min_size=1, max_size=60).map(lambda words: ("B" + words).strip())
LONG_WORDS = st.text(LETTERS, min_size=1, max_size=400).map(lambda words: ("B" + words).strip())
DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 15)).map(date.isoformat)
NUMBERS = st.decimals(min_value="0.001", max_value="99999", places=3).map(str)


@st.composite
def deliveries(draw: st.DrawFn) -> dict[str, Any]:
    """A product with any of its optional parts."""
    optional = draw(st.sets(st.sampled_from(["ligne", "posologie", "instructions", "notes", "substitution"])))
    parts = draw(st.sets(st.sampled_from(["cip", "atc", "forme", "lot", "peremption"])))
    one = {key: value for key, value in PARACETAMOL.items() if key in optional}
    product = {key: value for key, value in PARACETAMOL["produit"].items() if key in parts}
    one |= {"produit": product | {"libelle": draw(LONG_WORDS), "cis": draw(st.none() | st.just("60234100"))}}
    one |= {"quantite": draw(NUMBERS), "unite": {"code": "30009000", "libelle": draw(WORDS)}}
    one |= {"completude": draw(st.none() | st.sampled_from(["FFC", "FFP", "RFC", "RFP"]))}
    if "notes" in one:
        one["notes"] = draw(LONG_WORDS)
    if "posologie" in one:
        start, stop = sorted([draw(DAYS), draw(DAYS)])
        one["posologie"] = PARACETAMOL["posologie"] | {"debut": start, "fin": stop, "toutes_les": draw(NUMBERS)}
    return one


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A dispensation for any person, by any pharmacist; twins share their birth date."""
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
    content: dict[str, Any] = {
        "date": draw(DAYS),
        "heure": draw(st.none() | st.times().map(lambda at: at.isoformat())),
        "prescription": draw(st.sampled_from([PRESCRIPTION, {"racine": "1.2.3"}])),
        "delivrances": draw(st.lists(deliveries(), min_size=1, max_size=4)),
    }
    who = WHO.model_copy(update={"author": author, "structure": structure})
    return document(content, who, PATIENT.model_copy(update={"traits": traits}))


@pytest.mark.oracle
@settings(max_examples=60, deadline=None)
@given(made=documents())
def test_any_dispensation_fits_the_schema_and_our_checks(schema: etree.XMLSchema, made: bytes) -> None:
    assert schema.validate(etree.fromstring(made)), schema.error_log
    assert errors(made) == []


@pytest.mark.oracle
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=documents())
def test_any_dispensation_satisfies_all_rules_of_ans(ans: Check, made: bytes) -> None:
    assert ans(made) == []


@pytest.mark.oracle
def test_the_time_of_paris_before_1911_fits_the_schema(schema: etree.XMLSchema) -> None:
    made = document(BARE | {"date": "1910-12-31", "heure": "09:00"})

    assert schema.validate(etree.fromstring(made)), schema.error_log
