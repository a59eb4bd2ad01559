"""The picture from left to right: a band of stages, rulers of time under it, lanes below; long journeys take rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from markupsafe import Markup

from clew.reports.measure import wrap
from clew.reports.model import Picture, Stage
from clew.reports.picture.band import Row, draw, lay_out
from clew.reports.picture.cells import LANES, Cell, Line, counts, linked, moves, now, plan, stalled_words, times
from clew.reports.picture.frame import Frame, Overlay
from clew.reports.picture.ruler import HEIGHT, common_scale, ruler, shown_times
from clew.reports.picture.scale import Scale
from clew.reports.svg import LINE, drawing, element, line, paint, rectangle, text
from clew.reports.tokens import BODY, SMALL
from clew.reports.words import NBSP, brief

NARROWEST, WIDEST = 136, 320  # pixels of a column
GAP = 16  # pixels between the words of two columns
PAD = 8
BARE = 40.0  # pixels that the arrows of a plan are high where nobody went through them


class Sheet:
    """One row of the picture while it is drawn: keeps how far down it has come."""

    def __init__(self, picture: Picture, row: Row, frame: Frame) -> None:
        self.picture, self.row, self.frame, self.width = picture, row, frame, frame.width
        self.y = 0.0
        self.parts: list[Markup] = []
        self.text_width = min(row.column, WIDEST) - GAP

    @property
    def places(self) -> range:
        return range(self.row.first, self.row.last)

    def lane(self, label: str, cell_of: Callable[[int], Cell], *, tinted: bool = False, keep: bool = False) -> None:
        """Add a lane of words; one without any word is left out unless it is to be kept."""
        cells = [cell_of(place) for place in self.places]
        tallest = max([len(cell) for cell in cells])
        if not tallest and not keep:
            return
        head = wrap(label, self.row.left - 16, SMALL, bold=True) if label else []
        height = max(tallest, len(head)) * LINE + 2 * PAD
        if tinted:
            self.parts.append(rectangle(0, self.y, self.width, height, **paint(fill="tint")))
        self.parts += [
            text(PAD, self.y + PAD + 12 + LINE * at, words, token="quiet", bold=True) for at, words in enumerate(head)
        ]
        for place, cell in zip(self.places, cells, strict=True):
            self.parts += self._words(cell, self.row.x(place), self.y + PAD + 12)
        self.y += height

    def titles(self) -> None:
        """Add the names of the stages with their numbers."""
        names = [_title_lines(self.picture, place, self.text_width) for place in self.places]
        for place, lines in zip(self.places, names, strict=True):
            href = self.frame.href(self.picture.stages[place], "stage")
            shown = [Line(words, "ink", True, href) for words in lines]
            self.parts += self._words(shown, self.row.x(place), self.y + 16, size=BODY, step=20)
        self.y += max(len(lines) for lines in names) * 20 + 4

    def rulers(self, scale: Scale) -> None:
        """Add the rulers of time."""
        self.parts.append(text(PAD, self.y + 14, "Time in stage", token="quiet", bold=True))
        shown = [shown_times(self.picture.stages[place], self.frame.show) for place in self.places]
        self.parts += [
            ruler(stage, self.row.x(place), self.y + 4, scale) for place, stage in zip(self.places, shown, strict=True)
        ]
        self.y += HEIGHT + 4

    def stalls(self) -> None:
        """Add the counts of stalled runs, each a link to the list."""
        self.parts.append(text(PAD, self.y + PAD + 12, "Stalled now", token="quiet", bold=True))
        tallest = 1
        for place in self.places:
            stage, x = self.picture.stages[place], self.row.x(place)
            cell = _stalled_cell(stage, self.frame.currency, self.text_width)
            tallest = max(tallest, len(cell))
            words = Markup("").join(self._words(cell, x, self.y + PAD + 12))
            link = self.frame.link
            self.parts.append(element("a", words, href=link, class_="in-picture") if stage.stalled and link else words)
        self.y += tallest * LINE + 2 * PAD

    def band(self) -> None:
        """Add the band with all its flows, or the plan alone as outlines of one height."""
        show = self.frame.show
        band = lay_out(self.picture, self.row) if show.actual else lay_out(bare(self.picture), self.row, tallest=BARE)
        self.parts.append(draw(band, self.y, outlines=show.planned))
        middle = self.y + band.above
        if self.row.first == 0 and show.actual:
            head = wrap(f"{brief(self.picture.started)} started", self.row.left - 40, SMALL, bold=True)
            self.parts += [text(PAD, middle + 14 + LINE * at, words, bold=True) for at, words in enumerate(head)]
        self.y += band.height

    def rule(self) -> None:
        """Add a hairline across."""
        self.parts.append(line(0, self.y, self.width, self.y))

    def _words(self, cell: Cell, x: float, y: float, *, size: float = SMALL, step: float = LINE) -> list[Markup]:
        drawn = [
            text(x, y + step * at, shown.words, token=shown.token, bold=shown.bold, size=size)
            for at, shown in enumerate(cell)
        ]
        return linked(cell, drawn)


def bare(picture: Picture) -> Picture:
    """The stages as they were planned, without anybody."""
    return replace(picture, stages=tuple(map(_bare, picture.stages)), flows=(), ends=(), started=1)


def _bare(stage: Stage) -> Stage:
    return replace(stage, visits=0, here=0, stalled=0)


def rows_of(stages: int, width: float, gutter: float) -> list[Row]:
    """Spread stages over as few rows as fit, evenly."""
    most = max(1, int((width - gutter) // NARROWEST))
    rows = math.ceil(stages / most)
    each = math.ceil(stages / rows)
    column = min((width - gutter) / each, WIDEST)
    return [Row(first, min(first + each, stages), gutter, column) for first in range(0, stages, each)]


@dataclass(frozen=True)
class RowDrawings:
    """One row of stages in pieces between which a printed page may break.

    actual  the band with its numbers, times and stalls
    titles  the names of the stages again, for a page that begins with the lanes
    lanes   what the map says of customer and firm, None where it says nothing
    live    the names of the stages and the overlay, which then stand above the rest; None without one
    """

    actual: Markup
    titles: Markup
    lanes: Markup | None
    live: Markup | None = None


def wide(picture: Picture, frame: Frame) -> list[RowDrawings]:
    """Draw the picture, row by row."""
    gutter = 120.0 if frame.width > 800 else 112.0
    rows = rows_of(len(picture.stages), frame.width, gutter)
    scale = common_scale(picture.stages, rows[0].column - GAP - 8)
    return [_row(picture, row, frame, scale, number) for number, row in enumerate(rows)]


def _row(picture: Picture, row: Row, frame: Frame, scale: Scale, number: int) -> RowDrawings:
    whole = row.first == 0 and row.last == len(picture.stages)
    show, overlay = frame.show, frame.overlay
    part = "" if whole else f", stages {row.first + 1} to {row.last} of {len(picture.stages)}"
    actual, titles, lanes, live = (Sheet(picture, row, frame) for _ in range(4))
    _actual(actual, scale)
    titles.titles()
    if show.planned and show.lanes:
        _lanes(lanes)
    if overlay:
        _live(live, overlay)

    def finished(sheet: Sheet, kind: str, words: str) -> Markup:
        title = f"{frame.title}{part}{words}"
        key = f"{frame.key}-{number}-{kind}"
        return drawing(
            frame.width, sheet.y, *sheet.parts, title=title, description=frame.description, key=key, hidden=frame.hidden
        )

    return RowDrawings(
        finished(actual, "actual", ""),
        finished(titles, "titles", ", stages"),
        finished(lanes, "lanes", ", customer and firm") if lanes.parts else None,
        finished(live, "live", ", now") if overlay else None,
    )


def _live(sheet: Sheet, overlay: Overlay) -> None:
    stages = sheet.picture.stages
    sheet.titles()
    sheet.lane(
        overlay.title, lambda place: now(overlay.notes.get(stages[place].name, ()), sheet.text_width), tinted=True
    )
    sheet.y += PAD


def _actual(sheet: Sheet, scale: Scale) -> None:
    stages, frame, width = sheet.picture.stages, sheet.frame, sheet.text_width
    if frame.overlay is None:
        sheet.titles()
    if frame.show.planned:
        sheet.lane("Planned", lambda place: plan(stages[place], width))
    sheet.band()
    if frame.show.actual:
        sheet.lane("What happened", lambda place: counts(sheet.picture, place, width, frame) + _elsewhere(sheet, place))
    sheet.rule()
    sheet.y += PAD
    sheet.rulers(scale)
    if frame.show.times:
        sheet.lane("", lambda place: times(stages[place], width))
    sheet.rule()
    if frame.overlay is None and frame.show.actual:
        sheet.stalls()


def _lanes(sheet: Sheet) -> None:
    stages = sheet.picture.stages
    for label, words in LANES:
        cells = [words(stages[place], sheet.text_width) for place in sheet.places]
        if any(cells):
            sheet.rule()
            sheet.lane(label, lambda place, cells=cells: cells[place - sheet.row.first])  # type: ignore[misc]


def _elsewhere(sheet: Sheet, place: int) -> Cell:
    """Name the skips and ways back that lead to another row."""
    far = [flow for flow in sheet.picture.flows if flow.source == place and not sheet.row.holds(flow.target)]
    return moves(
        sheet.picture, [flow for flow in far if flow.target is not None and flow.target != place + 1], sheet.text_width
    )


def _title_lines(picture: Picture, place: int, width: float) -> list[str]:
    stage = picture.stages[place]
    number = place + (0 if picture.stages[0].before else 1)
    name = stage.title if stage.before else f"{number}{NBSP}{stage.title}"
    return wrap(name, width, BODY, bold=True, lines=4)


def _stalled_cell(stage: Stage, currency: str, width: float) -> Cell:
    words = stalled_words(stage, currency)
    if not stage.stalled:
        return [Line(words, "quiet")]
    return [Line(part, "alert", True) for part in wrap(f"▲ {words}", width, SMALL, bold=True)]
