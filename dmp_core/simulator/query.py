"""Stored queries (ITI-18) and retrievals (ITI-43) as plain values, with the refusals of IHE ITI TF-2 3.18.4.1.3."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from dmp_core import xml
from dmp_core.errors import XmlRefused
from dmp_core.model.limits import UNIQUE_ID
from dmp_core.model.oids import Xds
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.xml import Element

_QUERY: Final = "{urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0}"
_RIM: Final = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
_XDS: Final = "{urn:ihe:iti:xds-b:2007}"

_STATUS: Final = "$XDSDocumentEntryStatus"
_SET_STATUS: Final = "$XDSSubmissionSetStatus"
_ENTRY: Final = ("$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId")
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {  # one parameter of each tuple; the patient is the VIHF's (RG_3010)
    Xds.FIND_DOCUMENTS: (_STATUS,),
    Xds.FIND_SUBMISSION_SETS: (_SET_STATUS,),
    Xds.GET_DOCUMENTS: _ENTRY,
    Xds.GET_ASSOCIATIONS: ("$uuid",),
    Xds.GET_DOCUMENTS_AND_ASSOCIATIONS: _ENTRY,
}
_LISTS: Final = frozenset(
    {_STATUS, _SET_STATUS, *_ENTRY, "$uuid", "$XDSDocumentEntryType", "$XDSSubmissionSetSourceId"}
)
_CODES: Final = re.compile(r"\$XDS\w+(?:Code|CodeList|ContentType)$")
_REPEATABLE: Final = frozenset({"$XDSDocumentEntryConfidentialityCode", "$XDSDocumentEntryEventCodeList"})
_PERSONS: Final = re.compile(r"\$XDS\w+AuthorPerson$")
_TIMES: Final = re.compile(r"\$XDS\w+Time(?:From|To)$")
_PATIENTS: Final = re.compile(r"\$XDS\w+PatientId$")

_STRING: Final = r"'(?:[^']|'')*'"
_ONE: Final = re.compile(rf"\s*({_STRING}|[0-9]+)\s*")
_MANY: Final = re.compile(rf"\s*\(\s*({_STRING}(?:\s*,\s*{_STRING})*)\s*\)\s*")
_CX: Final = re.compile(r"[^^]+\^\^\^&[0-9.]+&ISO(?:\^.*)?")
_CODE: Final = re.compile(r"[^^]+\^\^[^^]+")


@dataclass(frozen=True, slots=True)
class Query:
    """A stored query: its UUID, `LeafClass` or `ObjectRef`, and its parameters with the ebXML quoting undone."""

    id: str
    return_type: str
    slots: Mapping[str, tuple[str, ...]] = field(repr=False)
    further: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict, repr=False)  # repeated slots: and


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The documents asked for: (repository, document, home community or '')."""

    items: tuple[tuple[str, str, str], ...]


def read_query(body: Element) -> Query:
    """The query in an `AdhocQueryRequest`. Raises Refused: XDSUnknownStoredQuery, XDSStoredQueryMissingParam...

    Parameters that a query does not know are kept and mean nothing (3.18.4.1.2.3.5).
    """
    option, asked = body.find(f"{_QUERY}ResponseOption"), body.find(f"{_RIM}AdhocQuery")
    if body.tag != f"{_QUERY}AdhocQueryRequest" or option is None or asked is None:
        raise Refused(Reason("XDSRegistryError", "AdhocQueryRequest avec ResponseOption et AdhocQuery attendu"))
    name, return_type = asked.get("id", ""), option.get("returnType", "")
    if name not in _REQUIRED:
        raise Refused(Reason("XDSUnknownStoredQuery", "requête enregistrée inconnue"))
    if return_type not in ("LeafClass", "ObjectRef"):
        raise Refused(Reason("XDSRegistryError", "returnType : LeafClass ou ObjectRef"))
    try:
        slots, further = _parameters(asked)
    except XmlRefused as error:
        raise Refused(Reason("XDSRegistryError", f"paramètre illisible : {error.detail}")) from None
    _require(slots, _REQUIRED[name])
    return Query(name, return_type, slots, further)


def _parameters(asked: Element) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[tuple[str, ...], ...]]]:
    """The parameters, and apart the repetitions of those whose values must be met slot by slot (3.18.4.1.2.3.5)."""
    slots: dict[str, tuple[str, ...]] = {}
    further: dict[str, tuple[tuple[str, ...], ...]] = {}
    reasons: list[Reason] = []
    for slot in xml.children(asked, f"{_RIM}Slot"):
        name = slot.get("name", "")
        values = _values_of(slot, name, reasons)
        if name not in slots:
            slots[name] = values
        elif name in _REPEATABLE:
            further[name] = (*further.get(name, ()), values)
        else:
            reasons.append(Reason("XDSStoredQueryParamNumber", "paramètre répété", name))
    if reasons:
        raise Refused(*reasons)
    return slots, further


def _values_of(slot: Element, name: str, reasons: list[Reason]) -> tuple[str, ...]:
    """The values of one parameter; what is wrong with them goes to `reasons`."""
    texts = [xml.text_of(value) for part in xml.children(slot) for value in xml.children(part)]
    try:
        values = tuple(value for text in texts for value in _values(name, text))
    except ValueError as error:
        reasons.append(Reason("XDSRegistryError", str(error), name))
        return ()
    if not _is_list(name) and len(values) > 1:
        reasons.append(Reason("XDSStoredQueryParamNumber", "une seule valeur", name))
    return values


def _is_list(name: str) -> bool:
    return name in _LISTS or bool(_CODES.match(name)) or bool(_PERSONS.match(name))


def _values(name: str, text: str) -> Iterator[str]:
    """The values of one `Value`: `'a'`, `('a','b')`, a number. Raises ValueError with the rule."""
    many, one = _MANY.fullmatch(text), _ONE.fullmatch(text)
    if _is_list(name) and not many:
        raise ValueError("liste attendue : ('valeur','valeur')")
    if not many and not one:
        raise ValueError("valeur entre apostrophes, ou nombre, attendue")
    quoted = re.findall(_STRING, many[1]) if many else [one[1]] if one else []
    for part in quoted:
        value = part[1:-1].replace("''", "'") if part.startswith("'") else part
        _check_shape(name, value)
        yield value


def _check_shape(name: str, value: str) -> None:
    if _CODES.match(name) and not _CODE.fullmatch(value):
        raise ValueError("code^^nomenclature attendu")
    if _PATIENTS.match(name) and not _CX.fullmatch(value):
        raise ValueError("identifiant CX attendu")
    if _TIMES.match(name) and not re.fullmatch(r"[0-9]{4}(?:[0-9]{2}){0,5}", value):
        raise ValueError("date de 4 à 14 chiffres attendue")


def _require(slots: Mapping[str, tuple[str, ...]], alternatives: tuple[str, ...]) -> None:
    """Exactly one of the alternatives has a value."""
    given = [name for name in alternatives if slots.get(name)]
    if not given:
        raise Refused(Reason("XDSStoredQueryMissingParam", "paramètre obligatoire absent", " | ".join(alternatives)))
    if len(given) > 1:
        raise Refused(Reason("XDSStoredQueryParamNumber", "un seul de ces paramètres", " | ".join(alternatives)))


def read_retrieval(body: Element) -> Retrieval:
    """The documents of a `RetrieveDocumentSetRequest`. Raises Refused."""
    asked = list(xml.children(body))
    tags = {element.tag for element in asked}
    if body.tag != f"{_XDS}RetrieveDocumentSetRequest" or tags != {f"{_XDS}DocumentRequest"}:
        raise Refused(Reason("XDSRepositoryError", "RetrieveDocumentSetRequest avec ses DocumentRequest attendu"))
    try:
        return Retrieval(tuple(_item(element) for element in asked))
    except XmlRefused as error:
        raise Refused(Reason("XDSRepositoryError", f"identifiant illisible : {error.detail}")) from None


def _item(element: Element) -> tuple[str, str, str]:
    found = [(child.tag, xml.text_of(child)) for child in xml.children(element)]
    home = found.pop(0)[1] if found and found[0][0] == f"{_XDS}HomeCommunityId" else ""
    if [tag for tag, _ in found] != [f"{_XDS}RepositoryUniqueId", f"{_XDS}DocumentUniqueId"]:
        rule = "RepositoryUniqueId puis DocumentUniqueId attendus (ordre du schéma)"
        raise Refused(Reason("XDSRepositoryError", rule))
    (_, repository), (_, document) = found
    if not repository:
        raise Refused(Reason("XDSUnknownRepositoryId", "RepositoryUniqueId vide"))
    if not document or len(document) > UNIQUE_ID or document.startswith("urn:uuid:"):
        raise Refused(Reason("XDSDocumentUniqueIdError", "uniqueId du document attendu, pas son entryUUID"))
    return repository, document, home
