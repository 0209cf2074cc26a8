"""What each answer of the DMP means: XDS errors, HL7 acknowledgements, si-dmp statuses, SOAP faults become our errors.

The codes stand in `refusals`; any other code is a DmpOtherRefusal that shows the DMP's words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from dmp_core import xml
from dmp_core.dmp.refusals import MEANINGS, SAYS_VIHF
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpAccessDenied,
    DmpMetadataRefused,
    DmpOtherRefusal,
    DmpRefusal,
    DmpVihfRefused,
)
from dmp_core.xml import Element

RS: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
QUERY: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
HL7: Final = "urn:hl7-org:v3"
_SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_WARNING: Final = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning"
_RESPONSES: Final = frozenset({f"{{{RS}}}RegistryResponse", f"{{{QUERY}}}AdhocQueryResponse"})
_TEXT: Final = 2000  # characters of the DMP's words that are kept
_SERVICE_OK: Final = "DMPOK"


class ResponseStatus(StrEnum):
    """Statuses of ebRS 3.0 as IHE uses them; letter case counts."""

    SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
    FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
    PARTIAL = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:PartialSuccess"

    @classmethod
    def _missing_(cls, value: object) -> "ResponseStatus | None":
        """IHE writes partial success in a namespace of its own (ITI TF-3 4.2.4.2); the DMP's sheets in that of ebRS."""
        return cls.PARTIAL if value == "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess" else None


@dataclass(frozen=True, slots=True)
class Warned:
    """What the DMP adds to an answer without refusing: its code and its words."""

    code: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A registry's response: its status, one refusal for each error, and the warnings."""

    status: ResponseStatus
    refusals: tuple[DmpRefusal, ...]
    warnings: tuple[Warned, ...]


def plain_code(code: str) -> str:
    """`DMPInvalidCertificate` of `soap:DMPInvalidCertificate`; the last name of a URN."""
    return re.split(r"[:#}]", code.strip())[-1]


def refusal(code: str, text: str) -> DmpRefusal:
    """The error that a code of the DMP and its words mean; the words tell a refused VIHF where the code is vague."""
    code = plain_code(code)
    meaning = MEANINGS.get(code, DmpAccessDenied if "AccessDenied" in code else DmpOtherRefusal)
    if meaning in (DmpOtherRefusal, DmpMetadataRefused) and SAYS_VIHF.search(text):
        meaning = DmpVihfRefused
    return meaning(origin=code or None, dmp_text=text.strip()[:_TEXT])


def gravest(refusals: Iterable[DmpRefusal]) -> DmpRefusal:
    """The first refusal whose code is known, else the first; with the words of all."""
    known = list(refusals) or [DmpOtherRefusal("a failure without any error")]
    chosen = next((each for each in known if not isinstance(each, DmpOtherRefusal)), known[0])
    chosen.dmp_text = "\n".join(dict.fromkeys(each.dmp_text for each in known if each.dmp_text))[:_TEXT]
    return chosen


def registry_response(element: Element) -> tuple[Warned, ...]:
    """The warnings of a RegistryResponse or AdhocQueryResponse that reports success.

    Raises the DmpRefusal of its errors, also where an Error comes with the status Success, and for PartialSuccess.
    """
    result = outcome(element)
    if result.refusals or result.status is not ResponseStatus.SUCCESS:
        raise gravest(result.refusals)
    return result.warnings


def is_success(response: Element) -> bool:
    """True where the status of a RegistryResponse is Success and no error stands in it: nothing more to be told."""
    errors = next(xml.children(response, f"{{{RS}}}RegistryErrorList"), None)
    return errors is None and response.get("status") == ResponseStatus.SUCCESS


def outcome(element: Element) -> Outcome:
    """Status, errors and warnings of a response. Raises AnswerUnreadable (status unknown), AnswerForeign."""
    if element.tag not in _RESPONSES:
        raise AnswerForeign("no response of a registry")
    try:
        status = ResponseStatus(element.get("status", ""))
    except ValueError:
        raise AnswerUnreadable("a registry's response without a known status") from None
    refusals, warnings = [], []
    for errors in xml.children(element, f"{{{RS}}}RegistryErrorList"):
        for error in xml.children(errors, f"{{{RS}}}RegistryError"):
            code, text = error.get("errorCode", ""), error.get("codeContext") or error.text or ""
            if error.get("severity", "").strip() == _WARNING and status is not ResponseStatus.FAILURE:
                warnings.append(Warned(plain_code(code), text[:_TEXT]))
            else:
                refusals.append(refusal(code, text))
    return Outcome(status, tuple(refusals), tuple(warnings))


def acknowledgement(message: Element) -> tuple[Warned, ...]:
    """The remarks of an accepted HL7 v3 answer (AA, CA). Raises the DmpRefusal of any other, AnswerUnreadable."""
    every = list(xml.children(message, f"{{{HL7}}}acknowledgement"))
    if not every:
        raise AnswerUnreadable("an HL7 message without acknowledgement")
    return tuple(remark for each in every for remark in _accepted(each))


def target_messages(message: Element) -> frozenset[str]:
    """The identifiers of the messages that an HL7 v3 answer acknowledges, in lower case."""
    place = f"{{{HL7}}}acknowledgement/{{{HL7}}}targetMessage/{{{HL7}}}id"
    return frozenset(each.get("extension", "").strip().lower() for each in message.iterfind(place))


def _accepted(found: Element) -> tuple[Warned, ...]:
    type_code = found.get("typeCode") or _attribute(found.find(f"{{{HL7}}}typeCode"), "code")  # element since 2008
    details = [
        (_attribute(detail.find(f"{{{HL7}}}code"), "code"), _words(detail.find(f"{{{HL7}}}text")))
        for detail in xml.children(found, f"{{{HL7}}}acknowledgementDetail")
    ]
    if type_code not in ("AA", "CA"):
        raise gravest([refusal(code, text) for code, text in details])
    return tuple(Warned(plain_code(code), text[:_TEXT]) for code, text in details)


def service_output(body: Element, tag: str) -> Element:
    """The `output` of an answer of a si-dmp service whose status is DMPOk; `tag`: the element that such an answer is.

    Raises the DmpRefusal of any other status, with the words of `context`; AnswerForeign, AnswerUnreadable.
    """
    if body.tag != tag:
        raise AnswerForeign("no answer of this si-dmp service")
    outputs = list(xml.children(body, "{*}output"))
    statuses = {_words(each) for output in outputs for each in xml.children(output, "{*}status")}
    if len(outputs) != 1 or len(statuses) != 1 or not (status := statuses.pop()):
        raise AnswerUnreadable("a si-dmp answer without one output and one status")
    output = outputs[0]
    if status.upper() != _SERVICE_OK:  # the official sample code ignores its case
        raise refusal(status, _words(output.find("{*}context")))
    return output


def fault(element: Element) -> DmpRefusal:
    """The refusal that a SOAP Fault means: origin is its innermost subcode, else its code; the only one of SOAP 1.1."""
    if xml.namespace(element) != _SOAP:
        return refusal(_words(element.find("faultcode")), _words(element.find("faultstring")))
    codes = [_words(value) for value in element.iterfind(f"{{{_SOAP}}}Code//{{{_SOAP}}}Value")]
    texts = list(element.iterfind(f"{{{_SOAP}}}Reason/{{{_SOAP}}}Text"))
    french = next((text for text in texts if text.get(_XML_LANG, "").lower().startswith("fr")), None)
    chosen = french if french is not None else next(iter(texts), None)
    return refusal(codes[-1] if codes else "", _words(chosen))


def _attribute(element: Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")


def _words(element: Element | None) -> str:
    return "" if element is None else "".join(map(str, element.itertext("{*}*"))).strip()
