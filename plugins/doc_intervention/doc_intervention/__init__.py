"""The pharmacist's intervention on a prescription: the problem found, what was proposed, what became of it."""

from doc_intervention.hooks import provide_document_types, resolve_document

__all__ = ["provide_document_types", "resolve_document"]
