"""What folded runs tell of each stage: whose it is, whose move, who skips it, who comes back, and where both meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Dictionary, LogView
from clew.clock import NEVER
from clew.conditions.model import Event
from clew.discovery.drafting.event_words import one_line, waits_on
from clew.discovery.drafting.model import Findings
from clew.discovery.drafting.passages import Met, Movers, Passage, met, movers_of, moves_by_team
from clew.engine.model import Folded
from clew.firm.model import Firm
from clew.journeys.model import Back, Journey, Stage, Touchpoint, WaitingOn

Counts = NDArray[np.int64]

FEWEST = 10  # runs or visits below which nothing is said of a stage
_TOLD = 0.2  # waits for an event with a team, for each visit, from which its team is said
_MOSTLY = 0.6  # share that makes a team, or a person outside, the one that is waited for
_SKIPPED = 0.25  # share of runs that came beyond a stage without it: then it is optional
_COMES_BACK, _USUALLY = 0.02, 0.5  # share of runs that come back: friction from the one on, ordinary from the other
_TOUCHPOINTS = 3  # of one stage
_MEETS = 0.5  # share of occurrences that name a channel, or come from outside: then both sides meet there


def with_details(
    folded: Folded, passages: Sequence[Passage], firm: Firm, *, offered: Sequence[str], findings: Findings
) -> Journey:
    """Fill in the parts of each stage that the runs show.

    offered  events that may be touchpoints
    """
    stages = list(folded.journey.stages)
    for number, team in _teams(folded, passages, firm, findings).items():
        stages[number] = replace(stages[number], team=team)
    for number, waiting in _waiting(folded, passages, findings).items():
        stages[number] = replace(stages[number], waiting_on=waiting)
    for number in _optional(folded, findings):
        stages[number] = replace(stages[number], optional=True)
    for number in _back(folded, findings):
        stages[number] = replace(stages[number], back=Back.FRICTION)
    for number, touchpoints in _touchpoints(folded, passages, firm, offered=offered, findings=findings).items():
        stages[number] = replace(stages[number], touchpoints=touchpoints)
    return replace(folded.journey, stages=tuple(stages))


def _teams(folded: Folded, passages: Sequence[Passage], firm: Firm, findings: Findings) -> dict[int, str]:
    """The team whose events runs in a stage mostly wait for, among those that clew.yaml declares."""
    names = folded.view.names["team"]
    if not len(names):
        return {}
    undeclared = sorted(name for name in names.texts() if name not in firm.teams)
    if not firm.teams:
        some = ", ".join(one_line(name) for name in undeclared[:5])
        findings.notes.append(
            f"no teams and handoffs: clew.yaml declares no team; the log names {len(undeclared):,} (as {some})"
        )
        return {}
    waited, waits = moves_by_team(passages, len(folded.journey.stages), len(names))
    found = {}
    for number, stage in enumerate(folded.journey.stages):
        best, total, visits = _most(waited[number], names), int(waited[number].sum()), _visits(folded, number)
        if best is None or best not in firm.teams or int(waits[number].sum()) < max(FEWEST, _TOLD * visits):
            continue
        share = waited[number, names.code(best)] / total
        if share >= _MOSTLY:
            findings.marks[f"{stage.name}.team"] = (
                f"{share:.0%} of the time spent here is waiting for an event of theirs"
            )
            found[number] = best
    return found


def _visits(folded: Folded, stage: int) -> int:
    return sum(int(np.count_nonzero(part.visits.stage == stage)) for part in folded.buckets)


def _most(counts: Counts, names: Dictionary) -> str | None:
    """The text with the highest count, the first by name of several; None where all are 0."""
    top = np.flatnonzero((counts == counts.max(initial=0)) & (counts > 0))
    return min((names.text(code) for code in top.tolist()), default=None)


def _waiting(folded: Folded, passages: Sequence[Passage], findings: Findings) -> dict[int, WaitingOn]:
    movers = movers_of(passages, len(folded.journey.stages))
    found: dict[int, WaitingOn] = {}
    for number, stage in enumerate(folded.journey.stages):
        waiting, why = _waiting_on(stage, movers, number)
        if waiting is not WaitingOn.US:
            findings.marks[f"{stage.name}.waiting_on"] = why
            found[number] = waiting
    return found


def _waiting_on(stage: Stage, movers: Movers, number: int) -> tuple[WaitingOn, str]:
    outside, inside = int(movers.outside[number]), int(movers.inside[number])
    known = outside + inside
    if known >= FEWEST and outside >= _MOSTLY * known:
        return WaitingOn.CUSTOMER, f"{outside:,} of {known:,} stays end with an event of a person outside"
    entry = stage.enter.names[0] if isinstance(stage.enter, Event) else ""
    said = waits_on(entry)
    return (WaitingOn(said), "the name of the event says so") if said else (WaitingOn.US, "")


def _runs_by_stage(folded: Folded) -> tuple[Counts, Counts]:
    """(stages,) runs that had each stage, and runs that came beyond it without it.

    Beyond is a later stage, or an end that is good.
    """
    stages = len(folded.journey.stages)
    good = np.array([*(end.good for end in folded.journey.ends), False, False])  # OPEN and RESTARTED are none
    had, skipped = np.zeros((2, stages), np.int64)
    for part in folded.buckets:
        visits = part.visits
        in_stage = visits.stage >= 0
        table = np.zeros((len(part.runs), stages), np.bool_)
        table[visits.run[in_stage], visits.stage[in_stage]] = True
        furthest = np.where(table.any(1), stages - 1 - np.argmax(table[:, ::-1], axis=1), -1)
        furthest = np.where(good[part.runs.outcome] & (part.runs.end != NEVER), stages, furthest)
        had += table.sum(0)
        skipped += (~table & (furthest[:, None] > np.arange(stages))).sum(0)
    return had, skipped


def _optional(folded: Folded, findings: Findings) -> list[int]:
    had, skipped = _runs_by_stage(folded)
    found = []
    for number, stage in enumerate(folded.journey.stages):
        without, runs = int(skipped[number]), int(skipped[number] + had[number])
        if runs >= FEWEST and without >= _SKIPPED * runs:
            findings.marks[f"{stage.name}.optional"] = f"{without:,} of {runs:,} runs went on without it"
            found.append(number)
    return found


def _back(folded: Folded, findings: Findings) -> list[int]:
    """Stages to which some runs come back, though most do not."""
    stages = len(folded.journey.stages)
    had, came_back = np.zeros((2, stages), np.int64)
    for part in folded.buckets:
        visits = part.visits
        for counts, rows in ((had, visits.stage >= 0), (came_back, visits.back & (visits.stage >= 0))):
            pairs = np.unique(visits.run[rows].astype(np.int64) * stages + visits.stage[rows])
            counts += np.bincount(pairs % stages, minlength=stages)
    found = []
    for number, stage in enumerate(folded.journey.stages):
        again, runs = int(came_back[number]), int(had[number])
        if runs >= FEWEST and _COMES_BACK * runs <= again < _USUALLY * runs:
            findings.remarks[f"{stage.name}.back"] = f"{again:,} of {runs:,} runs come back here from a later stage"
            found.append(number)
        elif runs >= FEWEST and again >= _USUALLY * runs:
            findings.notes.append(f"{stage.name}: {again:,} of {runs:,} runs come back here, so that is no friction")
    return found


def _touchpoints(
    folded: Folded, passages: Sequence[Passage], firm: Firm, *, offered: Sequence[str], findings: Findings
) -> Mapping[int, tuple[Touchpoint, ...]]:
    """The stage in which each offered event mostly falls, where firm and customer meet in it."""
    found: dict[int, list[tuple[int, Touchpoint, str]]] = {}
    for name in offered:
        figures = met(passages, folded.journey, folded.view, name)
        total = int(figures.by_stage.sum())
        meets = max(figures.from_outside, int(figures.by_channel.sum()))
        if total and meets >= _MEETS * total:
            stage = int(np.argmax(figures.by_stage))
            here = int(figures.by_stage[stage])
            said = f"{here:,} of its {total:,} in runs fall into this stage"
            found.setdefault(stage, []).append((here, _touchpoint(name, figures, folded.view, firm), said))
    return {stage: _of_stage(folded.journey.stages[stage], each, findings) for stage, each in sorted(found.items())}


def _touchpoint(name: str, figures: Met, view: LogView, firm: Firm) -> Touchpoint:
    team = _most(figures.by_team, view.names["team"])
    channel = _most(figures.by_channel, view.names["channel"])
    return Touchpoint(one_line(name), channel, team if team in firm.teams else None, name)


def _of_stage(stage: Stage, each: list[tuple[int, Touchpoint, str]], findings: Findings) -> tuple[Touchpoint, ...]:
    kept = sorted(each, key=lambda one: (-one[0], one[1].name))[:_TOUCHPOINTS]
    for _, touchpoint, said in kept:
        findings.marks[f"{stage.name}.touchpoints.{touchpoint.name}"] = said
    return tuple(touchpoint for _, touchpoint, _ in kept)
