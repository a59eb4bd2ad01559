"""Which journeys carry revenue and risk: open runs, what their accounts bring a year, what of it stands still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE, UNIT
from clew.clock import DAY_US
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
from clew.signals.parts.handoffs_due import handoffs_due
from clew.signals.registry import BY_NAME
from clew.signals.sight import OF_ACCOUNT
from clew.stats.shares import MINIMUM_FOR_SHARE, wilson

Mask = NDArray[np.bool_]
Values = NDArray[np.int64]
MOST_NAMED = 3
LATELY_US = 90 * DAY_US


@dataclass(frozen=True)
class Stake:
    """The open runs of one journey; those that only wait for a timer are not among them.

    thread   (r,) account of each
    judged   how many stand in a stage whose norm is known       normed   (a,) accounts with one of those
    running  (a,) accounts with an open run        stalled  (a,) accounts of which one stands beyond its norm
    warned   (a,) accounts of which one shows a signal of the journey itself lately: late handoffs, and, where the
             journey follows requests, what they went through
    still    number of runs beyond their norm      stages   titles of their stages and runs in each, most first
    waiting  number of runs that only wait for a timer                owner    as its file names one, else ""
    """

    title: str
    thread: Values
    judged: int
    normed: Mask
    running: Mask
    stalled: Mask
    warned: Mask
    still: int
    stages: Mapping[str, int]
    waiting: int = 0
    owner: str = ""


def stakes_of(base: Base) -> dict[str, Stake]:
    """Look at the open runs of every journey, by name."""
    return {name: _stake(base, name, ground) for name, ground in base.sight.journeys.items()}


def rank_journeys(base: Base, stakes: Mapping[str, Stake], signalled: Mapping[str, Mask]) -> list[RankedJourney]:
    """Rank journeys by the revenue of accounts in which the journey itself shows something; else by their runs.

    signalled  detector -> (a,) accounts with a signal of it lately, in any journey: told, but only of equals it decides
    """
    ranked = [_ranked(base, name, stake, signalled) for name, stake in stakes.items()]
    return sorted(
        ranked,
        key=lambda each: (-each.score, -(each.at_risk or 0.0), -(each.revenue or 0.0), -each.open_runs, each.name),
    )


def _stake(base: Base, name: str, ground: Ground) -> Stake:
    norms, titles = norms_of(ground), [stage.title or f"'{stage.name}'" for stage in ground.journey.stages]
    part = collect(ground, Query("stalled"), Level.VISIT, standing(norms, no_numbers(ground)), merge)[()]
    judged = Judged(ground, norms, part)
    subject, thread = _open(ground)
    timed = np.isin(subject, part.subject[judged.on_timer])
    subject, thread = subject[~timed], thread[~timed]
    number = np.bincount(part.stage[judged.stalled], minlength=len(titles)).tolist()
    stages = sorted(zip(number, titles, strict=True), reverse=True)
    return Stake(
        title=ground.journey.title,
        thread=thread,
        judged=int(((part.norm >= 0) & ~judged.on_timer).sum()),
        normed=base.among(part.thread[(part.norm >= 0) & ~judged.on_timer]),
        running=base.among(thread),
        stalled=base.among(part.thread[judged.stalled]),
        warned=base.among(_warned(base, name, ground, subject)),
        still=int(judged.stalled.sum()),
        stages={title: runs for runs, title in stages if runs},
        waiting=int(timed.sum()),
        owner=_owners(ground),
    )


def _owners(ground: Ground) -> str:
    """Whom the journey's file names, by the titles that the firm gives them."""
    people = ground.firm.people
    return listed([people[one].title if one in people else one for one in dict.fromkeys(ground.journey.owner.values())])


def _open(ground: Ground) -> tuple[Values, Values]:
    """Subject and account of every open run."""

    def kernel(frame: Frame) -> tuple[Values, Values]:
        runs = frame.folded.runs
        is_open = runs.outcome == OPEN
        return runs.subject[is_open].astype(np.int64), runs.thread[is_open].astype(np.int64)

    parts = gather(ground, Query("runs"), Level.RUN, kernel)[()]
    subject, thread = (np.concatenate(column) for column in zip(*parts, strict=True))
    return subject, thread


def _warned(base: Base, name: str, ground: Ground, subject: Values) -> Values:
    """Accounts of open runs with a signal of this journey in the last 90 days."""
    sight, begin = base.sight, base.sight.as_of - LATELY_US
    numbers = range(len(sight.buckets))
    found = [
        part.thread[part.late & (part.at > begin) & (part.at <= sight.as_of) & np.isin(part.subject, subject)]
        for number in numbers
        for part in handoffs_due(sight, number)
        if part.journey == name
    ]
    if ground.journey.subject.kind != OF_ACCOUNT.kind:
        for detector in BY_NAME.values():
            seen = [detector.detect(sight, number).found for number in numbers]
            found += [each.thread[(each.at > begin) & np.isin(each.subject, subject)] for each in seen]
    return np.concatenate([np.zeros(0, np.int64), *found]).astype(np.int64)


def _ranked(base: Base, name: str, stake: Stake, signalled: Mapping[str, Mask]) -> RankedJourney:
    warned = np.logical_or.reduce([np.zeros(len(base.accounts), np.bool_), *signalled.values()])
    own = stake.running & (stake.stalled | stake.warned)
    at_risk = stake.running & (stake.stalled | stake.warned | warned)
    place = base.place[stake.thread]
    runs_at_risk = int(own[place[place >= 0]].sum())
    revenue, risked = _revenue(base, stake.running), _revenue(base, at_risk)
    return RankedJourney(
        name=name,
        title=stake.title,
        open_runs=len(stake.thread),
        revenue=revenue,
        at_risk=None if revenue is None else risked or 0.0,
        score=float(runs_at_risk) if revenue is None else _revenue(base, own) or 0.0,
        reasons=tuple(_reasons(base, stake, own, signalled)),
        unknown=tuple(_unknown(base, stake)),
        owner=stake.owner,
    )


def _revenue(base: Base, chosen: Mask) -> float | None:
    """Sum of the known yearly revenue of accounts, in units of the currency; None where none is known."""
    revenue = base.accounts.revenue[chosen]
    known = bool((revenue != NO_VALUE).any())
    return total(revenue) / UNIT if known or not len(revenue) else None


def _reasons(base: Base, stake: Stake, own: Mask, signalled: Mapping[str, Mask]) -> Iterator[str]:
    if not len(stake.thread):
        yield "No run is open." + _timers(stake)
        yield "So no revenue is at stake now."
        return
    if stake.judged:
        yield _standing(stake) + _timers(stake)
    signals = sorted(((int((mask & stake.running).sum()), name) for name, mask in signalled.items()), reverse=True)
    told = [f"'{BY_NAME[name].title}' {n:,}" for n, name in signals if n]
    if told:
        with_run = counted(int(stake.running.sum()), "account")
        yield (
            f"Signals of the last 90 days among {with_run} with an open run, whatever they are about: "
            f"{listed(told, MOST_NAMED)}."
        )
    yield from _money(base, stake, own)


def _unknown(base: Base, stake: Stake) -> Iterator[str]:
    bare = len(stake.thread) - stake.judged
    if bare > 0:
        yield f"No norm is known for {counted(bare, 'open run')}" + (
            ", so nobody can say whether it stands still." if bare == 1 else ", so nobody can say which stand still."
        )
    if len(stake.thread) and _revenue(base, stake.running) is None:
        yield "What these accounts bring a year is unknown, so the journey is ranked by its runs."


def _standing(stake: Stake) -> str:
    n, whole = stake.judged, len(stake.thread)
    of = f"the {counted(n, 'open run')} whose stage has a norm" if n < whole else counted(n, "open run")
    if n == 1:
        one = "The only open run" if whole == 1 else f"Of {whole:,} open runs the one whose stage has a norm"
        return f"{one} {'stands' if stake.still else 'does not stand'} beyond it{'s norm' if whole == 1 else ''}."
    if not stake.still:
        return f"None of {of} stands beyond it." if n < whole else f"None of {of} stands beyond a norm."
    most = [f"{stage} {runs:,}" for stage, runs in stake.stages.items()]
    part = f", {share_words(wilson(stake.still, n), n)}" if n >= MINIMUM_FOR_SHARE else ""
    verb, beyond = "stands" if stake.still == 1 else "stand", "it" if n < whole else "its norm"
    beyond = "their norm" if n == whole and stake.still > 1 else beyond
    return f"{stake.still:,} of {of} {verb} beyond {beyond}{part}; most in {listed(most, MOST_NAMED)}."


def _timers(stake: Stake) -> str:
    if not stake.waiting:
        return ""
    return f" {counted(stake.waiting, 'further run')} only {'waits' if stake.waiting == 1 else 'wait'} for a timer."


def _money(base: Base, stake: Stake, own: Mask) -> Iterator[str]:
    revenue, currency = _revenue(base, stake.running), base.sight.firm.currency
    if revenue is None:
        return
    running = base.accounts.revenue[stake.running]
    known = int((running != NO_VALUE).sum())
    yield (
        f"Accounts with an open run bring {count(revenue)} {currency} a year (known of {known:,} of {len(running):,}); "
        f"of those whose run here stands still or shows a signal: {count(_revenue(base, own) or 0.0)} {currency}."
    )
