"""Stalled runs from their answer: the list of the report, and what stands in each stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from clew.clock import US
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.questions.model import Answer, TooFew
from clew.questions.stages import titled
from clew.reports.figures import Row, text
from clew.reports.model import Stalled, StalledRun
from clew.reports.plan import team_title
from clew.reports.words import DAY

SHOWN = 15  # rows of the list; the rest is a count


@dataclass(frozen=True)
class StalledHere:
    """Stalled runs of one stage.

    norm     the one most of them are beyond, in words; waiting_on likewise
    over_s   seconds beyond their norms, added up
    weight   value times days beyond, added up over the runs whose value is known; None where none is
    """

    count: int
    value: float | None
    norm: str
    waiting_on: str
    over_s: float
    weight: float | None


def stalled_by_stage(answer: Answer) -> dict[str, StalledHere]:
    """Sum up the rows of a whole answer by the name of the stage."""
    names = dict.fromkeys(text(row, "stage") for row in answer.rows)
    return {name: _here([row for row in answer.rows if row.get("stage") == name]) for name in names}


def stalled_list(answer: Answer, journey: Journey, firm: Firm) -> Stalled:
    """Return the list of the report: the first rows of a whole answer, and what the rest amounts to."""
    rows = tuple(_run(row, journey, firm) for row in answer.rows[:SHOWN])
    known = [value for row in answer.rows if (value := _amount(row, "value")) is not None]
    notes = tuple(note for note in answer.notes if _is_kept(note))
    return Stalled(len(answer.rows), rows, sum(known) if known else None, notes)


def _is_kept(note: str) -> bool:
    return "not judged" in note or "timer" in note or note.startswith(("Norm", "Value known"))


def _here(rows: Sequence[Row]) -> StalledHere:
    known = [value for row in rows if (value := _amount(row, "value")) is not None]
    weights = [weight for row in rows if (weight := _weight(row)) is not None]
    return StalledHere(
        count=len(rows),
        value=sum(known) if known else None,
        norm=_most_common(rows, "norm"),
        waiting_on=_most_common(rows, "waiting_on"),
        over_s=sum(_amount(row, "beyond") or 0.0 for row in rows),
        weight=sum(weights) if weights else None,
    )


def _run(row: Row, journey: Journey, firm: Firm) -> StalledRun:
    subject, account = text(row, "subject"), text(row, "account")
    stage = next(stage for stage in journey.stages if stage.name == row.get("stage"))
    return StalledRun(
        subject=f"{subject} ({account})" if account else subject,
        stage=titled(stage),
        since=round((_amount(row, "since") or 0.0) * US),
        norm=text(row, "norm"),
        over_s=_amount(row, "beyond") or 0.0,
        waiting_on=text(row, "waiting_on"),
        team=team_title(text(row, "team") or None, firm),
        value=_amount(row, "value"),
        weight=_weight(row),
    )


def _weight(row: Row) -> float | None:
    value = _amount(row, "value")
    return None if value is None else value * (_amount(row, "beyond") or 0.0) / DAY


def _amount(row: Row, name: str) -> float | None:
    cell = row.get(name)
    return None if cell is None or isinstance(cell, TooFew | str) else float(cell)


def _most_common(rows: Sequence[Row], name: str) -> str:
    return Counter(text(row, name) for row in rows).most_common(1)[0][0]
