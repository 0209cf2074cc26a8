"""*Bilan partagé de médication*: treatments, their analysis, what is proposed to the prescriber."""

from typing import Any, Final

from lgo_demo.web.forms.form import Field, Form, Rows, Section, Values, lines, number, said

_STEPS: Final = {
    "recueil": "Recueil d’informations et analyse",
    "conseil": "Entretien-conseil",
    "suivi": "Suivi de l’observance",
}
_PROBLEMS: Final = {
    "interaction": "Interaction médicamenteuse",
    "surdosage": "Surdosage",
    "sous_dosage": "Sous-dosage",
    "non_indique": "Médicament non indiqué",
    "contre_indication": "Contre-indication",
    "effet_indesirable": "Effet indésirable",
    "monitorage": "Monitorage à suivre",
}
_INTERVENTIONS: Final = {
    "arret": "Arrêt",
    "adaptation": "Adaptation posologique",
    "substitution": "Substitution",
    "ajout": "Ajout",
    "suivi": "Suivi thérapeutique",
}
_TREATMENTS: Final = Rows(
    "traitements",
    (Field("medicament", "Médicament"), Field("dosage", "Dosage"), Field("posologie", "Posologie")),
    (
        ("Metformine", "1 000 mg", "1 comprimé matin, midi et soir"),
        ("Périndopril", "5 mg", "1 comprimé le matin"),
        ("Hydrochlorothiazide", "25 mg", "1 comprimé le matin"),
        ("Zopiclone", "7,5 mg", "1 comprimé au coucher"),
    ),
)
_ANALYSIS: Final = Rows(
    "analyse",
    (
        Field("medicament", "Médicament"),
        Field("probleme", "Problème", "choice", choices=_PROBLEMS),
        Field("constat", "Constat"),
    ),
    (
        ("Ibuprofène", "interaction", "Avec l’inhibiteur de l’ECA et le diurétique : risque rénal"),
        ("Metformine", "surdosage", "3 000 mg par jour pour une clairance de 42 mL/min"),
    ),
)
_PROPOSED: Final = Rows(
    "recommandations",
    (
        Field("medicament", "Médicament"),
        Field("intervention", "Intervention", "choice", choices=_INTERVENTIONS),
        Field("proposition", "Proposition"),
    ),
    (
        ("Ibuprofène", "arret", "Paracétamol, 3 g par jour au plus"),
        ("Metformine", "adaptation", "500 mg matin et soir, créatinine dans trois mois"),
    ),
)


def _content(values: Values) -> dict[str, Any]:
    return said(
        date=values.get("date"),
        etape=values.get("etape"),
        motif=values.get("motif", "").strip(),
        recueil=said(
            poids=number(values, "poids"),
            taille=number(values, "taille"),
            clairance=number(values, "clairance"),
            pathologies=lines(values, "pathologies"),
            allergies=lines(values, "allergies"),
        ),
        traitements=_TREATMENTS.read(values),
        analyse=_ANALYSIS.read(values),
        recommandations=[line for line in _PROPOSED.read(values) if line.get("proposition")],
        conclusion=values.get("conclusion", "").strip(),
        transmis_a=values.get("transmis_a", "").strip(),
    )


FORM: Final = Form(
    name="bilan",
    label="Bilan partagé de médication",
    type_id="bilan-medication",
    content=_content,
    counts=True,
    sections=(
        Section(
            "Cadre",
            (
                Field("date", "Date", "date", "today", required=True),
                Field("etape", "Étape", "choice", "recueil", _STEPS),
                Field("motif", "Motif", first="Cinq traitements chroniques, chute récente"),
            ),
        ),
        Section(
            "Recueil d’informations",
            (
                Field("poids", "Poids (kg)", "number", "58"),
                Field("taille", "Taille (cm)", "number", "161"),
                Field("clairance", "Clairance de la créatinine (mL/min)", "number", "42"),
                Field(
                    "pathologies", "Pathologies (une par ligne)", "area", "hypertension artérielle\ndiabète de type 2"
                ),
                Field("allergies", "Allergies (une par ligne)", "area", "pénicilline (urticaire)"),
            ),
        ),
        Section("Traitements", (_TREATMENTS,)),
        Section("Analyse pharmaceutique", (_ANALYSIS,)),
        Section("Propositions au prescripteur", (_PROPOSED,)),
        Section(
            "Conclusion",
            (
                Field(
                    "conclusion",
                    "Conclusion",
                    "area",
                    "Deux problèmes repérés, dont un attend l’avis du médecin traitant. Les risques sont "
                    "connus de la patiente.",
                    required=True,
                ),
                Field("transmis_a", "Transmis à", first="Médecin traitant, par messagerie sécurisée de santé"),
            ),
        ),
    ),
)
