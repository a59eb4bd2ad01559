"""Which journeys carry revenue and risk: open runs, what their accounts bring a year, what of it stands still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE, UNIT
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.words import share_words
from clew.diagnosis.model import RankedJourney
from clew.engine.amounts import total
from clew.engine.model import OPEN
from clew.questions.collect import collect, gather
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Query
from clew.questions.norms import norms_of
from clew.questions.stalled import Judged, merge, standing
from clew.questions.words import count, counted, listed
from clew.questions.worth import no_numbers
from clew.stats.shares import MINIMUM_FOR_SHARE, wilson

Mask = NDArray[np.bool_]
Values = NDArray[np.int64]
MOST_NAMED = 3


@dataclass(frozen=True)
class Stake:
    """The open runs of one journey.

    thread   (r,) account of each                  judged   how many stand in a stage, so that they can be judged
    running  (a,) accounts with an open run        stalled  (a,) accounts of which one stands beyond its norm
    still    number of runs beyond their norm      stages   of these by stage, most first
    """

    title: str
    thread: Values
    judged: int
    running: Mask
    stalled: Mask
    still: int
    stages: Mapping[str, int]


def stakes_of(base: Base) -> dict[str, Stake]:
    """Look at the open runs of every journey, by name."""
    return {name: _stake(base, ground) for name, ground in base.sight.journeys.items()}


def rank_journeys(base: Base, stakes: Mapping[str, Stake], signalled: Mapping[str, Mask]) -> list[RankedJourney]:
    """Rank journeys by the revenue at risk; where no revenue is known, by the runs at risk.

    signalled  detector -> (a,) accounts with a signal of it lately
    """
    ranked = [_ranked(base, name, stake, signalled) for name, stake in stakes.items()]
    return sorted(ranked, key=lambda journey: (-journey.score, -journey.open_runs, journey.name))


def _stake(base: Base, ground: Ground) -> Stake:
    norms = norms_of(ground)
    part = collect(ground, Query("stalled"), Level.VISIT, standing(norms, no_numbers(ground)), merge)[()]
    judged = Judged(ground, norms, part)
    thread = np.concatenate(gather(ground, Query("runs"), Level.RUN, _open_threads)[()])
    number = np.bincount(part.stage[judged.stalled], minlength=len(ground.journey.stages)).tolist()
    stages = sorted(zip(number, ground.journey.stage_names, strict=True), reverse=True)
    return Stake(
        title=ground.journey.title,
        thread=thread,
        judged=len(part),
        running=base.among(thread),
        stalled=base.among(part.thread[judged.stalled]),
        still=int(judged.stalled.sum()),
        stages={name: runs for runs, name in stages if runs},
    )


def _open_threads(frame: Frame) -> Values:
    runs = frame.folded.runs
    threads: Values = runs.thread[runs.outcome == OPEN].astype(np.int64)
    return threads


def _ranked(base: Base, name: str, stake: Stake, signalled: Mapping[str, Mask]) -> RankedJourney:
    warned = np.logical_or.reduce([np.zeros(len(base.accounts), np.bool_), *signalled.values()])
    at_risk = stake.running & (stake.stalled | warned)
    place = base.place[stake.thread]
    runs_at_risk = int(at_risk[place[place >= 0]].sum())
    revenue, risked = _revenue(base, stake.running), _revenue(base, at_risk)
    return RankedJourney(
        name=name,
        title=stake.title,
        open_runs=len(stake.thread),
        revenue=revenue,
        at_risk=None if revenue is None else risked or 0.0,
        score=float(runs_at_risk) if revenue is None else risked or 0.0,
        reasons=tuple(_reasons(base, stake, at_risk, signalled)),
    )


def _revenue(base: Base, chosen: Mask) -> float | None:
    """Sum of the known yearly revenue of accounts, in units of the currency; None where none is known."""
    revenue = base.accounts.revenue[chosen]
    known = bool((revenue != NO_VALUE).any())
    return total(revenue) / UNIT if known or not len(revenue) else None


def _reasons(base: Base, stake: Stake, at_risk: Mask, signalled: Mapping[str, Mask]) -> Iterator[str]:
    yield _standing(stake)
    signals = sorted(((int((mask & stake.running).sum()), name) for name, mask in signalled.items()), reverse=True)
    told = [f"{name} {n:,}" for n, name in signals if n]
    if told:
        with_run = counted(int(stake.running.sum()), "account")
        yield f"Signals of the last 90 days among {with_run} with an open run: {listed(told, MOST_NAMED)}."
    yield _money(base, stake, at_risk)


def _standing(stake: Stake) -> str:
    if not len(stake.thread):
        return "No run is open."
    open_runs = counted(len(stake.thread), "open run")
    if not stake.still:
        return f"None of {open_runs} stands beyond its norm."
    most = [f"'{stage}' {runs:,}" for stage, runs in stake.stages.items()]
    n = stake.judged
    part = share_words(wilson(stake.still, n), n) if n >= MINIMUM_FOR_SHARE else f"{stake.still} of {n}"
    return f"{stake.still:,} of {open_runs} stand beyond their norm, {part}; most in {listed(most, MOST_NAMED)}."


def _money(base: Base, stake: Stake, at_risk: Mask) -> str:
    if not len(stake.thread):
        return "So no revenue is at stake now."
    revenue, currency = _revenue(base, stake.running), base.sight.firm.currency
    if revenue is None:
        return "What these accounts bring a year is unknown, so the journey is ranked by its runs at risk."
    running = base.accounts.revenue[stake.running]
    known = int((running != NO_VALUE).sum())
    return (
        f"Accounts with an open run bring {count(revenue)} {currency} a year (known of {known:,} of {len(running):,}); "
        f"{count(_revenue(base, at_risk) or 0.0)} {currency} of it stands still or shows a signal."
    )
