"""Touches over time as small multiples, a row a team: when who was in touch, and where it went quiet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from markupsafe import Markup

from clew.clock import US, to_datetime, to_micros
from clew.reports.svg import element, paint
from clew.web.queries.accounts_touches import Rows, Touches

if TYPE_CHECKING:
    from clew.firm.model import Firm

SPANS, TALL = 240, 24  # equal spans of time; pixels of the fullest one
_MARKS = 6  # of time, at most


@dataclass(frozen=True)
class TeamRow:
    """One team: its touches as ticks. team  "" for those that name none"""

    team: str
    title: str
    ticks: Markup
    total: int
    last: int


@dataclass(frozen=True)
class Drawn:
    """The picture. marks  (share of the width, words) of instants on the axis"""

    teams: Sequence[TeamRow]
    marks: Sequence[tuple[float, str]]
    since: int
    until: int


def drawn(touches: Touches, rows: Rows, firm: Firm, now: int) -> Drawn | None:
    """Draw the touches of some rows up to now, so that a silence shows; None where there are none."""
    if not len(rows):
        return None
    since, until = int(touches.at[rows].min()), max(int(touches.at[rows].max()), now)
    if since == until:
        return None
    strips = touches.strips(rows, since, until, spans=SPANS)
    most = max(max(one.counts) for one in strips)
    teams = [
        TeamRow(
            one.team,
            firm.team_title(one.team),
            _ticks(one.counts, most),
            one.total,
            one.last,
        )
        for one in strips
    ]
    return Drawn(teams, marks_of(since, until, firm.time_zone), since, until)


def _ticks(counts: Sequence[int], most: int) -> Markup:
    """Draw one tick a span: its height grows with the root of the count, so that one touch is still seen."""
    path = "".join(
        f"M{place + 0.5} {TALL}v{-max(TALL * sqrt(count / most), 5):.1f}" for place, count in enumerate(counts) if count
    )
    style = {**paint(stroke="accent"), "fill": "none"}
    tick = element("path", d=path, stroke_width=2, vector_effect="non-scaling-stroke", **style)
    return element(
        "svg",
        tick,
        viewBox=f"0 0 {SPANS} {TALL}",
        preserveAspectRatio="none",
        width="100%",
        height=TALL,
        aria_hidden="true",
        class_="ticks",
    )


def marks_of(since: int, until: int, zone: str) -> Sequence[tuple[float, str]]:
    """Choose beginnings of years, quarters or months inside a span, few enough to be read."""
    for months, written in ((1, "%b %Y"), (3, "%b %Y"), (12, "%Y"), (60, "%Y")):
        found = _firsts(since, until, months, zone)
        if len(found) <= _MARKS:
            return [
                ((at - since) / (until - since), f"{to_datetime(at).astimezone(ZoneInfo(zone)):{written}}")
                for at in found
            ]
    return ()


def _firsts(since: int, until: int, months: int, zone: str) -> list[int]:
    """First instants of every so many months in a zone, from January on."""
    began = datetime.fromtimestamp(since / US, UTC).astimezone(ZoneInfo(zone))
    number = (began.year * 12 + began.month - 1) // months * months
    found = []
    while (at := to_micros(datetime(number // 12, number % 12 + 1, 1, tzinfo=ZoneInfo(zone)))) <= until:
        if at >= since:
            found.append(at)
        number += months
    return found
