"""Facts put together: the value, its interval, and one sentence that carries both."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from clew.clock import US
from clew.diagnosis.facts.accounts import year_begins
from clew.diagnosis.model import Fact, Measure
from clew.errors import NotEnoughData
from clew.questions.words import date, number, share
from clew.signals.sight import Sight
from clew.stats.model import Estimate, OpenEstimate
from clew.stats.quantiles import sample_quantile
from clew.stats.resampling import share_of_sums
from clew.stats.shares import wilson

Values = NDArray[np.int64]
Figures = NDArray[np.float64]
FEWEST = 5  # below, a share or a mean is no figure


def shown(sight: Sight, question: str, journey: str = "", further: str = "") -> str:
    """Return the command that shows a figure, "" without any journey.

    journey  the one to look at, else that with most runs; it is named only where there are several
    """
    if not sight.journeys:
        return ""
    of = f" --journey {journey or _largest(sight)}" if len(sight.journeys) > 1 else ""
    return f"clew show {question}{of}{' ' + further if further else ''}"


def shown_of_accounts(sight: Sight, question: str, further: str) -> str:
    """Return the command that shows a figure of accounts: by a journey of theirs, "" where none is."""
    names = [name for name, ground in sight.journeys.items() if ground.journey.subject.kind == "account"]
    return shown(sight, question, _largest(sight, names), further) if names else ""


def noticed(sight: Sight, detector: str) -> str:
    """Return the command that shows what a detector saw in the last 12 months."""
    return f"clew signals {detector} --since {date(year_begins(sight) / US, sight.firm.time_zone)}"


def _largest(sight: Sight, names: Iterable[str] = ()) -> str:
    """Name the journey with most runs, of some or all."""

    def runs(name: str) -> int:
        return sum(len(bucket.runs) for bucket in sight.journeys[name].buckets)

    return max(sorted(names or sight.journeys), key=runs, default="")


def unknown(name: str, measure: Measure, missing: str, see: str = "") -> Fact:
    """A fact that nobody can measure here.

    missing  what the data or meanings.yaml do not tell, and what would let it be measured
    """
    return Fact(name, measure, None, 0, "", f"Not measured: {missing}", see)


def too_few(name: str, measure: Measure, lack: NotEnoughData, *, n_of: str, see: str = "") -> Fact:
    """A fact that rests on too little to be stated."""
    words = f"Too few: {lack.n:,} {n_of}, {lack.needed - lack.n} more needed."
    return Fact(name, measure, None, lack.n, n_of, words, see)


def count_fact(name: str, value: float, sentence: str, *, n: int, n_of: str, see: str = "") -> Fact:
    """A plain count of everything: it has no interval."""
    return Fact(name, Measure.COUNT, float(value), n, n_of, sentence, see)


def plain_share(name: str, part: float, whole: float, sentence: str, *, n: int, n_of: str, see: str = "") -> Fact:
    """A part of everything that was counted, without sampling: no interval. `sentence` holds {share}."""
    value = part / whole
    return Fact(name, Measure.SHARE, value, n, n_of, sentence.format(share=share(value)), see)


def share_fact(name: str, part: int, n: int, sentence: str, *, n_of: str, see: str = "") -> Fact:
    """A share of independent things with Wilson's interval. `sentence` holds {share}, which is then said in full."""
    try:
        found = wilson(part, n) if n else None
    except NotEnoughData as lack:
        return too_few(name, Measure.SHARE, lack, n_of=n_of, see=see)
    if found is None:
        return too_few(name, Measure.SHARE, NotEnoughData(0, FEWEST, n_of), n_of=n_of, see=see)
    return share_estimated(name, found, sentence, n=n, n_of=n_of, see=see)


def share_estimated(name: str, found: Estimate, sentence: str, *, n: int, n_of: str, see: str = "") -> Fact:
    """A share with an interval at hand."""
    words = sentence.format(share=share_words(found, n))
    return Fact(name, Measure.SHARE, found.value, n, n_of, words, see, found.low, found.high)


def clustered_share(name: str, part: Figures, whole: Figures, sentence: str, *, n_of: str, see: str = "") -> Fact:
    """A share of things that hang together in accounts: the accounts are resampled.

    part, whole  (a,) sums of each account
    """
    n = round(float(whole.sum()))
    try:
        found = share_of_sums(part, whole)
    except NotEnoughData as lack:
        return too_few(name, Measure.SHARE, lack, n_of=f"accounts with {n_of}", see=see)
    return share_estimated(name, found, sentence, n=n, n_of=n_of, see=see)


def median_fact(
    name: str, values: Values | Figures, sentence: str, *, n_of: str, see: str = "", measure: Measure = Measure.NUMBER
) -> Fact:
    """A median with the interval of its order statistics. `sentence` holds {median}."""
    try:
        found = sample_quantile(values)
    except NotEnoughData as lack:
        return too_few(name, measure, lack, n_of=n_of, see=see)
    words = sentence.format(median=median_words(found))
    value = found.value if found.value is None else float(found.value)
    return Fact(name, measure, value, found.n, n_of, words, see, found.low, found.high)


def share_words(found: Estimate, n: int) -> str:
    """Write a share with its interval and n: 16.3 % [14.2, 18.6] (n 1,099)."""
    return f"{share(found.value)} {bounds(found)} (n {n:,})"


def bounds(found: Estimate) -> str:
    """Write the interval of a share in per cent: [14.2, 18.6]."""
    return f"[{share(found.low).number}, {share(found.high).number}]"


def median_words(found: OpenEstimate) -> str:
    """Write a median with its interval and n: 3 [2, 4] (n 812)."""
    low, high = (_median(end) if end is not None else "?" for end in (found.low, found.high))
    return f"{_median(found.value or 0.0)} [{low}, {high}] (n {found.n:,})"


def most_of(journeys: int) -> str:
    """Say among how many journeys a figure is the largest; nothing where there is one."""
    return f", the most of {journeys:,} journeys" if journeys > 1 else ""


def _median(value: float) -> str:
    """Write a median in one form: 78.5 beside 71, not 78.50."""
    return number(value).removesuffix("0") if "." in number(value) and number(value).endswith("0") else number(value)
