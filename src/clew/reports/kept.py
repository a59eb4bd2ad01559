"""What the journey file promises and whether it is kept: KPIs with their targets, receipts of declared handoffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clew.questions.model import Answer
from clew.reports.figures import Row, figure, table, text
from clew.reports.model import Figure, Kpi, Table

MOST_ROWS = 12


def kpi_lines(kpis: Answer) -> tuple[Kpi, ...]:
    """One line per KPI, in the order of the journey file."""
    return tuple(_line(kpis, row) for row in kpis.rows)


def receipt_tables(receipts: Answer, waiting: Answer, teams: Mapping[str, str]) -> tuple[Table, ...]:
    """The declared handoffs, and what waits now beyond its limit; what is empty is left out.

    waiting  the whole list of what waits now
    teams    what the page calls them, by name
    """
    declared = table(
        receipts,
        "Handoffs that the map declares: sent and received",
        (
            ("from", "From", ""),
            ("to", "To", ""),
            ("limit", "Limit", ""),
            ("sent", "Sent", ""),
            ("in_time", "Received in time", "in-time"),
            ("median", "Receipt after, median", "receipt"),
            ("p90", "P90", "receipt"),
            ("waiting", "Waiting now", ""),
            ("beyond", "Beyond the limit", ""),
        ),
        receipts.rows,
        titles=teams,
        notes=[note for note in receipts.notes if note.startswith("No receipt is declared")],
    )
    return tuple(shown for shown in (declared, _beyond(waiting, teams)) if shown.rows)


def _beyond(waiting: Answer, teams: Mapping[str, str]) -> Table:
    late = [row for row in waiting.rows if row.get("beyond") is not None]
    valued = any(row.get("value") is not None for row in late)
    columns = [
        ("subject", "Who", ""),
        ("from", "From", ""),
        ("to", "To", ""),
        ("limit", "Limit", ""),
        ("waits", "Waiting for", ""),
        ("beyond", "Beyond the limit", ""),
    ]
    columns += [("value", "Value", "value")] if valued else []
    named = [{**row, "subject": _who(row)} for row in late]
    return table(
        waiting,
        "Without a receipt now, the furthest beyond the limit first",
        columns,
        named[:MOST_ROWS],
        titles=teams,
        more=max(0, len(late) - MOST_ROWS),
    )


def _who(row: Row) -> str:
    subject, account = text(row, "subject"), text(row, "account")
    return f"{subject} ({account})" if account else subject


def _line(kpis: Answer, row: Row) -> Kpi:
    state, _, why = text(row, "state").partition(": ")
    return Kpi(
        name=text(row, "kpi").replace("-", " ").capitalize(),
        measures=text(row, "measures"),
        figure=_figure(kpis, row),
        target=text(row, "target"),
        state=state,
        why=why,
    )


def _figure(kpis: Answer, row: Row) -> Figure:
    """The figure in the column that holds it; where it is not reached yet, with the end of its interval that is."""
    columns = kpis.extra["figures"]
    name = str(columns[text(row, "kpi")]) if isinstance(columns, Mapping) else ""
    shown, low = figure(kpis, row, name), row.get(f"{name}_low")
    if shown.value is not None or shown.needed is not None:
        return shown
    return replace(shown, low=low if isinstance(low, float) else None, words="not reached yet")
