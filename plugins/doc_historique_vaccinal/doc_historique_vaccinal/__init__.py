"""The vaccinations of a patient that a pharmacy knows of: CI-SIS VAC 2023.01."""

from doc_historique_vaccinal.hooks import provide_document_types, resolve_document

__all__ = ["provide_document_types", "resolve_document"]
