"""`dmp bench`: what the parts cost, each beside a floor measured in the same run.

The figures are those of this machine, now; the ratio is what stays. Only a ratio past its limit fails the command.
"""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import click

from dmp_core.cli.bench_cases import CASES, Case, Figure, Work
from dmp_core.cli.setting import json_option, show_json

_ROUNDS: Final = 5
_ROUND_SECONDS: Final = 0.2
_HUNDREDTHS: Final = 200  # calls of a round whose slowest hundredth is looked for


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of the rounds, and how many times the floor the value is."""

    name: str
    figure: Figure
    floor_name: str
    value: float
    floor: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.value / self.floor

    @property
    def ok(self) -> bool:
        return self.ratio <= self.limit


@click.command("bench")
@click.argument("names", nargs=-1)
@json_option
def command(names: Sequence[str], as_json: bool) -> None:
    """Measure the cases whose name begins with one of NAMES; all of them without any."""
    chosen = [case for case in CASES if not names or case.name.startswith(tuple(names))]
    results = []
    for case in chosen:
        results.append(measure(case))
        if not as_json:
            _print(results[-1])
    if as_json:
        show_json([_data(result) for result in results])
    sys.exit(0 if results and all(result.ok for result in results) else 1)


def measure(case: Case) -> Result:
    """Value and floor in turns, so that what disturbs the machine disturbs both."""
    work, floor = case.prepare()
    values, floors = [], []
    for _ in range(_ROUNDS):
        values.append(_figure(case.figure, work))
        floors.append(_figure(case.figure, floor))
    return Result(case.name, case.figure, case.floor, statistics.median(values), statistics.median(floors), case.limit)


def _figure(figure: Figure, work: Work) -> float:
    """The figure of one round."""
    match figure:
        case Figure.RESIDENT:
            return float(work())
        case Figure.SLOWEST:
            return statistics.quantiles(_taken(work, _HUNDREDTHS), n=100)[-1]
        case Figure.MEDIAN:
            return statistics.median(_taken(work))


def _taken(work: Work, calls: int = 1) -> list[float]:
    """Milliseconds of each call of one round."""
    taken: list[float] = []
    while sum(taken) < _ROUND_SECONDS * 1000 or len(taken) < calls:
        started = perf_counter()
        work()
        taken.append((perf_counter() - started) * 1000)
    return taken


def _print(result: Result) -> None:
    mark = "ok  " if result.ok else "SLOW"
    unit = result.figure.unit
    figures = f"{result.value:9.3f} {unit}  floor {result.floor:9.3f} {unit}  {result.ratio:6.1f} of {result.limit:g}"
    click.echo(f"{mark} {result.name:28} {figures}  ({result.floor_name})")


def _data(result: Result) -> dict[str, object]:
    return {
        "name": result.name,
        "figure": result.figure,
        "unit": result.figure.unit,
        "value": round(result.value, 4),
        "floor": result.floor_name,
        "floor_value": round(result.floor, 4),
        "ratio": round(result.ratio, 2),
        "limit": result.limit,
        "ok": result.ok,
    }
