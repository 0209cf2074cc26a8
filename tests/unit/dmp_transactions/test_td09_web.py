import pytest
from pydantic import ValidationError

from dmp_core.dmp import td09_web
from dmp_core.dmp.td09_web import Page, WebSettings
from dmp_core.errors import InsNotQualified, MessageInvalid

SETTINGS = WebSettings(domain="dmp.example.org")
ROOT = "https://dmp.example.org/AccesDirect/"
NUMBER = "279035121518989"


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (Page.DASHBOARD, f"{ROOT}TableauDeBord/{NUMBER}"),
        (Page.RECORD, f"{ROOT}DossierPatient/{NUMBER}"),
        (Page.MANAGEMENT, f"{ROOT}GestionDMPPatient/{NUMBER}"),
        (Page.DOCUMENTS, f"{ROOT}Documents/{NUMBER}"),
        (Page.CARE_PATH, f"{ROOT}ParcoursDeSoins/{NUMBER}"),
        (Page.ACCESS_HISTORY, f"{ROOT}HistoriqueAcces/{NUMBER}"),
        (Page.WISHES_AND_RIGHTS, f"{ROOT}VolontesEtDroits/{NUMBER}"),
        (Page.VACCINATIONS, f"{ROOT}CarnetVaccination/{NUMBER}"),
    ],
)
def test_a_page_about_a_patient_ends_with_their_ins(ins, page: Page, url: str) -> None:
    assert td09_web.address(SETTINGS, page, ins).url == url


@pytest.mark.parametrize(
    ("page", "url"), [(Page.DASHBOARD, f"{ROOT}TableauDeBord"), (Page.SETTINGS, f"{ROOT}Parametrages")]
)
def test_two_pages_are_about_nobody(page: Page, url: str) -> None:
    assert td09_web.address(SETTINGS, page).url == url


@pytest.mark.parametrize("page", [page for page in Page if page not in (Page.DASHBOARD, Page.SETTINGS)])
def test_a_page_about_a_patient_needs_one(page: Page) -> None:
    with pytest.raises(InsNotQualified):
        td09_web.address(SETTINGS, page)


def test_the_settings_page_takes_no_patient(ins) -> None:
    with pytest.raises(MessageInvalid):
        td09_web.address(SETTINGS, Page.SETTINGS, ins)


def test_the_ins_stays_out_of_a_repr(ins) -> None:
    address = td09_web.address(SETTINGS, Page.RECORD, ins)

    assert NUMBER not in repr(address) + str(address)


@pytest.mark.parametrize("domain", ["a.b:8443", "www.dmp.example", "dev-1.dmp.example"])
def test_a_domain_may_have_a_port(domain: str) -> None:
    assert WebSettings(domain=domain).domain == domain


@pytest.mark.parametrize(
    "domain",
    ["", "localhost", "https://dmp.example", "dmp.example/x", "a@dmp.example", "dmp..example", "-a.b", "a.b:0"],
)
def test_anything_but_a_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        WebSettings(domain=domain)
