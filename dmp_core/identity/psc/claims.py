"""Userinfo of Pro Santé Connect as exercises of a professional.

Source: public claims of Pro Santé Connect (`cards.md` 5.1) and the mapping to a VIHF of ANS's sample
(`dmp_protocol.md` 3.5): SubjectNameID is PS_IdNat, codeProfession and codeSectionPharmacien (doctors: codeSavoirFaire)
the roles, `ancienIdentifiantDeLaStructure` Struct_IdNat. An unknown value is the empty text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from dmp_core.errors import PscUntrusted
from dmp_core.model.identification import Exercise, Identified, Workplace
from dmp_core.model.practitioner import Practitioner

_PHARMACIST: Final = "21"
_STRUCTURE: Final = re.compile(r"1[0-9AB]{9}|2[0-9]{9}|3[0-9]{14}|4[0-9]{14}|0[0-9A-Z]{8,9}")
_SECTION: Final = re.compile(r"[A-Z]{1,4}[0-9]{0,3}|[0-9]{2}")
_CIVILITIES: Final = frozenset({"M", "MME"})
_TITLES: Final = frozenset({"DR", "MC", "MG", "PC", "PG", "PR"})
_MOST: Final = 100  # exercises and places of one person: a longer list is no answer of Pro Santé Connect
Claims = Mapping[str, Any]


def identified(userinfo: Claims, expires_at: datetime) -> Identified:
    """Who the userinfo speaks of. Raises PscUntrusted where it names nobody, or two different persons."""
    national_id = _text(userinfo, "SubjectNameID") or _text(userinfo, "preferred_username")
    if _text(userinfo, "preferred_username") not in ("", national_id):
        raise PscUntrusted("userinfo: preferred_username is not SubjectNameID")
    try:
        exercises = tuple(_exercises(userinfo, national_id))[:_MOST]
        return Identified(national_id=national_id, exercises=exercises, expires_at=expires_at)
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) for one in error.errors()})
        raise PscUntrusted(f"userinfo: {', '.join(places)}") from None


def _exercises(userinfo: Claims, national_id: str) -> Iterator[Exercise]:
    """One for each place of each exercise; the roles alone where the directory knows no exercise."""
    reference = userinfo.get("SubjectRefPro")
    reference = reference if isinstance(reference, Mapping) else {}
    civility = _one_of(_text(reference, "codeCivilite"), _CIVILITIES)
    found = False
    for exercise in _list(reference, "exercices"):
        if not _text(exercise, "codeProfession"):
            continue
        for activity in _list(exercise, "activities") or ({},):
            found = True
            yield Exercise(
                practitioner=_practitioner(userinfo, exercise, activity, national_id, civility),
                workplace=_workplace(activity),
            )
    if not found:
        yield _from_role(userinfo, national_id, civility)


def _from_role(userinfo: Claims, national_id: str, civility: str | None) -> Exercise:
    """`SubjectRole`: `["21^1.2.250.1.213.1.1.5.5"]`."""
    roles = userinfo.get("SubjectRole")
    first = roles[0] if isinstance(roles, Sequence) and not isinstance(roles, str) and roles else roles
    profession = first.partition("^")[0] if isinstance(first, str) else ""
    named = Exercise(
        practitioner=_practitioner(userinfo, {"codeProfession": profession}, {}, national_id, civility),
        workplace=Workplace(name=_text(userinfo, "SubjectOrganization")[:250]),
    )
    organisation = _text(userinfo, "SubjectOrganizationID")
    if not _STRUCTURE.fullmatch(organisation):
        return named
    return named.model_copy(update={"workplace": named.workplace.model_copy(update={"ids": (organisation,)})})


def _practitioner(
    userinfo: Claims, exercise: Claims, activity: Claims, national_id: str, civility: str | None
) -> Practitioner:
    profession = _text(exercise, "codeProfession")
    section = (
        _text(activity, "codeSectionPharmacien") if profession == _PHARMACIST else _text(exercise, "codeSavoirFaire")
    )
    return Practitioner(
        national_id=national_id,
        family=(_text(exercise, "nomDexercice") or _text(userinfo, "family_name"))[:100],
        given=(_text(exercise, "prenomDexercice") or _text(userinfo, "given_name"))[:100],
        profession=profession,
        section=section if _SECTION.fullmatch(section) else None,
        civility=civility,
        title=_one_of(_text(exercise, "codeCiviliteDexercice"), _TITLES),
    )


def _workplace(activity: Claims) -> Workplace:
    numbers = (
        _text(activity, "ancienIdentifiantDeLaStructure"),
        "1" + _text(activity, "numeroFinessSite"),
        "3" + _text(activity, "numeroSiretSite"),
        "1" + _text(activity, "numeroFinessetablissementJuridique"),
    )
    ids = dict.fromkeys(number for number in numbers if _STRUCTURE.fullmatch(number))
    sector = _text(activity, "codeSecteurDactivite")
    return Workplace(
        ids=tuple(ids),
        name=_text(activity, "raisonSocialeSite")[:250],
        sector=sector if re.fullmatch(r"SA[0-9]{2}", sector) else None,
    )


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""


def _list(claims: Claims, name: str) -> Sequence[Claims]:
    value = claims.get(name)
    return [one for one in value if isinstance(one, Mapping)][:_MOST] if isinstance(value, list) else ()


def _one_of(value: str, known: frozenset[str]) -> str | None:
    return value if value in known else None
