"""The pages behind the addresses of TD0.9: over HTTPS, for a card or Pro Santé Connect, about a record that is open."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from lxml import html

from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.dmp import td09_web
from dmp_core.dmp.td09_web import Page, WebSettings
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid, Xds
from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.simulator import web_ps_server
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.patient_acts import PatientActs
from dmp_core.simulator.patients import PatientRecord, RecordState
from dmp_core.simulator.pki import Pki
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.revocation import Revocations
from dmp_core.simulator.simulator import Simulator, new_uuid

PHARMACY, PHARMACIST, PREPARER = "10B0000001", "899700000001", "899700000003"
NUMBER, OTHER = "279035121518989", "181067511004222"
CX = "{}^^^&1.2.250.1.213.1.4.10&ISO^NH"
INS = Ins(value=NUMBER, oid=InsOid.NIR_TEST)
LATER = timedelta(days=1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The pages at work, before a pharmacist and a préparatrice."""
    people = [
        Practitioner(national_id=PHARMACIST, family="DUPONT", given="JEANNE", profession="21", section="A"),
        Practitioner(national_id=PREPARER, family="PREPARATEUR", given="NOA", profession="39"),
    ]
    records = [
        PatientRecord((CX.format(NUMBER),), "PAT-TROIS", "DOMINIQUE", "F", "19790328"),
        PatientRecord((CX.format(OTHER),), "PAT-QUATRE", "ALEX", "M", "19810602"),
    ]
    structure = Structure(national_id=PHARMACY, name="PHARMACIE DU MARCHÉ")
    simulator = Simulator.create(
        tmp_path_factory.mktemp("web"), [structure], people, records, strictness=Policy(signature=False, cda=False)
    )
    with web_ps_server.running(simulator) as domain:
        yield SimpleNamespace(simulator=simulator, pki=simulator.pki, domain=domain)
    simulator.close()


@pytest.fixture(autouse=True)
def let_in(site: SimpleNamespace) -> None:
    """Before each test: an open record whose patient lets the pharmacist in, another whose patient does not."""
    patients = site.simulator.patients
    patients.add(replace(patients.find(CX.format(NUMBER)), state=RecordState.ACTIVE))
    for person in (PHARMACIST, PREPARER):
        patients.authorise(CX.format(NUMBER), person, until=datetime.now(UTC) + LATER)


@pytest.fixture
def browser(site: SimpleNamespace) -> Iterator[Callable[..., httpx.Client]]:
    """Makes a browser with the certificate of a key pair, or with none."""
    made: list[httpx.Client] = []

    def make(pair: Any = None, newest: bool = True) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(site.pki.authority.certificate))
        if pair is not None:
            context.load_cert_chain(pair.certificate, pair.key)
        if not newest:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        made.append(httpx.Client(verify=context, trust_env=False, base_url=f"https://{site.domain}"))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def card(site: SimpleNamespace, browser: Callable[..., httpx.Client]) -> httpx.Client:
    return browser(site.pki.professional_auth(PHARMACIST))


def title(answer: httpx.Response) -> str:
    return html.fromstring(answer.content).findtext(".//h1")


@pytest.mark.parametrize("page", Page)
@pytest.mark.parametrize("newest", [True, False], ids=["TLS 1.3", "TLS 1.2"])
def test_every_address_that_the_client_makes_is_a_page(
    site: SimpleNamespace, browser: Callable[..., httpx.Client], page: Page, newest: bool
) -> None:
    address = td09_web.address(WebSettings(domain=site.domain), page, INS if page.needs_patient else None)

    answer = browser(site.pki.professional_auth(PHARMACIST), newest).get(address.url)

    assert answer.status_code == 200
    assert ("PAT-TROIS" in answer.text) is (page is not Page.SETTINGS)


def test_without_a_card_or_a_session_one_is_asked_who_one_is(browser: Callable[..., httpx.Client]) -> None:
    answer = browser().get(f"/AccesDirect/Documents/{NUMBER}")

    assert answer.status_code == 401
    assert title(answer) == "Identifiez-vous"
    assert "PAT-TROIS" not in answer.text


def test_pro_sante_connect_leads_back_to_the_page_that_was_asked_for(browser: Callable[..., httpx.Client]) -> None:
    guest = browser()
    asked = html.fromstring(guest.get(f"/AccesDirect/DossierPatient/{NUMBER}").content)
    (form,) = [one for one in asked.forms if "JEANNE" in one.xpath("string(.//button)")]

    answer = guest.post(form.get("action"), data=dict(form.form_values()), follow_redirects=True)

    assert (answer.status_code, answer.url.path) == (200, f"/AccesDirect/DossierPatient/{NUMBER}")
    assert "PAT-TROIS" in answer.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/connexion", ""])
def test_signing_in_leads_nowhere_else(browser: Callable[..., httpx.Client], back: str) -> None:
    guest = browser()
    form = html.fromstring(guest.get("/AccesDirect/TableauDeBord").content).forms[0]

    answer = guest.post("/connexion", data=dict(form.form_values()) | {"retour": back})

    assert (answer.status_code, answer.headers["location"]) == (303, "/AccesDirect/TableauDeBord")


@pytest.mark.parametrize("wrong", [{"jeton": "x"}, {"personne": "899799999999"}, {"jeton": "é"}])
def test_a_form_of_another_site_or_somebody_unknown_signs_nobody_in(
    browser: Callable[..., httpx.Client], wrong: dict[str, str]
) -> None:
    guest = browser()
    form = html.fromstring(guest.get("/AccesDirect/TableauDeBord").content).forms[0]

    answer = guest.post("/connexion", data=dict(form.form_values()) | wrong)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert guest.get("/AccesDirect/TableauDeBord").status_code == 401


def test_a_session_that_nobody_opened_is_none(browser: Callable[..., httpx.Client]) -> None:
    answer = browser().get("/AccesDirect/Parametrages", headers={"cookie": "__Host-session=guessed"})

    assert answer.status_code == 401


def test_the_certificate_of_the_structure_opens_no_page(
    site: SimpleNamespace, browser: Callable[..., httpx.Client]
) -> None:
    """PDT-INF-526: no TD0.9 in indirect mode."""
    answer = browser(site.pki.organisation_auth(PHARMACY)).get(f"/AccesDirect/DossierPatient/{NUMBER}")

    assert (answer.status_code, title(answer)) == (403, "Certificat de structure")


def test_a_certificate_that_signs_or_of_another_authority_is_refused(
    site: SimpleNamespace, browser: Callable[..., httpx.Client], foreign: Pki
) -> None:
    for pair in (site.pki.professional_sign(PHARMACIST), foreign.professional_auth(PHARMACIST)):
        with pytest.raises(httpx.TransportError):
            browser(pair).get("/AccesDirect/TableauDeBord")


def test_a_preparateur_opens_no_page(site: SimpleNamespace, browser: Callable[..., httpx.Client]) -> None:
    """DMP-MHAB is not public: nothing but TD0.2 in person."""
    answer = browser(site.pki.professional_auth(PREPARER)).get(f"/AccesDirect/DossierPatient/{NUMBER}")

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("DossierPatient/279035121518988", 400),  # the key
        ("DossierPatient/27903512151898", 400),
        ("DossierPatient/2790351215189899", 400),
        ("DossierPatient/279035121518989%5E", 400),
        ("DossierPatient/190017511009926", 404),  # nobody's
        (f"DossierPatient/{OTHER}", 403),  # who lets nobody in
        ("DossierPatient", 404),
        (f"Parametrages/{NUMBER}", 404),
        (f"Autre/{NUMBER}", 404),
        (f"dossierpatient/{NUMBER}", 404),
    ],
)
def test_a_wrong_address_is_refused(card: httpx.Client, path: str, status: int) -> None:
    answer = card.get(f"/AccesDirect/{path}")

    assert answer.status_code == status
    assert not any(value in answer.text for value in ("PAT-", "27903512151898", OTHER))


@pytest.mark.parametrize(
    ("state", "status", "words"), [(RecordState.CLOSED, 403, "DMP fermé"), (RecordState.ABSENT, 404, "Pas de DMP")]
)
def test_a_record_that_is_not_open_shows_nothing(
    site: SimpleNamespace, card: httpx.Client, state: RecordState, status: int, words: str
) -> None:
    patients = site.simulator.patients
    patients.add(replace(patients.find(CX.format(NUMBER)), state=state))

    answers = [card.get(f"/AccesDirect/{page}/{NUMBER}") for page in Page if page.needs_patient]

    assert {(one.status_code, title(one)) for one in answers} == {(status, words)}


@pytest.mark.parametrize(("act", "words"), [("blocked", "Accès bloqué"), ("expired", "Sans autorisation")])
def test_whom_the_patient_does_not_let_in_sees_no_more_than_that_there_is_a_record(
    site: SimpleNamespace, card: httpx.Client, act: str, words: str
) -> None:
    patients = site.simulator.patients
    if act == "blocked":
        patients.forbid(CX.format(NUMBER), PHARMACIST)
    else:
        patients.authorise(CX.format(NUMBER), PHARMACIST, until=datetime.now(UTC) - LATER)

    pages = [card.get(f"/AccesDirect/{page}/{NUMBER}") for page in Page if page.needs_patient]
    dashboard = card.get("/AccesDirect/TableauDeBord")

    assert [(one.status_code, title(one)) for one in pages if one.url.path.split("/")[2] != "GestionDMPPatient"] == [
        (403, words)
    ] * 6
    assert [one.status_code for one in pages if one.url.path.split("/")[2] == "GestionDMPPatient"] == [200]
    assert "PAT-TROIS" not in dashboard.text


def test_the_dashboard_names_who_lets_the_professional_in(card: httpx.Client) -> None:
    answer = card.get("/", follow_redirects=True)

    assert "PAT-TROIS" in answer.text
    assert "PAT-QUATRE" not in answer.text


def test_every_answer_forbids_scripts_frames_and_keeping(card: httpx.Client, browser: Any) -> None:
    for answer in (card.get(f"/AccesDirect/Documents/{NUMBER}"), browser().get("/AccesDirect/Parametrages")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


@pytest.fixture
def own_and_of_others(tmp_path: Path, browser: Callable[..., httpx.Client]) -> Iterator[SimpleNamespace]:
    """A record with a document of each kind, before the pharmacist at the counter."""
    prepare(tmp_path / "sim", filled=True)
    simulator = Simulator.open(tmp_path / "sim")
    counter = Counter.model_validate_json((tmp_path / "sim" / COUNTER).read_bytes())
    with web_ps_server.running(simulator) as domain:
        context = ssl.create_default_context(cafile=str(simulator.pki.authority.certificate))
        pair = simulator.pki.professional_auth(counter.operator.practitioner.national_id)
        context.load_cert_chain(pair.certificate, pair.key)
        with httpx.Client(verify=context, trust_env=False, base_url=f"https://{domain}") as http:
            yield SimpleNamespace(simulator=simulator, ins=counter.patients[0].ins, http=http)
    simulator.close()


def test_a_masked_document_of_somebody_else_is_not_listed_and_vaccinations_have_their_book(
    own_and_of_others: SimpleNamespace,
) -> None:
    seen, ins = own_and_of_others, own_and_of_others.ins.value
    registry = seen.simulator.registry
    documents = [one for one in registry.of_patient(1) if not one.facets.is_signature]
    [reimbursed] = [one for one in documents if "REMB" in one.facets.plain(Xds.TYPE_CODE)]

    def rows(page: str) -> int:
        answer = seen.http.get(f"/AccesDirect/{page}/{ins}")
        assert answer.status_code == 200
        return len(html.fromstring(answer.content).findall(".//tbody/tr"))

    before, book = rows("Documents"), rows("CarnetVaccination")
    PatientActs(registry, uuid=new_uuid).restrict(reimbursed, {"MASQUE_PS"}, datetime.now(UTC))

    assert before == len(documents)
    assert 0 < book < before
    assert rows("Documents") == before - 1


def test_the_configuration_of_the_simulator_names_its_pages(tmp_path: Path) -> None:
    prepare(tmp_path)

    write_config(tmp_path, "https://127.0.0.1:1/services/", "127.0.0.1:8443")

    web = load(tmp_path / CONFIG).web
    assert web is not None
    assert web.domain == "127.0.0.1:8443"


def test_a_card_that_was_withdrawn_opens_nothing_more(
    site: SimpleNamespace, browser: Callable[..., httpx.Client]
) -> None:
    pair = site.pki.professional_auth(PHARMACIST)
    before = browser(pair).get("/AccesDirect/TableauDeBord")
    revocations = Revocations(site.pki)

    revocations.revoke(ssl.PEM_cert_to_DER_cert(pair.certificate.read_text()), at=datetime.now(UTC))
    try:
        after = browser(pair).get("/AccesDirect/TableauDeBord")
    finally:
        revocations.file.unlink()

    assert (before.status_code, after.status_code) == (200, 403)
    assert "DUPONT" not in after.text
