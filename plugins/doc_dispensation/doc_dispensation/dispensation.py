"""The body of a dispensation: CI-SIS eDISP-MED 2024.01, one section, one `supply` a product."""

from datetime import date, datetime
from typing import Final

from dmp_core.api import Act, CdaBody, Code, Practitioner, Who, cda, oids, value_set
from dmp_core.api.cda import Part, part
from doc_dispensation import narrative
from doc_dispensation.content import (
    Atc,
    Completude,
    Delivrance,
    Dispensation,
    Edqm,
    Identifiant,
    Prescription,
    Produit,
    Substitution,
)
from doc_dispensation.dosage import dosage

_SECTION_MODELS: Final = (
    "1.3.6.1.4.1.19376.1.9.1.2.3",
    "2.16.840.1.113883.10.20.1.8",
    "1.2.250.1.213.1.1.2.236",
)
_SUPPLY_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.34",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7.3",
    "1.3.6.1.4.1.19376.1.9.1.3.4",
    "1.2.250.1.213.1.1.3.204",
)
_INSTRUCTION_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.49",
    "1.3.6.1.4.1.19376.1.5.3.1.4.3",
    "1.2.250.1.213.1.1.3.33",
)
_NOTE_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.43",
    "1.3.6.1.4.1.19376.1.5.3.1.4.3.1",
    "1.2.250.1.213.1.1.3.207",
)
_IHE_ACTS: Final = "1.3.6.1.4.1.19376.1.5.3.2"
_IHE_ITEMS: Final = "1.3.6.1.4.1.19376.1.9.2.2"


def body(content: Dispensation, who: Who, *, item: str, at: datetime) -> CdaBody:
    """The body of `content`, authored at `at`."""
    dispenser = content.dispensateur or who.author
    section = cda.section(
        Code(code="60590-7", system=oids.LOINC, label="Médicaments délivrés"),
        title="Médicaments délivrés",
        identifier=cda.item_id(item, "section"),
        narrative=[narrative.table(content.delivrances)],
        authors=[cda.author(_without_section(dispenser), who.structure, at)],
        entries=[_supply(one, rank, content, item) for rank, one in enumerate(content.delivrances, 1)],
        templates=cda.templates(*_SECTION_MODELS),
    )
    order = content.prescription
    return CdaBody(
        act=Act(start=_moment(content), performer=content.dispensateur),
        structured_body=cda.structured_body([section]),
        orders=(Code(code=order.identifiant, system=order.racine),) if order else (),
    )


def _moment(content: Dispensation) -> date | datetime:
    """Day, or day and time in the zone of the pharmacy."""
    return datetime.combine(content.date, content.heure) if content.heure else content.date


def _without_section(dispenser: Practitioner) -> Practitioner:
    """S_dispensationMedicaments wants `G15_21` here, without the section of the Ordre."""
    return dispenser.model_copy(update={"section": None})


def _supply(one: Delivrance, rank: int, content: Dispensation, item: str) -> Part:
    mark = narrative.mark(rank)
    return part(
        "supply",
        cda.templates(*_SUPPLY_MODELS),
        cda.item_id(item, mark),
        _completeness(one.completude) if one.completude else None,
        cda.text(mark),
        part("quantity", value=format(one.quantite, "f"), unit=one.unite.code),
        part("product", _product(one.produit, mark)),
        _relations(one, mark, content.prescription, item),
        classCode="SPLY",
        moodCode="EVN",
    )


def _relations(one: Delivrance, mark: str, prescription: Prescription | None, item: str) -> list[Part]:
    """What goes with a product. With any of these goes a note of the dispenser (E_supplyEntry_fr, 2025-10-10)."""
    parts = [
        _line(one.ligne, prescription) if prescription and one.ligne else None,
        _instruction(mark) if one.instructions else None,
        _note(mark) if narrative.has_note(one) else None,
        cda.related("COMP", dosage(one.posologie, mark, item)) if one.posologie else None,
        _substitution(one.substitution, mark) if one.substitution else None,
    ]
    return [made for made in parts if made is not None]


def _completeness(code: Completude) -> Part:
    return cda.coded("code", value_set("dispensation-completeness").code(code))


def _product(product: Produit, mark: str) -> Part:
    cis = Code(code=product.cis, system=oids.CIS, label=product.libelle) if product.cis else None
    cip = Code(code=product.cip, system=oids.CIP, label=product.libelle) if product.cip else None
    return cda.product(
        f"{mark}-produit",
        code=cis,
        translations=[cip] if cip else [],
        name=product.libelle if cis or cip else None,
        form=_edqm(product.forme) if product.forme else None,
        lot=product.lot,
        expiry=product.peremption,
        details=[_generic(product.atc)] if product.atc else [],
    )


def _generic(atc: Atc) -> Part:
    code = Code(code=atc.code, system=oids.ATC, label=atc.libelle)
    kind = part(
        "pharm:generalizedMedicineClass",
        cda.coded("pharm:code", code),
        part("pharm:name", code.label),
        classCode="MMAT",
    )
    return part("pharm:asSpecializedKind", kind, classCode="GRIC")


def _edqm(term: Edqm) -> Code:
    return Code(code=term.code, system=oids.EDQM, label=term.libelle)


def _line(line: Identifiant, prescription: Prescription) -> Part:
    """FR-Reference-item-prescription: the line of the prescription, who wrote it, and the prescription."""
    nothing = part("manufacturedMaterial", cda.null("name", "NA"), nullFlavor="NA")
    writer = prescription.prescripteur
    document = part("externalDocument", cda.identifier(prescription.racine, prescription.identifiant or None))
    reference = part(
        "substanceAdministration",
        cda.templates("1.3.6.1.4.1.19376.1.9.1.3.11", "1.2.250.1.213.1.1.3.90"),
        cda.identifier(line.racine, line.identifiant or None),
        cda.coded("code", Code(code="PREItem", system=_IHE_ITEMS, label="Prescription Item")),
        part("consumable", part("manufacturedProduct", nothing)),
        cda.author(writer, prescription.structure, prescription.date) if writer and prescription.date else None,
        part("reference", document, typeCode="XCRPT"),
        classCode="SBADM",
        moodCode="INT",
    )
    return cda.related("REFR", reference, inversion=False)


def _instruction(mark: str) -> Part:
    return _act(_INSTRUCTION_MODELS, "PINSTRUCT", f"{mark}-instructions")


def _note(mark: str) -> Part:
    return _act(_NOTE_MODELS, "FINSTRUCT", f"{mark}-notes")


def _act(models: tuple[str, ...], code: str, narrative_id: str) -> Part:
    act = part(
        "act",
        cda.templates(*models),
        cda.coded("code", Code(code=code, system=_IHE_ACTS)),
        cda.text(narrative_id),
        cda.status("completed"),
        classCode="ACT",
        moodCode="INT",
    )
    return cda.related("SUBJ", act, inversion=True)


def _substitution(code: Substitution, mark: str) -> Part:
    act = part(
        "act",
        cda.templates("1.3.6.1.4.1.19376.1.9.1.3.9.2", "1.2.250.1.213.1.1.3.206"),
        cda.coded("code", value_set("substitution").code(code), text=f"{mark}-substitution"),
        cda.status("completed"),
        classCode="ACT",
        moodCode="EVN",
    )
    return cda.related("COMP", act)
