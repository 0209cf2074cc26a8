"""Signature wrapping (rows 66 to 74 of the fault matrix): a genuine signature beside a forged assertion opens nothing.

XSW1 to XSW8 after Somorovsky et al., « On Breaking SAML: Be Whoever You Want to Be », 2012, where `wsse:Security`
stands for their Response.
"""

from copy import deepcopy
from itertools import product

import pytest
from lxml import etree

from dmp_core.simulator.reasons import Refused

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"


@pytest.fixture(scope="module")
def signed(kit):
    return kit.organisation("INDIRECTE")


def pieces(kit, signed):
    """The header with the genuine assertion, that assertion, its signature, and a forged copy without signature."""
    header = kit.security(signed)
    genuine = header[0]
    forged = deepcopy(genuine)
    forged.remove(forged.find(f"{DS}Signature"))
    forged.find(f"{SAML}Subject/{SAML}NameID").text = "899700000666"
    forged.set("ID", "_evil")
    return header, genuine, genuine.find(f"{DS}Signature"), forged


def in_object(signature, content):
    holder = etree.SubElement(signature, f"{DS}Object")
    holder.append(content)


def xsw1(header, genuine, signature, forged):
    """The forged element bears the signature, the genuine one (unsigned) hides inside the signature."""
    forged.append(signature)
    signature.append(genuine)
    header.append(forged)


def xsw2(header, genuine, signature, forged):
    """The signature is detached: forged, signature and genuine stand side by side."""
    header.insert(0, forged)
    header.insert(1, signature)


def xsw3(header, genuine, signature, forged):
    """Forged first, genuine and signed after it."""
    header.insert(0, forged)


def xsw4(header, genuine, signature, forged):
    """Genuine and signed inside the forged one."""
    forged.append(genuine)
    header.append(forged)


def xsw5(header, genuine, signature, forged):
    """The forged one bears the signature, the genuine one follows."""
    forged.append(signature)
    header.insert(0, forged)


def xsw6(header, genuine, signature, forged):
    """As 5, the genuine one within the signature."""
    forged.append(signature)
    signature.append(genuine)
    header.insert(0, forged)


def xsw7(header, genuine, signature, forged):
    """The forged one in an element of extensions before the genuine one."""
    extensions = etree.Element("Extensions")
    extensions.append(forged)
    header.insert(0, extensions)


def xsw8(header, genuine, signature, forged):
    """The genuine one in an Object of the signature that the forged one bears."""
    forged.append(signature)
    in_object(signature, genuine)
    header.append(forged)


def test_the_genuine_assertion_alone_is_accepted(kit, signed):
    client = kit.client(kit.pki.organisation_auth(kit.pharmacy))

    assert kit.reader().read(kit.security(signed), client, at=kit.at).practitioner_id == kit.pharmacist


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(attack, id=f"row-0{65 + number} XSW{number}")
        for number, attack in enumerate((xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8), start=1)
    ],
)
def test_a_classical_wrapping_is_refused(kit, signed, attack):
    header, genuine, signature, forged = pieces(kit, signed)
    attack(header, genuine, signature, forged)
    client = kit.client(kit.pki.organisation_auth(kit.pharmacy))

    with pytest.raises(Refused):
        kit.reader().read(header, client, at=kit.at)


def place_of(name, header, genuine, forged):
    """Where the forged assertion goes."""
    envelope = header.getroottree().getroot()
    places = {
        "before": lambda: header.insert(0, forged),
        "after": lambda: header.append(forged),
        "in the genuine one": lambda: genuine.append(forged),
        "first in the genuine one": lambda: genuine.insert(0, forged),
        "in its subject": lambda: genuine.find(f"{SAML}Subject").append(forged),
        "in the body": lambda: envelope[1].append(forged),
        "in the header": lambda: envelope[0].append(forged),
        "first in the envelope": lambda: envelope.insert(0, forged),
        "in an Object": lambda: in_object(genuine.find(f"{DS}Signature"), forged),
        "in KeyInfo": lambda: genuine.find(f"{DS}Signature/{DS}KeyInfo").append(forged),
    }
    places[name]()


def name_with(trick, genuine, forged):
    """How the forged assertion is told from the genuine one, or is not."""
    del forged.attrib["ID"]
    tricks = {
        "same ID": {"ID": genuine.get("ID")},
        "other ID": {"ID": "_evil"},
        "no ID": {},
        "Id": {"Id": genuine.get("ID")},
        "id": {"id": genuine.get("ID")},
        "xml:id": {"{http://www.w3.org/XML/1998/namespace}id": genuine.get("ID")},
    }
    for attribute, value in tricks[trick].items():
        forged.set(attribute, value)


PLACES = (
    "before", "after", "in the genuine one", "first in the genuine one", "in its subject", "in the body",
    "in the header", "first in the envelope", "in an Object", "in KeyInfo",
)  # fmt: skip
TRICKS = ("same ID", "other ID", "no ID", "Id", "id", "xml:id")
SIGNATURES = ("stays", "moves", "is copied", "swaps")


def test_row_074_none_of_240_generated_wrappings_is_accepted(kit, signed):
    accepted = []
    client = kit.client(kit.pki.organisation_auth(kit.pharmacy))

    for place, trick, signing in product(PLACES, TRICKS, SIGNATURES):
        header, genuine, signature, forged = pieces(kit, signed)
        name_with(trick, genuine, forged)
        if signing == "swaps":
            genuine.find(f"{SAML}Subject/{SAML}NameID").text, name = "899700000666", kit.pharmacist
            forged.find(f"{SAML}Subject/{SAML}NameID").text = name
        place_of(place, header, genuine, forged)
        if signing == "moves" and place not in ("in an Object", "in KeyInfo"):
            forged.append(signature)
        if signing == "is copied":
            forged.append(deepcopy(signature))
        try:
            kit.reader().read(header, client, at=kit.at)
        except Refused:
            continue
        accepted.append((place, trick, signing))

    assert accepted == []
