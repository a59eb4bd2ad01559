"""The section on the three failures: what detectors measured, the sentences that weigh most, who sees nothing."""

from __future__ import annotations

from collections.abc import Sequence

from clew.diagnosis.facts.accounts import year_begins
from clew.diagnosis.facts.words import noticed
from clew.diagnosis.result import About, Diagnosis
from clew.diagnosis.scoring.model import Element
from clew.diagnosis.telling.words import level
from clew.questions.model import TooFew, Unit
from clew.reports.diagnosed import FailurePart, OfDetector
from clew.reports.model import Figure, Shown, Table, TableColumn
from clew.signals.measuring.evidence import Example
from clew.signals.measuring.figures_in_words import occasions_in_words, trend_in_words
from clew.signals.measuring.measure import Measured, measured
from clew.signals.registry import DETECTORS
from clew.signals.sight import Sight
from clew.stats.model import Estimate

SENTENCES = 2
COLUMNS = (
    TableColumn("detector", "Detector"),
    TableColumn("found", "Found"),
    TableColumn("rate", "Rate", Unit.SHARE, "signal-rate"),
    TableColumn("accounts", "Share of accounts", Unit.SHARE, "signal-accounts"),
    TableColumn("trend", "Last quarter", Unit.TEXT, "signal-trend"),
    TableColumn("revenue", "Revenue touched", Unit.MONEY, "signal-revenue"),
)


def failure_parts(sight: Sight, diagnosis: Diagnosis) -> tuple[FailurePart, ...]:
    """Show what detectors saw in the 12 months that the diagnosis weighs, the strongest failure first."""
    since = year_begins(sight)
    every = [measured(sight, detector, since=since, top=SENTENCES) for detector in DETECTORS]
    return tuple(
        _part(sight, diagnosis, element, [one for one in every if one.detector.failure.name.lower() == element.name])
        for element in diagnosis.failures
    )


def _part(sight: Sight, diagnosis: Diagnosis, element: Element, every: Sequence[Measured]) -> FailurePart:
    seeing = [one for one in every if not one.sees_nothing]
    changed = next((one.trend.changed for one in seeing if one.trend.changed), "")
    notes = (f"Last quarter against the one before: {changed[:1].lower()}{changed[1:]}",) if changed else ()
    return FailurePart(
        name=element.name,
        title=element.title,
        level=level(diagnosis, element),
        table=Table("What detectors found in the last 12 months", COLUMNS, tuple(map(_row, seeing)), notes),
        evidence=_sentences(sight, seeing, diagnosis.about),
        blind=tuple(OfDetector(one.detector.title, _why(one)) for one in every if one.sees_nothing),
        partly=tuple(OfDetector(one.detector.title, one.blind[0]) for one in seeing if one.blind),
    )


def _row(one: Measured) -> tuple[Shown, ...]:
    revenue = one.revenue
    return (
        one.detector.title,
        f"{one.signals:,} of {occasions_in_words(one)}",
        _share(one.rate, one.occasions),
        _share(one.share, one.accounts),
        trend_in_words(one),
        None if revenue.amount is None else Figure(revenue.amount, Unit.MONEY, n=revenue.known),
    )


def _share(found: Estimate | TooFew, n: int) -> Figure:
    if isinstance(found, TooFew):
        return Figure(None, Unit.SHARE, n=found.n, needed=found.needed - found.n)
    return Figure(found.value, Unit.SHARE, found.low, found.high, n)


def _sentences(sight: Sight, every: Sequence[Measured], about: About) -> tuple[OfDetector, ...]:
    """The newest signals of the most valuable accounts: other accounts and other detectors before the same again."""
    told = [(rank, example, one) for one in every for rank, example in enumerate(one.examples) if example.told]
    chosen: list[tuple[int, Example, Measured]] = []
    while told and len(chosen) < SENTENCES:
        accounts, names = {one.account for _, one, _ in chosen}, {one.detector.name for _, _, one in chosen}
        best = min(
            told,
            key=lambda each: (
                (each[1].account in accounts) + (each[2].detector.name in names),
                each[0],
                -(each[1].revenue or 0.0),
            ),
        )
        told.remove(best)
        chosen.append(best)
    return tuple(
        OfDetector(one.detector.title, example.told[0].sentence, about.dated(noticed(sight, one.detector.name)))
        for _, example, one in chosen
    )


def _why(one: Measured) -> str:
    return one.blind[0] if one.blind else f"There were no {one.detector.of} in the last 12 months."
