"""The XDS description of a document, derived from the document itself: one place, for ours and for any other CDA.

Source: ANS, « transmission de document CDA-R2 en HL7 v2 », mapping of CDA to XDS; JDV_J57, J60, ASS_X04, A11, A12.
"""

from hashlib import sha1
from typing import Final, NoReturn

from pydantic import ValidationError

from dmp_core.api.documents import DocumentType
from dmp_core.documents.authors import xcn, xds_author
from dmp_core.documents.times import as_utc
from dmp_core.documents.tree import attribute, every, first, is_self_presenting, line_of, open_document, path_of, text
from dmp_core.errors import DocumentInvalid
from dmp_core.model import codes
from dmp_core.model.document import Code, DocumentMetadata, Visibility
from dmp_core.model.finding import Finding
from dmp_core.model.hl7v2 import escape
from dmp_core.model.oids import InsOid
from dmp_core.xml import Element, text_of

UNLISTED_FORMAT: Final = "urn:asipSante:modelesHorsProfils:2011"
"""Format of a structured document whose model ASS_A11 does not list (JDV_J60, « Document non référencé »)."""
EVERYBODY: Final = Visibility()
_INS_ROOTS: Final = frozenset(str(oid) for oid in InsOid)
_ACT: Final = "documentationOf/serviceEvent"
_REMEDY: Final = "Signalez ce document à l’éditeur du logiciel qui l’a produit : son en-tête est incomplet."


def derive(
    cda: bytes,
    document_type: DocumentType | None = None,
    *,
    visibility: Visibility = EVERYBODY,
    replaces: str | None = None,
    time_zone: str = "Europe/Paris",
) -> DocumentMetadata:
    """What the DMP is told of `cda`. Class and, of a structured one, format come from `document_type`, if given.

    `replaces` is the entryUUID of the document that it replaces; `time_zone` is for times that name none.
    Raises XmlRefused, DocumentInvalid.
    """
    document = open_document(cda)
    try:
        return DocumentMetadata(
            unique_id=_unique_id(document),
            title=text(document, "title"),
            type_code=_code(document, "code", "J07"),
            class_code=document_type.class_code if document_type else _class_code(document),
            format_code=_format_code(document, document_type),
            healthcare_facility=_code(
                document, "componentOf/encompassingEncounter/location/healthCareFacility/code", "J02"
            ),
            practice_setting=_code(
                document, f"{_ACT}/performer/assignedEntity/representedOrganization/standardIndustryClassCode", "J04"
            ),
            confidentiality=_confidentiality(document, visibility),
            language=_required(document, "languageCode", "code"),
            mime_type="application/xslt+xml" if is_self_presenting(document) else "text/xml",
            creation_time=_time(document, "effectiveTime", time_zone),
            service_start_time=_time(document, f"{_ACT}/effectiveTime/low", time_zone),
            service_stop_time=_optional_time(document, f"{_ACT}/effectiveTime/high", time_zone),
            authors=tuple(xds_author(author) for author in every(document, "author")),
            legal_authenticator=_legal_authenticator(document),
            patient_id=_patient_id(document),
            source_patient_id=_source_patient_id(document),
            source_patient_info=_source_patient_info(document),
            hash=sha1(cda, usedforsecurity=False).hexdigest(),
            size=len(cda),
            replaces=replaces,
        )
    except ValidationError as error:
        fields = ", ".join(".".join(str(step) for step in d["loc"]) for d in error.errors(include_input=False))
    raise DocumentInvalid(f"metadata: {fields}", findings=(Finding("/ClinicalDocument", "metadata", _REMEDY),))


def _unique_id(document: Element) -> str:
    """`root`, or `root^extension`."""
    root, extension = _required(document, "id", "root"), attribute(document, "id", "extension")
    return f"{root}^{extension}" if extension else root


def _code(document: Element, path: str, value_set: str) -> Code:
    """The coded value at `path`, with the label of the value set where the document gives none."""
    code, system = _required(document, path, "code"), _required(document, path, "codeSystem")
    known = codes.value_set(value_set).find(code, system)
    label = attribute(document, path, "displayName") or (known.label if known else "")
    return Code(code=code, system=system, label=label)


def _class_code(document: Element) -> Code:
    return codes.class_of(attribute(document, "code", "code")) or _refuse(document, "code", "class-code")


def _format_code(document: Element, document_type: DocumentType | None) -> Code:
    """Of the file inside (ASS_A12); else of the type; else of the models that the document declares (ASS_A11)."""
    unstructured = first(document, "component/nonXMLBody/text")
    if unstructured is not None:
        media_type = unstructured.get("mediaType", "")
        return codes.format_of_media(media_type) or _refuse(document, "component/nonXMLBody/text", "media-type")
    if document_type:
        return document_type.format_code
    roots = [template.get("root", "") for template in every(document, "templateId")]
    known = (codes.format_of_template(root) for root in reversed(roots))
    return next(filter(None, known), None) or codes.value_set(codes.FORMAT).code(UNLISTED_FORMAT)


def _confidentiality(document: Element, visibility: Visibility) -> tuple[Code, ...]:
    """The document's own code first, then what restricts it."""
    own = _code(document, "confidentialityCode", "J08")
    return own, *(code for code in visibility.codes if code.code != "N")


def _legal_authenticator(document: Element) -> str:
    assigned = first(document, "legalAuthenticator/assignedEntity")
    return (xcn(assigned) if assigned is not None else "") or _refuse(document, "legalAuthenticator", "header-missing")


def _patient_id(document: Element) -> str:
    """CX of the INS."""
    for identifier in every(document, "recordTarget/patientRole/id"):
        if (root := identifier.get("root", "")) in _INS_ROOTS:
            return f"{escape(identifier.get('extension', ''))}^^^&{root}&ISO^NH"
    return _refuse(document, "recordTarget/patientRole", "ins-missing")


def _source_patient_id(document: Element) -> str:
    """CX of the patient's number in the software that wrote the document; the INS where there is none."""
    for identifier in every(document, "recordTarget/patientRole/id"):
        root, number = identifier.get("root", ""), identifier.get("extension")
        if root not in _INS_ROOTS and number:
            return f"{escape(number)}^^^&{root}&ISO^PI"
    return _patient_id(document)


def _source_patient_info(document: Element) -> tuple[str, ...]:
    """Name and first given name of birth, date of birth, sex."""
    role = "recordTarget/patientRole/patient"
    family, given = _birth_name(document, f"{role}/name/family"), _birth_name(document, f"{role}/name/given")
    birth, sex = (
        attribute(document, f"{role}/birthTime", "value"),
        attribute(document, f"{role}/administrativeGenderCode", "code"),
    )
    name = f"PID-5|{escape(family)}^{escape(given)}^^^^^L" if family or given else ""
    return tuple(
        filter(None, (name, f"PID-7|{escape(birth[:8])}" if birth else "", f"PID-8|{escape(sex)}" if sex else ""))
    )


def _birth_name(document: Element, path: str) -> str:
    return next((text_of(name) for name in every(document, path) if name.get("qualifier") == "BR"), "")


def _time(document: Element, path: str, time_zone: str) -> str:
    return as_utc(_required(document, path, "value"), time_zone) or _refuse(document, path, "time-format")


def _optional_time(document: Element, path: str, time_zone: str) -> str | None:
    return _time(document, path, time_zone) if attribute(document, path, "value") else None


def _required(document: Element, path: str, name: str) -> str:
    return attribute(document, path, name) or _refuse(document, path, "header-missing")


def _refuse(document: Element, path: str, rule: str) -> NoReturn:
    found = first(document, path)
    where = path_of(found) if found is not None else f"/ClinicalDocument/{path}"
    line = line_of(found) if found is not None else None
    raise DocumentInvalid(f"{rule} at {where}", findings=(Finding(where, rule, _REMEDY, line=line),))
