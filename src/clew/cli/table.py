"""Tables of text: aligned on the decimal point, fitted to a width, or written as records where a table cannot fit."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from clew.questions.cells import NO_INTERVAL, Cells, Interval, written
from clew.questions.model import Unit
from clew.questions.words import MISSING, Figure

GAP = "  "
NARROWEST_TEXT = 12  # a text column is never wrapped to less


@dataclass(frozen=True)
class Line:
    """One printed line: the plain text and the spans of it that are quiet."""

    text: str
    quiet: tuple[tuple[int, int], ...] = ()


def fitted(columns: Sequence[Cells], width: int) -> list[Line] | None:
    """Lay the columns out as a table no wider than `width` (0: any), None where that cannot be done."""
    shown = [column for column in columns if any(figure.number != MISSING for figure in column.figures)]
    if not shown:
        return []
    blocks = [_block(column) for column in shown]
    if width and not _narrowed(shown, blocks, width):
        return None
    return _lines(blocks)


def records(columns: Sequence[Cells], width: int) -> list[Line]:
    """Write every row as a block of 'heading  figure' lines."""
    shown = [column for column in columns if any(figure.number != MISSING for figure in column.figures)]
    label = max((len(column.column.title) for column in shown), default=0)
    lines: list[Line] = []
    for row in range(len(shown[0].figures) if shown else 0):
        lines += [Line("")] if row else []
        for column in shown:
            if column.figures[row].number != MISSING:
                lines += _record(column, row, label, width)
    return lines


def _record(column: Cells, row: int, label: int, width: int) -> list[Line]:
    text = str(column.figures[row])
    if column.intervals[row] != NO_INTERVAL:
        text += f"  {written(column.intervals[row])}"
    head = column.column.title.ljust(label) + GAP
    body = textwrap.wrap(text, max(NARROWEST_TEXT, width - len(head)), break_long_words=False) or [""]
    first = Line(head + body[0], ((0, len(head)),))
    return [first, *(Line(" " * len(head) + more) for more in body[1:])]


def _side_by_side(intervals: Sequence[Interval]) -> list[str]:
    """Write intervals so that their ends stand below each other."""
    low = max((len(low) for low, _, _ in intervals), default=0)
    middle = max((len(word) for _, word, high in intervals if high), default=0)
    high = max((len(high) for _, _, high in intervals), default=0)
    lines = []
    for start, word, end in intervals:
        text = f"{start.rjust(low)} {word.ljust(middle) if end else word} {end.rjust(high)}" if word else ""
        lines.append(text.rstrip())
    return lines


@dataclass
class _Block:
    """A column as text of one width: heading lines, then per row its lines."""

    column: Cells
    heading: list[str]
    rows: list[list[str]]
    quiet_from: list[int]  # where in a row's first line the quiet part begins

    @property
    def width(self) -> int:
        return max(len(line) for lines in (self.heading, *self.rows) for line in lines)


def _block(column: Cells) -> _Block:
    if column.left:
        return _text_block(column, 0)
    bodies = _aligned(column.figures)
    title = column.column.title
    intervals = _side_by_side(column.intervals)
    plain = not any(intervals) and not any(figure.unit for figure in column.figures if _numeric(figure))
    if plain:
        widest = max(len(title), *(len(body) for body in bodies), 0)
        bodies, title = [body.rjust(widest) for body in bodies], title.rjust(widest)
    rows = [[f"{body}{GAP}{interval}" if interval else body] for body, interval in zip(bodies, intervals, strict=True)]
    return _Block(column, [title], rows, [len(body) for body in bodies])


def _aligned(figures: Sequence[Figure]) -> list[str]:
    """Write figures so that their points stand below each other, units behind; words stay as they are."""
    numbers = [figure for figure in figures if _numeric(figure)]
    whole = max((len(_before_point(figure.number)) for figure in numbers), default=0)
    part = max((len(_from_point(figure.number)) for figure in numbers), default=0)
    unit = max((len(figure.unit) for figure in numbers), default=0)
    lines = []
    for figure in figures:
        text = figure.number if figure.number != MISSING else MISSING.rjust(whole)
        if _numeric(figure):
            text = _before_point(figure.number).rjust(whole) + _from_point(figure.number).ljust(part)
            text += f" {figure.unit.ljust(unit)}" if unit else ""
        lines.append(text.ljust(whole + part + (unit + 1 if unit else 0)))
    return lines


def _text_block(column: Cells, width: int) -> _Block:
    def wrap(text: str) -> list[str]:
        return (textwrap.wrap(text, width, break_on_hyphens=False) or [""]) if width else [text]

    rows = [wrap(str(figure)) for figure in column.figures]
    return _Block(column, wrap(column.column.title), rows, [10**6] * len(rows))


def _narrowed(columns: Sequence[Cells], blocks: list[_Block], width: int) -> bool:
    """Wrap the widest text columns until the table fits; say whether it does."""
    while (over := sum(block.width for block in blocks) + len(GAP) * (len(blocks) - 1) - width) > 0:
        texts = [place for place, block in enumerate(blocks) if block.column.column.unit is Unit.TEXT]
        widest = max(texts, key=lambda place: blocks[place].width, default=None)
        if widest is None or blocks[widest].width <= NARROWEST_TEXT:
            return False
        target = max(NARROWEST_TEXT, blocks[widest].width - over)
        narrowed = _text_block(columns[widest], target)
        if narrowed.width >= blocks[widest].width:
            return False
        blocks[widest] = narrowed
    return True


def _lines(blocks: Sequence[_Block]) -> list[Line]:
    height = max(len(block.heading) for block in blocks)
    headings = [[*block.heading, *[""] * (height - len(block.heading))] for block in blocks]
    lines = [_joined(blocks, parts) for parts in zip(*headings, strict=True)]
    for row in range(len(blocks[0].rows)):
        for place in range(max(len(block.rows[row]) for block in blocks)):
            parts = [block.rows[row][place] if place < len(block.rows[row]) else "" for block in blocks]
            lines.append(_joined(blocks, parts, [block.quiet_from[row] for block in blocks]))
    return lines


def _joined(blocks: Sequence[_Block], parts: Sequence[str], quiet_from: Sequence[int] = ()) -> Line:
    text, quiet = "", []
    for place, (block, part) in enumerate(zip(blocks, parts, strict=True)):
        begin = len(text)
        text += part.ljust(block.width) + GAP
        if quiet_from and quiet_from[place] < len(part):
            quiet.append((begin + quiet_from[place], begin + len(part)))
    return Line(text.rstrip(), tuple(quiet))


def _numeric(figure: Figure) -> bool:
    return figure.number[:1].isdigit() or figure.number[:1] == "-"


def _before_point(text: str) -> str:
    return text.partition(".")[0]


def _from_point(text: str) -> str:
    _, point, tail = text.partition(".")
    return point + tail
