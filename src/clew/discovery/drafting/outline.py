"""The frame of a journey: stages with their events, ends, what starts a run and whether it may start again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clew.clock import DAY_US
from clew.conditions.model import Event, Silent
from clew.discovery.drafting.event_words import ends_by_word, ids_of, is_bad_end, one_line, spoken_kind
from clew.discovery.drafting.merging import FoundStage, Merged
from clew.discovery.drafting.model import Findings
from clew.discovery.drafting.orders import sequence
from clew.discovery.drafting.rounding import readable
from clew.discovery.drafting.stages import Chosen
from clew.discovery.drafting.timing import gaps, quiet_for
from clew.journeys.model import Again, AgainKind, End, Journey, Stage, Subject

_BEGINS = 0.95  # share of subjects that must begin with the first stage for it to be the start
_OVER = 0.98  # share of an end's occurrences after which nothing follows; below, it may be reopened
_RESTARTS = 0.5  # share of further starts that must come straight after an end
_FEWEST_RESTARTS = 5
_RANK_OF_SILENCE = 0.99
_FEWEST_GAPS = 100  # below, a P99 is the largest gap and no more
_QUIET = 0.02  # share of subjects that must have been silent for so long without any end
_MOST_LISTENED = 20


@dataclass(frozen=True)
class Asked:
    """What a person asks of a draft.

    name    of the journey               subject  whose journey it is, with the column of its ids
    starts  events that start a run      ends     events that end it; () where discovery is to find them
    """

    name: str
    subject: Subject
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


def outline(chosen: Chosen, found: Merged, asked: Asked, *, as_of: int, findings: Findings) -> Journey:
    """Build the frame, with what shows each part of it.

    as_of  microseconds UTC, the end of the view
    """
    names = [chosen.of(stage.columns[0]).name for stage in found.stages]
    ids = ids_of([*names, *(chosen.of(end).name for end in found.ends)], asked.subject.kind)
    stages = tuple(_stage(chosen, stage, ids, findings) for stage in found.stages)
    ends = tuple(_end(chosen, end, ids, findings) for end in found.ends)
    silent = _silent(chosen, found, as_of, findings)
    return Journey(
        name=asked.name,
        title=_title(asked, stages, ends),
        version="",
        subject=asked.subject,
        stages=stages,
        starts=_starts(chosen, found, asked, findings),
        again=_again(chosen, found, findings),
        ends=(*ends, *silent),
    )


def _title(asked: Asked, stages: tuple[Stage, ...], ends: tuple[End, ...]) -> str:
    kind = asked.subject.kind.replace("-", " ").capitalize()
    last = next((end.name for end in ends if end.good or not is_bad_end(end.name)), stages[-1].name)
    return f"{kind}: from {stages[0].name.replace('-', ' ')} to {last.replace('-', ' ')}"


def _stage(chosen: Chosen, stage: FoundStage, ids: Mapping[str, str], findings: Findings) -> Stage:
    columns = (*stage.columns, *stage.returns)
    entry = chosen.of(stage.columns[0])
    name = ids[entry.name]
    share = f"{entry.subjects:,} of {chosen.figures.units:,} {spoken_kind(chosen.kind)} have '{one_line(entry.name)}'"
    findings.marks[name] = share
    findings.marks[f"{name}.enter"] = f"{entry.occurrences:,} times; once in {entry.once:,} of {entry.subjects:,}"
    if stage.late:
        findings.remarks[f"{name}.enter"] = "the first of many enters the stage, the others change nothing"
    elif stage.returns:
        back = ", ".join(f"'{one_line(chosen.of(column).name)}'" for column in stage.returns)
        findings.remarks[f"{name}.enter"] = f"{back} leads back here: what follows is the same"
    elif len(stage.columns) > 1:
        findings.remarks[f"{name}.enter"] = "at nearly the same moment, of the same " + spoken_kind(chosen.kind)
    return Stage(name, Event(tuple(chosen.of(column).name for column in columns)))


def _end(chosen: Chosen, column: int, ids: Mapping[str, str], findings: Findings) -> End:
    one = chosen.of(column)
    name = ids[one.name]
    share = int(chosen.following.last[column]) / max(one.occurrences, 1)
    findings.marks[f"ends.{name}"] = (
        f"{one.subjects:,} of {chosen.figures.units:,} {spoken_kind(chosen.kind)} have it, "
        f"nothing of the journey follows {share:.0%} of them"
    )
    word = ends_by_word(one.name)
    good = bool(word) and not is_bad_end(one.name)
    if good:
        findings.remarks[f"ends.{name}"] = f"good: a guess from the word '{word}'"
    elif not word:
        findings.remarks[f"ends.{name}"] = "add good: true if this is what you want"
    else:
        findings.remarks[f"ends.{name}"] = f"not good: a guess from the word '{word}'"
    return End(name, Event((one.name,)), good=good, reopens=share < _OVER)


def _silent(chosen: Chosen, found: Merged, as_of: int, findings: Findings) -> tuple[End, ...]:
    """An end by silence, where nothing else ends a run; beside other ends, who falls silent stays open, as stalled."""
    offered = [column for column, left in chosen.left.items() if left.offered]
    stages = [column for stage in found.stages for column in (*stage.columns, *stage.returns)]
    heard = [*stages, *sorted(set(offered) - set(stages), key=lambda column: (-chosen.of(column).subjects, column))]
    spans = gaps(chosen.figures, [*heard, *found.ends])
    if len(spans) < _FEWEST_GAPS:
        findings.notes.append(f"an end by silence: {len(spans):,} gaps between events, {_FEWEST_GAPS} are needed")
        return ()
    longest = int(np.quantile(spans, _RANK_OF_SILENCE, method="higher"))
    quiet = quiet_for(chosen.figures, heard, found.ends, as_of)
    silent = int(np.count_nonzero(quiet > longest))
    if longest < DAY_US or silent < _QUIET * chosen.figures.units:
        return ()
    said = f"P99 of {len(spans):,} gaps between events"
    who = (
        f"{silent:,} of {chosen.figures.units:,} {spoken_kind(chosen.kind)} have been silent for longer without an end"
    )
    if found.ends:
        findings.notes.append(f"an end by silence: {said} is {readable(longest)}; {who} and stay open, as stalled")
        return ()
    name = "silent" if "silent" not in _taken(chosen, found) else "fell-silent"
    findings.marks[f"ends.{name}"] = f"{said}; {who}"
    events = tuple(chosen.of(column).name for column in heard[:_MOST_LISTENED])
    return (End(name, Silent(events, readable(longest)), reopens=True),)


def _taken(chosen: Chosen, found: Merged) -> set[str]:
    columns = [*(stage.columns[0] for stage in found.stages), *found.ends]
    return set(ids_of([chosen.of(column).name for column in columns], chosen.kind).values())


def _starts(chosen: Chosen, found: Merged, asked: Asked, findings: Findings) -> Event | None:
    """The first stage's events, where nearly all begin with them."""
    kind = spoken_kind(chosen.kind)
    if asked.starts:
        findings.marks["starts"] = f"asked for; {chosen.figures.units:,} {kind} have it"
        return Event(asked.starts)
    first = found.stages[0].columns
    counted = [column for stage in found.stages for column in (*stage.columns, *stage.returns)]
    begins, units = _begins_with(chosen, first, counted)
    names = tuple(chosen.of(column).name for column in first)
    said = f"{begins:,} of {units:,} {kind} begin with '{one_line(names[0])}'"
    if begins < _BEGINS * units:
        findings.notes.append(f"no 'starts': only {said}, so the first matching stage starts a run")
        return None
    findings.marks["starts"] = said
    return Event(names)


def _begins_with(chosen: Chosen, first: tuple[int, ...], counted: list[int]) -> tuple[int, int]:
    begins = units = 0
    for part in chosen.figures.places:
        unit, column, _ = sequence(part, counted, len(chosen.figures.each))
        opening = np.append(True, unit[1:] != unit[:-1])[: len(unit)]
        units += int(np.count_nonzero(opening))
        begins += int(np.count_nonzero(np.isin(column[opening], first)))
    return begins, units


def _again(chosen: Chosen, found: Merged, findings: Findings) -> Again:
    """Whether further starts come straight after an end."""
    first, counted = found.stages[0].columns[0], sorted({c for s in found.stages for c in s.columns} | set(found.ends))
    further = after_end = 0
    for part in chosen.figures.places:
        unit, column, _ = sequence(part, counted, len(chosen.figures.each))
        same = unit[1:] == unit[:-1]
        repeated = np.flatnonzero(same & (column[1:] == first)) + 1
        further += len(repeated)
        after_end += int(np.count_nonzero(np.isin(column[repeated - 1], found.ends)))
    if after_end < _FEWEST_RESTARTS or after_end < _RESTARTS * further:
        return Again()
    name = one_line(chosen.of(first).name)
    findings.remarks["again"] = f"{after_end:,} of {further:,} further '{name}' come straight after an end"
    return Again(AgainKind.AFTER_END)
