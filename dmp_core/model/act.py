"""What a pharmacy finished and must feed: an interview, a bilan, as the host declares it."""

from datetime import date

from pydantic import Field

from dmp_core.model.health import HealthModel


class Act(HealthModel):
    """One finished act. `record`: the host's name of the record that the document is saved from."""

    record: str = Field(min_length=1, max_length=200)
    type_id: str = Field(min_length=1, max_length=100)
    done_on: date
    host_id: str | None = Field(default=None, min_length=1, max_length=100, repr=False)
    operator: str | None = Field(default=None, max_length=100, description="the host's reference")
    refused: bool = Field(default=False, description="the patient refused that it be fed")
