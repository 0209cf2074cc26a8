"""Which plugin brings which type of document, and what happens where two bring the same. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dmp_core.api.documents import DocumentType
from dmp_core.errors import PluginAbsent, PluginAmbiguous


@dataclass(frozen=True, slots=True)
class ResolvedType:
    """A type of document and the plugin that brings it."""

    type: DocumentType
    plugin: str
    version: str


class Offers:
    """All types that the plugins bring. `choices`: type -> plugin, where the configuration chooses."""

    def __init__(self, offered: Iterable[ResolvedType], choices: Mapping[str, str]) -> None:
        self._owners: dict[str, list[ResolvedType]] = {}
        for offer in offered:
            if choices.get(offer.type.id) in (None, offer.plugin):
                self._owners.setdefault(offer.type.id, []).append(offer)

    def types(self) -> Mapping[str, ResolvedType]:
        """Every type that has one owner."""
        return {type_id: owners[0] for type_id, owners in self._owners.items() if len(owners) == 1}

    def type_of(self, type_id: str) -> ResolvedType:
        """The type asked for. Raises PluginAbsent, or PluginAmbiguous with the names where two plugins bring it."""
        owners = self._owners.get(type_id, [])
        if not owners:
            raise PluginAbsent(f"no enabled plugin brings {type_id[:60]}")
        if len(owners) > 1:
            raise PluginAmbiguous(_dispute(type_id, owners))
        return owners[0]

    def disputes(self, plugin: str) -> str:
        """Types of `plugin` that do not start, with all who bring them; empty where there are none."""
        return "; ".join(
            _dispute(type_id, owners)
            for type_id, owners in self._owners.items()
            if len(owners) > 1 and plugin in (owner.plugin for owner in owners)
        )


def _dispute(type_id: str, owners: Sequence[ResolvedType]) -> str:
    names = [owner.plugin for owner in owners]
    choice = f'[documents.plugins] {type_id} = "{names[0]}"'
    return f"{type_id} is brought by {' and '.join(names)}: the configuration must choose, as in {choice}"
