"""OIDs and UUIDs of the standards, each named once. Sources: IHE ITI TF-3 4.2, CI-SIS, `PDT-INF` sheets of the DMP."""

from enum import StrEnum
from typing import Final

# Identifiers of people, structures and the DMP itself
PS_IDNAT: Final = "1.2.250.1.71.4.2.1"
STRUCT_IDNAT: Final = "1.2.250.1.71.4.2.2"
DMP_DEVICE: Final = "1.2.250.1.213.4.1.1.1"
DMP_REPOSITORY: Final = "1.2.250.1.213.4.1.1.1.2"

# Code systems
LOINC: Final = "2.16.840.1.113883.6.1"
SNOMED_CT: Final = "2.16.840.1.113883.6.96"
ATC: Final = "2.16.840.1.113883.6.73"
CIM_10: Final = "2.16.840.1.113883.6.3"
CIS: Final = "1.2.250.1.213.2.3.1"
CIP: Final = "1.2.250.1.213.2.3.2"
EDQM: Final = "0.4.0.127.0.16.1.1.2.1"
HL7_ACT_CODE: Final = "2.16.840.1.113883.5.4"
HL7_CONFIDENTIALITY: Final = "2.16.840.1.113883.5.25"
HL7_GENDER: Final = "2.16.840.1.113883.5.1"
AUTHOR_SPECIALTY: Final = "1.2.250.1.213.1.1.4.5"
PROFESSION: Final = "1.2.250.1.71.1.2.7"  # TRE_G15
PHARMACIST_SECTION: Final = "1.2.250.1.71.4.2.6"  # TRE_G05
SECTOR: Final = "1.2.250.1.71.4.2.4"  # TRE_R02, healthcare facility types
CLASS_CODE: Final = "1.2.250.1.213.1.1.4.1"
SIGNATURE_CLASS: Final = "urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1"  # the classCode of a submission's signature, IHE DSG
PRACTICE_SETTING: Final = "1.2.250.1.213.1.1.4.9"
DMP_CONFIDENTIALITY: Final = "1.2.250.1.213.1.1.4.13"
ANS_TYPE_CODE: Final = "1.2.250.1.213.1.1.4.12"
IHE_FORMAT_CODE: Final = "1.3.6.1.4.1.19376.1.2.3"
CONTENT_TYPE_CODE: Final = "1.2.250.1.213.2.2"
ACCESS_MODE: Final = "1.2.250.1.213.1.1.4.248"  # TRE_R248 on the wire
GDP_REASON: Final = "1.2.250.1.213.1.1.4.11"

# Templates of a CDA
HL7_FRANCE: Final = "2.16.840.1.113883.2.8.2.1"
CI_SIS: Final = "1.2.250.1.213.1.1.1.1"
XDS_SD: Final = "1.3.6.1.4.1.19376.1.2.20"  # level 1, unstructured


class InsOid(StrEnum):
    """Which register an INS comes from (ANS, « Liste des OID des autorités d’affectation des INS »)."""

    NIR = "1.2.250.1.213.1.4.8"
    NIA = "1.2.250.1.213.1.4.9"
    NIR_TEST = "1.2.250.1.213.1.4.10"
    NIR_DEMO = "1.2.250.1.213.1.4.11"

    @property
    def is_real(self) -> bool:
        """True for the numbers of living persons: production only."""
        return self in (InsOid.NIR, InsOid.NIA)


class Xds(StrEnum):
    """UUIDs of IHE ITI TF-3 4.2.5: what an ebXML classification or identifier stands for."""

    SUBMISSION_SET = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
    SUBMISSION_SET_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
    SUBMISSION_SET_CONTENT_TYPE = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
    SUBMISSION_SET_PATIENT_ID = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
    SUBMISSION_SET_SOURCE_ID = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
    SUBMISSION_SET_UNIQUE_ID = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
    DOCUMENT_ENTRY = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
    AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
    CLASS_CODE = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
    TYPE_CODE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
    CONFIDENTIALITY_CODE = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
    FORMAT_CODE = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
    HEALTHCARE_FACILITY = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
    PRACTICE_SETTING = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
    EVENT_CODE = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
    PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
    UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
    FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
    FIND_SUBMISSION_SETS = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9"
    GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
    GET_ASSOCIATIONS = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155"
    GET_DOCUMENTS_AND_ASSOCIATIONS = "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a"


class Status(StrEnum):
    """Availability of a document in the registry."""

    APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
    DEPRECATED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
    ARCHIVED = "urn:asip:ci-sis:2010:StatusType:Archived"
    DELETED = "urn:asip:ci-sis:2010:StatusType:Deleted"
