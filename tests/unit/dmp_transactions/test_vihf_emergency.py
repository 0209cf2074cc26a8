"""The VIHF of an emergency (bris de glace) and of a minor's secret connection."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from dmp_core.dmp import vihf
from dmp_core.dmp.vihf import VihfSettings
from dmp_core.errors import MessageInvalid
from dmp_core.model.access import Mode, Purpose

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
CONFIDENTIALITY = "urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code"
WHY = "Patient inconscient"


@pytest.fixture
def attributes(who, software, ins) -> Callable[..., dict[str, str]]:
    """The attributes of the assertion of a caller, in their order."""

    def make(settings: VihfSettings | None = None, **caller: object) -> dict[str, str]:
        root = vihf.assertion(
            vihf.Caller(
                mode=Mode.DIRECT,
                author=who.author,
                structure=who.structure,
                software=software,
                issuer="CN=x",
                **caller,
            ),
            ins,
            assertion_id=UUID(int=1),
            at=datetime(2026, 1, 15, tzinfo=UTC),
            settings=settings or VihfSettings(),
            signer=None,
        )
        return {each.get("Name", ""): "".join(map(str, each.itertext())) for each in root.iter(f"{SAML}Attribute")}

    return make


def test_a_broken_glass_says_why_behind_its_purpose(attributes) -> None:
    found = attributes(purpose=Purpose.BRIS_DE_GLACE, justification=f" {WHY} ")

    names = list(found)
    purpose = names.index("urn:oasis:names:tc:xspa:1.0:subject:purposeofuse")
    assert names[purpose + 1] == "Mode_Acces_Raison"
    assert found["Mode_Acces_Raison"] == WHY


def test_the_attribute_of_the_justification_is_a_setting(attributes) -> None:
    settings = VihfSettings(justification_attribute="Autre_Nom")

    found = attributes(settings, purpose=Purpose.BRIS_DE_GLACE, justification=WHY)

    assert found["Autre_Nom"] == WHY
    assert "Mode_Acces_Raison" not in found


@pytest.mark.parametrize("purpose", [Purpose.NORMAL, Purpose.CENTRE_15])
def test_a_justification_goes_with_a_broken_glass_only(attributes, purpose: Purpose) -> None:
    with pytest.raises(MessageInvalid) as caught:
        attributes(purpose=purpose, justification=WHY)

    assert WHY not in str(caught.value)


def test_a_control_character_in_the_justification_is_refused(attributes) -> None:
    with pytest.raises(MessageInvalid):
        attributes(purpose=Purpose.BRIS_DE_GLACE, justification="a\x00b")


def test_a_secret_connection_bears_the_confidentiality_of_the_settings(attributes) -> None:
    found = attributes(secret_connection=True)
    other = attributes(VihfSettings(secret_connection_code="AUTRE"), secret_connection=True)

    assert found[CONFIDENTIALITY] == "INVISIBLE_REPRESENTANTS_LEGAUX"
    assert list(found).index(CONFIDENTIALITY) < list(found).index("LPS_Nom")
    assert other[CONFIDENTIALITY] == "AUTRE"


def test_an_ordinary_call_bears_neither(attributes) -> None:
    found = attributes()

    assert {"Mode_Acces_Raison", CONFIDENTIALITY}.isdisjoint(found)
