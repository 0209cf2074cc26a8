"""Documents for the viewer's tests: small CDAs around any narrative or file, and files of every kind."""

import zlib
from base64 import b64decode, b64encode
from struct import pack

HEAD = """
  <realmCode code="FR"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <id root="1.2.3.4.5"/>
  <code code="{type_code}" displayName="Type du document" codeSystem="{type_system}"/>
  <title>{title}</title>
  <effectiveTime value="20260115103000+0100"/>
  <languageCode code="fr-FR"/>
  <setId root="1.2.3.4"/><versionNumber value="2"/>
  <recordTarget><patientRole>
    <id root="1.2.250.1.213.1.4.10" extension="{ins}"/>
    <patient>
      <name><family qualifier="BR">{family}</family><given qualifier="BR">DOMINIQUE</given></name>
      <administrativeGenderCode code="F"/><birthTime value="{birth}"/>
    </patient>
  </patientRole></recordTarget>
  <author><assignedAuthor>
    <code code="G15_21/A" displayName="x" codeSystem="1.2.250.1.213.1.1.4.5"/>
    <assignedPerson><name><family>{author}</family><given>Claude</given><suffix>DR</suffix></name></assignedPerson>
    <representedOrganization><name>Pharmacie Exemple</name></representedOrganization>
  </assignedAuthor></author>
  <documentationOf><serviceEvent>
    <effectiveTime><low value="20260715083000+0000"/></effectiveTime>
  </serviceEvent></documentationOf>
"""
FACTS = {
    "type_code": "87273-9",
    "type_system": "2.16.840.1.113883.6.1",
    "title": "Note d’exemple",
    "ins": "279035121518989",
    "family": "PAT-TROIS",
    "birth": "19790328",
    "author": "EXEMPLE",
}
_JPEG = (
    "/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC"
    "8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAEAAgDASIAAhEBAxEB/8QAFQAB"
    "AQAAAAAAAAAAAAAAAAAAAAb/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABQb/xAAUEQEAAAAAAAAAAAAAAAAAAA"
    "AA/9oADAMBAAIRAxEAPwCdAHrB/9k="
)
JPEG = b64decode(_JPEG)  # 8 x 4 points


def document(body: str, **facts: str) -> bytes:
    """A CDA around this body (XML); `facts` replace those of the head."""
    head = HEAD.format(**FACTS | facts)
    xml = f'<ClinicalDocument xmlns="urn:hl7-org:v3">{head}<component>{body}</component></ClinicalDocument>'
    return xml.encode()


def narrative(text: str, *, entries: str = "", **facts: str) -> bytes:
    """A CDA with one section whose narrative is this (XML)."""
    section = f"<section><title>Contenu</title><text>{text}</text>{entries}</section>"
    return document(f"<structuredBody><component>{section}</component></structuredBody>", **facts)


def holding(content: bytes, media_type: str, **facts: str) -> bytes:
    """A CDA of level 1 around this file."""
    coded = b64encode(content).decode()
    text = f'<text mediaType="{media_type}" representation="B64">{coded}</text>'
    return document(f"<nonXMLBody>{text}</nonXMLBody>", **facts)


def media(name: str, content: bytes, media_type: str) -> str:
    """An entry with a file that a narrative may call by this name."""
    value = f'<value mediaType="{media_type}" representation="B64">{b64encode(content).decode()}</value>'
    return f'<entry><observationMedia ID="{name}">{value}</observationMedia></entry>'


def png(
    width: int = 6, height: int = 4, *, pixels: bytes | None = None, chunks: bytes = b"", tail: bytes = b""
) -> bytes:
    """A grey PNG. `pixels` replaces what is packed, `chunks` stands before it, `tail` after the end."""
    rows = (b"\x00" + b"\x80" * width) * height if pixels is None else pixels
    head = png_chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + chunks + body + png_chunk(b"IEND", b"") + tail


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))


def pdf(*, catalogue: bytes = b"", objects: bytes = b"", packed: bytes | None = None, pages: int = 1) -> bytes:
    """A small PDF. `catalogue` is added to its catalogue, `objects` to its body, `packed` in an object stream."""
    kids = b" ".join(b"%d 0 R" % (10 + rank) for rank in range(pages))
    body = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R" + catalogue + b">>\nendobj\n"
    body += b"2 0 obj\n<</Type/Pages/Kids[" + kids + b"]/Count %d>>\nendobj\n" % pages
    for rank in range(pages):
        body += b"%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>\nendobj\n" % (10 + rank)
    if packed is not None:
        stream = zlib.compress(packed)
        body += b"9 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(stream)
        body += stream + b"\nendstream\nendobj\n"
    body += objects
    return body + b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
