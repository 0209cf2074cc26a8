"""Every rule that the DMP applies to a submission, all reasons at once: `dmp_protocol.md` section 10, IHE ITI TF-3 4.2.

This module looks at the set as a whole; each entry is judged by `entry_rules`, each document by `cda_rules`. The
signature's cryptography is apart: `xades.check_signature`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from dmp_core.model.access import Mode
from dmp_core.model.oids import Status, Xds
from dmp_core.simulator import cda_rules, entry_rules, value_sets
from dmp_core.simulator.entry_rules import METADATA
from dmp_core.simulator.reasons import Reason
from dmp_core.simulator.submission import KNOWN_SLOTS, Association, Entry, Submission, SubmissionSet
from dmp_core.simulator.xades import signature_entry

HAS_MEMBER: Final = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
REPLACES: Final = "urn:ihe:iti:2007:AssociationType:RPLC"
SIGNS: Final = "urn:ihe:iti:2007:AssociationType:signs"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who feeds, as the VIHF says: PS_IdNat and Struct_IdNat."""

    mode: Mode
    practitioner_id: str
    structure_id: str
    secret_connection: bool = False  # of a minor


@dataclass(frozen=True, slots=True)
class Former:
    """An entry that is there already. `people`: PS_IdNat of its authors and signers; `structures`: Struct_IdNat."""

    status: str
    unique_id: str
    people: frozenset[str]
    structures: frozenset[str]


class Known(Protocol):
    """What the registry knows already."""

    def has_submission_set(self, unique_id: str) -> bool: ...

    def entry_hash(self, unique_id: str) -> str | None:
        """SHA-1 in hexadecimal of the document that bears this uniqueId; None where there is none."""
        ...

    def former(self, entry_uuid: str) -> Former | None:
        """What a replacement would replace; None where the entry is unknown (or another patient's)."""
        ...


@dataclass(frozen=True, slots=True)
class Strictness:
    """Named switches, all strict by default."""

    french_values: bool = True  # value sets J57, J66, J60, J02, J04
    signature: bool = True  # Signature01 with its `signs` association
    sha1_signatures: bool = False  # accept rsa-sha1 and sha1
    cx_date_suffix: bool = True  # accept `^^yyyyMMdd` after a CX, as the official examples have it
    cumulated_visibility: bool = False  # parameter cumul-invisible_patient-masque_ps
    cda: bool = True  # compare the documents with their metadata
    replacing_others: bool = False  # EX_2.1-1140: an author of the former version replaces it, nobody else


def check(
    submission: Submission, *, vihf_patient: str, caller: Caller, known: Known, strict: Strictness | None = None
) -> list[Reason]:
    """Every reason to refuse `submission`; empty where it may be registered. `vihf_patient` is the CX of the VIHF."""
    rules = strict or Strictness()
    signature = signature_entry(submission)
    documents = [entry for entry in submission.entries if entry is not signature]
    reasons = [
        *submission.faults,
        *set_rules(submission, vihf_patient, known, rules),
        *_content_rules(submission, documents, known),
        *_association_rules(submission, signature, known, caller, rules),
    ]
    if not caller.mode.feeds:
        reasons.append(Reason("XDSRepositoryError", "INDIRECTE_RENFORCEE n’alimente pas (PDT-INF-606)"))
    if rules.signature:
        reasons += _signature_rules(submission, signature)
    for entry in submission.entries:
        reasons += entry_rules.check(
            entry,
            vihf_patient=vihf_patient,
            is_signature=entry is signature,
            values=rules.french_values,
            cumulated=rules.cumulated_visibility,
            dated=rules.cx_date_suffix,
        )
    for entry in documents:
        reasons += _author_rule(entry, caller)
        reasons += _secret_rule(entry, caller)
        if rules.cda and (data := submission.documents.get(entry.id)) is not None:
            reasons += cda_rules.check(entry, data, replaced=_replaced(submission, entry, known))
    return reasons


def warnings(submission: Submission) -> list[Reason]:
    """What is registered without some of its metadata: slots that the DMP does not know (ITI TF-3 table 4.2.4.1-2)."""
    return [
        Reason("XDSExtraMetadataNotSaved", "métadonnée inconnue, non enregistrée", entry.id, warning=True)
        for entry in submission.entries
        if entry.slots.keys() - KNOWN_SLOTS
    ]


def set_rules(submission: Submission, vihf_patient: str, known: Known, rules: Strictness) -> Iterator[Reason]:
    """What is wrong with the submission set itself."""
    found = submission.set
    if found is None:
        yield Reason(METADATA, f"un lot de soumission attendu, {submission.sets} trouvés")
        return
    yield from _required_of_set(found)
    if found.unique_id and not entry_rules.is_oid(found.unique_id):
        yield Reason(METADATA, "uniqueId du lot : OID de 64 caractères au plus attendu", found.id)
    if not entry_rules.same_patient(found.patient_id, vihf_patient):
        yield Reason("XDSPatientIdDoesNotMatch", "patientId du lot différent du patient du VIHF", found.id)
    if not entry_rules.is_cx(found.patient_id, dated=rules.cx_date_suffix):
        yield Reason(METADATA, "patientId du lot : CX d’un INS attendu", found.id)
    if found.unique_id and known.has_submission_set(found.unique_id):
        yield Reason("XDSDuplicateUniqueIdInRegistry", "uniqueId du lot déjà enregistré", found.id)


def _required_of_set(found: SubmissionSet) -> Iterator[Reason]:
    given = {
        "uniqueId": found.unique_id,
        "sourceId": found.source_id,
        "patientId": found.patient_id,
        "submissionTime": found.submission_time,
        "contentTypeCode": found.content_type and found.content_type.code and found.content_type.scheme,
        "author": found.authors,
    }
    for name, value in given.items():
        if not value:
            yield Reason(METADATA, f"métadonnée obligatoire absente du lot : {name}", found.id)
    kind = found.content_type
    if kind and kind.code and kind.scheme and not value_sets.is_content_type(kind):
        yield Reason(METADATA, "contentTypeCode hors JDV_J59", found.id)
    if found.submission_time and not entry_rules.is_time(found.submission_time):
        yield Reason(METADATA, "submissionTime : yyyyMMddHHmmss UTC attendu", found.id)
    for author in found.authors:
        yield from entry_rules.author_form(author, found.id)


def _content_rules(submission: Submission, documents: list[Entry], known: Known) -> Iterator[Reason]:
    """Entries and documents go by pairs; each uniqueId is new."""
    if not documents:
        yield Reason(METADATA, "aucune fiche de document dans le lot")
    if submission.folders:
        yield Reason(METADATA, "le DMP n’a pas de classeurs (Folder)")
    counts = Counter(entry.unique_id for entry in submission.entries)
    counts[submission.set.unique_id if submission.set else ""] += 1
    for entry in submission.entries:
        if entry.id not in submission.documents:
            yield Reason("XDSMissingDocument", "fiche sans document", entry.id)
        if entry.unique_id and counts[entry.unique_id] > 1:
            yield Reason("XDSRepositoryDuplicateUniqueIdInMessage", "uniqueId en double dans le message", entry.id)
        yield from _against_registry(entry, submission.documents.get(entry.id), known)
    for name in submission.documents.keys() - {entry.id for entry in submission.entries}:
        yield Reason("XDSMissingDocumentMetadata", "document sans fiche", name)


def _against_registry(entry: Entry, data: bytes | None, known: Known) -> Iterator[Reason]:
    sha1 = entry_rules.sha1_of(data)
    if data is not None:
        if any(value.lower() != sha1 for value in entry.slots.get("hash", ())):
            yield Reason("XDSNonIdenticalHash", "hash différent de celui du document", entry.id)
        if any(value != str(len(data)) for value in entry.slots.get("size", ())):
            yield Reason("XDSNonIdenticalSize", "size différente de celle du document", entry.id)
    registered = known.entry_hash(entry.unique_id) if entry.unique_id else None
    if registered is not None and registered == sha1:
        yield Reason("XDSDuplicateUniqueIdInRegistry", "uniqueId du document déjà enregistré", entry.id)
    elif registered is not None:
        yield Reason("XDSNonIdenticalHash", "uniqueId déjà enregistré pour un autre contenu", entry.id)


def _association_rules(
    submission: Submission, signature: Entry | None, known: Known, caller: Caller, rules: Strictness
) -> Iterator[Reason]:
    entries = {entry.id for entry in submission.entries}
    own = submission.set.id if submission.set else ""
    for link in submission.associations:
        if link.source == link.target or link.id in (link.source, link.target):
            yield Reason(METADATA, "association d’un objet avec elle-même", link.id)
        elif link.type == HAS_MEMBER:
            yield from _membership(link, entries, own)
        elif link.type == REPLACES:
            documents = entries - ({signature.id} if signature else set())
            yield from _replacement(link, documents, known, None if rules.replacing_others else caller)
        elif link.type == SIGNS:
            if signature is None or (link.source, link.target) != (signature.id, own):
                yield Reason(METADATA, "association signs : de la signature vers le lot attendue", link.id)
        else:
            yield Reason(METADATA, "type d’association inconnu (HasMember, RPLC et signs)", link.id)
    targets = Counter(link.target for link in submission.associations if link.type == REPLACES)
    sources = Counter(link.source for link in submission.associations if link.type == REPLACES)
    if any(count > 1 for count in (*targets.values(), *sources.values())):
        yield Reason(METADATA, "association RPLC : une fiche en remplace une, une fois")
    members = Counter(link.target for link in submission.associations if link.type == HAS_MEMBER and link.source == own)
    for name in sorted(entries):
        if members[name] != 1:
            yield Reason(METADATA, "une association HasMember du lot attendue pour chaque fiche", name)


def _membership(link: Association, entries: set[str], own: str) -> Iterator[Reason]:
    if link.source != own or link.target not in entries:
        yield Reason(METADATA, "association HasMember : du lot vers une fiche du message attendue", link.id)
    if link.slots.get("SubmissionSetStatus") != ("Original",):
        yield Reason(METADATA, "association HasMember : SubmissionSetStatus=Original attendu", link.id)


def _replacement(link: Association, documents: set[str], known: Known, caller: Caller | None) -> Iterator[Reason]:
    """Approved → Deprecated, by an author of both versions; `caller`: None where anybody may."""
    if link.source not in documents:
        yield Reason(METADATA, "association RPLC : la source doit être une fiche du message", link.id)
    former = _former(link, known)
    if former is None or former.status == Status.DELETED:
        yield Reason("XDSReplaceFailed", "association RPLC : la fiche visée n’existe pas", link.id)
    elif former.status == Status.DEPRECATED:
        yield Reason("XDSRegistryDeprecatedDocumentError", "association RPLC : la version visée est périmée", link.id)
    elif former.status != Status.APPROVED:
        rule = "association RPLC : la fiche visée est archivée, la désarchiver d’abord (TD3.3d)"
        yield Reason("XDSReplaceFailed", rule, link.id)
    elif caller is not None and not _wrote(former, caller):
        rule = "EX_2.1-1140 : seul un auteur du document remplace la version visée"
        yield Reason("XDSReplaceFailed", rule, link.id)


def _former(link: Association, known: Known) -> Former | None:
    return known.former(link.target) if link.target.startswith("urn:uuid:") else None


def _wrote(former: Former, caller: Caller) -> bool:
    if caller.mode is Mode.DIRECT:
        return caller.practitioner_id in former.people
    return caller.structure_id in former.structures


def _replaced(submission: Submission, entry: Entry, known: Known) -> list[str]:
    """The uniqueIds of what an entry replaces; '' for what is unknown."""
    links = [link for link in submission.associations if link.type == REPLACES and link.source == entry.id]
    found = [_former(link, known) for link in links]
    return [former.unique_id if former else "" for former in found]


def _signature_rules(submission: Submission, signature: Entry | None) -> Iterator[Reason]:
    if signature is None:
        yield Reason(METADATA, "signature du lot absente (Signature01)")
    elif sum(link.type == SIGNS for link in submission.associations) != 1:
        yield Reason(METADATA, "une association signs attendue (Signature01 vers le lot)", signature.id)


def _secret_rule(entry: Entry, caller: Caller) -> Iterator[Reason]:
    """EX_2.1-1050: what comes of a minor's secret connection stays hidden from the legal representatives."""
    codes = {code.code for code in entry.codes.get(Xds.CONFIDENTIALITY_CODE, ())}
    if caller.secret_connection and value_sets.HIDDEN_FROM_REPRESENTATIVES not in codes:
        rule = f"EX_2.1-1050 : connexion secrète, {value_sets.HIDDEN_FROM_REPRESENTATIVES} attendu"
        yield Reason(METADATA, rule, entry.id)


def _author_rule(entry: Entry, caller: Caller) -> Iterator[Reason]:
    """EX_2.1-1140: only an author feeds or replaces."""
    if caller.mode is Mode.DIRECT:
        signers = entry.slots.get("legalAuthenticator", ())
        people = {text.partition("^")[0] for text in (*(author.person for author in entry.authors), *signers)}
        if caller.practitioner_id not in people:
            rule = "EX_2.1-1140 : le professionnel du VIHF n’est ni auteur ni responsable du document"
            yield Reason(METADATA, rule, entry.id)
        return
    structures = {text.rpartition("^")[2] for author in entry.authors for text in author.institutions}
    if caller.structure_id not in structures:
        rule = "EX_2.1-1140 : aucun AuthorInstitution ne correspond à l’utilisateur du VIHF"
        yield Reason(METADATA, rule, entry.id)
