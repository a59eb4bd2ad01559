"""Facts about handoffs and ownership: how many, how late, how often returned, who holds a customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.ratios import ratio_of_sums
from clew.diagnosis.facts.words import clustered_share, share_fact, shown, too_few, unknown
from clew.diagnosis.model import Fact, Measure
from clew.durations import parse_duration
from clew.errors import NotEnoughData
from clew.questions.collect import gather
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.handoffs import passed
from clew.questions.model import Query
from clew.questions.over import Over
from clew.questions.sent import sent_by_run
from clew.questions.words import counted

Values = NDArray[np.int64]
Figures = NDArray[np.float64]
RETURNS_WITHIN = parse_duration("7 days")
FEWEST_TOUCHES = 5  # of known users, below which nobody holds an account


@dataclass(frozen=True)
class Given:
    """Handoffs of a journey, summed for each account: runs with events, handoffs, those old enough, those returned."""

    journey: str
    runs: Figures
    handoffs: Figures
    judged: Figures
    returned: Figures


def handoff_facts(base: Base) -> Iterator[Fact]:
    """Measure them."""
    given = [_given(base, name, ground) for name, ground in base.sight.journeys.items()] if _names_teams(base) else []
    yield handoffs_per_run(base, given)
    yield late_handoffs(base)
    yield returned_handoffs(base, given)
    yield named_owner_share(base)


def handoffs_per_run(base: Base, given: list[Given]) -> Fact:
    """The mean number of times that a run changes teams, in the journey with the most."""
    name = "handoffs-per-run"
    found = [each for each in given if each.runs.any()]
    if not found:
        return unknown(name, Measure.NUMBER, _missing(base))
    most = max(found, key=lambda each: (each.handoffs.sum() / each.runs.sum(), each.journey))
    runs, see = int(most.runs.sum()), shown(base.sight, "handoffs", most.journey)
    try:
        mean = ratio_of_sums(most.handoffs, most.runs)
    except NotEnoughData as lack:
        return too_few(name, Measure.NUMBER, lack, n_of="accounts with runs", see=see)
    words = (
        f"A run of '{most.journey}' passes from one team to another {mean.value:,.2f} times on average "
        f"[{mean.low:,.2f}, {mean.high:,.2f}] (n {runs:,} runs of {mean.n:,} accounts), "
        f"the most of {counted(len(found), 'journey')}."
    )
    return Fact(name, Measure.NUMBER, mean.value, runs, "runs", words, see, mean.low, mean.high)


def late_handoffs(base: Base) -> Fact:
    """The share of handoffs with a limit that were not accepted by then."""
    name = "late-handoffs"
    late, due = np.zeros((2, len(base.accounts)))
    limited, followed = 0, 0
    for ground in base.sight.journeys.values():
        with_limit = [h.accepted is not None and h.accept_within is not None for h in ground.journey.handoffs]
        limited += sum(with_limit)
        followed += sum(h.accepted is not None for h in ground.journey.handoffs)
        for parts in gather(ground, Query("receipts"), Level.RUN, sent_by_run(ground, working=False))[()]:
            for sent in (part for part, kept in zip(parts, with_limit, strict=True) if kept):
                due += base.by_account(sent.thread[sent.followed])
                late += base.by_account(sent.thread[sent.followed & ~sent.in_time])
    if not limited:
        missing = "no journey declares a handoff with a receipt and a limit (accepted, accept_within)."
        return unknown(name, Measure.SHARE, missing)
    words = (
        f"{{share}} of handoffs whose receipt was due came late or not at all ({counted(limited, 'handoff')} declared)."
    )
    see = "clew signals late-handoff" if followed == limited else shown(base.sight, "receipts")
    return clustered_share(name, late, due, words, n_of="handoffs due", see=see)


def returned_handoffs(base: Base, given: list[Given]) -> Fact:
    """The share of handoffs whose giver had the work again within a week."""
    name = "returned-handoffs"
    if not given:
        return unknown(name, Measure.SHARE, _missing(base))
    returned = np.sum([each.returned for each in given], axis=0)
    judged = np.sum([each.judged for each in given], axis=0)
    words = f"{{share}} of changes from team to team went back to the giver within {RETURNS_WITHIN}."
    return clustered_share(name, returned, judged, words, n_of="handoffs", see=shown(base.sight, "handoffs"))


def named_owner_share(base: Base) -> Fact:
    """The share of customers most of whose touches come from one person."""
    accounts = base.accounts
    if not accounts.acted.any():
        missing = "no touch of the last 12 months names the user who acted; map 'by' in a source."
        return unknown("named-owner-share", Measure.SHARE, missing)
    told = base.asked & (accounts.acted >= FEWEST_TOUCHES)
    owned = int((told & (2 * accounts.most > accounts.acted)).sum())
    words = (
        f"{{share}} of {base.noun} with {FEWEST_TOUCHES} touches of known users or more in 12 months have more than "
        "half of them from one person."
    )
    of = f"{base.noun} with {FEWEST_TOUCHES} touches of known users"
    return share_fact("named-owner-share", owned, int(told.sum()), words, n_of=of)


def _given(base: Base, journey: str, ground: Ground) -> Given:
    over = Over(ground, "team")
    counted_here = passed(over, RETURNS_WITHIN.micros, working=False)

    def kernel(frame: Frame) -> tuple[Values, ...]:
        found = counted_here(frame)
        runs = frame.folded.runs
        with_events = np.flatnonzero(np.bincount(frame.run, minlength=len(runs)))
        thread = runs.thread[with_events].astype(np.int64)
        giver = np.repeat(thread, found.of_run)
        return thread, giver, giver[found.known], giver[found.known & found.returned]

    parts = gather(ground, Query("handoffs"), over.level, kernel)[()]
    return Given(journey, *(base.by_account(np.concatenate(column)) for column in zip(*parts, strict=True)))


def _names_teams(base: Base) -> bool:
    return len(base.sight.view.names["team"]) > 0


def _missing(base: Base) -> str:
    if not base.sight.journeys:
        return "there is no journey; write one."
    return "no event names a team; map 'team' in a source."
