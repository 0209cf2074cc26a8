"""The documents that a French pharmacy must feed: vaccination note, pharmaceutical interview, medication review."""

from doc_officine.hooks import provide_document_types, resolve_document

__all__ = ["provide_document_types", "resolve_document"]
