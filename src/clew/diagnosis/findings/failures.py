"""The three failures as findings: what each detector saw in a year, with its interval, trend and most telling case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clew.clock import US
from clew.diagnosis.comparing.recording import Recording
from clew.diagnosis.facts.accounts import year_begins
from clew.diagnosis.facts.basis import Base
from clew.diagnosis.facts.losses import Lost
from clew.diagnosis.facts.words import noticed, share_words
from clew.diagnosis.model import Finding
from clew.questions.recording import Ceased
from clew.questions.words import count, counted, date, listed, points
from clew.signals.measuring.losses import in_words
from clew.signals.measuring.measure import Measured, measured
from clew.signals.model import Failure
from clew.signals.registry import DETECTORS
from clew.stats.model import Estimate

OF_ABSENCE = ("silence", "stall", "late-handoff", "slow-answer", "broken-promise", "missed-expansion")


def failure_findings(base: Base, recording: Mapping[str, Recording]) -> Iterator[Finding]:
    """Tell of every detector that found something in the last 12 months."""
    dried = {each.event: each for one in recording.values() for each in one.dried}
    caution = _dried(base, sorted(dried.values(), key=lambda each: (each.until, each.event)))
    for detector in DETECTORS:
        found = measured(base.sight, detector, since=year_begins(base.sight), top=1)
        if found.signals and isinstance(found.share, Estimate):
            yield _finding(base, found, found.share, caution if detector.name in OF_ABSENCE else "")


def quiet_loss_findings(lost: Lost) -> Iterator[Finding]:
    """Tell how many of those who left had said nothing loud."""
    found = lost.found
    if isinstance(found.share, Estimate) and found.quiet:
        claim, *further = in_words(found)
        meaning = f"A sign of {Failure.FRICTION.value}. {' '.join(further)}"
        told = f"{lost.reach.words.capitalize()} {claim}"
        yield Finding("failure", told, meaning, lost.see, weight=found.share.value)


def _finding(base: Base, found: Measured, share: Estimate, caution: str) -> Finding:
    detector = found.detector
    claim = (
        f"{detector.title}: {share_words(share, found.accounts)} of the accounts looked at in the last 12 months show "
        f"it, {counted(found.signals, 'time')} in {found.occasions:,} {detector.of}."
    )
    claim += "".join(f" For one: {example.told[0].sentence}" for example in found.examples[:1] if example.told)
    meaning = f"A sign of {detector.failure.value}." + _revenue(base, found) + _trend(found) + caution
    return Finding("failure", claim, meaning, noticed(base.sight, detector.name), weight=share.value)


def _dried(base: Base, dried: Sequence[Ceased]) -> str:
    """Say that absence may be the recording's."""
    if not dried:
        return ""
    told = [f"'{each.event}' after {date(each.until / US, base.sight.firm.time_zone)}" for each in dried]
    return f" But hardly recorded any more: {listed(told, 3)}; what is missing since then may be missing in the data."


def _revenue(base: Base, found: Measured) -> str:
    revenue = found.revenue
    if revenue.amount is None:
        return " What these accounts bring a year is unknown."
    return (
        f" The customers among them bring {count(revenue.amount)} {base.sight.firm.currency} a year "
        f"(known of {revenue.known:,} of {revenue.n:,})."
    )


def _trend(found: Measured) -> str:
    difference, compared = found.trend.difference, found.trend.compared
    if not isinstance(difference, Estimate) or compared is None or difference.low <= 0 <= difference.high:
        return ""
    way = "rose" if difference.value > 0 else "fell"
    low, high = sorted((abs(difference.low), abs(difference.high)))
    return (
        f" From {compared[0].label} to {compared[1].label} the share {way} by {points(abs(difference.value))} "
        f"[{points(low).number}, {points(high).number}]. {found.trend.changed}"
    ).rstrip()
