"""A record on a terminal, in French: what was asked, then the sections with their documents."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import click

from dmp_core.dmp.td13_administrative import RelatedPerson
from dmp_core.model.document import RecordStatus
from dmp_core.model.listing import Listing, Scope, SectionCount
from dmp_core.model.opening import Opening
from dmp_core.model.row import Row
from dmp_core.model.sections import words

_SCOPES: Final = {
    Scope.FIRST: "Première consultation\u00a0: documents depuis le {since}.",
    Scope.CHANGES: "Nouveaux et modifiés depuis votre dernière consultation, le {since}.",
    Scope.ALL: "Tout l’historique.",
    Scope.FROM: "Documents depuis le {since}.",
    Scope.FILTERED: "Documents de la rubrique demandée, depuis le {since}.",
}


def show_status(status: RecordStatus) -> None:
    click.echo(words("statuses")[status])


def show_listing(opening: Opening, listing: Listing, time_zone: str, only: str | None) -> None:
    """The whole list; `only`: the one section that was asked for."""
    zone = ZoneInfo(time_zone)
    show_status(opening.status)
    if opening.open_until:
        click.echo(f"Accès en urgence (bris de glace), jusqu’à {opening.open_until.astimezone(zone):%H:%M}.")
    if listing.since is None:
        click.echo("Tout l’historique.")
    else:
        scope = Scope.FROM if opening.open_until and listing.scope is Scope.FIRST else listing.scope
        click.echo(_SCOPES[scope].format(since=_instant(listing.since, zone, scope)))
    if listing.cut:
        click.echo(listing.cut.text)
    shown = [one for one in listing.sections if only in (None, one.section)]
    for one in shown:
        if not one.empty:
            _show_section(one, listing, zone)
    for text, labels in _empty(shown).items():
        click.echo(f"\n{', '.join(labels)}\u00a0: {text}")
    if listing.gone:
        click.echo(f"\n{len(listing.gone)} document(s) déjà vu(s) remplacé(s), archivé(s) ou supprimé(s).")
    if listing.since is not None:
        click.echo("\nTout l’historique\u00a0: ajoutez --all.")


def show_people(people: Sequence[RelatedPerson]) -> None:
    """Whom to warn (TD1.3a): name, tie, numbers."""
    for one in people:
        name = " ".join((*one.given_names, one.family or "")).strip() or one.organisation or "Sans nom"
        tie = words("relations").get(one.relation or "", "Proche")
        numbers = (each.value.removeprefix("tel:").removeprefix("mailto:") for each in one.telecoms)
        click.echo(f"  {', '.join((name, tie, *numbers))}")


def _show_section(count: SectionCount, listing: Listing, zone: ZoneInfo) -> None:
    news = f", dont {count.new} nouveau(x)" if count.new else ""
    click.echo(f"\n{count.label}\u00a0: {count.count}{news}")
    for row in listing.rows:
        if row.section == count.section:
            click.echo(_line(row, zone))


def _empty(shown: Sequence[SectionCount]) -> dict[str, list[str]]:
    """Labels of the sections without a document, by the reason."""
    told: dict[str, list[str]] = {}
    for one in shown:
        if one.empty:
            told.setdefault(one.text, []).append(one.label)
    return told


def _line(row: Row, zone: ZoneInfo) -> str:
    label = row.type_code.label if row.type_code else ""
    told = " ".join(f"[{mark}]" for mark in _marks(row))
    day = _day(row.service_start_time or row.creation_time or "", zone)
    line = f"  {day:10}  {label:38.38}  {row.title:44.44}  {_author(row):24.24}  {told}"
    return line.rstrip()


def _marks(row: Row) -> Iterator[str]:
    if row.new:
        yield "nouveau"
    if row.changed:
        yield "modifié"
    if row.replaces:
        yield "remplace une version antérieure"
    yield from row.labels


def _author(row: Row) -> str:
    person = row.authors[0].person if row.authors else None
    return " ".join(reversed((person or "").split("^")[1:3]))


def _day(time: str, zone: ZoneInfo) -> str:
    """A day of the pharmacy out of an XDS time: UTC, precise or not (EX_3.1-1070)."""
    try:
        if len(time) >= 12:
            return f"{datetime.strptime(time[:12], '%Y%m%d%H%M').replace(tzinfo=UTC).astimezone(zone):%d/%m/%Y}"
        return f"{datetime.strptime(time[:8], '%Y%m%d'):%d/%m/%Y}"  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return time[:8]


def _instant(at: datetime, zone: ZoneInfo, scope: Scope) -> str:
    local = at.astimezone(zone)
    return f"{local:%d/%m/%Y} à {local:%H:%M}" if scope is Scope.CHANGES else f"{local:%d/%m/%Y}"
