"""The plugins that were installed from wheels: each version in a folder of its own, one of them in use.

    FOLDER/lgo_example/current                    1.1.0-9a41c2d07e55
    FOLDER/lgo_example/previous                   1.0.0-03b7f1e8aa10
    FOLDER/lgo_example/versions/1.1.0-9a41.../plugin/    the wheel's files
                                              wheels/NAME/   those of a wheel that it brings
                                              installed.json

A version is whole before it has its name; the file that names it is replaced at once. What is on the disk is digested
again at each start: one byte changed, and the version is not used.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dmp_core.errors import PluginRefused
from dmp_core.plughost import manifest as manifests
from dmp_core.plughost import wheel as wheels
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.manifest import FILE, Manifest
from dmp_core.plughost.signing import SUFFIX, Digest, Signed, digest_of
from dmp_core.plughost.signing import read as read_signature
from dmp_core.plughost.trust import Trust
from dmp_core.plughost.wheel import Wheel, normal

_CURRENT, _PREVIOUS, _VERSIONS, _TOLD = "current", "previous", "versions", "installed.json"
_PLUGIN, _WHEELS = "plugin", "wheels"
_ID: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")


class Installed(BaseModel):
    """What is kept beside a version: whose it is, what it must be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plugin: str
    version: str
    distribution: str
    package: str
    digest: Digest
    wheels: Mapping[str, Digest] = Field(default_factory=dict, description="folder -> digest")
    signed: Signed | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that may be installed: read, verified, not yet written anywhere."""

    manifest: Manifest
    wheel: Wheel
    brought: tuple[Wheel, ...]
    signed: Signed | None
    publisher: str

    @property
    def name(self) -> str:
        """Of the folder of this version."""
        return f"{self.manifest.version}-{digest_of({'': self.wheel.digest, **_digests(self.brought)})[:12]}"


class Store:
    """The plugins below `trust.folder`."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._folder = trust.folder

    # ------------------------------------------------------------ what is there

    def ids(self) -> tuple[str, ...]:
        """Every plugin that has a version in use."""
        return tuple(sorted(path.parent.name for path in self._folder.glob(f"*/{_CURRENT}")))

    def find(self) -> tuple[Found, ...]:
        """The version in use of each, with the reason where it may not be used."""
        return tuple(self._found(plugin) for plugin in self.ids())

    def current(self, plugin: str) -> str:
        """The folder's name of the version in use; empty where there is none."""
        return self._pointer(plugin, _CURRENT)

    def installed(self, plugin: str) -> Installed | None:
        """What the version in use was installed as."""
        name = self.current(plugin)
        return self._told(plugin, name) if name else None

    def versions(self, plugin: str) -> tuple[str, ...]:
        """The folders' names of the versions that are there."""
        folder = self._folder / plugin / _VERSIONS
        return (
            tuple(sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")))
            if folder.is_dir()
            else ()
        )

    def _found(self, plugin: str) -> Found:
        found = Found(id=plugin, distribution="")
        try:
            name = self.current(plugin)
            told = self._told(plugin, name)
            version = self._folder / plugin / _VERSIONS / name
            roots = (version / _PLUGIN, *(version / _WHEELS / each for each in sorted(told.wheels)))
            self._must_be_unaltered(version, told)
            publisher = self._trust.admit(plugin, told.signed, told.digest)
            folder = version / _PLUGIN / told.package
            manifest = manifests.read(folder / FILE)
            if manifest.id != plugin:
                raise PluginRefused(f"the manifest says {manifest.id}, its folder {plugin}")
            return Found(
                plugin, told.distribution, folder, manifest, "", roots, publisher or told.distribution, told.digest
            )
        except PluginRefused as error:
            return Found(id=plugin, distribution=found.distribution, reason=error.detail)
        except OSError as error:
            return Found(id=plugin, distribution="", reason=f"its folder cannot be read: {error.strerror}")

    def _must_be_unaltered(self, version: Path, told: Installed) -> None:
        """Every byte is the one that was installed, and the one that was signed. Raises PluginRefused."""
        found = {"": digest_of(_digested(version / _PLUGIN))}
        found |= {name: digest_of(_digested(version / _WHEELS / name)) for name in told.wheels}
        if found != {"": told.digest, **told.wheels}:
            raise PluginRefused("altered since it was installed")
        if told.signed is not None:
            told.signed.verify()
            _must_be_of(told.signed, told.plugin, told.version, told.digest, sorted(told.wheels.values()))

    # ------------------------------------------------------------ what is done

    def candidate(self, path: Path, brought: Sequence[Path] = ()) -> Candidate:
        """The plugin in a wheel, its signature verified first, with the wheels that it brings. Raises PluginRefused."""
        signed = _signature(path)
        publisher = self._trust.publisher(signed.key) if signed else ""
        wheel, others = wheels.read(path), tuple(wheels.read(each) for each in brought)
        if signed is not None:
            _must_be_of(signed, None, None, wheel.digest, sorted(other.digest for other in others))
        manifest = _manifest_in(wheel)
        self._trust.admit(manifest.id, signed, wheel.digest)
        if signed is not None:
            _must_be_of(signed, manifest.id, manifest.version, wheel.digest, sorted(o.digest for o in others))
        _must_be_complete(wheel, others)
        self._must_be_the_same_publisher(manifest.id, signed, wheel)
        return Candidate(manifest, wheel, others, signed, publisher or wheel.distribution)

    def install(self, candidate: Candidate) -> None:
        """Put this version in use; the one before can be rolled back to. Raises PluginRefused, OSError."""
        plugin = candidate.manifest.id
        now = self.installed(plugin) if self.current(plugin) else None
        if now is not None and _rank(candidate.manifest.version) < _rank(now.version):
            raise PluginRefused(
                f"{candidate.manifest.version} is older than {now.version}, which is in use: see `dmp plugins rollback`"
            )
        folder = self._folder / plugin / _VERSIONS / candidate.name
        if not folder.exists():
            draft = folder.with_name(f".new-{candidate.name}")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            self._write(candidate, draft)
            draft.replace(folder)
        before = self.current(plugin)
        if before and before != candidate.name:
            self._point(plugin, _PREVIOUS, before)
        self._point(plugin, _CURRENT, candidate.name)

    def roll_back(self, plugin: str) -> str:
        """Put the version before in use again, and give its name. Raises PluginRefused where there is none."""
        before, now = self._pointer(plugin, _PREVIOUS), self.current(plugin)
        if not before or before not in self.versions(plugin):
            raise PluginRefused(f"{plugin[:40]} has no version before this one")
        self._point(plugin, _CURRENT, before)
        self._point(plugin, _PREVIOUS, now)
        return before

    def remove(self, plugin: str) -> None:
        """Take it out with all its versions. Raises PluginRefused where it was not installed here."""
        if not _ID.fullmatch(plugin) or not self.current(plugin):
            raise PluginRefused(f"{plugin[:40]} is not installed in the plugins' folder")
        (self._folder / plugin / _CURRENT).unlink()
        shutil.rmtree(self._folder / plugin, ignore_errors=True)

    def _write(self, candidate: Candidate, draft: Path) -> None:
        candidate.wheel.extract(draft / _PLUGIN)
        for other in candidate.brought:
            other.extract(draft / _WHEELS / _folder_of(other))
        told = Installed(
            plugin=candidate.manifest.id,
            version=candidate.manifest.version,
            distribution=candidate.wheel.distribution,
            package=candidate.wheel.plugins[candidate.manifest.id],
            digest=candidate.wheel.digest,
            wheels=_digests(candidate.brought),
            signed=candidate.signed,
        )
        (draft / _TOLD).write_text(told.model_dump_json(indent=1), encoding="utf-8")

    def _must_be_the_same_publisher(self, plugin: str, signed: Signed | None, wheel: Wheel) -> None:
        """The name of a plugin stays with who published it first: another one removes it before."""
        before = self.installed(plugin)
        if before is None:
            return
        if before.signed is not None and (signed is None or signed.key != before.signed.key):
            raise PluginRefused(f"{plugin} was published under another key: remove it first if that is meant")
        if normal(before.distribution) != normal(wheel.distribution):
            raise PluginRefused(f"{plugin} belongs to {before.distribution}: another distribution cannot take its name")

    def _told(self, plugin: str, name: str) -> Installed:
        try:
            file = self._folder / plugin / _VERSIONS / name / _TOLD
            told = Installed.model_validate_json(file.read_bytes())
        except (OSError, ValidationError):
            raise PluginRefused("its installation is damaged: install it again") from None
        if told.plugin != plugin or not all(_inside(each) for each in (told.package, *told.wheels)):
            raise PluginRefused("its installation is damaged: install it again")
        return told

    def _pointer(self, plugin: str, which: str) -> str:
        try:
            name = (self._folder / plugin / which).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return ""
        return name if _inside(name) else ""

    def _point(self, plugin: str, which: str, name: str) -> None:
        draft = self._folder / plugin / f".{which}.new"
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(f"{name}\n")
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self._folder / plugin / which)


def unsigned(path: Path, brought: Sequence[Path] = ()) -> Signed:
    """What a publisher is to sign of a wheel and those that it brings. Raises PluginRefused as `candidate`."""
    wheel, others = wheels.read(path), tuple(wheels.read(each) for each in brought)
    manifest = _manifest_in(wheel)
    _must_be_complete(wheel, others)
    return Signed(
        plugin=manifest.id,
        version=manifest.version,
        digest=wheel.digest,
        wheels={other.path.name: other.digest for other in others},
        key="",
    )


def _inside(name: str) -> bool:
    return bool(name) and name not in (".", "..") and not set(name) & set("/\\:")


def _rank(version: str) -> tuple[int, ...]:
    """What versions are compared by: their numbers."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", version))


def _folder_of(wheel: Wheel) -> str:
    return f"{normal(wheel.distribution)}-{wheel.version}"


def _digests(brought: Sequence[Wheel]) -> dict[str, str]:
    return {_folder_of(wheel): wheel.digest for wheel in brought}


def _digested(folder: Path) -> dict[str, str]:
    """Every file below `folder`; what Python may have compiled is no part of it and is never read."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(folder)
    }


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise PluginRefused("altered since it was installed: a link")
        if path.is_file():
            yield path


def _signature(path: Path) -> Signed | None:
    file = path.with_name(path.name + SUFFIX)
    return read_signature(file) if file.exists() else None


def _manifest_in(wheel: Wheel) -> Manifest:
    """The manifest of the one plugin in a wheel. Raises PluginRefused."""
    if len(wheel.plugins) != 1:
        raise PluginRefused(f"{wheel.path.name} has {len(wheel.plugins)} plugins, not one")
    ((plugin, package),) = wheel.plugins.items()
    if not _ID.fullmatch(plugin) or not _ID.fullmatch(package):
        raise PluginRefused("the entry point must name the plugin and its package, and nothing in it")
    if f"{package}/{FILE}" not in wheel.files:
        raise PluginRefused(f"the wheel has no {package}/{FILE}")
    manifest = manifests.parse(wheel.content(f"{package}/{FILE}"))
    if manifest.id != plugin:
        raise PluginRefused(f"the manifest says {manifest.id}, the entry point {plugin}")
    return manifest


def _must_be_complete(wheel: Wheel, others: Sequence[Wheel]) -> None:
    """It brings what it needs, and no two wheels bring the same module. Raises PluginRefused."""
    there = {normal(other.distribution) for other in others}
    needed = {need for each in (wheel, *others) for need in each.needs} - there
    if needed:
        raise PluginRefused(f"it needs {', '.join(sorted(needed))}: give each as a wheel, with --wheel")
    owners: dict[str, str] = {}
    for each in (wheel, *others):
        if each is not wheel and each.plugins:
            raise PluginRefused(f"{each.path.name} is a plugin itself")
        for module in each.modules:
            if module in owners:
                raise PluginRefused(f"{module[:60]} is in {owners[module]} and in {each.distribution}")
            owners[module] = each.distribution


def _must_be_of(signed: Signed, plugin: str | None, version: str | None, digest: str, brought: Sequence[str]) -> None:
    """The signature speaks of these very bytes. Raises PluginRefused."""
    if signed.digest != digest or sorted(signed.wheels.values()) != list(brought):
        raise PluginRefused("the signature is not of these contents: they were altered, or are others")
    if (plugin, version) not in ((None, None), (signed.plugin, signed.version)):
        raise PluginRefused("the signature is of another plugin or version")
