"""Sets of rules side by side in one folder: put in, told, taken out. What fails leaves nothing behind."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from dmp_core.errors import ConfigInvalid, RulesAbsent, RulesRefused
from dmp_core.rules import ruleset, schematron
from dmp_core.rules.package import GENERAL, SCHEMA, SCHEMATRONS, Package, open_package
from dmp_core.rules.process import USUAL, Limits, Worker, WorkerFailed
from dmp_core.rules.ruleset import FILE, STYLESHEETS, RuleSet, TypeRules
from dmp_core.rules.schema import Schema
from dmp_core.rules.schematron import Schematron
from dmp_core.rules.translation import FORMAT, translate

Progress = Callable[[int, int], None]
"""Hears how many schematrons are done, of how many."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def install(
    source: Path,
    folder: Path,
    *,
    name: str | None,
    at: datetime,
    progress: Progress = lambda _done, _all: None,
    limits: Limits = USUAL,
) -> RuleSet:
    """Verify the package at `source`, translate and compile its rules, put it in `folder` under `name`.

    Raises RulesRefused with the reason, ExtraMissing, ConfigInvalid for a name that is taken or none.
    """
    package = open_package(source)
    chosen = name or re.sub(r"[^A-Za-z0-9._-]+", "-", package.label).strip("-.")[:64]
    target = _named(folder, chosen)
    if target.exists():
        raise ConfigInvalid(f"rules: {chosen} is installed: remove it first, or choose another --name")
    building = folder / f".{chosen}.new"
    shutil.rmtree(building, ignore_errors=True)
    try:
        built = _build(package, building, chosen, at, progress, limits)
        (building / FILE).write_text(built.model_dump_json(indent=1), encoding="utf-8")
        building.rename(target)
    except OSError as error:
        raise RulesRefused(f"cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return built


def names(folder: Path) -> Sequence[str]:
    """What stands there, also what cannot be used."""
    places = sorted(folder.iterdir()) if folder.is_dir() else []
    return [place.name for place in places if _NAME.fullmatch(place.name) and place.is_dir()]


def installed(folder: Path) -> Sequence[RuleSet]:
    """The sets that can be used, by name: not those that are damaged, or were installed by another version."""
    found = []
    for name in names(folder):
        with suppress(RulesAbsent):
            found.append(ruleset.read(folder / name))
    return found


def remove(folder: Path, name: str) -> None:
    """Raises RulesAbsent."""
    target = _named(folder, name)
    if not target.is_dir():
        raise RulesAbsent(f"no set of rules {name}")
    shutil.rmtree(target)


def _named(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ConfigInvalid("rules: a name has letters, digits, `.`, `_`, `-`, at most 64")
    return folder / name


def _build(package: Package, folder: Path, name: str, at: datetime, progress: Progress, limits: Limits) -> RuleSet:
    for path, content in package.files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    (folder / STYLESHEETS).mkdir()
    entry = package.find(SCHEMA) or SCHEMA
    Schema(folder, entry)
    notes: list[str] = []
    general, types = _translate_all(package, folder, notes, progress, limits)
    return RuleSet(
        format=FORMAT,
        name=name,
        source=package.label,
        digest=package.digest,
        dated=package.dated,
        installed_at=at,
        schema_entry=entry,
        general=[one.name for one in general],
        types=[TypeRules(name=one.name, models=one.models()) for one in types],
        notes=[*notes, *(f"{one.name} names no model of CI-SIS: never used" for one in types if not one.models())],
    )


def _translate_all(
    package: Package, folder: Path, notes: list[str], progress: Progress, limits: Limits
) -> tuple[list[Schematron], list[Schematron]]:
    """The general schematrons, which must all be right, and those of the types, of which a wrong one is left out."""
    general = [package.find(f"{SCHEMATRONS}/{one}") or one for one in GENERAL]
    types = sorted(path for path in package.files if _is_of_a_type(path) and path not in general)
    read: dict[str, Schematron] = {}
    worker = Worker(folder / STYLESHEETS, limits)
    try:
        for rank, path in enumerate([*general, *types]):
            progress(rank, len(general) + len(types))
            try:
                read[path] = _add(package, path, folder, worker, notes)
            except RulesRefused as error:
                if path in general:
                    raise
                notes.append(f"left out: {error.detail}")
        progress(len(general) + len(types), len(general) + len(types))
    finally:
        worker.close()
    return [read[path] for path in general], [read[path] for path in types if path in read]


def _add(package: Package, path: str, folder: Path, worker: Worker, notes: list[str]) -> Schematron:
    """Translate one schematron, write it, compile it."""
    read = schematron.read(package, path)
    translated = translate(read, package)
    place = folder / STYLESHEETS / read.name
    if place.with_name(f"{read.name}.xsl").exists():
        raise RulesRefused(f"{path}: a second schematron of that name")
    place.with_name(f"{read.name}.xsl").write_bytes(translated.stylesheet)
    tests = json.dumps([asdict(test) for test in translated.tests], ensure_ascii=False)
    place.with_name(f"{read.name}.json").write_text(tests, encoding="utf-8")
    try:
        worker.compile(read.name)
    except WorkerFailed as error:
        raise RulesRefused(f"{read.name}: {error.reason}") from None
    notes += [f"{read.name} includes {one}, which is not there" for one in read.missing]
    notes += [f"{read.name} opens {one}, which is not there" for one in translated.absent]
    return read


def _is_of_a_type(path: str) -> bool:
    """Those of the types of document stand at the top of their folder."""
    place, _, name = path.rpartition("/")
    return place.casefold() == SCHEMATRONS and name.casefold().endswith(".sch")
