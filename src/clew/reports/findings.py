"""What to do first: the most valuable thing that the numbers of a report show, and a few quieter ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from clew.questions.model import Answer
from clew.reports.actual import share_of
from clew.reports.figures import figure, number, text
from clew.reports.model import Coverage, Figure, Finding, Picture
from clew.reports.standing import StalledHere
from clew.reports.words import DAY, count, many, money, span

MOST = 6  # one to do first, the others quiet
WORTH_SAYING = 0.1  # a share of which at least the lower end of the interval lies above this
_FEWEST = 20  # observations
_FEWEST_VALUED = 3  # runs that stand still, where their value is known


@dataclass(frozen=True)
class Seen:
    """What is looked at for findings in one journey. subject: plural word for what runs; teams: titles by name."""

    name: str
    title: str
    subject: str
    currency: str
    picture: Picture
    stalled: Mapping[str, StalledHere]
    loops: Answer
    handoffs: Answer
    teams: Mapping[str, str]


def find(journeys: Iterable[Seen], coverage: Coverage) -> tuple[Finding, ...]:
    """Rank what stands out: stalls with value first, then by the time of runs that is lost."""
    found = [finding for seen in journeys for finding in _of_journey(seen)] + list(_rejected(coverage))
    found.sort(key=lambda finding: (not _presses(finding), -finding.weight))
    places: dict[tuple[str, str], Finding] = {}
    for finding in found:
        places.setdefault((finding.kind, finding.anchor), finding)
    return tuple(places.values())[:MOST]


def _presses(finding: Finding) -> bool:
    """Those who stand still now come before what was lost in the past: something can be done for them today."""
    few = _FEWEST_VALUED if finding.valued else _FEWEST
    return finding.kind == "stalled" and (finding.figure.value or 0) >= few


def _of_journey(seen: Seen) -> Iterator[Finding]:
    yield from _stalled(seen)
    yield from _over_limit(seen)
    yield from _handoffs(seen)
    yield from _loops(seen)
    yield from _lost(seen)


def _stalled(seen: Seen) -> Iterator[Finding]:
    if not seen.stalled:
        return
    name, worst = max(seen.stalled.items(), key=lambda item: (item[1].weight or 0.0, item[1].over_s))
    stage = next(stage for stage in seen.picture.stages if stage.name == name)
    who = many(worst.count, seen.subject.removesuffix("s"), seen.subject)
    verb = "stands" if worst.count == 1 else "stand"
    together = " together" if worst.count > 1 else ""
    worth = f", worth {money(worst.value, seen.currency)}{together}" if worst.value else ""
    yield Finding(
        "stalled",
        f"{who} {verb} in “{stage.title}” beyond {_norm(worst.norm)}, {_waiting(worst.waiting_on)}{worth}.",
        Figure(float(worst.count)),
        f"of the {count(stage.here)} in “{stage.title}” now",
        f"See who, the {'heaviest' if worst.weight else 'longest'} first",
        f"stalled-{seen.name}",
        worst.over_s / DAY,
        valued=worst.value is not None,
    )


def _over_limit(seen: Seen) -> Iterator[Finding]:
    for stage in seen.picture.stages:
        limit, low = stage.planned.limit_s, stage.median.low
        if limit is None or low is None or low <= limit or stage.median.value is None:
            continue
        yield Finding(
            "limit",
            f"More than half of the visits to “{stage.title}” last longer than its limit of {stage.planned.limit}.",
            stage.median,
            "median time there",
            "See where time goes",
            f"picture-{seen.name}",
            stage.visits * (stage.median.value - limit) / DAY,
        )


def _handoffs(seen: Seen) -> Iterator[Finding]:
    best: tuple[int, Finding] | None = None
    for row in seen.handoffs.rows:
        back, handoffs = figure(seen.handoffs, row, "returned"), number(row, "count") or 0
        returned = (back.value or 0.0) * (back.n or 0)
        if back.low is None or back.low < WORTH_SAYING or (back.n or 0) < _FEWEST or (best and returned <= best[0]):
            continue
        wait = figure(seen.handoffs, row, "median").value or 0.0
        giver, taker = (seen.teams.get(text(row, end), text(row, end)) for end in ("from", "to"))
        heading = next(column.title for column in seen.handoffs.columns if column.name == "returned")
        sentence = f"Handoffs from “{giver}” to “{taker}” come back."
        label = f"{heading}, of {many(handoffs, 'handoff')}"
        weight = returned * wait / DAY
        best = (
            round(returned),
            Finding(
                "handoff", sentence, back, label, "See what comes back, and from whom", f"handoffs-{seen.name}", weight
            ),
        )
    if best:
        yield best[1]


def _loops(seen: Seen) -> Iterator[Finding]:
    timers = {stage.name for stage in seen.picture.stages if stage.planned.waiting_on == "timer"}  # nobody waits there
    rows = [row for row in seen.loops.rows if (number(row, "runs") or 0) >= _FEWEST and row.get("what") not in timers]
    if not rows:
        return
    row = max(rows, key=lambda row: float(str(row.get("spent") or 0.0)))
    spent, again = float(str(row.get("spent") or 0.0)), figure(seen.loops, row, "share")
    name = next((stage.title for stage in seen.picture.stages if stage.name == row.get("what")), text(row, "what"))
    yield Finding(
        "loop",
        f"Runs come back to “{name}”; the repeats took {span(spent)} together.",
        again,
        "of the runs that came there came more than once",
        "See the loops",
        f"loops-{seen.name}",
        spent / DAY,
    )


def _lost(seen: Seen) -> Iterator[Finding]:
    good = {end.name for end in seen.picture.ends if end.good}
    if not good:
        return
    flows = [flow for flow in seen.picture.flows if flow.target is None and flow.end not in good]
    flows = [flow for flow in flows if flow.source is not None and flow.visits >= _FEWEST]
    if not flows:
        return
    worst = max(flows, key=lambda flow: flow.visits)
    stage = seen.picture.stages[worst.source or 0]
    yield Finding(
        "lost",
        f"{many(worst.visits, 'run')} ended as “{worst.end}” from “{stage.title}”, more than from any other stage.",
        share_of(worst.visits, stage.visits),
        f"of the visits to “{stage.title}” ended so",
        "See where runs end",
        f"picture-{seen.name}",
        (stage.median.value or 0.0) * worst.visits / DAY,
    )


def _rejected(coverage: Coverage) -> Iterator[Finding]:
    bad = [each for each in coverage.sources if each.rejected]
    if not bad:
        return
    worst = max(bad, key=lambda each: each.rejected / each.read)
    sentence = f"{many(worst.rejected, 'row')} of “{worst.name}” could not be used."
    why = f"mostly: {worst.reasons[0][0]}" if worst.reasons else "see the reasons"
    yield Finding(
        "coverage", sentence, share_of(worst.rejected, worst.read), f"of its rows, {why}", "See the reasons", "coverage"
    )


def _norm(norm: str) -> str:
    if norm.startswith("limit "):
        return f"the limit of {norm.removeprefix('limit ')}"
    return f"the time in which nine of ten leave it ({norm})"


def _waiting(on: str) -> str:
    return {"unowned": "with no team to own it", "us": "waiting on us"}.get(on, f"waiting on {_the(on)}")


def _the(side: str) -> str:
    return f"a {side}" if side == "third party" else f"the {side}"
