"""What detectors measured as tables: every edge shows these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clew.clock import US
from clew.questions.figures import Row
from clew.questions.model import Answer, Cell, Column, TooFew, Unit
from clew.signals.measuring.evidence import Told
from clew.signals.measuring.figures_in_words import direction, occasions_in_words, short_money
from clew.signals.measuring.measure import Measured
from clew.signals.sight import Sight
from clew.stats.model import Estimate

QUESTION = "signals"
TEXT, COUNT, SHARE, MONEY = Unit.TEXT, Unit.COUNT, Unit.SHARE, Unit.MONEY


def overview(sight: Sight, every: Sequence[Measured]) -> Answer:
    """One row per detector with all that was measured, for programs."""
    return _answer(sight, "What detectors noticed", _columns(), [_row(one) for one in every])


def section(sight: Sight, every: Sequence[Measured]) -> Answer:
    """One row per detector of one failure, short enough to be read in a line."""
    return _answer(sight, "", _short_columns(), [_short_row(one, sight.firm.currency) for one in every])


def quarters(sight: Sight, one: Measured) -> Answer:
    """One row per whole quarter of one detector."""
    columns = [
        Column("quarter", "quarter", TEXT, "A whole quarter of the log."),
        Column("touched", "accounts", COUNT, "Accounts with a signal in it."),
        Column("n", "of", COUNT, "Accounts with an occasion in it."),
        *_interval_columns("share", "share", "Accounts with a signal, of those with an occasion.", "Wilson", "n"),
    ]
    rows = [
        {"quarter": each.label, "touched": each.touched, "n": each.accounts, **_cells("share", each.share)}
        for each in one.trend.quarters
    ]
    return _answer(sight, "", columns, rows)


def signals(sight: Sight, told: Iterable[Told]) -> Answer:
    """One row per signal, for programs."""
    columns = [
        Column("at", "at", Unit.TIME, "When it was there to be seen."),
        Column("signal", "signal", TEXT, "Which detector."),
        Column("account", "account", TEXT, "The account."),
        Column("subject", "about", TEXT, "What it is about: a thing of the account, else the account."),
        Column("measure", "measure", Unit.NUMBER, "How much, in the detector's unit."),
        Column("sentence", "evidence", TEXT, "Who, what and when."),
    ]
    rows: list[Row] = [
        {
            "at": each.at / US,
            "signal": each.detector,
            "account": each.account,
            "subject": each.subject,
            "measure": each.measure,
            "sentence": each.sentence,
        }
        for each in told
    ]
    return _answer(sight, "Signals", columns, rows)


def _answer(sight: Sight, title: str, columns: Sequence[Column], rows: Sequence[Row]) -> Answer:
    reading = {"time_zone": sight.firm.time_zone, "currency": sight.firm.currency}
    return Answer(QUESTION, title, columns, rows, n=len(rows), n_of="rows", as_of=sight.as_of, extra=reading)


def _columns() -> list[Column]:
    return [
        Column("signal", "signal", TEXT, "Name of the detector."),
        Column("failure", "failure", TEXT, "Which of the three failures it is a sign of."),
        Column("signals", "signals", COUNT, "Signals found."),
        Column("occasions", "occasions", COUNT, "Occasions on which one could have been found."),
        Column("of", "of", TEXT, "What an occasion is."),
        *_interval_columns("rate", "rate", "Signals per occasion.", "resampled accounts", "occasions"),
        Column("touched", "accounts", COUNT, "Accounts with a signal."),
        Column("accounts", "of accounts", COUNT, "Accounts with an occasion."),
        *_interval_columns(
            "share", "share", "Accounts with a signal, of those with an occasion.", "Wilson", "accounts"
        ),
        Column("earlier", "earlier quarter", TEXT, "The last whole quarter but one."),
        Column("later", "later quarter", TEXT, "The last whole quarter."),
        *_interval_columns("change", "change", "Share of accounts, later less earlier quarter.", "Newcombe", ""),
        Column("revenue", "revenue touched", MONEY, "What customers of today with a signal bring a year, where known."),
        Column("revenue_known", "revenue known", COUNT, "Customers of today with a signal whose revenue is known."),
        Column("revenue_of", "revenue of all", MONEY, "What all customers of today bring a year, where known."),
    ]


def _row(one: Measured) -> Row:
    compared = one.trend.compared
    return {
        "signal": one.detector.name,
        "failure": one.detector.failure.value,
        "signals": one.signals,
        "occasions": one.occasions,
        "of": one.detector.of,
        **_cells("rate", one.rate),
        "touched": one.touched,
        "accounts": one.accounts,
        **_cells("share", one.share),
        "earlier": compared[0].label if compared else None,
        "later": compared[1].label if compared else None,
        **_cells("change", one.trend.difference),
        "revenue": one.revenue.amount,
        "revenue_known": one.revenue.known,
        "revenue_of": one.revenue.of,
    }


def _short_columns() -> list[Column]:
    return [
        Column("signal", "signal", TEXT),
        Column("signals", "found", COUNT),
        Column("occasions", "out of", TEXT),
        *_interval_columns("rate", "rate", "", "", ""),
        Column("touched", "accounts", TEXT),
        *_interval_columns("share", "share of accounts", "", "", ""),
        Column("trend", "last quarter", TEXT),
        Column("revenue", "revenue", TEXT),
    ]


def _short_row(one: Measured, currency: str) -> Row:
    return {
        "signal": one.detector.name,
        "signals": one.signals,
        "occasions": occasions_in_words(one),
        **_cells("rate", one.rate),
        "touched": f"{one.touched:,} of {one.accounts:,}",
        **_cells("share", one.share),
        "trend": direction(one),
        "revenue": short_money(one.revenue.amount, currency),
    }


def _interval_columns(name: str, title: str, definition: str, method: str, n: str) -> list[Column]:
    return [
        Column(name, title, SHARE, definition, low=f"{name}_low", high=f"{name}_high", n=n or None),
        Column(f"{name}_low", f"{title}, low", SHARE, f"Lower end of the 95 % interval ({method})."),
        Column(f"{name}_high", f"{title}, high", SHARE, f"Upper end of the 95 % interval ({method})."),
    ]


def _cells(name: str, found: Estimate | TooFew | None) -> Row:
    ends: tuple[Cell, Cell] = (found.low, found.high) if isinstance(found, Estimate) else (None, None)
    value: Cell | TooFew = found.value if isinstance(found, Estimate) else found
    return {name: value, f"{name}_low": ends[0], f"{name}_high": ends[1]}
