"""Rapid tests done in a pharmacy (angine, cystite, COVID-19, COVID-19 et grippe): CI-SIS BIO-TROD 2024.01."""

from doc_trod.hooks import provide_document_types, resolve_document

__all__ = ["provide_document_types", "resolve_document"]
