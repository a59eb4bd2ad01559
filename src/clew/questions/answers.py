"""Put an answer together: what every answer carries besides its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from clew.calendars import Calendar
from clew.clock import DAY_US, US
from clew.questions.dimensions import Dimension
from clew.questions.figures import LEAST
from clew.questions.ground import Ground
from clew.questions.model import Answer, Cell, Column, Query, TooFew
from clew.questions.segments import NOTE as SEGMENT_NOTE
from clew.questions.segments import attributes_of

Item = TypeVar("Item")


def make(
    ground: Ground,
    query: Query,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Cell | TooFew]],
    n: int,
    n_of: str = "runs",
    notes: Iterable[str] = (),
    next_step: str = "",
    extra: Mapping[str, object] | None = None,
) -> Answer:
    """Return the answer with the notes that every split and filter brings along."""
    return Answer(
        question=query.question,
        title=title,
        columns=tuple(columns),
        rows=tuple({column.name: row.get(column.name) for column in columns} for row in rows),
        n=n,
        n_of=n_of,
        as_of=ground.as_of,
        notes=tuple(dict.fromkeys(note for note in (*notes, *split_notes(ground, query)) if note)),
        next=next_step,
        journey=ground.journey.name,
        version=ground.journey.version,
        extra={**reading(ground), "as_of_is": "" if query.as_of else "the last event", **(extra or {})},
    )


def reading(ground: Ground) -> dict[str, object]:
    """What an edge needs to put cells into words."""
    days = {_working_day(ground.firm.calendar_of(team)) for team in (None, *ground.firm.teams)}
    return {
        "time_zone": ground.firm.time_zone,
        "currency": ground.firm.currency,
        "working_day_s": days.pop() if len(days) == 1 else None,
    }


def _working_day(calendar: Calendar) -> int:
    """Mean seconds of a calendar's working days."""
    worked = [sum(end - start for start, end in spans) for spans in calendar.week.values()]
    return round(60 * sum(worked) / len(worked))


def split_notes(ground: Ground, query: Query) -> list[str]:
    """Say what the dimensions used mean, and which attributes carry no date."""
    names = [*query.by, *query.where, *(query.compare or ())[:1]]
    notes = [_dimension(ground, name).note for name in names if name not in ("segment", "period", "version")]
    if "segment" in names:
        notes.append(SEGMENT_NOTE)
        notes.extend(_undated(ground))
    return notes


def top(rows: list[Item], most: int, what: str) -> tuple[list[Item], str]:
    """Cut a list to its first rows; the note counts what is left out."""
    if not most or len(rows) <= most:
        return rows, ""
    return rows[:most], f"The first {most:,} of {len(rows):,} {what} are shown; --top 0 shows all."


def least_of(query: Query) -> int:
    """The n below which a figure is not shown. Never less than 1."""
    from clew.questions.options import whole_number

    return max(1, whole_number("least", query.options.get("least", str(LEAST))))


def days(micros: int) -> float:
    """Microseconds as days."""
    return micros / DAY_US


def seconds(micros: int) -> float:
    """Microseconds as seconds."""
    return micros / US


def _dimension(ground: Ground, name: str) -> Dimension:
    return ground.dimension(name)


def _undated(ground: Ground) -> list[str]:
    firm = ground.firm
    used = set().union(*(attributes_of(segment, firm.segments) for segment in firm.segments.values()), set())
    bare = sorted(used & ground.view.undated)
    return [f"'{name}' carries no date in the data: segments show the value known today." for name in bare]
