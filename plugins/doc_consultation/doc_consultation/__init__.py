"""The report of a consultation with the pharmacist."""

from doc_consultation.hooks import provide_document_types, resolve_document

__all__ = ["provide_document_types", "resolve_document"]
