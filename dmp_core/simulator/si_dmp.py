"""The DMP's own small messages: TD0.3 and TD1.6 (who is let in), TD0.4 (where the caller is let in).

Names and order of the elements: the WSDL of the services `habilitations` and `patientsSpecific` (`dmp_protocol.md` 4.3
and 4.4); all are qualified.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from dmp_core import xml
from dmp_core.errors import XmlRefused
from dmp_core.simulator.markup import Maker
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.xml import Element

HABILITATIONS: Final = "urn:si-dmp-habilitations"
PATIENTS: Final = "urn:si-dmp-patients"
OK: Final = "DMPOk"
INVALID: Final = "DMPInvalidMessage"  # a placeholder: the DMP's own codes are not public

_TIME: Final = re.compile(r"[0-9]{14}", re.ASCII)


class Change(StrEnum):
    """`action` of TD0.3."""

    ADD = "AJOUT"
    REMOVE = "SUPPRESSION"


class Listed(StrEnum):
    """`mode` of TD1.6."""

    ACTIVE = "ACTIVE"
    FORBIDDEN = "INTERDITE"
    ALL = "TOUTE"


class Since(StrEnum):
    """`dateType` of TD0.4, in the DMP's spelling."""

    LAST_DOCUMENT = "LASTDOC"
    LAST_AUTHORISATION = "LASTAUTORIZATION"


@dataclass(frozen=True, slots=True)
class SetAuthorization:
    change: Change
    medecin_traitant: bool


@dataclass(frozen=True, slots=True)
class PatientList:
    since: datetime
    kind: Since
    owner: str  # psOwnerId, '' for the caller's own


def read_set_authorization(body: Element) -> SetAuthorization:
    """TD0.3. Raises Refused."""
    values = _values(body, HABILITATIONS, "setAuthorization", ("action", "role"))
    role = values.get("role", "")
    if values.get("action") not in list(Change) or role not in ("", "MEDECIN_TRAITANT"):
        raise _malformed("action AJOUT ou SUPPRESSION, role MEDECIN_TRAITANT ou rien")
    return SetAuthorization(Change(values["action"]), bool(role))


def read_list_authorization(body: Element) -> Listed:
    """TD1.6. Raises Refused."""
    values = _values(body, HABILITATIONS, "listAuthorizationByPatient", ("mode",))
    if values.get("mode") not in list(Listed):
        raise _malformed("mode ACTIVE, INTERDITE ou TOUTE")
    return Listed(values["mode"])


def read_patient_list(body: Element) -> PatientList:
    """TD0.4. Raises Refused."""
    values = _values(body, PATIENTS, "patientList", ("startDate", "dateType", "psOwnerId"))
    start = values.get("startDate", "")
    if values.get("dateType") not in list(Since) or not _TIME.fullmatch(start):
        raise _malformed("startDate yyyyMMddHHmmss et dateType LASTDOC ou LASTAUTORIZATION")
    try:
        since = datetime.strptime(start, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise _malformed("startDate impossible") from None
    return PatientList(since, Since(values["dateType"]), values.get("psOwnerId", ""))


def answer(
    namespace: str, operation: str, context: str = "", items: Sequence[Element] = (), status: str = OK
) -> Element:
    """`<operation>Response` with its items, its status and what the DMP says of it."""
    made = Maker(namespace)
    said = [made("status", None, status), made("context", None, context) if context else None]
    return made(f"{operation}Response", None, made("output", None, *items, *said))


def item(namespace: str, name: str, values: Mapping[str, str | bool | None], *leading: Element) -> Element:
    """One line of a list, in the order of `values`; None and '' are left out."""
    made = Maker(namespace)
    written = {key: str(value).lower() if isinstance(value, bool) else value for key, value in values.items()}
    return made(name, None, *leading, *[made(key, None, value) for key, value in written.items() if value])


def time(at: datetime | None) -> str:
    """`yyyyMMddHHmmss`, UTC."""
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S") if at else ""


def _values(body: Element, namespace: str, name: str, allowed: tuple[str, ...]) -> dict[str, str]:
    """The elements of a request, which stand in this order, each once at most. Raises Refused."""
    found = list(xml.children(body))
    names = [xml.local_name(element) for element in found]
    in_order = [known for known in allowed if known in names]
    if body.tag != f"{{{namespace}}}{name}" or names != in_order or any(xml.namespace(e) != namespace for e in found):
        raise _malformed(f"{name} avec {', '.join(allowed)} (ordre du WSDL) attendu")
    try:
        return {xml.local_name(element): xml.text_of(element) for element in found}
    except XmlRefused:
        raise _malformed("balisage inattendu dans une valeur") from None


def _malformed(rule: str) -> Refused:
    return Refused(Reason(INVALID, f"Message invalide : {rule}"))
