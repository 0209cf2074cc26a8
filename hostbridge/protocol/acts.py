"""Messages about the finished acts, and the bonus gauge."""

from typing import Self

from pydantic import Field

from dmp_core.model.act import Act
from dmp_core.services.feed.bonus import TARGET, ActShown, ActState, Figures, Report
from hostbridge.protocol.messages import Message


class DeclareActs(Message):
    """`acts/declare`: what the host knows as finished; `finished` false takes it back. The same record replaces it."""

    acts: tuple[Act, ...] = Field(min_length=1, max_length=1000)
    finished: bool = True


class ReportActs(Message):
    """`acts/report`: the gauge of a calendar year; `per_operator` for whoever administers, `csv` also as a file."""

    year: int = Field(ge=2000, le=2999)
    per_operator: bool = False
    csv: bool = False


class FiguresView(Message):
    """Counts. `percent`: fed, of all that was finished; `percent_without_refusals`: of what patients did not refuse."""

    finished: int
    fed: int
    missing: int
    refused_by_patient: int
    percent: float | None
    percent_without_refusals: float | None
    target: int = TARGET
    reached: bool

    @classmethod
    def of(cls, figures: Figures) -> Self:
        return cls(
            finished=figures.finished,
            fed=figures.fed,
            missing=figures.missing,
            refused_by_patient=figures.refused,
            percent=figures.percent,
            percent_without_refusals=figures.percent_without_refusals,
            reached=figures.reached,
        )


class ActView(Message):
    """One act: the host's own name of its record, and where its document stands."""

    record: str
    type_id: str
    done_on: str
    state: ActState
    label: str = Field(description="in French")

    @classmethod
    def of(cls, shown: ActShown) -> Self:
        act = shown.act
        done_on = act.done_on.isoformat()
        return cls(record=act.record, type_id=act.type_id, done_on=done_on, state=shown.state, label=shown.label)


class ActsReported(Message):
    """Result of `acts/report`. `total`: the types that count; `operators`: figures by the host's reference.

    `unreadable`: items of the outbox that no longer read, so that their acts may stand as missing.
    """

    year: int
    total: FiguresView
    types: dict[str, FiguresView]
    counted: tuple[str, ...] = Field(description="types that count")
    missing: tuple[ActView, ...]
    refused: tuple[ActView, ...]
    operators: dict[str, FiguresView] | None
    csv: str | None = Field(repr=False)
    unreadable: int = 0

    @classmethod
    def of(cls, report: Report, csv: str | None, unreadable: int) -> Self:
        operators = report.operators
        return cls(
            year=report.year,
            total=FiguresView.of(report.total),
            types={name: FiguresView.of(figures) for name, figures in report.types.items()},
            counted=tuple(sorted(report.counted)),
            missing=tuple(ActView.of(each) for each in report.missing),
            refused=tuple(ActView.of(each) for each in report.refused),
            operators=None if operators is None else {name: FiguresView.of(each) for name, each in operators.items()},
            csv=csv,
            unreadable=unreadable,
        )
