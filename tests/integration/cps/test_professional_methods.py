"""What a host asks and hears of the card, over the table of methods, a real app, card and DMP; and our own dialog."""

import json
import threading

import pytest

from dmp_core.simulator.cards.cps3 import Cps3
from hostbridge.methods.table import connect
from hostbridge.panels.panel import Drawn
from hostbridge.panels.pin import PinDialog
from hostbridge.protocol.messages import Nothing


class Host:
    """A host in memory."""

    def __init__(self, pharmacy) -> None:
        self.heard = []
        self.raw = []
        self._news = threading.Condition()
        self._number = 0
        self.connection, self.seat = connect(lambda *_: pharmacy.app, self._hear, leave=lambda _app: None)
        operator = pharmacy.counter.operator.model_dump(mode="json", exclude_none=True)
        operator["rights"] = sorted(operator["rights"])
        self.ask(
            "initialize",
            {"protocol_version": "1.0", "host": {"name": "essai", "version": "1"}, "operator": operator},
        )

        self.connection.receive(b'{"jsonrpc":"2.0","method":"initialized"}')

    def _hear(self, body: bytes) -> None:
        with self._news:
            self.raw.append(body)
            self.heard.append(json.loads(body))
            self._news.notify_all()

    def ask(self, method, params=None):
        self._number += 1
        number = self._number
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}
        self.connection.receive(json.dumps(message).encode())
        return self._wait(lambda one: one.get("id") == number)

    def notice(self, method):
        return self._wait(lambda one: one.get("method") == method)["params"]

    def _wait(self, wanted):
        with self._news:
            assert self._news.wait_for(lambda: any(map(wanted, self.heard)), timeout=20), self.heard
            return next(filter(wanted, self.heard))


@pytest.fixture
def host(pharmacy) -> Host:
    return Host(pharmacy)


def test_a_host_opens_the_card_with_a_dialog_of_its_own(host, pharmacy, put_in) -> None:
    put_in(Cps3(pharmacy.holder()))

    refused = host.ask("dmp/open", {"host_id": opened_patient(host, pharmacy)})
    needed = host.notice("pin/needed")
    entered = host.ask("pin/enter", {"request": needed["pin"]["request"], "pin": "1234", "typed_ms": 1800})
    opened = host.ask("dmp/open", {"host_id": pharmacy.patient.host_id})

    assert refused["error"]["data"]["code"] == "DMP-CARD-021"
    assert needed["pin"]["tries_left"] == 3
    assert needed["holder"]["family"] == pharmacy.practitioner.family
    assert entered["result"]["state"] == "open"
    assert [one["national_id"] for one in entered["result"]["structures"]] == [pharmacy.counter.structure.national_id]
    assert "result" in opened
    assert host.notice("session/changed")["state"] == "open"


def test_a_wrong_code_says_what_is_left_and_is_told_to_nobody(host, pharmacy, put_in, caplog) -> None:
    caplog.set_level("DEBUG")
    put_in(Cps3(pharmacy.holder()))
    request = host.ask("session/open")["result"]["pin"]["request"]

    refused = host.ask("pin/enter", {"request": request, "pin": "7391", "typed_ms": 1800})["error"]
    again = host.ask("pin/enter", {"request": request, "pin": "7391", "typed_ms": 1800})["error"]
    burst = host.ask("pin/enter", {"request": request + 1, "pin": "7391", "typed_ms": 40})["error"]

    assert (refused["data"]["code"], refused["data"]["tries_left"]) == ("DMP-CARD-034", 2)
    assert again["data"]["code"] == "DMP-INPUT-007"
    assert (burst["data"]["code"], burst["data"]["tries_left"]) == ("DMP-CARD-032", 2)
    assert "7391" not in caplog.text
    assert not any(b"7391" in body for body in host.raw)


def test_our_dialog_asks_shows_the_tries_and_confirms_the_last_one(host, pharmacy, put_in) -> None:
    from hostbridge.methods.table import answer
    from hostbridge.panels import pages

    card = Cps3(pharmacy.holder())
    put_in(card)
    host.ask("session/open")
    panel = PinDialog()

    def ask(method, params):
        return answer(host.seat, method, params)

    def page(drawn: Drawn) -> str:
        return pages.render("pin_content.html", dict(drawn.values)).decode().replace("\N{NO-BREAK SPACE}", " ")

    def enter(pin: str, **more: str) -> str:
        form = {"request": str(pharmacy.session.view().request.number), "pin": pin, "typed_ms": "1500", **more}
        return page(panel.enter(ask, Nothing(), form))

    first = page(panel.whole(ask, Nothing(), {}))
    wrong = [enter("0000"), enter("0000")]
    unconfirmed = enter("1234")
    burst = enter("1234", typed_ms="")
    done = enter("1234", last_try="confirmed")

    assert "Essais restants : 3" in first
    assert "Essais restants : 2" in wrong[0]
    assert "Dernier essai" in wrong[1]
    assert "Aucun essai n’a été utilisé" in unconfirmed
    assert "La douchette" in burst
    assert card.pin.tries == 3
    assert "La carte est ouverte" in done
    assert not any("1234" in text or "0000" in text for text in (first, *wrong, unconfirmed, burst, done))


def test_without_keys_in_a_card_there_is_no_session(make_pharmacy) -> None:
    host = Host(make_pharmacy(keys='source = "files"'))

    assert host.ask("session/open")["error"]["data"]["code"] == "DMP-CONF-001"


def opened_patient(host: Host, pharmacy) -> str:
    host.ask("patient/opened", {"patient": pharmacy.patient.model_dump(mode="json", exclude_none=True)})
    return pharmacy.patient.host_id
