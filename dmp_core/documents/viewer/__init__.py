"""The viewer: a CDA that somebody else wrote becomes safe, accessible HTML in French, and the files inside it.

Every element and attribute of the output is written by `writer` from closed lists: no markup of the source passes.
It must not fetch, run or follow anything that a document names, and it never refuses a document for what it removes.
"""

from dmp_core.documents.viewer.page import page
from dmp_core.documents.viewer.render import render
from dmp_core.documents.viewer.serving import attachment_headers, page_headers
from dmp_core.documents.viewer.view import Access, Attachment, Level, Notice, Removed, View, ViewContext

__all__ = [
    "Access",
    "Attachment",
    "Level",
    "Notice",
    "Removed",
    "View",
    "ViewContext",
    "attachment_headers",
    "page",
    "page_headers",
    "render",
]
