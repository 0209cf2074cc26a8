"""Whom a pharmacy trusts: which plugins may run where, who may have signed them, what each was granted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from dmp_core.errors import PluginRefused
from dmp_core.plughost.signing import Signed
from dmp_core.plughost.worker.process import WorkerLimits


@dataclass(frozen=True, slots=True)
class Trust:
    """The rules of one installation, as its configuration gives them.

    `in_process`: plugins trusted as the core is; the others run in workers. `folder`: where outside plugins are
    installed; `state`: where what is known of them is kept. `keys`: name of a publisher -> public key, base64.
    `allow`: the only plugins that may run, None: any that is enabled. `revoked`: digests of versions, or keys.
    `signed_only`, `confined_only`: refuse what is not signed, what this system cannot confine. `keep_prints`: keep the
    text that a plugin prints, which may hold what it read of a patient.
    """

    folder: Path
    state: Path
    in_process: Collection[str] = ()
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    allow: Collection[str] | None = None
    revoked: Collection[str] = ()
    signed_only: bool = False
    confined_only: bool = False
    keep_prints: bool = False
    limits: WorkerLimits = field(default_factory=WorkerLimits)

    def publisher(self, key: str) -> str:
        """The name of who signed. Raises PluginRefused where the key is unknown or revoked."""
        if key in self.revoked:
            raise PluginRefused("its publisher's key is revoked")
        names = [name for name, known in self.keys.items() if known == key]
        if not names:
            raise PluginRefused("signed by a key that the configuration does not name")
        return names[0]

    def admit(self, plugin: str, signed: Signed | None, digest: str) -> str:
        """Who published this version; empty where nobody signed it. Raises PluginRefused."""
        if self.allow is not None and plugin not in self.allow:
            raise PluginRefused("not in the list of plugins that this pharmacy allows")
        if digest in self.revoked:
            raise PluginRefused("this version is revoked")
        if signed is not None:
            return self.publisher(signed.key)
        if self.signed_only:
            raise PluginRefused("unsigned: only plugins signed by a known publisher run here")
        return ""
