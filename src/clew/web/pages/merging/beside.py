"""Two accounts side by side: line by line what is the same and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clew.context.model import Header
from clew.duplicates.gathering import firm_of
from clew.texts import gettext as _
from clew.web.queries.duplicates import Side


class Kind(StrEnum):
    """How a value is shown."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"  # millionths
    TIME = "time"
    TEAM = "team"
    IDS = "ids"


@dataclass(frozen=True)
class Line:
    """One line; alike: None where it is no matter of being alike, or one of both is silent"""

    title: str
    kind: Kind
    left: object
    right: object
    alike: bool | None = None


def lines_of(left: Side, right: Side) -> Sequence[Line]:
    """Put two accounts beside each other; what neither has is left out."""
    every = [*_who(left.header, right.header), *_how_much(left, right)]
    return [line for line in every if line.left not in (None, "", ()) or line.right not in (None, "", ())]


def _who(left: Header, right: Header) -> Iterator[Line]:
    one, other = firm_of(left), firm_of(right)
    yield Line(_("Ids"), Kind.IDS, tuple(left.ids), tuple(right.ids))
    texts = (
        (_("Domain"), ", ".join(one.domains), ", ".join(other.domains)),
        (_("Country"), one.country, other.country),
        (_("Place"), one.place, other.place),
        (_("Registered number"), one.number, other.number),
        (_("Industry"), left.industry, right.industry),
        (_("Segment"), left.segment, right.segment),
        (_("Parent"), left.parent, right.parent),
        (_("Owner"), left.owner, right.owner),
    )
    for title, ours, theirs in texts:
        yield Line(title, Kind.TEXT, ours, theirs, _alike(ours, theirs))
    yield Line(_("Team"), Kind.TEAM, left.team, right.team, _alike(left.team, right.team))


def _alike(one: str | None, other: str | None) -> bool | None:
    return one.casefold() == other.casefold() if one and other else None


def _how_much(left: Side, right: Side) -> Iterator[Line]:
    yield Line(_("Revenue"), Kind.MONEY, left.header.revenue, right.header.revenue)
    yield Line(_("Renewal"), Kind.TIME, left.header.renewal_at, right.header.renewal_at)
    yield Line(_("Events"), Kind.COUNT, left.header.touches, right.header.touches)
    yield Line(_("People"), Kind.COUNT, left.people, right.people)
    yield Line(_("Runs"), Kind.COUNT, _runs(left), _runs(right))
    yield Line(_("Last heard"), Kind.TIME, left.header.heard_at, right.header.heard_at)


def _runs(side: Side) -> int:
    return sum(count for count, _open in side.runs.values())
