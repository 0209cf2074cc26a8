"""The head of a shown document: type, title, date of the act, who wrote it, for whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, pairwise
from typing import Final

from dmp_core.documents.tree import attribute, every, first
from dmp_core.documents.viewer.dates import french, period
from dmp_core.documents.viewer.texts import whole
from dmp_core.documents.viewer.view import Removed
from dmp_core.documents.viewer.words import BORN, TITLES
from dmp_core.documents.viewer.writer import Writer
from dmp_core.model.codes import value_set
from dmp_core.model.oids import InsOid
from dmp_core.xml import Element, is_element

_AUTHORS: Final = 20
_DAY: Final = 8  # digits of a TS that names a day
_PEOPLE: Final = 4  # patients of one document: one, unless somebody tries
_INS_ROOTS: Final = frozenset(str(oid) for oid in InsOid)


def write(document: Element, out: Writer, *, title: str, type_label: str, time_zone: str) -> None:
    """The head, as a heading and a list of facts."""
    with out.inside("header"):
        if type_label and type_label.casefold() != title.casefold():
            with out.inside("p", class_="type"):
                out.text(type_label, name=True)
        with out.inside("h1"):
            out.text(title, name=True)
        with out.inside("dl"):
            for role in islice(every(document, "recordTarget/patientRole"), _PEOPLE):
                with _fact(out, "Patient"):
                    _patient(role, out, time_zone)
            with _fact(out, "Date de l’acte"):
                out.text(_act(document, time_zone))
            _authors(every(document, "author/assignedAuthor"), out)


@contextmanager
def _fact(out: Writer, name: str) -> Iterator[None]:
    out.leaf("dt", name)
    with out.inside("dd"):
        yield


def _act(document: Element, time_zone: str) -> str:
    """When the act took place; where that is not said, when the document was written."""
    event = "documentationOf/serviceEvent/effectiveTime"
    low, high = attribute(document, f"{event}/low", "value"), attribute(document, f"{event}/high", "value")
    low = low or attribute(document, event, "value")
    if not low:
        written = attribute(document, "effectiveTime", "value")
        return f"{french(written, time_zone)} (date du document)" if written else "non précisée"
    return period(low, high, time_zone) if high else french(low, time_zone)


def _patient(role: Element, out: Writer, time_zone: str) -> None:
    """The name in use first, as at the counter; then what tells homonyms apart."""
    born = _name_of(role, "family", "BR")
    used = _name_of(role, "family", "CL", "BR", None)
    with out.inside("strong"):
        _name((used, _name_of(role, "given", "CL", "BR", None)), out)
    with out.inside("span", class_="more"):
        birth = attribute(role, "patient/birthTime", "value")
        born_as = BORN.get(attribute(role, "patient/administrativeGenderCode", "code"), "Né ou née")
        when = (
            f"{'le' if len(birth) >= _DAY else 'en'} {french(birth[:_DAY], time_zone)}"
            if birth
            else "à une date inconnue"
        )
        out.text(f"{born_as} {when}")
        if born is not None and used is not None and _plain(born) != _plain(used):
            out.text(", nom de naissance : ")
            _words(born, out)
    for identifier in every(role, "id"):
        if identifier.get("root") in _INS_ROOTS:
            with out.inside("span", class_="more"):
                kind = "INS" if InsOid(identifier.get("root", "")).is_real else "INS de test"
                out.text(f"{kind} : {_grouped(identifier.get('extension', ''))}", name=True)


def _name_of(role: Element, tag: str, *qualifiers: str | None) -> Element | None:
    """The name of the first kind that stands there: `BR` of birth, `CL` in use, None of unknown kind."""
    names = every(role, f"patient/name/{tag}")
    return next((name for kind in qualifiers for name in names if name.get("qualifier") == kind), None)


def _authors(authors: list[Element], out: Writer) -> None:
    if not authors:
        return
    with _fact(out, "Auteur" if len(authors) == 1 else "Auteurs"):
        for author in authors[:_AUTHORS]:
            with out.inside("div", class_="person"):
                _author(author, out)
        if len(authors) > _AUTHORS:
            out.leaf("div", f"et {len(authors) - _AUTHORS} autres auteurs", class_="more")


def _author(author: Element, out: Writer) -> None:
    """`Dr Charles MULLER`, their profession, their structure; a device by its software's name."""
    person = first(author, "assignedPerson/name")
    with out.inside("strong"):
        if person is not None:
            title = _first_text(first(person, "suffix")) or _first_text(first(person, "prefix"))
            official = value_set("J246").find(title)
            out.text(f"{TITLES.get(title) or (official.label if official else title)} ".lstrip(), name=True)
            _name((first(person, "given"), first(person, "family")), out)
        else:
            _words(first(author, "assignedAuthoringDevice/softwareName"), out, missing="Auteur non nommé")
    code, system = attribute(author, "code", "code"), attribute(author, "code", "codeSystem")
    specialty = value_set("J01").find(code, system)
    profession = specialty.label if specialty else attribute(author, "code", "displayName")
    if profession:
        with out.inside("span", class_="more"):
            out.text(profession, name=True)
    structure = first(author, "representedOrganization/name")
    if structure is not None:
        with out.inside("span", class_="more"):
            _words(structure, out)


def _first_text(element: Element | None) -> str:
    """The first text of an element, stripped; '' for None."""
    return (element.text or "").strip() if element is not None else ""


def _name(parts: tuple[Element | None, Element | None], out: Writer) -> None:
    present = [part for part in parts if part is not None]
    for rank, part in enumerate(present):
        if rank:
            out.text(" ")
        _words(part, out)
    if not present:
        out.text("Nom non précisé")


def _words(element: Element | None, out: Writer, missing: str = "") -> None:
    """A name. Markup that splits it is marked, for two readers could see two names."""
    if element is None:
        out.text(missing)
        return
    out.text((element.text or "").strip(), name=True)
    for child in element:
        out.mark(Removed.SPLIT)
        if is_element(child):
            out.text(whole(child), name=True)
        out.text((child.tail or "").rstrip(), name=True)


def _plain(element: Element) -> str:
    return whole(element).strip().casefold()


def _grouped(number: str) -> str:
    """`2 79 03 51 215 189 89`, as on a carte Vitale."""
    if len(number) != 15:
        return number[:40]
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    return "\N{NO-BREAK SPACE}".join(number[start:end] for start, end in pairwise(cuts))
