"""Interviews and medication reviews: what hosts may hand over, and what it says on paper."""

from base64 import b64encode
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import doc_officine
import pytest
from doc_officine import examples

from dmp_core.api import (
    ContentInvalid,
    Context,
    FileBody,
    IdentityStatus,
    LaidOut,
    Operator,
    Patient,
    PdfBody,
    Practitioner,
    Sex,
    Structure,
    Table,
    Traits,
    TypesWanted,
    Who,
)
from dmp_core.api import Facts as Pairs
from dmp_core.testing.composing import resolved

CONTEXT = Context(now=datetime(2026, 1, 15, 9, 30, tzinfo=UTC))
WHO = Who(
    structure=Structure(national_id="1750000001", name="Pharmacie Exemple"),
    operator=Operator(id="1"),
    author=Practitioner(national_id="810000000001", family="EXEMPLE", given="Claude", profession="21"),
)
PATIENT = Patient(
    host_id="1",
    traits=Traits(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE",
        first_birth_given_name="DOMINIQUE",
        sex=Sex.FEMALE,
        birth_date=date(1979, 3, 28),
    ),
    status=IdentityStatus.PROVISOIRE,
)
ENTRETIEN, BILAN = "entretien-pharmaceutique", "bilan-medication"


def resolve(type_id: str, content: object) -> Any:
    return resolved(doc_officine, type_id, content, patient=PATIENT, who=WHO)


def interview(kind: str, /, **changes: Any) -> dict[str, Any]:
    return deepcopy(examples.ENTRETIENS[kind]) | changes


def review(**changes: Any) -> dict[str, Any]:
    return deepcopy(examples.BILAN) | changes


def titles(body: LaidOut) -> list[str]:
    return [section.title for section in body.sections]


def facts(body: LaidOut) -> dict[str, str]:
    return {
        label: value
        for section in body.sections
        for block in section.blocks
        if isinstance(block, Pairs)
        for label, value in block.pairs
    }


def table(body: LaidOut, title: str) -> Table:
    (section,) = [one for one in body.sections if one.title == title]
    return next(block for block in section.blocks if isinstance(block, Table))


# ---------------------------------------------------------------- interviews


@pytest.mark.parametrize(
    ("nature", "title", "sections"),
    [
        ("avk", "(AVK)", {"Traitement par AVK", "Surveillance", "Traitements associés", "Observance"}),
        ("aod", "(AOD)", {"Traitement par AOD", "Surveillance"}),
        ("asthme", "(asthme)", {"Traitement de fond", "Traitement de la crise", "Inhalation", "Contrôle de l’asthme"}),
        ("anticancereux", "(anticancéreux oral)", {"Traitement anticancéreux", "Effets indésirables"}),
        ("femme_enceinte", "(femme enceinte)", {"Grossesse"}),
        ("opioides", "(opioïdes)", {"Traitement opioïde", "Bon usage et risque"}),
        ("libre", "(Sevrage tabagique)", {"Motivation", "Substituts proposés"}),
    ],
)
def test_each_nature_of_interview_has_its_own_sections(nature: str, title: str, sections: set[str]) -> None:
    body = resolve(ENTRETIEN, interview(nature))

    assert body.title == f"Entretien pharmaceutique {title} du 15/01/2026"
    assert sections | {"Cadre de l’entretien", "Conclusion"} <= set(titles(body))
    assert body.act.start == date(2026, 1, 15)


@pytest.mark.parametrize("nature", examples.ENTRETIENS)
def test_an_interview_with_nothing_optional_is_enough(nature: str) -> None:
    whole = interview(nature)
    needed = {"nature", "date", "conclusion", "traitement", "traitement_fond", "theme"}

    body = resolve(ENTRETIEN, {name: value for name, value in whole.items() if name in needed})

    assert "Conclusion" in titles(body)
    assert "Points abordés" not in titles(body)


def test_an_inr_is_compared_with_its_target() -> None:
    body = resolve(ENTRETIEN, interview("avk"))

    assert table(body, "Surveillance").rows == (
        ("18/12/2025", "1,8", "En dessous"),
        ("02/01/2026", "2,4", "Dans la cible"),
        ("12/01/2026", "3,2", "Au-dessus"),
    )


@pytest.mark.parametrize(
    ("girerd", "told"), [(0, "bonne"), (1, "minimes problèmes"), (2, "minimes problèmes"), (3, "mauvaise")]
)
def test_girerds_test_is_told_in_words(girerd: int, told: str) -> None:
    body = resolve(ENTRETIEN, interview("aod", observance={"girerd": girerd}))

    assert facts(body)["Test de Girerd"] == f"Observance : {told} ({girerd} « oui » sur 6)"


@pytest.mark.parametrize(
    ("score", "told"), [(25, "contrôlé"), (20, "contrôlé"), (19, "partiellement contrôlé"), (14, "non contrôlé")]
)
def test_the_control_of_asthma_is_told_in_words(score: int, told: str) -> None:
    body = resolve(ENTRETIEN, interview("asthme", act=score))

    assert facts(body)["Test de contrôle ACT"] == f"{score}/25 – asthme {told}"


@pytest.mark.parametrize(("score", "told"), [(1, "pas de mésusage repéré"), (2, "risque de mésusage")])
def test_the_misuse_of_opioids_is_told_in_words(score: int, told: str) -> None:
    body = resolve(ENTRETIEN, interview("opioides", pomi=score))

    assert facts(body)["Questionnaire POMI"] == f"{score}/6 – {told}"


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    body = resolve(ENTRETIEN, interview("avk"))

    assert table(body, "Traitements associés").headings == ("Médicament", "Posologie")


# ---------------------------------------------------------------- reviews


def test_a_review_has_its_sections_in_the_order_of_the_work() -> None:
    body = resolve(BILAN, review())

    assert body.title == "Bilan partagé de médication du 15/01/2026"
    assert titles(body) == [
        "Cadre du bilan", "Recueil d’informations", "Traitements", "Observance", "Analyse pharmaceutique",
        "Recommandations", "Plan de prise", "Plan de suivi", "Conclusion", "Suite",
    ]  # fmt: skip


def test_problems_and_interventions_are_told_in_the_words_of_the_sfpc() -> None:
    body = resolve(BILAN, review())

    assert [row[2] for row in table(body, "Analyse pharmaceutique").rows] == [
        "Interaction médicamenteuse",
        "Surdosage",
        "Médicament non indiqué",
    ]
    assert [row[1] for row in table(body, "Recommandations").rows] == ["Arrêt", "Adaptation posologique", "Arrêt"]


def test_a_review_with_nothing_optional_is_enough() -> None:
    body = resolve(
        BILAN, {"date": "2026-01-15", "traitements": [{"medicament": "Metformine"}], "conclusion": "Rien à signaler."}
    )

    assert titles(body) == ["Cadre du bilan", "Traitements", "Conclusion"]


# ---------------------------------------------------------------- finished files


@pytest.mark.parametrize("type_id", [ENTRETIEN, BILAN])
def test_a_finished_file_is_handed_on_with_its_type(type_id: str) -> None:
    handed = {"contenu": b64encode(b"\xff\xd8\xff").decode(), "type_media": "image/jpeg"}

    body = resolve(type_id, {"date": "2026-01-14", "fichier": handed})

    assert isinstance(body, FileBody)
    assert (body.content, body.media_type) == (b"\xff\xd8\xff", "image/jpeg")
    assert body.title.endswith(" du 14/01/2026")


@pytest.mark.parametrize("type_id", [ENTRETIEN, BILAN])
def test_the_pdf_of_hosts_that_print_themselves_still_works(type_id: str) -> None:
    body = resolve(type_id, {"date": "2026-01-14", "pdf": b64encode(b"%PDF-").decode()})

    assert isinstance(body, PdfBody)
    assert body.pdf == b"%PDF-"


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("type_id", "content", "path"),
    [
        (ENTRETIEN, {}, "contenu"),
        (ENTRETIEN, {"date": "2026-01-15"}, "contenu"),
        (ENTRETIEN, interview("avk", nature="AVK"), "contenu"),
        (ENTRETIEN, interview("avk", date="2026-01-16"), "date"),
        (ENTRETIEN, interview("avk", conclusion=" "), "conclusion"),
        (ENTRETIEN, interview("avk", inr_min=3, inr_max=2), "contenu"),
        (ENTRETIEN, interview("avk", clairance=3), "clairance"),
        (ENTRETIEN, interview("avk", traitement={"medicament": ""}), "traitement.medicament"),
        (ENTRETIEN, interview("avk", inr=[{"date": "2026-01-12", "valeur": 0}]), "inr.0.valeur"),
        (ENTRETIEN, interview("asthme", act=4), "act"),
        (ENTRETIEN, interview("libre", rubriques=[{"titre": "Vide"}]), "rubriques.0"),
        (ENTRETIEN, {"date": "2026-01-15", "fichier": {"contenu": ""}}, "fichier.contenu"),
        (ENTRETIEN, b"[]", "contenu"),
        (BILAN, review(traitements=[]), "traitements"),
        (BILAN, review(date="2027-01-01"), "date"),
        (BILAN, review(analyse=[{"medicament": "X", "probleme": "autre"}]), "analyse.0.probleme"),
        (BILAN, {"date": "2026-01-15", "pdf": "JVBERi0=", "conclusion": "x"}, "conclusion"),
    ],
)
def test_wrong_content_is_refused_with_field_and_remedy(type_id: str, content: object, path: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(type_id, content)

    assert [finding.path for finding in refusal.value.findings] == [path]
    assert refusal.value.findings[0].remedy.endswith(".")


def test_a_refusal_holds_no_value() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(ENTRETIEN, interview("avk", inr="SECRET", nature="avk", conclusion="SECRET" * 2000))

    assert "SECRET" not in f"{refusal.value}{refusal.value.findings}"


def test_both_types_show_hosts_their_schema_and_an_example_that_it_takes() -> None:
    for kind in doc_officine.provide_document_types(TypesWanted(), CONTEXT)[1:3]:
        assert kind.content_model is not None and kind.example is not None

        kind.content_model.model_validate(kind.example)

        assert len(kind.content_model.model_json_schema()["oneOf"]) >= 3
