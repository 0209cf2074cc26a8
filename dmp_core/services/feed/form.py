"""What the feed window shows, whoever draws it."""

from datetime import datetime

from pydantic import Field

from dmp_core.model.document import Visibility
from dmp_core.model.health import HealthModel


class FeedForm(HealthModel):
    """*Alimenter le DMP*: the document, its patient, who may see it. Only the title and the visibility can change."""

    item: str
    type_id: str
    type_label: str
    title: str = Field(repr=False)
    act_date: str = Field(description="UTC, yyyyMMddHHmmss or shorter")
    saved_at: datetime
    patient_host_id: str = Field(repr=False)
    patient_name: str = Field(repr=False)
    patient_birth_date: str = Field(repr=False, description="ISO 8601")
    visibility: Visibility
    replaces_earlier: bool = False
    patient_ins: str | None = Field(default=None, repr=False, description="15 characters")
    patient_is_minor: bool = False
    other_patient: str | None = Field(default=None, repr=False, description="whom the host shows instead, by name")
