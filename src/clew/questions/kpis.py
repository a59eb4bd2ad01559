"""Whether the KPIs of a journey meet their targets. Every figure is that of the questions 'time' and 'conversion'."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import replace

from clew.clock import US
from clew.durations import Duration, parse_duration
from clew.journeys.model import Kpi, points_of
from clew.questions.answers import make, reading
from clew.questions.ask import ask
from clew.questions.collect import collect
from clew.questions.figures import Row, by_columns, by_key, share_columns
from clew.questions.frames import Level
from clew.questions.ground import Ground
from clew.questions.judge import State, judge
from clew.questions.model import Answer, Cell, Column, Query, TooFew, Unit
from clew.questions.words import counted, number

DAYS = ("day", "week")


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'kpis'."""
    kpis = ground.journey.kpis
    rows = [row for kpi in kpis for row in _rows(ground, query, kpi)]
    selected = collect(ground, query, Level.RUN, lambda frame: len(frame.rows), operator.add)
    return make(
        ground,
        query,
        title="KPIs and their targets",
        columns=_columns(ground, query),
        rows=rows,
        n=sum(selected.values()),
        notes=_notes(ground, rows) if kpis else _nothing_declared(ground.journey.name),
        next_step=_next(kpis[0]) if kpis else "",
        extra={"figures": {kpi.name: _cell_name(kpi) for kpi in kpis}},  # KPI -> column of its figure
    )


def words_of(kpi: Kpi) -> str:
    """Say what a KPI measures: median working time from 'a' to 'b'."""
    first, second = points_of(kpi)
    if not kpi.is_time:
        within = f" within {kpi.metric['within']}" if kpi.metric.get("within") else ""
        return f"share from '{first}' to '{second}'{within}"
    kind = "working time" if kpi.metric.get("working") else "time"
    return f"{_statistic(kpi).replace('p', 'P')} {kind} from '{first}' to '{second}'"


def target_words(kpi: Kpi) -> str | None:
    """Write the target with its direction: at most 60 days, at least 80 %."""
    if kpi.target is None:
        return None
    amount = kpi.target if isinstance(kpi.target, str) else f"{number(100 * kpi.target)} %"
    return f"at {'most' if kpi.lower_is_better else 'least'} {amount}"


def _rows(ground: Ground, query: Query, kpi: Kpi) -> Iterator[Row]:
    figure, name = (_time(ground, kpi), _statistic(kpi)) if kpi.is_time else (_share(ground, kpi), "share")
    asked = replace(query, question=figure[0], options={**figure[1], "top": "0", "least": query.options["least"]})
    cell = _cell_name(kpi)
    for found in ask(ground, asked).rows:
        value, low, high = (found.get(key) for key in (name, f"{name}_low", f"{name}_high"))
        yield {
            **{by_key(each): found.get(by_key(each)) for each in query.by},
            "kpi": kpi.name,
            "measures": words_of(kpi),
            cell: value,
            f"{cell}_low": low,
            f"{cell}_high": high,
            "n": found.get("n"),
            "left_out": found.get("left_out"),
            "target": target_words(kpi),
            "state": _state(ground, kpi, value, _end(low), _end(high)).value,
        }


def _time(ground: Ground, kpi: Kpi) -> tuple[str, dict[str, str]]:
    options = {"between": _points(ground, kpi)}
    return "time", {**options, "working": "yes"} if kpi.metric.get("working") else options


def _share(ground: Ground, kpi: Kpi) -> tuple[str, dict[str, str]]:
    return "conversion", {"points": _points(ground, kpi), "within": str(kpi.metric.get("within") or "")}


def _points(ground: Ground, kpi: Kpi) -> str:
    """The two points as the questions take them; a name that is a stage means its entry, as the file's check has it."""
    stages = ground.journey.stage_names
    return " > ".join(f"{'stage' if point in stages else 'event'}:{point}" for point in points_of(kpi))


def _statistic(kpi: Kpi) -> str:
    return str(kpi.metric.get("statistic") or "median")


def _state(ground: Ground, kpi: Kpi, value: Cell | TooFew, low: float | None, high: float | None) -> State:
    if kpi.target is None:
        return State.NO_TARGET
    target = _seconds(ground, kpi, parse_duration(kpi.target)) if isinstance(kpi.target, str) else kpi.target
    if target is None:
        return State.OTHER_TIME
    return judge(value, low, high, target=target, lower=kpi.lower_is_better)


def _seconds(ground: Ground, kpi: Kpi, target: Duration) -> float | None:
    """The target in seconds as the figure counts them; None where one is working time and the other is not."""
    if target.working != bool(kpi.metric.get("working")):
        return None
    if not target.working or target.unit not in DAYS:
        return target.micros / US
    days = len(ground.firm.calendar_of(None).week) if target.unit == "week" else 1
    return target.amount * days * float(str(reading(ground)["working_day_s"]))


def _end(cell: Cell | TooFew) -> float | None:
    return None if cell is None or isinstance(cell, TooFew | str) else float(cell)


def _cell_name(kpi: Kpi) -> str:
    if not kpi.is_time:
        return "share"
    return "working_time" if kpi.metric.get("working") else "time"


def _columns(ground: Ground, query: Query) -> list[Column]:
    used = {_cell_name(kpi) for kpi in ground.journey.kpis}
    return [
        *by_columns(query.by),
        Column("kpi", "KPI", Unit.TEXT, "As the journey file names it."),
        Column("measures", "measures", Unit.TEXT, "What it measures, as the journey file has it."),
        *(_times("time", "time", Unit.SPAN, "Elapsed time") if "time" in used else ()),
        *(_times("working_time", "working time", Unit.WORKING_SPAN, "Working time") if "working_time" in used else ()),
        *(share_columns("share", "share", "Share of runs that come there, as 'conversion' counts it.", "n")),
        Column("n", "n", Unit.COUNT, "Runs that the figure rests on."),
        Column("left_out", "too recent", Unit.COUNT, "Runs left out: they could not be followed for the whole window."),
        Column("target", "target", Unit.TEXT, "What the journey file wants."),
        Column("state", "state", Unit.TEXT, "Met or not met where the whole interval says so."),
    ]


def _times(name: str, title: str, unit: Unit, kind: str) -> list[Column]:
    return [
        Column(name, title, unit, f"{kind}, as 'time' counts it.", low=f"{name}_low", high=f"{name}_high", n="n"),
        Column(f"{name}_low", f"{title}, low", unit, "Lower end of the 95 % interval."),
        Column(f"{name}_high", f"{title}, high", unit, "Upper end of the 95 % interval; empty where not reached yet."),
    ]


def _notes(ground: Ground, rows: list[Row]) -> Iterator[str]:
    yield "Met, not met: the whole 95 % interval lies on that side of the target. Not shown: the interval holds it."
    if any(kpi.is_time for kpi in ground.journey.kpis):
        yield "Times are Kaplan-Meier's: who has not come to the second point counts until now, ended or not."
    left_out = sum(int(cell) for row in rows if isinstance(cell := row["left_out"], int))
    if left_out:
        yield f"Shares leave out {counted(left_out, 'run')} that could not be followed for the whole window."
    if any(row["state"] == State.OTHER_TIME for row in rows):
        yield (
            "A target in working days needs 'working: true' in its metric, a target in elapsed days none: "
            "the two cannot be compared."
        )


def _nothing_declared(name: str) -> tuple[str, ...]:
    return (
        f"'{name}' declares no KPI. Write one in journeys/{name}.yaml: kpis: [{{kpi: time-to-value, "
        "metric: {time: [deal won, first order]}, target: 30 days}].",
    )


def _next(kpi: Kpi) -> str:
    first, second = points_of(kpi)
    if kpi.is_time:
        return f'See a figure by segment: clew show time --between "{first}" "{second}" --by segment'
    return f'See a figure by segment: clew show conversion "{first}" "{second}" --by segment'
