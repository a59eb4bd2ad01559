"""Who an account is: its attributes in force as what they mean, since when it is a customer, when it was heard of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from clew.context.attributes import (
    INDUSTRIES,
    NAMES,
    OWNERS,
    TEAMS,
    Values,
    first_of,
    in_force,
    parents,
    renewals,
    revenues,
    segments,
)
from clew.context.model import Handoff, Header, Promise
from clew.context.seen import Seen, Texts
from clew.context.touches import NO_TOUCH, heard
from clew.engine.ordered import Mask
from clew.firm.model import Firm

Instants = list[int | None]


def headers_of(
    seen: Seen, kinds: NDArray[np.int64], handoffs: Sequence[Sequence[Handoff]], *, ids: Sequence[Sequence[str]]
) -> list[Header]:
    """Return the header of each account.

    kinds  of `clew.context.touches.kinds_of`      handoffs, ids  of each account
    """
    values, told = in_force(seen), _Told(seen, kinds)
    own = _own(seen, values)
    text = seen.view.names["entity"].text
    found = []
    for place, thread in enumerate(map(text, seen.threads.tolist())):
        team = own.team[place] or _team_of(seen.words.firm, own.owner[place])
        found.append(
            Header(
                thread=thread,
                name=own.name[place] or called(thread),
                ids=ids[place],
                segment=own.segment[place],
                industry=own.industry[place],
                owner=own.owner[place],
                team=team,
                teams=sorted({*([team] if team else []), *_waiting(handoffs[place])}),
                revenue=own.revenue[place],
                renewal_at=own.renewal[place],
                parent=own.parent[place],
                customer_since=told.won[place],
                lost_at=told.lost[place],
                first_at=told.first[place],
                last_at=told.last[place],
                heard_at=told.heard[place],
                touches=told.touches[place],
                attributes={name: value for name, texts in values.items() if (value := texts[place]) is not None},
            )
        )
    return found


def with_owing(header: Header, promises: Sequence[Promise]) -> Header:
    """Return a header whose teams hold those that must keep a promise still; they work with the account too."""
    owing = {team for one in promises if one.waits and (team := one.owner or one.team)}
    return header if owing <= set(header.teams) else replace(header, teams=sorted({*header.teams, *owing}))


def called(thread: str) -> str:
    """Return what to call an entity without a name: its id; with its kind only where it is no account."""
    kind, _, rest = thread.partition(":")
    return rest if kind == "account" and rest else f"{kind} {rest}" if rest else thread


@dataclass
class _Own:
    """What attributes say of each account."""

    name: Texts
    owner: Texts
    team: Texts
    industry: Texts
    parent: Texts
    segment: Texts
    revenue: list[int | None]
    renewal: Instants


def _own(seen: Seen, values: Values) -> _Own:
    meant, count = seen.words.meanings.account, len(seen.threads)
    return _Own(
        first_of(values, meant.name, NAMES, count),
        first_of(values, meant.owner, OWNERS, count),
        first_of(values, meant.team, TEAMS, count),
        first_of(values, meant.industry, INDUSTRIES, count),
        parents(seen, values),
        segments(seen, values),
        revenues(seen),
        renewals(seen),
    )


def _team_of(firm: Firm, owner: str | None) -> str | None:
    """Team of the user who owns an account, as clew.yaml says it."""
    wanted = (owner or "").strip().casefold()
    named = (one.team for one in firm.people.values() if wanted in (one.name.casefold(), one.title.casefold()))
    return next(named, None) if wanted else None


def _waiting(handoffs: Sequence[Handoff]) -> list[str]:
    return [one.target for one in handoffs if one.waits]


@dataclass
class _Told:
    """What events say of each account."""

    seen: Seen
    kinds: NDArray[np.int64]
    first: Instants = field(init=False)
    last: Instants = field(init=False)
    heard: Instants = field(init=False)
    won: Instants = field(init=False)
    lost: Instants = field(init=False)
    touches: list[int] = field(init=False)

    def __post_init__(self) -> None:
        touched = self.kinds != NO_TOUCH
        self.first, self.last = self._edge(touched, first=True), self._edge(touched)
        self.heard = self._edge(heard(self.seen))
        self.touches = np.bincount(self.seen.place[touched], minlength=len(self.seen.threads)).tolist()
        self.won, self.lost = self._customer(touched)

    def _edge(self, mask: Mask, *, first: bool = False) -> Instants:
        """Instant of the first or the last event of each account where the mask is true."""
        rows = np.flatnonzero(mask & (self.seen.place >= 0))
        order = rows if first else rows[::-1]
        place, edge = np.unique(self.seen.place[order], return_index=True)
        found: Instants = [None] * len(self.seen.threads)
        for one, at in zip(place.tolist(), self.seen.at(order[edge]), strict=True):
            found[one] = at
        return found

    def _customer(self, touched: Mask) -> tuple[Instants, Instants]:
        """Since when each is a customer, of several times the last, and when it was lost, None where it came back."""
        meanings, seen = self.seen.words.meanings, self.seen
        lost = seen.happens(meanings.lost)
        begins = seen.happens(meanings.customers) if meanings.customers is not None else self._firsts(touched)
        since: Instants = [None] * len(seen.threads)
        ended: Instants = [None] * len(seen.threads)
        rows = np.flatnonzero(begins | lost)
        for place, at, loses in zip(seen.place[rows].tolist(), seen.at(rows), lost[rows].tolist(), strict=True):
            if loses:
                ended[place] = ended[place] or at
            elif since[place] is None or ended[place] is not None:
                since[place], ended[place] = at, None
        return since, ended

    def _firsts(self, touched: Mask) -> Mask:
        rows = np.flatnonzero(touched & (self.seen.place >= 0))
        found = np.zeros(len(self.kinds), np.bool_)
        found[rows[np.unique(self.seen.place[rows], return_index=True)[1]]] = True
        return found
