"""Writing XML: the namespaces of the field, and one function that makes an element with all that is in it."""

from collections.abc import Mapping
from typing import Final, cast

from lxml import etree

from dmp_core.xml import Element

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
WSA: Final = "http://www.w3.org/2005/08/addressing"
HL7: Final = "urn:hl7-org:v3"
RIM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
RS: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
LCM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
QUERY: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
XDS_B: Final = "urn:ihe:iti:xds-b:2007"
XOP: Final = "http://www.w3.org/2004/08/xop/include"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XML: Final = "http://www.w3.org/XML/1998/namespace"

_PREFIXES: Final = {
    "soap": SOAP, "wsa": WSA, "rim": RIM, "rs": RS, "lcm": LCM, "query": QUERY, "xds": XDS_B, "xop": XOP, "xsi": XSI,
}  # fmt: skip


class Maker:
    """Makes elements of one namespace: `RIM_("Slot", {"name": "hash"}, ...)`. None among the children is left out."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def __call__(
        self, name: str, attributes: Mapping[str, str] | None = None, *content: Element | str | None
    ) -> Element:
        element = etree.Element(f"{{{self._namespace}}}{name}", dict(attributes or {}), nsmap=self._nsmap())
        for part in content:
            if isinstance(part, str):
                element.text = part
            elif part is not None:
                element.append(part)
        return element

    def _nsmap(self) -> dict[str, str]:
        """The prefixes of the field; HL7 v3 is the default namespace, as in every example."""
        known = {prefix: name for prefix, name in _PREFIXES.items() if name == self._namespace}
        return known or cast(dict[str, str], {None: self._namespace})
