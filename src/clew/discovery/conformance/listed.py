"""Where runs leave their map: every deviation with the runs that show it, of how many that could, and their value."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clew.discovery.conformance.deviations import Deviation, Kind, Places
from clew.discovery.conformance.tally import Tally, by_place, totals
from clew.questions.answers import least_of, make
from clew.questions.collect import Key
from clew.questions.figures import Row, by_cells, by_columns, money, share_cells, share_columns
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import whole_number
from clew.questions.words import counted


def deviations(
    ground: Ground,
    query: Query,
    found: Mapping[Key, Tally],
    places: Places,
    *,
    typed: Sequence[str] = (),
    unplanned: bool = False,
) -> Answer:
    """Table of where runs leave the map, or (unplanned) of the events in them that no map mentions.

    typed  the words of the command that selected the runs
    """
    most = whole_number("top", query.options.get("top", "20"))
    what = "unplanned event" if unplanned else "deviation"
    rows: list[Row] = []
    left_out = 0
    for key, part in found.items():
        told = [each for each in _told(part, places) if (each.deviation.kind is Kind.UNPLANNED) is unplanned]
        told.sort(key=lambda each: (-each.value, -each.runs, each.deviation.key))
        shown = told[:most] if most else told
        left_out += len(told) - len(shown)
        rows += [_row(query, key, each, typed) for each in shown]
    valued = any(row["n_value"] for row in rows)
    rows = rows if valued else [{**row, "n_value": None} for row in rows]
    return make(
        ground,
        query,
        title=f"{'Events that no map mentions' if unplanned else 'Deviations'}, the most "
        f"{'valuable' if valued else 'frequent'} first",
        columns=_columns(query),
        rows=rows,
        n=sum(part.runs for part in found.values()),
        notes=(*_notes(ground, valued=valued), f"{counted(left_out, f'further {what}')} not shown; --top 0 shows all.")
        if left_out
        else _notes(ground, valued=valued),
        next_step=f"See the runs of one: {_command(query, (), typed, str(rows[0]['key']))}" if rows else "",
    )


def _notes(ground: Ground, *, valued: bool) -> tuple[str, ...]:
    if valued:
        return (f"Value: '{ground.journey.value}' of those touched, each account once in each row; rows overlap.",)
    return ("No value of these runs is known, so the most frequent come first.",)


@dataclass(frozen=True)
class Told:
    """One deviation of some runs: runs that show it, of how many that could, occurrences; value as Tally has it."""

    deviation: Deviation
    runs: int
    could: int
    times: int
    value: int
    valued: int


def _told(part: Tally, places: Places) -> Iterator[Told]:
    could, valued = by_place(part.could), by_place(part.valued)
    times, value = totals(part.times), totals(part.valued)
    for place, runs in by_place(part.touched).items():
        n = part.runs if place >= places.at_event else could[place]
        yield Told(places.all[place], runs, n, times[place], value.get(place, 0), valued.get(place, 0))


def in_words(deviation: Deviation) -> str:
    """Say a deviation: 'set-up skipped', 'sales to onboarding: receipt late or missing'."""
    of_handoff = deviation.what == "handoff"
    match deviation.kind:
        case Kind.LATE:
            return f"{deviation.name}: receipt late or missing" if of_handoff else f"{deviation.name} beyond its limit"
        case Kind.OTHER_TEAM:
            return f"{deviation.name}: {'taken over' if of_handoff else 'entered'} by another team"
        case Kind.UNPLANNED:
            return f"unplanned event '{deviation.name}'"
        case _:
            return f"{deviation.name} {deviation.kind}"


def _row(query: Query, key: Key, told: Told, typed: Sequence[str]) -> Row:
    deviation = told.deviation
    return {
        **by_cells(query.by, key),
        "deviation": in_words(deviation),
        "kind": deviation.kind.value,
        "at": deviation.name,
        "runs": told.runs,
        **share_cells("share", told.runs, told.could, least_of(query)),
        "n": told.could,
        "times": told.times,
        "value": money(told.value) if told.valued else None,
        "n_value": told.valued,
        "key": deviation.key,
        "command": _command(query, key, typed, deviation.key),
    }


def _command(query: Query, key: Key, typed: Sequence[str], deviation: str) -> str:
    group = [word for name, text in zip(query.by, key, strict=False) for word in ("--where", _filter(name, text))]
    return shlex.join(["clew", "conform", *typed, *group, "--show", deviation])


def _filter(name: str, text: str) -> str:
    return f"{'period' if name.startswith('period:') else name}={text}"


def _columns(query: Query) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("deviation", "deviation", Unit.TEXT, "What differs from the map, and where."),
        Column("kind", "kind", Unit.TEXT, "skipped, out of order, repeated, late, other team or unplanned."),
        Column("at", "at", Unit.TEXT, "The stage, handoff or event."),
        Column("runs", "runs", Unit.COUNT, "Runs that show it."),
        *share_columns("share", "share", "Part of the runs in which it could occur.", "n"),
        Column("n", "of", Unit.COUNT, "Runs in which it could occur: that came so far, had a limit, told the team."),
        Column("times", "times", Unit.COUNT, "How often it occurred in these runs."),
        Column("value", "value", Unit.MONEY, "Sum of the known values, each account once.", n="n_value"),
        Column("n_value", "with value", Unit.COUNT, "Accounts (or subjects with a value of their own) of known value."),
        Column("key", "--show", Unit.TEXT, "What --show takes to list these runs."),
        Column("command", "command", Unit.TEXT, "The command that lists these runs."),
    ]
