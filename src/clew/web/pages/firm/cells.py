"""Cells of the tables by practice and team: a figure with its interval and n, and a small picture to scale."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from clew.questions.model import TooFew
from clew.reports.svg import element, line, paint, rectangle
from clew.stats.model import Estimate
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.queries.firm import Amount, GroupRow, Share

WIDTH, HEIGHT, Y = 96.0, 12.0, 6.0  # pixels of a share's picture: 0 % to the left, 100 % to the right
MICRO = 1_000_000


@dataclass(frozen=True)
class Cell:
    """One figure.

    words   the number, or what stands in its place      beside  interval and n, in a quieter tone
    drawn   the same to scale, None where there is nothing to draw
    """

    words: str
    beside: str = ""
    drawn: Markup | None = None


def amount(found: Amount, *, money: bool = False) -> Cell:
    """A count, or millionths of money; few: too few accounts for who looks."""
    if found.value is None:
        return Cell(_("few"))
    if money and not found.accounts:
        return Cell("–")
    return Cell(f"{found.value / MICRO if money else found.value:,.0f}")


def share(found: Share, *, none: str = "") -> Cell:
    """A share with interval and n, "too few: k more", or that it is hidden; none: words where n is 0."""
    if found.estimate is None:
        return Cell(_("few"))
    if not found.n:
        return Cell("–", none)
    if isinstance(found.estimate, TooFew):
        return _too_few(found)
    told, n = found.estimate, found.n
    beside = f"{100 * told.low:.0f}–{100 * told.high:.0f}, n {n:,}"
    return Cell(f"{100 * told.value:.0f} %", beside, picture(told))


def _too_few(found: Share) -> Cell:
    assert isinstance(found.estimate, TooFew)
    more = found.estimate.needed - found.estimate.n
    words = ngettext("too few: %(count)d account more", "too few: %(count)d accounts more", more)
    return Cell(words % {"count": more}, f"{found.hits} / {found.n}")


def picture(told: Estimate) -> Markup:
    """A share on a line from 0 to 100 %: the interval thick, the value a dot."""
    low, high, at = (4 + (WIDTH - 8) * one for one in (told.low, told.high, told.value))
    return element(
        "svg",
        line(4, Y, WIDTH - 4, Y, token="outline"),
        rectangle(low, Y - 2, max(high - low, 1.0), 4, **paint(fill="accent"), opacity=0.4),
        element("circle", cx=at, cy=Y, r=3.5, **paint(fill="accent")),
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        width=WIDTH,
        height=HEIGHT,
        aria_hidden="true",
        class_="share",
    )


@dataclass(frozen=True)
class Row:
    """One practice or team, in words."""

    name: str | None
    title: str
    href: str
    accounts: Cell
    revenue: Cell
    open: Cell
    stalled: Cell
    promises: Cell
    handoffs: Cell
    silent: Cell


def row(found: GroupRow, title: str, href: str) -> Row:
    """Put a row into words."""
    return Row(
        found.name,
        title,
        href,
        amount(found.accounts),
        amount(found.revenue, money=True),
        amount(found.open),
        amount(found.stalled),
        share(found.promises, none=_("none due")),
        share(found.handoffs, none=_("none due")),
        share(found.silent),
    )
