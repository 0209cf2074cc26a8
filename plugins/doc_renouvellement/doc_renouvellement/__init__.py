"""The renewal of a prescription by the patient's pharmacien correspondant."""

from doc_renouvellement.hooks import provide_document_types, resolve_document

__all__ = ["provide_document_types", "resolve_document"]
