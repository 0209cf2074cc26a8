"""What is told of an installed set of rules, in `rules.json` of its folder."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from dmp_core.errors import RulesAbsent
from dmp_core.rules.translation import FORMAT

FILE: Final = "rules.json"
STYLESHEETS: Final = "stylesheets"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Test(_Told):
    """What one rule of a schematron says, and how grave it is: `error`, `warning`, `info`."""

    role: str
    message: str


class TypeRules(_Told):
    """A schematron of one type of document, and the models that such a document declares: root -> extension or ''."""

    name: str
    models: Mapping[str, str]


class RuleSet(_Told):
    """One installed package. `digest`: SHA-256 of its files; `dated`: the day of the newest; `notes`: what it lacks."""

    format: int
    name: str
    source: str
    digest: str
    dated: date | None
    installed_at: datetime
    schema_entry: str
    general: Sequence[str]
    types: Sequence[TypeRules]
    notes: Sequence[str]

    def for_document(self, declared: Mapping[str, str]) -> list[str]:
        """The schematrons of a document that declares these templateIds: the general ones, then its type's own.

        Of several versions for one model, the one whose extension is declared; else the newest.
        """
        chosen: dict[frozenset[str], TypeRules] = {}
        for one in self.types:
            models = frozenset(one.models)
            if models and models <= declared.keys():
                rank, best = _rank(one, declared), chosen.get(models)
                if best is None or rank > _rank(best, declared):
                    chosen[models] = one
        return [*self.general, *(one.name for one in chosen.values())]


def read(folder: Path) -> RuleSet:
    """The set installed in a folder. Raises RulesAbsent."""
    try:
        found = RuleSet.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise RulesAbsent(f"no set of rules {folder.name}") from error
    if found.format != FORMAT:
        raise RulesAbsent(f"{folder.name} was installed by another version: install it again")
    return found


def _rank(one: TypeRules, declared: Mapping[str, str]) -> tuple[bool, str, str]:
    exact = all(extension in ("", declared[root]) for root, extension in one.models.items())
    return exact, max(one.models.values()), one.name
