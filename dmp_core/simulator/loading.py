"""Documents that stand in the records from the start: each CDA of a folder, put where its own header says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from dmp_core.model.oids import InsOid, Xds
from dmp_core.simulator import own_requests
from dmp_core.simulator.annuaire import Annuaire
from dmp_core.simulator.cda import CdaHeader, CdaUnreadable, Described, entry_metadata, read_header
from dmp_core.simulator.markup import LCM, RIM, XDS_B, XOP, Maker
from dmp_core.simulator.own_requests import classification, identifier, slot
from dmp_core.simulator.patients import PatientRecord, Patients
from dmp_core.simulator.reasons import Refused
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.submission import Author, read_submission
from dmp_core.xml import Element

_RIM, _LCM, _XDS, _XOP = Maker(RIM), Maker(LCM), Maker(XDS_B), Maker(XOP)
_PART: Final = "document"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one file: its uniqueId, or why it is not there (`reason`, without a value of it)."""

    file: Path
    unique_id: str = ""
    reason: str = ""


class Loader:
    """Puts files into records. A patient nobody knew gets an open record, and lets every known professional in."""

    def __init__(
        self, registry: Registry, patients: Patients, annuaire: Annuaire, *, uuid: Callable[[], UUID], at: datetime
    ) -> None:
        self._registry = registry
        self._patients = patients
        self._annuaire = annuaire
        self._uuid = uuid
        self._at = at

    def load(self, folder: Path, *, authorised_days: int) -> list[Loaded]:
        """Every `*.xml` of `folder`, by name. What cannot be read is told, and stops nothing."""
        return [self._load(file, authorised_days) for file in sorted(folder.glob("*.xml"))]

    def _load(self, file: Path, authorised_days: int) -> Loaded:
        try:
            data = file.read_bytes()
            header = read_header(data)
            described = entry_metadata(header, data)
            if self._registry.find(described.unique_id):
                return Loaded(file, reason="a document with this uniqueId is already there")
            cx = self._patient(header, authorised_days)
            submission = read_submission(self._request(described, cx), {_PART: data})
        except (CdaUnreadable, Refused, OSError) as error:
            return Loaded(file, reason=str(error) or type(error).__name__)
        patient = self._patients.number(cx)
        assert patient is not None
        self._registry.register(submission, patient=patient, uuid=self._uuid, at=self._at)
        return Loaded(file, unique_id=described.unique_id)

    def _patient(self, header: CdaHeader, authorised_days: int) -> str:
        """The CX of the first INS of the header. Raises CdaUnreadable without any."""
        registers = set(InsOid)
        ins = tuple(f"{number}^^^&{root}&ISO^NH" for root, number in header.patient_ids if root in registers)
        if not ins:
            raise CdaUnreadable("no INS among the patient's identifiers")
        if not any(self._patients.find(cx) for cx in ins):
            self._patients.add(
                PatientRecord(
                    ins=ins,
                    birth_name=header.birth_name,
                    birth_given=header.birth_given,
                    used_name=header.used_name,
                    used_given=header.used_given,
                    sex=header.sex,
                    birth_date=header.birth_date,
                )
            )
            for practitioner in self._annuaire.practitioners():
                self._patients.authorise(ins[0], practitioner, until=self._at + timedelta(days=authorised_days))
        return next(cx for cx in ins if self._patients.find(cx))

    def _request(self, described: Described, cx: str) -> Element:
        """The submission that would have brought this document."""
        made = own_requests.submission_set(cx, at=self._at, uuid=self._uuid)
        objects = _RIM(
            "RegistryObjectList",
            None,
            _extrinsic_object(described, cx),
            *made,
            own_requests.member("Document01"),
        )
        return _XDS(
            "ProvideAndRegisterDocumentSetRequest",
            None,
            _LCM("SubmitObjectsRequest", None, objects),
            _XDS("Document", {"id": "Document01"}, _XOP("Include", {"href": f"cid:{_PART}"})),
        )


def _extrinsic_object(described: Described, cx: str) -> Element:
    slots = {
        "creationTime": (described.creation_time,),
        "languageCode": (described.language,),
        "legalAuthenticator": (described.legal_authenticator,),
        "serviceStartTime": (described.service_start,),
        "serviceStopTime": (described.service_stop,),
        "sourcePatientId": (described.source_patient_id,),
        "sourcePatientInfo": described.source_patient_info,
    }
    codes = (
        (Xds.CLASS_CODE, described.class_code),
        (Xds.TYPE_CODE, described.type_code),
        (Xds.FORMAT_CODE, described.format_code),
        (Xds.HEALTHCARE_FACILITY, described.facility),
        (Xds.PRACTICE_SETTING, described.practice),
        *((Xds.CONFIDENTIALITY_CODE, code) for code in described.confidentiality),
    )
    return _RIM(
        "ExtrinsicObject",
        {"id": "Document01", "mimeType": described.mime_type, "objectType": str(Xds.DOCUMENT_ENTRY)},
        *[slot(name, *values) for name, values in slots.items() if any(values)],
        _RIM("Name", None, _RIM("LocalizedString", {"value": described.title})),
        *[_author(author, f"author{place}") for place, author in enumerate(described.authors)],
        *[
            classification("Document01", scheme, code.code, code.scheme, code.label, f"code{place}")
            for place, (scheme, code) in enumerate(codes)
            if code
        ],
        identifier("Document01", Xds.PATIENT_ID, cx, "XDSDocumentEntry.patientId"),
        identifier("Document01", Xds.UNIQUE_ID, described.unique_id, "XDSDocumentEntry.uniqueId"),
    )


def _author(author: Author, name: str) -> Element:
    slots: dict[str, Sequence[str]] = {
        "authorPerson": (author.person,),
        "authorInstitution": author.institutions,
        "authorRole": author.roles,
        "authorSpecialty": author.specialties,
    }
    attributes = {
        "id": name,
        "classificationScheme": str(Xds.AUTHOR),
        "classifiedObject": "Document01",
        "nodeRepresentation": "",
    }
    return _RIM("Classification", attributes, *[slot(key, *v) for key, v in slots.items() if any(v)])
