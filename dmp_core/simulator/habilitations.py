"""TD0.3, TD0.4 and TD1.6: letting a professional in, and who is let in where."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dmp_core.model.access import Mode
from dmp_core.model.oids import PS_IDNAT
from dmp_core.simulator import si_dmp
from dmp_core.simulator.annuaire import Annuaire
from dmp_core.simulator.authorisations import Access, Authorisation
from dmp_core.simulator.claims import Vihf
from dmp_core.simulator.faults import ACCESS_DENIED, fault
from dmp_core.simulator.patients import Patients, RecordState
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.si_dmp import Change, Listed, PatientList, Since
from dmp_core.simulator.storage import Storage
from dmp_core.xml import Element

PRESENT: Final = "Autorisation déjà présente aucune action effectuée"  # the DMP's own words
ADDED: Final = "Autorisation ajoutée"  # this one and the next two are placeholders
REMOVED: Final = "Autorisation supprimée"
ABSENT: Final = "Autorisation absente aucune action effectuée"

_DOCTOR: Final = "10"
_LABELS: Final = {"G15_10": "Médecin", "G15_21": "Pharmacien", "G15_39": "Préparateur en pharmacie"}


class Habilitations:
    """The answers, as the elements of their bodies."""

    def __init__(self, storage: Storage, policy: Policy) -> None:
        self._patients = Patients(storage)
        self._authorisations = self._patients.authorisations
        self._annuaire = Annuaire(storage)
        self._registry = Registry(storage)
        self._lifetime = timedelta(days=policy.authorisation_days)

    def set_authorization(self, body: Element, vihf: Vihf, patient: int, at: datetime) -> Element:
        """TD0.3. Raises Refused: a professional whom the patient blocks, or who claims to be the attending doctor."""
        asked = si_dmp.read_set_authorization(body)
        if asked.medecin_traitant and vihf.profession != _DOCTOR:
            raise fault(ACCESS_DENIED, "Seul un médecin peut être médecin traitant")
        known = self._authorisations.find(patient, vihf.practitioner_id)
        if known and known.access(at) is Access.FORBIDDEN:
            raise fault(ACCESS_DENIED, "Le patient a bloqué l'accès de ce professionnel à son DMP")
        done = self._add if asked.change is Change.ADD else self._remove
        context = done(known, patient, vihf.practitioner_id, asked.medecin_traitant, at)
        return si_dmp.answer(si_dmp.HABILITATIONS, "setAuthorization", context)

    def list_authorization(self, body: Element, patient: int, at: datetime) -> Element:
        """TD1.6: who is let in, who is blocked. Raises Refused."""
        mode = si_dmp.read_list_authorization(body)
        wanted = {Listed.ACTIVE: {Access.VALID}, Listed.FORBIDDEN: {Access.FORBIDDEN}}
        shown = wanted.get(mode, {Access.VALID, Access.FORBIDDEN})
        items = [self._listed(one, at) for one in self._authorisations.of_patient(patient) if one.access(at) in shown]
        return si_dmp.answer(si_dmp.HABILITATIONS, "listAuthorizationByPatient", "", items)

    def patient_list(self, body: Element, vihf: Vihf, at: datetime) -> Element:
        """TD0.4: the open records in which the professional is let in. Raises Refused."""
        asked = si_dmp.read_patient_list(body)
        owner = asked.owner or vihf.practitioner_id
        if vihf.mode is Mode.INDIRECT and asked.kind is not Since.LAST_AUTHORISATION:
            raise fault(ACCESS_DENIED, "En mode indirect, seules les nouvelles autorisations sont listées")
        of_structure = vihf.mode is Mode.INDIRECT and self._annuaire.works_at(owner, vihf.structure_id)
        if owner != vihf.practitioner_id and not of_structure:
            raise fault(ACCESS_DENIED, "psOwnerId : le professionnel lui-même attendu")
        items = self._records(self._authorisations.of_practitioner(owner), asked, at)
        return si_dmp.answer(si_dmp.PATIENTS, "patientList", "", list(items))

    def _add(
        self, known: Authorisation | None, patient: int, practitioner: str, medecin_traitant: bool, at: datetime
    ) -> str:
        if known and known.access(at) is Access.VALID:
            if medecin_traitant and not known.medecin_traitant:
                self._authorisations.put(replace(known, medecin_traitant=True, last_action=at))
                return ADDED
            return PRESENT
        self._authorisations.put(
            Authorisation(
                patient, practitioner, at + self._lifetime, since=at, last_action=at, medecin_traitant=medecin_traitant
            )
        )
        return ADDED

    def _remove(
        self, known: Authorisation | None, patient: int, practitioner: str, medecin_traitant: bool, at: datetime
    ) -> str:
        """With the role, the role alone is given up."""
        if known is None or known.access(at) is not Access.VALID or (medecin_traitant and not known.medecin_traitant):
            return ABSENT
        if medecin_traitant:
            self._authorisations.put(replace(known, medecin_traitant=False, last_action=at))
        else:
            self._authorisations.remove(patient, practitioner)
        return REMOVED

    def _listed(self, one: Authorisation, at: datetime) -> Element:
        known = self._annuaire.find(one.practitioner)
        specialty = known.specialty if known else ""
        values = {
            "nationalId": one.practitioner,
            "nationalIdType": PS_IDNAT,
            "firstName": known.given if known else "",
            "lastName": known.family if known else "",
            "codeSpeciality": specialty,
            "libSpeciality": _LABELS.get(specialty.partition("/")[0], ""),
            "startOfAuthorization": si_dmp.time(one.since),
            "lastActionDate": si_dmp.time(one.last_action),
            "mode": Listed.FORBIDDEN if one.access(at) is Access.FORBIDDEN else Listed.ACTIVE,
            "specificRight": "MEDECIN_TRAITANT" if one.medecin_traitant else "",
        }
        return si_dmp.item(si_dmp.HABILITATIONS, "listOfAuthorizationByPatient", values)

    def _records(self, authorisations: Iterable[Authorisation], asked: PatientList, at: datetime) -> Iterable[Element]:
        for one in authorisations:
            record = self._patients.by_number(one.patient)
            if record is None or record.state is not RecordState.ACTIVE or one.access(at) is not Access.VALID:
                continue
            added, updated = self._registry.last_changes(one.patient)
            moment = added if asked.kind is Since.LAST_DOCUMENT else one.since
            if moment is None or moment < asked.since:
                continue
            identifiers = [
                si_dmp.item(
                    si_dmp.PATIENTS,
                    "patientIdentifier",
                    {"nationalId": cx.partition("^")[0], "nationalIdType": cx.split("&")[1]},
                )
                for cx in record.ins
            ]
            values: dict[str, str | bool | None] = {
                "lastName": record.used_name or record.birth_name,
                "patronymicalName": record.birth_name,
                "firstName": record.used_given or record.birth_given,
                "civility": record.civility,
                "dateOfBirth": record.birth_date,
                "MT": one.medecin_traitant,
                "message": False,
                "lastAccessDate": si_dmp.time(one.last_action),
                "lastUpdateDate": si_dmp.time(updated),
                "lastAddDate": si_dmp.time(added),
            }
            yield si_dmp.item(si_dmp.PATIENTS, "patientlistData", values, *identifiers)
