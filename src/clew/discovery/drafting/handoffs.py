"""Where one team passes runs to another: what shows that it was sent, and what that it was taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clew.clock import MINUTE_US, NEVER
from clew.conditions.model import Event
from clew.discovery.drafting.event_words import ACCEPTED, one_line, says
from clew.discovery.drafting.limits import in_words, usual
from clew.discovery.drafting.model import Findings
from clew.discovery.drafting.passages import Passage
from clew.engine.model import Folded
from clew.engine.ordered import Mask
from clew.engine.receipts import receipts_of
from clew.engine.terms import Terms
from clew.firm.model import Firm
from clew.journeys.model import Handoff, Journey
from clew.stats.survival import SurvivalCounts

_FEWEST = 10  # handoffs between two teams from which one is drafted
_SHARE = 0.05  # of runs that must have it
_MOSTLY = 0.5  # share in which the same events mark it


@dataclass(frozen=True)
class _Turn:
    """One change of team in a run: the last event of the one, the first of the other, and what the other does next."""

    source: str
    target: str
    sent: str
    came: str
    next: str


def with_handoffs(
    folded: Folded,
    passages: Sequence[Passage],
    journey: Journey,
    *,
    firm: Firm,
    answers: Sequence[str],
    findings: Findings,
) -> Journey:
    """Add the handoffs between declared teams, each with the P90 of its receipt.

    answers  events beside those of stages and ends that may show one
    """
    if len(firm.teams) < 2:
        return journey
    heard = _heard(folded, journey, answers)
    turns, occurrences = _turns(passages, folded, heard), _occurrences(passages, folded)
    runs = sum(len(part.runs) for part in folded.buckets)
    pairs: Counter[tuple[str, str]] = Counter()
    for turn, count in turns.items():
        pairs[turn.source, turn.target] += count
    found = []
    for (source, target), count in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        if {source, target} <= firm.teams.keys() and count >= max(_FEWEST, _SHARE * runs):
            own = {turn: n for turn, n in turns.items() if (turn.source, turn.target) == (source, target)}
            found += _handoff(own, occurrences, findings)
    ordered = sorted(found, key=lambda handoff: _place(journey, handoff))
    return _with_deadlines(folded, replace(journey, handoffs=tuple(ordered)), firm, findings)


def _heard(folded: Folded, journey: Journey, answers: Sequence[str]) -> Mask:
    """(events,) which event codes belong to the journey."""
    conditions = (*(stage.enter for stage in journey.stages), *(end.when for end in journey.ends))
    names = [name for each in conditions if isinstance(each, Event) for name in each.names]
    heard = np.zeros(len(folded.view.names["event"]), np.bool_)
    heard[[folded.view.names["event"].code(name) for name in (*names, *answers)]] = True
    return heard


def _turns(passages: Sequence[Passage], folded: Folded, heard: Mask) -> Mapping[_Turn, int]:
    """Count changes of team from one event of the journey to the next, those on a way back left out."""
    teams, events = (folded.view.names[name] for name in ("team", "event"))
    counts: Counter[tuple[int, ...]] = Counter()
    for part in passages:
        team, event = part.column("team").astype(np.int64), part.column("event").astype(np.int64)
        told = np.flatnonzero((team >= 0) & heard[event])
        same = part.run[told[1:]] == part.run[told[:-1]]
        changed = np.flatnonzero(same & (team[told[1:]] != team[told[:-1]])) + 1
        before, after = told[changed - 1], told[changed]
        is_back = np.append(part.folded.visits.back, False)[part.visit]
        forward = (part.stage[after] >= part.stage[before]) & ~is_back[before]
        following = np.minimum(changed + 1, len(told) - 1)
        goes_on = (changed + 1 < len(told)) & (part.run[told[following]] == part.run[after])
        goes_on &= team[told[following]] == team[after]
        then = np.where(goes_on, event[told[following]], -1)
        rows = np.stack([team[before], team[after], event[before], event[after], then])[:, forward]
        kinds, numbers = np.unique(rows, axis=1, return_counts=True)
        counts.update(dict(zip(map(tuple, kinds.T.tolist()), numbers.tolist(), strict=True)))
    return {
        _Turn(teams.text(a), teams.text(b), events.text(p), events.text(e), events.text(f) if f >= 0 else ""): n
        for (a, b, p, e, f), n in counts.items()
    }


def _occurrences(passages: Sequence[Passage], folded: Folded) -> Mapping[str, int]:
    names = folded.view.names["event"]
    counts = np.zeros(len(names), np.int64)
    for part in passages:
        counts += np.bincount(part.column("event"), minlength=len(names))
    return {names.text(code): int(count) for code, count in enumerate(counts.tolist()) if count}


def _handoff(turns: Mapping[_Turn, int], occurrences: Mapping[str, int], findings: Findings) -> list[Handoff]:
    """The events that mostly mark the way from one team to another; [] where none do.

    An event by the new team that it answers with another one (escalated, taken) is what sends; else the last event of
    the former team is, and the first of the new one is the receipt.
    """
    total = sum(turns.values())
    came, count = _top(turns, lambda turn: turn.came)
    if count < _MOSTLY * total:
        return []
    arriving = {turn: n for turn, n in turns.items() if turn.came == came}
    taken, answered = _top(arriving, lambda turn: turn.next)
    first = next(iter(turns))
    source, target = first.source, first.target
    said = f"{count:,} of {total:,} ways from {source} to {target}"
    if taken and says(taken, ACCEPTED) and answered >= _MOSTLY * count:
        sent, accepted = came, taken
    else:
        sent, left = _top(arriving, lambda turn: turn.sent)
        if left < _MOSTLY * occurrences.get(sent, 0):
            return []
        accepted = came
    findings.marks[f"handoffs.{source}-{target}"] = f"{said}: '{one_line(sent)}', then '{one_line(accepted)}'"
    return [Handoff(source, target, Event((sent,)), Event((accepted,)))]


def _top(turns: Mapping[_Turn, int], key: Callable[[_Turn], str]) -> tuple[str, int]:
    counts: Counter[str] = Counter()
    for turn, n in turns.items():
        counts[key(turn)] += n
    return min(counts.items(), key=lambda one: (-one[1], one[0]))


def _place(journey: Journey, handoff: Handoff) -> tuple[int, str, str]:
    """The stage that the event of a handoff enters, for the order of the file."""
    names = handoff.sent.names if isinstance(handoff.sent, Event) else ()
    for number, stage in enumerate(journey.stages):
        if isinstance(stage.enter, Event) and set(names) & set(stage.enter.names):
            return number, handoff.source, handoff.target
    return len(journey.stages), handoff.source, handoff.target


def _with_deadlines(folded: Folded, journey: Journey, firm: Firm, findings: Findings) -> Journey:
    terms = Terms(folded.view, firm)
    receipts = [receipts_of(part, journey, terms) for part in folded.buckets]
    found = []
    for number, handoff in enumerate(journey.handoffs):
        spans, seen = [np.zeros(0, np.int64)], [np.zeros(0, np.bool_)]
        for part in receipts:
            was_sent = part[number].sent != NEVER
            accepted = part[number].accepted[was_sent]
            spans.append(np.where(accepted == NEVER, folded.view.as_of, accepted) - part[number].sent[was_sent])
            seen.append(accepted != NEVER)
        waits = usual(SurvivalCounts.of(np.concatenate(spans), np.concatenate(seen)))
        if waits is not None and waits.span_us >= MINUTE_US:
            name = f"{handoff.source}-{handoff.target}"
            findings.limits[name] = waits
            findings.marks[f"handoffs.{name}"] += f"; {in_words(waits, 'waits')}"
            handoff = replace(handoff, accept_within=waits.limit)
        found.append(handoff)
    return replace(journey, handoffs=tuple(found))
