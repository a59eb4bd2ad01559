"""The tables that every report has: stalled runs, sources, rejected rows."""

from __future__ import annotations

from clew.questions.model import Unit
from clew.reports.model import (
    Coverage,
    Figure,
    JourneyPart,
    ReportData,
    Shown,
    SourceCoverage,
    StalledRun,
    Table,
    TableColumn,
)
from clew.reports.words import day


def stalled_table(part: JourneyPart, report: ReportData) -> Table:
    """The stalled runs, the heaviest first."""
    valued = any(run.value is not None for run in part.stalled.rows)
    columns: tuple[TableColumn, ...] = (
        TableColumn("subject", "Who"),
        TableColumn("stage", "Stage"),
        TableColumn("since", "There since", Unit.TIME),
        TableColumn("over", "Beyond the norm", Unit.SPAN, "stalled"),
        TableColumn("norm", "Norm", Unit.TEXT, "limit"),
        TableColumn("waiting", "Waiting on", Unit.TEXT, "waiting-on"),
        TableColumn("value", "Value", Unit.MONEY, "value"),
        TableColumn("weight", "Value × days over", Unit.NUMBER, "weight"),
    )
    rows = tuple(_stalled_row(run, report.time_zone) for run in part.stalled.rows)
    title = f"Runs beyond their norm in {part.title}, the {'heaviest' if valued else 'longest'} first"
    if not valued:
        columns, rows = columns[:-2], tuple(row[:-2] for row in rows)
    return Table(title, columns, rows, more=part.stalled.total - len(part.stalled.rows))


def source_table(coverage: Coverage) -> Table:
    """What each source gave; the what was used and what was rejected add up to it."""
    numbers = (TableColumn(name, name.capitalize(), Unit.COUNT) for name in ("read", "used", "rejected"))
    columns = (TableColumn("source", "Source"), *numbers)
    rows = tuple(_source_row(one) for one in coverage.sources)
    return Table("Rows by source", columns, rows)


def rejected_table(coverage: Coverage) -> Table:
    """Rows that could not be used, by reason."""
    columns = (
        TableColumn("source", "Source"),
        TableColumn("reason", "Reason"),
        TableColumn("rows", "Rows", Unit.COUNT),
    )
    found = sorted((-rows, one.name, reason) for one in coverage.sources for reason, rows in one.reasons)
    return Table("Rejected rows by reason", columns, tuple((name, why, Figure(-float(n))) for n, name, why in found))


def _source_row(one: SourceCoverage) -> tuple[Shown, ...]:
    numbers = (one.read, one.read - one.rejected, one.rejected)
    return (one.name, *(Figure(float(number)) for number in numbers))


def _stalled_row(run: StalledRun, zone: str) -> tuple[Shown, ...]:
    waiting = f"{run.waiting_on} ({run.team})" if run.waiting_on == "us" and run.team else run.waiting_on
    return (
        run.subject,
        run.stage,
        day(run.since, zone),
        Figure(run.over_s, Unit.SPAN),
        run.norm,
        waiting,
        None if run.value is None else Figure(run.value, Unit.MONEY),
        None if run.weight is None else Figure(run.weight, Unit.COUNT),
    )
