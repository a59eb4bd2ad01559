"""What a ranking says in sentences: association, never cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from clew.clock import DAY_US
from clew.drivers.model import Driver, LeftOut, Ranking
from clew.questions.model import TooFew
from clew.questions.words import counted, listed, number, share
from clew.stats.drivers import Importance
from clew.stats.shares import wilson

CLEAR = 0.05  # adjusted p below which a driver goes with the outcome
HIGHER, LOWER, UNCLEAR = "higher", "lower", "no clear link"
_MOST_NAMED = 8


def is_clear(driver: Driver) -> bool:
    """Whether the driver goes with the outcome beyond chance, all those tested considered."""
    return driver.adjusted is not None and driver.adjusted < CLEAR


def link(driver: Driver) -> str | None:
    """Say whether the driver is higher or lower with the outcome; None where accounts lack."""
    if driver.test is None:
        return None
    return UNCLEAR if not is_clear(driver) else HIGHER if driver.test.statistic > 0 else LOWER


def nearer(ranking: Ranking, driver: Driver) -> str | None:
    """Say which group today's level lies nearer to, where the two differ clearly."""
    yes, no, now = driver.yes.mean, driver.no.mean, driver.now.mean
    if not is_clear(driver) or yes is None or no is None or now is None:
        return None
    return ranking.outcome.yes if abs(now - yes) < abs(now - no) else ranking.outcome.no


def sentences(ranking: Ranking) -> list[str]:
    """Everything that one must know to read the table."""
    return [
        _base(ranking),
        *_result(ranking),
        "This is association, not cause: a driver that moves with the true reason is ranked like the reason. To learn "
        "what helps, change it for some accounts and compare.",
        _measured(ranking),
        *ranking.outcome.notes,
        *_gaps(ranking),
        *left_out(ranking.left_out),
    ]


def _base(ranking: Ranking) -> str:
    outcome = ranking.outcome
    if outcome.is_score:
        named = f"{ranking.yes:,} gave {outcome.yes}, {ranking.no:,} gave {outcome.no}"
        return f"Of {counted(ranking.n, 'account')} with an answer {named}."
    text = f"Of {counted(ranking.n, 'account')} with a known outcome {ranking.yes:,} {outcome.yes}"
    if ranking.n:
        part = wilson(ranking.yes, ranking.n) if ranking.n >= 5 else None
        text += f" ({share(part.value)}, {share(part.low)} to {share(part.high)})" if part else ""
    return f"{text}, {ranking.no:,} {outcome.no}."


def _result(ranking: Ranking) -> Iterator[str]:
    found = ranking.importance
    if isinstance(found, TooFew):
        yield _lack(ranking, found)
        return
    r2 = found.r2
    how = "R²" if ranking.outcome.is_score else "R² of a linear model of yes and no"
    drivers = counted(len(ranking.drivers), "driver")
    yield (
        f"Together the {drivers} tell {share(r2.value)} ({share(r2.low)} to {share(r2.high)}) of the differences "
        f"({how}); their importances add up to it."
    )
    clear = [place for place, driver in enumerate(ranking.drivers) if is_clear(driver)]
    if clear:
        yield _strongest(ranking, found, clear[0])
    else:
        yield "None of them goes with the outcome beyond chance."
    yield f"{counted(ranking.tested, 'driver')} were tested; p is corrected for that (Benjamini-Hochberg)."


def _strongest(ranking: Ranking, found: Importance, place: int) -> str:
    driver, outcome = ranking.drivers[place], ranking.outcome
    levels = f"{_level(driver.yes.mean)} against {_level(driver.no.mean)}"
    who = f"accounts that {outcome.yes} and that {outcome.no}"
    if outcome.is_score:
        who = f"accounts with {outcome.yes} and with {outcome.no}"
    unit = f" {driver.measure.unit}" if driver.measure.unit not in ("", "share") else ""
    firm = f"rank {found.rank[place]}"
    if found.rank_low[place] != found.rank_high[place]:
        firm += f", between {found.rank_low[place]} and {found.rank_high[place]} when accounts are resampled"
    return f"{driver.measure.title} goes with it most: {levels}{unit} in {who} ({firm})."


def _level(mean: float | None) -> str:
    return "unknown" if mean is None else number(mean)


def _lack(ranking: Ranking, found: TooFew) -> str:
    of_a_kind = "" if found.n == ranking.n else " of each kind"
    return f"No importance is shown, {found}: {found.needed:,} accounts{of_a_kind} are needed."


def _measured(ranking: Ranking) -> str:
    window = ranking.window
    before = f"that ended {_days(window.lead)} before it" if window.lead else "before it"
    return (
        f"Every driver was measured in the {_days(window.span)} {before}; nothing later counts. 'Now' is the same of "
        f"{counted(ranking.now, 'account')} of today, in the {_days(window.span)} that end now."
    )


def _days(micros: int) -> str:
    return counted(round(micros / DAY_US), "day")


def _gaps(ranking: Ranking) -> Iterator[str]:
    if ranking.short:
        least = _days(ranking.window.least)
        accounts = counted(ranking.short, "account")
        yield f"Left out: {accounts} known for less than {least} inside that window."
    partly = [f"{one.measure.title} ({share(one.known)})" for one in ranking.drivers if one.known < 1]
    if partly:
        yield f"Not known of all accounts, the mean stands in for the others: {listed(partly, _MOST_NAMED)}."
    undated = [one.measure.title for one in ranking.drivers if not one.measure.dated]
    if undated:
        yield f"Undated, so today's value stands in for that of then: {listed(undated, _MOST_NAMED)}."


def left_out(found: Sequence[LeftOut]) -> list[str]:
    """Say what is no driver here, by reason."""
    ordered = sorted(found, key=lambda one: one.reason)
    return [
        f"Left out, {reason}: {listed([_named(one) for one in group], _MOST_NAMED)}."
        for reason, group in groupby(ordered, key=lambda one: one.reason)
    ]


def _named(one: LeftOut) -> str:
    return f"{one.measure.title} ({one.detail})" if one.detail else one.measure.title
