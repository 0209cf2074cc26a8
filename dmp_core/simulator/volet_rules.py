"""What the DMP asks of a document beyond the schematron of its volet: version, authors, and that it shows itself alone.

EX_2.1-2035, EX_2.1-1090, EX_2.1-2020, EX_2.1-1115 (`cda.md` section 1); cardinalities of its table 34 are not public.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Final

from dmp_core import xml
from dmp_core.model.oids import PS_IDNAT
from dmp_core.simulator.cda_header import STRUCTURED, CdaHeader, clinical_document
from dmp_core.xml import Element

_HL7: Final = "urn:hl7-org:v3"
_NS: Final = {"h": _HL7}
_NOTE: Final = "87273-9"
_HISTORY: Final = "11369-6"
_MODELS: Final[Mapping[str, tuple[str, str]]] = {  # type: the model of its volet, and the one version that may feed
    _NOTE: ("1.2.250.1.213.1.1.1.46", "2023.01"),
    _HISTORY: ("1.2.250.1.213.1.1.1.37", "2023.01"),
}
_ACTIVE: Final = frozenset({"script", "iframe", "object", "embed", "applet"})


def check(data: bytes, header: CdaHeader) -> Iterator[str]:
    """Every rule that a readable document breaks."""
    root = clinical_document(data)
    if header.confidentiality is None or header.confidentiality.code != "N":
        yield "confidentialityCode du CDA : N attendu"
    yield from _self_displaying(root)
    if header.body != STRUCTURED:
        yield from _content(root, header)
    if header.type_code.code in _MODELS:
        yield from _model(root, header)
    if header.type_code.code == _NOTE:
        yield from _vaccinator(root, header)


def _model(root: Element, header: CdaHeader) -> Iterator[str]:
    """Version 2023.01 of the VAC volet and no other; a structured body."""
    model, version = _MODELS[header.type_code.code]
    found = [one.get("extension", "") for one in root.findall("h:templateId", _NS) if one.get("root") == model]
    if found != [version]:
        yield f"EX_2.1-2035 : volet VAC, modèle {model} en version {version} attendu"
    if header.body != STRUCTURED:
        yield "EX_2.1-2035 : corps structuré attendu (N3)"


def _vaccinator(root: Element, header: CdaHeader) -> Iterator[str]:
    """Who vaccinated is an author of the note and the performer of what it documents; the schematron asks neither."""
    vaccinations = root.findall(".//h:structuredBody//h:substanceAdministration", _NS)
    if header.body == STRUCTURED and not vaccinations:
        yield "EX_2.1-1090 : aucune vaccination dans la note"
    authors = {author.id for author in header.authors}
    performers = _people(root.findall("h:documentationOf/h:serviceEvent/h:performer", _NS))
    for vaccination in vaccinations:
        who = _people(vaccination.findall("h:performer", _NS))
        if who - authors:
            yield "EX_2.1-2020 : le vaccinateur n’est pas auteur du document"
        if who and not who & performers:
            yield "EX_2.1-2020 : le vaccinateur n’est pas l’exécutant de l’acte documenté (serviceEvent/performer)"


def _people(performers: list[Element]) -> set[str]:
    found = [one for performer in performers for one in performer.findall("h:assignedEntity/h:id", _NS)]
    return {one.get("extension", "") for one in found if one.get("root") == PS_IDNAT and one.get("extension")}


def _self_displaying(root: Element) -> Iterator[str]:
    """Nothing that runs or is fetched, in the document or in the stylesheet around it."""
    names = {xml.local_name(node).lower() for node in root.getroottree().getroot().iter("{*}*")}
    if names & _ACTIVE:
        yield "EX_2.1-1115 : le document porte un script ou un objet actif"
    if root.find(".//h:linkHtml", _NS) is not None:
        yield "EX_2.1-1115 : le document porte un lien"


def _content(root: Element, header: CdaHeader) -> Iterator[str]:
    """What a level-1 document carries: base64 of something, of the kind that it says."""
    text = root.find("h:component/h:nonXMLBody/h:text", _NS)
    if text is None:
        yield "corps du CDA absent"
        return
    try:
        content = base64.b64decode("".join(str(text.xpath("string()")).split()), validate=True)
    except binascii.Error:
        content = b""
    if text.get("representation") != "B64" or not content:
        yield "corps du CDA : un contenu en base64 attendu (B64)"
    elif header.body == "application/pdf" and not content.startswith(b"%PDF-"):
        yield "corps du CDA : le contenu n’est pas un PDF"
