"""What a journey takes from clew.yaml, so that a version of it stays what it was when clew.yaml changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from clew.calendars import Calendar
from clew.conditions.happening import leaves
from clew.conditions.model import Condition, Segment
from clew.conditions.words import in_words
from clew.durations import Duration
from clew.files.meaning import content_hash
from clew.firm.model import Firm, Team
from clew.journeys.changes import Aspect, Change
from clew.journeys.model import Journey


@dataclass(frozen=True)
class FirmParts:
    """Parts of the firm that decide something in a journey.

    segments   those that its conditions ask for, and those that these ask for
    teams      team -> its calendar's name; only where the journey has spans of working time
    calendars  calendars of these teams and the default one; only where the journey has spans of working time
    zone       time zone of the firm, where teams without any calendar work by office hours in it
    """

    segments: Mapping[str, Condition] = field(default_factory=dict)
    teams: Mapping[str, str | None] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    zone: str = ""

    def put_into(self, firm: Firm) -> Firm:
        """The firm as it was in these parts."""
        teams = {
            name: replace(firm.teams.get(name, Team(name, name)), calendar=own) for name, own in self.teams.items()
        }
        return replace(
            firm,
            segments={**firm.segments, **self.segments},
            teams={**firm.teams, **teams},
            calendars={**firm.calendars, **self.calendars},
            time_zone=self.zone or firm.time_zone,
        )


def parts_of(firm: Firm, journey: Journey) -> FirmParts:
    """Return what this journey takes from the firm."""
    conditions = [condition for deciding in _conditions(journey).values() for condition in deciding]
    asked = _segments_asked(firm.segments, conditions)
    segments = {name: firm.segments[name] for name in asked if name in firm.segments}
    if not any(span.working for span in _spans(journey)):
        return FirmParts(segments)
    teams = {name: firm.teams[name].calendar for name in sorted(set(_teams(journey))) if name in firm.teams}
    named = {"default", *(calendar for calendar in teams.values() if calendar)}
    calendars = {name: firm.calendars[name] for name in sorted(named) if name in firm.calendars}
    return FirmParts(segments, teams, calendars, firm.time_zone)


def version_of(journey: Journey, parts: FirmParts) -> str:
    """Return the content hash of a journey together with what it takes from the firm."""
    calendars = {name: calendar.fingerprint() for name, calendar in parts.calendars.items()}
    return content_hash((replace(journey, version=""), replace(parts, calendars={}), calendars))


def _segments_asked(segments: Mapping[str, Condition], conditions: Iterable[Condition]) -> list[str]:
    """The segments that conditions ask for, and those that these segments ask for."""
    waiting = [name for condition in conditions for name in _segments_in(condition)]
    asked: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in asked and name in segments:
            waiting += _segments_in(segments[name])
        asked.add(name)
    return sorted(asked)


def _segments_in(condition: Condition) -> list[str]:
    return [leaf.name for leaf in leaves(condition) if isinstance(leaf, Segment)]


def _conditions(journey: Journey) -> dict[Aspect, list[Condition]]:
    """The conditions of a journey by what they decide, the weightiest first."""
    receipts = [one for handoff in journey.handoffs for one in (handoff.accepted, handoff.returned) if one]
    return {
        Aspect.START: [journey.starts] if journey.starts else [],
        Aspect.PATH: [stage.enter for stage in journey.stages],
        Aspect.ENDS: [end.when for end in journey.ends],
        Aspect.NORM: [*(one.when for one in journey.variants), *(one.sent for one in journey.handoffs), *receipts],
    }


def _spans(journey: Journey) -> Iterator[Duration]:
    yield from (stage.limit for stage in journey.stages if stage.limit)
    yield from (handoff.accept_within for handoff in journey.handoffs if handoff.accept_within)
    for changes in _variant_changes(journey):
        limit = changes.get("limit")
        if isinstance(limit, Duration):
            yield limit
    if any(kpi.metric.get("working") for kpi in journey.kpis):
        yield Duration(1, "day", working=True)


def _teams(journey: Journey) -> Iterator[str]:
    yield from (stage.team for stage in journey.stages if stage.team)
    yield from (team for handoff in journey.handoffs for team in (handoff.source, handoff.target))
    yield from (str(changes["team"]) for changes in _variant_changes(journey) if changes.get("team"))


def _variant_changes(journey: Journey) -> Iterator[Mapping[str, object]]:
    return (changes for variant in journey.variants for changes in variant.stages.values())


def compare_parts(old: FirmParts, new: FirmParts, journey: Journey) -> tuple[Change, ...]:
    """Return what changed in the parts of the firm that a journey uses, in words."""
    return (*_segment_changes(old, new, journey), *_calendar_changes(old, new))


def _segment_changes(old: FirmParts, new: FirmParts, journey: Journey) -> Iterator[Change]:
    for name in sorted({*old.segments, *new.segments}):
        before, after = (in_words(parts.segments.get(name)) for parts in (old, new))
        deciding = [
            key for key, asking in _conditions(journey).items() if name in _segments_asked(new.segments, asking)
        ]
        if before != after and deciding:
            yield Change(f"segments.{name}", f"segment {name}: {before} → {after}", deciding[0])


def _calendar_changes(old: FirmParts, new: FirmParts) -> Iterator[Change]:
    for name in sorted({*old.calendars, *new.calendars}):
        if old.calendars.get(name) != new.calendars.get(name):
            yield Change(
                f"calendars.{name}", f"calendar {name} changed: working limits fall due at other times", Aspect.NORM
            )
    for name in sorted({*old.teams, *new.teams}):
        before, after = (parts.teams.get(name) or "default" for parts in (old, new))
        if before != after:
            yield Change(f"teams.{name}", f"team {name}: calendar {before} → {after}", Aspect.NORM)
    if old.zone != new.zone:
        yield Change("time_zone", f"time zone {old.zone or 'none'} → {new.zone or 'none'}", Aspect.NORM)
