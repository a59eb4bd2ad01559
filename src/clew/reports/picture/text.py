"""The picture in words: a description in a few sentences, and tables that hold every number of it."""

from __future__ import annotations

from clew.questions.model import Unit
from clew.reports.model import Figure, Flow, Picture, Stage, Table, TableColumn
from clew.reports.picture.slots import Kind, kind_of
from clew.reports.words import count, figure, many


def describe(picture: Picture) -> str:
    """Return two or three sentences that say what the drawing shows."""
    stages = picture.stages
    if not stages:
        return "No stages."
    names = ", ".join(stage.title for stage in stages)
    worst = max(stages, key=lambda stage: stage.stalled)
    stall = f" Most stalled: {worst.title}, {count(worst.stalled)}." if worst.stalled else " Nothing is stalled."
    ends = "; ".join(f"{end.name} {figure(end.runs)}" for end in picture.ends)
    what = f"{many(picture.started, 'run')} started, {many(len(stages), 'stage')}: {names}."
    return f"{what}{stall} Ends: {ends or 'none yet'}. The tables below hold every number."


def stage_table(picture: Picture) -> Table:
    """Every number of the stages."""
    columns = (
        TableColumn("stage", "Stage"),
        TableColumn("runs", "Runs", Unit.COUNT, "run"),
        TableColumn("visits", "Visits", Unit.COUNT, "visit"),
        TableColumn("here", "Here now", Unit.COUNT),
        TableColumn("median", "Median time", Unit.SPAN, "median"),
        TableColumn("p90", "P90", Unit.SPAN, "p90"),
        TableColumn("limit", "Limit", Unit.TEXT, "limit"),
        TableColumn("censored", "Censored", Unit.SHARE, "censored"),
        TableColumn("stalled", "Stalled", Unit.COUNT, "stalled"),
        TableColumn("stalled_value", "Value stalled", Unit.MONEY, "value"),
    )
    return Table("Stages", columns, tuple(_stage_row(stage) for stage in picture.stages))


def flow_table(picture: Picture) -> Table:
    """Every flow, the largest first."""
    columns = (
        TableColumn("from", "From"),
        TableColumn("to", "To"),
        TableColumn("kind", "Kind"),
        TableColumn("visits", "Moves", Unit.COUNT, "flow"),
    )
    flows = sorted(picture.flows, key=lambda flow: -flow.visits)
    return Table("Flows", columns, tuple(_flow_row(picture, flow) for flow in flows))


def _stage_row(stage: Stage) -> tuple[str | Figure | None, ...]:
    worth = Figure(stage.stalled_value, Unit.MONEY) if stage.stalled_value is not None else None
    counts = tuple(Figure(float(number)) for number in (stage.visits, stage.here))
    times = (stage.median, stage.p90, stage.planned.limit or None, stage.censored)
    return (stage.title, stage.runs, *counts, *times, Figure(float(stage.stalled)), worth)


def _flow_row(picture: Picture, flow: Flow) -> tuple[str | Figure, ...]:
    kinds = {Kind.START: "start", Kind.NEXT: "next stage", Kind.SKIP: "skip", Kind.BACK: "back", Kind.END: "end"}
    source = "start" if flow.source is None else picture.stages[flow.source].title
    target = flow.end if flow.target is None else picture.stages[flow.target].title
    return (source, target, kinds[kind_of(flow)], Figure(float(flow.visits)))
