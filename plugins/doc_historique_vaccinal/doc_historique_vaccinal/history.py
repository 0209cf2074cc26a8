"""The body of a history of vaccinations: CI-SIS VAC 2023.01, one section, one entry a vaccination."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dmp_core.api import Act, CdaBody, Code, Who, cda, oids, value_set
from dmp_core.api.cda import Part, part
from doc_historique_vaccinal import narrative
from doc_historique_vaccinal.content import Absence, HistoriqueVaccinal, Reaction, Vaccin, Vaccination

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


def body(content: HistoriqueVaccinal, who: Who, *, item: str, at: datetime) -> CdaBody:
    """The body of `content`, authored at `at`."""
    label = "Historique des vaccinations"
    if content.absence:
        told, entries = narrative.absence(content.absence), [_nothing(content.absence, who, item, at)]
    else:
        told = narrative.table(content.vaccinations)
        entries = [_entry(one, rank, who, item, at) for rank, one in enumerate(content.vaccinations, 1)]
    section = cda.section(
        Code(code="11369-6", system=oids.LOINC, label=label),
        title=label,
        identifier=cda.item_id(item, "section"),
        narrative=[told],
        entries=entries,
        templates=cda.templates(*_SECTION_MODELS),
    )
    return CdaBody(act=Act(start=content.date), structured_body=cda.structured_body([section]))


def _entry(one: Vaccination, rank: int, who: Who, item: str, at: datetime) -> Part:
    mark = narrative.mark(rank)
    route = value_set("immunization-route").code(one.voie) if one.voie else None
    site = value_set("immunization-site").code(one.site) if one.site else None
    return _administration(
        mark,
        item,
        code=value_set("immunization-act").code(one.acte),
        date=part("effectiveTime", value=one.date.replace("-", "")) if one.date else cda.null("effectiveTime", "UNK"),
        details=[
            cda.coded("routeCode", route) if route else None,
            cda.coded("approachSiteCode", site, text=f"{mark}-site") if site else None,
            part("consumable", _product(one.vaccin, mark), typeCode="CSM"),
            cda.performer(one.vaccinateur, one.structure) if one.vaccinateur else None,
            cda.author(who.author, who.structure, at),
            *_relations(one, mark, item),
        ],
    )


def _nothing(absence: Absence, who: Who, item: str, at: datetime) -> Part:
    """The entry of a history without vaccination: its reason, and `NA` where something must stand."""
    mark = narrative.mark(1)
    return _administration(
        mark,
        item,
        code=value_set("immunization-absent").code(absence),
        date=cda.null("effectiveTime", "NA"),
        details=[
            part("consumable", cda.product(f"{mark}-vaccin"), typeCode="CSM"),
            cda.author(who.author, who.structure, at),
        ],
    )


def _administration(mark: str, item: str, *, code: Code, date: Part, details: Sequence[Part | None]) -> Part:
    return part(
        "substanceAdministration",
        cda.templates(*_ENTRY_MODELS),
        cda.item_id(item, mark),
        cda.coded("code", code),
        cda.text(f"{mark}-vaccin"),
        cda.status("completed"),
        date,
        details,
        classCode="SBADM",
        moodCode="EVN",
        negationInd=False,
    )


def _product(vaccine: Vaccin, mark: str) -> Part:
    translations = []
    if vaccine.atc:
        translations.append(Code(code=vaccine.atc.code, system=oids.ATC, label=vaccine.atc.libelle))
    if vaccine.cip:
        translations.append(Code(code=vaccine.cip, system=oids.CIP, label=vaccine.libelle))
    return cda.product(
        f"{mark}-vaccin",
        code=Code(code=vaccine.cis, system=oids.CIS, label=vaccine.libelle) if vaccine.cis else None,
        translations=translations,
        name=vaccine.libelle,
        lot=vaccine.lot,
    )


def _relations(one: Vaccination, mark: str, item: str) -> list[Part]:
    parts = []
    if one.rang:
        parts.append(cda.related("SUBJ", _rank(one.rang)))
    if one.reaction:
        parts.append(cda.related("CAUS", _reaction(one.reaction, mark, item), inversion=False))
    if one.commentaire:
        parts.append(cda.related("SUBJ", cda.comment(f"{mark}-commentaire", one.commentaire)))
    elif one.reaction and not one.rang:
        # ANS's E_immunizations_fr looks for the reaction as an `act`, so it refuses one that stands alone (2025-10-10)
        parts.append(cda.related("SUBJ", cda.comment(f"{mark}-reaction", one.reaction.libelle)))
    return parts


def _rank(rank: int) -> Part:
    return part(
        "observation",
        cda.templates("2.16.840.1.113883.10.20.1.46", "1.2.250.1.213.1.1.3.82"),
        cda.coded("code", Code(code="30973-2", system=oids.LOINC, label="Rang de la vaccination")),
        cda.status("completed"),
        cda.integer(rank),
        classCode="OBS",
        moodCode="EVN",
    )


def _reaction(reaction: Reaction, mark: str, item: str) -> Part:
    reported = Code(code="418799008", system=oids.SNOMED_CT, label="symptôme rapporté par le patient ou le répondant")
    observed = Code(code=reaction.code, system=oids.CIM_10, label=reaction.libelle)
    return part(
        "observation",
        cda.templates(*_REACTION_MODELS),
        cda.item_id(item, f"{mark}-reaction"),
        cda.coded("code", reported),
        cda.text(f"{mark}-reaction"),
        cda.status("completed"),
        cda.interval(reaction.date),
        cda.coded("value", observed, text=f"{mark}-reaction", xsi_type="CD"),
        classCode="OBS",
        moodCode="EVN",
    )
