"""Taken over late, or not at all: a handoff that was not accepted in time."""

from __future__ import annotations

import numpy as np

from clew.clock import NEVER
from clew.signals.model import Detector, Exposed, Failure, Found, Seen, nothing
from clew.signals.parts import wording
from clew.signals.parts.handoffs_due import HandoffsDue, handed_over, handoffs_due, norms_by_quarter, waiting_still
from clew.signals.parts.signal_order import arranged, by_time_alone
from clew.signals.sight import Sight

MOST_OPEN = 5  # told one by one


def find(sight: Sight, number: int) -> Seen:
    """Find handoffs whose deadline passed without a receipt, as the question 'receipts' counts them."""
    parts = handoffs_due(sight, number)
    if not parts:
        return nothing()
    thread, subject, row = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("thread", "subject", "row")
    )
    at, late = np.concatenate([part.at for part in parts]), np.concatenate([part.late for part in parts])
    over = at <= sight.as_of
    late &= over
    found = by_time_alone(thread[late], at[late], row[late], subject=subject[late])
    return arranged(found, Exposed(thread[over].astype(np.int32), at[over]))


def blind(sight: Sight) -> list[str]:
    """Say which handoffs cannot be followed."""
    if not sight.journeys:
        return ["There is no sound journey, so no handoff is declared: see 'clew check'."]
    declared = [(name, place) for name, ground in sight.journeys.items() for place in range(_handoffs(sight, name))]
    if not declared:
        return ["No journey declares handoffs: write 'handoffs' with 'sent', 'accepted' and 'accept_within'."]
    return [sentence for name, place in declared for sentence in _blind_to(sight, name, place)]


def _handoffs(sight: Sight, name: str) -> int:
    return len(sight.journeys[name].journey.handoffs)


def _blind_to(sight: Sight, name: str, place: int) -> list[str]:
    handoff = sight.journeys[name].journey.handoffs[place]
    way = f"Journey '{name}', {handoff.source} to {handoff.target}"
    if handoff.accepted is None:
        return [f"{way}: no 'accepted' is declared, so nobody sees whether it was taken."]
    if handoff.accept_within is not None:
        return []
    if (norms_by_quarter(sight, name, place)[1] == NEVER).all():
        return [
            f"{way}: no 'accept_within' is declared, and what is usual is not known: too few were sent, or fewer than "
            "nine in ten accepted."
        ]
    return [
        f"{way}: no 'accept_within' is declared, so each is held against the P90 of the quarters before it was sent: "
        "about one in ten is late by that alone."
    ]


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say from which team to which, since when, by when, and whether it was accepted later."""
    part, row = _found_in(sight, number, found, place)
    handoff, due, accepted = part.handoff, int(part.due[row]), int(part.accepted[row])
    thread, subject = int(found.thread[place]), wording.thing(sight, found, place)
    whom = wording.account(sight, thread) + (f": {subject}" if found.subject[place] != thread else "")
    limit = f"{handoff.accept_within}" if handoff.accept_within else f"{wording.length(due - int(part.sent[row]))}, P90"
    taken = f"is not accepted as of {wording.day(sight, sight.as_of)}"
    if accepted != NEVER:
        taken = f"was accepted {wording.moment(sight, accepted)}, {wording.length(accepted - due)} late"
    sent = f"{handed_over(sight, part)} {wording.moment(sight, int(part.sent[row]))}"
    return f"{whom}: {sent}; to be accepted by {wording.moment(sight, due)} ({limit}), it {taken}."


def _found_in(sight: Sight, number: int, found: Found, place: int) -> tuple[HandoffsDue, int]:
    """Find the handoff that a signal is about; of several alike the one of the same rank."""
    same = [
        (part, int(row))
        for part in handoffs_due(sight, number)
        for row in np.flatnonzero(
            (part.row == found.first[place]) & (part.at == found.at[place]) & part.late
            & (part.subject == found.subject[place])
        )
    ]  # fmt: skip
    alike = (found.first[:place] == found.first[place]) & (found.at[:place] == found.at[place])
    return same[int((alike & (found.subject[:place] == found.subject[place])).sum()) % len(same)]


def open_ones(sight: Sight) -> list[str]:
    """Say how many of the late ones nobody has taken over yet, and which wait longest."""
    parts = [(number, part) for number in range(len(sight.buckets)) for part in handoffs_due(sight, number)]
    late = [part.late & (part.at <= sight.as_of) for _, part in parts]
    if not any(each.any() for each in late):
        return []
    waiting = [
        (part, int(row))
        for (number, part), here in zip(parts, late, strict=True)
        for row in np.flatnonzero(here & waiting_still(sight, number, part))
    ]
    waiting.sort(key=lambda one: (int(one[0].due[one[1]]), _open(sight, *one)))
    if not waiting:
        return ["None of them is open: all late ones were accepted later, or their run ended."]
    verb = "is" if len(waiting) == 1 else "are"
    longest = ", the longest first" if len(waiting) > 1 else ""
    return [f"{len(waiting):,} {verb} open still{longest}:", *(_open(sight, *one) for one in waiting[:MOST_OPEN])]


def _open(sight: Sight, part: HandoffsDue, row: int) -> str:
    names, due = sight.view.names["entity"], int(part.due[row])
    thread, subject = int(part.thread[row]), int(part.subject[row])
    whom = wording.account(sight, thread) + (f": {names.text(subject)}" if subject != thread else "")
    sent = f"{handed_over(sight, part)} {wording.moment(sight, int(part.sent[row]))}"
    return f"{whom}: {sent}, {wording.length(sight.as_of - due)} late by now."


DETECTOR = Detector(
    name="late-handoff",
    title="Taken over late",
    failure=Failure.MESSAGES,
    definition="A handoff that a journey declares was not accepted within its limit, in the calendar of the receiving "
    "team (where none is declared: within the P90 of the quarters before); found at that deadline.",
    of="handoffs due",
    blind=blind,
    find=find,
    sentence=sentence,
    more=open_ones,
)
