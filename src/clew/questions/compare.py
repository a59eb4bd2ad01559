"""Two groups side by side: each with n and interval, the difference with its interval, a test, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from clew.clock import US
from clew.errors import BadRequest, NotEnoughData
from clew.questions.answers import least_of, make, reading
from clew.questions.collect import Key
from clew.questions.figures import Row, share_cells
from clew.questions.ground import Ground
from clew.questions.model import Answer, Cell, Column, Query, TooFew, Unit
from clew.questions.options import flag
from clew.questions.spans import Spans, quantile_cells, sample_cells
from clew.questions.words import p_value, points, span, working_span
from clew.stats.logrank import compare_times
from clew.stats.model import Comparison
from clew.stats.ranks import compare_finished
from clew.stats.shares import MINIMUM_FOR_SHARE
from clew.stats.shares import compare_shares as compare_two_shares

TOO_FEW = "too few to compare"
Hits = tuple[int, int]  # how many of how many


@dataclass(frozen=True)
class Side:
    """One of the two groups: its label, the ground it stands on and the query that selects it."""

    label: str
    ground: Ground
    query: Query


def sides(ground: Ground, query: Query) -> tuple[Side, Side]:
    """Make the two queries of a comparison. Raises BadRequest, UnknownName."""
    if query.compare is None:
        raise BadRequest("nothing to compare; write --compare segment=small,mid-market")
    name, first, second = query.compare
    one, other = (_side(ground, query, name, label) for label in (first, second))
    return one, other


def _side(ground: Ground, query: Query, name: str, label: str) -> Side:
    alone = replace(query, compare=None)
    if name == "version":
        if ground.version is None:
            raise BadRequest("versions can be compared only in a workspace with published versions; run 'clew publish'")
        return Side(label, replace(ground, folded=ground.version(label)), alone)
    if name in query.where:
        raise BadRequest(f"'{name}' is compared already; leave out the filter on it")
    return Side(label, ground, replace(alone, where={**query.where, name: (label,)}))


def compare_shares(
    ground: Ground,
    query: Query,
    counts: tuple[Mapping[str, Hits], Mapping[str, Hits]],
    *,
    row_title: str,
    title: str,
    notes: Iterable[str] = (),
) -> Answer:
    """Compare shares row by row (a stage, a state); Newcombe's interval, Fisher's exact or the score test."""
    least = least_of(query)
    rows = []
    for label in dict.fromkeys((*counts[0], *counts[1])):
        (hits_a, n_a), (hits_b, n_b) = (side.get(label, (0, 0)) for side in counts)
        row: Row = {"row": label, "a_n": n_a, "b_n": n_b}
        row |= share_cells("a", hits_a, n_a, least) | share_cells("b", hits_b, n_b, least)
        needed = max(least, MINIMUM_FOR_SHARE)
        if min(n_a, n_b) < needed:
            row |= {"difference": TooFew(min(n_a, n_b), needed), "meaning": TOO_FEW}
        else:
            row |= _difference(partial(compare_two_shares, hits_a, n_a, hits_b, n_b=n_b), 1.0, points)
        rows.append(row)
    return _answer(ground, query, rows, Unit.SHARE, row_title=row_title, title=title, n_of="runs", notes=notes)


def compare_spans(
    ground: Ground,
    query: Query,
    found: tuple[Mapping[Key, Spans], Mapping[Key, Spans]],
    *,
    row_title: str,
    title: str,
    what: str,
    notes: Iterable[str] = (),
) -> Answer:
    """Compare times row by row: medians with the log-rank test; finished ones with Mann-Whitney's."""
    unit = Unit.WORKING_SPAN if flag(query.options, "working") else Unit.SPAN
    words: Callable[[float], object] = span
    if unit is Unit.WORKING_SPAN:
        day = reading(ground)["working_day_s"]
        words = partial(working_span, working_day=None if day is None else float(str(day)))
    rows = []
    for key in dict.fromkeys((*found[0], *found[1])):
        label = ", ".join(key) or title
        pair = [side.get(key) for side in found]
        row: Row = {"row": label}
        for name, spans in zip("ab", pair, strict=True):
            row |= _middle(name, spans, query)
        if pair[0] is not None and pair[1] is not None:
            row |= _difference(_time_comparison(pair[0], pair[1], finished=query.finished_only), US, words)
        rows.append(row)
    return _answer(ground, query, rows, unit, row_title=row_title, title=title, n_of=what, notes=notes)


def _middle(name: str, spans: Spans | None, query: Query) -> Row:
    least = least_of(query)
    if spans is None:
        return {f"{name}_n": 0, name: TooFew(0, least)}
    if query.finished_only:
        return {f"{name}_n": len(spans.finished), **sample_cells(name, spans.finished, 0.5, least)}
    return {f"{name}_n": spans.n, **quantile_cells(name, spans, 0.5, least)}


def _time_comparison(a: Spans, b: Spans, *, finished: bool) -> Callable[[], Comparison]:
    if finished:
        return lambda: compare_finished(a.finished, b.finished)
    return lambda: compare_times(a.counts, b.counts)


def _difference(compare: Callable[[], Comparison], scale: float, words: Callable[[float], object]) -> Row:
    """Cells of the difference, first minus second; too few in a group says so instead."""
    try:
        found = compare()
    except NotEnoughData as lack:
        return {"difference": TooFew(lack.n, lack.needed), "meaning": TOO_FEW}
    estimate, test = found.difference, found.test
    value, low, high = (None if end is None else end / scale for end in (estimate.value, estimate.low, estimate.high))
    return {
        "difference": value,
        "difference_low": low,
        "difference_high": high,
        "p": test.p_value,
        "test": test.method,
        "meaning": _meaning(value, low, high, test.p_value, words),
    }


def _meaning(
    value: float | None, low: float | None, high: float | None, p: float, words: Callable[[float], object]
) -> str:
    """Say in words what a difference with this interval and p means."""
    if value is None:
        return f"not reached in both, so the difference has no size yet ({p_value(p)})"
    holds_zero = (low is None or low <= 0) and (high is None or high >= 0)
    if holds_zero and p >= 0.05:
        return f"no difference shown: the interval holds 0 ({p_value(p)})"
    if holds_zero:
        return f"they differ as a whole ({p_value(p)}), yet the size shown here may be 0"
    if p >= 0.05:
        return f"the interval leaves out 0, the test does not confirm it ({p_value(p)}): weak"
    side = "higher" if value > 0 else "lower"
    return f"the first is {side} by {words(abs(value))} ({p_value(p)})"


def _answer(
    ground: Ground,
    query: Query,
    rows: Sequence[Mapping[str, Cell | TooFew]],
    unit: Unit,
    *,
    row_title: str,
    title: str,
    n_of: str,
    notes: Iterable[str],
) -> Answer:
    assert query.compare is not None
    name, first, second = query.compare
    methods = sorted({str(row["test"]) for row in rows if row.get("test")})
    n = sum(max((_count(row.get(key)) for row in rows), default=0) for key in ("a_n", "b_n"))
    return make(
        ground,
        query,
        title=f"{title}: {first} beside {second}",
        columns=_columns(row_title, first, second, unit),
        rows=rows,
        n=n,
        n_of=n_of,
        notes=(
            f"Groups are chosen by {name}; the difference is '{first}' minus '{second}', its interval covers 95 %.",
            f"Test: {', '.join(methods)}." if methods else "",
            "Many rows, many tests: of twenty comparisons without any difference one shows p below 0.05."
            if len(methods) and len(rows) > 4
            else "",
            *notes,
        ),
    )


def _count(value: Cell | TooFew) -> int:
    return value if isinstance(value, int) else 0


def _columns(row_title: str, first: str, second: str, unit: Unit) -> list[Column]:
    measure, points = ("Share", "difference, points") if unit is Unit.SHARE else ("Median", "difference")
    return [
        Column("row", row_title, Unit.TEXT),
        *_group("a", first, unit, measure),
        *_group("b", second, unit, measure),
        Column("difference", points, unit, "First minus second.", low="difference_low", high="difference_high"),
        Column("difference_low", "difference, low", unit, "Lower end of the 95 % interval."),
        Column("difference_high", "difference, high", unit, "Upper end of the 95 % interval."),
        Column("p", "p", Unit.NUMBER, "How often chance alone would show a difference at least as large."),
        Column("test", "test", Unit.TEXT, "The test behind p."),
        Column("meaning", "in words", Unit.TEXT, "What the difference means."),
    ]


def _group(key: str, label: str, unit: Unit, measure: str) -> list[Column]:
    return [
        Column(key, label, unit, f"{measure} of '{label}'.", low=f"{key}_low", high=f"{key}_high", n=f"{key}_n"),
        Column(f"{key}_low", f"{label}, low", unit, "Lower end of the 95 % interval."),
        Column(f"{key}_high", f"{label}, high", unit, "Upper end of the 95 % interval."),
        Column(f"{key}_n", f"n of {label}", Unit.COUNT, f"Number of observations of '{label}'."),
    ]
