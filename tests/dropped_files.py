"""What a pharmacy software drops in a watched folder, and what then stands where."""

import json
from pathlib import Path

from hostbridge.clients.python import BridgeClient

ROOT = Path(__file__).resolve().parents[1]
CASE = json.loads((ROOT / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8"))
WAITING = "en-attente.txt"
PDF = b"%PDF-1.4\n%%EOF\n"
SIDECAR = {
    "type_id": "bilan-medication",
    "record": "88",
    "patient": CASE["patients"][0],
    "content": {"date": "2026-01-15"},
}
TABLE = """
[file]
format = "json"
each = "actes"
[patient]
host_id = "patient/host_id"
[patient.traits]
birth_name = "patient/nom"
birth_given_names = "patient/prenom"
first_birth_given_name = "patient/prenom"
sex = "patient/sexe"
birth_date = "patient/ne"
[[document]]
type = "bilan-medication"
key = "id"
record = "id"
[document.content]
date = "date"
fichier = { contenu = { file = "pdf" } }
"""


def dropped(folder: Path, name: str, sidecar: object = SIDECAR) -> None:
    (folder / f"{name}.pdf").write_bytes(PDF)
    (folder / f"{name}.json").write_text(sidecar if isinstance(sidecar, str) else json.dumps(sidecar), encoding="utf-8")


def standing(folder: Path) -> dict[str, list[str]]:
    return {
        place: sorted(
            file.name
            for file in (folder / place).iterdir()
            if file.is_file() and file.name != WAITING and not file.name.startswith(".")
        )
        for place in (".", "traites", "refuses")
    }


def waiting(folder: Path) -> str:
    """What the list of what waits says; empty where there is none."""
    file = folder / WAITING
    return file.read_text(encoding="utf-8-sig") if file.exists() else ""


def items(client: BridgeClient) -> list[dict[str, object]]:
    return list(client.call("outbox/list")["items"])
