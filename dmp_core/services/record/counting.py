"""How many documents stand in each section, how many are new by type, and why a section is empty."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from dmp_core.model.listing import Empty, NewOfType, Scope, SectionCount
from dmp_core.model.row import Row
from dmp_core.model.sections import CONTACTS, sections

_WHY: Final = {Scope.ALL: Empty.NONE, Scope.CHANGES: Empty.UNCHANGED}


def counted(
    rows: Sequence[Row],
    scope: Scope,
    only: str | None,
    *,
    people: int | None,
    people_denied: bool,
    cut: bool = False,
) -> tuple[SectionCount, ...]:
    """All sections, with their counts. `only`: the section that was asked for.

    `people`: whom TD1.3a named, None where it was not asked; `people_denied`: the DMP refused to say.
    `cut`: the rows are not all that there are.
    """
    found, new = Counter(row.section for row in rows), Counter(row.section for row in rows if row.new)
    told = []
    for section in sections():
        count = found[section.id] + (people or 0 if section.id == CONTACTS else 0)
        denied = people_denied and section.id == CONTACTS
        unasked = section.id == CONTACTS and people is None
        empty = None if count else _why(section.id, scope, only, denied=denied, unasked=unasked, cut=cut)
        told.append(
            SectionCount(
                section=section.id,
                label=section.label,
                count=count,
                new=new[section.id],
                empty=empty,
                text=empty.text if empty else "",
            )
        )
    return tuple(told)


def new_by_type(rows: Iterable[Row]) -> tuple[NewOfType, ...]:
    """The types of what is new, the most frequent first."""
    labels: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for row in rows:
        if row.new:
            code = row.type_code.code if row.type_code else ""
            labels.setdefault(code, row.type_code.label if row.type_code else "")
            counts[code] += 1
    return tuple(
        NewOfType(type_code=code, label=labels[code] or code, count=count) for code, count in counts.most_common()
    )


def _why(section: str, scope: Scope, only: str | None, *, denied: bool, unasked: bool, cut: bool) -> Empty:
    if denied:
        return Empty.RIGHT_MISSING
    if unasked or only not in (None, section):
        return Empty.NOT_ASKED
    if cut:
        return Empty.CUT
    return _WHY.get(scope, Empty.NONE_IN_PERIOD)
