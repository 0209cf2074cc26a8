"""Messages of *Enregistrer au dossier*: a document of the DMP goes into the host's own file, with its origin, once."""

from typing import Literal, Self

from pydantic import Field

from dmp_core.model.document import UniqueId
from dmp_core.model.row import Row
from dmp_core.services.record.importing import ORIGIN, Standing
from hostbridge.protocol.messages import HostId, Message, PatientReference


class ImportDocument(PatientReference):
    """`document/import`: this listed document is wanted; `document/imported`: the host has it in its file now."""

    unique_id: UniqueId


class ImportStanding(Standing, Message):
    """Result of `document/import`, `document/imported`. `kept`: no, asked, yes, older (it has an earlier version)."""

    @classmethod
    def of(cls, standing: Standing) -> Self:
        return cls(**{name: getattr(standing, name) for name in Standing.model_fields})


class ImportsShown(Message):
    """Result of `document/imports`: the listed documents of which the host has a version, or was asked to take one."""

    documents: tuple[Standing, ...]


class ImportNotice(Message):
    """`document/importWanted`: take this document into the patient's file, then say `document/imported`.

    The bytes come with `dmp/fetch`. `origin` is to be kept beside it; `replaces`: the version that the host has.
    """

    host_id: HostId = Field(repr=False)
    entry: Row = Field(repr=False)
    origin: Literal["DMP"] = ORIGIN
    replaces: UniqueId | None = None


class NewerVersionNotice(Message):
    """`document/newerVersion`: the DMP holds a newer version of a document that the host has as `has`."""

    host_id: HostId = Field(repr=False)
    entry: Row = Field(repr=False)
    has: UniqueId
