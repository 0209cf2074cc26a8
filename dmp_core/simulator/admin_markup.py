"""HTML of the simulator's pages: one function that makes an element, what forms share, one frame around all."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree

from dmp_core.xml import Element

Content = Element | str | None

_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1rem;color:#1b1b1b;background:#fff}
header{background:#fff3cd;border:1px solid #8a6d00;padding:.5rem 1rem}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid #bbb;padding:.35rem .5rem;text-align:left;vertical-align:top}
form{display:inline-block;margin:.1rem}
label{display:inline-block;margin:.2rem .6rem .2rem 0}
input,select,button{font:inherit}
:focus-visible{outline:3px solid #0a58ca;outline-offset:2px}
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def tag(name: str, attributes: Mapping[str, str] | None = None, *content: Content) -> Element:
    """An element; texts and elements may alternate, None is left out. Everything is escaped when it is written."""
    element = etree.Element(name, dict(attributes or {}))
    for part in content:
        if isinstance(part, str):
            _append_text(element, part)
        elif part is not None:
            element.append(part)
    return element


def _append_text(element: Element, text: str) -> None:
    """Signs that HTML cannot hold become a mark, so that whatever a document says is shown."""
    shown = "".join(sign if sign in "\t\n" or sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    if len(element):
        element[-1].tail = (element[-1].tail or "") + shown
    else:
        element.text = (element.text or "") + shown


def table(titles: Sequence[str], rows: Sequence[Sequence[Content]]) -> Element:
    head = tag("tr", None, *[tag("th", {"scope": "col"}, title) for title in titles])
    body = [tag("tr", None, *[tag("td", None, cell) for cell in row]) for row in rows]
    return tag("table", None, tag("thead", None, head), tag("tbody", None, *body))


def button(action: str, text: str, token: str, **values: str) -> Element:
    """A form of one button."""
    hidden = [tag("input", {"type": "hidden", "name": key, "value": value}) for key, value in values.items()]
    return tag("form", {"method": "post", "action": action}, _token(token), *hidden, tag("button", None, text))


def form(action: str, text: str, token: str, *fields: Element) -> Element:
    return tag("form", {"method": "post", "action": action}, _token(token), *fields, tag("button", None, text))


def field(label: str, name: str, **attributes: str) -> Element:
    given = {"name": name, "required": "required"} | attributes
    return tag("label", None, f"{label} ", tag("input", given))


def choice(label: str, name: str, options: Mapping[str, str]) -> Element:
    listed = [tag("option", {"value": value}, text) for value, text in options.items()]
    return tag("label", None, f"{label} ", tag("select", {"name": name}, *listed))


def page(title: str, *content: Content, home: tuple[str, str] = ("/", "Tous les dossiers")) -> bytes:
    """The whole page, UTF-8. `home`: address and words of the link at its head."""
    head = tag("head", None, tag("meta", {"charset": "utf-8"}), tag("title", None, title), tag("style", None, _STYLE))
    banner = tag(
        "header",
        None,
        "DMP simulé, données fictives. Ce n’est pas le DMP. ",
        tag("a", {"href": home[0]}, home[1]),
    )
    body = tag("body", None, banner, tag("main", None, tag("h1", None, title), *content))
    html = tag("html", {"lang": "fr"}, head, body)
    return etree.tostring(html, method="html", encoding="utf-8", doctype="<!DOCTYPE html>")


def _token(token: str) -> Element:
    return tag("input", {"type": "hidden", "name": "jeton", "value": token})
