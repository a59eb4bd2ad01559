"""How journeys stand, as far as somebody may know it: the one place below pages and API that hides small figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clew.access.model import Actor
from clew.access.policy import may_see_groups
from clew.web.queries.runs import EndedCount, StageCount


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
