"""How many events, touches, people and channels a run takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.engine.kernels.touches import distinct_per_segment, rows_per_segment
from clew.engine.ordered import segment_of_row, segment_starts
from clew.questions.answers import least_of, make
from clew.questions.collect import Key, gather
from clew.questions.figures import Row, by_cells, by_columns
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, TooFew, Unit
from clew.questions.options import flag
from clew.questions.spans import sample_cells

Values = NDArray[np.int64]
MEASURES = {
    "events": "All events of the run.",
    "touches": "Events in which firm and person met: those that name a channel or a contact.",
    "channels": "Different channels.",
    "contacts": "Different people outside.",
    "people inside": "Different users.",
    "teams": "Different teams.",
}
QUANTILES = {"median": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Counts:
    """Per measure, its count in every run."""

    of_run: dict[str, Values]


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'touches'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    found = {key: together(parts) for key, parts in gather(ground, query, Level.EVENT, count).items()}
    rows = [row for key, counts in found.items() for row in _rows(query, key, counts)]
    return make(
        ground,
        query,
        title="What a run takes",
        columns=_columns(query),
        rows=rows,
        n=sum(len(counts.of_run["events"]) for counts in found.values()),
        notes=(
            "Counted so far: open runs will take more. Runs without any event in the selection are not counted.",
            "A touch is an event that names a channel or a contact.",
        ),
        next_step="See who passes work to whom: clew show handoffs",
    )


def count(frame: Frame) -> Counts:
    """Kernel: what each run took."""
    bucket, rows = frame.bucket, frame.event_rows
    starts = segment_starts(frame.run)
    run, runs = segment_of_row(starts), len(starts) - 1
    channel, contact = bucket.channel[rows], bucket.contact[rows]
    touch = np.flatnonzero((channel != NO_CODE) | (contact != NO_CODE))

    def distinct(column: NDArray[np.integer]) -> Values:
        return distinct_per_segment(run, column, runs)

    return Counts(
        {
            "events": np.diff(starts),
            "touches": rows_per_segment(run[touch], runs),
            "channels": distinct(channel),
            "contacts": distinct(contact),
            "people inside": distinct(bucket.user[rows]),
            "teams": distinct(bucket.team[rows]),
        }
    )


def together(parts: Sequence[Counts]) -> Counts:
    """Put partials of disjoint runs together."""
    return Counts({name: np.concatenate([part.of_run[name] for part in parts]) for name in MEASURES})


def _rows(query: Query, key: Key, counts: Counts) -> Iterator[Row]:
    least = least_of(query)
    for name in MEASURES:
        values = counts.of_run[name]
        n = len(values)
        yield {
            **by_cells(query.by, key),
            "measure": name,
            "n": n,
            **_mean_cells(values, least),
            **{
                cell: v
                for quantile, q in QUANTILES.items()
                for cell, v in sample_cells(quantile, values, q, least, 1.0).items()
            },
            "fewest": int(values.min()) if n else None,
            "most": int(values.max()) if n else None,
            "total": int(values.sum()),
        }


def _mean_cells(values: Values, least: int) -> Row:
    """Mean with its normal interval, fit from about thirty values on; below, the mean alone."""
    n = len(values)
    if n < least:
        return {"mean": TooFew(n, least)}
    mean = float(values.mean())
    if n < 30:
        return {"mean": mean}
    half = 1.959963984540054 * float(values.std(ddof=1)) / n**0.5
    return {"mean": mean, "mean_low": mean - half, "mean_high": mean + half}


def _columns(query: Query) -> list[Column]:
    columns = [
        *by_columns(query.by),
        Column("measure", "per run", Unit.TEXT, " ".join(f"{name}: {text}" for name, text in MEASURES.items())),
        Column("n", "runs", Unit.COUNT, "Runs with at least one event in the selection."),
    ]
    for name, title in (("mean", "mean"), ("median", "median"), ("p90", "P90")):
        columns += [
            Column(name, title, Unit.NUMBER, f"The {title} over runs.", low=f"{name}_low", high=f"{name}_high", n="n"),
            Column(f"{name}_low", f"{title}, low", Unit.NUMBER, "Lower end of the 95 % interval."),
            Column(f"{name}_high", f"{title}, high", Unit.NUMBER, "Upper end of the 95 % interval."),
        ]
    return [
        *columns,
        Column("fewest", "fewest", Unit.COUNT, "The smallest count of a run."),
        Column("most", "most", Unit.COUNT, "The largest count of a run."),
        Column("total", "total", Unit.COUNT, "Sum over runs: somebody in two runs counts twice."),
    ]
