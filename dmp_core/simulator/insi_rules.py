"""What a question to INSi must look like: operation, traits, contexts. The simulator's own reading, strict.

Rules: SEL-MP-043 as quoted in `dmp_protocol.md` 8.2. Codes: `siram_40`/`insi_102` and `siram_100`/`desir_550` were seen
on the test platform; the others are placeholders [U]. Texts name a rule, never a value.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dmp_core import xml
from dmp_core.simulator.insi_directory import Wanted
from dmp_core.xml import Element

BAM: Final = "urn:siram:bam:ctxbam"
LPS: Final = "urn:siram:lps:ctxlps"
SEARCH: Final = "http://www.cnamts.fr/INSiRecSans"
SEARCH_ACTION: Final = "urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite"
UNAVAILABLE: Final = ("siram_40", "insi_102")
UNKNOWN_SOFTWARE: Final = ("siram_100", "desir_550")
MALFORMED: Final = ("siram_20", "insi_201")  # placeholder
TRAIT_REFUSED: Final = ("siram_20", "insi_202")  # placeholder
CALLER_REFUSED: Final = ("siram_101", "desir_551")  # placeholder

_TRAITS: Final = ("NomNaissance", "Prenom", "Sexe", "DateNaissance", "LieuNaissance")
_BIRTH_NAME: Final = re.compile(r"(?!.*(?:[ ']{2}|---))[A-Z'][A-Z' -]*")
_GIVEN_NAME: Final = re.compile(r"(?!.*(?:[ ']{2}|--))[A-Z'](?:[A-Z' -]*[A-Z ])?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLACE: Final = re.compile(r"[0-9][0-9AB][0-9]{3}")


class InsiRefused(Exception):
    """A question that is refused with a fault: the frame's code, the application's code, a French text."""

    def __init__(self, codes: tuple[str, str], text: str, *, receiver: bool = False) -> None:
        super().__init__(f"{codes[0]}/{codes[1]}: {text}")
        self.codes = codes
        self.text = text
        self.receiver = receiver


@dataclass(frozen=True, slots=True)
class Verification:
    """The operation WS_INS3 as the simulator knows it; the real names are not public (`dmp_protocol.md` 8.2 [I])."""

    action: str = "urn:ServiceIdentiteCertifiee:1.0.0:verifierInsAvecTraitsIdentite"
    request_namespace: str = "http://www.cnamts.fr/INSiLot2/REQUnitaire"
    request_root: str = "VERIFICATION"
    answer_namespace: str = "http://www.cnamts.fr/INSiLot2/REPUnitaire"
    answer_root: str = "RESULTAT"


@dataclass(frozen=True, slots=True)
class Contexts:
    """What the two contexts say of the caller."""

    idam: str
    sender: str


@dataclass(frozen=True, slots=True)
class ToVerify:
    """An INS and the traits that should be its person's."""

    number: str = field(repr=False)
    oid: str
    wanted: Wanted


def read_contexts(header: Element) -> Contexts:
    """ContexteBAM and ContexteLPS of a SOAP header. Raises InsiRefused."""
    bam, lps = _one(header, BAM, "ContexteBAM"), _one(header, LPS, "ContexteLPS")
    if bam.get("Version") != "01_02" or lps.get("Version") != "01_00":
        raise InsiRefused(MALFORMED, "Version : 01_02 pour ContexteBAM, 01_00 pour ContexteLPS")
    if lps.get("Nature", "CTXLPS") != "CTXLPS":
        raise InsiRefused(MALFORMED, "Nature de ContexteLPS : CTXLPS")
    _sequence(bam, ("Id", "Temps", "Emetteur", "COUVERTURE"))
    _sequence(lps, ("Id", "Temps", "Emetteur", "LPS"))
    for context in (bam, lps):
        _instant(_text(context, "Temps"))
    software = _one(lps, LPS, "LPS")
    idam = _one(software, LPS, "IDAM")
    if idam.get("R") != "4":
        raise InsiRefused(MALFORMED, "IDAM : attribut R=4 attendu")
    senders = {_text(context, "Emetteur") for context in (bam, lps)}
    if len(senders) != 1 or "" in senders:
        raise InsiRefused(MALFORMED, "Emetteur : le même dans les deux contextes")
    return Contexts(xml.text_of(idam), senders.pop())


def read_search(body: Element) -> Wanted:
    """The traits of RECSANSVITALE. Raises InsiRefused."""
    if body.tag != f"{{{SEARCH}}}RECSANSVITALE":
        raise InsiRefused(MALFORMED, "RECSANSVITALE attendu")
    return _wanted(body)


def read_verification(body: Element, names: Verification) -> ToVerify:
    """The INS and the traits of a verification. Raises InsiRefused."""
    space = names.request_namespace
    if body.tag != f"{{{space}}}{names.request_root}":
        raise InsiRefused(MALFORMED, f"{names.request_root} attendu")
    person = _one(body, space, "IndividuVerifie")
    given = _one(person, space, "INSFourni")
    number = _one(given, space, "IdIndividu")
    value = _text(number, "NumIdentifiant") + _text(number, "Cle")
    return ToVerify(value, _text(given, "OID"), _wanted(_one(person, space, "TraitsIdentiteIndividu")))


def _wanted(traits: Element) -> Wanted:
    """The traits, blanks counted: INSi refuses a name that begins with one."""
    found = list(xml.children(traits))
    names = [child.tag.removeprefix(f"{{{xml.namespace(traits)}}}") for child in found]
    given = names.count("Prenom")
    if names not in ([_TRAITS[0], *["Prenom"] * given, *_TRAITS[2:end]] for end in (4, 5)) or not given:
        raise InsiRefused(MALFORMED, "attendus dans l'ordre : " + ", ".join(_TRAITS))
    for child in found:
        xml.text_of(child)  # no markup inside
    values = [child.text or "" for child in found]
    sex, birth_date, *place = values[1 + given :]
    wanted = Wanted(values[0], tuple(values[1 : 1 + given]), sex, birth_date, *place)
    _check_traits(wanted, has_place=bool(place))
    return wanted


def _check_traits(wanted: Wanted, *, has_place: bool) -> None:
    rules = {
        "NomNaissance (EF_INS01_03, EF_INS10_01)": bool(_BIRTH_NAME.fullmatch(wanted.birth_name)),
        "Prenom (EF_INS01_03, EF_INS10_02)": all(_GIVEN_NAME.fullmatch(name) for name in wanted.given_names),
        "Sexe : M ou F": wanted.sex in ("M", "F"),
        "DateNaissance : AAAA-MM-JJ": bool(_DATE.fullmatch(wanted.birth_date)),
        "LieuNaissance : code de l'INSEE": not has_place or bool(_PLACE.fullmatch(wanted.birth_place)),
    }
    if broken := [rule for rule, holds in rules.items() if not holds]:
        raise InsiRefused(TRAIT_REFUSED, " ; ".join(broken))


def _instant(text: str) -> None:
    try:
        aware = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise InsiRefused(MALFORMED, "Temps : date et heure avec fuseau")


def _sequence(parent: Element, names: tuple[str, ...]) -> None:
    found = [child.tag for child in xml.children(parent)]
    if found != [f"{{{xml.namespace(parent)}}}{name}" for name in names]:
        raise InsiRefused(MALFORMED, f"{xml.local_name(parent)} : attendus dans l'ordre {', '.join(names)}")


def _one(parent: Element, space: str, name: str) -> Element:
    found = list(xml.children(parent, f"{{{space}}}{name}"))
    if len(found) != 1:
        raise InsiRefused(MALFORMED, f"{name} : un et un seul attendu")
    return found[0]


def _text(parent: Element, name: str) -> str:
    return xml.text_of(_one(parent, xml.namespace(parent), name))
