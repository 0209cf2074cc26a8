"""The request on the wire, element by element (`dmp_protocol.md` 8.2)."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from lxml import etree

from dmp_core import xml
from dmp_core.errors import CardError, InsInvalid, MessageInvalid
from dmp_core.identity import insi
from dmp_core.identity.insi_assertion import assertion
from dmp_core.identity.insi_query import first_query
from dmp_core.identity.insi_settings import InsiSettings
from dmp_core.model.access import Mode
from dmp_core.model.identity import IdentityStatus
from dmp_core.xml import Element

ID = UUID("11111111-2222-4333-8444-555555555555")
AT = datetime(2026, 1, 15, 10, 30, tzinfo=timezone(timedelta(hours=1)))
NAMES = {
    "soap": "http://www.w3.org/2003/05/soap-envelope",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "bam": "urn:siram:bam:ctxbam",
    "lps": "urn:siram:lps:ctxlps",
    "rec": "http://www.cnamts.fr/INSiRecSans",
    "ver": "http://www.cnamts.fr/INSiLot2/REQUnitaire",
}


def texts(root: Element, path: str) -> list[str]:
    return [str(found if isinstance(found, str) else found.text) for found in root.xpath(path, namespaces=NAMES)]


def sent(message: insi.Message, caller: object, settings: InsiSettings, security: Element | None = None) -> Element:
    http = insi.request(message, caller, settings, message_id=ID, at=AT, security=security)  # type: ignore[arg-type]
    return xml.parse(http.body)


def test_a_search_says_the_traits_in_order(
    make_patient: Callable, make_caller: Callable, settings: InsiSettings
) -> None:
    query = first_query(make_patient()).model_copy(
        update={"given_names": ("DOMINIQUE", "MARIE-LOUISE"), "birth_place_code": "51215"}
    )

    body = sent(insi.search(query, settings), make_caller(Mode.INDIRECT), settings).find(
        "soap:Body/rec:RECSANSVITALE", NAMES
    )

    assert body is not None
    assert [(etree.QName(each).localname, each.text) for each in body] == [
        ("NomNaissance", "PAT-TROIS"),
        ("Prenom", "DOMINIQUE"),
        ("Prenom", "MARIE-LOUISE"),
        ("Sexe", "F"),
        ("DateNaissance", "1979-03-28"),
        ("LieuNaissance", "51215"),
    ]


def test_the_contexts_say_who_asks_with_which_software(
    make_patient: Callable, make_caller: Callable, settings: InsiSettings
) -> None:
    root = sent(insi.search(first_query(make_patient()), settings), make_caller(Mode.INDIRECT), settings)

    assert texts(root, "//bam:ContexteBAM/@Version") == ["01_02"]
    assert texts(root, "//lps:ContexteLPS/@Version") == ["01_00"]
    assert texts(root, "//bam:ContexteBAM/*/text()") == [str(ID), "2026-01-15T09:30:00.000Z", "1990000001"]
    assert len(root.xpath("//bam:ContexteBAM/bam:COUVERTURE", namespaces=NAMES)) == 1
    assert texts(root, "//lps:LPS/lps:IDAM[@R='4']") == ["SIMULATION"]
    assert texts(root, "//lps:LPS/*/text()")[1:] == ["1.2", "POSTE-1", "urn:lps:LGO:1.2"]
    assert texts(root, "//wsa:MessageID") == [f"uuid:{ID}"]
    assert texts(root, "//wsa:Action") == ["urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite"]


def test_the_request_goes_to_lps_as_soap_12(
    make_patient: Callable, make_caller: Callable, settings: InsiSettings
) -> None:
    message = insi.search(first_query(make_patient()), settings)

    http = insi.request(message, make_caller(Mode.INDIRECT), settings, message_id=ID, at=AT, security=None)

    assert (http.service, http.transaction) == ("lps", "INSi")
    assert http.content_type == f'application/soap+xml; charset=UTF-8; action="{message.action}"'
    assert "DOMINIQUE" not in repr(http)


def test_a_structure_asks_without_any_assertion(
    make_patient: Callable, make_caller: Callable, settings: InsiSettings
) -> None:
    caller = make_caller(Mode.INDIRECT)

    security = assertion(caller, settings, assertion_id=ID, at=AT, signer=None)
    root = sent(insi.search(first_query(make_patient()), settings), caller, settings, security)

    assert security is None
    assert root.find("soap:Header/wsse:Security", NAMES) is None


def test_a_user_of_pro_sante_connect_is_named_in_an_unsigned_assertion(
    make_patient: Callable, make_caller: Callable, settings: InsiSettings
) -> None:
    caller = make_caller(Mode.AIR)
    chosen = settings.model_copy(update={"specialty": "50", "profession_code": "21"})

    security = assertion(caller, chosen, assertion_id=ID, at=AT, signer=None)
    root = sent(insi.search(first_query(make_patient()), chosen), caller, chosen, security)

    name = root.find(".//wsse:Security/saml:Assertion/saml:Subject/saml:NameID", NAMES)
    assert name is not None
    assert (name.get("NameQualifier"), name.text) == ("PSC", "899700000001")
    assert texts(root, "//bam:Emetteur") == ["899700000001"]
    attributes = root.findall(".//saml:AttributeStatement/saml:Attribute", NAMES)
    assert {each.get("Name"): each[0].text for each in attributes} == {
        "identifiantFacturation": "992000001",
        "codeSpecialiteAMO": "50",
        "secteurActivite": "SA33^1.2.250.1.71.4.2.4",
        "gipProfessionCode": "21",
    }
    assert root.find(".//{http://www.w3.org/2000/09/xmldsig#}Signature") is None


def test_a_cps_without_its_key_asks_nothing(make_caller: Callable, settings: InsiSettings) -> None:
    with pytest.raises(CardError):
        assertion(make_caller(Mode.DIRECT), settings, assertion_id=ID, at=AT, signer=None)


def test_a_verification_says_the_ins_and_every_trait(
    make_patient: Callable, make_caller: Callable, settings: InsiSettings
) -> None:
    message = insi.verification(make_patient(IdentityStatus.RECUPEREE), settings)

    root = sent(message, make_caller(Mode.INDIRECT), settings)

    assert texts(root, "//ver:IdIndividu/ver:NumIdentifiant | //ver:IdIndividu/ver:Cle") == ["2790351215189", "89"]
    assert texts(root, "//ver:INSFourni/ver:OID") == ["1.2.250.1.213.1.4.10"]
    assert texts(root, "//ver:TraitsIdentiteIndividu/*") == [
        "PAT-TROIS",
        "DOMINIQUE",
        "MARIE-LOUISE",
        "F",
        "1979-03-28",
        "51215",
    ]


def test_without_an_ins_there_is_nothing_to_verify(make_patient: Callable, settings: InsiSettings) -> None:
    with pytest.raises(InsInvalid):
        insi.verification(make_patient(), settings)


def test_a_control_character_in_a_name_of_ours_is_our_error(
    make_patient: Callable, make_caller: Callable, settings: InsiSettings
) -> None:
    broken = settings.model_copy(update={"software_name": "LGO\x00"})

    with pytest.raises(MessageInvalid):
        sent(insi.search(first_query(make_patient()), settings), make_caller(Mode.INDIRECT), broken)
