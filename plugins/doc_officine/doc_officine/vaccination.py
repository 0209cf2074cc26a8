"""The body of a note de vaccination: CI-SIS VAC-NOTE 2023.01, one section, one entry."""

from datetime import date, datetime
from typing import Final

from dmp_core.api import Act, CdaBody, Code, Practitioner, Who, cda, oids, value_set
from dmp_core.api.cda import Part, part
from doc_officine.bdpm import Medicines
from doc_officine.content import NoteVaccination, Prescription, Reaction
from doc_officine.vaccine import Vaccine, complete

CIM_10: Final = "2.16.840.1.113883.6.3"
_HEADINGS: Final = (
    "Date", "Vaccin", "Lot n°", "Péremption", "Rang", "Voie d’administration", "Région d’administration",
    "Réaction observée", "Commentaire", "Vaccinateur",
)  # fmt: skip
_SECTION_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.6",
    "1.3.6.1.4.1.19376.1.5.3.1.3.23",
    "1.2.250.1.213.1.1.2.147",
)
_ENTRY_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.24",
    "1.3.6.1.4.1.19376.1.5.3.1.4.12",
    "1.2.250.1.213.1.1.3.45",
)
_REACTION_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.28",
    "2.16.840.1.113883.10.20.1.54",
    "1.3.6.1.4.1.19376.1.5.3.1.4.5",
    "1.2.250.1.213.1.1.3.37",
)
_PRESCRIPTION_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.34",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7.3",
    "1.2.250.1.213.1.1.3.44",
)
_RANK_MODELS: Final = ("2.16.840.1.113883.10.20.1.46", "1.2.250.1.213.1.1.3.82")


def body(note: NoteVaccination, who: Who, medicines: Medicines, *, item: str, at: datetime) -> CdaBody:
    """The body of `note`, authored at `at`, a time of the pharmacy. Raises ContentInvalid.

    Vaccinator and author are authors of the document; the vaccinator did the act (EX_2.1-2020).
    """
    vaccine = complete(note.vaccin, medicines, at.date())
    vaccinator = note.vaccinateur or who.author
    section = cda.section(
        Code(code="11369-6", system=oids.LOINC, label="Historique des vaccinations"),
        title="Note de vaccination",
        identifier=cda.item_id(item, "section"),
        narrative=[_narrative(note, vaccine, vaccinator)],
        entries=[_entry(note, vaccine, who, vaccinator, item, at)],
        templates=cda.templates(*_SECTION_MODELS),
    )
    order = note.prescription
    return CdaBody(
        act=Act(start=note.date, performer=note.vaccinateur),
        title=f"Note de vaccination du {_day(note.date)}",
        structured_body=cda.structured_body([section]),
        orders=(Code(code=order.identifiant, system=order.racine),) if order else (),
    )


def _narrative(note: NoteVaccination, vaccine: Vaccine, vaccinator: Practitioner) -> Part:
    cells = (
        _day(note.date),
        cda.marked("vaccin", vaccine.label),
        vaccine.lot,
        _day(vaccine.expiry) if vaccine.expiry else None,
        str(note.rang) if note.rang else None,
        value_set("immunization-route").label(note.voie) if note.voie else None,
        cda.marked("site", value_set("immunization-site").label(note.site)) if note.site else None,
        cda.marked("reaction", note.reaction.libelle) if note.reaction else None,
        cda.marked("commentaire", note.commentaire) if note.commentaire else None,
        f"{vaccinator.given} {vaccinator.family}",
    )
    return cda.table(_HEADINGS, [cells])


def _entry(
    note: NoteVaccination, vaccine: Vaccine, who: Who, vaccinator: Practitioner, item: str, at: datetime
) -> Part:
    route = value_set("immunization-route").code(note.voie) if note.voie else None
    site = value_set("immunization-site").code(note.site) if note.site else None
    return part(
        "substanceAdministration",
        cda.templates(*_ENTRY_MODELS),
        cda.item_id(item, "vaccination"),
        cda.coded("code", value_set("immunization-act").code(note.acte)),
        cda.text("vaccin"),
        cda.status("completed"),
        cda.time(note.date),
        cda.coded("routeCode", route) if route else None,
        cda.coded("approachSiteCode", site, text="site") if site else None,
        part("consumable", _product(vaccine), typeCode="CSM"),
        cda.performer(vaccinator, who.structure),
        cda.author(who.author, who.structure, at),
        _rank(note.rang) if note.rang else None,
        _reaction(note.reaction, item) if note.reaction else None,
        _comment(note),
        _prescription(note.prescription) if note.prescription else None,
        classCode="SBADM",
        moodCode="EVN",
        negationInd=False,
    )


def _product(vaccine: Vaccine) -> Part:
    cip = [Code(code=vaccine.cip, system=oids.CIP, label=vaccine.label)] if vaccine.cip else []
    return cda.product(
        "vaccin",
        code=Code(code=vaccine.cis, system=oids.CIS, label=vaccine.label),
        translations=[vaccine.atc, *cip],
        name=vaccine.atc.label,
        lot=vaccine.lot,
    )


def _rank(rank: int) -> Part:
    observation = part(
        "observation",
        cda.templates(*_RANK_MODELS),
        cda.coded("code", Code(code="30973-2", system=oids.LOINC, label="Rang de la vaccination")),
        cda.status("completed"),
        cda.integer(rank),
        classCode="OBS",
        moodCode="EVN",
    )
    return cda.related("SUBJ", observation)


def _reaction(reaction: Reaction, item: str) -> Part:
    reported = Code(code="418799008", system=oids.SNOMED_CT, label="symptôme rapporté par le patient ou le répondant")
    observation = part(
        "observation",
        cda.templates(*_REACTION_MODELS),
        cda.item_id(item, "reaction"),
        cda.coded("code", reported),
        cda.text("reaction"),
        cda.status("completed"),
        cda.interval(reaction.date),
        cda.coded(
            "value",
            Code(code=reaction.code, system=CIM_10, label=reaction.libelle),
            text="reaction",
            xsi_type="CD",
        ),
        classCode="OBS",
        moodCode="EVN",
    )
    return cda.related("CAUS", observation, inversion=False)


def _comment(note: NoteVaccination) -> Part | None:
    """The comment; where there is only a reaction, its words again.

    ANS's rule E_immunizations_fr looks for the reaction as an `act`, so it refuses one that stands alone (2025-10-10).
    """
    if note.commentaire:
        return cda.related("SUBJ", cda.comment("commentaire", note.commentaire))
    if note.reaction and not (note.rang or note.prescription):
        return cda.related("SUBJ", cda.comment("reaction", note.reaction.libelle))
    return None


def _prescription(order: Prescription) -> Part:
    """The prescription followed, by the identifier that `inFulfillmentOf` of the header carries."""
    supply = part(
        "supply",
        cda.templates(*_PRESCRIPTION_MODELS),
        cda.identifier(order.racine, order.identifiant or None),
        classCode="SPLY",
        moodCode="INT",
    )
    return cda.related("REFR", supply)


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
