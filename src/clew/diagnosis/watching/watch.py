"""Watching: the thresholds stored with the last diagnosis against what the log shows today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clew.diagnosis.model import Fact
from clew.diagnosis.result_evidence import evidence_of
from clew.diagnosis.scoring.thresholds import Threshold
from clew.diagnosis.watching.stored import Stored, latest
from clew.errors import BadRequest
from clew.questions.library import OpenWorkspace


class NothingToWatch(BadRequest):
    """No diagnosis left a threshold behind."""


@dataclass(frozen=True)
class Crossing:
    """A threshold that was not crossed at the diagnosis and is now.

    fact  as it is measured now, its sentence included
    """

    threshold: Threshold
    fact: Fact


@dataclass(frozen=True)
class Watched:
    """A look at stored thresholds.

    crossed  those that are crossed since        lost  those whose fact cannot be measured any more
    now      present value of each fact                 facts  as they are measured now
    """

    stored: Stored
    crossed: tuple[Crossing, ...]
    lost: tuple[Threshold, ...]
    now: Mapping[str, float]
    facts: Mapping[str, Fact]


def watch(workspace: OpenWorkspace, as_of: int | None = None) -> list[Crossing]:
    """Return the thresholds of the last diagnosis that are crossed since. Raises NothingToWatch where there is none."""
    return list(look(workspace, as_of).crossed)


def look(workspace: OpenWorkspace, as_of: int | None = None) -> Watched:
    """Measure facts and hold the last stored thresholds against them. Raises NothingToWatch where there are none."""
    stored = latest(workspace.store)
    if stored is None:
        raise NothingToWatch("there is no diagnosis to watch yet; run 'clew diagnose' first")
    if not stored.thresholds:
        raise NothingToWatch("the last diagnosis holds no measured threshold; run 'clew load', then 'clew diagnose'")
    evidence, _ = evidence_of(workspace, as_of)
    return compare(stored, evidence.facts)


def compare(stored: Stored, facts: Mapping[str, Fact]) -> Watched:
    """Hold stored thresholds against facts."""
    now = {name: fact.value for name, fact in facts.items() if fact.value is not None}
    seen = [each for each in stored.thresholds if each.fact in now]
    return Watched(
        stored,
        crossed=tuple(Crossing(each, facts[each.fact]) for each in seen if each.crossed(now[each.fact])),
        lost=tuple(each for each in stored.thresholds if each.fact not in now),
        now=now,
        facts=facts,
    )
