"""Whose document is it? Another patient's in an answer withdraws the whole answer."""

from dmp_core.errors import AnswerForeign
from dmp_core.model.document import RecordEntry
from dmp_core.model.identity import Patient, Sex
from dmp_core.model.names import comparable
from dmp_core.model.practitioner import Who


class Belonging:
    """One patient, with every INS that named them: the host's, its history, and those that the DMP told (TD0.2)."""

    def __init__(self, patient: Patient, dmp_identifiers: tuple[str, ...] = ()) -> None:
        own = [patient.ins, *(past.ins for past in patient.ins_history)]
        self._own = {(ins.value, str(ins.oid)) for ins in own if ins} | {_identifier(cx) for cx in dmp_identifiers}
        self._traits = patient.traits

    def is_unknown_ins(self, entry: RecordEntry) -> bool:
        """False where the INS is the patient's; True where another one comes with the patient's traits.

        An INS may change in a life (EX_3.1-1055). Raises AnswerForeign where the traits differ or are not told.
        """
        if entry.patient_id is None or _identifier(entry.patient_id) in self._own:
            return False
        if not self._same_traits(entry):
            raise AnswerForeign("a document of another patient: the whole answer is withdrawn")
        return True

    def _same_traits(self, entry: RecordEntry) -> bool:
        """Birth date, a name, and first name and sex where they are told: twins share the others."""
        told = dict(field.partition("|")[::2] for field in entry.source_patient_info)
        traits, (name, given, *_) = self._traits, (*told.get("PID-5", "").split("^"), "", "")
        names = {comparable(one) for one in (traits.birth_name, traits.used_name) if one}
        sex = told.get("PID-8", "")
        return (
            told.get("PID-7", "")[:8] == traits.birth_date.strftime("%Y%m%d")
            and comparable(name) in names
            and (not given or self._has_given_name(comparable(given)))
            and (sex not in (Sex.FEMALE, Sex.MALE) or traits.sex is Sex.UNKNOWN or sex == traits.sex)
        )

    def _has_given_name(self, given: str) -> bool:
        """One of them, or several that begin with the first one."""
        traits = self._traits
        first = comparable(traits.first_birth_given_name)
        others = (traits.used_given_name or "", *traits.birth_given_names.split())
        return given == first or given.startswith(f"{first} ") or given in {comparable(one) for one in others}


def is_own(entry: RecordEntry, who: Who) -> bool:
    """Written by this pharmacy or by the one who acts: no news for them."""
    return any(
        (author.person is not None and author.person.partition("^")[0] == who.author.national_id)
        or any(one.rpartition("^")[2] == who.structure.national_id for one in author.institution)
        for author in entry.authors
    )


def _identifier(cx: str) -> tuple[str, str]:
    """Number and OID of a CX, whatever follows: `<15>^^^&<OID>&ISO^NH^^19790328`."""
    parts = cx.split("&")
    return cx.partition("^")[0], parts[1] if len(parts) > 1 else ""
