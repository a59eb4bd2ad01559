"""What was planned beside what happened: how well runs fit their map, and where they leave it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clew.discovery.conformance.listed import deviations
from clew.discovery.conformance.stages import stages
from clew.discovery.conformance.tally import Measure, Sighting, Tally, merge, tally
from clew.questions.answers import least_of, make
from clew.questions.collect import Key, collect
from clew.questions.figures import Row, by_cells, by_columns, share_cells, share_columns
from clew.questions.frames import Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, TooFew, Unit
from clew.questions.words import counted

STRAIGHT = "No stage skipped, out of order or repeated."
ALLOWED = "No stage skipped or out of order; coming back where the map allows it forgiven."


@dataclass(frozen=True)
class Conformance:
    """Planned against actual, as tables over the same runs.

    fitness     how well runs fit, one row for each group
    stages      of each stage, what share of those who came so far entered it, and how
    deviations  where runs leave the map, the most valuable first
    unplanned   what happened in runs and no map mentions, likewise
    """

    fitness: Answer
    stages: Answer
    deviations: Answer
    unplanned: Answer


def conform(ground: Ground, query: Query, measure: Measure, *, typed: Sequence[str] = ()) -> Conformance:
    """Hold the runs that a query selects against their map.

    typed   the words of the command that selected them, to repeat them in the commands that show a deviation
    Raises  UnknownName, BadRequest as the questions do
    """
    sighting = Sighting(ground, measure)
    found = collect(ground, query, Level.RUN, tally(sighting), merge)
    return Conformance(
        _fitness(ground, query, found, measure),
        stages(ground, query, found, sighting.places),
        deviations(ground, query, found, sighting.places, typed=typed),
        deviations(ground, query, found, sighting.places, typed=typed, unplanned=True),
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
        verb = "is" if still_open == 1 else "are"
        yield (
            f"{still_open:,} of {counted(runs, 'run')} {verb} open and judged by what has happened so far; "
            "what has not happened yet is no deviation."
        )
    if judged < runs:
        yield f"{counted(runs - judged, 'run')} entered no stage and cannot be held against a path."
    yield {
        "any": "A run may drop out after any stage; --drop-out lost or none asks that it goes the whole way.",
        "lost": "A run with a good end has to have gone the whole way (--drop-out lost).",
        "none": "Every run that has ended has to have gone the whole way (--drop-out none).",
    }[measure.drop_out]
