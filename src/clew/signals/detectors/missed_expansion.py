"""Ready and nobody called: an account was ready for the next value step and no outreach came in time."""

from __future__ import annotations

import numpy as np

from clew.engine.ordered import Mask
from clew.meanings.model import Ready
from clew.signals.model import Detector, Exposed, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.blind_spots import absent, unsaid
from clew.signals.parts.readiness import Occasions, occasions
from clew.signals.parts.signal_order import arranged, by_time_alone
from clew.signals.sight import Sight


def find(sight: Sight, number: int) -> Seen:
    """Find readinesses without outreach in time."""
    parts = [_due(sight, number, ready) for ready in sight.meanings.ready.values()]
    if not parts:
        return nothing()
    thread, row, due = (np.concatenate([getattr(part, name) for part in parts]) for name in ("thread", "row", "due"))
    missed = np.concatenate([_missed(part) for part in parts])
    return arranged(by_time_alone(thread[missed], due[missed], row[missed]), Exposed(thread.astype(np.int32), due))


def _due(sight: Sight, number: int, ready: Ready) -> Occasions:
    """Occasions whose deadline has come; an account that was lost before it was no longer to be called."""
    every = occasions(sight, number, ready)
    return every.where((every.due <= sight.as_of) & every.stays)


def _missed(part: Occasions) -> Mask:
    return np.asarray(part.outreach > part.due)


def blind(sight: Sight) -> list[str]:
    """Say what keeps missed expansion from being seen."""
    meanings = sight.meanings
    if not meanings.ready:
        return [unsaid("ready", "nobody knows when an account is ready for more")]
    found = []
    for name, ready in meanings.ready.items():
        found += absent(sight, f"ready: {name}: when", ready.when)
        if absent(sight, f"ready: {name}: outreach", ready.outreach):
            found.append(
                f"Nothing that 'ready: {name}: outreach' names happens in this log: every readiness looks unanswered."
            )
    if meanings.customers is None:
        found.append("meanings.yaml does not say 'customers': every account counts as a customer from its first event.")
    if meanings.lost is None:
        found.append("meanings.yaml does not say 'lost': accounts that left count as customers still.")
    return found


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say for what an account was ready, since when, and what came instead of an outreach in time."""
    ready, part, row = _found_in(sight, number, found, place)
    at, due = int(part.at[row]), int(part.due[row])
    since = f"ready for {ready.name.replace('-', ' ')} since {wording.day(sight, at)}"
    silent = f"no outreach within {ready.within} (by {wording.day(sight, due)})"
    return f"{wording.account(sight, int(found.thread[place]))}: {since}, {silent}{_afterwards(sight, part, row)}."


def _afterwards(sight: Sight, part: Occasions, row: int) -> str:
    outreach, expanded = int(part.outreach[row]), int(part.expanded[row])
    told = f"; it came {wording.day(sight, outreach)}" if outreach <= int(part.until[row]) else ""
    if expanded > int(part.until[row]):
        return told
    own = " without being asked" if expanded < outreach else ""
    return f"{told}; the account expanded {wording.day(sight, expanded)}{own}"


def _found_in(sight: Sight, number: int, found: Found, place: int) -> tuple[Ready, Occasions, int]:
    """Find the readiness that a signal is about; of several alike the one of the same rank."""
    same = []
    for ready in sight.meanings.ready.values():
        part = _due(sight, number, ready)
        rows = np.flatnonzero((part.row == found.first[place]) & (part.due == found.at[place]) & _missed(part))
        same += [(ready, part, int(row)) for row in rows]
    alike = (found.first[:place] == found.first[place]) & (found.at[:place] == found.at[place])
    return same[int(alike.sum()) % len(same)]


DETECTOR = Detector(
    name="missed-expansion",
    title="Ready and nobody called",
    failure=Failure.EXPANSION,
    definition="A customer became ready for the next value step and no outreach came from then to the deadline; found "
    "at that deadline. It is not ready again before an outreach, or before the time watched has passed.",
    of="customers ready",
    blind=blind,
    find=find,
    sentence=sentence,
)
