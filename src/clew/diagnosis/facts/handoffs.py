"""Facts about handoffs and ownership: how many, how late, how often returned, who holds a customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.clock import ALWAYS
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.reach import Reach, last_year, whole_log
from clew.diagnosis.facts.words import clustered_share, most_of, share_fact, shown, too_few, unknown
from clew.diagnosis.model import Fact, Measure
from clew.durations import parse_duration
from clew.errors import NotEnoughData
from clew.questions.collect import gather
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.handoffs import passed
from clew.questions.model import Query
from clew.questions.over import Over
from clew.questions.words import counted
from clew.signals.detectors.late_handoff import DETECTOR
from clew.signals.parts.handoffs_due import handoffs_due
from clew.stats.resampling import MINIMUM_CLUSTERS, ratio_of_sums

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


@dataclass(frozen=True)
class AllGiven:
    """Those of every journey, of runs that began within reach."""

    reach: Reach
    journeys: list[Given]

    @property
    def judged(self) -> Figures:
        """(a,) those old enough, of all journeys together."""
        total: Figures = np.sum([each.judged for each in self.journeys], axis=0)
        return total

    @property
    def returned(self) -> Figures:
        """(a,) those of them that went back."""
        total: Figures = np.sum([each.returned for each in self.journeys], axis=0)
        return total

    @property
    def suffice(self) -> bool:
        """Whether there are accounts enough for both figures."""
        run = max(self.journeys, key=_per_run, default=None)
        return run is not None and min((run.runs > 0).sum(), (self.judged > 0).sum()) >= MINIMUM_CLUSTERS


def handoff_facts(base: Base) -> Iterator[Fact]:
    """Yield handoffs-per-run, late-handoffs, returned-handoffs and named-owner-share."""
    year = _all_given(base, last_year(base.sight))
    given = year if year.suffice else _all_given(base, whole_log())
    yield handoffs_per_run(base, given)
    yield late_handoffs(base)
    yield returned_handoffs(base, given)
    yield named_owner_share(base)


def handoffs_per_run(base: Base, given: AllGiven) -> Fact:
    """The mean number of times that a run changes teams, in the journey with the most."""
    name = "handoffs-per-run"
    found = [each for each in given.journeys if each.runs.any()]
    if not found:
        return unknown(name, Measure.NUMBER, _missing(base))
    most = max(found, key=lambda each: (_per_run(each), each.journey))
    runs, see = int(most.runs.sum()), shown(base.sight, "handoffs", most.journey, given.reach.option("from"))
    try:
        mean = ratio_of_sums(most.handoffs, most.runs)
    except NotEnoughData as lack:
        return too_few(name, Measure.NUMBER, lack, n_of="accounts with runs", see=see)
    words = (
        f"A run of '{most.journey}' passes from one team to another {mean.value:,.2f} times on average "
        f"[{mean.low:,.2f}, {mean.high:,.2f}] (n {runs:,} runs of {mean.n:,} accounts, {given.reach.begun})"
        f"{most_of(len(found)) if mean.value else ''}."
    )
    return Fact(name, Measure.NUMBER, mean.value, runs, "runs", words, see, mean.low, mean.high)


def late_handoffs(base: Base) -> Fact:
    """The share of handoffs with a limit that were not accepted by then, as the detector sees them."""
    name = "late-handoffs"
    declared = [each for ground in base.sight.journeys.values() for each in ground.journey.handoffs if each.accepted]
    limited = sum(each.accept_within is not None for each in declared)
    if not limited:
        missing = "no journey declares a handoff with a receipt and a limit (accepted, accept_within)."
        return unknown(name, Measure.SHARE, missing)
    reach = last_year(base.sight)
    late, due = _due(base, reach)
    if (due > 0).sum() < MINIMUM_CLUSTERS:
        reach = whole_log()
        late, due = _due(base, reach)
    words = (
        f"{{share}} of handoffs whose receipt was due {reach.words} came late or not at all "
        f"({counted(limited, 'handoff')} declared)."
    )
    see = shown(base.sight, "receipts")
    if len(declared) == limited:
        see = f"clew signals {DETECTOR.name} {reach.option('since')}".rstrip()
    return clustered_share(name, late, due, words, n_of="handoffs due", see=see)


def _due(base: Base, reach: Reach) -> tuple[Figures, Figures]:
    """(a,) handoffs with a limit that were late, and all that were due, within reach: what the detector judges."""
    late, due = np.zeros((2, len(base.accounts)))
    for number in range(len(base.sight.buckets)):
        for part in handoffs_due(base.sight, number):
            if part.handoff.accept_within is not None:
                over = (part.at <= base.sight.as_of) & (part.at >= (reach.since or ALWAYS))
                due += base.by_account(part.thread[over])
                late += base.by_account(part.thread[over & part.late])
    return late, due


def returned_handoffs(base: Base, given: AllGiven) -> Fact:
    """The share of handoffs whose giver had the work again within a week."""
    name = "returned-handoffs"
    if not given.journeys:
        return unknown(name, Measure.SHARE, _missing(base))
    words = (
        f"{{share}} of changes from team to team ({given.reach.begun}) went back to the giver within {RETURNS_WITHIN}."
    )
    see = shown(base.sight, "handoffs", further=given.reach.option("from"))
    return clustered_share(name, given.returned, given.judged, words, n_of="handoffs", see=see)


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


def _all_given(base: Base, reach: Reach) -> AllGiven:
    journeys = base.sight.journeys.items() if _names_teams(base) else ()
    return AllGiven(reach, [_given(base, name, ground, reach) for name, ground in journeys])


def _per_run(given: Given) -> float:
    return float(given.handoffs.sum() / max(given.runs.sum(), 1.0))


def _given(base: Base, journey: str, ground: Ground, reach: Reach) -> Given:
    over = Over(ground, "team")
    counted_here = passed(over, RETURNS_WITHIN.micros, working=False)

    def kernel(frame: Frame) -> tuple[Values, ...]:
        found = counted_here(frame)
        runs = frame.folded.runs
        with_events = np.flatnonzero(np.bincount(frame.run, minlength=len(runs)))
        thread = runs.thread[with_events].astype(np.int64)
        giver = np.repeat(thread, found.of_run)
        return thread, giver, giver[found.known], giver[found.known & found.returned]

    parts = gather(ground, Query("handoffs", period=reach.period), over.level, kernel)[()]
    return Given(journey, *(base.by_account(np.concatenate(column)) for column in zip(*parts, strict=True)))


def _names_teams(base: Base) -> bool:
    return len(base.sight.view.names["team"]) > 0


def _missing(base: Base) -> str:
    if not base.sight.journeys:
        return "there is no journey; write one."
    return "no event names a team; map 'team' in a source."
