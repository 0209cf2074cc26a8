"""The pages that show and change the records: over HTTP, without script, for this machine alone."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from lxml import etree, html

from dmp_core.simulator.patients import Access, RecordState
from dmp_core.simulator.server import admin_running

OTHER_INS = "181067511004222"
OTHER = f"{OTHER_INS}^^^&1.2.250.1.213.1.4.10&ISO^NH"


class Browser:
    """Follows links and sends the forms of the page that it is on."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, trust_env=False, follow_redirects=True)
        self.answer, self.page = None, None

    def get(self, path: str) -> httpx.Response:
        return self._shown(self.http.get(path))

    def press(self, text: str, among: str = "", **fields: str) -> httpx.Response:
        """Send the form whose button says `text`, in the row that holds `among`."""
        forms = [
            form
            for form in self.page.forms
            if form.xpath("string(.//button)") == text
            and (not among or among in "".join(form.xpath("ancestor::tr[1]")[0].itertext()))
        ]
        (form,) = forms[:1] or pytest.fail(f"no button {text}")
        return self._shown(self.http.post(form.get("action"), data=dict(form.form_values()) | fields))

    def _shown(self, answer: httpx.Response) -> httpx.Response:
        self.answer, self.page = answer, html.fromstring(answer.content)
        return answer

    def row(self, text: str) -> str:
        (row,) = [row for row in self.page.iter("tr") if text in row.text_content()][:1]
        return " ".join(row.text_content().split())


@pytest.fixture(scope="module")
def url(simulator):
    with admin_running(simulator) as address:
        yield address


@pytest.fixture
def browser(url):
    made = Browser(url)
    yield made
    made.http.close()


@pytest.fixture(autouse=True)
def an_open_record(simulator, messages):
    record = simulator.patients.find(messages.patient)
    simulator.patients.add(replace(record, state=RecordState.ACTIVE, opposes_bris_de_glace=False))


def test_all_records_are_listed_and_the_paths_of_td09_lead_to_them(browser, messages):
    listed = browser.get("/")
    of_patient = [
        browser.get(f"/AccesDirect/{name}/{messages.patient[:15]}").status_code
        for name in ("TableauDeBord", "DossierPatient", "GestionDMPPatient", "Documents", "ParcoursDeSoins",
                     "HistoriqueAcces", "VolontesEtDroits", "CarnetVaccination")
    ]  # fmt: skip

    assert "MARTIN" in listed.text
    assert browser.get("/AccesDirect/Parametrages").status_code == 200
    assert set(of_patient) == {200}


def test_every_answer_forbids_scripts_frames_and_keeping(browser, messages):
    for path in ("/", f"/AccesDirect/DossierPatient/{messages.patient[:15]}", "/nowhere"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
        assert "<script" not in browser.answer.text


def test_a_record_is_closed_and_opened_again(browser, caller, messages):
    browser.get(f"/AccesDirect/DossierPatient/{messages.patient[:15]}")

    browser.press("Fermer")
    closed = caller.existence().text
    browser.press("Rouvrir")
    opened = caller.existence().text

    assert 'statusCode code="terminated"' in closed
    assert 'statusCode code="terminated"' not in opened


def test_an_opposition_is_told_by_td02(browser, caller, messages):
    browser.get(f"/AccesDirect/VolontesEtDroits/{messages.patient[:15]}")

    browser.press("Poser", among="bris de glace")

    told = etree.fromstring(caller.existence().content)
    value = told.xpath("string(//*[@code='OPPOSITION_BRIS_DE_GLACE']/../*[local-name()='value']/@value)")
    assert value == "true"
    assert "oui" in browser.row("Opposition au bris de glace")


def test_a_professional_is_blocked_and_let_in_again(browser, simulator, messages):
    browser.get(f"/AccesDirect/DossierPatient/{messages.patient[:15]}")

    states = []
    for button in ("Bloquer", "Retirer", "Autoriser"):
        browser.press(button, among=messages.pharmacist)
        states.append(simulator.patients.access(messages.patient, messages.pharmacist, datetime.now(UTC)))

    assert states == [Access.FORBIDDEN, Access.NONE, Access.VALID]


def test_a_document_is_masked_by_the_patient_and_the_change_is_found(browser, caller, simulator, messages):
    caller.body("feed", messages.submission("1.2.5.1"), b"<CDA>page</CDA>")
    browser.get(f"/AccesDirect/Documents/{messages.patient[:15]}")

    browser.press("Masquer", among="Entretien")
    masked = simulator.registry.find("1.2.5.1")
    shown = browser.row("Entretien")
    browser.press("Archiver", among="Entretien")
    browser.press("Désarchiver", among="Entretien")
    browser.press("Démasquer", among="Entretien")
    after = simulator.registry.find("1.2.5.1")

    assert masked.facets.has_confidentiality("MASQUE_PS")
    assert "masqué aux professionnels, version 2" in shown
    assert (after.version, after.lid) == (3, masked.lid)
    assert not after.facets.has_confidentiality("MASQUE_PS")


def test_a_document_is_given_as_a_file_and_never_shown(browser, caller, simulator, messages):
    caller.body("feed", messages.submission("1.2.5.2"), b"<CDA><script>alert(1)</script></CDA>")
    entry_uuid = simulator.registry.find("1.2.5.2").entry_uuid

    answer = browser.http.get(f"/documents/{entry_uuid}")

    assert answer.content == b"<CDA><script>alert(1)</script></CDA>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_deleted_document_can_be_changed_no_more(browser, caller, simulator, messages):
    caller.body("feed", messages.submission("1.2.5.3"), b"<CDA/>")
    entry_uuid = simulator.registry.find("1.2.5.3").entry_uuid
    browser.get(f"/AccesDirect/Documents/{messages.patient[:15]}")
    token = browser.page.xpath("string(//input[@name='jeton']/@value)")

    codes = [
        browser.http.post(f"/documents/{entry_uuid}/statut", data={"jeton": token, "valeur": "DELETED"}).status_code
        for _ in range(2)
    ]

    assert codes == [200, 400]
    assert simulator.registry.find("1.2.5.3").status.endswith("Deleted")


def test_a_record_is_created_with_an_ins_whose_key_is_right(browser, simulator):
    form = {"ins": OTHER_INS, "nom": "PAT-<b>QUATRE", "prenoms": "ALEX MARIE", "sexe": "M", "naissance": "1981-06-02"}
    browser.get("/")

    wrong = browser.press("Créer", **form | {"ins": "181067511004223"})
    browser.get("/")
    made = browser.press("Créer", **form)
    browser.get("/")
    again = browser.press("Créer", **form)

    record = simulator.patients.find(OTHER)
    assert (wrong.status_code, made.status_code, again.status_code) == (400, 200, 400)
    assert (record.birth_name, record.birth_date, record.state) == ("PAT-<b>QUATRE", "19810602", RecordState.ACTIVE)
    assert "PAT-&lt;b&gt;QUATRE" in made.text


@pytest.mark.parametrize(
    "wrong",
    [{"nom": ""}, {"nom": "A\x00B"}, {"sexe": "X"}, {"naissance": "2026-13-01"}, {"naissance": "2026111"},
     {"registre": "1.2.250.1.213.1.4.8"}, {"ins": "x"}],
)  # fmt: skip
def test_a_record_that_lacks_something_is_not_created(browser, wrong):
    form = {"ins": "190017511009926", "nom": "A", "prenoms": "B", "sexe": "F", "naissance": "1990-01-01"}
    browser.get("/")

    assert browser.press("Créer", **form | wrong).status_code == 400


def test_another_host_name_is_refused(url):
    for headers in ({"host": "evil.example"}, {"host": "evil.example", "origin": "http://evil.example"}):
        assert httpx.get(url, headers=headers).status_code == 403
        assert httpx.post(url + "dossiers", headers=headers).status_code == 403


def test_a_form_of_another_site_changes_nothing(browser, url, simulator, messages):
    browser.get(f"/AccesDirect/DossierPatient/{messages.patient[:15]}")
    (form,) = [form for form in browser.page.forms if form.xpath("string(.//button)") == "Fermer"]
    fields = dict(form.form_values())

    without = httpx.post(url.rstrip("/") + form.get("action"), data=fields | {"jeton": "x"})
    elsewhere = httpx.post(url.rstrip("/") + form.get("action"), data=fields, headers={"origin": "http://evil.example"})

    assert (without.status_code, elsewhere.status_code) == (403, 403)
    assert simulator.patients.find(messages.patient).state is RecordState.ACTIVE


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("dossiers/1/etat", {"valeur": "absent"}, 400),
        ("dossiers/99/etat", {"valeur": "closed"}, 404),
        ("dossiers/1/opposition", {"nom": "other", "valeur": "oui"}, 400),
        ("dossiers/1/acces", {"valeur": "autoriser"}, 400),
        ("documents/urn:uuid:0/statut", {"valeur": "DELETED"}, 404),
        ("dossiers/x/etat", {"valeur": "closed"}, 404),
        ("elsewhere", {}, 404),
    ],
)
def test_a_form_that_means_nothing_is_refused(browser, path, fields, status):
    browser.get("/")
    token = browser.page.xpath("string(//input[@name='jeton']/@value)")

    assert browser.http.post(f"/{path}", data=fields | {"jeton": token}).status_code == status


def test_a_form_that_is_too_long_is_refused(url):
    assert httpx.post(url + "dossiers", content=b"x" * 20_000).status_code == 413


def test_unknown_addresses_are_not_found(browser):
    for path in ("/nowhere", "/AccesDirect/DossierPatient/000000000000000", "/AccesDirect/Other", "/documents/x"):
        assert browser.get(path).status_code == 404


def test_without_being_asked_no_page_is_served(server, client, messages):
    http = client(server.pki, server.pki.professional_auth(messages.pharmacist))

    assert http.get(server.url.partition("/si-dmp")[0] + "/AccesDirect/TableauDeBord").status_code == 404
