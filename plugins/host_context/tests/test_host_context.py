"""What a contextual call may say, and what becomes of the file that an address names."""

import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from host_context.address import KEPT_SECONDS, name_in, sweep, take
from host_context.context import LIMIT, read_form, read_left
from host_context.settings import Settings
from pydantic import ValidationError
from way_in.counter import Refusal

NAME = "a" * 24
FIELDS = {
    "host_id": "dossier-1",
    "birth_name": "PAT-TROIS",
    "birth_given_names": "DOMINIQUE",
    "first_birth_given_name": "DOMINIQUE",
    "sex": "F",
    "birth_date": "1979-03-28",
    "ins": "279035121518989",
    "ins_oid": "1.2.250.1.213.1.4.10",
    "status": "qualifiee",
}
OPERATOR: dict[str, Any] = {"operator": {"id": "comptoir", "rights": ["read"]}}


def form(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def left(folder: Path, text: str = json.dumps(FIELDS), mode: int = 0o600) -> Path:
    file = folder / f"{NAME}.json"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_a_form_and_a_file_say_the_same() -> None:
    assert read_form(form(FIELDS | {"token": "t", "used_name": ""})) == (read_left(json.dumps(FIELDS).encode()), "t")


def test_a_patient_is_the_one_that_was_told() -> None:
    patient = read_left(json.dumps(FIELDS).encode()).patient()

    assert patient.model_dump(mode="json", exclude_none=True, exclude_defaults=True) == {
        "host_id": "dossier-1",
        "traits": {name: FIELDS[name] for name in FIELDS if name in ("sex", "birth_date") or "_name" in name},
        "ins": {"value": FIELDS["ins"], "oid": FIELDS["ins_oid"]},
        "status": "qualifiee",
    }


def test_a_document_is_named_by_its_reference_alone() -> None:
    wish, _ = read_form(b"document=88")

    assert wish.document == "88"
    with pytest.raises(Refusal):
        read_form(b"document=88&host_id=1")


@pytest.mark.parametrize("body", [b"a", b"a=1&a=2", "host_id=é".encode(), b"&".join([b"a=1"] * 50), b"a=%ff"])
def test_a_form_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        read_form(body)

    assert refusal.value.status == 400


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 10_000, '{"host_id": 3}', '{"PAT-TROIS": 1}', "null"])
def test_a_file_that_is_none_is_refused_without_its_values(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_left(text.encode())

    assert "PAT-TROIS" not in str(refusal.value)


def test_an_address_holds_an_opaque_name_and_nothing_else() -> None:
    assert name_in(f"dmp-lgo://open?context={NAME}") == name_in(f"dmp-lgo://open/?context={NAME}") == NAME


@pytest.mark.parametrize(
    "address",
    [
        "",
        "dmp-lgo://open",
        "dmp-lgo://open?context=court",
        "dmp-lgo://open?context=../../../../../../etc/passwd",
        f"dmp-lgo://open?context={NAME}&ins=1",
        f"dmp-lgo://open?context={NAME}\n",
        f"dmp-lgo://close?context={NAME}",
        f"https://open?context={NAME}",
        f"dmp-lgo://open?context={'a' * 87}",
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(Refusal):
        name_in(address)


def test_a_context_is_taken_once(tmp_path: Path) -> None:
    file = left(tmp_path)

    wish = take(tmp_path, NAME, time.time())

    assert wish.host_id == "dossier-1"
    assert not file.exists()
    with pytest.raises(Refusal):
        take(tmp_path, NAME, time.time())


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the folder for its user")
def test_a_context_that_others_can_read_is_refused_and_removed(tmp_path: Path) -> None:
    file = left(tmp_path, mode=0o644)

    with pytest.raises(Refusal, match="0600"):
        take(tmp_path, NAME, time.time())

    assert not file.exists()


def test_a_context_that_is_too_old_too_long_or_a_link_is_refused(tmp_path: Path) -> None:
    left(tmp_path)
    with pytest.raises(Refusal):
        take(tmp_path, NAME, time.time() + KEPT_SECONDS + 1)

    left(tmp_path, "x" * (LIMIT + 1))
    with pytest.raises(Refusal):
        take(tmp_path, NAME, time.time())

    other = tmp_path / "other.txt"
    other.write_text(json.dumps(FIELDS), encoding="utf-8")
    (tmp_path / f"{NAME}.json").symlink_to(other)
    with pytest.raises(Refusal):
        take(tmp_path, NAME, time.time())
    assert other.exists()


def test_what_nobody_asked_for_is_swept(tmp_path: Path) -> None:
    file = left(tmp_path)

    sweep(tmp_path, time.time())
    assert file.exists()
    sweep(tmp_path, time.time() + KEPT_SECONDS + 1)

    assert not file.exists()


@pytest.mark.parametrize("wrong", [{"listen": "0.0.0.0"}, {"public_url": "https://exemple.fr"}, {"port": 70_000}])
def test_it_listens_on_this_machine_only(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(OPERATOR | wrong)
