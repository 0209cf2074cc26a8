"""Assertions that the DMP accepts, signed by two libraries."""

import pytest

from dmp_core.model.access import Mode, Purpose
from dmp_core.simulator.reasons import Refused


def test_an_unsigned_assertion_in_direct_mode_is_believed_with_the_card_behind_it(kit):
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))

    vihf = kit.reader().read(kit.security(kit.direct()), client, at=kit.at)

    assert (vihf.mode, vihf.purpose, vihf.practitioner_id) == (Mode.DIRECT, Purpose.NORMAL, kit.pharmacist)
    assert (vihf.profession, vihf.section, vihf.structure_id) == ("21", "A", kit.pharmacy)
    assert vihf.patient == kit.patient


def test_an_assertion_signed_by_the_card_is_believed_in_direct_mode(kit):
    signer = kit.pki.professional_sign(kit.pharmacist)
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))

    vihf = kit.reader().read(kit.security(kit.sign(kit.direct(), signer)), client, at=kit.at)

    assert vihf.practitioner_id == kit.pharmacist


@pytest.mark.parametrize("mode", ["INDIRECTE", "INDIRECTE_RENFORCEE"])
def test_an_assertion_sealed_by_the_pharmacy_is_believed(kit, mode):
    client = kit.client(kit.pki.organisation_auth(kit.pharmacy))

    vihf = kit.reader().read(kit.security(kit.organisation(mode)), client, at=kit.at)

    assert (vihf.mode, vihf.structure_id, vihf.name) == (Mode(mode), kit.pharmacy, "JEANNE DUPONT")


@pytest.mark.parametrize("prefixes", ["", "ds saml2 #default xsi"])
def test_what_xmlsec_signed_right_after_the_issuer_is_believed(kit, prefixes):
    pair = kit.pki.organisation_sign(kit.pharmacy)
    unsigned = kit.assertion(kit.subject(pair), kit.claims("INDIRECTE"))
    client = kit.client(kit.pki.organisation_auth(kit.pharmacy))

    vihf = kit.reader().read(kit.security(kit.sign_with_xmlsec(unsigned, pair, prefixes=prefixes)), client, at=kit.at)

    assert vihf.structure_id == kit.pharmacy


@pytest.mark.parametrize(
    "spelling",
    [
        "as RFC 4514",
        "S for ST",
        "hex of the family name",
        "spaces after commas",
    ],
)
def test_the_issuer_may_be_spelt_as_java_or_windows_do(kit, spelling):
    pair = kit.pki.organisation_sign(kit.pharmacy)
    usual = kit.subject(pair)
    spelt = {
        "as RFC 4514": usual,
        "S for ST": usual.replace("ST=", "S="),
        "hex of the family name": usual.replace("O=PHARMACIE\\, LYON", "2.5.4.10=#0C0F504841524D414349452C204C594F4E"),
        "spaces after commas": usual.replace(",OU=", ", OU="),
    }[spelling]
    client = kit.client(kit.pki.organisation_auth(kit.pharmacy))

    vihf = kit.reader().read(kit.security(kit.organisation("INDIRECTE", issuer=spelt)), client, at=kit.at)

    assert vihf.structure_id == kit.pharmacy


def test_sha1_is_accepted_by_its_switch_alone(kit):
    signer = kit.pki.professional_sign(kit.pharmacist)
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))
    old = kit.sign(kit.direct(), signer, signature="rsa-sha1", digest="sha1")

    with pytest.raises(Refused):
        kit.reader().read(kit.security(old), client, at=kit.at)

    assert kit.reader(sha1_signatures=True).read(kit.security(old), client, at=kit.at).section == "A"


@pytest.mark.parametrize(
    ("switch", "changes"),
    [
        ("version_4", {"VIHF_Version": ["4.0"]}),
        ("capital_mode", {"Authentification_mode": None, "Authentification_Mode": ["DIRECTE"]}),
    ],
)
def test_each_conflict_of_the_sources_has_its_switch(kit, switch, changes):
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))
    header = kit.security(kit.direct(changes))

    with pytest.raises(Refused):
        kit.reader().read(header, client, at=kit.at)

    assert kit.reader(**{switch: True}).read(header, client, at=kit.at).mode is Mode.DIRECT


def test_a_call_about_no_patient_needs_no_patient(kit):
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))
    header = kit.security(kit.direct({kit.names[2]: None}))

    vihf = kit.reader().read(header, client, at=kit.at, about_patient=False)

    assert vihf.patient is None
