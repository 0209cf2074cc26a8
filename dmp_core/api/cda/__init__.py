"""The parts of a structured CDA body, for those who write a type of document.

A body is made of sections; a section has a narrative (what people read) and entries (what machines read), and
entries point at the narrative. Everything is a `Part`, made with `part("tag", *content, **attributes)` or with one
of the functions below; text and attributes are escaped, in this one place. Header, frame, metadata and checks are
the core's.

>>> from dmp_core.api import Code, cda
>>> loinc = "2.16.840.1.113883.6.1"
>>> comment = cda.part(
...     "act",
...     cda.template("1.3.6.1.4.1.19376.1.5.3.1.4.2"),
...     cda.coded("code", Code(code="48767-8", system=loinc, label="Commentaire")),
...     cda.text("remarque"),
...     cda.status("completed"),
...     classCode="ACT",
...     moodCode="EVN",
... )
>>> section = cda.section(
...     Code(code="48767-8", system=loinc, label="Commentaire"),
...     title="Remarque",
...     identifier=cda.item_id("item-1", "section"),
...     narrative=[cda.table(("Date", "Remarque"), [("15/01/2026", cda.marked("remarque", "Prise < 1 h & à jeun"))])],
...     entries=[comment],
... )
>>> cda.structured_body([section])[:62]
b'<structuredBody xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w'
"""

from dmp_core.api.cda.body import section, structured_body
from dmp_core.api.cda.entries import comment, product
from dmp_core.api.cda.narrative import marked, paragraph, table
from dmp_core.api.cda.part import Content, Part, element, part
from dmp_core.api.cda.people import (
    addresses,
    assigned_entity,
    author,
    organization,
    performer,
    person_name,
    structure_author,
    telecoms,
)
from dmp_core.api.cda.values import (
    coded,
    identifier,
    integer,
    interval,
    item_id,
    null,
    quantity,
    related,
    status,
    template,
    templates,
    text,
    time,
    timestamp,
)

__all__ = [
    "Content", "Part", "addresses", "assigned_entity", "author", "coded", "comment", "element", "identifier",
    "integer", "interval", "item_id", "marked", "null", "organization", "paragraph", "part", "performer",
    "person_name", "product", "quantity", "related", "section", "status", "structure_author", "structured_body",
    "table", "telecoms", "template", "templates", "text", "time", "timestamp",
]  # fmt: skip
