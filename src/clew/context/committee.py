"""The contacts of an account: who was seen there, and in which role from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.clock import ALWAYS, days_of
from clew.context import vocabulary
from clew.context.model import Membership
from clew.context.seen import Seen
from clew.context.touches import NO_TOUCH
from clew.zones import zone_table


def memberships_of(seen: Seen, kinds: NDArray[np.int64]) -> list[list[Membership]]:
    """Return the memberships of each account, those first whose contact was there last.

    kinds  of `clew.context.touches.kinds_of`
    Roles are those that somebody gave in Clew; "" where nobody did: a source may tell one with the person.
    """
    met = _met(seen, kinds)
    roles: dict[tuple[int, int], list[Membership]] = {}
    _give(seen, roles)
    found: list[list[Membership]] = [[] for _ in seen.threads]
    for key in met.keys() | roles.keys():
        last_at, touches = met.get(key, (None, 0))
        place, contact = key
        mine = roles.get(key)
        if mine is None:
            found[place].append(Membership(contact, "", ALWAYS, None, last_at, touches))
        else:
            found[place] += [replace(one, last_at=last_at, touches=touches) for one in mine]
    for members in found:
        members.sort(key=lambda one: (-(one.last_at or ALWAYS), one.contact, one.since, one.role))
    return found


def _met(seen: Seen, kinds: NDArray[np.int64]) -> Mapping[tuple[int, int], tuple[int | None, int]]:
    """(account, contact) -> latest touch and number of touches."""
    contact = np.asarray(seen.bucket.contact)
    rows = np.flatnonzero((contact != NO_CODE) & (kinds != NO_TOUCH))
    key = (seen.place[rows] << 32) + contact[rows]
    order = np.argsort(key, kind="stable")
    ends = np.flatnonzero(np.append(key[order][1:] != key[order][:-1], True)) if len(order) else order
    last = rows[order[ends]]
    counts = np.diff(ends, prepend=-1).tolist()
    columns = (seen.place[last].tolist(), contact[last].tolist(), seen.at(last), counts)
    return {(place, one): (at, count) for place, one, at, count in zip(*columns, strict=True)}


def _give(seen: Seen, roles: dict[tuple[int, int], list[Membership]]) -> None:
    """Follow the roles that were given and ended."""
    rows = np.flatnonzero(seen.acted(vocabulary.ROLES))
    if not len(rows):
        return
    zone = seen.words.firm.time_zone
    columns = (
        seen.place[rows].tolist(),
        seen.contacts(rows),
        seen.column("event", rows),
        seen.said([vocabulary.ROLE], rows),
        seen.at(rows),
        seen.said([vocabulary.SINCE], rows),
        seen.said([vocabulary.UNTIL], rows),
    )
    for place, contact, event, role, at, since, until in zip(*columns, strict=True):
        if contact is None:
            continue
        mine = roles.setdefault((place, contact), [])
        if event == vocabulary.ROLE_GIVEN:
            _given(mine, Membership(contact, role or "", _start(since, at, zone)))
        else:
            end = _start(until, at, zone)
            ended = [replace(one, until=max(end, one.since)) if _ends(one, role) else one for one in mine]
            roles[place, contact] = ended or [Membership(contact, role or "", ALWAYS, end)]


def _given(mine: list[Membership], one: Membership) -> None:
    """Add a role; one that somebody has is not given twice."""
    if not any(other.role == one.role and other.until is None for other in mine):
        mine[:] = [other for other in mine if (other.role, other.since) != (one.role, one.since)] + [one]


def _ends(one: Membership, role: str | None) -> bool:
    return one.until is None and (not role or one.role == role)


def _start(text: str | None, at: int, zone: str) -> int:
    """The beginning of a day that a text names in a zone, else the instant of the event."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return at
    return int(zone_table(zone).day_start(np.array([days_of(moment)], np.int64))[0])
