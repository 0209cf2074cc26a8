"""What can go wrong at the simulated DMP when it is asked to: one kind, one class, one line of help.

`before` acts when nothing is done yet, `after` when all is done and on disk.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from dmp_core import xml
from dmp_core.model import limits
from dmp_core.simulator import mtom
from dmp_core.simulator.answers import Reply
from dmp_core.simulator.faults import INVALID_CERTIFICATE, fault
from dmp_core.simulator.interference import Dropped
from dmp_core.simulator.markup import QUERY, RIM, RS, WSA, Maker
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.simulator.throttle import Throttle
from dmp_core.xml import Element

_RS: Final = Maker(RS)
_SEVERITY: Final = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:"
_PARTIAL: Final = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
_PAGE: Final = "<!DOCTYPE html><html lang='fr'><title>Service indisponible</title><h1>Service indisponible</h1></html>"
_RESPONSES: Final = (f"{{{QUERY}}}AdhocQueryResponse", f"{{{RS}}}RegistryResponse")


class Kind:
    """A kind of fault with its value. `value` names what stands after the kind in a SPEC, '' for nothing."""

    help: ClassVar[str] = ""
    value: ClassVar[str] = ""
    default: ClassVar[float | str | None] = None

    def __init__(self, value: Any = None, *, wait: Callable[[float], None], clock: Callable[[], float]) -> None:
        self.given = value
        self.wait = wait
        self.clock = clock

    @classmethod
    def read(cls, text: str) -> Any:
        """The value written in a SPEC. Raises ValueError."""
        raise ValueError(f"takes no value: {text}")

    def before(self, _transaction: str) -> Reply | None:
        return None

    def after(self, _reply: Reply) -> Reply | None:
        return None


class _Number(Kind):
    least: ClassVar[float] = 0
    most: ClassVar[float] = 1e9

    @classmethod
    def read(cls, text: str) -> float:
        number = as_number(text)
        if number is None or not cls.least <= number <= cls.most:
            raise ValueError(f"{cls.value} is a number between {cls.least:g} and {cls.most:g}")
        return number


class ResetBefore(Kind):
    help = "the line is cut, nothing was done"

    def before(self, _transaction: str) -> Reply | None:
        raise Dropped


class DropAfter(Kind):
    help = "the line is cut without an answer, all was done"

    def after(self, _reply: Reply) -> Reply | None:
        raise Dropped


class Slow(_Number):
    help = "all is done, the answer comes late"
    value = "SECONDS"
    most = 3600

    def after(self, _reply: Reply) -> Reply | None:
        self.wait(self.given)
        return None


class Cut(_Number):
    help = "the answer stops after some bytes (default: half of them), then the line is dead"
    value = "BYTES"
    default = -1

    def after(self, reply: Reply) -> Reply | None:
        return replace(reply, cut_after=len(reply.body) // 2 if self.given < 0 else int(self.given))


class Busy(Kind):
    help = "XDSRegistryBusy or XDSRepositoryBusy; HTTP 503 for TD0 and TD1"

    def before(self, transaction: str) -> Reply | None:
        if not transaction.startswith(("TD2", "TD3")):
            return Reply(503, "text/plain; charset=UTF-8", b"Service Unavailable")
        code = "XDSRepositoryBusy" if transaction in ("TD2.1", "TD3.2") else "XDSRegistryBusy"
        raise Refused(Reason(code, "Service momentanément indisponible"))


class Refuse(Kind):
    help = "the DMP says no with this code: XDS... in the transaction's own answer, any other as a SOAP fault"
    value = "CODE"

    @classmethod
    def read(cls, text: str) -> str:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,99}", text, re.ASCII):
            raise ValueError("a CODE of letters and digits")
        return text

    def before(self, _transaction: str) -> Reply | None:
        if self.given.startswith("XDS"):
            raise Refused(Reason(self.given, "Refus demandé au simulateur"))
        raise fault(self.given, "Refus demandé au simulateur")


class InvalidCertificate(Kind):
    help = "SOAP fault DMPInvalidCertificate, as for a VIHF signed with the wrong key"

    def before(self, _transaction: str) -> Reply | None:
        text = "Le certificat ayant signé le VIHF est invalide : Not a valid signature certificate"
        raise fault(INVALID_CERTIFICATE, text)


class Http(_Number):
    help = "an empty answer with this HTTP status"
    value = "STATUS"
    least, most = 200, 599

    def before(self, _transaction: str) -> Reply | None:
        return Reply(int(self.given), "text/plain; charset=UTF-8", b"")


class Html(Http):
    help = "a page of HTML, as a proxy or a portal gives it (default status: 503)"
    default = 503

    def before(self, _transaction: str) -> Reply | None:
        return Reply(int(self.given), "text/html; charset=UTF-8", _PAGE.encode())


class Throttled(_Number):
    help = f"HTTP 429 beyond so many requests in a second (default: {limits.FEEDS_PER_SECOND})"
    value = "COUNT"
    default = limits.FEEDS_PER_SECOND

    def __init__(self, value: Any = None, **parts: Any) -> None:
        super().__init__(value, **parts)
        self._throttle = Throttle(int(value))

    def before(self, _transaction: str) -> Reply | None:
        if self._throttle.allows("", self.clock()):
            return None
        return Reply(429, "text/plain; charset=UTF-8", b"Too Many Requests")


class Empty(Kind):
    help = "all was done, HTTP 200 without a body"

    def after(self, reply: Reply) -> Reply | None:
        return Reply(200, reply.content_type, b"")


class BrokenXml(Kind):
    help = "the XML of the answer ends in the middle of a tag"

    def after(self, reply: Reply) -> Reply | None:
        return _with_root(reply, lambda root: root[: root.rindex(b"</") + 3])


class MtomBroken(Kind):
    help = "TD3.2: the package has no closing delimiter"

    def after(self, reply: Reply) -> Reply | None:
        if not mtom.is_multipart(reply.content_type):
            return None
        return replace(reply, body=reply.body[: reply.body.rindex(b"\r\n--")])


class Altered(Kind):
    help = "TD3.2: one byte of the last document is another"

    def after(self, reply: Reply) -> Reply | None:
        if not mtom.is_multipart(reply.content_type):
            return None
        root, parts = mtom.read(reply.content_type, reply.body)
        if not any(parts.values()):
            return None
        name, data = next((name, data) for name, data in reversed(parts.items()) if data)
        middle = len(data) // 2
        changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        return _packed(reply, root, parts | {name: changed})


class WrongRelatesTo(Kind):
    help = "the answer relates to another request"

    def after(self, reply: Reply) -> Reply | None:
        def edit(root: Element) -> None:
            for node in root.iter(f"{{{WSA}}}RelatesTo"):
                node.text = "urn:uuid:00000000-0000-4000-8000-000000000000"

        return _edited(reply, edit)


class OtherPatient(Kind):
    help = "the answer speaks of another patient: INS, names and date of birth"
    substitutions: ClassVar[Mapping[bytes, bytes]] = {
        rb"(?<![0-9])[1-8][0-9]{4}[0-9AB]{2}[0-9]{8}(?![0-9])": b"190017511009926",
        rb"(PID-5\|)[^<]*": rb"\1AUTRE^PERSONNE^^^^^L",
        rb"(PID-7\|)[0-9]*": rb"\g<1>19000101",
        rb"(<family[^>]*>|<lastName>|<patronymicalName>)[^<]*": rb"\1AUTRE",
        rb"(<given[^>]*>|<firstName>)[^<]*": rb"\1PERSONNE",
        rb'(<birthTime value=")[0-9]*': rb"\g<1>19000101",
        rb"(<dateOfBirth>)[0-9]*": rb"\g<1>19000101",
    }

    def after(self, reply: Reply) -> Reply | None:
        def edit(root: bytes) -> bytes:
            for pattern, other in self.substitutions.items():
                root = re.sub(pattern, other, root)
            return root

        return _with_root(reply, edit)


class Warn(Kind):
    help = "XDS answers: success, with a warning"

    def after(self, reply: Reply) -> Reply | None:
        return _edited(reply, lambda root: _add_error(root, "Warning", "XDSExtraMetadataNotSaved"))


class Partial(Kind):
    help = "TD3.1: PartialSuccess, the last object is missing"

    def after(self, reply: Reply) -> Reply | None:
        def edit(root: Element) -> None:
            for response in root.iter(f"{{{QUERY}}}AdhocQueryResponse"):
                response.set("status", _PARTIAL)
                for objects in response.findall(f"{{{RIM}}}RegistryObjectList"):
                    objects[-1:] = []
                _add_error(root, "Error", "XDSRegistryError")

        return _edited(reply, edit)


class ExpiredCertificate(Kind):
    help = "the server shows a certificate that has expired; for * alone, from the start"


KINDS: Final[Mapping[str, type[Kind]]] = {
    "reset-before": ResetBefore,
    "drop-after": DropAfter,
    "cut": Cut,
    "slow": Slow,
    "busy": Busy,
    "throttle": Throttled,
    "refuse": Refuse,
    "invalid-certificate": InvalidCertificate,
    "http": Http,
    "html": Html,
    "empty": Empty,
    "broken-xml": BrokenXml,
    "mtom-broken": MtomBroken,
    "altered": Altered,
    "wrong-relatesto": WrongRelatesTo,
    "other-patient": OtherPatient,
    "partial": Partial,
    "warning": Warn,
    "expired-certificate": ExpiredCertificate,
}


def as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _add_error(root: Element, severity: str, code: str) -> None:
    """A RegistryErrorList in the first response; its schema wants it first."""
    response = next((node for node in root.iter(*_RESPONSES)), None)
    if response is None or response.find(f"{{{RS}}}RegistryErrorList") is not None:
        return
    values = {"errorCode": code, "codeContext": "Demandé au simulateur", "severity": _SEVERITY + severity}
    errors = _RS("RegistryErrorList", {"highestSeverity": _SEVERITY + severity}, _RS("RegistryError", values))
    response.insert(0, errors)


def _edited(reply: Reply, edit: Callable[[Element], None]) -> Reply | None:
    def changed(root: bytes) -> bytes:
        tree = xml.parse(root)
        edit(tree)
        return xml.serialize(tree)

    return _with_root(reply, changed)


def _with_root(reply: Reply, edit: Callable[[bytes], bytes]) -> Reply | None:
    """The answer with another envelope; None for an answer that has none."""
    if mtom.is_multipart(reply.content_type):
        root, parts = mtom.read(reply.content_type, reply.body)
        return _packed(reply, edit(root), parts)
    if mtom.parse_content_type(reply.content_type)[0] != mtom.SOAP:
        return None
    return replace(reply, body=edit(reply.body))


def _packed(reply: Reply, root: bytes, parts: Mapping[str, bytes]) -> Reply:
    content_type, body = mtom.write(root, parts)
    return replace(reply, content_type=content_type, body=body)
