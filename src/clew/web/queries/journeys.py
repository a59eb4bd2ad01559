"""How journeys stand, as far as somebody may know it: the one place below pages and API that hides small figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from clew.access.model import Actor, Permission
from clew.access.policy import may, may_see_groups
from clew.web.queries.runs import EndedCount
from clew.web.queries.stalled import StageStanding, Waiting


@dataclass(frozen=True)
class StageCount:
    """Open runs in one stage.

    stage            None: before any stage
    accounts         of which these runs are
    late             of them beyond their norm
    late_accounts    with a run that is late        timely_accounts  with one that is not
    """

    stage: str | None
    open: int
    accounts: int
    late: int
    late_accounts: int
    timely_accounts: int


@dataclass(frozen=True)
class Total:
    """A sum of what is shown, and of nothing else: then nothing can be worked out from it.

    least  so many at least     whole  nothing is hidden, so it is exactly so many
    """

    least: int = 0
    whole: bool = True


@dataclass(frozen=True)
class StageFigures:
    """Runs of one stage; None where so few accounts are behind a figure that it would be about them."""

    open: int | None = 0
    late: int | None = 0


@dataclass(frozen=True)
class JourneyFigures:
    """Runs of one journey.

    stages  by name, those alone that hold runs; None: before any stage
    ended   outcome -> runs, None as in StageFigures
    """

    stages: Mapping[str | None, StageFigures]
    open: Total
    late: Total
    ended: Mapping[str, int | None]


def journey_figures(actor: Actor, counts: Sequence[StageCount], ended: Sequence[EndedCount]) -> JourneyFigures:
    """Leave out what an actor may not know: figures of few accounts, and figures from which those would follow."""
    seen = may_see_groups(actor, [count.accounts for count in counts])
    stages = {
        count.stage: _stage(actor, count) if shown else StageFigures(None, None)
        for count, shown in zip(counts, seen, strict=True)
    }
    told = may_see_groups(actor, [one.accounts for one in ended])
    return JourneyFigures(
        stages,
        _total(one.open for one in stages.values()),
        _total(one.late for one in stages.values()),
        {one.outcome: one.runs if shown else None for one, shown in zip(ended, told, strict=True)},
    )


@dataclass(frozen=True)
class StageNow:
    """What is live in one stage, as far as somebody may know it; None where a figure is hidden.

    at_stake  millionths: known value of the stalled runs          value  of all open ones
    weight    value x days over the norm of the stalled runs       over   days over their norms, added up
    signals   accounts here of which a signal holds
    """

    open: int | None = 0
    stalled: int | None = 0
    value: int | None = None
    at_stake: int | None = None
    weight: float = 0.0
    over: float = 0.0
    signals: int | None = 0


@dataclass(frozen=True)
class JourneyNow:
    """What is live in a journey: its figures, its stages, the handoffs that wait (count None where hidden)."""

    figures: JourneyFigures
    stages: Mapping[str | None, StageNow]
    handoffs: Sequence[tuple[Waiting, int | None]]

    @property
    def at_stake(self) -> int:
        """Known value of the stalled runs that are shown, millionths."""
        return sum(one.at_stake or 0 for one in self.stages.values())

    @property
    def weight(self) -> float:
        return sum(one.weight for one in self.stages.values())


def journey_now(
    actor: Actor,
    found: Sequence[StageStanding],
    ended: Sequence[EndedCount],
    handoffs: Sequence[Waiting] = (),
    signals: Mapping[str | None, int] | None = None,
) -> JourneyNow:
    """Leave out of what is live what an actor may not know, by the same rule as `journey_figures`.

    Values and weights are told where the count of their runs is.
    """
    counts = [
        StageCount(one.stage, one.open, one.accounts, one.stalled, one.stalled_accounts, one.timely_accounts)
        for one in found
    ]
    figures = journey_figures(actor, counts, ended)
    told = signals or {}
    signalled = _seen(actor, told)
    handed = may_see_groups(actor, [one.accounts for one in handoffs])
    return JourneyNow(
        figures,
        {one.stage: _now(one, figures.stages[one.stage], signalled.get(one.stage, 0)) for one in found},
        [(_handed(actor, one), one.count if shown else None) for one, shown in zip(handoffs, handed, strict=True)],
    )


def _handed(actor: Actor, one: Waiting) -> Waiting:
    """How many of them are late is told to whoever may see single accounts."""
    return one if may(actor, Permission.SEE_ACCOUNTS) else replace(one, late=0)


def _seen(actor: Actor, counts: Mapping[str | None, int]) -> Mapping[str | None, int | None]:
    seen = may_see_groups(actor, list(counts.values()))
    return {stage: count if shown else None for (stage, count), shown in zip(counts.items(), seen, strict=True)}


def _now(one: StageStanding, shown: StageFigures, signals: int | None) -> StageNow:
    if shown.open is None:
        return StageNow(None, None, signals=None)
    if shown.late is None:
        return StageNow(shown.open, None, signals=signals)
    weight = (one.weight, one.over) if shown.late else (0.0, 0.0)
    at_stake = one.at_stake if shown.late else None
    return StageNow(shown.open, shown.late, one.value, at_stake, *weight, signals=signals)


def together(totals: Iterable[Total]) -> Total:
    """Add totals up."""
    found = list(totals)
    return Total(sum(one.least for one in found), all(one.whole for one in found))


def _stage(actor: Actor, count: StageCount) -> StageFigures:
    """Late runs and those in time are the two parts of a figure that is shown."""
    shown = all(may_see_groups(actor, [count.late_accounts, count.timely_accounts]))
    return StageFigures(count.open, count.late if shown else None)


def _total(parts: Iterable[int | None]) -> Total:
    found = list(parts)
    return Total(sum(part or 0 for part in found), None not in found)
