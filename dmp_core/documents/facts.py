"""What the header of a document says beside what its body brings."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dmp_core.api.documents import DocumentType
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Structure, Who


@dataclass(frozen=True, slots=True)
class Facts:
    """Who, for whom, which document. `effective_time` is aware; all times are written in the structure's zone.

    `unique_id`, `set_id` and `replaces` are OIDs (`2.25.<uuid>`); `replaces` is the uniqueId of the version before.
    """

    document_type: DocumentType
    patient: Patient = field(repr=False)
    who: Who = field(repr=False)
    unique_id: str
    set_id: str
    version: int
    effective_time: datetime
    time_zone: str = "Europe/Paris"
    replaces: str | None = None
    encounter: str = "AMB"  # JDV_J142

    @property
    def structure(self) -> Structure:
        """The pharmacy, with the sector and the practice setting that the type of document asks for."""
        wanted = {
            "sector": self.document_type.healthcare_facility,
            "practice_setting": self.document_type.practice_setting,
        }
        return self.who.structure.model_copy(update={name: code.code for name, code in wanted.items() if code})

    def local(self, moment: date | datetime) -> date | datetime:
        """A datetime in the structure's time zone (a naive one is taken as being there already); a day as it is."""
        if not isinstance(moment, datetime):
            return moment
        zone = ZoneInfo(self.time_zone)
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)

    @property
    def written_at(self) -> datetime:
        """The time of the document, in the structure's zone."""
        return self.effective_time.astimezone(ZoneInfo(self.time_zone))
