"""Answers as a DMP writes them, and the folder of public schemas."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from dmp_core import xml
from dmp_core.dmp import soap
from dmp_core.ports import HttpAnswer
from dmp_core.xml import Element

QUESTION = UUID("11111111-2222-4333-8444-555555555555")
ENVELOPE = """<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">
 <soap:Header><Action xmlns="http://www.w3.org/2005/08/addressing">urn:test:reply</Action>
 <RelatesTo xmlns="http://www.w3.org/2005/08/addressing">urn:uuid:11111111-2222-4333-8444-555555555555</RelatesTo>
 </soap:Header><soap:Body>%s</soap:Body></soap:Envelope>"""


@pytest.fixture
def question() -> soap.Message:
    """A question whose answer has the action `urn:test:reply`."""
    return soap.Message("TD3.1", "registry", "urn:test:ask", "urn:test:reply", xml.parse(b"<ask xmlns='urn:test'/>"))


@pytest.fixture
def envelope() -> Callable[[str], HttpAnswer]:
    """A whole answer to `question` around a body."""

    def make(body: str) -> HttpAnswer:
        return HttpAnswer(200, "application/soap+xml; charset=UTF-8", (ENVELOPE % body).encode())

    return make


@pytest.fixture
def receive(question: soap.Message) -> Callable[[HttpAnswer], soap.Answer]:
    """Reads an answer to `question`."""

    def read(http: HttpAnswer) -> soap.Answer:
        return soap.answer(http, question, message_id=QUESTION)

    return read


@pytest.fixture
def assert_valid(oracle: Path) -> Callable[[str, Element], None]:
    """Checks an element against a schema of the oracle."""

    def check(schema: str, element: Element) -> None:
        rules = etree.XMLSchema(etree.parse(oracle / "schemas" / schema))
        assert rules.validate(xml.parse(etree.tostring(element))), rules.error_log

    return check
