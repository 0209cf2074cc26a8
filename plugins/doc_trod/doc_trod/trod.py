"""The body of a rapid test: CI-SIS BIO-TROD 2024.01, one section, one entry, one observation a result."""

from datetime import date, datetime, tzinfo
from typing import Final

from dmp_core.api import Act, CdaBody, Code, cda, value_set
from dmp_core.api.cda import Part, part
from doc_trod.content import Dispositif, Lecture, Resultat, Trod
from doc_trod.kinds import CONSENT, EXAMS, KINDS, WORDS, Kind

_TITLE: Final = "Test rapide d'orientation diagnostique"  # as the volet writes it
_RESULTS: Final = ("Pathologie/Substance dépistée", "Résultat", "Commentaire / Contexte")
_DEVICE: Final = ("Code UDI du dispositif utilisé", "Fabricant | Référence | N° de lot | Date de péremption")
_SECTION_MODELS: Final = ("1.3.6.1.4.1.19376.1.3.3.2.1", "1.2.250.1.213.1.1.2.70")
_ENTRY_MODELS: Final = ("1.3.6.1.4.1.19376.1.3.1", "1.2.250.1.213.1.1.3.21")
_RESULT_MODELS: Final = ("1.3.6.1.4.1.19376.1.3.1.6", "1.2.250.1.213.1.1.3.80")
_READINGS: Final = {
    Lecture.POSITIF: "10828004",
    Lecture.NEGATIF: "260385009",
    Lecture.INDETERMINE: "373068000",
    Lecture.ECHANTILLON_INSATISFAISANT: "125154007",
}
_GS1, _HIBCC, _ICCBBA = "2.51.1.1", "1.0.15961.10.816", "2.16.840.1.113883.6.18.1.34"


def moment(content: Trod, zone: tzinfo) -> datetime:
    """When the test was done."""
    return datetime.combine(content.date, content.heure, zone)


def body(content: Trod, *, item: str, done: datetime) -> CdaBody:
    """The body of `content`, a test done at `done`."""
    kind = KINDS[content.test]
    section = cda.section(
        kind.chapter,
        title="Résultat du test rapide d'orientation diagnostique",
        identifier=cda.item_id(item, "section"),
        narrative=_narrative(content),
        entries=[_entry(content, kind, item, done)],
        templates=cda.templates(*_SECTION_MODELS),
    )
    return CdaBody(
        act=Act(start=done, performer=content.realisateur, codes=kind.pathologies),
        title=f"{_TITLE} : {kind.name}",
        structured_body=cda.structured_body([section]),
        consents=(CONSENT,),
    )


def _narrative(content: Trod) -> list[Part]:
    rows = [_row(one, rank) for rank, one in enumerate(content.ordered(), 1)]
    device = content.dispositif
    told = [
        cda.table(_RESULTS, rows),
        cda.table(_DEVICE, [(device.udi, cda.marked("dispositif", _device_words(device)))]),
    ]
    if content.conduite_a_tenir:
        told.append(cda.paragraph("Conduite à tenir : ", cda.marked("conduite", content.conduite_a_tenir)))
    return told


def _row(one: Resultat, rank: int) -> tuple[Part | None, ...]:
    return (
        cda.marked(f"examen-{rank}", WORDS[one.examen]),
        cda.marked(f"resultat-{rank}", _reading(one).label),
        cda.marked(f"commentaire-{rank}", one.commentaire) if one.commentaire else None,
    )


def _device_words(device: Dispositif) -> str:
    expiry = _day(device.peremption) if device.peremption else "non précisée"
    return " | ".join((device.fabricant, device.reference, device.lot, expiry))


def _entry(content: Trod, kind: Kind, item: str, done: datetime) -> Part:
    advice = cda.related("SUBJ", cda.comment("conduite")) if content.conduite_a_tenir else None
    act = part(
        "act",
        cda.item_id(item, "test"),
        cda.coded("code", kind.battery),
        cda.status("completed"),
        _device(content.dispositif),
        [cda.related("COMP", _observation(one, rank, item, done)) for rank, one in enumerate(content.ordered(), 1)],
        advice,
        classCode="ACT",
        moodCode="EVN",
    )
    return part("entry", cda.templates(*_ENTRY_MODELS), act, typeCode="DRIV")


def _device(device: Dispositif) -> Part:
    said = part("code", part("originalText", part("reference", value="#dispositif")))
    role = part(
        "participantRole",
        cda.identifier(_issuer(device.udi), device.udi) if device.udi else None,
        part("playingDevice", said, classCode="DEV", determinerCode="INSTANCE"),
        classCode="MANU",
    )
    return part("participant", role, typeCode="DEV")


def _issuer(udi: str) -> str:
    """Who issues UDIs of this form: HIBCC (`+`), ICCBBA (`=`, `&`), else GS1."""
    return {"+": _HIBCC, "=": _ICCBBA, "&": _ICCBBA}.get(udi[0], _GS1)


def _observation(one: Resultat, rank: int, item: str, done: datetime) -> Part:
    remark = cda.related("SUBJ", cda.comment(f"commentaire-{rank}")) if one.commentaire else None
    return part(
        "observation",
        cda.templates(*_RESULT_MODELS),
        cda.item_id(item, one.examen),
        cda.coded("code", EXAMS[one.examen], text=f"examen-{rank}"),
        cda.status("completed"),
        cda.time(done),
        cda.coded("value", _reading(one), text=f"resultat-{rank}", xsi_type="CD"),
        remark,
        classCode="OBS",
        moodCode="EVN",
    )


def _reading(one: Resultat) -> Code:
    return value_set("screening-result").code(_READINGS[one.lecture])


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
