"""The medicines that a pharmacy dispensed: CI-SIS eDISP-MED 2024.01."""

from doc_dispensation.hooks import provide_document_types, resolve_document

__all__ = ["provide_document_types", "resolve_document"]
