"""*Entretien pharmaceutique* of a patient under an antivitamin K, as the guide of the Assurance maladie asks for."""

from typing import Any, Final

from lgo_demo.web.forms.form import Field, Form, Rows, Section, Values, lines, number, said

_STEPS: Final = {"initial": "Entretien initial", "thematique": "Entretien thématique", "suivi": "Entretien de suivi"}
_KNOWN: Final = {"": "", "acquis": "Acquis", "partiel": "Partiellement acquis", "non_acquis": "Non acquis"}
_POINTS: Final = Rows(
    "points",
    (Field("theme", "Thème"), Field("appreciation", "Appréciation", "choice", choices=_KNOWN)),
    (
        ("Rôle et mode d’action du traitement", "acquis"),
        ("Surveillance de l’INR", "partiel"),
        ("Signes d’un surdosage", "acquis"),
        ("Automédication et interactions", "non_acquis"),
    ),
)
_INR: Final = Rows(
    "inr",
    (Field("date", "Date", "date"), Field("valeur", "INR", "number")),
    (("2026-01-02", "2,4"), ("2026-01-12", "3,2")),
)


def _content(values: Values) -> dict[str, Any]:
    measured = [
        {"date": line["date"], "valeur": number(line, "valeur")} for line in _INR.read(values) if line.get("valeur")
    ]
    return said(
        nature="avk",
        date=values.get("date"),
        etape=values.get("etape"),
        annee=number(values, "annee"),
        duree=number(values, "duree"),
        traitement=said(
            medicament=values.get("medicament"), dosage=values.get("dosage"), posologie=values.get("posologie")
        ),
        inr_min=number(values, "inr_min"),
        inr_max=number(values, "inr_max"),
        inr=measured,
        observance=said(girerd=number(values, "girerd")),
        points=_POINTS.read(values),
        conclusion=values.get("conclusion", "").strip(),
        actions=lines(values, "actions"),
    )


FORM: Final = Form(
    name="entretien",
    label="Entretien pharmaceutique",
    type_id="entretien-pharmaceutique",
    content=_content,
    counts=True,
    sections=(
        Section(
            "Cadre",
            (
                Field("date", "Date", "date", "today", required=True),
                Field("etape", "Étape", "choice", "initial", _STEPS),
                Field("annee", "Année de l’accompagnement", "number", "1"),
                Field("duree", "Durée (minutes)", "number", "30"),
            ),
        ),
        Section(
            "Traitement par AVK",
            (
                Field("medicament", "Médicament", first="Warfarine", required=True),
                Field("dosage", "Dosage", first="5 mg"),
                Field("posologie", "Posologie", first="1 comprimé le soir à 20 h"),
                Field("inr_min", "INR cible, minimum", "number", "2"),
                Field("inr_max", "INR cible, maximum", "number", "3"),
                _INR,
            ),
        ),
        Section("Échanges", (_POINTS, Field("girerd", "Observance : score de Girerd (0 à 6)", "number", "1"))),
        Section(
            "Conclusion",
            (
                Field(
                    "conclusion",
                    "Conclusion",
                    "area",
                    "Traitement bien compris. Dernier INR au-dessus de la cible : à contrôler sous huit jours.",
                    required=True,
                ),
                Field(
                    "actions",
                    "Actions convenues (une par ligne)",
                    "area",
                    "Contrôle de l’INR cette semaine\nParacétamol en cas de douleur, jamais d’ibuprofène",
                ),
            ),
        ),
    ),
)
