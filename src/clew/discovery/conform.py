"""What was planned beside what happened: how well runs fit their map, and where they leave it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clew.discovery.conform_tally import Measure, Sighting, Tally, merge, tally
from clew.discovery.deviations import Deviation, Kind, Places
from clew.engine.kernels.counts import Counted
from clew.questions.answers import least_of, make
from clew.questions.collect import Key, collect
from clew.questions.figures import Row, by_cells, by_columns, money, share_cells, share_columns
from clew.questions.frames import Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, TooFew, Unit
from clew.questions.options import whole_number
from clew.questions.stages import by_variant
from clew.questions.words import counted

STRAIGHT = "No stage skipped, out of order or repeated."
ALLOWED = "No stage skipped or out of order; coming back where the map allows it forgiven."
_KINDS = (Kind.SKIPPED, Kind.OUT_OF_ORDER, Kind.REPEATED, Kind.LATE, Kind.OTHER_TEAM)


@dataclass(frozen=True)
class Conformance:
    """Planned against actual, as three tables over the same runs.

    fitness     how well runs fit, one row for each group
    stages      of each stage, what share of those who came so far entered it, and how
    deviations  where runs leave the map, the most valuable first
    """

    fitness: Answer
    stages: Answer
    deviations: Answer


def conform(ground: Ground, query: Query, measure: Measure, *, typed: Sequence[str] = ()) -> Conformance:
    """Hold the runs that a query selects against their map.

    typed   the words of the command that selected them, to repeat them in the commands that show a deviation
    Raises  UnknownName, BadRequest as the questions do
    """
    sighting = Sighting(ground, measure)
    found = collect(ground, query, Level.RUN, tally(sighting), merge)
    return Conformance(
        _fitness(ground, query, found, measure),
        _stages(ground, query, found, sighting.places),
        _deviations(ground, query, found, sighting.places, typed),
    )


def _fitness(ground: Ground, query: Query, found: Mapping[Key, Tally], measure: Measure) -> Answer:
    rows = [{**by_cells(query.by, key), **_fit(part, least_of(query))} for key, part in found.items()]
    return make(
        ground,
        query,
        title="Planned against actual: how well runs fit the map",
        columns=[
            *by_columns(query.by),
            *share_columns("straight", "straight", STRAIGHT, "n"),
            *share_columns("allowed", "as the map allows", ALLOWED, "n"),
            Column(
                "alignment",
                "alignment fitness",
                Unit.NUMBER,
                "Mean over runs of 1 - moves / (length of the path + shortest way), by optimal alignment.",
                "alignment_low",
                "alignment_high",
                "n",
            ),
            Column(
                "alignment_low", "alignment fitness, low", Unit.NUMBER, "Lower end of the 95 % interval (accounts)."
            ),
            Column("alignment_high", "alignment fitness, high", Unit.NUMBER, "Upper end of that interval."),
            Column("n", "of runs", Unit.COUNT, "Runs that entered a stage, or had to."),
            Column("paths", "paths", Unit.COUNT, "Distinct paths among them."),
            Column("open", "still open", Unit.COUNT, "Runs of the group that have not ended."),
        ],
        rows=rows,
        n=sum(part.judged for part in found.values()),
        notes=_fitness_notes(list(found.values()), measure),
    )


def _fit(part: Tally, least: int) -> Row:
    n, mean = part.judged, part.spread.mean()
    aligned: Row = {"alignment": TooFew(n, least)}
    if mean is not None and n >= least:
        aligned = {"alignment": part.mean_fitness, "alignment_low": mean.low, "alignment_high": mean.high}
    return {
        **share_cells("straight", part.straight, n, least),
        **share_cells("allowed", part.allowed, n, least),
        **aligned,
        "n": n,
        "paths": len(part.distinct),
        "open": part.open,
    }


def _fitness_notes(parts: list[Tally], measure: Measure) -> Iterator[str]:
    runs, still_open, judged = (sum(getattr(part, name) for part in parts) for name in ("runs", "open", "judged"))
    yield f"Straight: {STRAIGHT[0].lower()}{STRAIGHT[1:]} As the map allows: {ALLOWED[0].lower()}{ALLOWED[1:]}"
    if still_open:
        yield (
            f"{still_open:,} of {counted(runs, 'run')} are open and judged by what has happened so far; "
            "what has not happened yet is no deviation."
        )
    if judged < runs:
        yield f"{counted(runs - judged, 'run')} entered no stage and cannot be held against a path."
    yield {
        "any": "A run may drop out after any stage; --drop-out lost or none asks that it goes the whole way.",
        "lost": "A run with a good end has to have gone the whole way (--drop-out lost).",
        "none": "Every run that has ended has to have gone the whole way (--drop-out none).",
    }[measure.drop_out]


def _stages(ground: Ground, query: Query, found: Mapping[Key, Tally], places: Places) -> Answer:
    rows = [
        {**by_cells(query.by, key), **row}
        for key, part in found.items()
        for row in _stage_rows(ground, part, places, least_of(query))
    ]
    return make(
        ground,
        query,
        title="Planned against actual, stage by stage",
        columns=[
            *by_columns(query.by),
            Column("stage", "stage", Unit.TEXT, "In the order of the map."),
            Column("planned", "planned", Unit.TEXT, "required, optional, or optional for a variant."),
            *share_columns("entered", "entered", "Part of the runs that came so far or further.", "came"),
            Column("came", "of those who came so far", Unit.COUNT, "Runs that entered this stage or a later one."),
            *(
                column
                for kind in _KINDS
                for column in share_columns(_name(kind), kind.value, _DEFINED[kind], f"{_name(kind)}_n")
            ),
            *(
                Column(f"{_name(kind)}_n", f"{kind.value}, of", Unit.COUNT, "Runs in which it could be.")
                for kind in _KINDS
            ),
        ],
        rows=rows,
        n=sum(part.runs for part in found.values()),
    )


_DEFINED = {
    Kind.SKIPPED: "Part of the runs that had to enter it and came so far.",
    Kind.OUT_OF_ORDER: "Part of the runs that entered it.",
    Kind.REPEATED: "Part of the runs that entered it.",
    Kind.LATE: "Part of the runs whose stay had a limit and is over, or beyond it.",
    Kind.OTHER_TEAM: "Part of the runs in which the team is known.",
}


def _name(kind: Kind) -> str:
    return kind.value.replace(" ", "_")


def _stage_rows(ground: Ground, part: Tally, places: Places, least: int) -> Iterator[Row]:
    runs, could = _by_place(part.touched), _by_place(part.could)
    optional = [set(choices) for choices in zip(*by_variant(ground.journey, "optional"), strict=True)]
    for number, stage in enumerate(ground.journey.stages):
        cells: Row = {
            "stage": stage.name,
            "planned": {(True,): "optional", (False,): "required"}.get(tuple(optional[number]), "optional for some"),
            **share_cells("entered", int(part.entered[number]), int(part.came[number]), least),
            "came": int(part.came[number]),
        }
        for kind in _KINDS:
            place = places.at_stage(kind) + number
            n = could.get(place, 0)
            cells |= {**(share_cells(_name(kind), runs.get(place, 0), n, least) if n else {}), f"{_name(kind)}_n": n}
        yield cells


def _by_place(found: Counted) -> dict[int, int]:
    return dict(zip(found.keys[:, 0].tolist(), found.count.tolist(), strict=True))


def _deviations(
    ground: Ground, query: Query, found: Mapping[Key, Tally], places: Places, typed: Sequence[str]
) -> Answer:
    most = whole_number("top", query.options["top"])
    rows: list[Row] = []
    left_out = 0
    for key, part in found.items():
        ranked = sorted(_told(part, places), key=lambda each: (-each.value, -each.runs, each.deviation.key))
        shown = ranked[:most] if most else ranked
        left_out += len(ranked) - len(shown)
        rows += [_row(query, key, part, each, typed) for each in shown]
    valued = any(row["n_value"] for row in rows)
    rows = rows if valued else [{**row, "n_value": None} for row in rows]
    return make(
        ground,
        query,
        title=f"Deviations, {'the most valuable' if valued else 'the most frequent'} first",
        columns=_columns(query),
        rows=rows,
        n=sum(part.runs for part in found.values()),
        notes=(
            f"Value: what the runs touched are worth by '{ground.journey.value}', each run once for each deviation."
            if valued
            else "No value of a run is known, so the most frequent come first.",
            f"{counted(left_out, 'further deviation')} not shown; --top 0 shows all." if left_out else "",
        ),
        next_step=f"See the runs of one: {_command(query, (), typed, str(rows[0]['key']))}" if rows else "",
    )


@dataclass(frozen=True)
class Told:
    """One deviation of some runs: runs that show it, of how many that could, occurrences, value in millionths."""

    deviation: Deviation
    runs: int
    could: int
    times: int
    value: int
    valued: int


def _told(part: Tally, places: Places) -> Iterator[Told]:
    could, valued = _by_place(part.could), _by_place(part.valued)
    times = dict(zip(part.times.keys[:, 0].tolist(), part.times.total.tolist(), strict=True))
    rows = zip(part.touched.keys[:, 0].tolist(), part.touched.count.tolist(), part.touched.total.tolist(), strict=True)
    for place, runs, value in rows:
        n = part.runs if place >= places.at_event else could[place]
        yield Told(places.all[place], runs, n, times[place], value, valued.get(place, 0))


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


def _row(query: Query, key: Key, part: Tally, told: Told, typed: Sequence[str]) -> Row:
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
        Column("value", "value", Unit.MONEY, "Sum of the known values of these runs.", n="n_value"),
        Column("n_value", "with value", Unit.COUNT, "Runs whose value is known."),
        Column("key", "--show", Unit.TEXT, "What --show takes to list these runs."),
        Column("command", "command", Unit.TEXT, "The command that lists these runs."),
    ]
