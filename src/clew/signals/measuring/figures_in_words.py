"""Figures of detectors in words: a trend, a share with its n, revenue."""

from __future__ import annotations

from clew.questions.model import TooFew
from clew.questions.words import MISSING, counted, points, share
from clew.signals.measuring.measure import Customers, Measured, Revenue
from clew.stats.model import Estimate


def trend_in_words(measured: Measured) -> str:
    """Say how the share of accounts moved between the last two whole quarters: 'up 3.1 points, 0.4 to 5.9'."""
    difference = measured.trend.difference
    if difference is None:
        return MISSING
    if isinstance(difference, TooFew):
        return str(difference)
    low, high = points(difference.low).number, points(difference.high).number
    if difference.low <= 0 <= difference.high:
        return f"unclear: {low} to {high} points"
    return f"{'up' if difference.value > 0 else 'down'} {points(abs(difference.value))}, {low} to {high}"


def direction(measured: Measured) -> str:
    """Say the same in a word: 'up 3.1', 'unclear', 'too few'; a dash where there are not two whole quarters."""
    difference = measured.trend.difference
    if not isinstance(difference, Estimate):
        return MISSING if difference is None else "too few"
    if difference.low <= 0 <= difference.high:
        return "unclear"
    return f"{'up' if difference.value > 0 else 'down'} {points(abs(difference.value)).number}"


def occasions_in_words(measured: Measured) -> str:
    """Count the occasions with their noun in the right form: '1,068 customer quarters', '1 question asked'."""
    of = measured.detector.of
    if measured.occasions == 1:
        of = " ".join(_SINGULAR.get(word, word.removesuffix("s")) for word in of.split(" "))
    return f"{measured.occasions:,} {of}"


_SINGULAR = {"touches": "touch"}


def short_money(amount: float | None, currency: str) -> str:
    """Write an amount as one reads it in a line: 5.5 M EUR, 312 k EUR."""
    if amount is None:
        return MISSING
    return f"{amount / 1e6:,.1f} M {currency}" if abs(amount) >= 1e6 else f"{amount / 1e3:,.0f} k {currency}"


def interval(estimate: Estimate | TooFew) -> str:
    """Write a share with its interval: '4.4 %, 2.3 to 8.5'."""
    if isinstance(estimate, TooFew):
        return str(estimate)
    return f"{share(estimate.value)}, {share(estimate.low).number} to {share(estimate.high).number}"


def revenue_in_words(revenue: Revenue, currency: str) -> str:
    """Say what the touched customers bring a year, and of how many that is known."""
    if revenue.amount is None:
        return "" if not revenue.n else f"known of none of {counted(revenue.n, 'customer')} of today"
    of = f" of {revenue.of:,.0f}" if revenue.of is not None else ""
    told = (
        f"{revenue.amount:,.0f}{of} {currency} a year, known of {revenue.known:,} of {revenue.n:,} customers of today"
    )
    return f"{told}; {counted(revenue.former, 'further account')} no longer or not yet" if revenue.former else told


def all_revenue_in_words(customers: Customers, currency: str) -> str:
    """Say what all customers of today bring a year: '4.7 M EUR a year, known of 154 of 160 customers'."""
    if customers.amount is None:
        return f"known of none of {counted(customers.n, 'customer')}"
    amount = short_money(customers.amount, currency)
    return f"{amount} a year, known of {customers.known:,} of {counted(customers.n, 'customer')}"
