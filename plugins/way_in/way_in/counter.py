"""The bridge as a way in needs it: patients, the badge, the address of a window; what it refuses, said in French."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from dmp_core.api import Patient
from hostbridge.clients.python import BridgeClient, BridgeError, BridgeGone, BridgeTimeout
from way_in.settings import WayInSettings

PHARMACIST: Final = "vous, au comptoir"
VENDOR: Final = "l’éditeur du LGO"
_OPEN: Final = 8  # patients of one way in at a time: the one that was opened first is closed


class Refusal(Exception):
    """What a pharmacist is told. `status` is the HTTP status that goes with it, `code` the stable code of the error.

    `mender`: who can mend it, in the words of the counter.
    """

    def __init__(self, code: str, sentence: str, remedy: str, status: int = 422, mender: str = PHARMACIST) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.remedy = remedy
        self.status = status
        self.mender = mender

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}"

    def as_data(self) -> dict[str, str]:
        return {"code": self.code, "sentence": self.sentence, "remedy": self.remedy, "mender": self.mender}


class Counter:
    """One operator at one bridge. Safe for threads."""

    def __init__(self, client: BridgeClient) -> None:
        self._client = client
        self._lock = Lock()
        self._open: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def start(self, name: str, settings: WayInSettings) -> str:
        """Introduce this way in. Gives the environment: `simulation`, `homologation`, `production`. Raises Refusal."""
        told = self._asked(
            lambda: self._client.start(
                {
                    "host": {"name": name, "version": "0.1.0"},
                    "structure": settings.structure,
                    "operator": settings.operator.model_dump(mode="json"),
                    "capabilities": {"panels": True},
                }
            )
        )
        return str(told["environment"])

    def open(self, patient: Patient) -> None:
        """Open a patient's file, unless it is open as it stands. Raises Refusal."""
        told = patient.model_dump(mode="json")
        with self._lock:
            if self._open.get(patient.host_id) == told:
                self._open.move_to_end(patient.host_id)
                return
            self.call("patient/opened", {"patient": told})
            self._open[patient.host_id] = told
            self._open.move_to_end(patient.host_id)
            too_many = list(self._open)[:-_OPEN]
        for host_id in too_many:
            self.close(host_id)

    def close(self, host_id: str) -> None:
        """Close a patient's file; nothing where it is not open. Raises Refusal."""
        with self._lock:
            if self._open.pop(host_id, None) is None:
                return
        self.call("patient/closed", {"host_id": host_id})

    def is_open(self, host_id: str) -> bool:
        return host_id in self._open

    def status(self, host_id: str, seconds: float) -> dict[str, Any] | None:
        """The badge of an open patient: `status`, `text`, `new`; None where it is not known in time. Raises Refusal."""
        try:
            return self._client.call("dmp/status", {"host_id": host_id}, timeout=seconds)
        except BridgeTimeout:
            return None
        except BridgeError as error:
            raise refused(error) from error

    def page(self, panel: str, params: Mapping[str, Any]) -> str:
        """An address that opens that window once, within thirty seconds. Raises Refusal."""
        return str(self.call("panel/open", {"panel": panel, "params": dict(params)})["address"])

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Any method of the bridge. Raises Refusal."""
        return self._asked(lambda: self._client.call(method, params))

    @staticmethod
    def _asked(ask: Any) -> dict[str, Any]:
        try:
            found: dict[str, Any] = ask()
        except BridgeError as error:
            raise refused(error) from error
        return found


def for_vendor(code: str, sentence: str, status: int = 422) -> Refusal:
    """What the pharmacist cannot mend: how the LGO calls, or how it was installed."""
    return Refusal(code, sentence, "Transmettez ce message à l’éditeur du LGO.", status, VENDOR)


def refused(error: BridgeError) -> Refusal:
    """The same in the words of the counter."""
    if isinstance(error, BridgeGone | BridgeTimeout):
        remedy = "Réessayez dans un instant ; si cela dure, redémarrez le LGO, puis prévenez son éditeur."
        return Refusal("PONT", "Le module DMP ne répond pas.", remedy, 503)
    told = error.data
    return Refusal(
        str(told.get("code", error.code)),
        str(told.get("sentence") or "Le module DMP a refusé la demande."),
        str(told.get("remedy") or "Transmettez ce code à l’éditeur du LGO."),
        mender=PHARMACIST if told.get("mender") == "le pharmacien" else str(told.get("mender") or VENDOR),
    )
