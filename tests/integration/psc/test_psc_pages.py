"""What the pages about Pro Santé Connect say is so: configurations load, the contract's examples are what is spoken."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dmp_core.config import load
from dmp_core.errors import PscDenied, PscError, PscExpired, PscRefused, PscUnavailable
from dmp_core.identity.psc import oidc
from dmp_core.model.identification import Channel
from dmp_core.ports import HttpAnswer
from dmp_core.testing import people

DOCS = Path(__file__).resolve().parents[3] / "docs"
HOW_TO = (DOCS / "how-to" / "pro-sante-connect.md").read_text(encoding="utf-8")
CONTRACT = (DOCS / "reference" / "psc-proxy.md").read_text(encoding="utf-8")
BASE = """
environment = "production"
data = "data"
[software]
name = "LGO"
version = "1"
homologation = "X"
oid = "2.25.1"
[dmp]
url = "https://dmp.example/si-dmp-server/v2/services/"
ca = "ca.pem"
"""
STRUCTURE = '[structure.1990000001]\nname = "PHARMACIE"\nfeed_mode = "indirect"\nread_mode = "air"\n'
WHO = people.who()


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", HOW_TO, re.DOTALL))
def test_each_configuration_of_the_page_is_one(block: str, tmp_path: Path) -> None:
    file = tmp_path / "dmp.toml"
    file.write_text(BASE + block + ("" if "[structure" in block else STRUCTURE), encoding="utf-8")

    assert load(file).psc


def examples() -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", CONTRACT, re.DOTALL)]


def test_the_examples_of_the_contract_have_the_fields_that_are_spoken(
    service: Any, user: Any, make_proxy: Callable[..., Any]
) -> None:
    asked, by_browser, by_phone, poll, pending, identified = examples()
    pair = service.pki.organisation_auth(WHO.structure.national_id)
    context = service.trust
    context.load_cert_chain(pair.certificate, pair.key)
    with httpx.Client(verify=context, trust_env=False, base_url=f"{service.psc.proxy}/") as client:
        browser = client.post("open", json={"channel": "browser"}).json()
        phone = client.post("open", json=asked).json()
        waiting = client.post("poll", json=poll | {"session": phone["session"]}).json()
        user.click(service.psc.phone, "Accepter")
        service.clock.ahead += timedelta(seconds=2)
        known = client.post("poll", json={"session": phone["session"]}).json()
        ended = client.post("end", json={"session": phone["session"]})

    assert browser.keys() == by_browser.keys()
    assert phone.keys() == by_phone.keys()
    assert waiting == pending
    assert known.keys() == identified.keys()
    assert identified["userinfo"].items() <= known["userinfo"].items()
    assert (ended.status_code, ended.json()) == (200, {})


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("access_denied", PscDenied),
        ("expired_token", PscExpired),
        ("invalid_grant", PscExpired),
        ("temporarily_unavailable", PscUnavailable),
        ("server_error", PscUnavailable),
        ("unknown_user_id", PscRefused),
        ("invalid_client", PscRefused),
    ],
)
def test_the_table_of_errors_is_what_the_counter_says(code: str, error: type[PscError]) -> None:
    with pytest.raises(error):
        oidc.read(HttpAnswer(400, "application/json", json.dumps({"error": code}).encode()))

    row = next(line for line in CONTRACT.splitlines() if line.startswith("|") and f"`{code}`" in line)
    assert error.code in row


def test_the_table_of_the_host_names_methods_and_notices_of_the_bridge() -> None:
    from hostbridge.methods.table import TABLE
    from hostbridge.protocol.messages import NOTICES

    named = set(re.findall(r"`(psc/[a-z]+)", HOW_TO))

    assert named <= {*TABLE, *NOTICES}
    assert {"psc/open", "psc/choose", "psc/close", "psc/needed", "psc/browse", "psc/changed"} <= named


def test_the_phone_of_the_page_is_the_one_that_the_simulator_prints(service: Any, make_direct: Any) -> None:
    attempt = make_direct().begin(Channel.MOBILE, WHO.author.national_id, datetime.now(UTC))

    assert attempt.prompt.digits
    assert service.psc.phone.endswith("/telephone")
