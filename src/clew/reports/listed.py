"""Loops, ping-pong and handoffs as tables of the report."""

from __future__ import annotations

from collections.abc import Mapping

from clew.questions.model import Answer
from clew.questions.pingpong import EVERY
from clew.reports.figures import number, table
from clew.reports.model import Table

MOST_ROWS = 12


def loop_tables(
    loops: Answer, pingpong: Answer, stages: Mapping[str, str], teams: Mapping[str, str]
) -> tuple[Table, ...]:
    """Stages that runs come back to, and teams between which they go to and fro; empty ones are left out.

    stages, teams  what the page calls them, by name
    """
    again = [row for row in loops.rows if number(row, "extra")]
    again_table = table(
        loops,
        "Stages that runs come back to",
        (
            ("what", "Stage", ""),
            ("runs", "Runs with repeats", "run"),
            ("share", "Share of runs that came here", "share"),
            ("extra", "Repeats", "visit"),
            ("spent", "Time in them", "repeat"),
            ("friction", "Friction by the map", ""),
        ),
        again[:MOST_ROWS],
        titles=stages,
        more=max(0, len(again) - MOST_ROWS),
    )
    return tuple(shown for shown in (again_table, _pingpong(pingpong, {**teams, EVERY: "any two teams"})) if shown.rows)


def handoff_tables(handoffs: Answer, teams: Mapping[str, str]) -> tuple[Table, ...]:
    """Who hands to whom, how long it waits, how often it comes back."""
    rows = handoffs.rows
    shown = table(
        handoffs,
        "Handoffs between teams, the most frequent first",
        (
            ("from", "From", ""),
            ("to", "To", ""),
            ("count", "Handoffs", "handoff"),
            ("median", "Waiting, median", "waiting"),
            ("p90", "Waiting, P90", "p90"),
            ("returned", next(c.title for c in handoffs.columns if c.name == "returned").capitalize(), "returned"),
        ),
        rows[:MOST_ROWS],
        titles=teams,
        notes=[note for note in handoffs.notes if "on average" in note],
        more=max(0, len(rows) - MOST_ROWS),
    )
    return (shown,) if shown.rows else ()


def _pingpong(pingpong: Answer, teams: Mapping[str, str]) -> Table:
    known = {column.name for column in pingpong.columns}
    wanted = (("a", "From", ""), ("b", "To and back", ""), ("runs", "Runs", "run"), ("share", "Share of runs", "share"))
    rows = [row for row in pingpong.rows if number(row, "runs")]
    columns = tuple(column for column in (*wanted, ("occurrences", "Times", "ping-pong")) if column[0] in known)
    more = max(0, len(rows) - MOST_ROWS)
    return table(pingpong, "To and fro between teams", columns, rows[:MOST_ROWS], titles=teams, more=more)
