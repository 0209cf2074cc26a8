"""Our client against a provider that others wrote (oidc-provider-mock), over TLS of the test authority."""

import re
import ssl
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import httpx
import pytest

from dmp_core.errors import PscUntrusted
from dmp_core.identity.psc.direct import DirectPsc
from dmp_core.identity.psc.settings import PscSettings
from dmp_core.model.identification import Channel
from dmp_core.simulator.pki import Pki
from dmp_core.simulator.psc_people import people_of, userinfo
from dmp_core.testing import people
from dmp_core.testing.ids import SeededIds
from dmp_core.transport.loopback import LoopbackListener
from dmp_core.transport.web import HttpsWeb, web_context

WHO = people.who()


@pytest.fixture(scope="module")
def issuer(pki: Pki) -> Iterator[str]:
    """The provider at work; it knows one professional, with the claims of Pro Santé Connect."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock
        from werkzeug.serving import make_server

        (person, *_) = people_of(WHO.author, WHO.structure)
        claims = userinfo(person)
        known = oidc_provider_mock.User(sub=claims.pop("sub"), claims=claims | {"acr": "eidas1"})
        app = oidc_provider_mock.app(user_claims=[known])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.server.certificate, pki.server.key)
        server = make_server("127.0.0.1", 0, app, ssl_context=context)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def make_provider(issuer: str, pki: Pki, service: Any) -> Iterator[Any]:
    made: list[DirectPsc] = []

    def make(**changes: Any) -> DirectPsc:
        settings = PscSettings.model_validate(
            {
                "issuer": issuer,
                "client_id": "lgo",
                "secret_file": "unread",
                "discovery": "openid-configuration",
                "scope": "openid profile",
            }
            | changes
        )
        web = HttpsWeb(web_context(authorities=pki.authority.certificate), clock=service.clock)
        provider = DirectPsc(settings, web, ids=SeededIds(), secret=lambda: "anything", listen=LoopbackListener)
        made.append(provider)
        return provider

    yield make
    for provider in made:
        provider.close()


def login(pki: Pki, url: str, **form: str) -> str:
    """Log in on their page; the address that the browser is sent back to."""
    with httpx.Client(verify=ssl.create_default_context(cafile=pki.authority.certificate), trust_env=False) as client:
        page = client.get(url).text
        assert re.search(r'name="sub"', page)
        return str(client.post(url, data=form).headers["location"])


@pytest.mark.filterwarnings("ignore")
def test_a_provider_of_others_identifies_the_professional(make_provider: Any, pki: Pki) -> None:
    provider, now = make_provider(), datetime.now(UTC)
    attempt = provider.begin(Channel.BROWSER, None, now)
    back = login(pki, attempt.prompt.url, sub="f:simulateur:899700000001")

    provider.redirected(attempt, back)
    proof = provider.poll(attempt, now)

    assert proof.identified.national_id == "899700000001"
    assert proof.identified.at("1990000001")[0].practitioner.specialty == "G15_21/A"
    assert provider.renew(proof, now).identified.national_id == "899700000001"


@pytest.mark.filterwarnings("ignore")
def test_a_refusal_without_our_state_could_be_anybody_s_and_changes_nothing(make_provider: Any, pki: Pki) -> None:
    provider, now = make_provider(), datetime.now(UTC)
    attempt = provider.begin(Channel.BROWSER, None, now)
    provider.redirected(attempt, login(pki, attempt.prompt.url, action="deny"))

    assert provider.poll(attempt, now) is None  # this provider leaves `state` out, which RFC 6749 4.1.2.1 demands

    provider.abandon(attempt)


@pytest.mark.filterwarnings("ignore")
def test_another_level_of_assurance_than_asked_for_is_not_accepted(make_provider: Any, pki: Pki) -> None:
    provider, now = make_provider(acr="eidas2"), datetime.now(UTC)
    attempt = provider.begin(Channel.BROWSER, None, now)
    provider.redirected(attempt, login(pki, attempt.prompt.url, sub="f:simulateur:899700000001"))

    with pytest.raises(PscUntrusted):
        provider.poll(attempt, now)

    provider.abandon(attempt)
