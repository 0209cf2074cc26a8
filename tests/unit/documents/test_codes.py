"""Value sets and associations."""

import pytest

from dmp_core.errors import DocumentInvalid
from dmp_core.model import codes
from dmp_core.model.codes import value_set


@pytest.mark.parametrize(
    ("name", "code", "label"),
    [
        ("J01", "G15_21/A", "Pharmacien titulaire d'officine"),
        ("J02", "SA33", "Pharmacie d'officine"),
        ("J04", "AMBULATOIRE", "Ambulatoire"),
        ("J07", "56445-0", "Bilan médicamenteux (Officine)"),
        ("J08", "N", "Normal"),
        ("J142", "AMB", "Ambulatoire (hors établissement)"),
        ("J143", "F", "Féminin"),
        ("J245", "MME", "Madame"),
        ("J246", "DR", "Docteur"),
        ("J47", "PCP", "Médecin traitant"),
        ("J57", "52", "Certificat, déclaration"),
        ("J60", "urn:ihe:iti:xds-sd:pdf:2008", "Document à corps non structuré en Pdf/A-1"),
        ("immunization-act", "BOOSTER", "Rappel de vaccin"),
        ("immunization-route", "20035000", "Voie intramusculaire"),
        ("immunization-site", "16217701000119102", "deltoïde gauche"),
    ],
)
def test_a_code_has_its_official_label(name: str, code: str, label: str) -> None:
    assert value_set(name).label(code) == label


def test_a_code_of_another_system_is_not_in_the_set() -> None:
    official = value_set("J01")

    assert official.contains("G15_21/A", "1.2.250.1.213.1.1.4.5")
    assert not official.contains("G15_21/A", "2.16.840.1.113883.6.1")


def test_a_code_outside_is_refused_with_the_name_of_the_set_and_without_the_code() -> None:
    with pytest.raises(DocumentInvalid) as refusal:
        value_set("J02").code("ZZ99")

    assert "JDV_J02" in refusal.value.detail
    assert "ZZ99" not in refusal.value.detail


@pytest.mark.parametrize(
    ("type_code", "class_code"),
    [("56445-0", "11"), ("78601-2", "10"), ("87273-9", "52"), ("60593-1", "43"), ("18748-4", "31"), ("REMB", "60")],
)
def test_a_type_has_its_class(type_code: str, class_code: str) -> None:
    found = codes.class_of(type_code)

    assert found is not None
    assert found.code == class_code


def test_every_class_and_format_of_the_associations_is_in_its_value_set() -> None:
    classes = [codes.class_of(code) for code in codes._pairs("type-class")]
    formats = [codes.format_of_template(root) for root in codes._pairs("template-format")]
    media = [codes.format_of_media(media_type) for media_type in codes._pairs("media-format")]

    assert None not in [*classes, *formats, *media]


def test_every_set_says_its_oid_and_its_version() -> None:
    names = ("J01", "J02", "J04", "J07", "J08", "J142", "J143", "J245", "J246", "J47", "J57", "J60", "immunization-act")

    assert all(value_set(name).oid and value_set(name).version for name in names)
