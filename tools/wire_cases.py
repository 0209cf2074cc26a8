"""The half of docs/reference/errors.md about what the DMP, the network and TLS answer, out of the code's own tables."""

from collections.abc import Iterable, Iterator
from typing import Final

from dmp_core.dmp import http_answers, refusals
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    ConnectionLost,
    DmpError,
    Intercepted,
    ProxyAsks,
    TimedOut,
    TransportError,
    Unreachable,
)
from dmp_core.model.item import State
from dmp_core.services.feed.feeding import Outcome
from dmp_core.transport import tls

HEAD: Final = "| what comes | meaning | error | who mends it | what the pharmacist reads | tried again |"
RULE: Final = "| --- | --- | --- | --- | --- | --- |"
CERTAINTY: Final = {"C": "", "K": " (official sample code)", "T": " (seen by third parties)", "U": " (unverified)"}
NETWORK: Final = (
    ("the name of the server is unknown (`dns`)", Unreachable(), "no DNS, or no Internet"),
    ("the connection is refused (`ECONNREFUSED`…)", Unreachable(), "a firewall, or a wrong port"),
    ("the proxy refuses (`proxy-407`, `proxy-403`…)", ProxyAsks(), "the proxy wants an account, or forbids it"),
    ("the connection breaks before the request left", ConnectionLost(), "nothing was asked"),
    ("the connection breaks afterwards", ConnectionLost(after_send=True), "whether the DMP did it is unknown"),
    ("no answer in time", TimedOut(after_send=True), "the time-outs are settings, by transaction"),
    ("no connection in time", TimedOut(), "nothing was asked"),
    ("an answer to another question", AnswerForeign(), "RelatesTo, Action or the patient differ: discarded"),
    ("an answer that cannot be read", AnswerUnreadable(), "cut, malformed, or outside the limits"),
    ("a certificate of an unknown issuer", Intercepted(), "an antivirus or proxy that opens HTTPS: never trusted"),
)


def wire_cases() -> Iterator[str]:
    """The sections, as Markdown."""
    yield "# What the DMP, the network and TLS answer"
    yield (
        "Written from the tables that the code reads. *Tried again* says what becomes of a document that was being "
        "fed: the outbox sends it again by itself, looks it up first, or waits for somebody. Reading is never "
        "repeated by itself. The DMP's own list of codes is not public: what is not here is shown with its words, as "
        "`DMP-SRV-099`. What was asked and answered can be recorded on demand (`support/record`)."
    )
    for form in refusals.Form:
        known = [row for row in refusals.REFUSALS if row.form is form]
        yield f"## {form}"
        yield _table((f"`{row.code}`", row.error(), f"{row.meaning}{CERTAINTY[row.certainty]}") for row in known)
    yield "## Words that mean a refused VIHF, whatever their code"
    yield _table((f"`{words}`", refusals.MEANINGS["FailedCheck"](), told) for words, told in refusals.VIHF_WORDS)
    yield "## TLS"
    yield _table((f"`{origin}`", kind(), told) for origin, (kind, told) in tls.MEANINGS.items())
    yield "## HTTP, proxies, captive portals and intercepting antivirus"
    yield _table(
        (f"HTTP {status} without SOAP", kind(after_send=True), told)
        for status, (kind, told) in http_answers.STATUSES.items()
    )
    pages = ((http_answers.PAGE, "a page in HTML under HTTP 200"), (http_answers.OTHER, "anything else under HTTP 200"))
    yield _table((what, kind(after_send=True), told) for (kind, told), what in pages)
    yield "## Network"
    yield _table(NETWORK)


def _table(rows: Iterable[tuple[str, DmpError, str]]) -> str:
    return "\n".join([HEAD, RULE, *(_row(what, error, told) for what, error, told in rows)])


def _row(what: str, error: DmpError, told: str) -> str:
    what, told = what.replace("|", "\\|"), told.replace("|", "\\|")
    return f"| {what} | {told} | `{error.code}` | {error.mender} | {error.sentence} {error.remedy} | {_retry(error)} |"


def _retry(error: DmpError) -> str:
    """What the delivery does with a document of which this is the error."""
    outcome = Outcome.of(error, sending=True)
    if outcome.state is State.UNCERTAIN:
        return "looked up first, then as the look-up says"
    if outcome.state is State.WAITING:
        return "yes, by itself" if outcome.again else "when its reason is gone"
    after = isinstance(error, TransportError) and error.after_send
    return "looked up first" if after else "no: somebody must act"
