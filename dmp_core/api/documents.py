"""What a type of document is: all of it given by the plugin that brings it."""

from typing import Any

from pydantic import BaseModel, Field

from dmp_core.model.document import Code, FeedPolicy, Visibility
from dmp_core.model.health import HealthModel


class DocumentType(HealthModel):
    """One type of document. `id` is what hosts write in `document/saved`; the codes are the official ones."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,60}$")
    label: str = Field(min_length=1, max_length=200, description="for people, in French")
    type_code: Code = Field(description="JDV_J07, with its official label")
    class_code: Code = Field(description="JDV_J57")
    format_code: Code = Field(description="JDV_J60")
    templates: tuple[tuple[str, str | None], ...] = Field(
        default=(), description="templateIds of a structured body: root and extension; none: level 1"
    )
    content_model: type[BaseModel] | None = Field(default=None, description="None: the host hands a finished file")
    example: dict[str, Any] | None = Field(default=None, description="a content that the model takes, for `--example`")
    title_rule: str = Field(default="{label} du {date}", description="`{label}` and `{date}` of the act, JJ/MM/AAAA")
    healthcare_facility: Code | None = Field(default=None, description="JDV_J02; None: the pharmacy's own sector")
    practice_setting: Code | None = Field(default=None, description="JDV_J04; None: the pharmacy's own")
    schematron: str | None = Field(default=None, description="file name in the rules of ANS, beside the general ones")
    value_sets: tuple[str, ...] = Field(default=(), description="names in `dmp_core.model.codes` that its content uses")
    policy: FeedPolicy = FeedPolicy.AUTOMATIC
    visibility: Visibility = Visibility()
