"""What the data cannot tell, in words: late recording, recent runs, silent stages, timers, assumptions, rejects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clew.clock import US
from clew.journeys.elements import assumptions, elements
from clew.journeys.model import Journey
from clew.questions.blind import in_words, late_events
from clew.questions.coverage import recent_runs
from clew.questions.ground import Ground
from clew.questions.model import Answer
from clew.questions.norms import norms_of
from clew.questions.stages import is_timer, titled
from clew.questions.words import date, listed
from clew.reports.figures import number
from clew.reports.model import BlindSpot, Coverage, Picture, SourceCoverage
from clew.reports.words import count, figure, many

MOST_NAMED = 4


def coverage(ground: Ground, spots: Sequence[BlindSpot]) -> Coverage:
    """Return the coverage of the whole report: sources once, blind spots of all journeys."""
    sources = tuple(
        SourceCoverage(each.source, each.read, each.rejected, tuple(sorted(each.reasons.items(), key=lambda r: -r[1])))
        for each in ground.rejected
    )
    return Coverage(sources, (*_rejected(sources), *_undated(ground), *spots))


def spots_of(ground: Ground, picture: Picture, runs: Answer) -> Iterator[BlindSpot]:
    """Name the blind spots of one journey."""
    journey = ground.journey
    yield from _late(ground)
    yield from _recent(ground)
    yield from _never(journey, picture)
    yield from _timers(ground, picture)
    yield from _silent(journey, runs)
    yield from _assumed(journey)


def _rejected(sources: Sequence[SourceCoverage]) -> Iterator[BlindSpot]:
    bad = [each for each in sources if each.rejected]
    if bad:
        rows = sum(each.rejected for each in bad)
        words = f"{many(rows, 'row')} of {listed([each.name for each in bad])} could not be used; the table names why."
        yield BlindSpot("rejected", "Rejected rows", words)


def _undated(ground: Ground) -> Iterator[BlindSpot]:
    names = sorted(ground.view.undated)
    if names:
        words = f"{listed(names)}: every past moment shows the value known today."
        yield BlindSpot("undated", "Attributes without a date", words)


def _late(ground: Ground) -> Iterator[BlindSpot]:
    late = late_events(ground)
    if late:
        told = [in_words(each, ground.firm.time_zone) for each in late[:MOST_NAMED]]
        more = f" {len(late) - MOST_NAMED} further events began late too." if len(late) > MOST_NAMED else ""
        title = "Recorded late, so earlier cohorts cannot be compared"
        yield BlindSpot("cohort", title, " ".join(told) + more, ground.journey.name)


def _recent(ground: Ground) -> Iterator[BlindSpot]:
    zone, stages = ground.firm.time_zone, {stage.name: titled(stage) for stage in ground.journey.stages}
    told = [
        f"{count(each.waiting)} in “{stages[each.stage]}” (entered after {date(each.since / US, zone)})"
        for each in recent_runs(ground)
        if each.waiting
    ]
    if told:
        words = f"{listed(told)}. They may still go on, as others did after as long: censored, not “never”."
        yield BlindSpot("censored", "Too recent to tell", words, ground.journey.name)


def _never(journey: Journey, picture: Picture) -> Iterator[BlindSpot]:
    names = [stage.title for stage in picture.stages if not stage.visits and not stage.before]
    if names:
        verb = "no event in these data enters it" if len(names) == 1 else "no event in these data enters them"
        yield BlindSpot("never", "Stages that never occur", f"{listed(names)}: {verb}.", journey.name)


def _timers(ground: Ground, picture: Picture) -> Iterator[BlindSpot]:
    journey, suspected = ground.journey, norms_of(ground).timers
    after = {stage.name: f" (half after {figure(stage.median)})" for stage in picture.stages if stage.median.value}
    known = [titled(stage) + after.get(stage.name, "") for stage in journey.stages if is_timer(stage)]
    guessed = [
        titled(stage) for place, stage in enumerate(journey.stages) if place in suspected and not is_timer(stage)
    ]
    words = [
        f"{listed(known)}: the wait ends by itself, so nobody counts as stalled there." if known else "",
        f"{listed(guessed)}: nearly all leave at the same age, which looks like an automatic step and not like a "
        "customer who waits. If so, say waiting_on: timer."
        if guessed
        else "",
    ]
    if any(words):
        title = "Timers, not waiting customers"
        yield BlindSpot("timer", title, " ".join(filter(None, words)), journey.name)


def _silent(journey: Journey, runs: Answer) -> Iterator[BlindSpot]:
    rows = {str(row.get("state")): number(row, "runs") or 0 for row in runs.rows if row.get("kind") == "not yet"}
    silent, idle = rows.get("no event yet", 0), rows.get("not started", 0)
    words = [
        f"{count(silent)} are known without any event." if silent else "",
        f"{count(idle)} have events but never started." if idle else "",
    ]
    if any(words):
        title = "Subjects without a run"
        yield BlindSpot("silent", title, " ".join(filter(None, words)), journey.name)


def _assumed(journey: Journey) -> Iterator[BlindSpot]:
    assumed = assumptions(journey)
    if assumed:
        names = listed([element for element, _ in assumed], MOST_NAMED)
        words = (
            f"{len(assumed)} of {many(len(elements(journey)), 'element')} without evidence: {names}. "
            "Mark what is shown under marks in the file."
        )
        yield BlindSpot("assumption", "What the map assumes", words, journey.name)
