"""A record as the DMP answers it, for `dmp bench`: 7.7 kB and a hundred elements for each document."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from dmp_core.dmp import td31_search, td31_stream
from dmp_core.dmp.soap import Message
from dmp_core.model import oids
from dmp_core.model.document import RecordEntry
from dmp_core.ports import HttpStream
from dmp_core.xml import parse

_ASKED: Final = UUID(int=7)
_PIECE: Final = 65_536  # what httpx gives at once
_OBJECT: Final = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject"
_PERSON: Final = "801234567890^MARTIN^Julie^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS"
_CODES: Final = (
    (oids.Xds.TYPE_CODE, "11502-2", "CR d’examens biologiques"),
    (oids.Xds.CLASS_CODE, "11", "Compte rendu"),
    (oids.Xds.FORMAT_CODE, "urn:ihe:lab:xd-lab:2008", "CR biologie"),
    (oids.Xds.HEALTHCARE_FACILITY, "SA33", "Pharmacie d’officine"),
    (oids.Xds.PRACTICE_SETTING, "AMBULATOIRE", "Ambulatoire"),
    (oids.Xds.CONFIDENTIALITY_CODE, "N", "Normal"),
    (oids.Xds.EVENT_CODE, "LP7839-6", "Pathologie"),
)
_QUESTION: Final = Message(
    "TD3.1", "registry", td31_search.ACTION, f"{td31_search.ACTION}Response", parse(b"<ask xmlns='urn:bench'/>")
)


def rows(data: bytes) -> list[RecordEntry]:
    """The rows of an answer that comes in the pieces of a network."""
    pieces = (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))
    return list(td31_stream.rows(HttpStream(200, "application/soap+xml", pieces), _QUESTION, message_id=_ASKED))


def answer(documents: int) -> bytes:
    """The whole answer of TD3.1 for that many documents."""
    return "".join(_pieces(documents)).encode()


def _pieces(documents: int) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header>'
        f"<wsa:Action>{_QUESTION.reply_action}</wsa:Action><wsa:RelatesTo>{_ASKED.urn}</wsa:RelatesTo></soap:Header>"
        '<soap:Body><q:AdhocQueryResponse xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"'
        ' xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"'
        ' status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"><rim:RegistryObjectList>'
    )
    yield from map(_entry, range(1, documents + 1))
    yield "</rim:RegistryObjectList></q:AdhocQueryResponse></soap:Body></soap:Envelope>"


def _entry(number: int) -> str:
    entry = UUID(int=number).urn
    coded = "".join(
        _classification(entry, number * 100 + place, scheme, code, _slot("codingScheme", "1.2.250.1.213.1.1.4") + label)
        for place, (scheme, code, text) in enumerate(_CODES)
        for label in [_localized("Name", text) + '<rim:VersionInfo versionName="1"/>']
    )
    author = _classification(
        entry,
        number * 100 + 50,
        oids.Xds.AUTHOR,
        "",
        _slot("authorPerson", _PERSON)
        + _slot("authorInstitution", "PHARMACIE DU CENTRE^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO^IDNST^^^1750000001")
        + _slot("authorRole", "Pharmacien")
        + _slot("authorSpecialty", "G15_21/A^Pharmacien titulaire^1.2.250.1.213.1.1.4.5"),
    )
    return (
        f'<rim:ExtrinsicObject id="{entry}" lid="{entry}" objectType="{oids.Xds.DOCUMENT_ENTRY}" mimeType="text/xml"'
        f' status="{oids.Status.APPROVED}" isOpaque="false">{_slots(number)}'
        f"{_localized('Name', f'Compte rendu {number}')}{_localized('Description', f'Commentaire {number}')}"
        f'<rim:VersionInfo versionName="1"/>{author}{coded}'
        + _identifier(entry, number * 100 + 60, oids.Xds.UNIQUE_ID, f"1.2.250.1.213.1.4.99.{number}")
        + _identifier(
            entry, number * 100 + 61, oids.Xds.PATIENT_ID, "279035121518989^^^&amp;1.2.250.1.213.1.4.8&amp;ISO^NH"
        )
        + "</rim:ExtrinsicObject>"
    )


def _slots(number: int) -> str:
    return "".join(
        (
            _slot("creationTime", "20260115093000"),
            _slot("serviceStartTime", "20260115083000"),
            _slot("serviceStopTime", "20260115093000"),
            _slot("languageCode", "fr-FR"),
            _slot("hash", f"{number:040x}"),
            _slot("size", str(5000 + number)),
            _slot("repositoryUniqueId", "1.2.250.1.213.4.1.1.1"),
            _slot("legalAuthenticator", _PERSON),
            _slot("sourcePatientId", f"{number}^^^&amp;1.2.250.1.213.1.4.99&amp;ISO^PI"),
            _slot("sourcePatientInfo", "PID-5|DUPONT^MARIE^^^^^L", "PID-7|19500101", "PID-8|F"),
        )
    )


def _slot(name: str, *values: str) -> str:
    inside = "".join(f"<rim:Value>{value}</rim:Value>" for value in values)
    return f'<rim:Slot name="{name}"><rim:ValueList>{inside}</rim:ValueList></rim:Slot>'


def _localized(tag: str, text: str) -> str:
    return f'<rim:{tag}><rim:LocalizedString xml:lang="FR" charset="UTF8" value="{text}"/></rim:{tag}>'


def _classification(entry: str, number: int, scheme: oids.Xds, code: str, inside: str) -> str:
    return (
        f'<rim:Classification id="{UUID(int=number).urn}" classifiedObject="{entry}" classificationScheme="{scheme}"'
        f' nodeRepresentation="{code}" objectType="{_OBJECT}:Classification">{inside}</rim:Classification>'
    )


def _identifier(entry: str, number: int, scheme: oids.Xds, value: str) -> str:
    return (
        f'<rim:ExternalIdentifier id="{UUID(int=number).urn}" registryObject="{entry}" identificationScheme="{scheme}"'
        f' value="{value}" objectType="{_OBJECT}:ExternalIdentifier">{_localized("Name", "XDSDocumentEntry")}'
        "</rim:ExternalIdentifier>"
    )
