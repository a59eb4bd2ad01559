"""The words of one stage, lane by lane, broken to a width; the wide and the tall picture share them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from clew.reports.measure import wrap
from clew.reports.model import Flow, Picture, Stage
from clew.reports.picture.frame import Frame, Note
from clew.reports.svg import element
from clew.reports.tokens import SMALL
from clew.reports.words import NBSP, beside, brief, figure, interval, many, share


class Line(NamedTuple):
    """One line of text in a cell, and where it leads."""

    words: str
    token: str = "ink"
    bold: bool = False
    href: str = ""


Cell = list[Line]


def lines(words: str, width: float, token: str = "ink", *, bold: bool = False, most: int = 8, href: str = "") -> Cell:
    """Break words to a width."""
    return [Line(part, token, bold, href) for part in wrap(words, width, SMALL, bold=bold, lines=most)]


def linked(cell: Sequence[Line], drawn: Sequence[Markup]) -> list[Markup]:
    """Put what was drawn of lines that lead to one place into one link; `drawn` has one element for each line."""
    found: list[Markup] = []
    for href, pairs in groupby(zip(cell, drawn, strict=True), key=lambda pair: pair[0].href):
        words = [each for _, each in pairs]
        found += [element("a", *words, href=href, class_="in-picture")] if href else words
    return found


def now(notes: Sequence[Note], width: float) -> Cell:
    """What is so now, one below the other."""
    return [
        line for note in notes for line in lines(note.words, width, note.token, bold=note.bold, href=note.href)
    ] or lines("nobody", width, "quiet")


def plan(stage: Stage, width: float) -> Cell:
    """Who works here, how long it may take, on whom it waits."""
    planned = stage.planned
    if stage.before:
        return lines("started, no stage entered yet", width, "quiet")
    says = [
        planned.team or "no team named",
        f"limit {planned.limit}" if planned.limit else "no limit set",
        "" if planned.waiting_on == "us" else f"waits on {_who(planned.waiting_on)}",
        "optional" if planned.optional else "",
        "◇ feedback moment" if planned.milestone else "",
    ]
    return [line for part in says if part for line in lines(part, width, "quiet", most=2)]


def counts(picture: Picture, place: int, width: float, frame: Frame | None = None) -> Cell:
    """How many came, stand here and left for good; with an overlay those who stand here are in its row.

    A stage without a count of runs says what its figure says instead: counts are of what is shown then.
    """
    stage = picture.stages[place]
    to = partial(frame.href, stage) if frame else _nowhere
    good = {end.name for end in picture.ends if end.good}
    left = [flow for flow in picture.flows if flow.source == place and flow.target is None]
    came_back = stage.visits - (stage.runs.value or 0)
    words = stage.runs.words or f"{brief(stage.runs.value or 0)} run{'' if stage.runs.value == 1 else 's'}"
    cell = lines(words, width, bold=True, href=to("stage"))
    if picture.started and not stage.runs.words:
        cell += lines(f"{share((stage.runs.value or 0) / picture.started)} of all started", width, "quiet")
    if frame is None or frame.overlay is None:
        cell += lines(f"{brief(stage.here)} here now", width, href=to("here"))
    if came_back > 0 and not stage.runs.words:
        cell += lines(f"↶ {many(came_back, 'return')}", width)
    for flow in sorted(left, key=lambda f: (f.end not in good, -f.visits)):
        shown = f"{'●' if flow.end in good else '✕'} {brief(flow.visits)} {flow.end}"
        cell += lines(shown, width, href=to(f"end:{flow.end}"))
    return cell


def _nowhere(what: str) -> str:
    return ""


def moves(picture: Picture, flows: Iterable[Flow], width: float) -> Cell:
    """Skips and ways back in words, where the drawing shows them as stubs."""
    cell: Cell = []
    for flow in flows:
        ahead = (flow.target or 0) > (flow.source or 0)
        words = f"{brief(flow.visits)} {'skip' if ahead else 'back'} to {picture.stages[flow.target or 0].title}"
        cell += lines(f"{'→' if ahead else '←'} {words}", width)
    return cell


def times(stage: Stage, width: float) -> Cell:
    """Median with interval, P90, share still there, n."""
    median = stage.median
    if median.needed is not None:
        return lines(figure(median), width, bold=True) + lines(beside(median), width, "quiet")
    cell = lines(
        f"median {figure(median)}" if median.value is not None else f"median: {figure(median)}", width, bold=True
    )
    if interval(median):
        cell += lines(interval(median), width, "quiet")
    ninth = f"P90 {figure(stage.p90)}" if stage.p90.value is not None else f"P90: {figure(stage.p90)}"
    cell += lines(ninth, width)
    if stage.censored.value is not None or stage.censored.needed is not None:
        cell += lines(f"{figure(stage.censored)} not seen to end", width)
    if median.n is None:
        return cell
    return cell + lines(beside(median).rpartition(" · ")[2], width, "quiet")


def stalled_words(stage: Stage, currency: str) -> str:
    """'63 stalled, EUR 2.41 m'."""
    if not stage.stalled:
        return "none"
    worth = f", {currency}{NBSP}{brief(stage.stalled_value)}" if stage.stalled_value is not None else ""
    return f"{brief(stage.stalled)} stalled{worth}"


def _who(waiting_on: str) -> str:
    return {"customer": "the customer", "third party": "a third party", "timer": "a timer"}.get(waiting_on, waiting_on)


def _bullets(parts: Iterable[str], width: float, token: str = "ink") -> Cell:
    return [line for part in parts for line in lines(part, width, token)]


def _feels(stage: Stage, width: float) -> Cell:
    return lines(stage.planned.feels, width) + _bullets((f"− {pain}" for pain in stage.planned.pains), width)


def _touchpoints(stage: Stage, width: float) -> Cell:
    cell: Cell = []
    for place in stage.planned.touchpoints:
        cell += lines(place.name, width) + (lines(place.channel, width, "quiet") if place.channel else [])
    return cell


def _we_do(stage: Stage, width: float) -> Cell:
    teams = [stage.planned.team, *(place.team for place in stage.planned.touchpoints)]
    cell: Cell = []
    for team in dict.fromkeys(team for team in teams if team):
        tasks = [place.name for place in stage.planned.touchpoints if place.team == team]
        cell += lines(team, width) + (lines(", ".join(tasks), width, "quiet") if tasks else [])
    return cell


def _evidence(stage: Stage, width: float) -> Cell:
    if stage.before:
        return []
    marks = [
        f"{'■' if mark.startswith('evidence') else '□'} {what}: {mark.partition(': ')[2]}"
        for what, mark in stage.planned.evidence.items()
    ]
    return _bullets(marks, width) or lines("□ all assumed", width, "quiet")


LANES: tuple[tuple[str, Callable[[Stage, float], Cell]], ...] = (
    ("Customer does", lambda stage, width: lines(stage.planned.does, width)),
    ("Customer needs", lambda stage, width: lines(stage.planned.needs, width)),
    ("Customer expects", lambda stage, width: lines(stage.planned.expects, width)),
    ("Feels, pains (−)", _feels),
    ("Touchpoints", _touchpoints),
    ("We do", _we_do),
    ("Handoffs", lambda stage, width: _bullets(stage.planned.handoffs, width)),
    ("Evidence", _evidence),
)
