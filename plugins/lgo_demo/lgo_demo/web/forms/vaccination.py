"""*Vaccination*, in the words of the messages `id-host/1`: the adapter `lgo_id` understands them."""

from typing import Any, Final

from lgo_demo.web.forms.form import Field, Form, Section, Values, number, said

VACCINES: Final = {
    "68747507": ("Vaccin tétanique Pasteur", "J07AM", "vaccins tétaniques"),
    "60016195": ("Vaccin grippal saisonnier, suspension injectable", "J07BB02", "grippe, inactivé, virion fragmenté"),
    "67152900": ("Vaccin pneumococcique conjugué, 20 sérotypes", "J07AL02", "pneumocoque, antigène conjugué"),
}
"""The pharmacy's file of medicines: CIS -> label, ATC, label of the ATC. But for the first, the CIS are invented."""


def _content(values: Values) -> dict[str, Any]:
    label, atc, atc_label = VACCINES[values["vaccin"]]
    return said(
        date=values.get("date"),
        vaccin={"cis": values["vaccin"], "libelle": label, "atc": atc, "atc_libelle": atc_label},
        lot=values.get("lot", "").strip(),
        peremption=values.get("peremption"),
        acte=values.get("acte"),
        rang=number(values, "rang"),
        voie=values.get("voie"),
        site=values.get("site"),
        commentaire=values.get("commentaire", "").strip(),
    )


def _words(*values: str) -> dict[str, str]:
    return {value: value for value in values}


FORM: Final = Form(
    name="vaccination",
    label="Vaccination",
    type_id="note-vaccination",
    content=_content,
    sections=(
        Section(
            "Vaccin",
            (
                Field("date", "Date de l’injection", "date", "today", required=True),
                Field("vaccin", "Vaccin", "choice", "68747507", {cis: one[0] for cis, one in VACCINES.items()}),
                Field("lot", "Numéro de lot", first="V4456672", required=True),
                Field("peremption", "Péremption", "date", "2027-12-31"),
            ),
        ),
        Section(
            "Injection",
            (
                Field("acte", "Acte", "choice", "rappel", _words("primovaccination", "rappel", "vaccination")),
                Field("rang", "Rang dans le schéma", "number", "3"),
                Field("voie", "Voie", "choice", "intramusculaire", _words("intramusculaire", "sous-cutanée")),
                Field(
                    "site",
                    "Site",
                    "choice",
                    "deltoïde gauche",
                    _words("deltoïde gauche", "deltoïde droit", "cuisse gauche", "cuisse droite"),
                ),
                Field("commentaire", "Remarque", "area", "Aucune réaction dans les quinze minutes."),
            ),
        ),
    ),
)
