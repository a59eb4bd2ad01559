"""A ranking as an answer: importance beside current performance in one table, and the sentences one must know."""

from __future__ import annotations

from clew.drivers.model import Driver, LeftOut, Ranking
from clew.drivers.words import is_clear, link, nearer, sentences
from clew.questions.model import Answer, Cell, Column, TooFew, Unit
from clew.questions.words import counted
from clew.signals.sight import Sight
from clew.stats.drivers import Importance


def answer_of(sight: Sight, ranking: Ranking, *, as_of_is: str = "") -> Answer:
    """Put a ranking into the shape in which every edge prints tables."""
    return Answer(
        question="drivers",
        title=f"What goes with '{ranking.outcome.name}'",
        columns=_columns(ranking),
        rows=[_row(ranking, place, driver) for place, driver in enumerate(ranking.drivers)],
        n=ranking.n,
        n_of="accounts",
        as_of=sight.as_of,
        notes=sentences(ranking),
        next=_next_step(ranking),
        extra={
            "time_zone": sight.firm.time_zone,
            "currency": sight.firm.currency,
            "as_of_is": as_of_is,
            "outcome": ranking.outcome.name,
            "with": ranking.yes,
            "without": ranking.no,
            "accounts_now": ranking.now,
            "tested": ranking.tested,
            "r_squared": _r_squared(ranking),
            "left_out": [_left_out(one) for one in ranking.left_out],
        },
    )


def _left_out(one: LeftOut) -> dict[str, str]:
    return {"driver": one.measure.name, "reason": one.reason, "detail": one.detail}


def _columns(ranking: Ranking) -> list[Column]:
    yes, no = ranking.outcome.yes, ranking.outcome.no
    share = "Share of the differences in the outcome that the driver tells (LMG share of R²)."
    firm = "How firm the place is: the interval of the rank when accounts are resampled."
    return [
        Column("driver", "driver", Unit.TEXT, "What was measured before the outcome."),
        Column("measure", "measure", Unit.TEXT, "Its name, for --only."),
        Column("unit", "unit", Unit.TEXT, "Unit of its levels."),
        Column("importance", "importance", Unit.SHARE, share, low="low", high="high", n="n"),
        Column("low", "", Unit.SHARE),
        Column("high", "", Unit.SHARE),
        Column("relative", "relative weight", Unit.SHARE, "The same R² shared out by Johnson's relative weights."),
        Column("rank", "rank", Unit.COUNT, firm, low="rank_low", high="rank_high"),
        Column("rank_low", "", Unit.COUNT),
        Column("rank_high", "", Unit.COUNT),
        Column("goes_with", _link_title(ranking), Unit.TEXT, "Whether the driver is higher or lower with the outcome."),
        Column("yes", f"before: {yes}", Unit.NUMBER, f"Mean level before the outcome of accounts that {yes}."),
        Column("no", f"before: {no}", Unit.NUMBER, f"Mean level before the outcome of accounts that {no}."),
        Column("now", "now", Unit.NUMBER, "Mean level of today's accounts in the window that ends now.", n="now_n"),
        Column("now_like", "now is like", Unit.TEXT, "Which of the two levels today's lies nearer to."),
        Column("rho", "rank correlation", Unit.NUMBER, "Spearman's rank correlation with the outcome."),
        Column("p", "p adjusted", Unit.NUMBER, "Of the driver's own test, corrected for all that were tested."),
        Column("n", "n", Unit.COUNT, "Accounts of which the driver was known before the outcome."),
        Column("now_n", "n now", Unit.COUNT, "Today's accounts of which it is known."),
    ]


def _link_title(ranking: Ranking) -> str:
    return "with it" if ranking.outcome.is_score else f"if they {ranking.outcome.yes}"


def _row(ranking: Ranking, place: int, driver: Driver) -> dict[str, Cell | TooFew]:
    return {
        "driver": driver.measure.title,
        "measure": driver.measure.name,
        "unit": driver.measure.unit or None,
        **_importance(ranking.importance, place),
        "goes_with": link(driver),
        "yes": driver.yes.mean,
        "no": driver.no.mean,
        "now": driver.now.mean,
        "now_like": nearer(ranking, driver),
        "rho": driver.test.statistic if driver.test else None,
        "p": driver.adjusted,
        "n": round(driver.known * ranking.n),
        "now_n": driver.now.n,
    }


def _importance(found: Importance | TooFew, place: int) -> dict[str, Cell | TooFew]:
    if isinstance(found, TooFew):
        return {"importance": found}
    return {
        "importance": float(found.share[place]),
        "low": float(found.low[place]),
        "high": float(found.high[place]),
        "relative": float(found.relative[place]),
        "rank": int(found.rank[place]),
        "rank_low": int(found.rank_low[place]),
        "rank_high": int(found.rank_high[place]),
    }


def _r_squared(ranking: Ranking) -> dict[str, float] | None:
    if isinstance(ranking.importance, TooFew):
        return None
    r2 = ranking.importance.r2
    return {"value": r2.value, "low": r2.low, "high": r2.high}


def _next_step(ranking: Ranking) -> str:
    found = ranking.importance
    if isinstance(found, TooFew):
        return f"Look again when {_more(ranking, found.needed - found.n, of_a_kind=found.n != ranking.n)}."
    clear = [driver for driver in ranking.drivers if is_clear(driver) and driver.measure.ask]
    if clear:
        return f"'{clear[0].measure.ask}' shows what lies behind '{clear[0].measure.title}'."
    if any(map(is_clear, ranking.drivers)):
        return f"Look again when {_more(ranking, ranking.n)}: twice as many make the places firmer."
    return f"Look again when {_more(ranking, ranking.n)}: twice as many show links that are weaker by three tenths."


def _more(ranking: Ranking, needed: int, *, of_a_kind: bool = False) -> str:
    """'12 more accounts have an answer', 'renewed or were lost'; `of_a_kind`: the rarer of the two lacks them."""
    accounts, outcome = counted(max(needed, 1), "more account"), ranking.outcome
    if outcome.is_score:
        return f"{accounts} gave an answer" if needed != 1 else f"{accounts} gives an answer"
    rarer = outcome.yes if ranking.yes <= ranking.no else outcome.no
    return f"{accounts} {rarer}" if of_a_kind else f"{accounts} {outcome.yes} or {outcome.no}"
