"""`dmp outbox bonus`: the gauge of a year, what is missing, and its table for a spreadsheet."""

from pathlib import Path

import click

from dmp_core.cli.outbox_shown import opened
from dmp_core.cli.setting import config_option, json_option, show_json, shows_errors, who_of
from dmp_core.services.feed.bonus import TARGET, ActShown, Figures, as_csv


@click.command("bonus")
@click.option("--year", type=click.IntRange(2000, 2999), help="Calendar year. Default: this one.")
@click.option("--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="Write one line an act here.")
@click.option("--per-operator", is_flag=True, help="Figures per operator, too; for whoever administers.")
@config_option
@json_option
@shows_errors
def bonus(year: int | None, table: Path | None, per_operator: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Of the finished interviews and bilans, how many fed the DMP, against 90 %."""
    with opened(files) as app:
        chosen = year or app.clock.now().year
        report = app.bonus.report(chosen, who_of(app.config), per_operator=per_operator)
    if table:
        table.write_text(as_csv(report), encoding="utf-8-sig", newline="")  # a BOM: spreadsheets read UTF-8 by it
    if as_json:
        show_json(
            {
                "year": report.year,
                "total": _data(report.total),
                "types": {name: _data(figures) for name, figures in report.types.items()},
                "missing": [_act(each) for each in report.missing],
                "refused": [_act(each) for each in report.refused],
                "operators": {name: _data(each) for name, each in (report.operators or {}).items()},
            }
        )
        return
    click.echo(f"{report.year} : {_line(report.total)} (objectif {TARGET} %)")
    for name, figures in {**report.types, **(report.operators or {})}.items():
        click.echo(f"  {name:28}  {_line(figures)}")
    for title, acts in (("Manquants", report.missing), ("Refus du patient", report.refused)):
        if acts:
            click.echo(f"{title} :")
        for each in acts:
            click.echo(f"  {each.act.done_on}  {each.act.type_id:28}  {each.act.record}  {each.label}")


def _line(figures: Figures) -> str:
    percent = "-" if figures.percent is None else f"{figures.percent:.1f} %".replace(".", ",")
    counts = f"{figures.fed} sur {figures.finished}, {figures.missing} manquant(s), {figures.refused} refus"
    return f"{percent} alimentés : {counts}"


def _data(figures: Figures) -> dict[str, object]:
    return {
        "finished": figures.finished,
        "fed": figures.fed,
        "missing": figures.missing,
        "refused_by_patient": figures.refused,
        "percent": figures.percent,
        "percent_without_refusals": figures.percent_without_refusals,
        "reached": figures.reached,
    }


def _act(shown: ActShown) -> dict[str, object]:
    act = shown.act
    return {"record": act.record, "type": act.type_id, "done_on": act.done_on.isoformat(), "label": shown.label}
