"""What the DMP tells beside the documents: TD0.4, TD1.6, TD1.3a, and the addresses of its pages (TD0.9)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dmp_core.dmp.td04_patients import DateType
from dmp_core.dmp.td09_web import Page
from dmp_core.dmp.td16_authorisations import Listed
from dmp_core.errors import ConfigInvalid, DmpAccessDenied, InsNotQualified, RightMissing
from dmp_core.model.identity import IdentityStatus

PAGES = {
    Page.DASHBOARD: "TableauDeBord", Page.RECORD: "DossierPatient", Page.MANAGEMENT: "GestionDMPPatient",
    Page.DOCUMENTS: "Documents", Page.CARE_PATH: "ParcoursDeSoins", Page.ACCESS_HISTORY: "HistoriqueAcces",
    Page.WISHES_AND_RIGHTS: "VolontesEtDroits", Page.VACCINATIONS: "CarnetVaccination",
}  # fmt: skip


def test_the_professional_s_patients_are_those_who_let_them_in(desk: Any) -> None:
    since = desk.app.clock.now() - timedelta(days=400)

    listed = desk.app.information.patients(desk.who, since, DateType.LAST_AUTHORISATION)
    with_documents = desk.app.information.patients(desk.who, since, DateType.LAST_DOCUMENT)
    desk.not_authorised()
    after = desk.app.information.patients(desk.who, since, DateType.LAST_AUTHORISATION)

    own = [patient.ins.cx for patient in desk.counter.patients]
    assert [one.ins.cx for one in listed] == own
    assert [one.ins.cx for one in with_documents] == own[:1]
    assert desk.cx not in [one.ins.cx for one in after]
    assert desk.asked == ["TD0.4"] * 3


def test_the_professionals_who_may_read_are_told_apart_from_those_who_are_barred(desk: Any) -> None:
    desk.simulator.patients.forbid(desk.cx, "899700000002")

    everybody = desk.app.information.professionals(desk.patient, desk.who)
    active = desk.app.information.professionals(desk.patient, desk.who, Listed.ACTIVE)

    assert {one.national_id: one.is_barred for one in everybody} == {
        desk.who.author.national_id: False, "899700000002": True
    }  # fmt: skip
    assert [one.national_id for one in active] == [desk.who.author.national_id]


def test_whom_to_warn_is_asked_once_while_the_patient_is_open(desk: Any) -> None:
    first = desk.app.information.administrative(desk.patient, desk.who)
    second = desk.app.information.administrative(desk.patient, desk.who)
    desk.reopen()
    desk.app.information.administrative(desk.patient, desk.who)

    assert first is second
    assert [person.relation for person in first.people if person.relation == "ECON"]
    assert desk.asked == ["TD1.3a", "TD1.3a"]


def test_without_an_authorisation_the_dmp_tells_neither(desk: Any) -> None:
    desk.not_authorised()

    for call in (desk.app.information.professionals, desk.app.information.administrative):
        with pytest.raises(DmpAccessDenied):
            call(desk.patient, desk.who)


@pytest.mark.parametrize(("page", "name"), PAGES.items(), ids=PAGES.values())
def test_a_page_of_the_dmp_has_its_address(make_desk: Callable[..., Any], page: Page, name: str) -> None:
    desk = make_desk(extra='[web]\ndomain = "web-ps.example.fr"')

    address = desk.app.information.page(page, desk.who, desk.patient)

    assert address.url == f"https://web-ps.example.fr/AccesDirect/{name}/279035121518989"
    assert "279035121518989" not in repr(address)
    assert desk.asked == []


def test_the_settings_and_the_dashboard_need_no_patient(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(extra='[web]\ndomain = "web-ps.example.fr"')

    found = [desk.app.information.page(page, desk.who).url for page in (Page.SETTINGS, Page.DASHBOARD)]

    assert found == [f"https://web-ps.example.fr/AccesDirect/{name}" for name in ("Parametrages", "TableauDeBord")]
    with pytest.raises(InsNotQualified):
        desk.app.information.page(Page.RECORD, desk.who)


def test_a_page_needs_a_domain_a_right_and_a_qualified_identity(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(extra='[web]\ndomain = "web-ps.example.fr"')
    unqualified = desk.patient.model_copy(update={"status": IdentityStatus.VALIDEE})

    with pytest.raises(ConfigInvalid):
        make_desk().app.information.page(Page.DASHBOARD, desk.who)
    with pytest.raises(RightMissing):
        desk.app.information.page(Page.RECORD, desk.colleague, desk.patient)
    with pytest.raises(InsNotQualified):
        desk.app.information.page(Page.RECORD, desk.who, unqualified)


def test_the_patients_list_is_for_who_may_read(desk: Any) -> None:
    with pytest.raises(RightMissing):
        desk.app.information.patients(desk.colleague, desk.app.clock.now(), DateType.LAST_DOCUMENT)

    assert desk.asked == []
