"""A document against the entry that describes it: identifiers, patient, type, authors and times must be the same."""

from collections.abc import Iterator, Sequence

from dmp_core.model.oids import InsOid, Xds
from dmp_core.simulator import volet_rules
from dmp_core.simulator.cda import CdaHeader, CdaUnreadable, format_code, read_header, utc
from dmp_core.simulator.entry_rules import METADATA
from dmp_core.simulator.reasons import Reason
from dmp_core.simulator.submission import Author, Entry
from dmp_core.simulator.value_sets import OTHER_FORMAT


def check(entry: Entry, data: bytes, *, replaced: Sequence[str] = ()) -> Iterator[Reason]:
    """Every difference between a document and its entry, and what the DMP asks of the document itself.

    `replaced`: uniqueId of what each RPLC association that starts from the entry replaces, '' for what is unknown.
    """
    try:
        header = read_header(data)
    except CdaUnreadable as error:
        yield Reason(METADATA, f"CDA illisible : {error}", entry.id)
        return
    if not _is_same_patient(entry, header):
        yield Reason("XDSPatientIdDoesNotMatch", "patientId différent de l’INS du CDA", entry.id)
    yield from (Reason(METADATA, rule, entry.id) for rule in _rules(entry, header, replaced))
    yield from (Reason(METADATA, rule, entry.id) for rule in volet_rules.check(data, header))


def _rules(entry: Entry, header: CdaHeader, replaced: Sequence[str]) -> Iterator[str]:
    if entry.unique_id != header.unique_id:
        yield "uniqueId différent de l’id du CDA"
    if entry.title != header.title:
        yield "title différent du titre du CDA"
    types = [(code.code, code.scheme) for code in entry.codes.get(Xds.TYPE_CODE, ())]
    if types != [(header.type_code.code, header.type_code.scheme)]:
        yield "typeCode différent du code du CDA"
    formats = [code.code for code in entry.codes.get(Xds.FORMAT_CODE, ())]
    expected = format_code(header).code
    if expected != OTHER_FORMAT and formats != [expected]:
        yield "formatCode différent du modèle ou du contenu du CDA"
    for scheme, code, name in (
        (Xds.HEALTHCARE_FACILITY, header.facility, "healthcareFacilityTypeCode"),
        (Xds.PRACTICE_SETTING, header.practice, "practiceSettingCode"),
    ):
        if code is not None and [found.code for found in entry.codes.get(scheme, ())] != [code.code]:
            yield f"{name} différent de celui du CDA"
    if entry.slots.get("languageCode") != (header.language,):
        yield "languageCode différent de celui du CDA"
    yield from _time_rules(entry, header)
    yield from _author_rules(entry, header)
    yield from _patient_rules(entry, header)
    if replaced and not header.replaces:  # the reverse is right: the former version may never have been in the DMP
        yield "remplacement : relatedDocument RPLC attendu dans le CDA"
    elif any(one and one not in header.replaces for one in replaced):
        yield "remplacement : relatedDocument RPLC du CDA différent du document remplacé"


def _patient_rules(entry: Entry, header: CdaHeader) -> Iterator[str]:
    """sourcePatientId and sourcePatientInfo are the header's (`dmp_protocol.md` 5.2)."""
    known = {f"{extension}^^^&{root}&ISO" for root, extension in header.patient_ids}
    if any(value.rpartition("&ISO")[0] + "&ISO" not in known for value in entry.slots.get("sourcePatientId", ())):
        yield "sourcePatientId différent des identifiants du patient dans le CDA"
    said = dict(value.split("|", 1) for value in entry.slots.get("sourcePatientInfo", ()) if "|" in value)
    names = {name.upper() for name in (header.birth_name, header.used_name) if name}
    if "PID-5" in said and names and said["PID-5"].split("^")[0].upper() not in names:
        yield "sourcePatientInfo : nom différent de celui du CDA"
    if "PID-7" in said and said["PID-7"][:8] != header.birth_date[:8]:
        yield "sourcePatientInfo : date de naissance différente de celle du CDA"
    if "PID-8" in said and said["PID-8"] != header.sex:
        yield "sourcePatientInfo : sexe différent de celui du CDA"


def _time_rules(entry: Entry, header: CdaHeader) -> Iterator[str]:
    """The times are the CDA's, in UTC; an hour without offset can be compared with nothing."""
    times = {
        "creationTime": header.effective_time,
        "serviceStartTime": header.service_start,
        "serviceStopTime": header.service_stop,
    }
    for name, written in times.items():
        if len(written) > len("yyyyMMdd") and "+" not in written and "-" not in written:
            continue
        given = next(iter(entry.slots.get(name, ())), "")
        if given.ljust(14, "0") != utc(written).ljust(14, "0"):
            yield f"{name} différent de l’heure du CDA (en UTC)"


def _identifier(author: Author) -> str:
    """The number of a person; of an institution where no person is named (an author who has left, RG_2230)."""
    if author.person or not author.institutions:
        return author.person.partition("^")[0]
    return author.institutions[0].rpartition("^")[2]


def _author_rules(entry: Entry, header: CdaHeader) -> Iterator[str]:
    """EX_2.1-2020: as many authors in XDS as in the header; the same persons, and the same signer."""
    if len(entry.authors) != len(header.authors):
        yield "EX_2.1-2020 : nombre d’auteurs différent de celui du CDA"
    given = sorted(_identifier(author) for author in entry.authors)
    if given != sorted(author.id for author in header.authors):
        yield "auteurs différents de ceux du CDA"
    signers = [value.partition("^")[0] for value in entry.slots.get("legalAuthenticator", ())]
    if header.legal_authenticator is None or signers != [header.legal_authenticator.id]:
        yield "legalAuthenticator différent de celui du CDA"


def _is_same_patient(entry: Entry, header: CdaHeader) -> bool:
    number, *_, register = [*entry.patient_id.split("^")[:4], "", ""][:4]
    registers = {str(oid) for oid in InsOid}
    known = {(f"&{root}&ISO", extension) for root, extension in header.patient_ids if root in registers}
    return (register, number) in known
