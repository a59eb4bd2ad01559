"""Volvo IT: incidents between teams. Whole histories, since the facts count every event of an incident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clew.clock import to_datetime
from figures.asking import DAY, HOUR, Asker, Row

WHOLE: dict[str, Any] = {"whole": "yes", "top": 0}
HIGHER_LINES = {"any:team": ("* 2nd", "* 3rd")}


def size(asker: Asker) -> Sequence[Row]:
    """B1: events, cases and how many different values there are."""
    rows = {(row["what"], row["name"]): row for row in asker.ask("volvo", "coverage").rows}
    names = asker.workspace("volvo").view().names
    log = rows["log", "events"]
    return [
        {
            "events": log["count"],
            "cases": log["runs"],
            "statuses": len(names["property:concept:name"]),
            "status_substatus": len(names["event"]),
            "teams": len(names["team"]),
            "owners": len(names["user"]),
            "products": len(names["property:product"]),
            "org_lines": len(names["property:organization involved"]),
            "countries": len(names["property:resource country"]),
            "first_utc": _clock(log["first"]),
            "last_utc": _clock(log["last"]),
        }
    ]


def lengths(asker: Asker) -> Sequence[Row]:
    """B2: events per case, and different ways through them."""
    events = asker.ask("volvo", "touches", whole="yes").rows[0]
    ways = {over: _ways(asker, over) for over in ("events", "concept:name")}
    return [
        {
            "min": events["fewest"],
            "mean": events["mean"],
            "max": events["most"],
            "variants_status_substatus": ways["events"],
            "variants_status": ways["concept:name"],
        }
    ]


def durations(asker: Asker) -> Sequence[Row]:
    """B3: days from first to last event."""
    row = asker.ask("volvo", "time", of="run", finished_only=True, **WHOLE).rows[0]
    return [{name: row[name] / DAY for name in ("median", "mean", "p90")} | {"max": row["longest"] / DAY}]


def status_pairs(asker: Asker) -> Sequence[Row]:
    """B4: the ten most frequent pairs of statuses."""
    return [{"a": row["from"], "b": row["to"], "n": row["count"]} for row in _pairs(asker, "concept:name")]


def event_pairs(asker: Asker) -> Sequence[Row]:
    """B5: the ten most frequent pairs of status and sub-status."""
    return [{"x": _plus(row["from"]), "y": _plus(row["to"]), "n": row["count"]} for row in _pairs(asker, "events")]


def handoffs(asker: Asker) -> Sequence[Row]:
    """B6: events in a row whose team differs."""
    told = asker.ask("volvo", "handoffs", **WHOLE).extra
    names = {"cases_without": "runs_without", "cases_with": "runs_with"}
    same = {name: told[name] for name in ("handoffs", "mean", "p90", "max")}
    return [same | {name: told[ours] for name, ours in names.items()}]


def pingpong(asker: Asker) -> Sequence[Row]:
    """B7: back and forth between teams."""
    row = asker.ask("volvo", "pingpong", **WHOLE).rows[0]
    counts = {"aba_occurrences": row["occurrences"], "pingpong_cases": row["runs"], "cases": row["n"]}
    return [counts | {"pct": 100 * row["share"]}]


def pingpong_of_lines(asker: Asker) -> Sequence[Row]:
    """B8: back and forth between organisation lines."""
    row = asker.ask("volvo", "pingpong", over="organization involved", **WHOLE).rows[0]
    return [{"aba_occurrences": row["occurrences"], "pingpong_cases": row["runs"]}]


def durations_by_pingpong(asker: Asker) -> Sequence[Row]:
    """B9: days with and without back and forth."""
    rows = asker.ask("volvo", "time", by=("pingpong",), of="run", finished_only=True, **WHOLE).rows
    return [
        {
            "pingpong": int(row["pingpong"] == "yes"),
            "cases": row["n"],
            "median_days": row["median"] / DAY,
            "p90": row["p90"] / DAY,
        }
        for row in rows
    ]


def first_line_only(asker: Asker) -> Sequence[Row]:
    """B10: cases that never left the first line."""
    every = asker.ask("volvo", "touches", whole="yes").rows[0]["n"]
    up = asker.ask("volvo", "touches", whole="yes", where=HIGHER_LINES).rows[0]["n"]
    return [{"first_line_only": every - up, "went_up": up, "pct_first_line": 100 * (every - up) / every}]


def dwell(asker: Asker) -> Sequence[Row]:
    """B11: time after each event until the next, most days first."""
    rows = asker.ask("volvo", "time", of="event", finished_only=True, **WHOLE).rows
    waits = [
        {
            "s": _plus(row["event"]),
            "n_events": row["starts"],
            "n_dwell": row["n"],
            "median_h": row["median"] / HOUR if row["n"] else None,
            "p90_h": row["p90"] / HOUR if row["n"] else None,
            "total_days": round(row["total"] / DAY, 1) if row["n"] else None,
        }
        for row in rows
    ]
    return sorted(waits, key=lambda wait: -1.0 if wait["total_days"] is None else wait["total_days"], reverse=True)


def waits_for_users(asker: Asker) -> Sequence[Row]:
    """B12: how often an incident waited for its user."""
    rows = asker.ask("volvo", "coverage").rows
    row = next(row for row in rows if (row["what"], row["name"]) == ("event", "Accepted / Wait - User"))
    return [{"events": row["count"], "cases": row["runs"]}]


def _pairs(asker: Asker, over: str) -> Sequence[Row]:
    return asker.ask("volvo", "transitions", over=over, whole="yes", top=10).rows


def _ways(asker: Asker, over: str) -> object:
    return asker.ask("volvo", "variants", over=over, **WHOLE).extra["distinct"]


def _plus(name: object) -> str:
    return str(name).replace(" / ", "+")


def _clock(seconds: float) -> str:
    return f"{to_datetime(round(seconds * 1e6)):%Y-%m-%d %H:%M:%S}"
