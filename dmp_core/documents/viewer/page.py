"""A view as one HTML page that stands alone: no script, one stylesheet named by its hash, nothing loaded."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from string import Template
from typing import Final

from dmp_core.documents.viewer import words
from dmp_core.documents.viewer.view import Access, Attachment, Notice, View
from dmp_core.documents.viewer.writer import Writer

_KINDS: Final = frozenset({"10", "11", "31", "42", "43", "44", "45", "52", "60", "90"})
_NO_LINKS: Final[Mapping[str, str]] = {}


@cache
def stylesheet() -> str:
    """The viewer's own stylesheet."""
    return _data("style.css")


def policy(style: str) -> str:
    """The Content-Security-Policy of a page with this stylesheet.

    `frame-ancestors` and `sandbox` have no effect in a `meta` element: who serves the page sends `page_headers`.
    """
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def page(view: View, style: str | None = None, *, links: Mapping[str, str] = _NO_LINKS) -> bytes:
    """A whole HTML5 page in UTF-8. `links` tells, by name, where the host serves attachments; the others are inside.

    A host shows it in `<iframe sandbox="allow-downloads">`, from an address of its own.
    """
    style = stylesheet() if style is None else style
    frame = Template(_data("frame.html"))
    filled = frame.substitute(
        policy=escape(policy(style)),
        title=escape(view.title),
        style=style,
        kind=f"kind-{view.class_code}" if view.class_code in _KINDS else "kind-other",
        notices=_notices(view),
        document=_document(view, links),
        footer=escape(f"Document {view.unique_id or 'sans identifiant'}, version {view.version}"),
    )
    return filled.encode()


@cache
def _data(name: str) -> str:
    return resources.files("dmp_core.documents.viewer").joinpath(name).read_text(encoding="utf-8")


def _notices(view: View) -> str:
    if not view.notices:
        return ""
    out = Writer()
    with out.inside("section", class_="notices", aria_label="Avertissements"):
        for notice in view.notices:
            level, sentence, advice = words.NOTICES[notice]
            if notice is Notice.REMOVED:
                advice = f"{words.summary(view.removed)} {advice}"
            with out.inside("div", class_=f"notice {level}", role="alert" if level == "blocking" else None):
                out.leaf("strong", sentence)
                out.text(f" {advice}")
    return out.html()


def _document(view: View, links: Mapping[str, str]) -> str:
    """The document and its files; folded where it must not be taken for one of this patient."""
    whole = f'<article lang="{view.language}">{view.fragment}</article>{_files(view, links)}'
    if not view.blocked:
        return whole
    return f"<details><summary>Afficher quand même ce document</summary>{whole}</details>"


def _files(view: View, links: Mapping[str, str]) -> str:
    offered = [
        (number, attachment)
        for number, attachment in enumerate(view.attachments, 1)
        if attachment.access in (Access.OPEN, Access.WARNED)
    ]
    if not offered:
        return ""
    out = Writer()
    with out.inside("section", class_="files", aria_label="Fichiers joints"):
        out.leaf("h2", "Fichier joint" if len(offered) == 1 else "Fichiers joints")
        for number, attachment in offered:
            with out.inside("div", class_="offered", id=f"file-{number}"):
                _offer(number, attachment, links.get(attachment.name), out)
    return out.html()


def _offer(number: int, attachment: Attachment, address: str | None, out: Writer) -> None:
    about = f"{attachment.label}, {words.weight(len(attachment.content))}"
    if attachment.access is Access.OPEN:
        _link(f"Ouvrir le fichier n° {number} ({about})", attachment, address, out)
        return
    with out.inside("details"):
        out.leaf("summary", f"Fichier n° {number} ({about}) : {attachment.reason}")
        with out.inside("p"):
            out.text("Ce fichier n’a pas été vérifié. Ne l’ouvrez que si vous savez de qui il vient. ")
            _link("Enregistrer le fichier", attachment, address, out)


def _link(text: str, attachment: Attachment, address: str | None, out: Writer) -> None:
    coded = "" if address is not None else b64encode(attachment.content).decode()
    href = address if address is not None else f"data:{attachment.media_type};base64,{coded}"
    out.leaf("a", text, href=href, download=attachment.name, class_="button")
