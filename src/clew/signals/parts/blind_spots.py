"""What a detector cannot see: meanings that nobody wrote down, and events that lack what it needs, counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from clew.archive.model import NO_CODE, Codes
from clew.conditions.model import Condition
from clew.questions.words import share
from clew.signals.sight import Sight

Column = Callable[[Sight, int], Codes]  # codes of the events of a bucket


def unsaid(key: str, what: str) -> str:
    """Say that meanings.yaml lacks a key without which nothing is seen."""
    return f"meanings.yaml does not say '{key}': {what}, so nothing of this is seen."


def absent(sight: Sight, key: str, condition: Condition) -> list[str]:
    """Say that what a key names never happens in this log; nothing where it does."""
    return [] if events_of(sight, condition) else [f"Nothing that '{key}' names happens in this log."]


def events_of(sight: Sight, condition: Condition) -> int:
    """Count the events at which a condition comes true."""
    return sum(int(sight.happens(number, condition).sum()) for number in range(len(sight.buckets)))


def lacking(sight: Sight, condition: Condition, columns: Mapping[str, Column], *, of: str) -> list[str]:
    """Say of how many of these events something is not known.

    columns  from the end of a sentence, as "name no team: they are left out", to what is not known
    of       the events in the plural, as "touches"
    """
    buckets = range(len(sight.buckets))
    rows = [np.flatnonzero(sight.happens(number, condition)) for number in buckets]
    total = sum(len(each) for each in rows)
    missing = {
        end: sum(int((codes(sight, number)[each] == NO_CODE).sum()) for number, each in zip(buckets, rows, strict=True))
        for end, codes in columns.items()
    }
    return [part_of(count, total, of, end) for end, count in missing.items() if count]


def part_of(count: int, total: int, of: str, end: str) -> str:
    """Write '38.0 % of 1,234 touches (469) name no team'."""
    return f"{share(count / total)} of {total:,} {of} ({count:,}) {end}."


def teams_of(sight: Sight, number: int) -> Codes:
    """Teams of a bucket's events."""
    return sight.buckets[number].team


def contacts_of(sight: Sight, number: int) -> Codes:
    """Contacts of a bucket's events."""
    return sight.buckets[number].contact


def topics_of(sight: Sight, number: int) -> Codes:
    """Topics of a bucket's events."""
    return sight.codes(number, sight.meanings.about)


def kept_as(name: str) -> Column:
    """Values of a kept property."""
    return lambda sight, number: sight.codes(number, name)


def one_team(sight: Sight, condition: Condition, of: str) -> list[str]:
    """Say that all events that name a team name the same, so that nothing between teams can be seen."""
    seen: set[int] = set()
    for number in range(len(sight.buckets)):
        seen |= set(np.unique(sight.buckets[number].team[sight.happens(number, condition)]).tolist()) - {NO_CODE}
        if len(seen) > 1:
            return []
    names = [sight.view.names["team"].text(code) for code in seen]
    return [f"All {of} that name a team name '{name}': what another team does is not in this log." for name in names]


def kept(sight: Sight, name: str) -> bool:
    """Whether any source keeps a property of this name."""
    return len(sight.view.names[f"property:{name}"]) > 0


def no_topic(sight: Sight) -> list[str]:
    """Say why no event has a topic; nothing where some have."""
    name = sight.meanings.about
    if name is None:
        return [unsaid("about", "no property names the topic of an event")]
    if not kept(sight, name):
        return [f"No source keeps the property '{name}' that 'about' names, so no event has a topic."]
    return []
