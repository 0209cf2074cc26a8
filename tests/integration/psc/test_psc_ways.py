"""Our client against the simulated service: both ways, each channel, renewal and end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dmp_core.errors import (
    MessageInvalid,
    PscDenied,
    PscExpired,
    PscRefused,
    PscUnavailable,
    PscUntrusted,
)
from dmp_core.identity.psc.settings import ClientAuth
from dmp_core.model.identification import Channel
from dmp_core.testing import people

WHO = people.who()
LOGIN = WHO.author.national_id


def now() -> datetime:
    return datetime.now(UTC)


def test_the_browser_identifies_the_professional(provider: Any, user: Any, until: Callable[..., Any]) -> None:
    attempt = provider.begin(Channel.BROWSER, LOGIN, now())
    back = user.login(attempt.prompt.url)
    assert provider.poll(attempt, now()) is None
    page = start(user, back)

    proof = until(provider, attempt)

    assert "revenir à votre logiciel" in page.result()
    assert proof.identified.national_id == LOGIN
    assert [one.practitioner.specialty for one in proof.identified.at("1990000001")] == ["G15_21/A"]
    assert timedelta(minutes=29) < proof.identified.expires_at - now() <= timedelta(minutes=30)


def start(user: Any, url: str) -> Any:
    """The browser goes there while our side polls: nobody answers it before."""
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1)
    future = pool.submit(lambda: user.get(url).text)
    pool.shutdown(wait=False)
    return future


@pytest.mark.parametrize("channel", [Channel.CARD, Channel.MOBILE])
def test_the_card_or_the_phone_identifies_the_professional(
    provider: Any, user: Any, service: Any, until: Callable[..., Any], channel: Channel
) -> None:
    attempt = provider.begin(channel, LOGIN, now())
    assert attempt.prompt.url is None
    assert f"<strong>{attempt.prompt.digits}</strong>" in user.get(service.psc.phone).text

    user.click(service.psc.phone, "Accepter")

    assert until(provider, attempt).identified.national_id == LOGIN


def test_a_refusal_on_the_page_is_told(provider: Any, user: Any, until: Callable[..., Any]) -> None:
    attempt = provider.begin(Channel.BROWSER, LOGIN, now())
    start(user, user.login(attempt.prompt.url, "Refuser"))

    with pytest.raises(PscDenied):
        until(provider, attempt)

    provider.abandon(attempt)


def test_a_refusal_on_the_phone_is_told(provider: Any, user: Any, service: Any, until: Callable[..., Any]) -> None:
    attempt = provider.begin(Channel.MOBILE, LOGIN, now())
    user.click(service.psc.phone, "Refuser")

    with pytest.raises(PscDenied):
        until(provider, attempt)


def test_nobody_answers_in_time(provider: Any) -> None:
    attempt = provider.begin(Channel.MOBILE, LOGIN, now())

    with pytest.raises(PscExpired):
        provider.poll(attempt, now() + timedelta(minutes=3))

    provider.abandon(attempt)


def test_an_unknown_professional_is_refused_with_the_service_s_own_code(provider: Any) -> None:
    with pytest.raises(PscRefused) as caught:
        provider.begin(Channel.MOBILE, "899700009999", now())

    assert caught.value.origin == "unknown_user_id"


def test_the_phone_needs_to_know_whom_to_ask(provider: Any) -> None:
    with pytest.raises(MessageInvalid):
        provider.begin(Channel.MOBILE, None, now())


def identified(provider: Any, user: Any, service: Any, until: Callable[..., Any]) -> Any:
    attempt = provider.begin(Channel.MOBILE, LOGIN, now())
    user.click(service.psc.phone, "Accepter")
    return until(provider, attempt)


def test_a_session_is_renewed_and_then_ended(provider: Any, user: Any, service: Any, until: Callable[..., Any]) -> None:
    before = len(service.psc.psc.sessions())
    proof = identified(provider, user, service, until)

    later = provider.renew(proof, now())
    assert later.identified.national_id == LOGIN
    assert len(service.psc.psc.sessions()) == before + 1

    provider.end(later)
    assert len(service.psc.psc.sessions()) == before
    with pytest.raises(PscExpired):
        provider.renew(later, now())


def test_a_refresh_token_serves_once(make_direct: Any, user: Any, service: Any, until: Callable[..., Any]) -> None:
    provider = make_direct()
    proof = identified(provider, user, service, until)
    provider.renew(proof, now())

    with pytest.raises(PscExpired):
        provider.renew(proof, now())


def test_slow_down_makes_our_side_ask_less_often(make_direct: Any, user: Any, service: Any) -> None:
    provider = make_direct()
    attempt = provider.begin(Channel.MOBILE, LOGIN, now())
    at = now()

    provider.poll(attempt, at)  # before the interval is over

    assert attempt.due_at == at + timedelta(seconds=6)


@pytest.mark.parametrize("auth", [ClientAuth.BASIC, ClientAuth.POST])
def test_the_software_shows_its_secret_in_either_place(make_direct: Any, auth: ClientAuth) -> None:
    assert make_direct(client_auth=auth).begin(Channel.MOBILE, LOGIN, now())


def test_the_structure_s_certificate_takes_the_place_of_the_secret(make_direct: Any, service: Any) -> None:
    pair = service.pki.organisation_auth(WHO.structure.national_id)

    assert make_direct(secret=None, pair=pair, client_auth=ClientAuth.TLS).begin(Channel.CARD, LOGIN, now())
    with pytest.raises(PscRefused):
        make_direct(secret=None, client_auth=ClientAuth.TLS).begin(Channel.CARD, LOGIN, now())


@pytest.mark.parametrize("changes", [{"secret": "faux"}, {"client_id": "autre"}])
def test_a_software_that_is_not_registered_is_refused(make_direct: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(PscRefused) as caught:
        make_direct(**changes).begin(Channel.MOBILE, LOGIN, now())

    assert caught.value.origin == "invalid_client"


def test_a_userinfo_that_comes_signed_is_checked_and_read(
    make_direct: Any, user: Any, service: Any, until: Callable[..., Any]
) -> None:
    provider = make_direct(client_id="dmp-signed")

    assert identified(provider, user, service, until).identified.national_id == LOGIN


@pytest.mark.parametrize(
    "fault",
    ["forged", "unsigned", "wrong-nonce", "wrong-issuer", "wrong-audience", "wrong-acr", "stale", "other-subject"],
)
def test_whatever_is_false_in_the_answer_nobody_is_identified(
    make_direct: Any, user: Any, service: Any, until: Callable[..., Any], fault: str
) -> None:
    provider = make_direct()
    attempt = provider.begin(Channel.BROWSER, LOGIN, now())
    start(user, user.login(attempt.prompt.url))
    service.psc.psc.faults.add(fault)

    with pytest.raises(PscUntrusted):
        until(provider, attempt)

    provider.abandon(attempt)


@pytest.mark.parametrize("fault", ["forged", "wrong-issuer", "wrong-audience", "wrong-acr", "other-subject"])
def test_the_reference_proxy_trusts_no_more_than_we_do(
    make_proxy: Any, user: Any, service: Any, until: Callable[..., Any], fault: str
) -> None:
    provider = make_proxy()
    attempt = provider.begin(Channel.MOBILE, LOGIN, now())
    service.psc.psc.faults.add(fault)
    user.click(service.psc.phone, "Accepter")

    with pytest.raises(PscUnavailable):
        until(provider, attempt)


def test_a_service_that_is_busy_can_be_asked_again(make_direct: Any, user: Any, service: Any) -> None:
    provider = make_direct()
    attempt = provider.begin(Channel.BROWSER, LOGIN, now())
    back = user.login(attempt.prompt.url)
    provider.abandon(attempt)
    provider.redirected(attempt, back)
    service.psc.psc.faults.add("busy")
    with pytest.raises(PscUnavailable):
        provider.poll(attempt, now())

    service.psc.psc.faults.clear()

    assert provider.poll(attempt, now()).identified.national_id == LOGIN


def test_a_redirect_with_another_state_is_not_ours_and_the_right_one_still_counts(
    make_direct: Any, user: Any, until: Callable[..., Any]
) -> None:
    provider = make_direct()
    attempt = provider.begin(Channel.BROWSER, LOGIN, now())
    back = user.login(attempt.prompt.url)
    forged = start(user, f"{back.partition('?')[0]}?code=forged&state=forged")
    while not forged.done():
        assert provider.poll(attempt, now()) is None

    start(user, back)

    assert until(provider, attempt)


def test_a_redirect_of_another_issuer_is_refused(make_direct: Any, user: Any) -> None:
    provider = make_direct()
    attempt = provider.begin(Channel.BROWSER, LOGIN, now())
    back = user.login(attempt.prompt.url)
    provider.redirected(attempt, back.replace("&iss=https%3A%2F%2F", "&iss=https%3A%2F%2Fautre."))

    with pytest.raises(PscUntrusted):
        provider.poll(attempt, now())

    provider.abandon(attempt)


def test_the_host_may_receive_the_browser_itself(make_direct: Any, user: Any, service: Any) -> None:
    provider = make_direct()
    attempt = provider.begin(Channel.BROWSER, LOGIN, now())
    back = user.login(attempt.prompt.url)

    provider.redirected(attempt, back)
    with pytest.raises(MessageInvalid):
        provider.redirected(attempt, "https://autre.example/psc?code=x")

    assert provider.poll(attempt, now()).identified.national_id == LOGIN


def test_another_pharmacy_s_session_does_not_exist_for_this_one(make_proxy: Any, service: Any) -> None:
    attempt = make_proxy().begin(Channel.MOBILE, LOGIN, now())
    other = make_proxy(service.pki.professional_auth(LOGIN))

    with pytest.raises(PscExpired):
        other.poll(attempt, now())


def test_who_came_back_sees_for_which_pharmacy(make_proxy: Any, user: Any) -> None:
    attempt = make_proxy().begin(Channel.BROWSER, LOGIN, now())

    page = user.get(user.login(attempt.prompt.url)).text

    assert "Vous êtes identifié pour : PHARMACIE DE DEMONSTRATION" in page


def test_the_proxy_asks_for_the_pharmacy_s_certificate(service: Any) -> None:
    import httpx

    with httpx.Client(verify=service.trust, trust_env=False) as client:
        answer = client.post(f"{service.psc.proxy}/open", json={"channel": "browser"})

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_no_secret_and_no_token_crosses_the_proxy(
    make_proxy: Any, user: Any, service: Any, until: Callable[..., Any]
) -> None:
    provider = make_proxy()
    proof = identified(provider, user, service, until)
    held = repr(vars(provider)) + repr(proof) + repr(proof.private)

    assert not {"access_token", "refresh_token", "id_token"} & set(dir(proof.private))
    assert proof.private.secret not in held


def test_an_authority_that_is_not_ours_is_not_believed(service: Any, tmp_path: Any) -> None:
    from dmp_core.identity.psc.proxy import ProxyPsc
    from dmp_core.identity.psc.settings import PscSettings
    from dmp_core.simulator import pki as other_pki
    from dmp_core.testing.clock import ManualClock
    from dmp_core.transport.web import HttpsWeb, web_context

    other = other_pki.make(tmp_path, [], [], now())
    web = HttpsWeb(web_context(authorities=other.authority.certificate), clock=ManualClock())
    provider = ProxyPsc(PscSettings(proxy=service.psc.proxy), web)

    with pytest.raises(PscUnavailable) as caught:
        provider.begin(Channel.BROWSER, LOGIN, now())

    provider.close()
    assert caught.value.origin in ("unknown-ca", "self-signed")
