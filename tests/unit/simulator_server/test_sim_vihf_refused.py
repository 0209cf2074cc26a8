"""What the DMP refuses in a VIHF, with its words (`dmp_protocol.md` 3.6) or the name of the rule."""

from datetime import timedelta

import pytest
from lxml import etree

from dmp_core.simulator.reasons import Kind, Refused

HEADER_DIRECT = "direct"


def refusal(kit, content: bytes, *, person: bool = True, at=None, reader=None) -> tuple[str, str]:
    """Subcode and text of the fault."""
    pair = kit.pki.professional_auth(kit.pharmacist) if person else kit.pki.organisation_auth(kit.pharmacy)
    with pytest.raises(Refused) as caught:
        (reader or kit.reader()).read(kit.security(content), kit.client(pair), at=at or kit.at)
    assert caught.value.kind is Kind.FAULT
    (reason,) = caught.value.reasons
    return reason.code, reason.text


def restricted(*audiences: str) -> str:
    """Conditions that name the audience, and are met otherwise."""
    named = "".join(f"<saml2:Audience>{one}</saml2:Audience>" for one in audiences)
    times = 'NotBefore="2026-01-15T09:30:00Z" NotOnOrAfter="2026-01-15T09:30:01Z"'
    return (
        f"<saml2:Conditions {times}><saml2:AudienceRestriction>{named}</saml2:AudienceRestriction></saml2:Conditions>"
    )


NAME, ROLE, RESOURCE, PURPOSE = (
    "urn:oasis:names:tc:xspa:1.0:subject:subject-id",
    "urn:oasis:names:tc:xacml:2.0:subject:role",
    "urn:oasis:names:tc:xacml:2.0:resource:resource-id",
    "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse",
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Identifiant_Structure": None}, "attribut Identifiant_Structure absent"),
        ({"Secteur_Activite": None}, "attribut Secteur_Activite absent"),
        ({"Secteur_Activite": ["SA33"]}, "attribut Secteur_Activite mal formé"),
        ({ROLE: None}, f"attribut {ROLE} absent"),
        ({"VIHF_Version": None}, "attribut VIHF_Version absent"),
        ({"VIHF_Version": ["2.0"]}, "VIHF_Version : 3.0 attendu"),
        ({"VIHF_Version": ["4.0"]}, "VIHF_Version : 3.0 attendu"),
        ({"Authentification_mode": None}, "attribut Authentification_mode absent"),
        ({"Authentification_mode": ["AUTRE"]}, "Authentification_mode inconnu"),
        ({"Authentification_mode": ["INDIRECTE"]}, "signature obligatoire en mode indirect"),
        ({RESOURCE: None}, f"attribut {RESOURCE} absent"),
        ({RESOURCE: ["279035121518989"]}, f"attribut {RESOURCE} mal formé"),
        ({RESOURCE: ["279035121518988^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"]}, f"attribut {RESOURCE} mal formé"),
        ({RESOURCE: ["279035121518989^^^&amp;1.2.250.1.213.1.4.2&amp;ISO^NH"]}, f"attribut {RESOURCE} mal formé"),
        ({RESOURCE: ["279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^PI"]}, f"attribut {RESOURCE} mal formé"),
        ({"Ressource_URN": ["urn:autre"]}, "Ressource_URN : urn:dmp attendu"),
        ({PURPOSE: None}, f"attribut {PURPOSE} absent"),
        ({PURPOSE: ["normal"]}, "un élément PurposeOfUse de type CE attendu"),
        ({"LPS_Nom": None}, "attribut LPS_Nom absent"),
        ({"LPS_ID_HOMOLOGATION_DMP": None}, "attribut LPS_ID_HOMOLOGATION_DMP absent"),
        ({"LPS_ID_HOMOLOGATION_DMP": ["INCONNU"]}, "LPS_ID_HOMOLOGATION_DMP inconnu"),
        ({"Identifiant_Structure": ["10B0000001", "10B0000002"]}, "une valeur et une seule"),
        ({"Identifiant_Structure": ["10B0000009"]}, "Structure introuvable ou Inactive"),
        ({"Identifiant_Structure": ["10B0000002"]}, "PS et Structure non liés"),
        ({"Identifiant_Structure": [""]}, "une valeur et une seule"),
        ({"Identifiant_Structure": ["<b/>10B0000001"]}, "balisage"),
    ],
)
def test_a_direct_assertion_that_breaks_a_rule_is_refused_with_its_name(kit, changes, words):
    code, text = refusal(kit, kit.direct(changes))

    assert code == "DMPInvalidVihf"
    assert words in text


@pytest.mark.parametrize("section", ["Z", "a", "SM26", "A ", ""])
def test_the_section_of_a_pharmacist_is_one_of_the_order(kit, section):
    roles = [kit.role("21", "1.2.250.1.71.1.2.7"), kit.role(section, "1.2.250.1.71.4.2.6")]

    assert refusal(kit, kit.direct({ROLE: roles}))[0] == "DMPInvalidVihf"


@pytest.mark.parametrize("profession", ["39", "60"])
def test_only_a_pharmacist_has_a_section(kit, profession):
    roles = [kit.role(profession, "1.2.250.1.71.1.2.7"), kit.role("A", "1.2.250.1.71.4.2.6")]

    assert "section" in refusal(kit, kit.direct({ROLE: roles}))[1]


@pytest.mark.parametrize("profession", ["10", "21"])
def test_doctors_and_pharmacists_must_name_their_speciality(kit, profession):
    alone = kit.role(profession, "1.2.250.1.71.1.2.7")

    _, text = refusal(kit, kit.direct({ROLE: [alone]}))

    assert text.startswith("Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins")


def test_a_speciality_of_another_profession_does_not_count(kit):
    roles = [kit.role("21", "1.2.250.1.71.1.2.7"), kit.role("SM26", "1.2.250.1.71.4.2.5")]

    assert "Aucune spécialité" in refusal(kit, kit.direct({ROLE: roles}))[1]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"name_id": "899700000002"}, "NameID différent du porteur"),
        ({"name_id": "89970000<!-- -->0001"}, "commentaire"),
        ({"name_id": "89970000<?x?>0001"}, "commentaire ou instruction de traitement"),
        ({"issuer": "CN=899700000001,O=AILLEURS,C=FR"}, "Issuer différent"),
        ({"issuer": "n'importe quoi"}, "Issuer différent"),
        ({"instant": "2026-01-15T09:24:59Z"}, "IssueInstant hors"),
        ({"instant": "2026-01-15T09:35:01Z"}, "IssueInstant hors"),
        ({"instant": "2036-01-15T09:30:00Z"}, "IssueInstant hors"),
        ({"instant": "2026-01-15T09:30:00"}, "instant UTC"),
        ({"instant": "2026-02-30T09:30:00Z"}, "instant impossible"),
        ({"identifier": ""}, "ID est absent"),
        ({"identifier": "body"}, "n'est pas unique"),
        ({"extra": '<saml2:Conditions NotOnOrAfter="2026-01-15T09:20:00Z"/>'}, "Conditions"),
        ({"extra": '<saml2:Conditions NotOnOrAfter="2026-01-15T09:30:00Z"/>'}, "Conditions non remplies"),
        ({"extra": '<saml2:Conditions NotBefore="2026-01-15T09:30:01Z"/>'}, "Conditions non remplies"),
        ({"extra": "<saml2:Conditions/><saml2:Conditions/>"}, "une fois au plus"),
        ({"extra": restricted("urn:autre")}, "AudienceRestriction d'un autre service"),
        ({"extra": restricted("urn:dmp").replace("AudienceRestriction", "Inconnue")}, "condition inconnue"),
        ({"extra": "<saml2:Subject><saml2:NameID>899700000001</saml2:NameID></saml2:Subject>"}, "Subject doit"),
    ],
)
def test_a_direct_assertion_of_wrong_identity_or_time_is_refused(kit, parts, words):
    assert words in refusal(kit, kit.direct(**parts))[1]


@pytest.mark.parametrize("instant", ["2026-01-15T09:25:00Z", "2026-01-15T09:35:00.000Z", "2026-01-15T09:30:00.123456Z"])
def test_five_minutes_either_side_are_accepted(kit, instant):
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))

    assert kit.reader().read(kit.security(kit.direct(instant=instant)), client, at=kit.at).structure_id == kit.pharmacy


def test_an_assertion_serves_once(kit):
    reader, client = kit.reader(), kit.client(kit.pki.professional_auth(kit.pharmacist))
    reader.read(kit.security(kit.direct()), client, at=kit.at)

    assert "déjà utilisée" in refusal(kit, kit.direct(), reader=reader, at=kit.at + timedelta(minutes=4))[1]


def test_two_headers_or_none_are_refused(kit):
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))

    with pytest.raises(Refused):
        kit.reader().read(None, client, at=kit.at)
    assert "une seule" in refusal(kit, kit.direct() + kit.direct(identifier="_a2"))[1]
    assert "une seule" in refusal(kit, b"")[1]


@pytest.mark.parametrize("mode", ["INDIRECTE", "INDIRECTE_RENFORCEE"])
def test_another_structure_than_the_certificates_is_refused(kit, mode):
    other = kit.organisation(mode, {"Identifiant_Structure": [kit.other_pharmacy]})

    assert refusal(kit, other, person=False)[1] == "Erreur d'authentification de la personne morale"


@pytest.mark.parametrize(("mode", "changes"), [("INDIRECTE", {NAME: None}), ("INDIRECTE_RENFORCEE", {NAME: None})])
def test_an_organisation_must_name_the_user(kit, mode, changes):
    assert f"attribut {NAME} absent" in refusal(kit, kit.organisation(mode, changes), person=False)[1]


def test_air_without_the_context_of_pro_sante_connect_is_refused(kit):
    content = kit.organisation("INDIRECTE_RENFORCEE", context=" ")

    assert "AuthnContextDecl absent" in refusal(kit, content, person=False)[1]


@pytest.mark.exigence("EX_AIR-085")
@pytest.mark.parametrize("means", ["Password", "unspecified", "Kerberos", ""])
def test_in_air_only_a_strong_authentication_counts(kit, means):
    content = kit.organisation("INDIRECTE_RENFORCEE", means=means)

    assert "AuthnContextClassRef" in refusal(kit, content, person=False)[1]


def test_a_declaration_of_air_that_says_nothing_is_none(kit):
    said = kit.organisation("INDIRECTE_RENFORCEE", context="<saml2:AuthnContextDecl> </saml2:AuthnContextDecl>")

    assert "AuthnContextDecl absent" in refusal(kit, said, person=False)[1]


@pytest.mark.parametrize("name", ["DUPONT", "899700000001^", "8997", "10B0000001/", "10B0000001/local 1"])
@pytest.mark.parametrize("mode", ["INDIRECTE", "INDIRECTE_RENFORCEE"])
def test_the_user_is_named_by_a_national_identifier(kit, mode, name):
    """SC.DMP/AIRS.06: no generic account; a number of the structure's own in indirect mode alone."""
    assert "NameID" in refusal(kit, kit.organisation(mode, name_id=name), person=False)[1]


def test_a_number_of_the_structure_s_own_is_no_professional_in_air(kit):
    own = "10B0000001/00B1022322"
    client = kit.client(kit.pki.organisation_auth(kit.pharmacy))

    indirect = kit.reader().read(kit.security(kit.organisation("INDIRECTE", name_id=own)), client, at=kit.at)

    assert indirect.practitioner_id == own
    assert "NameID" in refusal(kit, kit.organisation("INDIRECTE_RENFORCEE", name_id=own), person=False)[1]


def test_a_session_that_is_over_is_refused(kit):
    over = kit.direct().replace(
        b"<saml2:AuthnStatement ", b'<saml2:AuthnStatement SessionNotOnOrAfter="2026-01-15T09:30:00Z" '
    )

    assert "SessionNotOnOrAfter" in refusal(kit, over)[1]


def test_conditions_that_are_met_change_nothing(kit):
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))
    content = kit.direct(extra=restricted("urn:autre", "urn:dmp"))

    assert kit.reader().read(kit.security(content), client, at=kit.at).practitioner_id == kit.pharmacist


def test_a_mode_that_does_not_fit_the_connection_is_refused(kit):
    assert refusal(kit, kit.organisation("INDIRECTE"), person=True)[0] == "DMPInvalidCertificate"
    assert refusal(kit, kit.direct(), person=False)[0] == "DMPInvalidCertificate"


def signers(kit):
    """Who must not sign an assertion of the pharmacist in direct mode."""
    return {
        "the TLS certificate of the card": kit.pki.professional_auth(kit.pharmacist),
        "another professional": kit.pki.professional_sign(kit.other_pharmacist),
        "the pharmacy's seal": kit.pki.organisation_sign(kit.pharmacy),
        "another authority": kit.foreign.professional_sign(kit.pharmacist),
        "the authority itself": kit.pki.authority,
    }


@pytest.mark.parametrize(
    "who",
    [
        "the TLS certificate of the card",
        "another professional",
        "the pharmacy's seal",
        "another authority",
        "the authority itself",
    ],
)
def test_the_wrong_signer_is_refused(kit, who):
    code, text = refusal(kit, kit.sign(kit.direct(), signers(kit)[who]))

    assert code == "DMPInvalidCertificate"
    assert text.startswith("Le certificat ayant signé le VIHF est invalide")


def test_a_tls_certificate_that_signs_is_named_as_the_dmp_names_it(kit):
    signed = kit.sign(kit.direct(), kit.pki.professional_auth(kit.pharmacist))

    assert refusal(kit, signed)[1].endswith("Not a valid signature certificate")


def test_a_certificate_outside_its_dates_is_refused(kit):
    signed = kit.sign(kit.direct(instant="2036-01-15T09:30:00Z"), kit.pki.professional_sign(kit.pharmacist))
    client = kit.client(kit.pki.professional_auth(kit.pharmacist))

    with pytest.raises(Refused) as caught:
        kit.reader().read(kit.security(signed), client, at=kit.at.replace(year=2036))

    assert caught.value.reasons[0].code == "DMPInvalidCertificate"


DS = "{http://www.w3.org/2000/09/xmldsig#}"


def changed(kit, change) -> bytes:
    root = etree.fromstring(kit.sign(kit.direct(), kit.pki.professional_sign(kit.pharmacist)))
    change(root)
    return etree.tostring(root)


def set_algorithm(name: str, value: str, place: int = 0):
    return lambda root: list(root.iter(f"{DS}{name}"))[place].set("Algorithm", value)


def set_uri(value: str):
    return lambda root: next(root.iter(f"{DS}Reference")).set("URI", value)


def second_reference(root):
    reference = next(root.iter(f"{DS}Reference"))
    reference.getparent().append(etree.fromstring(etree.tostring(reference)))


def third_transform(root):
    transforms = next(root.iter(f"{DS}Transforms"))
    transforms.append(etree.fromstring(etree.tostring(transforms[1])))


def key_value(root):
    info = next(root.iter(f"{DS}KeyInfo"))
    info.insert(0, etree.fromstring(f'<ds:KeyName xmlns:ds="{DS[1:-1]}">x</ds:KeyName>'))


def without(name: str):
    def change(root):
        node = next(root.iter(f"{DS}{name}"))
        node.getparent().remove(node)

    return change


def emptied(name: str):
    def change(root):
        next(root.iter(f"{DS}{name}")).text = None

    return change


MORE = "http://www.w3.org/2001/04/xmldsig-more#"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(set_algorithm("SignatureMethod", f"{MORE}hmac-sha256"), id="row-079 HMAC"),
        pytest.param(
            set_algorithm("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"), id="row-079 SHA-1"
        ),
        pytest.param(set_algorithm("SignatureMethod", f"{MORE}rsa-md5"), id="row-079 MD5"),
        pytest.param(set_algorithm("SignatureMethod", "none"), id="row-079 none"),
        pytest.param(set_algorithm("DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1"), id="row-079 digest"),
        pytest.param(
            set_algorithm("CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"), id="c14n 1.0"
        ),
        pytest.param(
            set_algorithm("Transform", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", 1), id="row-078 comments"
        ),
        pytest.param(set_algorithm("Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116", 1), id="row-078 XSLT"),
        pytest.param(set_algorithm("Transform", "http://www.w3.org/TR/1999/REC-xpath-19991116", 0), id="row-078 XPath"),
        pytest.param(set_algorithm("Transform", "http://www.w3.org/2000/09/xmldsig#base64", 0), id="row-078 base64"),
        pytest.param(third_transform, id="row-078 a third transform"),
        pytest.param(set_uri(""), id="row-081 whole document"),
        pytest.param(set_uri("http://example.org/"), id="row-081 external"),
        pytest.param(set_uri("#body"), id="row-081 another element"),
        pytest.param(set_uri("#xpointer(/)"), id="row-081 xpointer"),
        pytest.param(second_reference, id="row-081 two references"),
        pytest.param(key_value, id="row-080 another KeyInfo"),
        pytest.param(without("X509Certificate"), id="row-080 no certificate"),
        pytest.param(without("Transforms"), id="row-078 no transforms"),
        pytest.param(without("SignatureValue"), id="no value"),
        pytest.param(emptied("SignatureValue"), id="empty value"),
        pytest.param(emptied("DigestValue"), id="row-075 empty digest"),
        pytest.param(emptied("X509Certificate"), id="empty certificate"),
    ],
)
def test_a_signature_of_another_shape_is_refused(kit, change):
    code, _ = refusal(kit, changed(kit, change))

    assert code in ("DMPInvalidVihf", "DMPInvalidCertificate")


def test_one_letter_changed_after_signing_is_refused(kit):
    signed = kit.sign(kit.direct(), kit.pki.professional_sign(kit.pharmacist))

    assert "n'est pas vérifiée" in refusal(kit, signed.replace(b"JEANNE DUPONT", b"JEANNE DUPOND"))[1]


def test_a_relative_namespace_that_breaks_canonicalisation_is_refused(kit):
    """row-075: what cannot be canonicalised has no digest that could be right."""

    def change(root):
        root.append(etree.fromstring('<x xmlns="relative"/>'))

    assert refusal(kit, changed(kit, change))[0] == "DMPInvalidVihf"
