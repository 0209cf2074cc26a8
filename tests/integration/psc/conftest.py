"""The simulated Pro Santé Connect over HTTPS, its pages, a browser that clicks, and our client in each of its ways."""

import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from dmp_core.identity.psc.direct import DirectPsc
from dmp_core.identity.psc.proxy import ProxyPsc
from dmp_core.identity.psc.settings import PscSettings
from dmp_core.ports import Attempt, IdentityProvider, Proof
from dmp_core.simulator import pki as test_pki
from dmp_core.simulator.pki import Pki
from dmp_core.simulator.psc_clients import Client
from dmp_core.simulator.psc_people import people_of
from dmp_core.simulator.psc_server import CLIENT, SECRET, Running, running
from dmp_core.testing import people
from dmp_core.testing.ids import SeededIds
from dmp_core.transport.loopback import LoopbackListener
from dmp_core.transport.web import HttpsWeb, web_context

WHO = people.who()
SIGNED = Client("dmp-signed", SECRET, ("http://127.0.0.1/psc",), signed_userinfo=True)


class NowClock:
    """The time of the machine, further on by what a wait would have taken: both sides share it."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return time.monotonic()


class Browser:
    """Opens a page and clicks, as the professional does."""

    def __init__(self) -> None:
        self._client = httpx.Client(follow_redirects=False, trust_env=False)

    def click(self, page: str, text: str) -> httpx.Response:
        """Follow the link of that text on that page."""
        shown = self._client.get(page)
        links = {
            unescape(label): unescape(href) for href, label in re.findall(r'<a href="([^"]+)">([^<]*)<', shown.text)
        }
        chosen = next(href for label, href in links.items() if text in label)
        return self._client.get(httpx.URL(page).join(chosen))

    def login(self, page: str, text: str = "TITULAIRE") -> str:
        """Choose who one is; the address that the browser is sent back to."""
        answer = self.click(page, text)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def get(self, url: str) -> httpx.Response:
        return self._client.get(url)

    def close(self) -> None:
        self._client.close()


@dataclass
class Service:
    """Pro Santé Connect at work."""

    psc: Running
    pki: Pki
    clock: NowClock

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.pki.authority.certificate)

    def settings(self, **changes: Any) -> PscSettings:
        known = {"issuer": self.psc.issuer, "client_id": CLIENT, "secret_file": Path("unread")}
        return PscSettings.model_validate(known | changes)


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return test_pki.make(tmp_path_factory.mktemp("psc-pki"), [WHO.structure], [WHO.author], datetime.now(UTC))


@pytest.fixture(scope="session")
def at_work(pki: Pki) -> Iterator[Service]:
    known = people_of(WHO.author, WHO.structure)
    clock = NowClock()
    with running(pki, known, now=clock.now, clients=[SIGNED]) as psc:
        yield Service(psc, pki, clock)


@pytest.fixture
def service(at_work: Service) -> Iterator[Service]:
    yield at_work
    at_work.clock.ahead = timedelta(0)
    at_work.psc.psc.faults.clear()
    at_work.psc.psc.calls.clear()


@pytest.fixture
def user() -> Iterator[Browser]:
    user = Browser()
    yield user
    user.close()


@pytest.fixture
def make_direct(service: Service) -> Iterator[Callable[..., DirectPsc]]:
    """The direct way; settings may be changed, `secret` and `pair` (a client certificate) too."""
    with ExitStack() as stack:

        def make(*, secret: str | None = SECRET, pair: Any = None, **changes: Any) -> DirectPsc:
            shown = {"certificate": pair.certificate, "key": pair.key} if pair else {}
            web = HttpsWeb(web_context(authorities=service.pki.authority.certificate, **shown), clock=service.clock)
            provider = DirectPsc(
                service.settings(**changes), web, ids=SeededIds(), secret=lambda: secret, listen=LoopbackListener
            )
            stack.callback(provider.close)
            return provider

        yield make


@pytest.fixture
def make_proxy(service: Service) -> Iterator[Callable[..., ProxyPsc]]:
    """The way through the proxy, with the pharmacy's certificate or that of `pair`."""
    with ExitStack() as stack:

        def make(pair: Any = None) -> ProxyPsc:
            pair = pair or service.pki.organisation_auth(WHO.structure.national_id)
            context = web_context(
                authorities=service.pki.authority.certificate, certificate=pair.certificate, key=pair.key
            )
            provider = ProxyPsc(PscSettings(proxy=service.psc.proxy), HttpsWeb(context, clock=service.clock))
            stack.callback(provider.close)
            return provider

        yield make


@pytest.fixture(params=["direct", "proxy"])
def provider(request: pytest.FixtureRequest) -> IdentityProvider:
    """Each way in turn."""
    made: IdentityProvider = request.getfixturevalue(f"make_{request.param}")()
    return made


@pytest.fixture
def until(service: Service) -> Callable[[IdentityProvider, Attempt], Proof]:
    """Polls when it is due until somebody is identified; an interval passes without being waited for."""

    def poll(provider: IdentityProvider, attempt: Attempt) -> Proof:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if attempt.prompt.url is None:
                service.clock.ahead += max(attempt.due_at - service.clock.now(), timedelta(0))
            proof = provider.poll(attempt, service.clock.now())
            if proof is not None:
                return proof
        raise AssertionError("nobody was identified")

    return poll
