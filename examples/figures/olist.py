"""Olist: from lead to won to sold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from figures.asking import DAY, Asker, Row

POINTS = "first contact > deal won"
# one deal was won before its first contact
EVERYONE: dict[str, Any] = {
    "points": POINTS,
    "mode": "any-order",
    "all": "yes",
}  # one deal was won before its first contact


def won(asker: Asker) -> Sequence[Row]:
    """O2: leads and those won, ever."""
    return [_won(row) for row in asker.ask("olist", "conversion", **EVERYONE).rows]


def won_by_origin(asker: Asker) -> Sequence[Row]:
    """O3: the same by origin, most leads first."""
    rows = asker.ask("olist", "conversion", by=("origin",), **EVERYONE).rows
    return [_won(row) | {"origin": _named(row), "pct": round(100 * row["share"], 2)} for row in _most(rows, "n")]


def days_to_won(asker: Asker) -> Sequence[Row]:
    """O4: days from first contact to won, of those won."""
    row = _spans(asker, ())[0]
    before = asker.ask("olist", "conversion", points="deal won > first contact", all="yes").rows[0]["converted"]
    days = {name: row[name] / DAY for name in ("p10", "median", "p90", "mean")}
    return [days | {"n": row["n"], "max": row["longest"] / DAY, "negative": before}]


def days_to_won_by_origin(asker: Asker) -> Sequence[Row]:
    """O5: the same by origin, most won first."""
    return [
        {"origin": _named(row), "won": row["n"], "median_days": row["median"] / DAY, "p90": row["p90"] / DAY}
        for row in _most(_spans(asker, ("origin",)), "n")
    ]


def cohorts(asker: Asker) -> Sequence[Row]:
    """O6: by month of first contact: leads, won ever, won within 30 days."""
    month = ("period:month",)
    ever = asker.ask("olist", "conversion", by=month, **EVERYONE, top=0).rows
    soon = asker.ask("olist", "conversion", by=month, **EVERYONE, within="30 days", top=0).rows
    return [
        {
            "cohort": a["period"],
            "mql": a["n"],
            "won": a["converted"],
            "won_30d": b["converted"] if a["converted"] else None,
        }
        for a, b in zip(ever, soon, strict=True)
    ]


def ever_sold(asker: Asker) -> Sequence[Row]:
    """O8: of the won, those who ever sold."""
    answer = asker.ask("olist", "conversion", by=("segment",), **EVERYONE)
    groups = {row["segment"]: row["converted"] for row in answer.rows}
    closed, sold = sum(groups.values()), groups["has-sold"]
    return [{"closed": closed, "with_orders": sold, "pct": 100 * sold / closed}]


def _won(row: Row) -> dict[str, object]:
    return {"mql": row["n"], "won": row["converted"], "pct": 100 * row["share"]}


def _spans(asker: Asker, by: tuple[str, ...]) -> Sequence[Row]:
    return asker.ask("olist", "time", by=by, between=POINTS, any_order="yes", finished_only=True, top=0).rows


def _most(rows: Sequence[Row], name: str) -> list[Row]:
    return sorted(rows, key=lambda row: -row[name])


def _named(row: Row) -> str:
    return "(empty)" if row["origin"] == "(none)" else str(row["origin"])
