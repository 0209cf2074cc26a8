"""The HTTP headers of whoever serves a page or an attachment: what a `meta` element cannot say.

A browser guesses types, runs what it takes for HTML and lets pages be framed, unless these headers forbid it.
"""

from collections.abc import Mapping
from typing import Final

from dmp_core.documents.viewer.page import policy, stylesheet
from dmp_core.documents.viewer.view import Access, Attachment

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def page_headers(style: str | None = None) -> Mapping[str, str]:
    """Headers of `page` with this stylesheet: framed by its own origin only, in an origin of its own."""
    told = policy(stylesheet() if style is None else style)
    return _ALWAYS | {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{told}; frame-ancestors 'self'; sandbox allow-downloads",
    }


def attachment_headers(attachment: Attachment) -> Mapping[str, str]:
    """Headers of an attachment's bytes: always saved, never opened in place. Raises ValueError for a refused one."""
    if attachment.access is Access.REFUSED:
        raise ValueError("a refused attachment is not served")
    return _ALWAYS | {
        "Content-Type": attachment.media_type,
        "Content-Disposition": f'attachment; filename="{attachment.name}"',
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
