"""What the page of the firm tells of the diagnosis, as plain values that are kept: verdict, failures, thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from clew.diagnosis.model import RankedJourney, Standing
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.thresholds import Threshold
from clew.questions.model import Unit
from clew.reports.diagnosed import Diagnosed, Ruler
from clew.reports.first_page import first_page
from clew.reports.model import Figure
from clew.reports.thresholds import MOST, rulers

MOST_LIMITS = 6


@dataclass(frozen=True)
class Watched:
    """One threshold with the present value.

    name     under which a crossing of it is a signal        n  observations behind the present value
    crossed  whether the present value lies beyond it        alone  whether crossing it turns the verdict by itself
    """

    name: str
    ruler: Ruler
    n: int
    crossed: bool
    alone: bool


@dataclass(frozen=True)
class Shown:
    """One of the failures or diagnostics: where it stands, and what speaks for that.

    level  0..highest, None where too little is known      n  observations behind the sentence, None of several
    """

    title: str
    level: int | None
    words: str
    evidence: str
    highest: int
    failure: bool
    n: int | None


@dataclass(frozen=True)
class AtStake:
    """A journey with the revenue it carries, in units of the firm's currency."""

    name: str
    title: str
    open_runs: int
    revenue: float | None
    at_risk: float | None


@dataclass(frozen=True)
class BoardPage:
    """The diagnosis as the page of the firm shows it.

    verdict   no | not-yet | start | orchestrate            headline  the verdict in one sentence; reason why
    known     indicators: measured, stated, unknown         limits    what the data cannot say
    watched   thresholds of the last diagnosis that somebody made, else of this one; since when it was made
    stored_at when the last diagnosis was made whose thresholds these are, None: these are of today's own
    """

    verdict: str
    headline: str
    reason: str
    sureness: str
    known: Mapping[str, int]
    shown: Sequence[Shown]
    watched: Sequence[Watched]
    journeys: Sequence[AtStake]
    limits: Sequence[str]
    stored_at: int | None = None


def board_page(diagnosis: Diagnosis, stored: Sequence[Threshold] = (), stored_at: int | None = None) -> BoardPage:
    """Put the page together; stored: thresholds of the last diagnosis that somebody made."""
    told = first_page(diagnosis, ())
    facts = diagnosis.evidence.facts
    wanted = stored or diagnosis.thresholds
    known = tuple(one for one in wanted if one.fact in facts and facts[one.fact].value is not None)
    limits = [one.brief or one.claim for one in diagnosis.evidence.findings if one.kind == "limit"]
    return BoardPage(
        verdict=told.verdict,
        headline=told.headline,
        reason=told.reason,
        sureness=told.sureness,
        known={standing.value: diagnosis.count(standing) for standing in Standing},
        shown=tuple(_shown(told, diagnosis)),
        watched=tuple(_watched(diagnosis, known)),
        journeys=tuple(_stake(one) for one in diagnosis.evidence.journeys),
        limits=tuple(limits[:MOST_LIMITS]),
        stored_at=stored_at if stored else None,
    )


def _shown(told: Diagnosed, diagnosis: Diagnosis) -> Iterator[Shown]:
    counts = {fact.sentence: fact.n for fact in diagnosis.evidence.facts.values()}
    for one in told.levels:
        text = one.evidence.text
        yield Shown(one.title, one.level, one.words, text, one.highest, one.failure, counts.get(text))


def _watched(diagnosis: Diagnosis, thresholds: Sequence[Threshold]) -> Iterator[Watched]:
    for first in range(0, len(thresholds), MOST):
        some = thresholds[first : first + MOST]
        for one, drawn in zip(some, rulers(replace(diagnosis, thresholds=tuple(some))), strict=True):
            fact = diagnosis.evidence.facts[one.fact]
            name = f"{one.fact} {one.comparison} {one.value:g}"
            yield Watched(name, drawn, fact.n, one.crossed(fact.value or 0.0), bool(one.alone))


def _stake(one: RankedJourney) -> AtStake:
    return AtStake(one.name, one.title, one.open_runs, one.revenue, one.at_risk)


def as_kept(page: BoardPage) -> dict[str, Any]:
    """Write it as JSON."""
    return asdict(page)


def from_kept(told: Mapping[str, Any]) -> BoardPage:
    """Read what `as_kept` wrote. Raises TypeError, KeyError, ValueError where another version wrote it."""
    rest = {name: value for name, value in told.items() if name not in ("shown", "watched", "journeys")}
    return BoardPage(
        **rest,
        shown=[Shown(**one) for one in told["shown"]],
        watched=[Watched(**{**one, "ruler": _ruler(one["ruler"])}) for one in told["watched"]],
        journeys=[AtStake(**one) for one in told["journeys"]],
    )


def _ruler(told: Mapping[str, Any]) -> Ruler:
    return Ruler(**{**told, "now": _figure(told["now"]), "limit": _figure(told["limit"])})


def _figure(told: Mapping[str, Any]) -> Figure:
    return Figure(**{**told, "unit": Unit(told["unit"])})
