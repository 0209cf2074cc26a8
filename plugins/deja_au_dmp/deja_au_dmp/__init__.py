"""Says that a recent examination, dispensation or vaccination of the opened patient is in the DMP already."""

from deja_au_dmp.hooks import on_record_listed

__all__ = ["on_record_listed"]
