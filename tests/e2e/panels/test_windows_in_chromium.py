"""The ground that every window stands on, shown in Chromium: its link, its keyboard, its rules for scanners, WCAG."""

import time
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

TITLE = "Titre du document"
BARCODE = "3400930000120"


@pytest.fixture
def feed(desk, tab) -> Page:
    """The feed window of a saved vaccination, as the host's browser shows it; nobody has gone into it."""
    desk.open_patient()
    tab.goto(desk.shown(desk.save()))
    tab.get_by_role("button", name="Envoyer", exact=True).wait_for()
    return tab


def go_into(tab: Page) -> None:
    """As a hand does: a click where nothing is."""
    tab.mouse.click(1000, 740)
    assert tab.evaluate("document.documentElement.dataset.entered") == "yes"


def violations(tab: Page) -> list[tuple[str, list[str]]]:
    source = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    tab.evaluate(source.read_text(encoding="utf-8"))
    found = tab.evaluate("axe.run({ iframes: false })")
    assert len(found["passes"]) > 10
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]


# ---------------------------------------------------------------- the link and what the browser keeps


def test_a_link_leads_to_a_clean_address_and_a_cookie_of_that_window(desk, tab):
    link = desk.open("about")

    tab.goto(link)

    [cookie] = tab.context.cookies()
    code = link.rpartition("/")[2]
    assert code not in tab.url
    assert code not in tab.content()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (
        True,
        "Strict",
        tab.url.partition(str(desk.loopback.port))[2],
    )
    assert code not in cookie["value"]


@pytest.mark.parametrize("times", [pytest.param(2, id="row-027 in Chromium")])
def test_a_link_that_was_used_opens_nothing(times, desk, tab, chromium):
    link = desk.open("about")
    tab.goto(link)

    stranger = chromium.new_page()
    answer = stranger.goto(link)

    assert answer is not None
    assert answer.status == 401
    assert "Cette fenêtre n’est plus ouverte" in stranger.content()
    assert stranger.goto(tab.url).status == 401, "nor does the clean address, without the cookie"
    stranger.close()


def test_a_window_of_a_host_that_left_opens_nothing(desk, tab):
    tab.goto(desk.open("about"))

    desk.seat.close()

    assert tab.reload().status == 401


def test_no_rule_of_the_page_is_broken_and_nothing_is_asked_of_others(desk, tab):
    said, asked = [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    desk.open_patient()

    tab.goto(desk.shown(desk.save()))
    tab.wait_for_load_state("networkidle")

    assert said == []
    assert [url for url in asked if f"127.0.0.1:{desk.loopback.port}" not in url and not url.startswith("data:")] == []


@pytest.mark.parametrize("probe", [
    "var one = document.createElement('script'); one.textContent = 'window.ran = 1'; document.body.append(one)",
    "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')",
    "try { eval('window.ran = 1') } catch (error) {}",
    "try { new Function('window.ran = 1')() } catch (error) {}",
    "var one = document.createElement('a'); one.href = 'javascript:window.ran = 1'; document.body.append(one);"
    " one.click()",
])  # fmt: skip
def test_a_window_runs_its_own_files_and_nothing_else(probe, feed):
    # In a script of the page itself: what a debugger evaluates is not under its rules.
    feed.evaluate(f"setTimeout({probe!r} && (() => {{ {probe} }}), 0)")
    feed.wait_for_timeout(200)

    assert feed.evaluate("window.ran") is None


def test_outside_production_every_window_says_so(feed):
    banner = feed.get_by_text("Simulation : aucun patient réel")

    assert banner.is_visible()
    assert banner.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(107, 63, 160)"


# ---------------------------------------------------------------- for everyone


def test_axe_finds_nothing_in_any_state_of_the_windows(desk, feed):
    found = {"feed": violations(feed)}
    feed.get_by_role("button", name="Ne pas envoyer…").click()
    feed.get_by_text("Pourquoi ce document").wait_for()
    found["reason"] = violations(feed)
    feed.get_by_role("button", name="Revenir au document").click()
    feed.get_by_role("button", name="Plus tard").click()
    feed.get_by_text("Rien n’est envoyé").wait_for()
    found["later"] = violations(feed)
    feed.get_by_role("button", name="Revenir au document").click()
    desk.open_patient(1)
    feed.get_by_role("button", name="Envoyer", exact=True).click()
    feed.get_by_text("Votre logiciel montre").wait_for()
    found["other patient"] = violations(feed)
    feed.get_by_role("button", name="Oui, l’envoyer").click()
    feed.get_by_text("Envoyé au DMP à").wait_for()
    found["sent"] = violations(feed)
    feed.goto(desk.open("about"))
    found["about"] = violations(feed)

    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1024, 600), (480, 800)])
def test_what_decides_is_in_sight_on_a_small_screen(width, height, feed):
    feed.set_viewport_size({"width": width, "height": height})

    send = feed.get_by_role("button", name="Envoyer", exact=True).bounding_box()

    assert send is not None
    assert feed.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing to scroll sideways"
    if width >= 1024:
        assert send["y"] + send["height"] <= height
        assert feed.get_by_text("PAT-TROIS DOMINIQUE").first.bounding_box()["y"] < height


def test_text_may_be_twice_as_large(feed):
    feed.set_viewport_size({"width": 512, "height": 384})  # as a browser at 200 % has it

    assert feed.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_alone_is_enough(desk, feed):
    feed.keyboard.press("Tab")
    feed.wait_for_timeout(150)
    for _ in range(12):
        if feed.evaluate("document.activeElement.textContent") == "Envoyer":
            break
        feed.keyboard.press("Tab")
        feed.wait_for_timeout(120)
    feed.keyboard.press("Enter")

    feed.get_by_text("Envoyé au DMP à").wait_for()


def test_the_focus_is_always_seen(feed):
    feed.keyboard.press("Tab")

    assert feed.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


# ---------------------------------------------------------------- the LGO keeps the focus, scanners confirm nothing


def test_a_window_that_nobody_went_into_takes_no_focus_by_itself(desk, feed):
    assert feed.evaluate("document.activeElement === document.body")
    assert feed.locator("[autofocus]").count() == 0

    feed.evaluate("htmx.ajax('GET', 'part/refuse', { target: '#panel' })")
    feed.get_by_text("Pourquoi ce document").wait_for()

    assert feed.evaluate("document.activeElement === document.body")


def test_enter_does_nothing_until_somebody_went_into_the_window(desk, feed):
    item = desk.ask("outbox/list")["items"][0]["item"]
    feed.get_by_label(TITLE).evaluate("one => one.focus()")  # as a host might, by its own web view

    for key in ("Enter", "a", "Space"):
        feed.keyboard.press(key)
        feed.wait_for_timeout(150)
    feed.get_by_role("button", name="Envoyer", exact=True).evaluate("one => one.focus()")
    for key in ("Enter", "Space"):
        feed.keyboard.press(key)
        feed.wait_for_timeout(150)

    assert desk.state(item) == "awaiting_confirmation"
    assert feed.get_by_label(TITLE).input_value() == "Note de vaccination du 14/10/2025"


def test_once_inside_enter_sends(desk, feed):
    go_into(feed)
    feed.get_by_role("button", name="Envoyer", exact=True).focus()
    feed.wait_for_timeout(150)

    feed.keyboard.press("Enter")

    feed.get_by_text("Envoyé au DMP à").wait_for()


def test_who_left_the_window_must_go_into_it_again(desk, feed):
    go_into(feed)

    feed.evaluate("window.dispatchEvent(new Event('blur'))")

    assert feed.evaluate("document.documentElement.dataset.entered") is None


def keys(page: Page, text: str, gap: float) -> None:
    """Press the keys of `text`, `gap` milliseconds apart by the clock of the keyboard, whatever the machine does."""
    keyboard, start = page.context.new_cdp_session(page), time.time()
    for number, character in enumerate(text):
        key, code = {"\n": ("Enter", 13), "\t": ("Tab", 9)}.get(character, (character, ord(character.upper())))
        typed = {"\n": "\r", "\t": ""}.get(character, character)
        told = {"key": key, "windowsVirtualKeyCode": code, "timestamp": start + number * gap / 1000}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": typed, **told})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})


SCANS = {
    "with Enter": (f"{BARCODE}\n", 5),
    "with Tab": (f"{BARCODE}\t", 5),
    "without an end": (BARCODE, 12),
    "slowly, with Enter": (f"{BARCODE}\n", 60),
    "slowly, without an end": (BARCODE, 40),
    "a datamatrix": ("IS01003400930000120 2790351215189 89\n", 10),
    "Enter first": (f"\n{BARCODE}\n", 10),
    "spaces first": (f"  {BARCODE}\n", 10),
    "Tab first": (f"\t{BARCODE}\n", 10),
    "twice": (f"{BARCODE}\n" * 2, 8),
}
PLACES = {
    "nowhere": lambda page: None,
    "the title": lambda page: page.get_by_label(TITLE).focus(),
    "a choice": lambda page: page.get_by_label("Masqué aux professionnels").focus(),
    "Envoyer": lambda page: page.get_by_role("button", name="Envoyer", exact=True).focus(),
    "Ne pas envoyer": lambda page: page.get_by_role("button", name="Ne pas envoyer…").focus(),
}


@pytest.mark.parametrize("scan", SCANS)
def test_what_a_scanner_types_neither_enters_a_field_nor_confirms(scan, desk, feed):
    item = desk.ask("outbox/list")["items"][0]["item"]
    go_into(feed)

    for place in PLACES.values():
        feed.wait_for_timeout(150)
        place(feed)
        keys(feed, *SCANS[scan])
    feed.wait_for_timeout(300)

    assert desk.state(item) == "awaiting_confirmation"
    assert feed.get_by_role("button", name="Envoyer", exact=True).is_visible()
    assert feed.get_by_label(TITLE).input_value() == "Note de vaccination du 14/10/2025"
    assert feed.get_by_label("Le patient et tous").is_checked()


def test_a_burst_in_the_midst_of_typing_takes_only_itself_away(feed):
    go_into(feed)
    title = feed.get_by_label(TITLE)
    title.fill("")
    keys(feed, "Vaccin", 130)

    feed.wait_for_timeout(1000)
    keys(feed, f"{BARCODE}\n", 8)
    feed.wait_for_timeout(300)
    keys(feed, " fait", 130)

    assert title.input_value() == "Vaccin fait"


def test_a_hand_types_as_fast_as_it_can(feed):
    go_into(feed)
    title = feed.get_by_label(TITLE)
    title.fill("")

    keys(feed, "Vaccination antitétanique, rappel", 65)

    assert title.input_value() == "Vaccination antitétanique, rappel"


def test_space_chooses_where_somebody_is(feed):
    go_into(feed)
    feed.wait_for_timeout(150)
    feed.get_by_label("Masqué aux professionnels").focus()

    feed.keyboard.press("Space")
    feed.wait_for_timeout(200)

    assert feed.get_by_label("Masqué aux professionnels").is_checked()


# ---------------------------------------------------------------- framed


def test_the_preview_stands_in_a_frame_that_may_do_nothing(feed):
    frame = feed.locator("iframe")

    assert frame.get_attribute("sandbox") == "allow-downloads"
    assert "VACCIN" in feed.frame_locator("iframe").locator("body").inner_text()


def test_a_web_lgo_that_is_configured_frames_its_windows(make_desk, tab):
    desk = make_desk('[bridge]\nframe = "https://lgo.example"\n')
    link = desk.open("about")
    tab.route(
        "https://lgo.example/",
        lambda route: route.fulfill(body=f"<iframe src='{link}'></iframe>", content_type="text/html"),
    )
    tab.route(
        "https://other.example/",
        lambda route: route.fulfill(body=f"<iframe src='{desk.open('about')}'></iframe>", content_type="text/html"),
    )

    tab.context.grant_permissions(["local-network-access"])  # which a browser asks its user once
    tab.goto("https://lgo.example/")
    tab.frame_locator("iframe").get_by_text("Numéro d’homologation DMP").wait_for()
    tab.goto("https://other.example/")
    tab.wait_for_load_state("networkidle")

    assert tab.frames[1].url.startswith("chrome-error:")


def test_a_web_lgo_opens_a_window_of_its_own(desk, tab):
    link = desk.open("about")
    page = f"<button onclick=\"window.open('{link}')\">DMP</button>"
    tab.route("https://lgo.example/", lambda route: route.fulfill(body=page, content_type="text/html"))
    tab.goto("https://lgo.example/")

    with tab.context.expect_page() as opened:
        tab.get_by_text("DMP").click()

    opened.value.get_by_text("Numéro d’homologation DMP").wait_for()
    assert opened.value.evaluate("window.opener") is None


def test_a_web_view_of_the_host_is_told_to_close(desk, tab):
    tab.add_init_script(
        "window.chrome = { webview: { postMessage: said => { window.said = said } } }; window.close = () => {}"
    )
    tab.goto(desk.open("about"))

    tab.get_by_role("button", name="Fermer").click()

    assert tab.evaluate("window.said") == "dmp:close"
