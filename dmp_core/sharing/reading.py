"""A record read here for another seat, under the card of this one, apart from what is open at this one."""

from collections.abc import Sequence

from dmp_core.dmp.td32_retrieve import Retrieved
from dmp_core.errors import DmpAccessDenied
from dmp_core.model.identity import Patient
from dmp_core.model.listing import Since
from dmp_core.model.opening import OpenWish
from dmp_core.model.practitioner import Who
from dmp_core.model.row import Row
from dmp_core.services.record.access import RecordAccess
from dmp_core.services.record.consult import Consult


class RecordsHere:
    """Opens nothing that needs an answer of the patient: such a record is opened at the seat with the card."""

    def __init__(self, access: RecordAccess, consult: Consult) -> None:
        self._access = access
        self._consult = consult

    def rows(self, patient: Patient, who: Who, since: Since) -> Sequence[Row]:
        """Raises DmpAccessDenied where the patient must be asked first, and as `Consult.listing`."""
        opening = self._access.open(patient, who, OpenWish())
        if not opening.open:
            raise DmpAccessDenied(f"the counter must ask first: {opening.ask}")
        return self._consult.listing(patient, who, since).whole().rows

    def document(self, patient: Patient, who: Who, unique_id: str) -> Retrieved:
        """One of the rows that were listed. Raises as `Consult.fetch`."""
        return self._consult.fetch(patient, who, unique_id)
