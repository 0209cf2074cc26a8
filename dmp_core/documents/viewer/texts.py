"""The plain text of elements that others filled."""

from typing import Final

from lxml import etree

from dmp_core.xml import Element

_STRING: Final = etree.XPath("string()")


def whole(element: Element) -> str:
    """All text inside an element, comments and instructions left out."""
    return str(_STRING(element))


def one_line(element: Element | None, most: int) -> str:
    """The same on one line, at most so many characters; '' for None."""
    return " ".join(whole(element).split())[:most] if element is not None else ""
