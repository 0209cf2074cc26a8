"""*Jauge du DMP*: of the year's finished interviews and bilans, how many the DMP has, and which are missing."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from hostbridge.panels.panel import Ask, Drawn, File, Form, Panel
from hostbridge.protocol.messages import Message


class OpenBonus(Message):
    """What `panel/open` takes for `bonus`: a year; absent: this one."""

    year: int | None = Field(default=None, ge=2000, le=2999)


class Bonus(Panel):
    name: ClassVar = "bonus"
    title: ClassVar = "Jauge du DMP"
    template: ClassVar = "bonus.html"
    method: ClassVar = "acts/report"
    opened_with: ClassVar = OpenBonus
    parts: ClassVar = ("year",)
    files: ClassVar = ("table",)

    def draw(self, ask: Ask, opened: OpenBonus) -> Drawn:
        return Drawn(self.template, self._values(ask, opened, {}))

    def year(self, ask: Ask, opened: OpenBonus, form: Form) -> Drawn:
        """Another year, or the same with its figures per operator."""
        return Drawn("bonus_content.html", self._values(ask, opened, form))

    def table(self, ask: Ask, opened: OpenBonus, form: Form) -> File:
        """The acts as CSV, for the pharmacy's own tables."""
        report = ask(self.method, _question(ask, opened, form) | {"csv": True})
        return File.table(report.csv, f"dmp-{report.year}.csv")

    def _values(self, ask: Ask, opened: OpenBonus, form: Form) -> Mapping[str, Any]:
        labels = {type_.id: type_.label for type_ in ask("document/types", {}).types}
        return {"answer": ask(self.method, _question(ask, opened, form)), "labels": labels, "this_year": ask.now.year}


def _question(ask: Ask, opened: OpenBonus, form: Form) -> dict[str, Any]:
    """Figures per operator are asked for by somebody, and only who administers gets them."""
    return {"year": _year(ask, opened, form), "per_operator": form.get("operators") == "yes"}


def _year(ask: Ask, opened: OpenBonus, form: Form) -> int:
    text = form.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else opened.year or ask.now.year
