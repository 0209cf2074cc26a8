"""The seat: one bridge, who works there, whose file is open, what was saved, and what the bridge told since."""

import itertools
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Final

from dmp_core.api import Patient
from hostbridge.clients.python import BridgeClient, BridgeError, Notice
from lgo_demo.case import in_words_of_id
from lgo_demo.counter import as_json
from lgo_demo.web.forms.form import Form, Values
from lgo_demo.web.news import News, news_of, words_of_session
from lgo_demo.web.people import Colleague, Pharmacy

_ON_ITS_WAY: Final = frozenset({"accepted", "composed", "translated"})
"""States before the bridge knows what to ask the counter."""
_DONE: Final = frozenset({"sent", "cancelled", "translated"})
_KEPT: Final = 500  # news of one run
_CPS: Final = frozenset({"cps3", "cps4"})


@dataclass(frozen=True, slots=True)
class Saved:
    """One record of a patient's file. `state`: what the bridge says of its document, in French."""

    record: str
    form: Form
    host_id: str = field(repr=False)
    values: Values = field(repr=False)
    state: str = "Enregistré"
    item: str = ""


class Desk:
    """Safe for threads: the pages ask from several, the bridge's notices come in one of their own."""

    def __init__(self, client: BridgeClient, pharmacy: Pharmacy) -> None:
        self.pharmacy = pharmacy
        self.colleague: Colleague = next(iter(pharmacy.colleagues.values()))
        self.patient: Patient | None = None
        self.environment = ""
        self._client = client
        self._news: list[News] = []
        self._items: dict[str, dict[str, Any]] = {}  # by the key of the save
        self._badges: dict[str, News] = {}
        self._saved: dict[str, Saved] = {}
        self._numbers = itertools.count(1)
        self._run = secrets.token_hex(4)  # no save of another run has this name
        self._changed = threading.Condition()
        self._closing = threading.Event()

    # ------------------------------------------------------------ the bridge

    def arrive(self) -> None:
        """Start the bridge and listen to what it tells. Raises BridgeError."""
        hello = self._client.start(
            {
                "host": {"name": "lgo_demo", "version": "0.1.0"},
                "adapter": "lgo_id",
                "structure": self.pharmacy.structure,
                "operator": as_json(self.colleague.operator),
                "capabilities": {"panels": True},
            }
        )
        self.environment = hello["environment"]
        # A thread of this host, not of the core: it listens while the pages are shown.
        threading.Thread(target=self._listen, name="news", daemon=True).start()  # noqa: TID251

    def leave(self) -> None:
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        self._client.close()

    def window(self, panel: str, params: Mapping[str, Any]) -> str:
        """The one-time address of a window of the bridge. Raises BridgeError."""
        address: str = self._client.call("panel/open", {"panel": panel, "params": dict(params)})["address"]
        return address

    # ------------------------------------------------------------ who works, whose file is open

    def work(self, operator_id: str) -> None:
        """Another operator takes the seat. Raises BridgeError, KeyError."""
        colleague = self.pharmacy.colleagues[operator_id]
        self._client.call("operator/changed", {"operator": as_json(colleague.operator)})
        self.colleague = colleague

    def show(self, host_id: str) -> Patient:
        """The patient's file is shown. Raises BridgeError, KeyError."""
        patient = self.pharmacy.patients[host_id]
        if self.patient != patient:
            self.hide()
            self._client.call("patient/opened", {"patient": as_json(patient)})
            self.patient = patient
        return patient

    def hide(self) -> None:
        """The patient's file is left. Raises BridgeError."""
        if self.patient is not None:
            self._client.call("patient/closed", {"host_id": self.patient.host_id})
            self.patient = None

    # ------------------------------------------------------------ what is saved

    def save(self, form: Form, host_id: str, values: Values, record: str = "") -> str:
        """*Enregistrer*: the bridge has it on disk. Gives the key of this save. Raises BridgeError, KeyError."""
        patient, number = self.pharmacy.patients[host_id], next(self._numbers)
        record = record if record in self._saved else f"{form.name}-{self._run}-{number}"
        key = f"{record}-{number}"
        content = form.content(values)
        self._saved[record] = Saved(record, form, host_id, dict(values))
        if form.name == "vaccination":
            self._client.call("host/event", _in_words_of_id(patient, record, key, content))
        else:
            told = {"key": key, "record": record, "type_id": form.type_id, "patient": as_json(patient)}
            self._client.call("document/saved", told | {"content": content})
        if form.counts:
            act = {"record": record, "type_id": form.type_id, "done_on": values["date"], "host_id": host_id}
            act["operator"] = self.colleague.operator.id
            with suppress(BridgeError):  # who may not feed declares nothing; the document says so itself
                self._client.call("acts/declare", {"acts": [act]})
        return key

    def saved_of(self, host_id: str) -> list[Saved]:
        """The records of this run, the newest first."""
        return [one for one in reversed(self._saved.values()) if one.host_id == host_id]

    def saved(self, record: str) -> Saved | None:
        return self._saved.get(record)

    def item_of(self, key: str, seconds: float) -> dict[str, Any] | None:
        """The item of a save, once the bridge knows what to ask of the counter; None where that takes too long."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing.is_set() or key in self._items, seconds)
            return self._items.get(key)

    def waiting(self) -> int:
        """How many documents are not at their end; 0 for an operator who may not see them."""
        try:
            counts: dict[str, int] = self._client.call("outbox/list", {"limit": 1})["counts"]
        except BridgeError:
            return 0
        return sum(count for state, count in counts.items() if state not in _DONE)

    def cards(self) -> dict[str, Any]:
        """The readers of this seat, as `card/list` gives them. Raises BridgeError."""
        cards: dict[str, Any] = self._client.call("card/list")
        return cards

    def session(self, cards: Mapping[str, Any]) -> dict[str, Any] | None:
        """The session of the professional's card, in words; None where no key of this pharmacy is in a card."""
        try:
            shown: dict[str, Any] = self._client.call("session/show")
        except BridgeError:
            return None
        cps = any(one["card"] in _CPS for one in cards["readers"])
        return {"state": shown["state"], "cps": cps, "text": words_of_session(shown)}

    def open_card(self) -> str:
        """The window that asks the code, where one is asked. Raises BridgeError: no card, a blocked one, another's."""
        return "/fenetre/pin" if self._client.call("session/open")["pin"] else ""

    def close_card(self) -> None:
        """Raises BridgeError."""
        self._client.call("session/close")

    # ------------------------------------------------------------ what the bridge told

    def badge(self, host_id: str) -> News | None:
        """What was last told of this patient's record."""
        return self._badges.get(host_id)

    def last(self) -> int:
        """The number of the newest news."""
        with self._changed:
            return self._news[-1].number if self._news else 0

    def news_after(self, number: int, seconds: float) -> list[News]:
        """What was told since that number; empty where nothing comes in time."""
        end = perf_counter() + seconds
        with self._changed:
            while not (found := [one for one in self._news if one.number > number]):
                left = end - perf_counter()
                if left <= 0 or self._closing.is_set():
                    break
                self._changed.wait(left)
            return found

    def _listen(self) -> None:
        while not self._closing.is_set():
            notice = self._client.next_notice(1.0)
            if notice is None:
                continue
            if notice.method == "document/importWanted":
                self._keep(notice)
            self._heard(notice)

    def _heard(self, notice: Notice) -> None:
        news = news_of(notice, self.pharmacy)
        with self._changed:
            item = notice.params.get("item")
            if isinstance(item, dict):
                self._note(item)
            for one in news:
                numbered = replace(one, number=(self._news[-1].number if self._news else 0) + 1)
                self._news = [*self._news[-_KEPT:], numbered]
                if one.kind == "badge":
                    self._badges[one.host_id] = numbered
            self._changed.notify_all()

    def _note(self, item: dict[str, Any]) -> None:
        """Where a save stands now."""
        if item["state"] not in _ON_ITS_WAY:
            self._items[item["key"]] = item
        saved = self._saved.get(item["record"])
        if saved is not None and item["state"] not in ("translated", "accepted"):
            self._saved[saved.record] = replace(saved, state=item["label"], item=item["item"])

    def _keep(self, notice: Notice) -> None:
        """Take a document of the DMP into the file: here only that it is there; its origin is in the notice."""
        wanted = {"host_id": notice.params["host_id"], "unique_id": notice.params["entry"]["unique_id"]}
        with suppress(BridgeError):  # it may be asked for again
            self._client.call("dmp/fetch", wanted)
            self._client.call("document/imported", wanted)


def _in_words_of_id(patient: Patient, record: str, key: str, content: dict[str, Any]) -> dict[str, Any]:
    message = {
        "format": "id-host/1",
        "enregistrement": record,
        "sauvegarde": key,
        "patient": in_words_of_id(patient),
        "vaccination": content,
    }
    return {"name": "vaccination.enregistree", "payload": message, "key": key}
