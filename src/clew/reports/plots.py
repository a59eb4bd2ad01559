"""Small multiples: a dot for the estimate, a line for its interval, n beside it; groups on one scale."""

from __future__ import annotations

from markupsafe import Markup

from clew.questions.model import Unit
from clew.reports.measure import text_width, wrap
from clew.reports.model import Figure, Group, Panel
from clew.reports.picture.scale import Scale, linear_scale, span_scale
from clew.reports.svg import LINE, drawing, element, group, line, paint, text
from clew.reports.tokens import SMALL
from clew.reports.words import beside, figure, full

WIDTH, LABELS = 360.0, 112.0  # pixels: a panel, the names of its groups
OVERHANG = 24.0  # pixels that the last words under the scale may stand out
_ROW = 2 * LINE + 10.0


def panel(shown: Panel, key: str, currency: str = "") -> Markup:
    """Draw one panel: a row per group, the scale below."""
    scale = _scale(shown)
    rows, y = [], 0.0
    for one in shown.groups:
        drawn, height = _group(one, y, scale, currency)
        rows.append(drawn)
        y += height
    words = "; ".join(
        f"{one.label}: {full(one.figure, currency)}" + (f", {one.note}" if one.note else "") for one in shown.groups
    )
    axis = _axis(scale, y)
    return drawing(WIDTH, y + 26, *axis, *rows, title=shown.title, description=words, key=key)


def _scale(shown: Panel) -> Scale:
    figures = [one.figure for one in shown.groups]
    values = [value for f in figures for value in (f.value, f.low, f.high) if value is not None]
    unit = figures[0].unit if figures else Unit.NUMBER
    width = WIDTH - LABELS - OVERHANG
    return span_scale(values, width) if unit is Unit.SPAN else linear_scale(values, unit, width)


def _group(one: Group, y: float, scale: Scale, currency: str) -> tuple[Markup, float]:
    names = wrap(one.label, LABELS - 12, SMALL, lines=3)
    number, quiet = figure(one.figure, currency), beside(one.figure, currency)
    parts = [text(0, y + 15 + LINE * at, words) for at, words in enumerate(names)]
    parts += [text(LABELS, y + 15, number, bold=True, halo=True)]
    gap = LABELS + text_width(number, SMALL, bold=True) + 8
    room = WIDTH - gap
    beyond = text_width(quiet, SMALL) > room
    parts.append(text(LABELS if beyond else gap, y + 15 + (LINE if beyond else 0), quiet, token="quiet", halo=True))
    y_mark = y + 15 + (LINE if beyond else 0) + 12
    parts += _mark(one.figure, LABELS, y_mark, scale, hollow=not one.comparable)
    notes = wrap(one.note, WIDTH - LABELS, SMALL) if one.note else []
    parts += [text(LABELS, y_mark + 20 + LINE * at, words, token="quiet", halo=True) for at, words in enumerate(notes)]
    used = y_mark - y + 12 + LINE * len(notes)
    return group(parts), max(used, LINE * len(names) + 12)


def _mark(shown: Figure, x: float, y: float, scale: Scale, *, hollow: bool) -> list[Markup]:
    if shown.value is None:
        return [line(x, y, x + scale.width, y, dash="2 4")]
    marks = [line(x, y, x + scale.width, y)]
    if shown.low is not None:
        high = scale.high if shown.high is None else shown.high
        marks.append(
            line(x + scale.at(shown.low), y, x + scale.at(high), y, token="outline" if hollow else "accent", width=3)
        )
    fill = "paper" if hollow else "accent"
    style = {**paint(fill=fill, stroke="outline" if hollow else "accent"), "stroke_width": 2}
    return [*marks, element("circle", cx=x + scale.at(shown.value), cy=y, r=5, **style)]


def _axis(scale: Scale, y: float) -> list[Markup]:
    parts = []
    for value, words in scale.ticks(overhang=OVERHANG):
        at = LABELS + scale.at(value)
        whole = text_width(words, SMALL)
        left = max(min(at - whole / 2, WIDTH - whole), LABELS)
        parts += [line(at, 0, at, y + 4), text(left, y + 20, words, token="quiet")]
    return parts
