"""The main road: *Enregistrer*, the feed window, *Envoyer*, and the document is in the record."""

import hashlib
from base64 import b64decode
from contextlib import suppress
from time import perf_counter
from typing import Any, Final

from dmp_core.api import Patient
from hostbridge.clients.python import BridgeClient
from lgo_demo.case import Case, in_words_of_id
from lgo_demo.counter import arrive, open_patient, open_record
from lgo_demo.steps import Seen, Step, Stopped, Tell, Transcript, silent

_ASKED: Final = frozenset({"awaiting_confirmation", "held"})
_ENDED: Final = frozenset({"sent", "cancelled"})
_LOOK_EVERY: Final = 1.0  # seconds without a notice before the outbox is asked


def feed(
    client: BridgeClient,
    case: Case,
    *,
    save: str = "demonstration-1",
    seconds: float = 60.0,
    tell: Tell = silent,
) -> list[Step]:
    """Feed the vaccination of the case's first patient and read it back; the steps taken, the last one failed or not.

    `client` is not started yet, its bridge has the plugins `lgo_id` and `doc_officine`. `save` names this save: the
    same one is fed once, however often it is repeated. `seconds`: how long to wait for the DMP. `tell` hears each step.
    """
    road = _Feed(client, case.patients[0], Transcript(tell), save, seconds)
    with suppress(Stopped):
        arrive(client, case, road.transcript)
        open_patient(client, road.patient, road.transcript)
        item = road.saved(case.vaccination)
        road.confirmed(item)
        sent = road.sent()
        road.read_back(sent)
    return road.transcript.steps


class _Feed:
    """One save on its road."""

    def __init__(
        self, client: BridgeClient, patient: Patient, transcript: Transcript, save: str, seconds: float
    ) -> None:
        self.patient = patient
        self.transcript = transcript
        self._client = client
        self._save = save
        self._seconds = seconds

    def saved(self, vaccination: dict[str, Any]) -> str:
        """*Enregistrer*: the bridge has it on disk, then asks for the feed window. Gives the item."""
        message = {
            "format": "id-host/1",
            "enregistrement": f"vaccination-{self._save}",
            "sauvegarde": self._save,
            "patient": in_words_of_id(self.patient),
            "vaccination": vaccination,
        }
        params = {"name": "vaccination.enregistree", "payload": message, "key": self._save}
        self.transcript.take("host/event", lambda: Seen(self._client.call("host/event", params)["state"]))
        item: str = self.transcript.take("window/show", lambda: self._until(_ASKED))["item"]
        return item

    def confirmed(self, item: str) -> None:
        """The feed window: what it shows, then *Envoyer*."""
        self.transcript.take("feed/describe", lambda: _described(self._client.call("feed/describe", {"item": item})))
        self.transcript.take("feed/confirm", lambda: Seen(self._client.call("feed/confirm", {"item": item})["state"]))

    def sent(self) -> dict[str, Any]:
        """The DMP has it. Gives the item."""
        sent: dict[str, Any] = self.transcript.take("feed/finished", lambda: self._until(_ENDED), transaction="TD2.1")
        return sent

    def read_back(self, sent: dict[str, Any]) -> None:
        """The record holds what was sent, byte for byte as the DMP's own hash and size tell."""
        host_id, unique_id = self.patient.host_id, sent["unique_id"]
        open_record(self._client, self.patient, self.transcript)
        wanted = {"host_id": host_id, "unique_id": unique_id}
        self.transcript.take("dmp/list", lambda: self._listed(unique_id), transaction="TD3.1")
        read = self.transcript.take(
            "dmp/fetch", lambda: _fetched(self._client.call("dmp/fetch", wanted)), transaction="TD3.2"
        )
        self.transcript.take("compare", lambda: _compared(sent, read))

    def _listed(self, unique_id: str) -> Seen:
        entries = self._client.call("dmp/list", {"host_id": self.patient.host_id, "since": "all"})["entries"]
        found = any(entry["unique_id"] == unique_id for entry in entries)
        return Seen(ok=found, detail=f"{len(entries)} documents, the one sent is {'there' if found else 'missing'}")

    def _until(self, states: frozenset[str]) -> Seen:
        """The item of this save, once it is in one of `states`: heard of, or asked for where no notice comes."""
        end = perf_counter() + self._seconds
        seen: dict[str, Any] = {}
        while (left := end - perf_counter()) > 0 and seen.get("state") not in states | {"refused"}:
            notice = self._client.next_notice(min(left, _LOOK_EVERY))
            item = notice.params.get("item") if notice else self._in_outbox()
            if isinstance(item, dict) and item["key"] == self._save:
                seen = item
        fault = seen.get("fault") or {}
        detail = " ".join(str(fault.get(name) or "") for name in ("code", "sentence", "detail", "dmp_text")).strip()
        state = seen.get("state", "")
        return Seen(state, detail or _identity(seen), ok=state in states, value=seen)

    def _in_outbox(self) -> dict[str, Any] | None:
        items: list[dict[str, Any]] = self._client.call("outbox/list", {"limit": 1000})["items"]
        return next((item for item in items if item["key"] == self._save), None)


def _identity(item: dict[str, Any]) -> str:
    """What names the document for the DMP, once nothing of it may change."""
    return f"{item['unique_id']} sha1 {item['hash']} {item['size']} bytes" if item.get("unique_id") else ""


def _described(form: dict[str, Any]) -> Seen:
    return Seen(detail=form["type_label"])


def _fetched(document: dict[str, Any]) -> Seen:
    content = b64decode(document["content"], validate=True)
    return Seen(detail=f"sha256 {hashlib.sha256(content).hexdigest()} {len(content)} bytes", value=content)


def _compared(sent: dict[str, Any], read: bytes) -> Seen:
    sha1 = hashlib.sha1(read, usedforsecurity=False).hexdigest()
    same = (sha1, len(read)) == (sent["hash"], sent["size"])
    return Seen(ok=same, detail=f"{'the same bytes' if same else 'other bytes'}: sha1 {sha1} {len(read)} bytes")
