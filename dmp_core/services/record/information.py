"""What the DMP tells beside the documents: the professional's patients (TD0.4), who may read a record (TD1.6), whom to
warn (TD1.3a), and the addresses of its own pages (TD0.9)."""

from datetime import datetime

from dmp_core.dmp import td04_patients, td09_web, td13_administrative, td16_authorisations
from dmp_core.dmp.td04_patients import AuthorisedPatient, DateType
from dmp_core.dmp.td09_web import Page, WebAddress, WebSettings
from dmp_core.dmp.td13_administrative import AdministrativeData
from dmp_core.dmp.td16_authorisations import AuthorisedProfessional, Listed
from dmp_core.errors import ConfigInvalid, DmpAccessDenied
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.practitioner import Right, Who
from dmp_core.model.software import Software
from dmp_core.ports import Clock, Ids
from dmp_core.services.people import rights
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.record.access import RecordAccess
from dmp_core.services.record.open_records import OpenRecord
from dmp_core.services.wire.exchange import Exchange


class Information:
    """Each call but `page` waits for the network, and raises what the exchange raises.

    All raise RightMissing, ProfessionalMissing; those about a patient InsNotQualified, InsWrongEnvironment,
    PatientRefuses, EmergencyOver, SecretConnectionUnanswered.
    """

    def __init__(
        self,
        exchange: Exchange,
        access: RecordAccess,
        ins_policy: InsPolicy,
        software: Software,
        web: WebSettings | None,
        *,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._exchange = exchange
        self._access = access
        self._ins_policy = ins_policy
        self._software = software
        self._web = web
        self._clock = clock
        self._ids = ids

    def patients(self, who: Who | None, since: datetime, about: DateType) -> tuple[AuthorisedPatient, ...]:
        """TD0.4: whose record this professional may read, where something happened since."""
        who = rights.require(who, Right.READ)
        return td04_patients.read(self._exchange.ask(td04_patients.build(since, about), who, None))

    def professionals(
        self, patient: Patient, who: Who | None, listed: Listed = Listed.ALL
    ) -> tuple[AuthorisedProfessional, ...]:
        """TD1.6: who may read this record, and whom the patient barred."""
        ins, who, record = self._entered(patient, who)
        message = td16_authorisations.build(listed)
        answer = self._exchange.ask(message, who, ins, record.access, patient=patient.host_id)
        return td16_authorisations.read(answer)

    def administrative(self, patient: Patient, who: Who | None) -> AdministrativeData:
        """TD1.3a, once while the patient is open. Raises DmpAbsent, DmpAccessDenied."""
        ins, who, record = self._entered(patient, who)
        with record.fetching:
            if isinstance(record.contacts, AdministrativeData):
                return record.contacts
            query_id, message_id = self._ids.uuid(), self._ids.uuid()
            message = td13_administrative.build(
                ins, self._software, message_id=message_id, query_id=query_id, at=self._clock.now()
            )
            try:
                answer = self._exchange.ask(message, who, ins, record.access, patient=patient.host_id)
            except DmpAccessDenied as error:
                record.contacts = error
                raise
            record.contacts = td13_administrative.read(answer, ins=ins, query_id=query_id, message_id=message_id)
            return record.contacts

    def page(self, page: Page, who: Who | None, patient: Patient | None = None) -> WebAddress:
        """TD0.9: where a browser opens a page of the DMP. Raises ConfigInvalid where no domain is configured."""
        rights.require(who, Right.READ)
        if self._web is None:
            raise ConfigInvalid("web.domain: the pages of the DMP for professionals, see the CNDA's sheet")
        ins = None if patient is None else self._ins_policy.usable(patient)
        return td09_web.address(self._web, page, ins)

    def _entered(self, patient: Patient, who: Who | None) -> tuple[Ins, Who, OpenRecord]:
        who = rights.require(who, Right.READ)
        ins = self._ins_policy.usable(patient)
        return ins, who, self._access.entered(patient, ins, who)
