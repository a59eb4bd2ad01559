"""Time in a stage as a ruler: median with interval, P90, and the limit that the owner set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from markupsafe import Markup

from clew.reports.measure import text_width
from clew.reports.model import Figure, Stage
from clew.reports.picture.frame import Show
from clew.reports.picture.scale import Scale, span_scale
from clew.reports.svg import element, group, line, paint, text
from clew.reports.tokens import SMALL

_NOTHING = Figure(None)
HEIGHT = 44  # pixels: the marks, the axis and its words


def common_scale(stages: Iterable[Stage], width: float) -> Scale:
    """Return the one scale on which all stages of a journey stand, so that they can be compared."""
    shown = [value for stage in stages for value in _spans(stage) if value]
    return span_scale(shown, width)


def ruler(stage: Stage, x: float, y: float, scale: Scale) -> Markup:
    """Draw the ruler of one stage; y is its top."""
    middle, axis = y + 10, y + 22
    marks = [line(x, axis, x + scale.width, axis)]
    for value, words in scale.ticks():
        at = x + scale.at(value)
        whole = text_width(words, SMALL)
        left = max(min(at - whole / 2, x + scale.width - whole), x)
        marks += [line(at, axis, at, axis + 4), text(left, axis + 18, words, token="quiet")]
    marks += _limit(stage, x, y, scale)
    marks += _until_p90(stage, x, middle, scale)
    marks += _median(stage.median, x, middle, scale)
    return group(marks)


def shown_times(stage: Stage, show: Show) -> Stage:
    """Leave out of a ruler what is not shown: the limit belongs to the plan, the rest to what happened."""
    if not show.times:
        stage = replace(stage, median=_NOTHING, p90=_NOTHING)
    return stage if show.planned else replace(stage, planned=replace(stage.planned, limit_s=None))


def _spans(stage: Stage) -> tuple[float | None, ...]:
    return (stage.median.value, stage.median.low, stage.median.high, stage.p90.value, stage.planned.limit_s)


def _limit(stage: Stage, x: float, y: float, scale: Scale) -> list[Markup]:
    """A planned thing, so an outline: a post with an open flag."""
    if stage.planned.limit_s is None:
        return []
    at = x + scale.at(stage.planned.limit_s)
    flag = f"M{at:.1f} {y + 22:.1f}V{y - 2:.1f}l7 4l-7 4"
    return [element("path", d=flag, stroke_width=1.5, stroke_linejoin="round", **paint(stroke="outline"))]


def _until_p90(stage: Stage, x: float, y: float, scale: Scale) -> list[Markup]:
    if stage.p90.value is None or stage.median.value is None:
        return []
    start, end = x + scale.at(stage.median.value), x + scale.at(stage.p90.value)
    return [line(start, y, end, y, token="accent", width=1.5), line(end, y - 5, end, y + 5, token="accent", width=1.5)]


def _median(median: Figure, x: float, y: float, scale: Scale) -> list[Markup]:
    if median.needed is not None:
        return []
    marks = []
    if median.low is not None:
        high = scale.high if median.high is None else median.high
        open_end = "4 3" if median.high is None else None
        marks.append(line(x + scale.at(median.low), y, x + scale.at(high), y, token="accent", width=6, dash=open_end))
    if median.value is not None:
        style = {**paint(fill="paper", stroke="accent"), "stroke_width": 2.5}
        marks.append(element("circle", cx=x + scale.at(median.value), cy=y, r=5, **style))
    return marks
