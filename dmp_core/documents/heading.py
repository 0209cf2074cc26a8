"""The head of a printed document: the pharmacy, the title, the patient with the datamatrix, who wrote it and when."""

from datetime import date, datetime
from itertools import pairwise
from typing import Final

from dmp_core.api.bodies import Body
from dmp_core.documents import blocks
from dmp_core.documents.datamatrix import ins_text
from dmp_core.documents.facts import Facts
from dmp_core.documents.images import size_of
from dmp_core.documents.sheet import BODY, GREY, INK, LEFT, PAPER, RIGHT, Box, Font, Picture, Sheet
from dmp_core.documents.symbol import squares
from dmp_core.documents.typeface import printable
from dmp_core.model.codes import value_set
from dmp_core.model.identity import Ins, Patient, Sex
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Practitioner, Structure

_LOGO: Final = (46.0, 20.0)  # the room for it
_MODULE: Final = 0.5  # one square of the datamatrix
_QUIET: Final = 1.5  # white around it
_PADDING: Final = 4.0
_SMALL: Final = Font(8.5, colour=GREY)
_REGISTERS: Final = {
    InsOid.NIR: "NIR, numéro d’inscription au répertoire",
    InsOid.NIA: "NIA, numéro identifiant d’attente",
    InsOid.NIR_TEST: "NIR de test",
    InsOid.NIR_DEMO: "NIR de démonstration",
}
_SEXES: Final = {Sex.FEMALE: "Féminin", Sex.MALE: "Masculin", Sex.UNKNOWN: "Inconnu"}
_CIVILITIES: Final = {"M": "M.", "MME": "Mme"}
_TITLES: Final = {"DR": "Dr", "PR": "Pr"}


def letterhead(sheet: Sheet, structure: Structure) -> None:
    """The pharmacy: logo, name, address, telephone, number."""
    x, top = LEFT, sheet.y
    if logo := sheet.style.logo:
        pixels = size_of(logo)
        scale = min(_LOGO[0] / pixels[0], _LOGO[1] / pixels[1])
        width, height = pixels[0] * scale, pixels[1] * scale
        sheet.put(Picture(LEFT, top, width, height, logo))
        x += width + 6.0
    name = Font(13, bold=True, colour=sheet.style.colour)
    sheet.lines(x, name.wrap(printable(structure.name, "structure.name"), RIGHT - x), name)
    for line in _contact(structure):
        sheet.lines(x, _SMALL.wrap(printable(line, "structure.address"), RIGHT - x), _SMALL)
    sheet.y = max(sheet.y, top + (_LOGO[1] if sheet.style.logo else 0.0)) + 3.0
    sheet.rule(sheet.style.colour, thickness=0.9)
    sheet.y += 7.0


def title(sheet: Sheet, text: str) -> None:
    font = Font(15.5, bold=True, colour=INK)
    sheet.lines(LEFT, font.wrap(text, BODY), font)
    sheet.y += 3.5


def patient_block(sheet: Sheet, patient: Patient) -> None:
    """Names, date of birth, sex, INS with its register; the datamatrix where the identity is qualified."""
    ground = Box(LEFT, sheet.y, BODY, 0.0, sheet.style.tint(0.09))
    page, place, top = sheet.pages[-1], len(sheet.pages[-1]), sheet.y
    side = _datamatrix(sheet, patient, top + _PADDING) if patient.qualified_ins else 0.0
    sheet.y += _PADDING
    x, width = LEFT + _PADDING + 1.2, BODY - _PADDING - (side + _PADDING if side else 0.0)
    sheet.write(x, "PATIENT", Font(7.5, bold=True, colour=sheet.style.colour))
    sheet.y += 4.2
    name = Font(13, bold=True)
    sheet.lines(x, name.wrap(printable(_name(patient), "patient.traits"), width - _PADDING - 1.2), name)
    sheet.y += 1.2
    pairs = tuple((label, printable(value, "patient.traits")) for label, value in _traits(patient))
    blocks.facts(sheet, pairs, indent=_PADDING + 1.2, width=width)
    sheet.y = max(sheet.y, top + side + _PADDING) + _PADDING - 0.5
    height = sheet.y - top
    page.insert(place, Box(ground.x, top, BODY, height, ground.colour))
    page.insert(place + 1, Box(ground.x, top, 1.2, height, sheet.style.colour))
    sheet.y += 4.0


def authorship(sheet: Sheet, facts: Facts, body: Body) -> None:
    """Who wrote it and when; who did the act, and when."""
    who = [("Rédigé par", _professional(facts.who.author)), ("Rédigé le", moment(facts.written_at))]
    who += [("Avec", _professional(one)) for one in body.other_authors if one != facts.who.author]
    performer = body.act.performer
    if performer and performer != facts.who.author:
        who.append(("Acte réalisé par", _professional(performer)))
    when = moment(facts.local(body.act.start))
    if body.act.stop:
        when += f" – {moment(facts.local(body.act.stop))}"
    who.append(("Date de l’acte", when))
    blocks.facts(sheet, tuple((label, printable(value, "who")) for label, value in who))
    sheet.y += 1.0


def identity_line(patient: Patient) -> str:
    """The patient on one line, for the pages that follow."""
    ins = patient.qualified_ins
    told = f"{_name(patient)}, {_born(patient)} {patient.traits.birth_date:%d/%m/%Y}"
    return told + (f" – INS {grouped(ins.value)}" if ins else "")


def moment(when: date | datetime) -> str:
    """`15/01/2026`, `15/01/2026 à 10 h 30`."""
    return f"{when:%d/%m/%Y à %H h %M}" if isinstance(when, datetime) else f"{when:%d/%m/%Y}"


def grouped(ins: str) -> str:
    """`2 79 03 51 215 189 89`, with spaces that do not break."""
    ends = (0, 1, 3, 5, 7, 10, 13, 15)
    return "\xa0".join(ins[start:end] for start, end in pairwise(ends))


def _contact(structure: Structure) -> list[str]:
    lines = []
    if address := structure.address:
        lines.append(", ".join((*address.lines, " ".join(filter(None, (address.postal_code, address.city))))))
    numbers = [f"Tél. {structure.telephone}"] if structure.telephone else []
    prefix, number = structure.national_id[0], structure.national_id[1:]
    if register := {"1": "FINESS", "3": "SIRET"}.get(prefix):
        numbers.append(f"{register} {number}")
    return [*filter(None, (line.strip(", ") for line in lines)), *filter(None, [" – ".join(numbers)])]


def _datamatrix(sheet: Sheet, patient: Patient, top: float) -> float:
    """Draws it at the right of the block; gives its side, the white around it included."""
    rows = squares(ins_text(patient))
    side = len(rows) * _MODULE + 2 * _QUIET
    left = RIGHT - _PADDING - side
    sheet.put(Box(left, top, side, side, PAPER))
    for number, row in enumerate(rows):
        for start, length in row:
            x, y = left + _QUIET + start * _MODULE, top + _QUIET + number * _MODULE
            sheet.put(Box(x, y, length * _MODULE, _MODULE + 0.01, (0, 0, 0)))  # 0.01: no hair of white between rows
    return side


def _name(patient: Patient) -> str:
    traits = patient.traits
    return f"{traits.birth_name} {traits.first_birth_given_name}"


def _born(patient: Patient) -> str:
    return {Sex.FEMALE: "née le", Sex.MALE: "né le"}.get(patient.traits.sex, "né(e) le")


def _traits(patient: Patient) -> list[tuple[str, str]]:
    traits = patient.traits
    pairs = [("Prénoms de naissance", traits.birth_given_names)]
    if traits.used_name or traits.used_given_name:
        used = f"{traits.used_name or traits.birth_name} {traits.used_given_name or traits.first_birth_given_name}"
        pairs.append(("Nom et prénom utilisés", used))
    place = f" à {traits.birth_place_name}" if traits.birth_place_name else ""
    code = f" ({traits.birth_place_code})" if traits.birth_place_code else ""
    pairs.append((_born(patient).capitalize(), f"{traits.birth_date:%d/%m/%Y}{place}{code}"))
    pairs.append(("Sexe", _SEXES[traits.sex]))
    pairs.append(("Matricule INS", _ins(patient.qualified_ins)))
    return pairs


def _ins(ins: Ins | None) -> str:
    return f"{grouped(ins.value)}  ({_REGISTERS[ins.oid]})" if ins else "identité non qualifiée"


def _professional(one: Practitioner) -> str:
    """`Mme Claude EXEMPLE, Pharmacien titulaire d'officine, RPPS 10000000001`."""
    civility = _TITLES.get(one.title or "") or _CIVILITIES.get(one.civility or "")
    profession = value_set("J01").find(one.specialty)
    number = f"RPPS\xa0{one.national_id[1:]}" if one.national_id.startswith("8") else ""
    name = " ".join(filter(None, (civility, one.given, one.family)))
    return ", ".join(filter(None, (name, profession.label if profession else "", number)))
