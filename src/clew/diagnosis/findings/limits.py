"""What the data cannot say: recording that began late or ended early, late starters, rejected rows, undated values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clew.clock import NEVER, US
from clew.diagnosis.comparing.contrasts import Scan
from clew.diagnosis.comparing.courses import Courses
from clew.diagnosis.comparing.recording import Recording
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.unheard import nearest_in_log, never_heard
from clew.diagnosis.facts.words import shown
from clew.diagnosis.findings.contrasts import left_out_note
from clew.diagnosis.findings.late_starters import late_starters
from clew.diagnosis.model import Finding
from clew.questions.recording import Late
from clew.questions.stages import titled
from clew.questions.words import counted, date, listed, share

MOST_NAMED = 4


def limit_findings(
    base: Base, courses: Mapping[str, Courses], recording: Mapping[str, Recording], scan: Scan
) -> Iterator[Finding]:
    """Tell them all."""
    for name, runs in courses.items():
        yield from _begun_late(base, runs, recording[name])
        yield from late_starters(base, runs, recording[name])
        yield from _never_entered(base, runs)
    yield from _never_heard(base)
    yield from _ceased(base, recording)
    yield from _rejected(base)
    yield from _undated(base, scan)


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
    brief = (
        f"{counted(before, 'run')} of '{name}' from before {day} cannot be compared: {listed(events)} "
        f"{'was' if len(events) == 1 else 'were'} not recorded then."
    )
    return Finding("limit", claim, meaning, shown(base.sight, "coverage", name), 0.5 + part / 2, brief)


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


def _never_heard(base: Base) -> Iterator[Finding]:
    """Meanings that no loaded event fulfils: what rests on them would read as if nothing ever went wrong."""
    lacking = dict(never_heard(base.sight))
    if not lacking:
        return
    events = sorted({name for names in lacking.values() for name in names})
    near = nearest_in_log(base.sight, next(iter(lacking.values())))
    told, one = listed([f"'{name}'" for name in events], MOST_NAMED), len(events) == 1
    claim = f"{'No event' if one else 'None of the events'} {told} is in the log, though meanings.yaml names "
    claim += f"{'it' if one else 'them'} ({listed(sorted(lacking), MOST_NAMED)})"
    claim += f"; the log has '{near}'." if near else "."
    meaning = f"{'It' if one else 'They'} never happened, or {'has another name' if one else 'have other names'}: "
    meaning += "what rests on that is not measured."
    weight = 0.9 if near else 0.1
    yield Finding("limit", claim, meaning, "clew check", weight=weight)


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
    names = listed([f"'{each.event}'" for each in sorted(dried.values(), key=lambda each: each.event)], MOST_NAMED)
    brief = (
        f"{names} {'is' if len(dried) == 1 else 'are'} hardly recorded any more: what came after cannot be compared."
    )
    yield Finding("limit", claim, meaning, "clew show transitions --over events", 0.6, brief)


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
        brief = f"{rejected:,} of {counted(read, 'row')} could not be used and are missing from every figure."
        yield Finding("limit", claim, meaning, "clew load", min(1.0, 0.2 + rejected / read), brief)


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
