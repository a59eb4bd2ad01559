"""What each team told this customer, topic by topic, and where teams differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.context.model import Touch


@dataclass(frozen=True)
class Topic:
    """One topic.

    told     the latest statement of each team, latest first
    differs  whether two teams told different things so near to each other that both count
    count    statements on it in all
    """

    name: str
    told: Sequence[Touch]
    differs: bool
    count: int


def topics_of(statements: Sequence[Touch], within: int) -> Sequence[Topic]:
    """Bring statements together by topic, those on which teams differ first, then the latest.

    statements  latest first        within  a statement holds for so long (microseconds)
    """
    by_topic: dict[str, list[Touch]] = {}
    for one in statements:
        if one.about:
            by_topic.setdefault(one.about, []).append(one)
    found = [_topic(name, told, within) for name, told in by_topic.items()]
    return sorted(found, key=lambda one: (not one.differs, -one.told[0].at))


def _topic(name: str, told: Sequence[Touch], within: int) -> Topic:
    latest: dict[str | None, Touch] = {}
    for one in told:
        latest.setdefault(one.team, one)
    shown = list(latest.values())
    return Topic(name, shown, _differ(shown, within), len(told))


def _differ(told: Sequence[Touch], within: int) -> bool:
    known = [one for one in told if one.says and one.team]
    return any(
        _plain(one) != _plain(other) and abs(one.at - other.at) <= within
        for place, one in enumerate(known)
        for other in known[place + 1 :]
    )


def _plain(one: Touch) -> str:
    return " ".join((one.says or "").casefold().split())
