"""The adapter of id.: what its messages mean, and where its screens show the DMP."""

from lgo_id.events import on_patient_opened, resolve_host_event
from lgo_id.screens import provide_ui

__all__ = ["on_patient_opened", "provide_ui", "resolve_host_event"]
