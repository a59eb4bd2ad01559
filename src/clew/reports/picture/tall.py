"""The picture from top to bottom, for narrow screens: the same numbers and words, the band in a gutter on the left."""

from __future__ import annotations

from markupsafe import Markup

from clew.reports.model import Flow, Picture, Stage
from clew.reports.picture.cells import LANES, Cell, Line, counts, lines, linked, moves, now, plan, stalled_words, times
from clew.reports.picture.frame import Frame
from clew.reports.picture.ruler import HEIGHT, common_scale, ruler, shown_times
from clew.reports.picture.scale import Scale
from clew.reports.picture.slots import Kind, Slots, arrange, kind_of
from clew.reports.svg import LINE, drawing, element, group, line, paint, rectangle, text
from clew.reports.tokens import BODY, SMALL
from clew.reports.words import NBSP, brief

GUTTER, BAND, BAR = 80.0, 60.0, 12.0  # pixels: where the words begin, the fullest stage, thickness of a stage's bar
STUB, NUB = 22.0, 9.0


class Column:
    """The tall picture while it is drawn."""

    def __init__(self, picture: Picture, frame: Frame) -> None:
        self.picture, self.width, self.frame = picture, frame.width, frame
        self.slots: Slots = arrange(picture)
        self.scale = BAND / max([float(picture.started), 1.0, *self.slots.heights])
        self.y = 0.0
        self.bars: list[float] = []
        self.parts: list[Markup] = []
        self.left = GUTTER

    @property
    def text_width(self) -> float:
        return self.width - self.left - 4

    def add(self, cell: Cell, *, size: float = SMALL, step: float = LINE) -> list[Markup]:
        """Set lines of words one below the other and go on below them."""
        set_lines = []
        for shown in cell:
            self.y += step
            set_lines.append(text(self.left, self.y, shown.words, token=shown.token, bold=shown.bold, size=size))
        return linked(cell, set_lines)

    def stage(self, place: int, time_scale: Scale) -> None:
        """Add one stage with all its lanes."""
        stage, show = self.picture.stages[place], self.frame.show
        self.bars.append(self.y + 8)
        self.title(place)
        if show.planned:
            self.parts += self.add(plan(stage, self.text_width))
        self.y += 4
        if show.actual:
            self.parts += self.add(counts(self.picture, place, self.text_width, self.frame) + self._moves(place))
        self.parts.append(ruler(shown_times(stage, show), self.left, self.y + 10, time_scale))
        self.y += HEIGHT + 10
        if show.times:
            self.parts += self.add(times(stage, self.text_width))
        if self.frame.overlay is None and show.actual:
            self._stalled(place)
        self._lanes(stage)
        self.y += 24

    def title(self, place: int) -> None:
        """Add the number and the name of a stage."""
        stage = self.picture.stages[place]
        number = place + (0 if self.picture.stages[0].before else 1)
        name = stage.title if stage.before else f"{number}{NBSP}{stage.title}"
        href = self.frame.href(stage, "stage")
        self.parts += self.add(_sized(name, self.text_width, href), size=BODY, step=20)

    def _lanes(self, stage: Stage) -> None:
        if not self.frame.show.planned or not self.frame.show.lanes:
            return
        for label, words in LANES:
            cell = words(stage, self.text_width)
            if cell:
                self.y += 5
                self.parts += self.add([Line(label, "quiet", True), *cell])

    def _moves(self, place: int) -> Cell:
        """Skips and ways back, which the narrow band shows as stubs only."""
        arcs = [flow for flow in self.picture.flows if flow.source == place and kind_of(flow) in (Kind.SKIP, Kind.BACK)]
        return moves(self.picture, arcs, self.text_width)

    def _stalled(self, place: int) -> None:
        stage = self.picture.stages[place]
        if not stage.stalled:
            self.parts += self.add([Line("none stalled", "quiet")])
            return
        words = self.add(lines(f"▲ {stalled_words(stage, self.frame.currency)}", self.text_width, "alert", bold=True))
        link = self.frame.link
        self.parts += [element("a", *words, href=link, class_="in-picture")] if link else words

    def flow(self, flow: Flow) -> Markup | None:
        """Draw one flow beside the words."""
        thick = max(flow.visits * self.scale, 1.2)
        if flow.source is None:
            return rectangle(
                self.slots.arrives[flow] * self.scale, self.bars[flow.target or 0] - 8, thick, 8, **paint(fill="flow")
            )
        x, y = self.slots.leaves[flow] * self.scale, self.bars[flow.source] + BAR
        match kind_of(flow):
            case Kind.NEXT:
                return _downward(x, y, self.slots.arrives[flow] * self.scale, self.bars[flow.target or 0], thick)
            case Kind.END:
                good = any(end.good and end.name == flow.end for end in self.picture.ends)
                cap = line(x, y + STUB, x + thick, y + STUB, token="accent" if good else "quiet", width=3)
                return group([rectangle(x, y, thick, STUB, **paint(fill="flow" if good else "gone")), cap])
            case Kind.SKIP:
                return _pointed(x, y, thick, "flow")
            case _:
                return _pointed(x, y, thick, "back")

    def bar(self, place: int) -> Markup:
        """Draw the outline of what was planned and the bar of what happened."""
        stage, y = self.picture.stages[place], self.bars[place]
        show, dash = self.frame.show, "4 4" if stage.planned.optional or stage.before else None
        outline = rectangle(
            0.5,
            y,
            self.picture.started * self.scale if show.actual else BAND,
            BAR,
            stroke_dasharray=dash,
            stroke_width=1.25,
            **paint(stroke="outline"),
        )
        bar = rectangle(0, y, max(stage.visits * self.scale, 1.2) if stage.visits else 0, BAR, **paint(fill="accent"))
        sides = [outline] * show.planned + [bar] * show.actual
        if not stage.here or not show.actual:
            return group(sides)
        x = self.slots.stands[place] * self.scale
        nub = rectangle(x, y + BAR, max(stage.here * self.scale, 1.2), NUB, **paint(fill="paper", stroke="accent"))
        stuck = min(stage.stalled, stage.here)
        hot = (
            rectangle(x, y + BAR, max(stuck * self.scale, 1.2), NUB, **paint(fill="alert", stroke="alert"))
            if stuck
            else Markup("")
        )
        return group([*sides, nub, hot])


def tall(picture: Picture, frame: Frame) -> Markup:
    """Draw the picture from top to bottom in one drawing."""
    column = Column(picture, frame)
    if frame.show.actual:
        column.parts.append(text(0, 14, f"{brief(picture.started)} started", bold=True))
        column.y = 32
    scale = common_scale(picture.stages, column.text_width - 8)
    for place in range(len(picture.stages)):
        column.stage(place, scale)
    moving = picture.flows if frame.show.actual else ()
    flows = [drawn for drawn in (column.flow(flow) for flow in moving) if drawn]
    bars = [column.bar(place) for place in range(len(picture.stages))]
    return drawing(
        frame.width,
        column.y,
        *flows,
        *bars,
        *column.parts,
        title=frame.title,
        description=frame.description,
        key=frame.key,
        hidden=frame.hidden,
    )


def tall_live(picture: Picture, frame: Frame) -> Markup:
    """Draw the overlay alone, stage below stage."""
    column = Column(picture, frame)
    column.left = 0.0
    for place, stage in enumerate(picture.stages):
        column.title(place)
        column.parts += column.add(
            now(frame.overlay.notes.get(stage.name, ()) if frame.overlay else (), column.text_width)
        )
        column.y += 16
    return drawing(
        frame.width,
        column.y,
        *column.parts,
        title=f"{frame.title}, now",
        description=frame.description,
        key=f"{frame.key}-live",
        hidden=frame.hidden,
    )


def _sized(name: str, width: float, href: str) -> Cell:
    # The measure is for small letters; names are set larger.
    return [Line(shown.words, "ink", True, href) for shown in lines(name, width * SMALL / BODY, bold=True)]


def _downward(x0: float, y0: float, x1: float, y1: float, thick: float) -> Markup:
    bend = y1 - 40
    middle = (bend + y1) / 2
    right0, right1 = x0 + thick, x1 + thick
    path = (
        f"M{x0:.1f} {y0:.1f}V{bend:.1f}C{x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}"
        f"H{right1:.1f}C{right1:.1f} {middle:.1f} {right0:.1f} {middle:.1f} {right0:.1f} {bend:.1f}V{y0:.1f}Z"
    )
    return element("path", d=path, **paint(fill="flow"))


def _pointed(x: float, y: float, thick: float, token: str) -> Markup:
    """A stub with a point: the move goes on elsewhere."""
    path = f"M{x:.1f} {y:.1f}v{STUB - 6:.1f}l{thick / 2:.1f} 6l{thick / 2:.1f} -6v{6 - STUB:.1f}Z"
    return element("path", d=path, **paint(fill=token))
