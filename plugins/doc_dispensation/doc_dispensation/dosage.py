"""FR-Instructions-au-dosage: from when to when, how often, how much (IHE PHARM DIS, « normal dosing »)."""

from decimal import Decimal
from typing import Final

from dmp_core.api import Code, cda, oids
from dmp_core.api.cda import Part, part
from doc_dispensation.content import Posologie, Quantite

_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.24",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7",
    "1.2.250.1.213.1.1.3.42",
    "1.3.6.1.4.1.19376.1.9.1.3.6",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7.1",
)
_PRODUCT_MODELS: Final = (
    "2.16.840.1.113883.10.20.1.53",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7.2",
    "1.2.250.1.213.1.1.3.43",
)


def dosage(content: Posologie, mark: str, item: str) -> Part:
    """The `substanceAdministration`; the narrative holds `<mark>-duree`, `-frequence`, `-dose`, `-rythme`, `-voie`."""
    route = content.voie
    nothing = part("manufacturedMaterial", cda.null("code", "NA"), cda.null("name", "NA"), nullFlavor="NA")
    return part(
        "substanceAdministration",
        cda.templates(*_MODELS),
        cda.item_id(item, f"{mark}-posologie"),
        cda.text(f"{mark}-duree"),
        cda.status("completed"),
        part("effectiveTime", _bounds(content), xsi_type="IVL_TS"),
        _frequency(content, mark),
        cda.coded("routeCode", Code(code=route.code, system=oids.EDQM, label=route.libelle), text=f"{mark}-voie")
        if route
        else None,
        _range("doseQuantity", content.dose, f"{mark}-dose") if content.dose else None,
        _range("rateQuantity", content.rythme, f"{mark}-rythme") if content.rythme else None,
        part("consumable", part("manufacturedProduct", cda.templates(*_PRODUCT_MODELS), nothing)),
        classCode="SBADM",
        moodCode="INT",
    )


def _bounds(content: Posologie) -> list[Part]:
    return [cda.time(content.debut, tag="low"), cda.time(content.fin, tag="high")]


def _frequency(content: Posologie, mark: str) -> Part:
    period = part(
        "period",
        _said(f"{mark}-frequence"),
        value=_number(content.toutes_les),
        unit=content.unite.value,
    )
    return part(
        "effectiveTime",
        part("comp", _bounds(content), xsi_type="IVL_TS", operator="A"),
        part("comp", period, xsi_type="PIVL_TS", operator="A"),
        xsi_type="SXPR_TS",
        operator="A",
    )


def _range(tag: str, content: Quantite, narrative_id: str) -> Part:
    return part(
        tag,
        part("low", _said(narrative_id), value=_number(content.min), unit=content.unite),
        part("high", _said(narrative_id), value=_number(content.max), unit=content.unite),
    )


def _said(narrative_id: str) -> Part:
    return part("translation", part("originalText", part("reference", value=f"#{narrative_id}")))


def _number(value: Decimal) -> str:
    return format(value, "f")
