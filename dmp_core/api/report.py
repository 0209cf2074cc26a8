"""The content of an unstructured document: fields that the plugin lays out, or a file that the host printed itself."""

import datetime as dt
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Base64Bytes, ConfigDict, Field, GetJsonSchemaHandler, ValidationInfo, field_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from dmp_core.api.content import remedy
from dmp_core.api.context import Context
from dmp_core.errors import ContentInvalid
from dmp_core.model.finding import Finding
from dmp_core.model.health import HealthModel


class HandedFile(HealthModel):
    """`contenu`: base64 of a PDF, JPEG, PNG, TIFF, RTF or text; `type_media` None: told by the bytes."""

    contenu: Base64Bytes = Field(repr=False)
    type_media: str | None = Field(default=None, pattern=r"^[a-z]+/[a-z0-9.+-]{1,60}$")

    @field_validator("contenu")
    @classmethod
    def _holds_something(cls, value: bytes) -> bytes:
        if not value:
            raise remedy("Joignez de nouveau le fichier : il est vide.")
        return value


class Report(HealthModel):
    """Base of such a content: `date` of the act, then either `fichier` or the plugin's own fields.

    Every field of a subclass has None for its default; `needed` names those without which there is no report.
    """

    model_config = ConfigDict(validate_default=True)

    needed: ClassVar[frozenset[str]] = frozenset()

    date: dt.date
    fichier: HandedFile | None = Field(default=None, repr=False)

    @field_validator("*")
    @classmethod
    def _file_or_fields(cls, value: Any, info: ValidationInfo) -> Any:
        if info.field_name in {"date", "fichier"} or "fichier" not in info.data:
            return value
        handed = info.data["fichier"] is not None
        if handed and value not in (None, ()):
            raise remedy("Retirez cette rubrique : le fichier joint la contient déjà.")
        if not handed and value in (None, ()) and info.field_name in cls.needed:
            raise remedy("Renseignez cette rubrique, ou joignez un fichier.")
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema for hosts: it says as well that `fichier` or the needed fields must be there."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        return schema | {"anyOf": [{"required": ["fichier"]}, {"required": sorted(cls.needed)}]}


def refuse_future(day: dt.date, ctx: Context) -> None:
    """An act that is reported has taken place. Raises ContentInvalid at `date` where `day` is yet to come."""
    if day > ctx.now.astimezone(ZoneInfo(ctx.time_zone)).date():
        finding = Finding("date", "future", "Corrigez la date de l’acte : elle est dans le futur.")
        raise ContentInvalid(str(finding), findings=(finding,))
