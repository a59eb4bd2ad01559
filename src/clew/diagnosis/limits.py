"""What the data cannot say: recording that began late or ended early, late starters, rejected rows, undated values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clew.archive.model import NO_CODE
from clew.clock import NEVER, US
from clew.conditions.happening import event_names
from clew.diagnosis.contrasts import Scan
from clew.diagnosis.contrasts_found import left_out_note
from clew.diagnosis.courses import Courses
from clew.diagnosis.facts_base import Base
from clew.diagnosis.facts_words import share_words, shown
from clew.diagnosis.limits_recording import DriedUp, dried_up
from clew.diagnosis.model import Finding
from clew.engine.stream import conditions_of
from clew.journeys.model import Journey, Stage
from clew.questions.blind import Late, late_events
from clew.questions.coverage import FEWEST_TO_KNOW, P90
from clew.questions.stages import titled
from clew.questions.words import counted, date, listed, share, span
from clew.stats.shares import MINIMUM_FOR_SHARE, wilson

LEAST_EARLY = 0.05  # of the runs, to be worth a word
LEAST_LATE = 0.05  # of the runs of a stage, to be worth a word
MOST_NAMED = 4
MOST_STAGES = 3


@dataclass(frozen=True)
class Recording:
    """When the events that a journey listens to began and ceased to be recorded.

    late      events first recorded when runs had begun before      dried  events that all but stop before the end
    """

    late: Sequence[Late]
    dried: Sequence[DriedUp]

    @property
    def comparable_from(self) -> int | None:
        """Instant from which on cohorts can be compared; None: all can."""
        return max((each.since for each in self.late), default=None)


def recording_of(base: Base, courses: Mapping[str, Courses]) -> dict[str, Recording]:
    """Look at the recording of every journey's events, by journey."""
    heard = {name: _heard(runs.ground.journey) for name, runs in courses.items()}
    dried = {each.event: each for each in dried_up(base.sight, sorted({e for names in heard.values() for e in names}))}
    return {
        name: Recording(_late(courses[name], events), [dried[event] for event in events if event in dried])
        for name, events in heard.items()
    }


def limit_findings(
    base: Base, courses: Mapping[str, Courses], recording: Mapping[str, Recording], scan: Scan
) -> Iterator[Finding]:
    """Tell them all."""
    for name, runs in courses.items():
        yield from _begun_late(base, runs, recording[name])
        yield from _late_starters(base, runs, recording[name])
        yield from _never_entered(base, runs)
    yield from _ceased(base, recording)
    yield from _rejected(base)
    yield from _undated(base, scan)


def _heard(journey: Journey) -> list[str]:
    """Events that decide about runs, in the order of the file."""
    return list(dict.fromkeys(name for condition in conditions_of(journey) for name in event_names(condition)))


def _late(courses: Courses, heard: Sequence[str]) -> list[Late]:
    least = LEAST_EARLY * len(courses)
    return [each for each in late_events(courses.ground) if each.event in heard and each.before >= least]


def _begun_late(base: Base, courses: Courses, recording: Recording) -> Iterator[Finding]:
    """One finding for all events whose recording began on one day."""
    zone = base.sight.firm.time_zone
    by_day: dict[str, list[Late]] = {}
    for late in recording.late:
        by_day.setdefault(date(late.since / US, zone), []).append(late)
    for day, several in by_day.items():
        yield _begun(base, courses, day, several)


def _begun(base: Base, courses: Courses, day: str, several: Sequence[Late]) -> Finding:
    name, before = courses.ground.journey.name, max(late.before for late in several)
    part, events = before / len(courses), sorted(f"'{late.event}'" for late in several)
    expected = listed([f"{late.expected:,.0f}" for late in sorted(several, key=lambda late: late.event)])
    claim = (
        f"{listed(events)} {'is' if len(events) == 1 else 'are'} first recorded on {day}; the "
        f"{counted(before, 'run')} of '{name}' started before cannot be compared, {share(part)} of {len(courses):,}. "
        f"Had the later rate held, {expected} would be recorded before that day."
    )
    meaning = f"Cohorts of '{name}' from before {day} look worse for that reason alone: compare only later ones."
    return Finding("limit", claim, meaning, shown(base.sight, "coverage", name), weight=0.5 + part / 2)


@dataclass(frozen=True)
class Starters:
    """Runs that entered a stage too late to tell whether they go on.

    usual    microseconds by which nine in ten of those that went on did
    watched  instant until which one could see it
    late, late_moved    runs that entered less than that before, and those of them that went on
    early, early_moved  the others
    """

    stage: Stage
    usual: int
    watched: int
    late: int
    late_moved: int
    early: int
    early_moved: int

    @property
    def matter(self) -> bool:
        """Whether there are enough of them, and they went on less often than the others beyond chance."""
        if min(self.late, self.early) < MINIMUM_FOR_SHARE or self.late < LEAST_LATE * (self.late + self.early):
            return False
        return wilson(self.late_moved, self.late).high < wilson(self.early_moved, self.early).low


def _late_starters(base: Base, courses: Courses, recording: Recording) -> Iterator[Finding]:
    """The stages at which late runs matter most."""
    stages = range(len(courses.ground.journey.stages) - 1)
    found = [starters_of(courses, stage, recording) for stage in stages]
    told = [_censored(base, courses, each) for each in found if each is not None and each.matter]
    yield from sorted(told, key=lambda finding: -finding.weight)[:MOST_STAGES]


def _censored(base: Base, courses: Courses, found: Starters) -> Finding:
    name, zone, n = courses.ground.journey.name, base.sight.firm.time_zone, found.late + found.early
    since, until = (date(at / US, zone) for at in (found.watched - found.usual, found.watched))
    late, early = (wilson(*pair) for pair in ((found.late_moved, found.late), (found.early_moved, found.early)))
    claim = (
        f"{found.late:,} of {n:,} runs of '{name}' that entered '{titled(found.stage)}' did so after {since}, "
        f"{share_words(wilson(found.late, n), n)}: until {until}, the last day on which going on is recorded as usual, "
        f"they had less than the {span(found.usual / US)} that nine in ten took. {share_words(late, found.late)} of "
        f"them went on, of those before {share_words(early, found.early)}."
    )
    meaning = "Late ones are censored: that they have not gone on yet is not 'never'. Leave them out of shares."
    return Finding("limit", claim, meaning, shown(base.sight, "coverage", name), weight=min(0.9, 0.3 + found.late / n))


def starters_of(courses: Courses, stage: int, recording: Recording) -> Starters | None:
    """Tell late from early starters of a stage; None where too few went on to know the usual time."""
    rows = np.flatnonzero(courses.entered[:, stage] != NEVER)
    entered, later = courses.entered[rows, stage], courses.later[rows, stage]
    moved = later != NEVER
    if int(moved.sum()) < FEWEST_TO_KNOW:
        return None
    usual = int(np.quantile(np.maximum(later - entered, 0)[moved], P90))
    watched = watched_until(courses, stage, recording)
    late = entered > watched - usual
    return Starters(
        courses.ground.journey.stages[stage], usual, watched, int(late.sum()), int((late & moved).sum()),
        int((~late).sum()), int((~late & moved).sum()),
    )  # fmt: skip


def watched_until(courses: Courses, stage: int, recording: Recording) -> int:
    """Until when one could see runs go on to a later stage: while any of the events that enter one is recorded."""
    ground, ends = courses.ground, {each.event: each.until for each in recording.dried}
    entering = {event for later in ground.journey.stages[stage + 1 :] for event in event_names(later.enter)}
    recorded = [event for event in entering if ground.view.names["event"].code(event) != NO_CODE]
    return max((ends.get(event, ground.as_of) for event in recorded), default=ground.as_of)


def _never_entered(base: Base, courses: Courses) -> Iterator[Finding]:
    journey = courses.ground.journey
    been = (courses.entered != NEVER).any(axis=0).tolist()
    never = [titled(stage) for stage, seen in zip(journey.stages, been, strict=True) if not seen and not stage.optional]
    if never and len(courses):
        names = listed([f"'{name}'" for name in never])
        claim = f"No run of '{journey.name}' ever entered {names} (n {len(courses):,} runs)."
        meaning = (
            "Either it does not happen, or the event that shows it is not in the data; the map and the log disagree."
        )
        yield Finding("limit", claim, meaning, shown(base.sight, "coverage", journey.name), weight=0.4)


def _ceased(base: Base, recording: Mapping[str, Recording]) -> Iterator[Finding]:
    zone = base.sight.firm.time_zone
    dried = {each.event: each for record in recording.values() for each in record.dried}
    if not dried:
        return
    told = [
        f"'{each.event}' after {date(each.until / US, zone)} ({each.after:,} since, {each.before:,} in as long before)"
        for each in sorted(dried.values(), key=lambda each: (each.until, each.event))
    ]
    end = date(base.sight.as_of / US, zone)
    claim = f"Recorded hardly any more, though the log goes on until {end}: {listed(told, MOST_NAMED)}."
    meaning = (
        "Whether it ceased to happen or to be recorded, the data do not tell; what comes after cannot be compared."
    )
    yield Finding("limit", claim, meaning, "clew show transitions --over events", weight=0.6)


def _rejected(base: Base) -> Iterator[Finding]:
    read, rejected = (sum(getattr(each, key) for each in base.rejected) for key in ("read", "rejected"))
    if rejected:
        worst = sorted(base.rejected, key=lambda each: (-each.rejected, each.source))
        told = [f"{each.rejected:,} of {each.source}" for each in worst if each.rejected]
        claim = (
            f"{rejected:,} of {counted(read, 'row')} could not be used ({share(rejected / read)}): {listed(told, 3)}."
        )
        meaning = (
            "What they tell is missing from every figure; 'clew load' names the reasons, .clew/rejected/ the rows."
        )
        yield Finding("limit", claim, meaning, "clew load", weight=min(1.0, 0.2 + rejected / read))


def _undated(base: Base, scan: Scan) -> Iterator[Finding]:
    names = sorted(base.sight.view.undated)
    if names:
        carry = "carries" if len(names) == 1 else "carry"
        told = listed([f"'{name}'" for name in names])
        claim = f"{counted(len(names), 'attribute')} {carry} no date: {told}."
        meaning = (
            "Every past moment shows the value known today, so a contrast by them may be written after the outcome."
        )
        note = left_out_note(scan)
        yield Finding("limit", claim, f"{meaning} {note}".strip(), "clew show coverage", weight=0.2)
