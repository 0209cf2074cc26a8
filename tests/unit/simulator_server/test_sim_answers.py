"""Answers against the schemas that others wrote."""

from functools import cache

import pytest
from lxml import etree

from dmp_core.simulator.answers import query_failure, query_response, registry_response, retrieve_response
from dmp_core.simulator.reasons import Reason

pytestmark = pytest.mark.oracle
REASON = Reason("XDSRegistryError", "règle", "Document01")


@cache
def schema(folder, name):
    return etree.XMLSchema(etree.parse(str(folder / "schemas" / name)))


def faults(oracle, element, name="ihe/XDS.b_DocumentRepository.xsd"):
    rules = schema(oracle, name)
    rules.validate(etree.fromstring(etree.tostring(element)))
    return [error.message for error in rules.error_log]


def test_a_list_of_documents_is_valid(oracle, service, messages):
    service.feed("1.2.3.1")
    service.feed("1.2.3.2", masked=True)
    service.feed("1.2.3.3", replaces=service.registry.find("1.2.3.1").entry_uuid)

    listed = query_response(service.registry.of_patient(1), references_only=False)

    assert faults(oracle, listed, "ihe/query.xsd") == []
    assert listed.get("totalResultCount") == "3"


def test_references_failures_and_nothing_found_are_valid(oracle, service):
    service.feed("1.2.3.1")
    found = service.registry.of_patient(1)

    for answer in (query_response(found, references_only=True), query_response([], references_only=False)):
        assert faults(oracle, answer, "ihe/query.xsd") == []
    assert faults(oracle, query_failure([REASON]), "ihe/query.xsd") == []


@pytest.mark.parametrize("reasons", [[], [REASON], [REASON, Reason("DMPClosed", "fermé")]])
def test_a_registry_response_is_valid(oracle, reasons):
    assert faults(oracle, registry_response(reasons), "ihe/rs.xsd") == []


@pytest.mark.parametrize("reasons", [[], [REASON]])
@pytest.mark.parametrize("found", [[], [("1.2.3", "text/xml", "a@b")]])
def test_a_retrieval_is_valid(oracle, found, reasons):
    answer = retrieve_response(found, reasons)
    for include in list(answer.iter("{http://www.w3.org/2004/08/xop/include}Include")):
        include.getparent().text = "PENEQS8+"  # what XOP stands for
        include.getparent().remove(include)

    assert faults(oracle, answer) == []


def test_an_envelope_is_valid(oracle, service, messages):
    ok = service.call("existence", messages.existence())
    fault = service.call("existence", messages.existence(), claims={"LPS_Nom": None})

    for reply in (ok, fault):
        root = etree.fromstring(reply.body)
        for payload in root[1].iterchildren("{urn:hl7-org:v3}*"):
            root[1].remove(payload)
        assert faults(oracle, root, "soap/soap-1.2-envelope.xsd") == []
