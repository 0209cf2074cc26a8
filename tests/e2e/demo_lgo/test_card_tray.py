"""A vendor without any card: the tray of the demonstration puts emulated cards into its readers, by the mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from windows import axe, code_field, type_code


class Tray:
    """The readers beside the menu, and whoever stands before them."""

    def __init__(self, counter) -> None:
        self.counter = counter
        self.page: Page = counter.page
        self.toasts = self.page.get_by_role("status")

    def reader(self, number: int = 1) -> Locator:
        return self.page.get_by_role("group", name=f"Lecteur {number}")

    def insert(self, card: str, number: int = 1) -> None:
        self.reader(number).get_by_label("Carte d’essai").select_option(card)
        self.reader(number).get_by_role("button", name="Insérer").click()
        expect(self.reader(number).get_by_role("button", name="Retirer")).to_be_visible()

    def remove(self, number: int = 1) -> None:
        self.reader(number).get_by_role("button", name="Retirer").click()
        expect(self.reader(number).get_by_role("button", name="Insérer")).to_be_visible()

    def clear(self) -> None:
        for number in (1, 2):
            expect(self.reader(number)).to_be_visible()
            if self.reader(number).get_by_role("button", name="Retirer").is_visible():
                self.remove(number)

    def ask_code(self) -> Page:
        """*Ouvrir la session*: the dialog, beside the page."""
        with self.page.expect_popup() as dialog:
            self.page.get_by_role("button", name="Ouvrir la session").click()
        expect(code_field(dialog.value)).to_be_visible()
        return dialog.value

    def open(self) -> None:
        dialog = self.ask_code()
        type_code(dialog, "1234")
        expect(dialog.get_by_text("La carte est ouverte")).to_be_visible()
        dialog.close()


@pytest.fixture
def counter(address_on_cards: str, new_counter):
    return new_counter(address_on_cards)


@pytest.fixture
def tray(counter) -> Iterator[Tray]:
    """Empty readers; empty again at the end."""
    tray = Tray(counter)
    tray.clear()
    yield tray
    counter.work_as("titulaire")
    tray.clear()


# ---------------------------------------------------------------- the card of the professional


def test_a_card_is_put_in_its_code_typed_and_the_record_read(tray: Tray) -> None:
    tray.insert("cps")
    expect(tray.reader()).to_contain_text("Carte CPS")
    tray.counter.find("pat-trois")

    record = tray.counter.window("Accéder au DMP")
    record.get_by_role("button", name="Code de la carte").click()
    type_code(record, "1234")
    expect(record.get_by_text("La carte est ouverte")).to_be_visible()
    expect(tray.page.get_by_text("Session de carte ouverte : CAMILLE TITULAIRE").first).to_be_visible()
    again = tray.counter.window("Accéder au DMP")
    again.get_by_label("Tout l’historique").check()
    again.get_by_role("button", name="Chercher").click()

    expect(again.get_by_role("button", name="Ouvrir").first).to_be_visible()


def test_a_document_waits_for_the_card_and_leaves_by_its_keys(tray: Tray) -> None:
    tray.counter.find("pat-trois")
    window = tray.counter.save("Vaccination", Numéro_de_lot="LOT-CARTE")
    button = window.get_by_role("button", name="Envoyer", exact=True)
    button.wait_for()
    window.mouse.click(5, 5)
    button.click()
    row = tray.page.get_by_role("row", name="Vaccination").first
    expect(row).to_contain_text("En attente : carte CPS")

    tray.insert("cps")
    with tray.page.expect_popup() as dialog:
        tray.toasts.get_by_role("link", name="Saisir").first.click()
    type_code(dialog.value, "1234")

    expect(tray.toasts).to_contain_text("Vaccination : Envoyé au DMP")
    expect(row).to_contain_text("Envoyé au DMP")


def test_a_card_that_is_taken_out_ends_its_session(tray: Tray) -> None:
    tray.insert("cps")
    tray.open()

    tray.remove()

    expect(tray.toasts).to_contain_text("Carte retirée : la session est fermée")
    expect(tray.page.get_by_role("button", name="Fermer la session")).to_have_count(0)


def test_wrong_codes_are_counted_and_a_blocked_card_is_explained_each_time(tray: Tray) -> None:
    tray.insert("cps4")
    dialog = tray.ask_code()
    expect(dialog.get_by_text("Essais restants : 3")).to_be_visible()
    for left in ("Essais restants : 2", "Dernier essai : un code faux"):
        type_code(dialog, "9999")
        expect(dialog.get_by_text(left)).to_be_visible()
    dialog.get_by_label("Je suis certain de mon code").check()

    type_code(dialog, "9999")

    expect(dialog.locator("strong", has_text="La carte CPS est bloquée")).to_be_visible()
    tray.remove()
    tray.insert("cps4")
    tray.page.get_by_role("button", name="Ouvrir la session").click()
    expect(tray.toasts.get_by_text("bloquée").last).to_be_visible()


def test_another_professionals_card_ends_the_session_and_serves_its_own_holder(tray: Tray) -> None:
    tray.insert("cps")
    tray.open()

    tray.remove()
    expect(tray.toasts).to_contain_text("Carte retirée")
    tray.insert("cps-colleague")
    tray.page.get_by_role("button", name="Ouvrir la session").click()
    expect(tray.toasts).to_contain_text("autre professionnel")
    tray.counter.work_as("adjointe")
    tray.open()

    expect(tray.page.get_by_text("Session de carte ouverte : SACHA ADJOINTE").first).to_be_visible()
    tray.counter.work_as("titulaire")
    expect(tray.toasts).to_contain_text("un autre professionnel a pris le poste")


@pytest.mark.parametrize(
    ("card", "why"),
    [
        ("cps-blocked", "bloquée"),
        ("cps-expired", "ne sont pas ou plus valables"),
        ("cps-contactless", "n’est pas dans le lecteur"),
    ],
)
def test_a_card_that_cannot_serve_says_why_before_any_code(tray: Tray, card: str, why: str) -> None:
    tray.insert(card)

    tray.counter.find("pat-trois")
    record = tray.counter.window("Accéder au DMP")

    expect(record.get_by_text("DMP-CARD-")).to_be_visible()
    expect(record.get_by_role("main")).to_contain_text(why)
    expect(code_field(record)).to_have_count(0)


def test_a_card_of_another_pharmacy_is_refused_once_it_is_read(tray: Tray) -> None:
    tray.insert("cps-elsewhere")

    type_code(dialog := tray.ask_code(), "1234")

    expect(dialog.get_by_text("ne figure pas parmi les lieux d’exercice")).to_be_visible()


# ---------------------------------------------------------------- the carte Vitale


def test_the_persons_of_a_carte_vitale_lead_to_their_files(tray: Tray) -> None:
    tray.insert("vitale-2", 2)

    expect(tray.toasts.get_by_text("Carte Vitale :")).to_have_count(2)
    tray.toasts.locator("p", has_text="PAT-QUATRE").get_by_role("link", name="Ouvrir la fiche").click()

    expect(tray.page.get_by_role("heading", name="Fiche patient")).to_be_visible()
    expect(tray.page.locator(".banner")).to_contain_text("PAT-QUATRE")


def test_a_carte_vitale_of_somebody_else_than_the_open_patient_is_said(tray: Tray) -> None:
    tray.counter.find("pat-quatre")

    tray.insert("vitale", 2)

    expect(tray.toasts).to_contain_text("Carte Vitale : DOMINIQUE")
    expect(tray.toasts).to_contain_text("n’est pas celle")


@pytest.mark.parametrize(
    ("card", "why"), [("vitale-1", "Vitale"), ("other", "inconnue"), ("mute", "ne répond")], ids=lambda text: text
)
def test_a_card_that_cannot_be_read_is_told_and_the_counter_goes_on(tray: Tray, card: str, why: str) -> None:
    tray.insert(card, 2)

    expect(tray.reader(2)).to_contain_text(why)
    tray.counter.find("pat-trois")


# ---------------------------------------------------------------- the tray itself


def test_the_tray_is_for_everyone(tray: Tray) -> None:
    empty = axe(tray.page)
    tray.insert("cps")

    assert (empty, axe(tray.page)) == ([], [])


def test_the_pharmacy_on_certificates_has_the_same_tray(address: str, new_counter) -> None:
    tray = Tray(new_counter(address))
    tray.clear()

    tray.insert("vitale")

    expect(tray.toasts).to_contain_text("Carte Vitale : DOMINIQUE")
    expect(tray.page.get_by_role("button", name="Ouvrir la session")).to_have_count(0)
    tray.remove()


@pytest.mark.parametrize("told", ["reader=Lecteur+9&card=cps", "reader=Lecteur+1&card=none-such", "card=cps"])
def test_a_card_or_a_reader_that_there_is_not_changes_nothing(tray: Tray, told: str) -> None:
    origin = tray.page.url.partition("/patients")[0].rstrip("/")
    headers = {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}

    answer = tray.page.context.request.post(f"{origin}/lecteurs", headers=headers, data=told)

    assert answer.status == 404
    expect(tray.reader()).to_contain_text("vide")
