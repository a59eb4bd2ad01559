"""The band: planned stages as outlined arrows, and in them, to scale, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from clew.reports.model import Flow, Picture
from clew.reports.picture.slots import Kind, Slots, arrange, kind_of
from clew.reports.svg import element, group, line, paint, rectangle, text
from clew.reports.words import brief

NODE, STUB, NUB = 14, 28, 10  # widths in pixels: a stage's bar, a way out, those who stay
TALLEST, THICKEST = 112.0, 36.0  # pixels for the fullest stage, and for the thickest flow that leaves the line
MOST_ARCS = 8  # skips and ways back drawn per row; smaller ones stand in the table
_LABEL = 18.0  # pixels that the words of an arc need


@dataclass(frozen=True)
class Row:
    """One row of the band: stages first..last-1 (places in the picture), column width and left edge in pixels."""

    first: int
    last: int
    left: float
    column: float

    def x(self, place: int) -> float:
        """Return the left edge of a stage's bar."""
        return self.left + (place - self.first) * self.column

    def holds(self, place: int | None) -> bool:
        """Tell whether a stage stands in this row."""
        return place is not None and self.first <= place < self.last


@dataclass(frozen=True)
class Arc:
    """A skip or a way back inside a row, `offset` pixels away from the stages."""

    flow: Flow
    offset: float


@dataclass(frozen=True)
class Band:
    """All that is needed to draw one row; heights in pixels, `scale` pixels per visit."""

    picture: Picture
    slots: Slots
    row: Row
    scale: float
    over: tuple[Arc, ...]
    under: tuple[Arc, ...]
    above: float
    tall: float
    below: float

    @property
    def height(self) -> float:
        return self.above + self.tall + self.below

    def thick(self, visits: float) -> float:
        """Return the thickness of so many visits, never thinner than a hairline."""
        return max(visits * self.scale, 1.2) if visits else 0.0


def lay_out(picture: Picture, row: Row, *, tallest: float = TALLEST) -> Band:
    """Give the flows of one row their lanes."""
    slots = arrange(picture)
    fullest = max([float(picture.started), 1.0, *slots.heights])
    arcs = [flow.visits for flow in picture.flows if kind_of(flow) in (Kind.SKIP, Kind.BACK)]
    scale = min(tallest / fullest, THICKEST / max([1, *arcs]))
    tall = fullest * scale
    inside = [f for f in picture.flows if row.holds(f.source) and row.holds(f.target)]
    over, above = _lanes([f for f in inside if kind_of(f) is Kind.SKIP], scale)
    under, below = _lanes([f for f in inside if kind_of(f) is Kind.BACK], scale)
    return Band(picture, slots, row, scale, over, under, above, tall, below + 8)


def draw(band: Band, y: float, *, outlines: bool = True) -> Markup:
    """Draw one row of the band with its top at y."""
    top = y + band.above
    places = range(band.row.first, band.row.last)
    flows = [flow for flow in band.picture.flows if band.row.holds(flow.source) or band.row.holds(flow.target)]
    parts = [_outline(band, place, top) for place in places] if outlines else []
    parts += [_under(band, arc, top) for arc in band.under]
    parts += [_over(band, arc, top) for arc in band.over]
    parts += [_ribbon(band, flow, top) for flow in flows if kind_of(flow) in (Kind.NEXT, Kind.START)]
    parts += [_way_out(band, flow, top) for flow in flows if kind_of(flow) is Kind.END]
    parts += [_stub(band, flow, top) for flow in flows if _leads_away(band, flow)]
    parts += [_bar(band, place, top) for place in places]
    return group([*parts, *_labels(band, flows, top)])


def _lanes(flows: Sequence[Flow], scale: float) -> tuple[tuple[Arc, ...], float]:
    """Stack arcs, short ones near the stages; arcs that do not overlap share a lane. Returns arcs and total height."""
    drawn = sorted(
        sorted(flows, key=lambda f: -f.visits)[:MOST_ARCS], key=lambda f: (_reach(f)[1] - _reach(f)[0], _reach(f))
    )
    lanes: list[list[Flow]] = []
    for flow in drawn:
        lane = next((lane for lane in lanes if not any(_overlap(flow, other) for other in lane)), None)
        if lane is None:
            lanes.append([flow])
        else:
            lane.append(flow)
    arcs: list[Arc] = []
    height = 0.0
    for lane in lanes:
        thick = max(max(flow.visits * scale, 1.2) for flow in lane)
        arcs += [Arc(flow, height + 8 + thick / 2) for flow in lane]
        height += thick + _LABEL + 4
    return tuple(arcs), height + (4 if lanes else 0)


def _reach(flow: Flow) -> tuple[int, int]:
    low, high = sorted((flow.source or 0, flow.target or 0))
    return low, high


def _overlap(one: Flow, other: Flow) -> bool:
    (low, high), (other_low, other_high) = _reach(one), _reach(other)
    return low < other_high and other_low < high


def _outline(band: Band, place: int, top: float) -> Markup:
    """The planned stage: an arrow as tall as all runs that started."""
    stage = band.picture.stages[place]
    x, width, height = band.row.x(place), band.row.column - 6, band.picture.started * band.scale
    tip = min(10.0, height / 2)
    path = f"M{x:.1f} {top:.1f}H{x + width - tip:.1f}l{tip:.1f} {height / 2:.1f}l{-tip:.1f} {height / 2:.1f}H{x:.1f}Z"
    dash = "4 4" if stage.planned.optional or stage.before else None
    return element("path", d=path, stroke_width=1.25, stroke_dasharray=dash, **paint(stroke="outline"))


def _bar(band: Band, place: int, top: float) -> Markup:
    """What did reach the stage, those who stand in it, and among them those who are stalled."""
    stage = band.picture.stages[place]
    x = band.row.x(place)
    bar = rectangle(x, top, NODE, band.thick(stage.visits), **paint(fill="accent"))
    if not stage.here:
        return bar
    stands = top + band.slots.stands[place] * band.scale
    stuck = min(stage.stalled, stage.here)
    parts = [bar, rectangle(x + NODE, stands, NUB, band.thick(stage.here), **paint(fill="paper", stroke="accent"))]
    if stuck:
        parts.append(rectangle(x + NODE, stands, NUB, band.thick(stuck), **paint(fill="alert", stroke="alert")))
    return group(parts)


def _ribbon(band: Band, flow: Flow, top: float) -> Markup:
    """A move to the next stage, a start, or the part of it that lies in this row."""
    row, thick = band.row, band.thick(flow.visits)
    into = top + band.slots.arrives[flow] * band.scale
    if flow.source is None or not row.holds(flow.source):
        x = row.x(flow.target or 0)
        return rectangle(x - 22, into, 22, thick, **paint(fill="flow"))
    start, leaves = row.x(flow.source) + NODE, top + band.slots.leaves[flow] * band.scale
    if not row.holds(flow.target):
        return rectangle(start, leaves, row.column - NODE - 16, thick, **paint(fill="flow"))
    return _ribbon_path(start, leaves, row.x(flow.target or 0), into, thick, "flow")


def _ribbon_path(x0: float, y0: float, x1: float, y1: float, thick: float, token: str) -> Markup:
    bend = x0 + STUB + 4
    middle = (bend + x1) / 2
    low0, low1 = y0 + thick, y1 + thick
    path = (
        f"M{x0:.1f} {y0:.1f}H{bend:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        f"V{low1:.1f}C{middle:.1f} {low1:.1f} {middle:.1f} {low0:.1f} {bend:.1f} {low0:.1f}H{x0:.1f}Z"
    )
    return element("path", d=path, **paint(fill=token))


def _way_out(band: Band, flow: Flow, top: float) -> Markup:
    good = any(end.good and end.name == flow.end for end in band.picture.ends)
    x = band.row.x(flow.source or 0) + NODE
    y, thick = top + band.slots.leaves[flow] * band.scale, band.thick(flow.visits)
    cap = line(x + STUB, y - 1, x + STUB, y + thick + 1, token="accent" if good else "quiet", width=3)
    return group([rectangle(x, y, STUB, thick, **paint(fill="flow" if good else "gone")), cap])


def _over(band: Band, arc: Arc, top: float) -> Markup:
    """A skip: up into its lane, across, down again."""
    flow, thick = arc.flow, band.thick(arc.flow.visits)
    x0, x1 = band.row.x(flow.source or 0) + NODE, band.row.x(flow.target or 0)
    y0 = top + band.slots.leaves[flow] * band.scale + thick / 2
    y1 = top + band.slots.arrives[flow] * band.scale + thick / 2
    lane, reach = top - arc.offset, (band.row.column - NODE) * 0.6
    path = (
        f"M{x0:.1f} {y0:.1f}C{x0 + reach / 2:.1f} {y0:.1f} {x0 + reach / 2:.1f} {lane:.1f} {x0 + reach:.1f} {lane:.1f}"
        f"H{x1 - reach:.1f}C{x1 - reach / 2:.1f} {lane:.1f} {x1 - reach / 2:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    )
    return element("path", d=path, stroke_width=thick, **paint(stroke="flow"))


def _under(band: Band, arc: Arc, top: float) -> Markup:
    """A way back: out to the right, down into its lane, left, and up into the earlier stage."""
    flow, thick = arc.flow, band.thick(arc.flow.visits)
    x0, x1 = band.row.x(flow.source or 0) + NODE, band.row.x(flow.target or 0)
    y0 = top + band.slots.leaves[flow] * band.scale + thick / 2
    y1 = top + band.slots.arrives[flow] * band.scale + thick / 2
    lane, turn = top + band.tall + arc.offset, max(18.0, thick * 0.9)
    path = (
        f"M{x0:.1f} {y0:.1f}h4c{turn:.1f} 0 {turn:.1f} {lane - y0:.1f} 0 {lane - y0:.1f}"
        f"H{x1 - 4:.1f}c{-turn:.1f} 0 {-turn:.1f} {y1 - lane:.1f} 0 {y1 - lane:.1f}h4"
    )
    return element("path", d=path, stroke_width=thick, **paint(stroke="back"))


def _leads_away(band: Band, flow: Flow) -> bool:
    """Tell whether a skip or a way back goes to another row, or is too small to have a lane."""
    if kind_of(flow) not in (Kind.SKIP, Kind.BACK):
        return False
    return not any(arc.flow == flow for arc in (*band.over, *band.under))


def _stub(band: Band, flow: Flow, top: float) -> Markup:
    """A flow that leads elsewhere: a pointed piece where it leaves, a plain one where it arrives."""
    token, thick = "flow" if kind_of(flow) is Kind.SKIP else "back", band.thick(flow.visits)
    if not band.row.holds(flow.source):
        y = top + band.slots.arrives[flow] * band.scale
        return rectangle(band.row.x(flow.target or 0) - 16, y, 16, thick, **paint(fill=token))
    x, y = band.row.x(flow.source or 0) + NODE, top + band.slots.leaves[flow] * band.scale
    path = f"M{x:.1f} {y:.1f}h{STUB - 8}l8 {thick / 2:.1f}l-8 {thick / 2:.1f}h{8 - STUB}Z"
    return element("path", d=path, **paint(fill=token))


def _labels(band: Band, flows: Sequence[Flow], top: float) -> list[Markup]:
    words = [_next_label(band, flow, top) for flow in flows if kind_of(flow) is Kind.NEXT]
    words += [
        _arc_label(band, arc, top - arc.offset - band.thick(arc.flow.visits) / 2 - 5, "skip →") for arc in band.over
    ]
    words += [
        _arc_label(band, arc, top + band.tall + arc.offset + band.thick(arc.flow.visits) / 2 + 14, "← back")
        for arc in band.under
    ]
    return [word for word in words if word]


def _next_label(band: Band, flow: Flow, top: float) -> Markup:
    row, thick = band.row, band.thick(flow.visits)
    if row.holds(flow.source):
        x = row.x(flow.source or 0) + NODE + (row.column - NODE) * 0.6
        leaves, into = (
            band.slots.leaves[flow],
            band.slots.arrives[flow] if row.holds(flow.target) else band.slots.leaves[flow],
        )
        y = top + (leaves + into) / 2 * band.scale + thick / 2 + 5
        words = brief(flow.visits) if row.holds(flow.target) else f"{brief(flow.visits)} ↵"
        return text(x, max(y, top + 12), words, anchor="middle", halo=thick < 16)
    return text(
        row.x(flow.target or 0) - 26, top + thick / 2 + 5, f"↳ {brief(flow.visits)}", token="quiet", anchor="end"
    )


def _arc_label(band: Band, arc: Arc, y: float, words: str) -> Markup:
    x0, x1 = band.row.x(arc.flow.source or 0) + NODE, band.row.x(arc.flow.target or 0)
    number = brief(arc.flow.visits)
    shown = f"{words} {number}" if words.startswith("←") else f"{number} {words}"
    return text((x0 + x1) / 2, y, shown, token="quiet", anchor="middle", halo=True)
