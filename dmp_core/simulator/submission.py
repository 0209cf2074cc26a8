"""An XDS submission (ITI-41, or a bare SubmitObjectsRequest) as plain values: the simulator's own reading of ebRIM."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

from dmp_core import xml
from dmp_core.errors import XmlRefused
from dmp_core.model.oids import Xds
from dmp_core.simulator import mtom
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.xml import Element

RIM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
FOLDER: Final = "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"

SERVER_SLOTS: Final = ("hash", "size", "repositoryUniqueId")
KNOWN_SLOTS: Final = frozenset(  # of a DocumentEntry, ITI TF-3 table 4.2.3.2-1
    {
        "creationTime", "languageCode", "legalAuthenticator", "serviceStartTime", "serviceStopTime", "sourcePatientId",
        "sourcePatientInfo", "URI", "documentAvailability", "urn:ihe:iti:xds:2013:referenceIdList", *SERVER_SLOTS,
    }
)  # fmt: skip

_METADATA: Final = "XDSRepositoryMetadataError"
_PROVIDE: Final = "{urn:ihe:iti:xds-b:2007}ProvideAndRegisterDocumentSetRequest"
_DOCUMENT: Final = "{urn:ihe:iti:xds-b:2007}Document"
_SUBMIT: Final = frozenset(
    {
        "{urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0}SubmitObjectsRequest",
        "{urn:oasis:names:tc:ebxml-regrep:registry:xsd:2.1}SubmitObjectsRequest",  # XDS.a: read, then refused
    }
)
_AUTHORS: Final = frozenset({Xds.AUTHOR, Xds.SUBMISSION_SET_AUTHOR})
_ORDER: Final = {  # rim.xsd 3.0, RegistryObjectType
    name: rank
    for rank, name in enumerate(
        ("Slot", "Name", "Description", "VersionInfo", "Classification", "ExternalIdentifier", "ContentVersionInfo")
    )
}


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded value: `scheme` is the codingScheme slot (an OID at the DMP's)."""

    code: str
    scheme: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """An author of XDS: HL7 strings, XCN and XON (IHE ITI TF-3 4.2.3.1.4)."""

    person: str = field(default="", repr=False)
    institutions: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A DocumentEntry. `codes` by the UUID of the classification scheme, authors apart."""

    id: str
    object_type: str
    mime_type: str
    unique_id: str
    patient_id: str = field(repr=False)
    title: str = field(repr=False)
    description: str = field(repr=False)
    slots: Mapping[str, tuple[str, ...]] = field(repr=False)
    codes: Mapping[str, tuple[Coded, ...]]
    authors: tuple[Author, ...]
    lid: str
    status: str
    xml: Element = field(repr=False)


@dataclass(frozen=True, slots=True)
class SubmissionSet:
    id: str
    unique_id: str
    source_id: str
    patient_id: str = field(repr=False)
    submission_time: str
    title: str = field(repr=False)
    authors: tuple[Author, ...]
    content_type: Coded | None
    slots: Mapping[str, tuple[str, ...]] = field(repr=False)
    xml: Element = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Association:
    """`type` as it stands on the wire: `urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember`."""

    id: str
    type: str
    source: str
    target: str
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submission:
    """All that one message submits. `set` is None where there is none or more than one (`sets` counts them)."""

    set: SubmissionSet | None
    sets: int
    entries: tuple[Entry, ...]
    associations: tuple[Association, ...]
    folders: tuple[str, ...]
    documents: Mapping[str, bytes] = field(repr=False)  # by the id of the entry
    faults: tuple[Reason, ...] = ()  # what was seen wrong while reading, for the checks to report


def read_submission(body: Element, parts: Mapping[str, bytes]) -> Submission:
    """The submission in `ProvideAndRegisterDocumentSetRequest` or `SubmitObjectsRequest`. Raises Refused."""
    try:
        request = _submit_request(body)
        reader = _Reader(_objects(request))
        documents, extra = _documents(body if body.tag == _PROVIDE else None, parts)
        return reader.submission(documents, extra)
    except XmlRefused as error:
        raise Refused(Reason(_METADATA, f"valeur illisible : {error.detail}")) from None


def read_entry(element: Element) -> Entry:
    """One ExtrinsicObject by itself, as the registry keeps it. Raises XmlRefused."""
    return _Reader([element]).entry(element)


def _submit_request(body: Element) -> Element:
    requests = [child for child in xml.children(body) if child.tag in _SUBMIT] if body.tag == _PROVIDE else [body]
    if len(requests) != 1 or requests[0].tag not in _SUBMIT:
        raise Refused(Reason("XDSRepositoryError", "une requête SubmitObjectsRequest attendue"))
    return requests[0]


def _objects(request: Element) -> list[Element]:
    lists = [
        child
        for child in xml.children(request)
        if xml.local_name(child) in ("RegistryObjectList", "LeafRegistryObjectList")
    ]
    if len(lists) != 1:
        raise Refused(Reason(_METADATA, "une RegistryObjectList attendue"))
    return list(xml.children(lists[0]))


def _documents(body: Element | None, parts: Mapping[str, bytes]) -> tuple[dict[str, bytes], int]:
    """The documents by id, and how many parts no document points at. Raises Refused."""
    documents: dict[str, bytes] = {}
    used: list[str] = []
    try:
        for element in xml.children(body, _DOCUMENT) if body is not None else ():
            name = mtom.included(element, parts)
            used += [name] if name is not None else []
            data = parts[name] if name is not None else mtom.from_base64(xml.text_of(element).encode())
            if documents.setdefault(element.get("id", ""), data) is not data:
                raise Refused(Reason(_METADATA, "deux Document portent le même id"))
    except mtom.PartMissing as error:
        raise Refused(Reason("XDSMissingDocument", str(error))) from None
    except mtom.MultipartRefused as error:
        raise Refused(Reason("XDSRepositoryError", str(error))) from None
    if len(set(used)) != len(used):
        raise Refused(Reason("XDSRepositoryError", "une partie MIME est désignée deux fois"))
    return documents, len(parts) - len(used)


class _Reader:
    """One RegistryObjectList. Classifications and identifiers count where they stand: inside, or beside by pointer."""

    def __init__(self, objects: list[Element]) -> None:
        self._objects = objects
        self._faults: list[Reason] = []
        self._beside: dict[str, list[Element]] = defaultdict(list)
        for element in objects:
            pointer = element.get("classifiedObject") or element.get("registryObject")
            if xml.local_name(element) in ("Classification", "ExternalIdentifier") and pointer:
                self._beside[pointer].append(element)

    def submission(self, documents: Mapping[str, bytes], extra_parts: int) -> Submission:
        """Everything, with what is wrong in the form of the metadata among `faults`."""
        packages = [(package, self._nodes(package)) for package in self._named("RegistryPackage")]
        sets = [self._set(package) for package, nodes in packages if Xds.SUBMISSION_SET in nodes]
        if any(not nodes & {Xds.SUBMISSION_SET, FOLDER} for _, nodes in packages):
            self._faults.append(Reason(_METADATA, "RegistryPackage ni lot de soumission ni classeur"))
        if extra_parts:
            self._faults.append(Reason("XDSMissingDocumentMetadata", "partie MIME qu’aucun Document ne désigne"))
        entries = tuple(self.entry(element) for element in self._named("ExtrinsicObject"))
        associations = tuple(self._association(element) for element in self._named("Association"))
        self._check_form()
        return Submission(
            set=sets[0] if len(sets) == 1 else None,
            sets=len(sets),
            entries=entries,
            associations=associations,
            folders=tuple(package.get("id", "") for package, nodes in packages if FOLDER in nodes),
            documents=documents,
            faults=tuple(self._faults),
        )

    def _named(self, name: str) -> Iterator[Element]:
        return (element for element in self._objects if xml.local_name(element) == name)

    def _of(self, element: Element, name: str) -> Iterator[Element]:
        """The classifications or identifiers of an object, nested first, then those beside it."""
        for part in (*xml.children(element), *self._beside[element.get("id", "")]):
            if xml.local_name(part) == name:
                yield part

    def _whole(self, element: Element) -> Element:
        """The object with what stands beside it brought inside, in the order of the schema."""
        beside = self._beside[element.get("id", "")]
        if not beside:
            return element
        whole = deepcopy(element)
        parts = [*xml.children(whole), *(deepcopy(part) for part in beside)]
        whole[:] = sorted(parts, key=lambda part: _ORDER.get(xml.local_name(part), len(_ORDER)))
        return whole

    def _nodes(self, element: Element) -> set[str]:
        return {part.get("classificationNode", "") for part in self._of(element, "Classification")}

    def _identifier(self, element: Element, scheme: str) -> str:
        found = [
            part.get("value", "")
            for part in self._of(element, "ExternalIdentifier")
            if part.get("identificationScheme") == scheme
        ]
        if len(found) > 1:
            self._faults.append(Reason(_METADATA, "ExternalIdentifier en double", element.get("id", "")))
        return found[0].strip() if found else ""

    def _codes(self, element: Element) -> dict[str, tuple[Coded, ...]]:
        codes: dict[str, tuple[Coded, ...]] = {}
        for part in self._of(element, "Classification"):
            scheme = part.get("classificationScheme", "")
            if scheme and scheme not in _AUTHORS:
                coding = self._slots(part).get("codingScheme", ("",))
                code = Coded(part.get("nodeRepresentation", ""), coding[0] if coding else "", _label(part, "Name"))
                codes[scheme] = (*codes.get(scheme, ()), code)
        return codes

    def _authors(self, element: Element) -> tuple[Author, ...]:
        return tuple(
            self._author(self._slots(part))
            for part in self._of(element, "Classification")
            if part.get("classificationScheme") in _AUTHORS
        )

    def _author(self, slots: Mapping[str, tuple[str, ...]]) -> Author:
        persons = slots.get("authorPerson", ())
        if len(persons) > 1:
            self._faults.append(Reason(_METADATA, "authorPerson : une seule valeur"))
        return Author(
            person=persons[0] if persons else "",
            institutions=slots.get("authorInstitution", ()),
            specialties=slots.get("authorSpecialty", ()),
            roles=slots.get("authorRole", ()),
        )

    def _slots(self, element: Element) -> dict[str, tuple[str, ...]]:
        slots: dict[str, tuple[str, ...]] = {}
        for slot in xml.children(element):
            if xml.local_name(slot) == "Slot":
                name = slot.get("name", "")
                values = (value for part in xml.children(slot) for value in xml.children(part))
                if name in slots:
                    self._faults.append(Reason(_METADATA, f"slot {name} en double", element.get("id", "")))
                slots[name] = (*slots.get(name, ()), *(xml.text_of(value) for value in values))
        return slots

    def entry(self, element: Element) -> Entry:
        return Entry(
            id=element.get("id", ""),
            object_type=element.get("objectType", ""),
            mime_type=element.get("mimeType", ""),
            unique_id=self._identifier(element, Xds.UNIQUE_ID),
            patient_id=self._identifier(element, Xds.PATIENT_ID),
            title=_label(element, "Name"),
            description=_label(element, "Description"),
            slots=self._slots(element),
            codes=self._codes(element),
            authors=self._authors(element),
            lid=element.get("lid", ""),
            status=element.get("status", ""),
            xml=self._whole(element),
        )

    def _set(self, element: Element) -> SubmissionSet:
        slots = self._slots(element)
        content = self._codes(element).get(Xds.SUBMISSION_SET_CONTENT_TYPE, ())
        return SubmissionSet(
            id=element.get("id", ""),
            unique_id=self._identifier(element, Xds.SUBMISSION_SET_UNIQUE_ID),
            source_id=self._identifier(element, Xds.SUBMISSION_SET_SOURCE_ID),
            patient_id=self._identifier(element, Xds.SUBMISSION_SET_PATIENT_ID),
            submission_time=next(iter(slots.get("submissionTime", ())), ""),
            title=_label(element, "Name"),
            authors=self._authors(element),
            content_type=content[0] if content else None,
            slots=slots,
            xml=self._whole(element),
        )

    def _association(self, element: Element) -> Association:
        return Association(
            id=element.get("id", ""),
            type=element.get("associationType", ""),
            source=element.get("sourceObject", ""),
            target=element.get("targetObject", ""),
            slots=self._slots(element),
        )

    def _check_form(self) -> None:
        ids = Counter(element.get("id") for element in self._objects if xml.local_name(element) != "ObjectRef")
        if any(name and count > 1 for name, count in ids.items()):
            self._faults.append(Reason(_METADATA, "deux objets portent le même id"))
        for element in self._objects:
            self._check_object(element)

    def _check_object(self, element: Element) -> None:
        """Order of the children, namespace, and pointers of what is nested."""
        name = element.get("id", "")
        if xml.namespace(element) != RIM:
            self._faults.append(Reason(_METADATA, "ebRIM 3.0 attendu", name))
        parts = [part for part in xml.children(element) if xml.local_name(part) in _ORDER]
        ranks = [_ORDER[xml.local_name(part)] for part in parts]
        if ranks != sorted(ranks):
            self._faults.append(Reason(_METADATA, "ordre des éléments (rim.xsd)", name))
        for part in parts:
            for pointer in ("classifiedObject", "registryObject"):
                if part.get(pointer, name) != name:
                    self._faults.append(Reason(_METADATA, f"{pointer} ne désigne pas l’objet qui le contient", name))


def _label(element: Element, name: str) -> str:
    """`LocalizedString/@value` of the Name or Description of an object; '' without one."""
    for part in xml.children(element):
        if xml.local_name(part) == name:
            return next((text.get("value", "") for text in xml.children(part)), "")
    return ""
